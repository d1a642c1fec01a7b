//! What the market's pages show of pairs: prices as the guard lets them through, what the last day was
//! like, and small pictures of the last hours.

mod sparks;

use std::time::Duration;

pub(super) use sparks::Cache;

use super::{State, connections, market, prices, watchlist};
use crate::domain::exchange::ExchangeId;
use crate::domain::market::board::{Board, Quoted, Row, Told};
use crate::domain::market::filling::Filling;
use crate::domain::market::interval::Interval;
use crate::domain::market::shown::ShownCandles;
use crate::domain::market::view::View;
use crate::domain::market::{DayTicker, Pair};
use crate::domain::price::route::Market;
use crate::domain::timestamp::Timestamp;
use crate::error::Problem;
use market::backfill::Wanted;
use market::{Asked, DayOf};

/// How many candles are asked for at once: more than a picture has.
const MOST_CANDLES: usize = 1_000;
/// How long somebody who looks waits for pictures that are being drawn.
const WAIT: Duration = Duration::from_secs(2);
/// How long they wait for what the last day was like, lists of pairs included.
const WAIT_FOR_DAYS: Duration = Duration::from_secs(5);

/// Everything that a person watches, at this moment.
///
/// # Errors
/// [`Problem::Unavailable`].
pub async fn board(state: &State, user_id: &str) -> Result<Board, Problem> {
    let list = watchlist::show(state, user_id).await?;
    let said = Said::now(state, list.pairs()).await;
    let quoted: Vec<_> = list.pairs().iter().map(|pair| said.of(pair)).collect();
    let lines = list.pairs().iter().zip(&quoted);
    let wanted: Vec<_> = lines.filter_map(|(pair, told)| place(pair, told)).collect();
    let mut sparks = sparks::of(state, &wanted, said.now).await;
    let row = |(pair, quoted): (&Pair, Vec<Quoted>)| Row {
        spark: sparks.remove(pair),
        pair: pair.clone(),
        quoted,
    };
    Ok(Board {
        rows: list.pairs().iter().zip(quoted).map(row).collect(),
        exchanges: said.exchanges,
        now: said.now,
    })
}

/// One pair, at this moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outlook {
    /// The pair.
    pub pair: Pair,
    /// Whether the person watches it.
    pub watched: bool,
    /// What the exchanges say of it, in one row.
    pub board: Board,
}

/// What the exchanges say of a pair, and whether a person watches it.
///
/// # Errors
/// [`Problem::NotFound`] for what no exchange lists and the person does not watch,
/// [`Problem::Unavailable`].
pub async fn outlook(state: &State, user_id: &str, symbol: &str) -> Result<Outlook, Problem> {
    let pair = Pair::parse(symbol).map_err(|_| Problem::NotFound)?;
    let watched = watchlist::show(state, user_id).await?.has(&pair);
    let said = Said::now(state, std::slice::from_ref(&pair)).await;
    let quoted = said.of(&pair);
    if !watched && quoted.iter().all(|one| one.price == Told::NotListed) {
        return Err(Problem::NotFound);
    }
    let row = Row {
        spark: None,
        pair: pair.clone(),
        quoted,
    };
    let board = Board {
        rows: vec![row],
        exchanges: said.exchanges,
        now: said.now,
    };
    Ok(Outlook {
        pair,
        watched,
        board,
    })
}

/// The candles of a pair that somebody looks at.
///
/// # Errors
/// [`Problem::Invalid`], [`Problem::Exchange`], [`Problem::Unavailable`].
pub async fn candles(state: &State, pair: &Pair, view: &View) -> Result<ShownCandles, Problem> {
    let now = state.clock.now();
    let asked = Asked {
        exchange: view.exchange.clone(),
        pair: pair.clone(),
        interval: view.interval,
        from: view.from(now),
        to: now,
        limit: MOST_CANDLES,
    };
    let shown = market::candles(state, &asked).await?;
    let name = connections::exchange_name(state, &view.exchange);
    Ok(ShownCandles {
        candles: shown.candles,
        gaps: shown.gaps,
        as_of: shown.as_of,
        trouble: shown.problem.map(|problem| problem.told(&name)),
    })
}

