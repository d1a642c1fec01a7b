//! Fetching the days before connections were made: in the background, one after another, once each.

use std::time::Duration;

use super::past::{self, Course, Past};
use crate::domain::history::backfill::{Backfill, TRIES, pause_ms};
use crate::domain::history::day;
use crate::error::Problem;
use crate::services::{State, storage_problem};
use crate::storage::backfills::{self, Claim};
use crate::storage::leases::Term;
use crate::storage::{Connection as Db, StorageError, backfilled_days, value_rates};

/// How long one may take altogether.
const DEADLINE: Duration = Duration::from_secs(300);
/// How long a claim lasts, in milliseconds: longer than what it is for.
const LEASE_MS: i64 = 600_000;

/// Fetches the days before one connection, if there is one whose time has come, and answers whether
/// there was. No sync waits for it, and none fails with it.
///
/// # Errors
/// [`Problem::Unavailable`], [`Problem::Internal`].
pub async fn take_up(state: &State) -> Result<bool, Problem> {
    let Some(claim) = claim(state).await.map_err(storage_problem)? else {
        return Ok(false);
    };
    let course = if claim.attempts > TRIES {
        // It was begun for the last time and broken off.
        Course::Over(Backfill::GivenUp)
    } else {
        let fetched = tokio::time::timeout(DEADLINE, past::fetch(state, &claim)).await;
        fetched.unwrap_or(Ok(Course::Later { seconds: 0 }))?
    };
    settle(state, claim, course)
        .await
        .map_err(storage_problem)?;
    Ok(true)
}

async fn claim(state: &State) -> Result<Option<Claim>, StorageError> {
    let now = state.clock.now();
    let mut db = state.db.reader().await?;
    // Nearly always there is nothing to fetch, and nobody is kept from writing by looking.
    let any = backfills::any_due(&mut db, now).await?;
    drop(db);
    if !any {
        return Ok(None);
    }
    let own = state.clone();
    let work = async move |db: &mut Db| {
        let term = Term {
            holder: &own.replica,
            now,
            until: now.plus_ms(LEASE_MS),
        };
        backfills::claim(db, term).await
    };
    state
        .db
        .write(move |db| Box::pin(async move { work(db).await }))
        .await
}

/// Notes what came of it, and keeps the days with it.
async fn settle(state: &State, claim: Claim, course: Course) -> Result<(), StorageError> {
    tracing::info!(
        connection = claim.connection_id,
        attempt = claim.attempts,
        outcome = course.as_str(),
        "asked for the days before a connection"
    );
    let (holder, now) = (state.replica.clone(), state.clock.now());
    let work = async move |db: &mut Db| match course {
        Course::Later { seconds } if claim.attempts < TRIES => {
            let due_at = now.plus_ms(pause_ms(claim.attempts, seconds));
            backfills::update_due(db, &claim, &holder, due_at).await
        }
        Course::Later { .. } => {
            let ended = backfills::end(db, &claim, &holder, Backfill::GivenUp).await;
            ended.map(drop)
        }
        Course::Over(end) => backfills::end(db, &claim, &holder, end).await.map(drop),
        Course::Told(past) => keep(db, &claim, &holder, past).await,
    };
    state
        .db
        .write(move |db| Box::pin(async move { work(db).await }))
        .await
}

/// Keeps the days, and the rates of each.
async fn keep(db: &mut Db, claim: &Claim, holder: &str, past: Past) -> Result<(), StorageError> {
    let end = Backfill::Told {
        days: past.days.len(),
        unreadable: past.unreadable,
    };
    if !backfills::end(db, claim, holder, end).await? {
        return Ok(());
    }
    for (day, rates) in &past.days {
        value_rates::insert(db, day::minute(day.at), rates).await?;
    }
    let days: Vec<_> = past.days.into_iter().map(|(day, _)| day).collect();
    backfilled_days::insert(db, &claim.connection_id, &days).await
}
