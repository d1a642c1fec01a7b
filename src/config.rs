//! Typed configuration, read once at start from the environment and `.env`.

mod accounts;
mod database;
mod duration;
mod environment;
mod error;
mod exchanges;
mod key;
mod log;
mod metrics;
mod origin;
mod proxies;
mod reader;
mod sessions;
mod sync;
mod web;

use std::path::PathBuf;

pub use accounts::{AccountsConfig, SignUp};
pub use database::{DatabaseConfig, DatabaseKind};
pub use environment::Environment;
pub use error::{ConfigError, WrongSetting};
pub use exchanges::ExchangesConfig;
pub use key::KeySource;
pub use log::{LogConfig, LogFormat};
pub use metrics::MetricsConfig;
pub use origin::Origin;
pub use proxies::ProxyRange;
pub use sessions::SessionConfig;
pub use sync::SyncConfig;
pub use web::WebConfig;

use reader::Reader;

/// Everything an operator can set, one struct per concern. Printing it shows no secret.
#[derive(Clone, Debug)]
pub struct Config {
    /// `DATA_DIR`: the folder of the database and the master key.
    pub data_dir: PathBuf,
    /// Where the data is.
    pub database: DatabaseConfig,
    /// Where the master key comes from: `ENCRYPTION_KEY`, `ENCRYPTION_KEY_FILE` or `DATA_DIR`.
    pub key: KeySource,
    /// Where the app listens and what it is called by.
    pub web: WebConfig,
    /// Who may make an account, and what it starts with.
    pub accounts: AccountsConfig,
    /// How long browser sessions live.
    pub sessions: SessionConfig,
    /// Which hosts stand for the exchanges.
    pub exchanges: ExchangesConfig,
    /// The scheduled sync.
    pub sync: SyncConfig,
    /// What is logged, and how.
    pub log: LogConfig,
    /// Who may read the figures for Prometheus.
    pub metrics: MetricsConfig,
}

impl Config {
    /// Reads the process environment, and for what is not set there `.env` of the working
    /// directory.
    ///
    /// # Errors
    /// [`ConfigError`] when `.env` cannot be read, or with every wrong variable.
    pub fn from_env() -> Result<Self, ConfigError> {
        let environment = Environment::load()?;
        Self::read(|name| environment.get(name))
    }

    /// Reads the variables that `lookup` gives. An empty one counts as not set.
    ///
    /// # Errors
    /// [`ConfigError::Wrong`] with every wrong variable, and never with a value.
    pub fn read(lookup: impl Fn(&str) -> Option<String>) -> Result<Self, ConfigError> {
        let mut reader = Reader::new(&lookup);
        let data_dir = reader.text("DATA_DIR").map_or_else(
            || PathBuf::from("data"),
            |text| PathBuf::from(text.as_str()),
        );
        let database = DatabaseConfig::read(&mut reader, &data_dir);
        let config = Self {
            key: KeySource::read(&mut reader, database.kind, &data_dir),
            web: WebConfig::read(&mut reader),
            accounts: AccountsConfig::read(&mut reader),
            sessions: SessionConfig::read(&mut reader),
            exchanges: ExchangesConfig::read(&mut reader),
            sync: SyncConfig::read(&mut reader),
            log: LogConfig::read(&mut reader),
            metrics: MetricsConfig::read(&mut reader),
            database,
            data_dir,
        };
        reader.finish(config)
    }
}

#[cfg(test)]
mod tests;
