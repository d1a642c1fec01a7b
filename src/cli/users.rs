//! Accounts from the shell.

use std::io::Read;

use clap::Subcommand;
use secrecy::SecretString;

use super::{CommandError, say, start_log};
use crate::config::Config;
use crate::domain::timestamp::Timestamp;
use crate::error::Problem;
use crate::server::{prepare, system_clock};
use crate::services::accounts;

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Makes an account, whatever SIGN_UP says.
    Add(Account),
    /// Lists all accounts.
    List,
    /// Sets a new password; all sessions of the account end, and its API tokens are revoked.
    ResetPassword(Account),
}

#[derive(Debug, clap::Args)]
pub struct Account {
    /// The email of the account.
    #[arg(long)]
    email: String,
    /// Reads the password from standard input, one line. The only way, so that it stands in no
    /// shell history and no list of processes.
    #[arg(long, required = true)]
    password_stdin: bool,
}

/// Runs one of the commands.
pub async fn run(command: Command) -> Result<(), CommandError> {
    let config = Config::from_env()?;
    start_log(&config.log);
    let state = prepare(&config, system_clock()).await?;
    match command {
        Command::Add(account) => {
            let user = accounts::add(&state, &account.email, read_password()?).await?;
            say(&format!("Made an account for {}\n", user.email))?;
        }
        Command::ResetPassword(account) => {
            let done = accounts::reset_password(&state, &account.email, read_password()?).await;
            let user = done.map_err(no_account)?;
            say(&format!(
                "Set a new password for {}; all its sessions ended, and its API tokens were revoked\n",
                user.email
            ))?;
        }
        Command::List => {
            for user in accounts::list(&state).await? {
                say(&format!(
                    "{}\t{}\n",
                    user.email,
                    Timestamp(user.created_at).rfc3339()
                ))?;
            }
        }
    }
    state.db.close().await;
    Ok(())
}

/// Says which account it is that there is none of.
pub fn no_account(problem: Problem) -> Problem {
    match problem {
        Problem::NotFound => Problem::field("email", "There is no account with this email."),
        other => other,
    }
}

/// One line without its line end.
fn read_password() -> Result<SecretString, CommandError> {
    let mut text = String::new();
    std::io::stdin()
        .lock()
        .take(64 * 1024)
        .read_to_string(&mut text)?;
    let line = text.strip_suffix('\n').unwrap_or(&text);
    let line = line.strip_suffix('\r').unwrap_or(line);
    Ok(SecretString::from(line))
}
