//! Filling a stretch of a series: what is stored stays, what is missing is fetched and stored, and what
//! the exchange does not have, or what was refused, is remembered.

mod before;

use std::collections::BTreeMap;

use before::{Before, is_left_alone};

use super::known::Tail;
use super::series::Place;
use crate::domain::market::candle::{AROUND, Candle};
use crate::domain::market::gaps::{Stretch, missing};
use crate::domain::market::interval::Interval;
use crate::domain::market::keeping;
use crate::domain::problem::ExchangeProblem;
use crate::domain::timestamp::Timestamp;
use crate::error::Problem;
use crate::exchanges::CandlesAsked;
use crate::services::{State, storage_problem};
use crate::storage::candles::{self, Gap, Written};
use crate::storage::{Connection as Db, StorageError, candle_series};

/// The most candles that a stretch may have room for.
pub(super) const AT_ONCE: usize = 1_000;
/// What has nothing asked for once more.
pub(super) const NOTHING: Stretch = (Timestamp(i64::MAX), Timestamp(i64::MAX));

/// What a stretch holds.
#[derive(Debug, Default)]
pub(super) struct Page {
    /// The candles, oldest first; the one that runs comes last.
    pub(super) candles: Vec<Candle>,
    /// How many calls it took.
    pub(super) calls: usize,
    /// What was written.
    pub(super) written: Written,
    /// When the candle that runs was told, if one is among them.
    pub(super) as_of: Option<Timestamp>,
    /// Why it is not whole.
    pub(super) problem: Option<ExchangeProblem>,
}

/// What the exchange told of a stretch.
struct Told {
    candles: Vec<Candle>,
    /// When those begin that were refused for their volume.
    refused: Vec<Timestamp>,
    /// As far as this it was asked.
    answered: Stretch,
    calls: usize,
    problem: Option<ExchangeProblem>,
}

/// A stretch of at most [`AT_ONCE`] candles, filled as far as it can be. Of what is stored, that within
/// `again` is asked for once more.
///
/// # Errors
/// [`Problem::Unavailable`], [`Problem::Internal`].
pub(super) async fn page(
    state: &State,
    place: &Place,
    (from, to): Stretch,
    again: Stretch,
) -> Result<Page, Problem> {
    let key = (place.exchange.clone(), place.pair.clone(), place.interval);
    let _turn = state.market.turn(&key).await;
    let now = state.clock.now();
    let stretch = (from, to.min(now.plus_ms(1)));
    let stored = stored(state, place, stretch).await;
    let (stored, gaps) = stored.map_err(storage_problem)?;
    let tail = state.market.tail(&key);
    let settled = gaps.iter().filter(|gap| is_left_alone(gap, again, now));
    let mut settled: Vec<Stretch> = settled.map(|gap| gap.stretch).collect();
    settled.extend(tail.as_ref().and_then(|tail| tail.settled(now)));
    let opens = stored.iter().map(|candle| candle.open_time);
    let opens = opens.filter(|open| !(again.0..again.1).contains(open));
    let missing = missing(place.interval, stretch, opens, &settled);
    let mut page = Page::default();
    let mut known = stored;
    if let (Some((first, _)), Some((_, last))) = (missing.first(), missing.last()) {
        let before = Before {
            stored: &known,
            gaps: &gaps,
        };
        let told = ask(state, place, (*first, *last), &before, now).await;
        let written = keep(state, place, &before, &told, now).await;
        page.written = written.map_err(storage_problem)?;
        if told.answered.1 > now {
            state.market.keep_tail(&key, told.tail(now));
        }
        (page.calls, page.problem) = (told.calls, told.problem);
        known.extend(told.candles);
    }
    // As it was told last, should it not have been told now; what is over stands for itself.
    let tail = state.market.tail(&key);
    let running = tail.and_then(|tail| Some((tail.running?, tail.at)));
    if let Some((running, at)) = running.filter(|(running, _)| running.close_time >= now) {
        page.as_of = Some(at);
        known.insert(0, running);
    }
    page.candles = within(known, stretch);
    Ok(page)
}

impl Told {
    /// What it tells of the newest candles.
    fn tail(&self, at: Timestamp) -> Tail {
        let running = self.candles.iter().rfind(|candle| !candle.is_final);
        Tail {
            from: self.answered.0,
            at,
            running: running.cloned(),
        }
    }
}

/// The candles that begin in a stretch, oldest first; of two of a moment, the later one counts.
fn within(candles: Vec<Candle>, (from, to): Stretch) -> Vec<Candle> {
    let own = candles
        .into_iter()
        .filter(|one| (from..to).contains(&one.open_time));
    let by_moment: BTreeMap<_, _> = own.map(|one| (one.open_time, one)).collect();
    by_moment.into_values().collect()
}

