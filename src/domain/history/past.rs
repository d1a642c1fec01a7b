//! Days before a connection was made: what the exchange says was held, at that day's last prices.
//!
//! The prices come from daily candles and go the same ways as today's: a day has a market of its
//! own, in which only the pairs that were asked for are traded.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::day::{DAY_MS, HOUR_MS, start_of_day};
use super::series::Rated;
use super::{Point, Source};
use crate::domain::amount::Amount;
use crate::domain::asset::AssetCode;
use crate::domain::currency::Currency;
use crate::domain::exchange::ExchangeId;
use crate::domain::price::daily::{Close, Pair};
use crate::domain::price::route::{Market, Price};
use crate::domain::price::{Book, Quote};
use crate::domain::timestamp::Timestamp;
use crate::domain::wallet::Balance;

/// For how many days before today an exchange is asked.
pub const DAYS: i64 = 29;
/// The most pairs that daily prices are asked of for one connection: a call each. Assets beyond
/// that, those worth least, have no price on past days.
pub const MOST_PAIRS: usize = 60;
/// How far from midnight a snapshot may have been taken, in milliseconds, to be of a day's end.
const NEAR_MS: i64 = HOUR_MS;

/// What a wallet held at the end of a UTC day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PastDay {
    /// When the day began.
    pub day: Timestamp,
    /// What was held.
    pub balances: Vec<Balance>,
}

/// What an exchange tells of past days.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PastDays {
    /// The days, oldest first, each once.
    pub days: Vec<PastDay>,
    /// How many rows could not be read: of balances, or of whole days.
    pub unreadable: usize,
}

/// What was held at the end of a day was worth so much.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ValuedDay {
    /// The day's last millisecond.
    pub at: Timestamp,
    /// The sum of everything that had a price, in USDT.
    pub value: Amount,
    /// How many assets had no price.
    pub unpriced: usize,
}

/// The daily prices of pairs.
pub type Closes = BTreeMap<Pair, Vec<Close>>;

/// The stretch to ask an exchange for: from the beginning of the first day that it still tells to the
/// last millisecond of the day before the connection was made, UTC. It is shorter than 30 days;
/// `None` when there is no such day any more.
#[must_use]
pub fn stretch(made_at: Timestamp, now: Timestamp) -> Option<(Timestamp, Timestamp)> {
    let from = start_of_day(now).plus_ms(-DAYS * DAY_MS);
    let to = start_of_day(made_at.min(now)).plus_ms(-1);
    (from < to).then_some((from, to))
}

/// The day whose end a snapshot was taken at: when it began, or `None` when it is of no day's end.
#[must_use]
pub fn day_ended_at(taken_at: Timestamp) -> Option<Timestamp> {
    let midnight = start_of_day(Timestamp(taken_at.0.checked_add(DAY_MS / 2)?));
    let is_near = taken_at.0.abs_diff(midnight.0) <= NEAR_MS.unsigned_abs();
    is_near.then(|| midnight.plus_ms(-DAY_MS))
}

/// A day's last millisecond.
#[must_use]
pub fn end_of_day(day: Timestamp) -> Timestamp {
    day.plus_ms(DAY_MS - 1)
}

/// The pairs that days are valued over in `target`, by the ways of today's market: those that rates
/// between currencies need, then those of the assets that would be worth most today. At most
/// [`MOST_PAIRS`].
#[must_use]
pub fn pairs(
    market: &Market,
    home: &ExchangeId,
    days: &[PastDay],
    target: &AssetCode,
) -> BTreeSet<Pair> {
    let bitcoin = Currency::Btc.asset();
    let rate = |currency: Currency| market.price(None, target, currency).ok();
    let rates = Currency::ALL.into_iter().filter_map(rate);
    let ways = rates
        .chain(market.price_in(None, &bitcoin, target).ok())
        .chain(by_worth(market, home, days, target));
    let mut pairs = BTreeSet::new();
    for way in ways {
        let mut with_it = pairs.clone();
        with_it.extend(way.steps.into_iter().map(|step| Pair {
            exchange: step.exchange,
            base: step.base,
            quote: step.quote,
        }));
        if with_it.len() <= MOST_PAIRS {
            pairs = with_it;
        }
    }
    pairs
}

