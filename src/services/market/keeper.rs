//! Keeping candles current that somebody wants: newer ones are fetched as they end, gaps are looked for
//! once a day, and what is too old goes.

use std::time::Duration;

use tokio::sync::watch;

use super::fill::{self, AT_ONCE};
use super::series::Place;
use crate::domain::history::day::{DAY_MS, HOUR_MS, MINUTE_MS, start_of_day};
use crate::domain::market::candle::AROUND;
use crate::domain::market::interval::Interval;
use crate::domain::market::keeping;
use crate::domain::timestamp::Timestamp;
use crate::error::Problem;
use crate::services::{State, storage_problem};
use crate::storage::candle_series::{self, Series};
use crate::storage::{Connection as Db, StorageError, candles};

/// How long candles are kept current after somebody wanted them, in milliseconds. Those of past days
/// that were asked for are kept current for good.
const WANTED_MS: i64 = DAY_MS;
/// How many calls, and how many pages without one, are made for a series before others have a turn.
const CALLS: usize = 20;
const PAGES: usize = 200;
/// How many candles that ended lately are asked for once more: exchanges correct them now and then, and
/// one that was refused for its volume may be usual beside those that came after it.
const AGAIN: usize = AROUND + 1;
/// How long after a candle's end it is asked for, in milliseconds.
const SETTLE_MS: i64 = 2_000;

/// Works until it is told to stop.
pub async fn run(state: State, mut stop: watch::Receiver<bool>) {
    let mut wake = state.woken();
    let mut pruned = None;
    while !*stop.borrow() {
        let today = start_of_day(state.clock.now());
        if pruned != Some(today) && look_through(&state).await.is_ok() {
            pruned = Some(today);
        }
        let took = tokio::select! {
            _ = stop.changed() => return,
            took = look_after(&state) => took,
        };
        if took == Ok(true) {
            continue;
        }
        tokio::select! {
            _ = stop.changed() => (),
            _ = wake.changed() => (),
            () = tokio::time::sleep(state.settings.pace.idle.max(Duration::from_secs(1))) => (),
        }
    }
}

/// Brings one series up to date, if there is one whose time has come, and answers whether there was.
///
/// # Errors
/// [`Problem::Unavailable`], [`Problem::Internal`].
pub async fn look_after(state: &State) -> Result<bool, Problem> {
    let Some(series) = take(state).await.map_err(storage_problem)? else {
        return Ok(false);
    };
    let now = state.clock.now();
    let interval = series.interval;
    let end = interval.begin(now).unwrap_or(now);
    let (reached, is_trouble) = bring_up(state, &series, end).await?;
    let due_at = match (reached < end, is_trouble) {
        (_, true) => now.plus_ms(MINUTE_MS),
        (true, false) => now,
        (false, false) => next_look(interval, end, now),
    };
    let id = series.id;
    let noted = state.db.write::<_, StorageError, _>(move |db| {
        Box::pin(async move { candle_series::update_kept(db, id, reached, due_at).await })
    });
    noted.await.map_err(storage_problem)?;
    Ok(true)
}

/// Fills a series from where it is kept to a moment; answers how far it came, and whether the exchange
/// is in trouble.
async fn bring_up(
    state: &State,
    series: &Series,
    end: Timestamp,
) -> Result<(Timestamp, bool), Problem> {
    let interval = series.interval;
    let place = Place::of(series);
    let oldest = if keeping::is_short(interval) {
        keeping::kept_since(state.clock.now())
    } else {
        series.begins_at
    };
    let again = interval.before(series.kept_to, AGAIN);
    let again = again.max(series.begins_at).max(oldest);
    let mut reached = interval.begin_from(again).unwrap_or(end);
    let (mut calls, mut pages) = (0, 0);
    while reached < end && calls < CALLS && pages < PAGES {
        let stretch = (reached, interval.after(reached, AT_ONCE).min(end));
        let page = fill::page(state, &place, stretch, (again, series.kept_to)).await?;
        if page.problem.is_some() {
            return Ok((reached, true));
        }
        reached = stretch.1;
        calls += page.calls;
        pages += 1;
    }
    Ok((reached, false))
}

/// When the candle ends that runs now; those that last long are looked at every hour.
fn next_look(interval: Interval, open: Timestamp, now: Timestamp) -> Timestamp {
    let next = interval.next(open).unwrap_or(now).plus_ms(SETTLE_MS);
    next.clamp(now.plus_ms(SETTLE_MS), now.plus_ms(HOUR_MS))
}

async fn take(state: &State) -> Result<Option<Series>, StorageError> {
    let now = state.clock.now();
    let since = now.plus_ms(-WANTED_MS);
    let mut db = state.db.reader().await?;
    // Nearly always there is nothing to do, and nobody is kept from writing by looking.
    let any = candle_series::any_due(&mut db, now, since).await?;
    drop(db);
    if !any {
        return Ok(None);
    }
    let taken = state.db.write::<_, StorageError, _>(move |db| {
        Box::pin(async move {
            let again_at = now.plus_ms(10 * MINUTE_MS);
            candle_series::take_due(db, now, since, again_at, 1).await
        })
    });
    Ok(taken.await?.pop())
}

/// Forgets what is too old, and has every series looked through for gaps.
///
/// # Errors
/// [`Problem::Unavailable`], [`Problem::Internal`].
pub async fn look_through(state: &State) -> Result<(), Problem> {
    let before = keeping::kept_since(state.clock.now());
    let work = async move |db: &mut Db| {
        let short = Interval::ALL
            .into_iter()
            .filter(|one| keeping::is_short(*one));
        let short: Vec<_> = short.collect();
        let gone = candles::delete_before(db, &short, before).await?;
        candle_series::look_again(db).await?;
        Ok::<_, StorageError>(gone)
    };
    let gone = state
        .db
        .write(move |db| Box::pin(async move { work(db).await }))
        .await
        .map_err(storage_problem)?;
    tracing::debug!(gone, "old candles were forgotten");
    Ok(())
}