/// The candles of a stretch and a few around it, and the gaps within.
async fn stored(
    state: &State,
    place: &Place,
    stretch: Stretch,
) -> Result<(Vec<Candle>, Vec<Gap>), StorageError> {
    let Some(series) = &place.series else {
        return Ok((Vec::new(), Vec::new()));
    };
    let mut db = state.db.reader().await?;
    let wide = around(series.interval, stretch);
    let stored = candles::list(&mut db, series.id, series.interval, wide).await?;
    let gaps = candles::list_gaps(&mut db, series.id, stretch).await?;
    Ok((stored, gaps))
}

/// A stretch with as much around it as its candles are judged by.
fn around(interval: Interval, (from, to): Stretch) -> Stretch {
    (interval.before(from, AROUND), interval.after(to, AROUND))
}

/// Asks for a stretch, as many candles a call as the exchange tells; what could be asked stands.
async fn ask(
    state: &State,
    place: &Place,
    (from, to): Stretch,
    before: &Before<'_>,
    now: Timestamp,
) -> Told {
    let believed = before.believed(now);
    let mut told = Told {
        candles: Vec::new(),
        refused: Vec::new(),
        answered: (from, from),
        calls: 0,
        problem: state.market.rest(&place.exchange, now),
    };
    let Some(client) = state.registry.find(&place.exchange) else {
        return told;
    };
    while told.problem.is_none() && told.answered.1 < to {
        let begin = told.answered.1;
        let end = place
            .interval
            .after(begin, client.candles_at_once())
            .min(to);
        let known = before.stored.iter().chain(&told.candles).cloned();
        let known = within(known.collect(), around(place.interval, (begin, end)));
        let asked = CandlesAsked {
            pair: &place.pair,
            interval: place.interval,
            from: begin,
            to: end.plus_ms(-1),
            around: &known,
            believed: &believed,
        };
        told.calls += 1;
        match client.candles(asked).await {
            Ok(page) => {
                told.candles.extend(page.candles);
                told.refused.extend(page.refused);
                told.answered.1 = end;
            }
            Err(problem) => {
                let (exchange, code) = (&place.exchange, problem.code());
                tracing::warn!(%exchange, code, "candles could not be read");
                if is_of_all(&problem) {
                    state.market.let_rest(exchange, &problem, state.clock.now());
                }
                told.problem = Some(problem);
            }
        }
    }
    told
}

/// Whether a problem is one of the exchange, and not of what was asked for.
fn is_of_all(problem: &ExchangeProblem) -> bool {
    matches!(
        problem,
        ExchangeProblem::RateLimited { .. }
            | ExchangeProblem::Unavailable
            | ExchangeProblem::RegionBlocked
    )
}

/// Stores what was told, and where there was nothing.
async fn keep(
    state: &State,
    place: &Place,
    before: &Before<'_>,
    told: &Told,
    now: Timestamp,
) -> Result<Written, StorageError> {
    let Some(series) = place.series.clone() else {
        return Ok(Written::default());
    };
    let (answered, interval) = (told.answered, place.interval);
    if answered.0 >= answered.1 {
        return Ok(Written::default());
    }
    let over = told.candles.iter().filter(|candle| candle.is_final);
    let since = place.stored_since(now);
    let is_kept = |candle: &&Candle| {
        candle.open_time >= since && keeping::keeps(interval, candle.open_time, now)
    };
    let news: Vec<Candle> = over.clone().filter(is_kept).cloned().collect();
    let opens = before.stored.iter().chain(over);
    let opens = opens.map(|candle| candle.open_time);
    let refused = told.refused.iter();
    let refused = refused.filter_map(|open| before.refused(interval, *open, now));
    let mut gaps = before::gaps(interval, answered, opens, refused.collect(), now);
    gaps.retain(|gap| {
        let open = gap.stretch.0;
        open >= since && keeping::keeps(interval, open, now)
    });
    // A candle that begins within the stretch was asked for as a whole.
    let whole = (
        answered.0,
        interval.begin_from(answered.1).unwrap_or(answered.1),
    );
    let work = async move |db: &mut Db| {
        let written = candles::write(db, series.id, interval, &news).await?;
        candles::replace_gaps(db, series.id, whole, &gaps).await?;
        candle_series::add_corrected(db, series.id, written.corrected).await?;
        Ok::<_, StorageError>(written)
    };
    let written = state
        .db
        .write(move |db| Box::pin(async move { work(db).await }))
        .await?;
    if written.corrected > 0 {
        let (exchange, pair, corrected) = (&place.exchange, &place.pair, written.corrected);
        tracing::warn!(%exchange, %pair, corrected, "candles were told otherwise than before");
    }
    Ok(written)
}
