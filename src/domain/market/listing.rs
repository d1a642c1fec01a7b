//! What an exchange lists: its pairs, what may be traded of them, and the limits it publishes.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::Pair;
use crate::domain::amount::Amount;
use crate::domain::timestamp::Timestamp;

/// Whether a pair is traded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ListingStatus {
    /// It is traded.
    Trading,
    /// It was traded, and perhaps will be again.
    Halted,
    /// It is listed, and trading has not begun.
    Upcoming,
}

impl ListingStatus {
    /// The fixed name in answers to programs.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Trading => "trading",
            Self::Halted => "halted",
            Self::Upcoming => "upcoming",
        }
    }
}

/// A pair of an exchange, with the filters that its orders must pass. What is not told is `None`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Listing {
    /// The pair.
    pub pair: Pair,
    /// Whether it is traded.
    pub status: ListingStatus,
    /// What prices are a multiple of, in units of the quote asset.
    pub tick_size: Option<Amount>,
    /// What quantities are a multiple of, in units of the base asset.
    pub step_size: Option<Amount>,
    /// The least quantity of an order, in units of the base asset.
    pub min_quantity: Option<Amount>,
    /// The least value of an order, in units of the quote asset.
    pub min_notional: Option<Amount>,
    /// When trading began or begins.
    pub listed_at: Option<Timestamp>,
}

/// A limit of calls that an exchange publishes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PublishedLimit {
    /// What is counted, as the exchange names it: `REQUEST_WEIGHT`.
    pub kind: String,
    /// The length of the window, in milliseconds.
    pub window_ms: i64,
    /// The most in one window.
    pub limit: u32,
}

/// What an exchange lists.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Listings {
    /// Its pairs, by their names.
    pub pairs: BTreeMap<Pair, Listing>,
    /// The limits it publishes with them; empty where it does not.
    pub limits: Vec<PublishedLimit>,
    /// How many rows were left out: they could not be read, or their pair came twice.
    pub unreadable: usize,
}

impl Listings {
    /// Whether a pair is traded.
    #[must_use]
    pub fn trades(&self, pair: &Pair) -> bool {
        let listing = self.pairs.get(pair);
        listing.is_some_and(|it| it.status == ListingStatus::Trading)
    }
}
