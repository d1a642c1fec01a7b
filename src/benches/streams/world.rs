//! The app, and an exchange on loopback.

use std::time::{Duration, Instant};

use coffer::config::Config;
use coffer::domain::exchange::ExchangeId;
use coffer::domain::market::Pair;
use coffer::sandbox::{Control, Exchange, Options, Sandbox};
use coffer::server::{Server, prepare_at, system_clock};
use coffer::services::market::live::{self, Watching};
use coffer::services::{Pace, State};
use tempfile::TempDir;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

/// The exchange that is measured with.
pub const EXCHANGE: Exchange = Exchange::Binance;
/// The pair that is measured with.
pub const BITCOIN: [&str; 2] = ["BTC", "USDT"];

/// Everything a measurement needs.
pub struct World {
    pub state: State,
    pub control: Control,
    /// The server's address.
    pub address: String,
    stop: oneshot::Sender<()>,
    server: JoinHandle<()>,
    _folder: TempDir,
}

/// The exchange.
pub async fn sandbox() -> Sandbox {
    let sandbox = Sandbox::start(Options::default()).await.unwrap();
    sandbox.control().set_okx_limits(false);
    sandbox
}

impl World {
    pub async fn new(sandbox: &Sandbox) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let config = Config::read(|name| match name {
            "DATA_DIR" => Some(folder.path().display().to_string()),
            "BINANCE_API_URL" | "OKX_API_URL" => Some(sandbox.url()),
            "SYNC_INTERVAL" => Some("off".to_owned()),
            "LISTEN_ADDR" => Some("127.0.0.1:0".to_owned()),
            _ => None,
        })
        .unwrap();
        let mut pace = Pace::every(config.sync.interval);
        // Nobody is held up who comes to listen.
        pace.calls_a_minute = 60_000_000;
        let state = prepare_at(&config, system_clock(), pace).await.unwrap();
        let server = Server::bind(&config, state.clone()).unwrap();
        let address = server
            .public_url
            .strip_prefix("http://")
            .unwrap()
            .to_owned();
        let (stop, stopped) = oneshot::channel::<()>();
        let server = tokio::spawn(async move {
            let stop = async move { stopped.await.unwrap_or_default() };
            server.run(stop).await.unwrap();
        });
        Self {
            state,
            control: sandbox.control().clone(),
            address,
            stop,
            server,
            _folder: folder,
        }
    }

    /// Watches pairs, and waits until they are streamed.
    pub async fn watch(&self, pairs: &[&str]) -> Watching {
        let parsed = pairs.iter().map(|text| Pair::parse(text).unwrap());
        let watching = live::watch(&self.state, parsed.collect());
        self.until(|| self.is_streamed()).await;
        watching
    }

    /// Whether the exchange streams Bitcoin.
    pub fn is_streamed(&self) -> bool {
        let mut all = self.control.streams().into_iter();
        all.any(|stream| stream.exchange == EXCHANGE && !stream.subscribed.is_empty())
    }

    /// Whether the exchange has told this price of Bitcoin.
    pub fn knows(&self, price: &str) -> bool {
        let bitcoin = Pair::parse(&BITCOIN.join("-")).unwrap();
        let exchange = ExchangeId::new("binance");
        let latest = live::latest(&self.state, &[bitcoin]);
        let mut own = latest.into_iter().filter(|told| told.exchange == exchange);
        own.any(|told| told.price.as_str() == price)
    }

    /// Waits until something is so, and tells how long that took.
    pub async fn until(&self, is_so: impl Fn() -> bool) -> Duration {
        let begun = Instant::now();
        while !is_so() {
            tokio::time::sleep(Duration::from_micros(200)).await;
        }
        begun.elapsed()
    }

    /// Ends what runs by itself.
    pub async fn end(self) {
        drop(self.stop);
        self.server.await.unwrap();
        self.state.db.close().await;
    }
}