/// What was asked for of candles as long as those that somebody looks at.
///
/// # Errors
/// [`Problem::Unavailable`], [`Problem::Internal`].
pub async fn filling(state: &State, pair: &Pair, view: &View) -> Result<Option<Filling>, Problem> {
    market::backfill::find_of(state, &view.exchange, pair, view.interval).await
}

/// Has candles of past days fetched, as long as those that somebody looks at.
///
/// # Errors
/// [`Problem::Invalid`] with the fields `exchange`, `symbol`, `interval` or `days`,
/// [`Problem::Exchange`], [`Problem::Unavailable`].
pub async fn fetch(
    state: &State,
    user_id: &str,
    pair: &Pair,
    view: &View,
    days: &str,
) -> Result<Filling, Problem> {
    let wanted = Wanted {
        exchange: view.exchange.clone(),
        pair: pair.clone(),
        interval: view.interval,
        // What is no number is none that could be asked for.
        days: days.parse().unwrap_or_default(),
    };
    market::backfill::ask(state, user_id, &wanted).await
}

/// The exchanges, each with the name that people know it by.
#[must_use]
pub fn exchanges(state: &State) -> Vec<(ExchangeId, String)> {
    let profiles = state.registry.profiles().into_iter();
    profiles.map(|profile| (profile.id, profile.name)).collect()
}

/// How long candles of each exchange can be.
#[must_use]
pub fn lengths(state: &State) -> Vec<(ExchangeId, Vec<Interval>)> {
    let ids = exchanges(state).into_iter().map(|(id, _)| id);
    let told = |id: &ExchangeId| {
        let client = state.registry.find(id);
        client.map_or_else(Vec::new, |client| client.intervals().to_vec())
    };
    ids.map(|id| (id.clone(), told(&id))).collect()
}

/// Where the small picture of a pair is taken from: the first exchange that has a price of it.
fn place(pair: &Pair, quoted: &[Quoted]) -> Option<(ExchangeId, Pair)> {
    let priced = quoted.iter().find(|one| one.price.price().is_some())?;
    Some((priced.exchange.clone(), pair.clone()))
}

/// What the exchanges say at one moment.
struct Said {
    exchanges: Vec<(ExchangeId, String)>,
    prices: Market,
    /// `None` when they did not say in time.
    days: Option<Vec<DayOf>>,
    /// Those whose prices could not be read the last time.
    silent: Vec<ExchangeId>,
    now: Timestamp,
}

impl Said {
    async fn now(state: &State, pairs: &[Pair]) -> Self {
        let days = tokio::time::timeout(WAIT_FOR_DAYS, market::day_tickers(state, pairs));
        let (prices, days) = tokio::join!(prices::market(state), days);
        let troubles = prices::troubles(state).into_iter();
        Self {
            exchanges: exchanges(state),
            prices,
            days: days.ok(),
            silent: troubles.map(|trouble| trouble.exchange).collect(),
            now: state.clock.now(),
        }
    }

    fn of(&self, pair: &Pair) -> Vec<Quoted> {
        let quoted = |(exchange, _): &(ExchangeId, String)| {
            let mut days = self.days.iter().flatten();
            let day = days.find(|day| (&day.exchange, &day.pair) == (exchange, pair));
            let price = self.price(exchange, pair, day);
            let day = day.and_then(|day| day.recent(self.now));
            Quoted {
                price,
                change: day.and_then(DayTicker::change_percent),
                day: day.cloned(),
                exchange: exchange.clone(),
            }
        };
        self.exchanges.iter().map(quoted).collect()
    }

    fn price(&self, exchange: &ExchangeId, pair: &Pair, day: Option<&DayOf>) -> Told {
        let mut books = self.prices.books().iter();
        let Some(book) = books.find(|book| book.exchange == *exchange) else {
            return Told::Unread;
        };
        let is_silent = self.silent.contains(exchange) || self.days.is_none();
        match (market::quote(Some(book), day, pair), day) {
            (Some(quote), _) => Told::of(quote, self.now),
            (None, _) if is_silent => Told::Unread,
            (None, None) => Told::NotListed,
            (None, Some(day)) if day.problem.is_some() => Told::Unread,
            (None, Some(_)) => Told::Untold,
        }
    }
}
