//! Prices: what exchanges say one unit of an asset is worth in another.

pub mod alias;
pub mod route;
pub mod words;

use std::collections::HashMap;

use serde::{Deserialize, Serialize};

use super::amount::Amount;
use super::asset::AssetCode;
use super::exchange::ExchangeId;
use super::timestamp::Timestamp;

/// How old a price may be, in milliseconds: an older one is used for nothing.
pub const MAX_AGE_MS: i64 = 15 * 60 * 1000;

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
}

/// A price and whether it can be used.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Quote {
    /// The price.
    pub price: Amount,
    /// When the exchange said so.
    pub at: Timestamp,
    /// Why it is not used, if it is not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub doubt: Option<Doubt>,
}

/// Why a price is not used.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Doubt {
    /// It is zero or below.
    NotPositive,
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

/// The prices of one exchange as of one moment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Book {
    /// The exchange.
    pub exchange: ExchangeId,
    /// When they were read.
    pub taken_at: Timestamp,
    /// The prices, by the asset that is priced and the one it is priced in.
    pub quotes: HashMap<AssetCode, HashMap<AssetCode, Quote>>,
}

impl Book {
    /// One without prices.
    #[must_use]
    pub fn empty(exchange: ExchangeId, taken_at: Timestamp) -> Self {
        Self {
            exchange,
            taken_at,
            quotes: HashMap::new(),
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
}
