//! Prices: what exchanges say one unit of an asset is worth in another.

pub mod alias;
pub mod daily;
pub mod guard;
pub mod route;
pub mod words;

use std::collections::HashMap;

use serde::{Deserialize, Serialize};

use super::amount::Amount;
use super::asset::AssetCode;
use super::exchange::ExchangeId;
use super::timestamp::Timestamp;

/// How long ago a price may have been read, in milliseconds: an older one is used for nothing.
pub const MAX_AGE_MS: i64 = 15 * 60 * 1000;
/// How long ago an exchange may have said what it tells as its last price, in milliseconds: where little
/// is traded that may be hours, and it is the last price all the same.
pub const MAX_SAID_MS: i64 = 24 * 60 * 60 * 1000;

/// A price as an exchange tells it, of a pair that is traded at this moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ticker {
    /// The asset that is priced.
    pub base: AssetCode,
    /// The asset it is priced in.
    pub quote: AssetCode,
    /// The last price of one unit of `base`, in units of `quote`; whatever the exchange said, zero
    /// and below included.
    pub price: Amount,
    /// When the exchange said so, where it tells that.
    pub at: Option<Timestamp>,
}

/// A price and whether it can be used.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Quote {
    /// The price.
    pub price: Amount,
    /// When it was read. It was the exchange's last price then, however long ago that was said.
    pub at: Timestamp,
    /// When the exchange said so, where it tells that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub told_at: Option<Timestamp>,
    /// Why it is not used, if it is not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub doubt: Option<Doubt>,
}

impl Quote {
    /// When the exchange said so; where it does not tell that, when it was read.
    #[must_use]
    pub fn said_at(&self) -> Timestamp {
        self.told_at.unwrap_or(self.at)
    }

    /// Whether it was read too long ago at a moment to be used.
    #[must_use]
    pub fn is_old(&self, now: Timestamp) -> bool {
        is_old(self.at, now)
    }

    /// Whether it can be used at a moment: it is neither doubted nor too old.
    #[must_use]
    pub fn is_usable(&self, now: Timestamp) -> bool {
        self.doubt.is_none() && !self.is_old(now)
    }
}

/// Whether what was told at a moment is too old at another to be used.
#[must_use]
pub fn is_old(at: Timestamp, now: Timestamp) -> bool {
    now.0.saturating_sub(at.0) > MAX_AGE_MS
}

/// Why a price is not used.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Doubt {
    /// It is zero or below.
    NotPositive,
    /// The exchange has said nothing newer for more than a day.
    Stale {
        /// When it was said.
        said_at: Timestamp,
    },
    /// It is far from the last good one, and no other exchange bears it out.
    Jumped {
        /// The last good price.
        from: Amount,
        /// Since when prices have been about what this one is.
        since: Timestamp,
    },
    /// It is far from what another exchange says, and there is no earlier one to go by.
    Disagrees {
        /// The other exchange.
        exchange: ExchangeId,
        /// What it says.
        price: Amount,
        /// Since when prices have been about what this one is.
        since: Timestamp,
    },
}

/// A price that was good.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Good {
    /// The price.
    pub price: Amount,
    /// When the exchange said so.
    pub at: Timestamp,
}

/// Where prices that are doubted have been about for a while.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Level {
    /// The first of them.
    pub price: Amount,
    /// When it was told.
    pub since: Timestamp,
    /// How often one like it was told by now.
    pub readings: u32,
}

/// What is remembered of a pair whose price is not used, or is missing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Memory {
    /// The last price that was good, if it is of the last day.
    pub good: Option<Good>,
    /// Where its prices have been about since.
    pub level: Option<Level>,
}

/// Something of every pair: by the asset that is priced and the one it is priced in.
pub type ByPair<T> = HashMap<AssetCode, HashMap<AssetCode, T>>;

/// The prices of one exchange as of one moment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Book {
    /// The exchange.
    pub exchange: ExchangeId,
    /// When they were read.
    pub taken_at: Timestamp,
    /// The prices.
    pub quotes: ByPair<Quote>,
    /// What the guard remembers of pairs without a price to use.
    #[serde(default, skip_serializing_if = "HashMap::is_empty")]
    pub memory: ByPair<Memory>,
}

impl Book {
    /// One without prices.
    #[must_use]
    pub fn empty(exchange: ExchangeId, taken_at: Timestamp) -> Self {
        Self {
            exchange,
            taken_at,
            quotes: HashMap::new(),
            memory: HashMap::new(),
        }
    }

    /// The price of a pair, if it is listed.
    #[must_use]
    pub fn quote(&self, base: &AssetCode, quote: &AssetCode) -> Option<&Quote> {
        self.quotes.get(base)?.get(quote)
    }

    /// Adds or replaces the price of a pair.
    pub fn put(&mut self, base: AssetCode, quote: AssetCode, price: Quote) {
        self.quotes.entry(base).or_default().insert(quote, price);
    }
    /// What is remembered of a pair.
    #[must_use]
    pub fn memory(&self, base: &AssetCode, quote: &AssetCode) -> Option<&Memory> {
        self.memory.get(base)?.get(quote)
    }

    /// Adds or replaces what is remembered of a pair.
    pub fn remember(&mut self, base: AssetCode, quote: AssetCode, memory: Memory) {
        self.memory.entry(base).or_default().insert(quote, memory);
    }
}
