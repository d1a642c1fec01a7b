//! Fetching the candles of past days that somebody asked for: in the background, page by page.

use super::fill::{self, AT_ONCE, NOTHING};
use super::series::{Place, place};
use crate::domain::exchange::ExchangeId;
use crate::domain::history::backfill::pause_ms;
use crate::domain::history::day::DAY_MS;
use crate::domain::market::Pair;
use crate::domain::market::filling::{Filling, FillingState, TRIES};
use crate::domain::market::interval::Interval;
use crate::domain::market::keeping;
use crate::domain::problem::ExchangeProblem;
use crate::domain::timestamp::Timestamp;
use crate::error::Problem;
use crate::security::new_id;
use crate::services::{State, security_problem, storage_problem};
use crate::storage::candle_backfills::{self, Claim};
use crate::storage::candle_series::{self, Series};
use crate::storage::leases::Term;
use crate::storage::{Connection as Db, StorageError, users};

/// How many may be under way at once, and how many that one person asked for.
const MOST: i64 = 20;
const MOST_OF_ONE: i64 = 5;
const TOO_MANY: &str = "Twenty are under way, and that is the most: ask again when one is over.";
const TOO_MANY_OF_ONE: &str =
    "Five of yours are under way, and that is the most: ask again when one is over.";
/// How long a claim lasts unless it is renewed, which every page does, in milliseconds.
const LEASE_MS: i64 = 180_000;
/// How many pages are fetched before others have a turn.
const PAGES: usize = 50;

/// Candles of past days to be fetched.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wanted {
    /// The exchange.
    pub exchange: ExchangeId,
    /// The pair.
    pub pair: Pair,
    /// How long each is.
    pub interval: Interval,
    /// How many days before now.
    pub days: i64,
}

/// Has candles of past days fetched in the background, from where on they are kept current for good.
/// What is under way already and reaches as far back goes on as it is.
///
/// # Errors
/// [`Problem::Invalid`] with the fields `exchange`, `symbol`, `interval` or `days`,
/// [`Problem::Exchange`], [`Problem::Unavailable`].
pub async fn ask(state: &State, user_id: &str, wanted: &Wanted) -> Result<Filling, Problem> {
    let interval = wanted.interval;
    if !keeping::is_kept(interval) {
        let sentence = "Candles of a second are not kept: they are told as they are asked for.";
        return Err(Problem::field("interval", sentence));
    }
    let most = keeping::most_days(interval);
    if !(1..=most).contains(&wanted.days) {
        let sentence = format!("Ask for 1 to {most} days of candles of this length.");
        return Err(Problem::field("days", &sentence));
    }
    let place = place(state, &wanted.exchange, &wanted.pair, interval).await?;
    let Some(series) = place.series else {
        let sentence = "This pair has no candles yet: ask again once it was traded.";
        return Err(Problem::field("symbol", sentence));
    };
    let now = state.clock.now();
    let first = now.plus_ms(-wanted.days * DAY_MS).max(series.begins_at);
    let from = interval.begin(first).unwrap_or(now);
    let until = interval.begin(now).unwrap_or(now).max(from);
    let id = new_id().map_err(security_problem)?;
    let user_id = user_id.to_owned();
    let work = async move |db: &mut Db| {
        // Whoever asks twice at once, of two processes even, is counted one after the other.
        users::lock(db, &user_id).await?;
        let under_way = candle_backfills::find_of_series(db, series.id).await?;
        let under_way = under_way.filter(|one| one.state == FillingState::Waiting);
        if let Some(under_way) = under_way.filter(|one| one.from <= from) {
            return Ok(Ok(under_way));
        }
        let (waiting, own) = candle_backfills::count_waiting(db, &user_id, series.id).await?;
        if own >= MOST_OF_ONE {
            return Ok(Err(TOO_MANY_OF_ONE));
        }
        if waiting >= MOST {
            return Ok(Err(TOO_MANY));
        }
        candle_backfills::upsert(db, &id, &user_id, series.id, (from, until), now).await?;
        let asked = candle_backfills::find_of_series(db, series.id).await?;
        asked.map(Ok).ok_or(StorageError::Corrupt("backfill"))
    };
    let asked = state
        .db
        .write::<_, StorageError, _>(move |db| Box::pin(async move { work(db).await }))
        .await
        .map_err(storage_problem)?;
    let asked = asked.map_err(|sentence| Problem::field("symbol", sentence))?;
    state.wake();
    Ok(asked)
}

/// One that was asked for, whoever did.
///
/// # Errors
/// [`Problem::NotFound`], [`Problem::Unavailable`], [`Problem::Internal`].
pub async fn find(state: &State, id: &str) -> Result<Filling, Problem> {
    let find = async || -> Result<Option<Filling>, StorageError> {
        let mut db = state.db.reader().await?;
        candle_backfills::find(&mut db, id).await
    };
    find()
        .await
        .map_err(storage_problem)?
        .ok_or(Problem::NotFound)
}

/// What was asked for of a series, whoever did.
///
/// # Errors
/// [`Problem::Unavailable`], [`Problem::Internal`].
pub async fn find_of(
    state: &State,
    exchange: &ExchangeId,
    pair: &Pair,
    interval: Interval,
) -> Result<Option<Filling>, Problem> {
    let find = async || -> Result<Option<Filling>, StorageError> {
        let mut db = state.db.reader().await?;
        match candle_series::find(&mut db, exchange, pair, interval).await? {
            Some(series) => candle_backfills::find_of_series(&mut db, series.id).await,
            None => Ok(None),
        }
    };
    find().await.map_err(storage_problem)
}

