//! Recording in the background: soon after syncs, and once per UTC day for everybody.

use std::time::Duration;

use tokio::sync::watch;

use super::{record, thin};
use crate::domain::history::Source;
use crate::domain::history::day::{MINUTE_MS, start_of_day};
use crate::domain::price::route::Market;
use crate::domain::timestamp::Timestamp;
use crate::services::{State, storage_problem};
use crate::storage::{StorageError, value_series};

/// How often it is looked whose day has no point yet, and at most for how many people at once.
const DAILY_EVERY: Duration = Duration::from_secs(60);
const DAILY_AT_ONCE: i64 = 100;
/// How long a person is left alone whose look made no point, in milliseconds: nothing had a price, or
/// what there was is held back.
const DAILY_AGAIN_MS: i64 = 15 * MINUTE_MS;
/// The time between two people of whom nobody waits.
const PAUSE: Duration = Duration::from_millis(100);

/// Records until it is told to stop, at the prices that `market` gives; while it gives none, nothing
/// is recorded. What could not be recorded is tried again. No sync waits for it, and none fails with
/// it.
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
        for user_id in record_all(&state, &market, &synced, Source::Sync, &stop).await {
            state.noted.note_again(&user_id);
        }
        if looked.is_none_or(|at: tokio::time::Instant| at.elapsed() >= DAILY_EVERY) {
            looked = Some(tokio::time::Instant::now());
            let due = people_due(&state, now).await;
            // Whoever it failed for is due at the next look.
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

async fn people_due(state: &State, now: Timestamp) -> Vec<String> {
    let find = async || -> Result<Vec<String>, StorageError> {
        let mut db = state.db.reader().await?;
        let lately = now.plus_ms(-DAILY_AGAIN_MS);
        value_series::list_people_due(&mut db, start_of_day(now), lately, DAILY_AT_ONCE).await
    };
    find().await.unwrap_or_else(|error| {
        storage_problem(error);
        Vec::new()
    })
}

/// Records for people, one after another, at the same prices; gives those for whom it failed.
async fn record_all<F, P>(
    state: &State,
    market: &F,
    people: &[String],
    source: Source,
    stop: &watch::Receiver<bool>,
) -> Vec<String>
where
    F: Fn(State) -> P,
    P: Future<Output = Option<Market>>,
{
    if people.is_empty() {
        return Vec::new();
    }
    let Some(market) = market(state.clone()).await else {
        return people.to_vec();
    };
    let mut failed = Vec::new();
    for user_id in people {
        if *stop.borrow() {
            return failed;
        }
        let now = state.clock.now();
        // What went wrong is in the log.
        match record(state, user_id, &market, source, now).await {
            Ok(_) => drop(thin(state, user_id, now).await),
            Err(_) => failed.push(user_id.clone()),
        }
        if source == Source::Daily {
            tokio::time::sleep(PAUSE).await;
        }
    }
    failed
}
