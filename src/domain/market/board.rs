//! Watched pairs as they are shown: what each exchange says of them, or why it says nothing.

use serde::{Deserialize, Serialize};

use super::{DayTicker, Pair};
use crate::domain::amount::Amount;
use crate::domain::exchange::{ExchangeId, name_of};
use crate::domain::price::words::{Names, doubted, said};
use crate::domain::price::{Doubt, MAX_AGE_MS, Quote, is_old};
use crate::domain::timestamp::Timestamp;

/// Decimal places of a difference in percent.
const PERCENT_PLACES: usize = 2;
const MINUTE_MS: i64 = 60_000;

/// The pairs that somebody watches, at one moment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Board {
    /// The exchanges, each with the name that people know it by.
    pub exchanges: Vec<(ExchangeId, String)>,
    /// The pairs, in their owner's order.
    pub rows: Vec<Row>,
    /// The moment.
    pub now: Timestamp,
}

/// A pair.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Row {
    /// The pair.
    pub pair: Pair,
    /// What each exchange says of it, in the order of [`Board::exchanges`].
    pub quoted: Vec<Quoted>,
    /// What it did in the last whole hours, where that is known.
    pub spark: Option<Spark>,
}

/// What an exchange says of a pair.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Quoted {
    /// The exchange.
    pub exchange: ExchangeId,
    /// The price.
    pub price: Told,
    /// How it changed over 24 hours, in percent, where that is known.
    pub change: Option<Amount>,
    /// What the pair did over the last 24 hours, unless that is not known or too old.
    pub day: Option<DayTicker>,
}

/// A price as it comes with the event `ticker` of the server's stream.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Tick {
    /// The exchange.
    pub exchange: ExchangeId,
    /// The pair.
    pub symbol: Pair,
    /// The price.
    pub price: Amount,
    /// How it changed over 24 hours, in percent, where that is known.
    pub change_24h_percent: Option<Amount>,
    /// When the exchange said so, as programs read it.
    pub at: String,
}

/// A price, or why there is none.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Told {
    /// The last price, in units of the quote asset, and when the exchange told it.
    Price(Amount, Timestamp),
    /// The exchange does not list the pair, or trades it not yet or no longer.
    NotListed,
    /// The exchange trades it, and tells no price of it that can be one.
    Untold,
    /// The exchange could not be read.
    Unread,
    /// The last price was read then, which is too long ago for it to be shown.
    Old(Timestamp),
    /// What the exchange says is not to be trusted.
    Doubted(Amount, Doubt),
}

/// What a pair did in the hours before now, small enough to stand in a line of text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Spark {
    /// Where it was traded.
    pub exchange: ExchangeId,
    /// The line as SVG writes it.
    pub path: String,
    /// The price it began with.
    pub first: Amount,
    /// The price it ended with.
    pub last: Amount,
    /// The lowest price on it.
    pub low: Amount,
    /// The highest price on it.
    pub high: Amount,
}

impl Board {
    /// The name that people know an exchange by.
    #[must_use]
    pub fn name(&self, id: &ExchangeId) -> String {
        name_of(&self.exchanges, id)
    }

    /// Takes over a price that was just told. One that is older than what is shown changes nothing, nor
    /// does one of a pair whose prices are doubted there: that is for the server to judge.
    pub fn hear(&mut self, tick: &Tick) {
        let Some(at) = Timestamp::parse(&tick.at) else {
            return;
        };
        let row = self.rows.iter_mut().find(|row| row.pair == tick.symbol);
        let mut cells = row.into_iter().flat_map(|row| &mut row.quoted);
        let Some(cell) = cells.find(|cell| cell.exchange == tick.exchange) else {
            return;
        };
        let is_older = cell.price.at().is_some_and(|shown| at < shown);
        if is_older || matches!(cell.price, Told::Doubted(..)) {
            return;
        }
        cell.price = Told::Price(tick.price.clone(), at);
        if tick.change_24h_percent.is_some() {
            cell.change.clone_from(&tick.change_24h_percent);
        }
        self.now = self.now.max(at);
    }

    /// The board as it was read anew, with prices that were heard since they were read.
    #[must_use]
    pub fn renewed_by(&self, mut fresh: Self) -> Self {
        for row in &mut fresh.rows {
            let shown = self.rows.iter().find(|shown| shown.pair == row.pair);
            for (cell, shown) in row
                .quoted
                .iter_mut()
                .zip(shown.iter().flat_map(|it| &it.quoted))
            {
                if cell.exchange == shown.exchange && cell.is_behind(shown, fresh.now) {
                    *cell = shown.clone();
                }
            }
        }
        fresh
    }
}

impl Told {
    /// What a quote comes to at a moment.
    #[must_use]
    pub fn of(quote: &Quote, now: Timestamp) -> Self {
        let price = || quote.price.clone();
        match &quote.doubt {
            Some(doubt) => Self::Doubted(price(), doubt.clone()),
            None if quote.is_old(now) => Self::Old(quote.at),
            None => Self::Price(price(), quote.said_at()),
        }
    }

    /// The price, where there is one.
    #[must_use]
    pub fn price(&self) -> Option<&Amount> {
        match self {
            Self::Price(price, _) => Some(price),
            _ => None,
        }
    }

    /// When the exchange told the price, where there is one.
    #[must_use]
    pub fn at(&self) -> Option<Timestamp> {
        match self {
            Self::Price(_, at) => Some(*at),
            _ => None,
        }
    }

    /// Why there is no price, in a sentence or two; `None` where there is one.
    #[must_use]
    pub fn reason(
        &self,
        exchange: &ExchangeId,
        pair: &Pair,
        names: Names<'_>,
        now: Timestamp,
    ) -> Option<String> {
        let name = names(exchange);
        Some(match self {
            Self::Price(..) => return None,
            Self::NotListed => format!("{name} does not trade it."),
            Self::Untold => format!("{name} tells no price of it that can be one."),
            Self::Unread => format!("{name} could not be read."),
            Self::Old(at) => {
                let minutes = MAX_AGE_MS / MINUTE_MS;
                let at = at.readable_near(now);
                format!("No price for {minutes} minutes: the last one is of {at}.")
            }
            Self::Doubted(price, doubt) => {
                let said = said(exchange, &pair.base, &pair.quote, price, names);
                format!("Doubted: {}", doubted(&said, doubt, names))
            }
        })
    }
}

impl Quoted {
    /// How the price changed over 24 hours, in percent; only beside a price.
    #[must_use]
    pub fn change_percent(&self) -> Option<Amount> {
        self.price.price().and(self.change.clone())
    }

    /// Whether another has a newer price that may still be shown.
    fn is_behind(&self, other: &Self, now: Timestamp) -> bool {
        let Some(at) = other.price.at().filter(|at| !is_old(*at, now)) else {
            return false;
        };
        match &self.price {
            Told::Price(_, own) => *own < at,
            Told::Old(_) | Told::Unread => true,
            Told::NotListed | Told::Untold | Told::Doubted(..) => false,
        }
    }

    /// How far its price is from another's, in percent of the other, rounded half even to two places.
    #[must_use]
    pub fn difference_percent(&self, other: &Self) -> Option<Amount> {
        let (own, other) = (self.price.price()?, other.price.price()?);
        let part = own.minus(other).over(other)?;
        Some(part.times_rounded(&Amount::from(100), PERCENT_PLACES))
    }
}

#[cfg(test)]
mod tests;
