//! Looking at what is stored of a person's syncs, and telling what is new.

use std::collections::HashSet;

use super::channel::{Channel, News};
use crate::domain::progress::SyncProgress;
use crate::domain::report::SyncReport;
use crate::error::Problem;
use crate::services::{State, storage_problem, sync};
use crate::storage::{StorageError, batches, sync_runs};

/// How long ago a sync may have begun that is news when it ends, in milliseconds: longer than any
/// may take.
const NEWS_MS: i64 = 10 * 60_000;

/// What was stored when it was last looked at.
#[derive(Debug, Default)]
pub struct Seen {
    /// The syncs that began lately and are over.
    runs: HashSet<String>,
    /// The newest sync of all connections.
    progress: Option<SyncProgress>,
}

/// What is stored now.
struct Found {
    ids: Vec<String>,
    new: Vec<(String, SyncReport)>,
    progress: Option<SyncProgress>,
}

/// Tells what has come since the last look; of the first look, nothing is news. Answers the sync of
/// all connections that runs, if one does.
///
/// # Errors
/// [`Problem::Unavailable`].
pub async fn look(
    state: &State,
    user_id: &str,
    channel: &Channel,
) -> Result<Option<SyncProgress>, Problem> {
    let mut seen = channel.seen.lock().await;
    let found = find(state, user_id, seen.as_ref()).await?;
    let running = found.progress.clone();
    let running = running.filter(|progress| !progress.is_done());
    if let Some(before) = seen.as_ref() {
        for (id, report) in found.new {
            channel.tell(&state.replica, News::Run { id, report });
        }
        if let Some(progress) = &found.progress
            && found.progress != before.progress
        {
            channel.tell(&state.replica, News::Progress(progress.clone()));
        }
    }
    *seen = Some(Seen {
        runs: found.ids.into_iter().collect(),
        progress: found.progress,
    });
    Ok(running)
}

async fn find(state: &State, user_id: &str, seen: Option<&Seen>) -> Result<Found, Problem> {
    let (ids, new) = runs(state, user_id, seen).await.map_err(storage_problem)?;
    Ok(Found {
        ids,
        new,
        progress: progress(state, user_id, seen).await?,
    })
}

type Runs = (Vec<String>, Vec<(String, SyncReport)>);

/// The ids of the syncs that began lately and are over, and those of them that are new.
async fn runs(state: &State, user_id: &str, seen: Option<&Seen>) -> Result<Runs, StorageError> {
    let since = state.clock.now().plus_ms(-NEWS_MS);
    let mut db = state.db.reader().await?;
    let ids = sync_runs::list_ids_since(&mut db, user_id, since).await?;
    let is_new = |id: &&String| seen.is_some_and(|seen| !seen.runs.contains(*id));
    let new: Vec<String> = ids.iter().filter(is_new).cloned().collect();
    let new = sync_runs::list_of_ids(&mut db, user_id, &new).await?;
    Ok((ids, new))
}

/// The newest sync of all connections. One that is over does not change any more.
async fn progress(
    state: &State,
    user_id: &str,
    seen: Option<&Seen>,
) -> Result<Option<SyncProgress>, Problem> {
    let mut db = state.db.reader().await.map_err(storage_problem)?;
    let newest = batches::find(&mut db, user_id, None).await;
    drop(db);
    let newest = newest.map_err(storage_problem)?.map(|batch| batch.id);
    let before = seen.and_then(|seen| seen.progress.as_ref());
    match before.filter(|before| before.is_done() && newest.as_ref() == Some(&before.batch_id)) {
        Some(before) => Ok(Some(before.clone())),
        None => sync::progress(state, user_id).await,
    }
}
