//! The demo: the real app with a throw-away database, an account, and exchanges on loopback.

use std::path::PathBuf;

use secrecy::SecretString;

use super::{CommandError, say, start_log};
use crate::config::{Config, Environment};
use crate::sandbox::{DemoKey, Options, Sandbox, demo_keys};
use crate::security::new_id;
use crate::server::{Server, prepare, stop_signal, system_clock};
use crate::services::accounts;

/// The account that the demo makes.
const EMAIL: &str = "demo@example.org";
const PASSWORD: &str = "sandbox balances only";

/// A folder that is gone when the demo ends.
struct ThrowAway(PathBuf);

impl Drop for ThrowAway {
    fn drop(&mut self) {
        // What cannot be removed now is the system's to clear.
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// Runs until it is stopped.
pub async fn run() -> Result<(), CommandError> {
    let sandbox = Sandbox::start(Options::default())
        .await
        .map_err(CommandError::Sandbox)?;
    let name = new_id().map_err(|_| CommandError::Io(std::io::ErrorKind::Other.into()))?;
    let folder = ThrowAway(std::env::temp_dir().join(format!("coffer-demo-{name}")));
    let config = settings(&folder.0, &sandbox.url())?;
    start_log(&config.log);
    let state = prepare(&config, system_clock()).await?;
    accounts::add(&state, EMAIL, SecretString::from(PASSWORD)).await?;
    let db = state.db.clone();
    let server = Server::bind(&config, state)?;
    let stop = stop_signal()?;
    say(&welcome(&server.public_url))?;
    server.run(stop).await?;
    db.close().await;
    Ok(())
}

/// The usual settings, but for the database, the master key and the exchanges.
fn settings(folder: &std::path::Path, sandbox: &str) -> Result<Config, CommandError> {
    let environment = Environment::load()?;
    let config = Config::read(|name| match name {
        "DATA_DIR" => Some(folder.display().to_string()),
        "DATABASE_URL"
        | "ENCRYPTION_KEY"
        | "ENCRYPTION_KEY_FILE"
        | "BINANCE_MARKET_URL"
        | "BINANCE_WS_URL"
        | "OKX_WS_URL" => None,
        "BINANCE_API_URL" | "OKX_API_URL" => Some(sandbox.to_owned()),
        "SIGN_UP" => Some("closed".to_owned()),
        other => environment.get(other),
    })?;
    Ok(config)
}

/// What the newcomer needs stands last, where the eye is when the program has started.
fn welcome(address: &str) -> String {
    format!(
        "Keys that show what Coffer does with other keys than the two below:\n\n{}\
         Coffer demo: sandbox exchanges, nothing real, all gone when it stops.\n\n\
         Paste one of these keys under Connections:\n\n{}\
         Open      {address}\n\
         Email     {EMAIL}\n\
         Password  {PASSWORD}\n\n\
         Stop with Ctrl-C.\n",
        keys(false),
        keys(true)
    )
}

/// The sandbox's keys to start with, or all the others, ready to paste.
fn keys(to_start_with: bool) -> String {
    let mut seen = Vec::new();
    let mut first = |key: &DemoKey| {
        let first = !seen.contains(&key.exchange);
        seen.push(key.exchange);
        first
    };
    let chosen = demo_keys()
        .into_iter()
        .filter(|key| first(key) == to_start_with);
    chosen.map(printed).collect()
}

/// Every key of the sandbox, ready to paste.
pub fn all_keys() -> String {
    demo_keys().into_iter().map(printed).collect()
}

fn printed(key: DemoKey) -> String {
    let passphrase = key
        .passphrase
        .map(|p| format!("  Passphrase  {p}\n"))
        .unwrap_or_default();
    format!(
        "{}: {} ({})\n  API key     {}\n  Secret key  {}\n{passphrase}\n",
        key.exchange, key.title, key.note, key.api_key, key.secret_key
    )
}
