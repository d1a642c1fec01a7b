//! Candles as they are asked for: from storage where they are stored, else from the exchange.

use super::fill::{self, AT_ONCE, NOTHING};
use super::{client, series, trouble};
use crate::domain::exchange::ExchangeId;
use crate::domain::market::Pair;
use crate::domain::market::candle::Candle;
use crate::domain::market::gaps::{Stretch, missing};
use crate::domain::market::interval::Interval;
use crate::domain::problem::ExchangeProblem;
use crate::domain::timestamp::Timestamp;
use crate::error::Problem;
use crate::services::State;

/// Which candles are asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    /// The exchange.
    pub exchange: ExchangeId,
    /// The pair.
    pub pair: Pair,
    /// How long each is.
    pub interval: Interval,
    /// The first moment a candle may begin at.
    pub from: Timestamp,
    /// The last moment a candle may begin at.
    pub to: Timestamp,
    /// How many at most, 1 to 1000.
    pub limit: usize,
}

/// Candles to be shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shown {
    /// The candles, the oldest first, with the one that runs when the stretch reaches it.
    pub candles: Vec<Candle>,
    /// The `from` that goes on where these end; `None` when there are no more. Where nothing was traded
    /// there may be fewer candles than asked for, and more after them.
    pub next: Option<Timestamp>,
    /// Stretches without candles, each from the first candle that is missing to where the next one
    /// stands.
    pub gaps: Vec<Stretch>,
    /// When they were read from the exchange or storage.
    pub as_of: Timestamp,
    /// Why some may be missing.
    pub problem: Option<ExchangeProblem>,
    /// How many calls to the exchange they took.
    pub calls: usize,
}

/// The candles that are asked for. Final ones that are not stored are fetched and stored; the one that
/// runs is fetched and kept for three seconds.
///
/// # Errors
/// [`Problem::Invalid`] with the fields `exchange`, `symbol`, `interval` or `limit`,
/// [`Problem::Exchange`] when there is nothing to show but trouble, [`Problem::Unavailable`].
pub async fn candles(state: &State, asked: &Asked) -> Result<Shown, Problem> {
    if !(1..=AT_ONCE).contains(&asked.limit) {
        return Err(Problem::field("limit", "Ask for 1 to 1000 candles."));
    }
    let (interval, exchange) = (asked.interval, &asked.exchange);
    let place = series::place(state, exchange, &asked.pair, interval).await?;
    let now = state.clock.now();
    let from = interval.begin_from(asked.from.max(place.begins_at()));
    let end = asked.to.min(now).plus_ms(1);
    let Some(from) = from.filter(|from| *from < end) else {
        return Ok(nothing(now));
    };
    let stretch = (from, interval.after(from, asked.limit).min(end));
    let page = fill::page(state, &place, stretch, NOTHING).await?;
    if let (true, Some(problem)) = (page.candles.is_empty(), &page.problem) {
        return Err(trouble(client(state, exchange)?, problem.clone()));
    }
    let opens = page.candles.iter().map(|candle| candle.open_time);
    Ok(Shown {
        gaps: missing(interval, stretch, opens, &[]),
        next: (stretch.1 < end).then_some(stretch.1),
        candles: page.candles,
        as_of: page.as_of.unwrap_or(now),
        problem: page.problem,
        calls: page.calls,
    })
}

fn nothing(as_of: Timestamp) -> Shown {
    Shown {
        candles: Vec::new(),
        next: None,
        gaps: Vec::new(),
        as_of,
        problem: None,
        calls: 0,
    }
}
