//! API tokens from the shell.

use clap::Subcommand;
use secrecy::ExposeSecret;

use super::users::no_account;
use super::{CommandError, say, start_log};
use crate::config::Config;
use crate::domain::token::TokenForm;
use crate::server::{prepare, system_clock};
use crate::services::tokens;

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Makes a token and prints it, this once, as the last word.
    Add(Add),
}

#[derive(Debug, clap::Args)]
pub struct Add {
    /// The email of the account that programs are let in to.
    #[arg(long)]
    email: String,
    /// What to call the token.
    #[arg(long)]
    name: String,
    /// What it allows: read, sync (read and sync) or manage (everything).
    #[arg(long, default_value = "read")]
    scope: String,
    /// Days until it ends, or never.
    #[arg(long, value_name = "DAYS", default_value = "90")]
    expires: String,
}

/// Runs one of the commands.
pub async fn run(command: Command) -> Result<(), CommandError> {
    let Command::Add(add) = command;
    let config = Config::from_env()?;
    start_log(&config.log);
    let state = prepare(&config, system_clock()).await?;
    let form = TokenForm {
        name: &add.name,
        scope: &add.scope,
        expires: &add.expires,
    };
    let token = tokens::make_for(&state, &add.email, &form).await;
    let token = token.map_err(no_account)?;
    say(&format!(
        "Made a token for {}; it is not shown again: {}\n",
        add.email,
        token.expose_secret()
    ))?;
    state.db.close().await;
    Ok(())
}
