//! The whole app in this process: real server, real database, sandbox exchanges, a clock to turn.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use coffer::config::Config;
use coffer::domain::timestamp::Timestamp;
use coffer::sandbox::{DemoKey, Exchange, Options, Sandbox, demo_keys};
use coffer::server::{Server, prepare_with, system_clock};
use coffer::services::{Clock, Pace, State, accounts};
use coffer::webhooks::{ANSWER_TIME, Reach, Webhooks};
use tokio::sync::oneshot;

use super::browser::Browser;
use super::databases::{Kind, TestDatabase};

/// The system's time and what a test adds to it.
#[derive(Clone, Debug, Default)]
pub struct TestClock(Arc<AtomicI64>);

impl TestClock {
    pub fn advance_minutes(&self, minutes: i64) {
        self.advance_ms(minutes * 60_000);
    }

    pub fn advance_ms(&self, ms: i64) {
        self.0.fetch_add(ms, Ordering::SeqCst);
    }

    pub fn clock(&self) -> Clock {
        let (added, system) = (self.0.clone(), system_clock());
        Clock::new(move || Timestamp(system.now().0 + added.load(Ordering::SeqCst)))
    }
}

/// How an app is to be started.
pub struct Setup {
    pub database: TestDatabase,
    pub sandbox: Sandbox,
    pub clock: TestClock,
    /// Variables besides those every test needs.
    pub settings: HashMap<&'static str, String>,
    /// Changes to the pace of what is done in the background.
    pub pace: fn(&mut Pace),
    /// The most time an exchange's answer may take.
    pub answer_time: Duration,
}

/// A running app.
pub struct App {
    pub url: String,
    pub state: State,
    pub setup: Setup,
    /// The server stops when this is dropped.
    _stop: oneshot::Sender<()>,
}

/// A password that is good enough.
pub const PASSWORD: &str = "correct horse battery";

impl Setup {
    pub async fn new(kind: Kind) -> Self {
        let database = TestDatabase::new(kind).await;
        let sandbox = Sandbox::start(Options::default()).await.unwrap();
        sandbox.control().set_okx_limits(false);
        Self {
            database,
            sandbox,
            clock: TestClock::default(),
            settings: HashMap::new(),
            pace: |_| (),
            answer_time: Duration::from_secs(20),
        }
    }

    /// Sets a variable of the configuration.
    pub fn with(mut self, name: &'static str, value: &str) -> Self {
        self.settings.insert(name, value.to_owned());
        self
    }

    /// Has things done in the background at another pace.
    pub fn at_pace(mut self, change: fn(&mut Pace)) -> Self {
        self.pace = change;
        self
    }

    /// Everything the use cases need, as another process with the same settings has it.
    pub async fn state(&self) -> State {
        let config = self.config();
        let mut pace = Pace::every(config.sync.interval);
        // Nothing is recorded by itself unless a test asks for it.
        pace.records = false;
        pace.watch = Duration::from_secs(3_600);
        (self.pace)(&mut pace);
        // Receivers are on loopback, and a message to one may take its time on a busy machine.
        let webhooks = Webhooks::new(Reach::LoopbackToo, ANSWER_TIME);
        let clock = self.clock.clock();
        prepare_with(&config, clock, pace, webhooks).await.unwrap()
    }

    /// The configuration, as the program would read it.
    pub fn config(&self) -> Config {
        let folder = self.database.folder.path();
        let config = Config::read(|name| match (self.settings.get(name), name) {
            (Some(value), _) => Some(value.clone()),
            (None, "DATABASE_URL") => Some(self.database.url.clone()),
            (None, "DATA_DIR") => Some(folder.display().to_string()),
            // With PostgreSQL there is no key of its own accord.
            (None, "ENCRYPTION_KEY") if self.database.kind == Kind::Postgres => {
                Some("q83vEjRWeJCrze8SNFZ4kKvN7xI0VniQq83vEjRWeJA=".to_owned())
            }
            (None, "LISTEN_ADDR") => Some("127.0.0.1:0".to_owned()),
            // Nothing happens by itself unless a test asks for it.
            (None, "SYNC_INTERVAL") => Some("off".to_owned()),
            (None, "BINANCE_API_URL" | "OKX_API_URL") => Some(self.sandbox.url()),
            _ => None,
        });
        let mut config = config.unwrap();
        config.exchanges.retry_pace = Duration::from_millis(1);
        config.exchanges.answer_time = self.answer_time;
        config
    }

    pub async fn start(self) -> App {
        let config = self.config();
        let state = self.state().await;
        let server = Server::bind(&config, state.clone()).unwrap();
        let url = format!("http://{}", server.addr);
        let (stop, stopped) = oneshot::channel::<()>();
        tokio::spawn(async move {
            let stop = async move { stopped.await.unwrap_or_default() };
            server.run(stop).await.unwrap();
        });
        App {
            url,
            state,
            setup: self,
            _stop: stop,
        }
    }
}

impl App {
    /// An app with an empty database.
    pub async fn start(kind: Kind) -> Self {
        Setup::new(kind).await.start().await
    }

    /// A browser nobody is signed in with.
    pub fn browser(&self) -> Browser {
        Browser::new(&self.url)
    }

    /// A browser somebody with a new account is signed in with.
    pub async fn signed_in(&self, email: &str) -> Browser {
        accounts::add(&self.state, email, PASSWORD.into())
            .await
            .unwrap();
        let browser = self.browser();
        let page = browser
            .post("/do/sign-in", &[("email", email), ("password", PASSWORD)])
            .await;
        assert_eq!(page.status, 303, "{}", page.text());
        browser
    }
}

/// The sandbox's key of that exchange and title, or one whose API key is given.
pub fn demo_key(exchange: Exchange, api_key: &str) -> DemoKey {
    demo_keys()
        .into_iter()
        .find(|key| key.exchange == exchange && key.api_key == api_key)
        .unwrap()
}
