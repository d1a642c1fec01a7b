//! The market: pairs, candles and day figures as exchanges tell them to anybody.

pub mod board;
pub mod candle;
pub mod chart;
pub mod filling;
pub mod gaps;
pub mod interval;
pub mod keeping;
pub mod listing;
pub mod shown;
pub mod view;
pub mod watchlist;

use std::fmt;

use serde::{Deserialize, Serialize};

use super::amount::Amount;
use super::asset::AssetCode;
use super::history::day::DAY_MS;
use super::text::query_encoded;
use super::timestamp::Timestamp;
use candle::{AHEAD_MS, Fault, check_prices};

/// Decimal places of a change in percent.
const PERCENT_PLACES: usize = 2;

/// What is traded for what. Written `BTC-USDT`, whatever an exchange makes of it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Pair {
    /// The asset that is priced.
    pub base: AssetCode,
    /// The asset it is priced in.
    pub quote: AssetCode,
}

/// The text is no pair such as `BTC-USDT`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a pair of assets")]
pub struct BadPair;

impl Pair {
    /// Reads `BTC-USDT`: two asset codes, as they are spelled, with one hyphen between them.
    ///
    /// # Errors
    /// [`BadPair`].
    pub fn parse(text: &str) -> Result<Self, BadPair> {
        let (base, quote) = text.split_once('-').ok_or(BadPair)?;
        if quote.contains('-') {
            return Err(BadPair);
        }
        let code = |code| AssetCode::parse(code).map_err(|_| BadPair);
        Ok(Self {
            base: code(base)?,
            quote: code(quote)?,
        })
    }

    /// The address of its own page: `/market/BTC-USDT`, with what no address may hold by its bytes.
    #[must_use]
    pub fn path(&self) -> String {
        format!("/market/{}", query_encoded(&self.to_string()))
    }
}

impl fmt::Display for Pair {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.base, self.quote)
    }
}

impl TryFrom<String> for Pair {
    type Error = BadPair;

    fn try_from(text: String) -> Result<Self, BadPair> {
        Self::parse(&text)
    }
}

impl From<Pair> for String {
    fn from(pair: Pair) -> Self {
        pair.to_string()
    }
}

/// What a pair did over the last 24 hours, as an exchange tells it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DayTicker {
    /// The pair.
    pub pair: Pair,
    /// The last price of one unit of the base asset, in units of the quote asset.
    pub last: Amount,
    /// The price 24 hours before.
    pub open: Amount,
    /// The highest price of these hours.
    pub high: Amount,
    /// The lowest price of these hours.
    pub low: Amount,
    /// What was traded in these hours, in units of the base asset.
    pub volume: Amount,
    /// When the exchange said so.
    pub at: Timestamp,
}

impl DayTicker {
    /// Whether it can be what it says, at a moment. The price of 24 hours before is that of the last
    /// trade until then, which the highest and the lowest price of these hours need not hold.
    ///
    /// # Errors
    /// The first [`Fault`].
    pub fn check(&self, now: Timestamp) -> Result<(), Fault> {
        if self.at > now.plus_ms(AHEAD_MS) {
            return Err(Fault::InFuture);
        }
        if self.at < now.plus_ms(-DAY_MS) {
            return Err(Fault::Stale);
        }
        if self.open.is_zero() || self.open.is_negative() {
            return Err(Fault::NoPrice);
        }
        let prices = [&self.last, &self.high, &self.low];
        check_prices(&prices, (&self.high, &self.low), &self.volume)
    }

    /// How the price changed over these hours, in percent, rounded half even to two places; `None`
    /// when there was no price above zero to begin with.
    #[must_use]
    pub fn change_percent(&self) -> Option<Amount> {
        if self.open.is_negative() {
            return None;
        }
        let change = self.last.minus(&self.open).over(&self.open)?;
        Some(change.times_rounded(&Amount::from(100), PERCENT_PLACES))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pair_is_two_codes_of_any_script_with_one_hyphen() {
        for text in ["BTC-USDT", "1000SATS-USDC", "币安人生-USDT", "456-BTC"] {
            assert_eq!(Pair::parse(text).unwrap().to_string(), text);
        }
        for text in [
            "",
            "-",
            "BTC",
            "BTC-",
            "-USDT",
            "A-B-C",
            "B TC-USDT",
            "BTC-\u{202E}",
        ] {
            assert_eq!(Pair::parse(text), Err(BadPair), "{text:?}");
        }
    }

    #[test]
    fn the_address_of_a_pair_holds_any_code() {
        for (text, path) in [
            ("BTC-USDT", "/market/BTC-USDT"),
            ("</b>?-USDT", "/market/%3C%2Fb%3E%3F-USDT"),
            ("币-USDT", "/market/%E5%B8%81-USDT"),
        ] {
            assert_eq!(Pair::parse(text).unwrap().path(), path);
        }
    }

    #[test]
    fn figures_of_a_day_that_cannot_be_are_told_by_their_reason() {
        let now = Timestamp(1_767_225_600_000);
        let judged = |[last, open, high, low, volume]: [&str; 5], age_ms: i64| {
            let amount = |text| Amount::parse(text).unwrap();
            let ticker = DayTicker {
                pair: Pair::parse("BTC-USDT").unwrap(),
                last: amount(last),
                open: amount(open),
                high: amount(high),
                low: amount(low),
                volume: amount(volume),
                at: now.plus_ms(-age_ms),
            };
            ticker.check(now)
        };
        let good = ["2", "9", "3", "1", "0"];
        assert_eq!(judged(good, 0), Ok(()), "the day before may lie outside");
        assert_eq!(judged(good, -120_000), Err(Fault::InFuture));
        assert_eq!(judged(good, DAY_MS + 1), Err(Fault::Stale));
        for (figures, fault) in [
            (["0", "9", "3", "0", "0"], Fault::NoPrice),
            (["2", "0", "3", "1", "0"], Fault::NoPrice),
            (["4", "9", "3", "1", "0"], Fault::HighTooLow),
            (["1", "9", "3", "2", "0"], Fault::LowTooHigh),
            (["2", "9", "3", "1", "-1"], Fault::NegativeVolume),
        ] {
            assert_eq!(judged(figures, 0), Err(fault), "{figures:?}");
        }
    }

    #[test]
    fn a_change_is_counted_from_the_price_of_the_day_before() {
        let amount = |text| Amount::parse(text).unwrap();
        let told = |last, open| {
            let ticker = DayTicker {
                pair: Pair::parse("BTC-USDT").unwrap(),
                last: amount(last),
                open: amount(open),
                high: amount("9"),
                low: amount("1"),
                volume: amount("0"),
                at: Timestamp(0),
            };
            ticker.change_percent().map(|change| change.to_string())
        };
        assert_eq!(told("110", "100").as_deref(), Some("10"));
        assert_eq!(told("0.99", "1").as_deref(), Some("-1"));
        assert_eq!(told("2", "3").as_deref(), Some("-33.33"));
        assert_eq!(told("2", "0"), None);
        assert_eq!(told("2", "-1"), None);
    }
}
