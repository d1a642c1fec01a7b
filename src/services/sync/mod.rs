//! Syncing: reading accounts again and storing what changed.

mod all;
mod lease;
mod read;
mod run;
mod store;

pub use all::{progress, reports_of, start_all, wait_for_all};
pub use lease::Lease;
pub use read::{Reading, Refusal, read};
pub use run::{By, run};
pub(super) use store::{Course, Learnt, keep, report};

use super::{State, storage_problem};
use crate::domain::report::SyncReport;
use crate::domain::timestamp::Timestamp;
use crate::error::Problem;
use crate::storage;

/// How many reports of a connection are told.
const TOLD: i64 = 50;

/// A kept report.
#[derive(Clone, Debug)]
pub struct Synced {
    /// The id the report is kept under.
    pub run_id: String,
    /// What the sync did.
    pub report: SyncReport,
}

/// Syncs one connection of a person at once. A sync that fails is told in the report, and the
/// balances of the last one stay. It runs to its end even when the caller goes away.
///
/// # Errors
/// [`Problem::NotFound`], [`Problem::SyncUnderWay`], [`Problem::Unavailable`],
/// [`Problem::Internal`].
pub async fn sync_connection(state: &State, user_id: &str, id: &str) -> Result<Synced, Problem> {
    super::connections::known_form(id)?;
    let (own, user_id, id) = (state.clone(), user_id.to_owned(), id.to_owned());
    let work = async move {
        let lease = Lease::take(&own, &user_id, &id).await?;
        run(&own, lease, By::Person).await
    };
    let outcome = state.tasks.spawn(work).ok_or(Problem::Unavailable)?;
    outcome.await.unwrap_or(Err(Problem::Unavailable))
}

/// The reports of a person's connection that are kept, newest first.
///
/// # Errors
/// [`Problem::NotFound`], [`Problem::Unavailable`].
pub async fn runs(
    state: &State,
    user_id: &str,
    connection_id: &str,
) -> Result<Vec<SyncReport>, Problem> {
    super::connections::own(state, user_id, connection_id).await?;
    let mut db = state.db.reader().await.map_err(storage_problem)?;
    storage::sync_runs::list(&mut db, user_id, connection_id, TOLD)
        .await
        .map_err(storage_problem)
}

/// The same with the ids they are kept under, those that a batch tells included.
///
/// # Errors
/// [`Problem::NotFound`], [`Problem::Unavailable`].
pub async fn runs_with_ids(
    state: &State,
    user_id: &str,
    connection_id: &str,
) -> Result<Vec<(String, SyncReport)>, Problem> {
    super::connections::own(state, user_id, connection_id).await?;
    let mut db = state.db.reader().await.map_err(storage_problem)?;
    let start = ("", Timestamp(i64::MIN), "");
    let only = Some(connection_id);
    storage::sync_runs::list_page(&mut db, user_id, only, start, 2 * TOLD)
        .await
        .map_err(storage_problem)
}
