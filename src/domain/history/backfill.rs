//! Where fetching the days before a connection stands, in words for its owner.

use serde::{Deserialize, Serialize};

use super::day::MINUTE_MS;
use crate::domain::text::count;

/// How often fetching is begun before it is given up.
pub const TRIES: i64 = 8;

/// Where fetching the days before a connection stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Backfill {
    /// It is still to be done, or tried again.
    Waiting,
    /// The exchange told them.
    Told {
        /// How many days could be valued.
        days: usize,
        /// How many rows could not be read.
        unreadable: usize,
    },
    /// The exchange does not tell them of this account or to this key.
    NotAvailable,
    /// It did not work, however often it was tried.
    GivenUp,
    /// The exchange tells nobody.
    NeverTold,
}

impl Backfill {
    /// The sentence for the connection's owner.
    #[must_use]
    pub fn sentence(&self, exchange: &str) -> String {
        let begins = "so history begins with the first sync";
        match self {
            Self::Waiting => format!(
                "The days before the first sync are being fetched from {exchange}'s own daily \
                 snapshots of the spot wallet."
            ),
            Self::Told { days: 0, .. } => {
                format!("{exchange}'s daily snapshots tell the value of no day before, {begins}.")
            }
            Self::Told { days, unreadable } => {
                let days = count(*days, "day");
                let rows = count(*unreadable, "row");
                let left_out = match unreadable {
                    0 => String::new(),
                    _ => format!(" {rows} could not be read and are left out."),
                };
                format!(
                    "{days} before the first sync are from {exchange}'s own daily snapshots, spot \
                     wallet only.{left_out}"
                )
            }
            Self::NotAvailable => {
                format!("{exchange} gave no daily snapshots to this key, {begins}.")
            }
            Self::GivenUp => format!(
                "{exchange}'s daily snapshots could not be read in several tries, {begins}."
            ),
            Self::NeverTold => format!("{exchange} tells no balances of past days, {begins}."),
        }
    }
}

/// How long to wait after so many tries, in milliseconds: a minute, then ever twice as long. What
/// the exchange asks for, in seconds, is the least.
#[must_use]
pub fn pause_ms(tries: i64, asked_seconds: u64) -> i64 {
    let doubled = MINUTE_MS << tries.clamp(1, TRIES).saturating_sub(1);
    let asked_ms = i64::try_from(asked_seconds.saturating_mul(1_000)).unwrap_or(i64::MAX);
    doubled.max(asked_ms)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_end_is_told_in_a_calm_sentence() {
        let told = |days, unreadable| Backfill::Told { days, unreadable };
        let cases = [
            (
                told(29, 0),
                "29 days before the first sync are from Binance's own daily snapshots, spot wallet \
                 only.",
            ),
            (
                told(0, 3),
                "Binance's daily snapshots tell the value of no day before, so history begins with \
                 the first sync.",
            ),
            (
                Backfill::NotAvailable,
                "Binance gave no daily snapshots to this key, so history begins with the first \
                 sync.",
            ),
        ];
        for (backfill, sentence) in cases {
            assert_eq!(backfill.sentence("Binance"), sentence);
        }
        let some = told(1, 2).sentence("Binance");
        assert!(some.ends_with(" 2 rows could not be read and are left out."));
        let never = Backfill::NeverTold.sentence("OKX");
        assert!(never.starts_with("OKX tells no balances of past days"));
    }

    #[test]
    fn pauses_grow_and_heed_what_the_exchange_asks_for() {
        assert_eq!(pause_ms(1, 0), MINUTE_MS);
        assert_eq!(pause_ms(3, 0), 4 * MINUTE_MS);
        assert_eq!(pause_ms(1, 600), 10 * MINUTE_MS);
        assert_eq!(pause_ms(i64::MAX, 0), pause_ms(TRIES, 0));
        assert_eq!(pause_ms(i64::MIN, u64::MAX), i64::MAX);
    }
}
