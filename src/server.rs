//! Puts the program together and runs it until it is asked to stop.

use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::time::Duration;

use axum::middleware::{from_fn, from_fn_with_state};
use axum::routing::{get, post};
use axum::{Extension, Router};
use axum_server::Handle;
use axum_server::accept::NoDelayAcceptor;
use hyper_util::rt::TokioTimer;
use tower_http::compression::CompressionLayer;

use crate::config::{Config, ExchangesConfig};
use crate::domain::exchange::Environment;
use crate::domain::timestamp::Timestamp;
use crate::exchanges::{ExchangeError, Hosts, Registry, Surroundings};
use crate::http::metrics::Door;
use crate::http::requests::{self, Requests};
use crate::http::{address, api, assets, auth, guard, health, metrics, recording, takeout};
use crate::security::random_bytes;
use crate::services::{
    Clock, Dice, Pace, Parts, Settings, SharedNeighbours, StartError, State, Workers,
    open_database, prices,
};
use crate::ui::{app, forms};
use crate::webhooks::{ANSWER_TIME, Reach, Webhooks};

/// How long a request's head may take, and an idle connection may stay.
const HEAD_TIME: Duration = Duration::from_secs(15);
/// How long running requests and syncs may take once the program is asked to stop.
const STOP_TIME: Duration = Duration::from_secs(20);

