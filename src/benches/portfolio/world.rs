//! The app with a person who holds so many assets on two exchanges, three of four with a price.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use coffer::config::Config;
use coffer::domain::connect_form::ConnectForm;
use coffer::domain::timestamp::Timestamp;
use coffer::sandbox::{Control, Exchange, Holding, MadeKey, Options, Sandbox};
use coffer::server::{Server, prepare_at, system_clock};
use coffer::services::{Clock, Pace, State, accounts, connect, prices};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use super::clients::session_of;
use super::database::{Database, Kind};

const EMAIL: &str = "ann@example.org";
const PASSWORD: &str = "correct horse battery";

/// Everything a measurement needs.
pub struct World {
    pub kind: Kind,
    pub holdings: u32,
    pub state: State,
    /// The server's address.
    pub url: String,
    /// The cookie of the person's session.
    pub cookie: String,
    database: Database,
    stop: oneshot::Sender<()>,
    server: JoinHandle<()>,
    _sandbox: Sandbox,
}

impl World {
    pub async fn new(kind: Kind, holdings: u32) -> Self {
        let database = Database::new(kind).await;
        let sandbox = Sandbox::start(Options::default()).await.unwrap();
        let keys = fill(sandbox.control(), holdings);
        let config = config(&database, &sandbox.url());
        let stands_still = Arc::new(AtomicI64::new(0));
        let mut pace = Pace::every(config.sync.interval);
        // No caller is held up: it is measured how many calls can be made.
        pace.calls_a_minute = 60_000_000;
        let state = prepare_at(&config, clock(Arc::clone(&stands_still)), pace);
        let state = state.await.unwrap();
        let user = accounts::add(&state, EMAIL, PASSWORD.into()).await.unwrap();
        for key in keys {
            let connected = connect::connect(&state, &user.id, &form(&key)).await;
            assert!(connected.unwrap().report.success());
        }
        prices::refresh(&state).await;
        // Prices do not grow old while it is measured, so that nothing else is asked for.
        stands_still.store(state.clock.now().0, Ordering::SeqCst);
        let server = Server::bind(&config, state.clone()).unwrap();
        let url = server.public_url.clone();
        let (stop, stopped) = oneshot::channel::<()>();
        let server = tokio::spawn(async move {
            let stop = async move { stopped.await.unwrap_or_default() };
            server.run(stop).await.unwrap();
        });
        let cookie = session_of(&url, EMAIL, PASSWORD).await;
        Self {
            kind,
            holdings,
            state,
            url,
            cookie,
            database,
            stop,
            server,
            _sandbox: sandbox,
        }
    }

    /// Ends what runs by itself.
    pub async fn end(self) {
        drop(self.stop);
        self.server.await.unwrap();
        self.state.db.close().await;
        self.database.end().await;
    }
}

fn config(database: &Database, exchanges: &str) -> Config {
    let config = Config::read(|name| match name {
        "DATABASE_URL" => Some(database.url.clone()),
        "DATA_DIR" => Some(database.folder.path().display().to_string()),
        // With PostgreSQL there is no key of its own accord.
        "ENCRYPTION_KEY" if database.kind == Kind::Postgres => {
            Some("q83vEjRWeJCrze8SNFZ4kKvN7xI0VniQq83vEjRWeJA=".to_owned())
        }
        "BINANCE_API_URL" | "OKX_API_URL" => Some(exchanges.to_owned()),
        "SYNC_INTERVAL" => Some("off".to_owned()),
        "LISTEN_ADDR" => Some("127.0.0.1:0".to_owned()),
        _ => None,
    });
    config.unwrap()
}

/// The system's time, until it stands still.
fn clock(stands_still: Arc<AtomicI64>) -> Clock {
    let system = system_clock();
    Clock::new(move || match stands_still.load(Ordering::SeqCst) {
        0 => system.now(),
        at => Timestamp(at),
    })
}

/// One half of the assets on each exchange. Of four, two have a pair with a dollar, one with Bitcoin
/// alone, and one has none.
fn fill(control: &Control, holdings: u32) -> [MadeKey; 2] {
    control.set_okx_limits(false);
    let half = |exchange: Exchange, numbers: std::ops::Range<u32>| -> Vec<Holding> {
        let one = |n: u32| {
            let asset = format!("A{n}");
            let price = format!("{}.{:04}", n % 90, n % 9_000 + 1);
            match n % 4 {
                0 | 1 => control.set_price(exchange, [&asset, "USDT"], &price),
                2 => control.set_price(exchange, [&asset, "BTC"], "0.00002917"),
                _ => (),
            }
            Holding::new(&asset, &format!("{n}.12345678"), "0.5")
        };
        numbers.map(one).collect()
    };
    let middle = holdings / 2;
    [
        control.add_binance_account(1, &half(Exchange::Binance, 0..middle)),
        control.add_okx_account(1, &half(Exchange::Okx, middle..holdings)),
    ]
}

fn form(key: &MadeKey) -> ConnectForm {
    ConnectForm {
        exchange: key.exchange.to_string().to_lowercase(),
        api_key: key.api_key.as_str().into(),
        secret_key: key.secret_key.as_str().into(),
        passphrase: key.passphrase.clone().unwrap_or_default().as_str().into(),
        ..ConnectForm::default()
    }
}
