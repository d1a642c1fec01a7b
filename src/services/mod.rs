//! What a person can do, as plain functions. Pages, programs and the shell all enter here; inner
//! errors are translated and logged here, once.

pub mod accounts;
pub mod answers;
pub mod board;
pub mod connect;
pub mod connections;
pub mod events;
mod following;
pub mod health;
mod heartbeat;
pub mod history;
mod key_store;
pub mod manual;
pub mod market;
mod neighbours;
mod pace;
pub mod portfolio;
pub mod portfolios;
pub mod prices;
pub mod recording;
mod scheduler;
mod snapshot;
mod start;
mod state;
pub mod sync;
pub mod takeout;
mod tasks;
pub mod telling;
pub mod throttle;
pub mod tokens;
mod turns;
pub mod valuation;
pub mod watchlist;
mod workers;

pub use neighbours::SharedNeighbours;
pub use pace::Pace;
pub use start::{StartError, open_database};
pub use state::{Clock, Dice, Parts, Settings, State};
pub use workers::Workers;

use crate::domain::timestamp::Timestamp;
use crate::error::Problem;
use crate::security::SecurityError;
use crate::storage::StorageError;

/// How long a person who waits for an answer lets a call wait for an exchange's budget.
const PATIENCE: std::time::Duration = std::time::Duration::from_secs(20);

/// Tells the log what storage said, and the person that it did not work.
fn storage_problem(error: StorageError) -> Problem {
    match &error {
        StorageError::Corrupt(what) => {
            tracing::error!(what, "a stored value cannot be read");
            Problem::Internal
        }
        _ => {
            tracing::error!(error = &error as &dyn std::error::Error, "storage failed");
            Problem::Unavailable
        }
    }
}

/// Tells the log what security said, and the person that it did not work.
fn security_problem(error: SecurityError) -> Problem {
    tracing::error!(error = &error as &dyn std::error::Error, "security failed");
    Problem::Internal
}

/// An error inside a transaction: a problem to tell, or storage's own.
#[derive(Debug, thiserror::Error)]
enum WriteError {
    #[error(transparent)]
    Problem(#[from] Problem),
    #[error(transparent)]
    Storage(#[from] StorageError),
    #[error(transparent)]
    Security(#[from] SecurityError),
}

impl From<WriteError> for Problem {
    fn from(error: WriteError) -> Self {
        match error {
            WriteError::Problem(problem) => problem,
            WriteError::Storage(error) => storage_problem(error),
            WriteError::Security(error) => security_problem(error),
        }
    }
}

/// Milliseconds between two moments, never below zero.
fn elapsed_ms(from: Timestamp, to: Timestamp) -> u64 {
    u64::try_from(to.0.saturating_sub(from.0)).unwrap_or_default()
}
