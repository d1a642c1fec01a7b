//! Which candles somebody wants: checked, and noted as wanted.

use super::listings::{listings, not_listed};
use super::{client, trouble};
use crate::domain::exchange::ExchangeId;
use crate::domain::history::day::{DAY_MS, HOUR_MS};
use crate::domain::market::Pair;
use crate::domain::market::interval::Interval;
use crate::domain::market::keeping;
use crate::domain::text;
use crate::domain::timestamp::Timestamp;
use crate::error::Problem;
use crate::exchanges::{CandlesAsked, Exchange};
use crate::services::{State, storage_problem};
use crate::storage::candle_series::{self, NewSeries, Series};
use crate::storage::{Connection as Db, StorageError};

/// How far back it is looked for the first candle: months of this many are less than any answer holds.
const REACH_MS: i64 = 290 * 28 * DAY_MS;
/// How many series are kept.
const MOST: i64 = 2_000;
/// How many of the newest candles are stored of a series that somebody only looks at. Older ones are told
/// as they are asked for, unless past days were asked for.
const LOOKED_AT: usize = 10_000;
/// How often it is tried to add a series while others are added.
const TRIES: usize = 5;

/// Which candles.
#[derive(Clone, Debug)]
pub(super) struct Place {
    pub(super) exchange: ExchangeId,
    pub(super) pair: Pair,
    pub(super) interval: Interval,
    /// Where they are kept; `None` for those that are not.
    pub(super) series: Option<Series>,
    /// Whether somebody only looks at them: then just the newest are stored.
    pub(super) is_looked_at: bool,
}

impl Place {
    /// The place of a series that is kept.
    pub(super) fn of(series: &Series) -> Self {
        Self {
            exchange: series.exchange.clone(),
            pair: series.pair.clone(),
            interval: series.interval,
            series: Some(series.clone()),
            is_looked_at: false,
        }
    }

    /// When the first candle may have begun, as far as that is known.
    pub(super) fn begins_at(&self) -> Timestamp {
        let known = self.series.as_ref().map(|series| series.begins_at);
        known.unwrap_or(Timestamp(0))
    }

    /// From when on what the exchange tells is stored.
    pub(super) fn stored_since(&self, now: Timestamp) -> Timestamp {
        match &self.series {
            Some(series) if self.is_looked_at => {
                let newest = self.interval.before(now, LOOKED_AT);
                newest.min(series.kept_from)
            }
            _ => Timestamp(i64::MIN),
        }
    }
}

/// The place of candles that somebody wants, who is noted, at most once an hour.
///
/// # Errors
/// [`Problem::Invalid`] with the fields `exchange`, `interval` or `symbol`, [`Problem::Exchange`],
/// [`Problem::Unavailable`].
pub(super) async fn place(
    state: &State,
    exchange: &ExchangeId,
    pair: &Pair,
    interval: Interval,
) -> Result<Place, Problem> {
    let client = client(state, exchange)?;
    has(client, interval)?;
    let mut place = Place {
        exchange: exchange.clone(),
        pair: pair.clone(),
        interval,
        series: None,
        is_looked_at: true,
    };
    place.series = find(state, &place).await.map_err(storage_problem)?;
    let now = state.clock.now();
    if let Some(series) = &place.series {
        if series.asked_at <= now.plus_ms(-HOUR_MS) {
            note(state, series.id, now).await.map_err(storage_problem)?;
        }
        return Ok(place);
    }
    if !listings(state, exchange).await?.pairs.contains_key(pair) {
        return Err(not_listed(&pair.to_string()));
    }
    if keeping::is_kept(interval) && has_room(state).await.map_err(storage_problem)? {
        let first = first(client, pair, now).await?;
        if let Some(begins_at) = first {
            // The first candle of several days may have begun before that month.
            let begins_at = interval.earliest(begins_at);
            place.series = Some(add(state, &place, begins_at, now).await?);
        }
    }
    Ok(place)
}

/// Whether an exchange has candles of that length.
fn has(client: &dyn Exchange, interval: Interval) -> Result<(), Problem> {
    let known = client.intervals();
    if known.contains(&interval) {
        return Ok(());
    }
    let known: Vec<_> = known.iter().map(|one| one.as_str().to_owned()).collect();
    let name = &client.profile().name;
    let sentence = format!(
        "{name} has none of this length: use one of {}.",
        text::list(&known)
    );
    Err(Problem::field("interval", &sentence))
}

/// When the month began in which the pair was traded first; `None` when it never was.
async fn first(
    client: &dyn Exchange,
    pair: &Pair,
    now: Timestamp,
) -> Result<Option<Timestamp>, Problem> {
    let asked = CandlesAsked {
        pair,
        interval: Interval::Month1,
        from: now.plus_ms(-REACH_MS),
        to: now,
        around: &[],
        believed: &[],
    };
    let months = client.candles(asked).await;
    let months = months.map_err(|problem| trouble(client, problem))?;
    Ok(months.candles.first().map(|month| month.open_time))
}

/// Whether one more can be kept. Where there is no room, candles are told and not stored.
async fn has_room(state: &State) -> Result<bool, StorageError> {
    let mut db = state.db.reader().await?;
    Ok(candle_series::count(&mut db).await? < MOST)
}

async fn find(state: &State, place: &Place) -> Result<Option<Series>, StorageError> {
    let mut db = state.db.reader().await?;
    candle_series::find(&mut db, &place.exchange, &place.pair, place.interval).await
}

async fn note(state: &State, id: i64, now: Timestamp) -> Result<(), StorageError> {
    let noted = state.db.write::<_, StorageError, _>(move |db| {
        Box::pin(async move { candle_series::update_asked(db, id, now).await })
    });
    noted.await
}

async fn add(
    state: &State,
    place: &Place,
    begins_at: Timestamp,
    now: Timestamp,
) -> Result<Series, Problem> {
    for _ in 0..TRIES {
        let own = place.clone();
        let added = state.db.write::<_, StorageError, _>(move |db| {
            Box::pin(async move { find_or_insert(db, &own, begins_at, now).await })
        });
        if let Some(series) = added.await.map_err(storage_problem)? {
            return Ok(series);
        }
    }
    Err(Problem::Unavailable)
}

async fn find_or_insert(
    db: &mut Db,
    place: &Place,
    begins_at: Timestamp,
    now: Timestamp,
) -> Result<Option<Series>, StorageError> {
    let (exchange, pair, interval) = (&place.exchange, &place.pair, place.interval);
    let new = NewSeries {
        exchange,
        pair,
        interval,
        begins_at,
        kept_from: interval.begin(now).unwrap_or(now),
    };
    candle_series::insert(db, new, now).await?;
    candle_series::find(db, exchange, pair, interval).await
}
