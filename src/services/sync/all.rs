//! Syncing everything a person has connected: asked for at once, done in turn, told from the
//! database, so that any process can say how far it has come.

use std::time::Duration;

use tokio::time::Instant;

use crate::domain::progress::{ItemState, ProgressItem, SyncProgress};
use crate::domain::report::SyncReport;
use crate::error::Problem;
use crate::security::new_id;
use crate::services::{State, WriteError, connections, security_problem, storage_problem};
use crate::storage::batches::{self, Batch, Item};

/// How often a waiting request looks whether another process has synced the last connection.
const LOOK_EVERY: Duration = Duration::from_millis(250);
/// How long it waits after a look for more syncs of this process to end before it looks again, for each
/// look so far: few looks cost less than a wait.
const GATHERING: Duration = Duration::from_micros(20);

/// Asks for a sync of every connection of a person; while one is under way, that is the answer.
///
/// # Errors
/// [`Problem::NotFound`] when there is no such person, [`Problem::Unavailable`].
pub async fn start_all(state: &State, user_id: &str) -> Result<SyncProgress, Problem> {
    let new = Batch {
        id: new_id().map_err(security_problem)?,
        started_at: state.clock.now(),
    };
    let profiles = state.registry.profiles();
    let exchanges: Vec<_> = profiles.into_iter().map(|profile| profile.id).collect();
    let user = user_id.to_owned();
    let batch = state
        .db
        .write_passing::<_, WriteError, _>(move |db| {
            Box::pin(async move {
                if !batches::lock_owner(db, &user).await? {
                    return Err(WriteError::Problem(Problem::NotFound));
                }
                if let Some(open) = batches::find_open(db, &user).await? {
                    return Ok(open);
                }
                batches::insert(db, &user, &new, &exchanges).await?;
                Ok(new)
            })
        })
        .await?;
    state.ask_schedulers();
    let items = items(state, &batch).await?;
    Ok(told(state, batch, items))
}

/// How far the newest sync of all connections of a person has come, if there ever was one.
///
/// # Errors
/// [`Problem::Unavailable`].
pub async fn progress(state: &State, user_id: &str) -> Result<Option<SyncProgress>, Problem> {
    let Some(batch) = find(state, user_id, None).await? else {
        return Ok(None);
    };
    let items = items(state, &batch).await?;
    Ok(Some(told(state, batch, items)))
}

/// Waits until a batch is done, at most so long, and tells how far it has come.
///
/// # Errors
/// [`Problem::NotFound`], [`Problem::Unavailable`].
pub async fn wait_for_all(
    state: &State,
    user_id: &str,
    batch_id: &str,
    at_most: Duration,
) -> Result<SyncProgress, Problem> {
    let end = Instant::now() + at_most;
    let batch = of_user(state, user_id, batch_id).await?;
    let mut synced = state.synced();
    let mut gathering = Duration::ZERO;
    while is_open(state, user_id, &batch).await? && Instant::now() < end {
        let looked = Instant::now();
        gathering += GATHERING;
        tokio::select! {
            _ = synced.changed() => tokio::time::sleep_until(looked + gathering).await,
            () = tokio::time::sleep(LOOK_EVERY) => (),
            () = tokio::time::sleep_until(end) => (),
        }
    }
    let items = items(state, &batch).await?;
    Ok(told(state, batch, items))
}

/// The reports of a batch, as far as there are any, in the order of its connections.
///
/// # Errors
/// [`Problem::NotFound`], [`Problem::Unavailable`].
pub async fn reports_of(
    state: &State,
    user_id: &str,
    batch_id: &str,
) -> Result<Vec<SyncReport>, Problem> {
    let batch = of_user(state, user_id, batch_id).await?;
    let items = items(state, &batch).await?;
    Ok(items.into_iter().filter_map(|item| item.report).collect())
}

async fn of_user(state: &State, user_id: &str, batch_id: &str) -> Result<Batch, Problem> {
    connections::known_form(batch_id)?;
    let found = find(state, user_id, Some(batch_id)).await?;
    found.ok_or(Problem::NotFound)
}

async fn find(state: &State, user_id: &str, id: Option<&str>) -> Result<Option<Batch>, Problem> {
    let mut db = state.db.reader().await.map_err(storage_problem)?;
    batches::find(&mut db, user_id, id)
        .await
        .map_err(storage_problem)
}

/// Whether some connection of a batch is still to be synced.
async fn is_open(state: &State, user_id: &str, batch: &Batch) -> Result<bool, Problem> {
    let mut db = state.db.reader().await.map_err(storage_problem)?;
    let open = batches::find_open(&mut db, user_id).await;
    Ok(open.map_err(storage_problem)?.as_ref() == Some(batch))
}

async fn items(state: &State, batch: &Batch) -> Result<Vec<Item>, Problem> {
    let mut db = state.db.reader().await.map_err(storage_problem)?;
    batches::list_items(&mut db, &batch.id, state.clock.now())
        .await
        .map_err(storage_problem)
}

fn told(state: &State, batch: Batch, items: Vec<Item>) -> SyncProgress {
    let item = |item: Item| ProgressItem {
        exchange: connections::exchange_name(state, &item.exchange),
        state: state_of(&item),
        connection_id: item.connection_id,
        label: item.label,
    };
    SyncProgress {
        batch_id: batch.id,
        started_at: batch.started_at,
        items: items.into_iter().map(item).collect(),
    }
}

fn state_of(item: &Item) -> ItemState {
    match &item.report {
        Some(SyncReport {
            failure: Some(failure),
            ..
        }) => ItemState::Failed(failure.clone()),
        Some(report) => ItemState::Synced {
            assets_count: report.assets_count,
            holdings_count: report.holdings_count,
            partial: report.is_partial(),
        },
        None if item.syncing => ItemState::Syncing,
        None => ItemState::Waiting,
    }
}
