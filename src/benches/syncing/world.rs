//! The app without its pages: a new database, a person, and connections to the exchange.

use std::time::Duration;

use coffer::config::Config;
use coffer::domain::connect_form::ConnectForm;
use coffer::server::{prepare, system_clock};
use coffer::services::{State, Workers, accounts, connect, sync};
use tempfile::TempDir;

use super::exchange::{Running, Setup};

/// How many accounts are connected at once.
const HANDS: usize = 16;

/// Everything a measurement needs.
pub struct World {
    pub state: State,
    pub user_id: String,
    pub exchange: Running,
    workers: Option<Workers>,
    _folder: TempDir,
}

impl World {
    /// A new database, and an exchange as it is to be.
    pub async fn new(setup: Setup) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let exchange = Running::start(setup);
        let config = Config::read(|name| match name {
            "DATA_DIR" => Some(folder.path().display().to_string()),
            "BINANCE_API_URL" | "OKX_API_URL" => Some(exchange.url.clone()),
            "SYNC_INTERVAL" => Some("off".to_owned()),
            _ => None,
        })
        .unwrap();
        let state = prepare(&config, system_clock()).await.unwrap();
        let person = accounts::add(&state, "ann@example.org", "correct horse battery".into());
        let user_id = person.await.unwrap().id;
        let workers = Some(Workers::start(state.clone()).await);
        Self {
            state,
            user_id,
            exchange,
            workers,
            _folder: folder,
        }
    }

    /// Connects every account of one exchange.
    pub async fn connect_all(&self, exchange: &str) {
        let keys = self.exchange.keys.iter().filter(|key| key[0] == exchange);
        let forms: Vec<ConnectForm> = keys.enumerate().map(form).collect();
        for some in forms.chunks(HANDS) {
            let hands = some.iter().map(|form| self.connect(form));
            futures::future::join_all(hands).await;
        }
    }

    async fn connect(&self, form: &ConnectForm) {
        // The budget of the exchange may make some wait for the next minute.
        for _ in 0..20 {
            if connect::connect(&self.state, &self.user_id, form)
                .await
                .is_ok()
            {
                return;
            }
            tokio::time::sleep(Duration::from_secs(10)).await;
        }
        println!("an account could not be connected");
    }

    /// Syncs everything until every wallet of every account has been read.
    pub async fn settle(&self) {
        loop {
            let begun = sync::start_all(&self.state, &self.user_id).await.unwrap();
            let id = begun.batch_id;
            let long = Duration::from_secs(3_600);
            let ended = sync::wait_for_all(&self.state, &self.user_id, &id, long).await;
            ended.unwrap();
            let reports = sync::reports_of(&self.state, &self.user_id, &id).await;
            let reports = reports.unwrap();
            if reports
                .iter()
                .all(|report| report.success() && !report.is_partial())
            {
                return;
            }
        }
    }

    /// Ends what runs by itself.
    pub async fn end(mut self) {
        if let Some(workers) = self.workers.take() {
            workers.stop(Duration::from_secs(5)).await;
        }
        self.state.db.close().await;
    }
}

fn form((number, key): (usize, &[String; 4])) -> ConnectForm {
    let [exchange, api_key, secret_key, passphrase] = key;
    ConnectForm {
        exchange: exchange.clone(),
        label: format!("Account {number}"),
        api_key: api_key.as_str().into(),
        secret_key: secret_key.as_str().into(),
        passphrase: passphrase.as_str().into(),
        ..ConnectForm::default()
    }
}
