//! What pairs did over the last 24 hours, read for all who look at once and kept for half a minute.

use std::collections::HashMap;
use std::time::Duration;

use futures::future::join_all;

use super::listings;
use super::shelf::{Shelf, is_fresh};
use crate::domain::amount::Amount;
use crate::domain::exchange::ExchangeId;
use crate::domain::market::{DayTicker, Pair};
use crate::domain::price::{Book, Quote, Ticker, guard};
use crate::domain::problem::ExchangeProblem;
use crate::domain::timestamp::Timestamp;
use crate::services::{State, prices};

/// How old figures may get before they are read again, in milliseconds.
const FRESH_MS: i64 = 30_000;
/// How long somebody who looks waits for what is being read.
const WAIT: Duration = Duration::from_secs(2);

/// The figures of an exchange.
#[derive(Debug)]
pub struct Days {
    tickers: HashMap<Pair, DayTicker>,
    /// The pairs that were asked for.
    asked: Vec<Pair>,
    /// Their last prices, as the guard lets them through.
    book: Book,
}

/// What a pair did over the last 24 hours on one exchange. Figures are asked for by the pair's name, so
/// that they are of that pair whatever its currencies.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DayOf {
    /// The exchange.
    pub exchange: ExchangeId,
    /// The pair that was asked for.
    pub pair: Pair,
    /// What it did, possibly some minutes old (its `at` says); `None` while that is not known.
    pub ticker: Option<DayTicker>,
    /// Its last price by these figures, as the guard lets it through; there is one with every ticker.
    pub quote: Option<Quote>,
    /// Why the exchange could not be read the last time.
    pub problem: Option<ExchangeProblem>,
}

impl DayOf {
    /// The figures, unless they were read too long ago to be shown at a moment.
    #[must_use]
    pub fn recent(&self, now: Timestamp) -> Option<&DayTicker> {
        let is_recent = self.quote.as_ref().is_some_and(|quote| !quote.is_old(now));
        self.ticker.as_ref().filter(|_| is_recent)
    }

    /// How the price changed over 24 hours, in percent, unless that was read too long ago.
    #[must_use]
    pub fn change_percent(&self, now: Timestamp) -> Option<Amount> {
        self.recent(now)?.change_percent()
    }
}

/// The price of a pair on an exchange: out of its list of prices, or by its figures of the day where the
/// list tells none of that pair.
#[must_use]
pub fn quote<'a>(book: Option<&'a Book>, day: Option<&'a DayOf>, pair: &Pair) -> Option<&'a Quote> {
    let listed = book.and_then(|book| book.quote(&pair.base, &pair.quote));
    listed.or_else(|| day?.quote.as_ref())
}

/// What pairs did over the last 24 hours: one entry for every pair and exchange that trades it, or of
/// which it cannot be told whether it does. Kept for 30 seconds; one reading per exchange, whoever and
/// however many look, which is waited for at most two seconds.
pub async fn day_tickers(state: &State, pairs: &[Pair]) -> Vec<DayOf> {
    let exchanges = state.registry.profiles().into_iter();
    let of_each = exchanges.map(|profile| async move { of(state, &profile.id, pairs).await });
    let mut all: Vec<_> = join_all(of_each).await.into_iter().flatten().collect();
    let place = |one: &DayOf| pairs.iter().position(|pair| *pair == one.pair);
    all.sort_by_key(place);
    all
}

/// What is known of pairs on an exchange, without asking anybody.
pub(super) fn known(state: &State, exchange: &ExchangeId, pairs: &[Pair]) -> Vec<DayOf> {
    let known = state.market.days.known(exchange);
    let told = |days: &Days| {
        let of = |pair| days.of(exchange, pair, None);
        pairs.iter().map(of).collect()
    };
    known.map_or_else(Vec::new, |(days, _)| told(&days))
}