/// All that were asked for: candles are everybody's.
///
/// # Errors
/// [`Problem::Unavailable`], [`Problem::Internal`].
pub async fn list(state: &State) -> Result<Vec<Filling>, Problem> {
    let list = async || -> Result<Vec<Filling>, StorageError> {
        let mut db = state.db.reader().await?;
        candle_backfills::list(&mut db).await
    };
    list().await.map_err(storage_problem)
}

/// Fetches some pages of what has waited longest, if its time has come, and answers whether there was
/// anything.
///
/// # Errors
/// [`Problem::Unavailable`], [`Problem::Internal`].
pub async fn take_up(state: &State) -> Result<bool, Problem> {
    let Some(mut claim) = claim(state).await.map_err(storage_problem)? else {
        return Ok(false);
    };
    for _ in 0..PAGES {
        if !go_on(state, &claim).await? {
            return Ok(true);
        }
        claim.failures = 0;
    }
    let now = state.clock.now();
    give_back(state, claim, now, None).await?;
    Ok(true)
}

/// Fetches the next page; answers whether there is more to be done now.
async fn go_on(state: &State, claim: &Claim) -> Result<bool, Problem> {
    let Some((filling, series)) = found(state, claim).await.map_err(storage_problem)? else {
        return Ok(false);
    };
    if filling.reached >= filling.until {
        end(
            state,
            claim,
            FillingState::Done,
            Some((series.id, filling.from)),
        )
        .await?;
        return Ok(false);
    }
    let next = filling
        .interval
        .after(filling.reached, AT_ONCE)
        .min(filling.until);
    let stretch = (filling.reached, next);
    let page = fill::page(state, &Place::of(&series), stretch, NOTHING).await?;
    if let Some(problem) = page.problem {
        later(state, claim, &problem).await?;
        return Ok(false);
    }
    let (claim, own, stored) = (claim.clone(), state.clone(), page.written.stored);
    let noted = state.db.write::<_, StorageError, _>(move |db| {
        Box::pin(async move {
            let term = term(&own);
            candle_backfills::update_reached(db, &claim, term, next, stored).await
        })
    });
    noted.await.map_err(storage_problem)
}

/// Gives up for now, or for good after many tries. That an exchange asks to wait is none.
async fn later(state: &State, claim: &Claim, problem: &ExchangeProblem) -> Result<(), Problem> {
    let now = state.clock.now();
    if let ExchangeProblem::RateLimited { seconds } = problem {
        let ms = i64::try_from(seconds.saturating_mul(1_000)).unwrap_or(i64::MAX);
        return give_back(state, claim.clone(), now.plus_ms(ms), None).await;
    }
    if claim.failures + 1 >= TRIES {
        return end(state, claim, FillingState::GivenUp, None).await;
    }
    let due_at = now.plus_ms(pause_ms(claim.failures + 1, 0));
    give_back(state, claim.clone(), due_at, Some(problem.code())).await
}

async fn give_back(
    state: &State,
    claim: Claim,
    due_at: Timestamp,
    trouble: Option<&'static str>,
) -> Result<(), Problem> {
    let holder = state.replica.clone();
    let given = state.db.write::<_, StorageError, _>(move |db| {
        Box::pin(
            async move { candle_backfills::update_due(db, &claim, &holder, due_at, trouble).await },
        )
    });
    given.await.map_err(storage_problem)
}

/// Notes how it ended; a series that was filled is kept current from there on.
async fn end(
    state: &State,
    claim: &Claim,
    how: FillingState,
    kept: Option<(i64, Timestamp)>,
) -> Result<(), Problem> {
    let (claim, holder) = (claim.clone(), state.replica.clone());
    tracing::info!(
        backfill = claim.id,
        outcome = how.as_str(),
        "candles of past days were fetched"
    );
    let ended = state.db.write::<_, StorageError, _>(move |db| {
        Box::pin(async move {
            if let Some((series_id, from)) = kept {
                candle_series::update_kept_from(db, series_id, from).await?;
            }
            candle_backfills::end(db, &claim, &holder, how).await
        })
    });
    ended.await.map_err(storage_problem)
}

async fn found(state: &State, claim: &Claim) -> Result<Option<(Filling, Series)>, StorageError> {
    let mut db = state.db.reader().await?;
    let Some(filling) = candle_backfills::find(&mut db, &claim.id).await? else {
        return Ok(None);
    };
    let (exchange, pair) = (&filling.exchange, &filling.pair);
    let series = candle_series::find(&mut db, exchange, pair, filling.interval).await?;
    Ok(series.map(|series| (filling, series)))
}

async fn claim(state: &State) -> Result<Option<Claim>, StorageError> {
    let now = state.clock.now();
    let mut db = state.db.reader().await?;
    // Nearly always there is nothing to fetch, and nobody is kept from writing by looking.
    let any = candle_backfills::any_due(&mut db, now).await?;
    drop(db);
    if !any {
        return Ok(None);
    }
    let own = state.clone();
    let claimed = state
        .db
        .write(move |db| Box::pin(async move { candle_backfills::claim(db, term(&own)).await }));
    claimed.await
}

fn term(state: &State) -> Term<'_> {
    let now = state.clock.now();
    Term {
        holder: &state.replica,
        now,
        until: now.plus_ms(LEASE_MS),
    }
}