/// The ways of all assets that were held, those first of which most was held at today's prices.
fn by_worth(
    market: &Market,
    home: &ExchangeId,
    days: &[PastDay],
    target: &AssetCode,
) -> Vec<Price> {
    let mut most: BTreeMap<&AssetCode, Amount> = BTreeMap::new();
    for balance in days.iter().flat_map(|day| &day.balances) {
        let total = balance.total.abs();
        let known = most.entry(&balance.asset).or_insert_with(Amount::zero);
        if total > *known {
            *known = total;
        }
    }
    let way = |(asset, quantity): (&AssetCode, Amount)| {
        let price = market.price_in(Some(home), asset, target).ok()?;
        Some((quantity.times(&price.amount), price))
    };
    let mut ways: Vec<_> = most.into_iter().filter_map(way).collect();
    ways.sort_by(|(one, _), (other, _)| other.cmp(one));
    ways.into_iter().map(|(_, price)| price).collect()
}

/// The market of a day's end at these exchanges, in the order they are looked through.
#[must_use]
pub fn market(exchanges: &[ExchangeId], closes: &Closes, day: Timestamp) -> Market {
    let at = end_of_day(day);
    let book = |exchange: &ExchangeId| {
        let mut book = Book::empty(exchange.clone(), at);
        let own = closes.iter().filter(|(pair, _)| pair.exchange == *exchange);
        for (pair, closes) in own {
            if let Some(close) = closes.iter().find(|close| close.day == day) {
                let quote = Quote {
                    price: close.price.clone(),
                    at,
                    told_at: None,
                    doubt: None,
                };
                book.put(pair.base.clone(), pair.quote.clone(), quote);
            }
        }
        Arc::new(book)
    };
    Market::new(exchanges.iter().map(book).collect(), at)
}

impl PastDay {
    /// What was held, at the prices of a market; `None` when something was held and nothing of it
    /// had a price.
    #[must_use]
    pub fn valued(
        &self,
        market: &Market,
        home: &ExchangeId,
        target: &AssetCode,
    ) -> Option<ValuedDay> {
        let mut day = ValuedDay {
            at: end_of_day(self.day),
            value: Amount::zero(),
            unpriced: 0,
        };
        for balance in &self.balances {
            match market.price_in(Some(home), &balance.asset, target) {
                Ok(price) => day.value = day.value.plus(&balance.total.times(&price.amount)),
                Err(_) => day.unpriced += 1,
            }
        }
        let known = self.balances.is_empty() || day.unpriced < self.balances.len();
        known.then_some(day)
    }
}

/// The days of a series' connections before its first recorded point: days of one moment are added
/// up, and none is told from that point on. `days` are oldest first.
#[must_use]
pub fn before(days: Vec<(ValuedDay, Option<Amount>)>, begin: Option<Timestamp>) -> Vec<Rated> {
    let mut told: Vec<Rated> = Vec::new();
    for (day, rate) in days {
        if begin.is_some_and(|begin| day.at >= begin) {
            break;
        }
        match told.last_mut().map(|last| &mut last.point) {
            Some(point) if point.at == day.at => {
                point.value = point.value.plus(&day.value);
                point.unpriced += day.unpriced;
            }
            _ => told.push(Rated {
                point: point(day),
                rate,
            }),
        }
    }
    told
}

/// Never whole: it is of one wallet.
fn point(day: ValuedDay) -> Point {
    Point {
        at: day.at,
        value: day.value,
        moved: Amount::zero(),
        covered: Amount::zero(),
        unpriced: day.unpriced,
        partial: true,
        source: Source::Backfill,
    }
}

#[cfg(test)]
mod tests;