/// What pairs did on one exchange: an entry for every one that it trades, or may trade.
pub(super) async fn of(state: &State, exchange: &ExchangeId, pairs: &[Pair]) -> Vec<DayOf> {
    if pairs.is_empty() {
        return Vec::new();
    }
    let listed = listings::seen(state, exchange, WAIT).await;
    let unknown = |pair: &Pair, problem: Option<ExchangeProblem>| DayOf {
        exchange: exchange.clone(),
        pair: pair.clone(),
        ticker: None,
        quote: None,
        problem,
    };
    let Some((listings, _)) = listed.kept else {
        let problem = listed.problem;
        return pairs
            .iter()
            .map(|pair| unknown(pair, problem.clone()))
            .collect();
    };
    let traded = pairs.iter().filter(|pair| listings.trades(pair));
    let traded: Vec<Pair> = traded.cloned().collect();
    if traded.is_empty() {
        return Vec::new();
    }
    let wanted = state.market.want(exchange, &traded, state.clock.now());
    let wanted = wanted.into_iter().filter(|pair| listings.trades(pair));
    let wanted: Vec<Pair> = wanted.collect();
    let mut seen = read(state, exchange, &traded, wanted.clone()).await;
    let knows = |asked: &[Pair]| traded.iter().all(|pair| asked.contains(pair));
    if seen
        .kept
        .as_ref()
        .is_some_and(|(days, _)| !knows(&days.asked))
    {
        // What was waited for had been asked before anybody wanted these.
        seen = read(state, exchange, &traded, wanted).await;
    }
    let (days, problem) = (seen.kept.map(|(days, _)| days), seen.problem);
    let told = |pair: &Pair| match &days {
        Some(days) => days.of(exchange, pair, problem.clone()),
        None => unknown(pair, problem.clone()),
    };
    traded.iter().map(told).collect()
}

impl Days {
    /// What was told, the prices of which are judged by those before and by other exchanges.
    fn new(state: &State, exchange: &ExchangeId, told: Vec<DayTicker>, asked: Vec<Pair>) -> Self {
        let wanted = told.iter().filter(|day| asked.contains(&day.pair));
        let prices: Vec<_> = wanted.map(price).collect();
        let before = state.market.days.known(exchange);
        let before = before.as_ref().map(|(days, _)| &days.book);
        let (others, now) = (prices::others(state, exchange), state.clock.now());
        Self {
            book: guard::next(exchange, &prices, before, &others, now),
            tickers: told
                .into_iter()
                .map(|day| (day.pair.clone(), day))
                .collect(),
            asked,
        }
    }

    fn of(&self, exchange: &ExchangeId, pair: &Pair, problem: Option<ExchangeProblem>) -> DayOf {
        let quote = self.book.quote(&pair.base, &pair.quote);
        DayOf {
            exchange: exchange.clone(),
            pair: pair.clone(),
            ticker: quote.and_then(|_| self.tickers.get(pair).cloned()),
            quote: quote.cloned(),
            problem,
        }
    }
}

fn price(day: &DayTicker) -> Ticker {
    Ticker {
        base: day.pair.base.clone(),
        quote: day.pair.quote.clone(),
        price: day.last.clone(),
        at: Some(day.at),
    }
}

async fn read(
    state: &State,
    exchange: &ExchangeId,
    needed: &[Pair],
    asked: Vec<Pair>,
) -> super::shelf::Seen<Days> {
    let (id, now) = (exchange.clone(), state.clock.now());
    let read = move |state: State| async move {
        let client = state.registry.find(&id);
        let client = client.ok_or(ExchangeProblem::Unavailable)?;
        let told = client.day_tickers(&asked).await?;
        Ok(Days::new(&state, &id, told, asked))
    };
    let is_good = |days: &Days, at| {
        is_fresh(at, now, FRESH_MS) && needed.iter().all(|pair| days.asked.contains(pair))
    };
    Shelf::see(
        state,
        |state| &state.market.days,
        exchange,
        is_good,
        read,
        WAIT,
    )
    .await
}
