//! What holdings were worth over time.
//!
//! A point is made after every sync and once per UTC day. All points of the last day are kept, one
//! per hour for 30 days, and one per UTC day from then on. Points are at least 10 seconds apart, so
//! a series has at most 9 000 points of the last 25 hours, 744 of the last 31 days, and 366 for
//! every year before. Snapshots of what a connection holds are thinned alike.
//!
//! What an exchange tells of the days before a connection was made is kept apart from the points,
//! by connection, and told before the first of them.

pub mod backfill;
pub mod change;
pub mod chart;
pub mod day;
pub mod past;
pub mod quarantine;
pub mod reading;
#[cfg(test)]
mod samples;
pub mod series;
pub mod tellers;
pub mod thinning;
pub mod words;

use serde::{Deserialize, Serialize};

use super::amount::Amount;
use super::timestamp::Timestamp;

/// How a point came.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Source {
    /// After a sync.
    Sync,
    /// Because a day had begun.
    Daily,
    /// From the exchange's own daily snapshots, of the days before a connection was made. It knows
    /// the spot wallet only and is never recorded as a point.
    Backfill,
}

impl Source {
    /// The name in the database.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Sync => "sync",
            Self::Daily => "daily",
            Self::Backfill => "backfill",
        }
    }

    /// Reads the name of [`Self::as_str`].
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Sync, Self::Daily, Self::Backfill]
            .into_iter()
            .find(|source| source.as_str() == text)
    }
}

/// What a series was worth at a moment, in USDT.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Point {
    /// The moment.
    pub at: Timestamp,
    /// The sum of everything that had a price.
    pub value: Amount,
    /// What balances added since the point before.
    pub moved: Amount,
    /// What assets added since then by gaining their price, or took away by losing it.
    pub covered: Amount,
    /// How many assets had no price.
    pub unpriced: usize,
    /// Whether something could not be read then, or had lost its price.
    pub partial: bool,
    /// How it came.
    pub source: Source,
}