/// Why the server cannot start or go on.
#[derive(Debug, thiserror::Error)]
pub enum ServerError {
    /// Database or master key.
    #[error(transparent)]
    Start(#[from] StartError),
    /// The clients for the exchanges.
    #[error(transparent)]
    Exchanges(#[from] ExchangeError),
    /// The address cannot be listened on.
    #[error("the address of LISTEN_ADDR cannot be used: is another program on it?")]
    Listen(#[source] std::io::Error),
    /// The origin is no origin.
    #[error("PUBLIC_URL is no origin such as https://coffer.example.org")]
    PublicUrl,
    /// Connections can no longer be accepted.
    #[error("the server stopped accepting connections")]
    Accept(#[source] std::io::Error),
}

/// The system's clock. The only place that reads it.
#[must_use]
pub fn system_clock() -> Clock {
    Clock::new(|| {
        #[expect(clippy::disallowed_methods, reason = "everything else asks this clock")]
        let now = std::time::SystemTime::now();
        let since = now
            .duration_since(std::time::UNIX_EPOCH)
            .unwrap_or_default();
        Timestamp(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
    })
}

/// The system's randomness.
#[must_use]
pub fn system_dice() -> Dice {
    // Without randomness nothing else works either: the next id or seal says so.
    Arc::new(|| random_bytes().map_or(0, u64::from_le_bytes))
}

/// Opens the database and sets up everything the use cases need, at the usual pace.
///
/// # Errors
/// [`ServerError`].
pub async fn prepare(config: &Config, clock: Clock) -> Result<State, ServerError> {
    prepare_at(config, clock, Pace::every(config.sync.interval)).await
}

/// Opens the database and sets up everything the use cases need.
///
/// # Errors
/// [`ServerError`].
pub async fn prepare_at(config: &Config, clock: Clock, pace: Pace) -> Result<State, ServerError> {
    let webhooks = Webhooks::new(Reach::Public, ANSWER_TIME);
    prepare_with(config, clock, pace, webhooks).await
}

/// The same with another way out to webhooks.
///
/// # Errors
/// [`ServerError`].
pub async fn prepare_with(
    config: &Config,
    clock: Clock,
    pace: Pace,
    webhooks: Webhooks,
) -> Result<State, ServerError> {
    let hosts = hosts(&config.exchanges)?;
    let (db, keys) = open_database(config, clock.now()).await?;
    let neighbours = Arc::new(SharedNeighbours::new(db.clone(), clock.clone()));
    let surroundings = Surroundings {
        clock: exchange_clock(clock.clone()),
        dice: system_dice(),
        pace: config.exchanges.retry_pace,
        answer_time: config.exchanges.answer_time,
        neighbours: neighbours.clone(),
    };
    let default_environment = if config.exchanges.testnet_by_default {
        Environment::Testnet
    } else {
        Environment::Live
    };
    let settings = Settings {
        sign_up: config.accounts.sign_up,
        base_currency: config.accounts.base_currency,
        is_https: config.web.secure_cookies(),
        default_environment,
        pace,
    };
    let parts = Parts {
        db,
        registry: Registry::new(hosts, surroundings)?,
        keys,
        clock,
        dice: system_dice(),
        neighbours,
        webhooks,
        settings,
    };
    Ok(State::new(parts).map_err(StartError::Key)?)
}

fn hosts(config: &ExchangesConfig) -> Result<Hosts, ExchangeError> {
    let mut hosts = Hosts::live();
    if let Some(url) = &config.binance_api_url {
        hosts = hosts.with_binance(url.as_str())?;
    }
    if let Some(url) = &config.binance_market_url {
        hosts = hosts.with_binance_market(url.as_str())?;
    }
    if let Some(url) = &config.okx_api_url {
        hosts = hosts.with_okx(url.as_str())?;
    }
    if let Some(url) = &config.binance_ws_url {
        hosts = hosts.with_binance_streams(url.as_str())?;
    }
    if let Some(url) = &config.okx_ws_url {
        hosts = hosts.with_okx_streams(url.as_str())?;
    }
    Ok(hosts)
}

/// A random number; without randomness all tries are made without delay.
fn exchange_clock(clock: Clock) -> Arc<dyn Fn() -> i64 + Send + Sync> {
    Arc::new(move || clock.now().0)
}

/// Every route with every layer. `public_url` is the origin people use.
///
/// # Errors
/// [`ServerError::PublicUrl`].
pub fn routes(state: State, config: &Config, public_url: &str) -> Result<Router, ServerError> {
    // A second server in one process, as in tests, finds the executor set.
    let _ = any_spawner::Executor::init_tokio();
    let secure = public_url.starts_with("https://");
    let lifetimes = auth::Lifetimes {
        idle: config.sessions.idle,
        max: config.sessions.max,
    };
    let web = Arc::new(config.web.clone());
    let answered = Arc::new(Requests::default());
    let pages = Router::new()
        .route("/do/{function}", post(forms::run))
        .route("/connections/{id}/recording", get(recording::download))
        .route("/export/{name}", get(takeout::download))
        .route("/", get(app::page))
        .route("/{*page}", get(app::page))
        .layer(from_fn(auth::require_sign_in))
        .merge(api::routes(&state))
        .layer(from_fn_with_state(web, address::note))
        .layer(auth::layer(state.clone(), lifetimes, secure))
        .layer(from_fn_with_state(secure, auth::complete_removal_cookie));
    let probes = Router::new()
        .route("/healthz", get(health::live))
        .route("/readyz", get(health::ready))
        .route("/metrics", get(metrics::show))
        .layer(Extension(Arc::new(Door::new(config))))
        .layer(Extension(Arc::clone(&answered)));
    let open = Router::new()
        .route("/assets/coffer.css", get(assets::style))
        .route("/public/{name}", get(assets::public))
        .route("/favicon.ico", get(assets::favicon))
        .route("/pkg/{name}", get(assets::bundle))
        .merge(api::open_routes())
        // Files only: a page may hold what somebody typed beside what is secret.
        .layer(CompressionLayer::new());
    let routes = pages.merge(open).merge(probes).with_state(state);
    let guarded = guard(routes, public_url).map_err(|_| ServerError::PublicUrl)?;
    Ok(guarded.layer(from_fn_with_state(answered, requests::count)))
}

/// A server that listens already.
pub struct Server {
    listener: TcpListener,
    router: Router,
    state: State,
    /// The origin people use.
    pub public_url: String,
    /// The address it listens on.
    pub addr: SocketAddr,
    /// How long a request's head may take, and an idle connection may stay.
    pub head_time: Duration,
}

impl Server {
    /// Takes the address of the configuration and sets up the routes.
    ///
    /// # Errors
    /// [`ServerError::Listen`], [`ServerError::PublicUrl`].
    pub fn bind(config: &Config, state: State) -> Result<Self, ServerError> {
        let listener = TcpListener::bind(config.web.listen_addr).map_err(ServerError::Listen)?;
        listener
            .set_nonblocking(true)
            .map_err(ServerError::Listen)?;
        let addr = listener.local_addr().map_err(ServerError::Listen)?;
        let public_url = config.web.origin(addr).to_string();
        let router = routes(state.clone(), config, &public_url)?;
        Ok(Self {
            listener,
            router,
            state,
            public_url,
            addr,
            head_time: HEAD_TIME,
        })
    }

    /// Serves and syncs until `stop` is done, then lets running requests and syncs end.
    ///
    /// # Errors
    /// [`ServerError::Accept`].
    pub async fn run(
        self,
        stop: impl Future<Output = ()> + Send + 'static,
    ) -> Result<(), ServerError> {
        let handle = Handle::new();
        let stopping = handle.clone();
        let records = self.state.settings.pace.records;
        let state = self.state.clone();
        let mut workers = Workers::start(self.state).await;
        if records {
            workers.keep_history(|state| async move { Some(prices::refresh(&state).await) });
            workers.keep_candles();
        }
        let stopped = tokio::spawn(async move {
            stop.await;
            // They would not end by themselves.
            state.close_streams();
            stopping.graceful_shutdown(Some(STOP_TIME));
            workers.stop(STOP_TIME).await;
        });
        let mut server = axum_server::from_tcp(self.listener)
            .map_err(ServerError::Accept)?
            .acceptor(NoDelayAcceptor::new())
            .http1_only()
            .handle(handle);
        let http1 = server.http_builder();
        http1
            .http1()
            .timer(TokioTimer::new())
            .header_read_timeout(self.head_time);
        let service = self
            .router
            .into_make_service_with_connect_info::<SocketAddr>();
        server.serve(service).await.map_err(ServerError::Accept)?;
        // The server ends before its time only with an error, so the stop is under way.
        let _ = stopped.await;
        Ok(())
    }
}

/// Done when the program is asked to stop, by Ctrl-C or by the system. From the call on, neither
/// ends the program by itself.
///
/// # Errors
/// What the system says when it cannot be asked.
pub fn stop_signal() -> std::io::Result<impl Future<Output = ()> + Send + 'static> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut interrupted = signal(SignalKind::interrupt())?;
    let mut terminated = signal(SignalKind::terminate())?;
    Ok(async move {
        tokio::select! {
            _ = interrupted.recv() => (),
            _ = terminated.recv() => (),
        }
    })
}
