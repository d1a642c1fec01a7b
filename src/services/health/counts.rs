//! How many connections there are and what waits to be synced, for whoever runs the program.

use std::time::Duration;

use super::Shared;
use crate::services::{State, storage_problem};
use crate::storage::tallies::{self, Backlog, StatusCount};
use crate::storage::{StorageError, followings, pauses};

/// How long the database may take.
const AT_MOST: Duration = Duration::from_secs(2);

/// Everybody's connections, counted.
#[derive(Clone, Debug)]
pub struct Counts {
    /// By exchange and status.
    pub connections: Vec<StatusCount>,
    /// What waits, by exchange.
    pub backlog: Vec<Backlog>,
    /// What is known of the exchanges by all processes.
    pub shared: Shared,
}

/// Counts them; `None` when the database does not answer in time.
pub async fn counts(state: &State) -> Option<Counts> {
    let counted = tokio::time::timeout(AT_MOST, count(state)).await.ok()?;
    counted.map_err(storage_problem).ok()
}

async fn count(state: &State) -> Result<Counts, StorageError> {
    let mut db = state.db.reader().await?;
    let now = state.clock.now();
    let connections = tallies::count_by_status(&mut db).await?;
    let mut backlog = tallies::backlog(&mut db, now).await?;
    if state.settings.pace.interval.is_none() {
        // Their time comes only where they are synced by themselves.
        backlog.iter_mut().for_each(|one| one.due = 0);
    }
    Ok(Counts {
        connections,
        backlog,
        shared: Shared {
            pauses: pauses::list(&mut db, now).await?,
            account_streams: followings::count(&mut db, now).await?,
        },
    })
}
