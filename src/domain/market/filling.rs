//! Fetching the candles of past days, and how far that has come.

use serde::{Deserialize, Serialize};

use super::Pair;
use super::interval::Interval;
use crate::domain::exchange::ExchangeId;
use crate::domain::timestamp::Timestamp;

/// How often a page is tried in a row before all is given up.
pub const TRIES: i64 = 8;

/// Where fetching stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FillingState {
    /// It goes on, or will.
    Waiting,
    /// All of it is there.
    Done,
    /// It did not work, however often it was tried.
    GivenUp,
}

impl FillingState {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Waiting, Self::Done, Self::GivenUp];

    /// The name in the database and in answers to programs.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Done => "done",
            Self::GivenUp => "given_up",
        }
    }

    /// Reads the name of [`Self::as_str`].
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.as_str() == text)
    }
}

/// Candles of past days that somebody asked for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Filling {
    /// Its id.
    pub id: String,
    /// The exchange.
    pub exchange: ExchangeId,
    /// The pair.
    pub pair: Pair,
    /// How long each candle is.
    pub interval: Interval,
    /// From when on.
    pub from: Timestamp,
    /// Before when.
    pub until: Timestamp,
    /// As far as here every candle that there is is stored.
    pub reached: Timestamp,
    /// How many candles were stored for it.
    pub stored: usize,
    /// How many stored candles of the series were told otherwise later, ever.
    pub corrected: usize,
    /// Where it stands.
    pub state: FillingState,
    /// The code of what went wrong the last time.
    pub trouble: Option<String>,
    /// When it was asked for.
    pub asked_at: Timestamp,
}

impl Filling {
    /// How much of it is done, in whole percent.
    #[must_use]
    pub fn percent(&self) -> i64 {
        let all = self.until.0.saturating_sub(self.from.0).max(1);
        let done = self.reached.0.saturating_sub(self.from.0).clamp(0, all);
        let percent = i128::from(done) * 100 / i128::from(all);
        i64::try_from(percent).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn states_are_read_as_they_are_written() {
        for one in FillingState::ALL {
            assert_eq!(FillingState::parse(one.as_str()), Some(one));
        }
        assert_eq!(FillingState::parse("over"), None);
    }

    #[test]
    fn what_is_done_is_told_in_percent_and_never_beyond() {
        let percent = |reached| {
            let filling = Filling {
                id: String::new(),
                exchange: ExchangeId::new("okx"),
                pair: Pair::parse("BTC-USDT").unwrap(),
                interval: Interval::Minute1,
                from: Timestamp(1_000),
                until: Timestamp(4_000),
                reached: Timestamp(reached),
                stored: 0,
                corrected: 0,
                state: FillingState::Waiting,
                trouble: None,
                asked_at: Timestamp(0),
            };
            filling.percent()
        };
        assert_eq!(
            [0, 1_000, 2_000, 3_999, 4_000, 9_000].map(percent),
            [0, 0, 33, 99, 100, 100]
        );
    }
}
