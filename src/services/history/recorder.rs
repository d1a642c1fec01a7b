//! Recording in the background: soon after syncs, and once per UTC day for everybody.

use std::time::Duration;

use tokio::sync::watch;

use super::{record, thin};
use crate::domain::history::Source;
use crate::domain::history::day::start_of_day;
use crate::domain::price::route::Market;
use crate::domain::timestamp::Timestamp;
use crate::services::{State, storage_problem};
use crate::storage::{StorageError, value_series};

/// How often it is looked whose day has no point yet, and at most for how many people at once.
const DAILY_EVERY: Duration = Duration::from_secs(60);
const DAILY_AT_ONCE: i64 = 100;
/// The time between two people of whom nobody waits.
const PAUSE: Duration = Duration::from_millis(100);

/// Records until it is told to stop, at the prices that `market` gives; while it gives none, nothing
/// is recorded. No sync waits for it, and none fails with it.
pub async fn run<F, P>(state: State, market: F, mut stop: watch::Receiver<bool>)
where
    F: Fn(State) -> P + Send + Sync,
    P: Future<Output = Option<Market>> + Send,
{
    let mut news = state.noted.news();
    let mut looked = None;
    while !*stop.borrow() {
        let now = state.clock.now();
        let synced = state.noted.take_due(now);
        record_all(&state, &market, &synced, Source::Sync, &stop).await;
        if looked.is_none_or(|at: tokio::time::Instant| at.elapsed() >= DAILY_EVERY) {
            looked = Some(tokio::time::Instant::now());
            let due = people_due(&state, start_of_day(now)).await;
            record_all(&state, &market, &due, Source::Daily, &stop).await;
        }
        let rest = state.noted.until_next(state.clock.now());
        let sleep = rest.unwrap_or(DAILY_EVERY).min(DAILY_EVERY);
        tokio::select! {
            _ = stop.changed() => (),
            _ = news.changed() => (),
            () = tokio::time::sleep(sleep) => (),
        }
    }
}

async fn people_due(state: &State, since: Timestamp) -> Vec<String> {
    let find = async || -> Result<Vec<String>, StorageError> {
        let mut db = state.db.reader().await?;
        value_series::list_people_due(&mut db, since, DAILY_AT_ONCE).await
    };
    find().await.unwrap_or_else(|error| {
        storage_problem(error);
        Vec::new()
    })
}

/// Records for people, one after another, at the same prices.
async fn record_all<F, P>(
    state: &State,
    market: &F,
    people: &[String],
    source: Source,
    stop: &watch::Receiver<bool>,
) where
    F: Fn(State) -> P,
    P: Future<Output = Option<Market>>,
{
    if people.is_empty() {
        return;
    }
    let Some(market) = market(state.clone()).await else {
        return;
    };
    for user_id in people {
        if *stop.borrow() {
            return;
        }
        let now = state.clock.now();
        // What went wrong is in the log; the next sync, or the next look, tries again.
        if record(state, user_id, &market, source, now).await.is_ok() {
            let _ = thin(state, user_id, now).await;
        }
        if source == Source::Daily {
            tokio::time::sleep(PAUSE).await;
        }
    }
}
