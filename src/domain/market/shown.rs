//! Candles as a page shows them, in words.

use serde::{Deserialize, Serialize};

use super::candle::Candle;
use super::view::View;
use super::{Pair, chart::CandleChart};
use crate::domain::text::count;
use crate::domain::timestamp::Timestamp;

/// How many stretches without candles are told one by one.
const MOST_TOLD: usize = 3;

/// The candles of a view.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShownCandles {
    /// The candles, the oldest first.
    pub candles: Vec<Candle>,
    /// Stretches without candles, each from the first one that is missing to where the next stands.
    pub gaps: Vec<(Timestamp, Timestamp)>,
    /// When they were read.
    pub as_of: Timestamp,
    /// Why there may be more than these, in a sentence or two; `None` when all were read.
    pub trouble: Option<String>,
}

impl ShownCandles {
    /// The picture; `None` where there is no candle.
    #[must_use]
    pub fn chart(&self) -> Option<CandleChart> {
        CandleChart::draw(&self.candles)
    }

    /// What the picture shows, for those who do not see it.
    #[must_use]
    pub fn description(&self, pair: &Pair, view: &View) -> String {
        let lows = self.candles.iter().map(|candle| &candle.low);
        let highs = self.candles.iter().map(|candle| &candle.high);
        let (Some(first), Some(last), Some(low), Some(high)) = (
            self.candles.first(),
            self.candles.last(),
            lows.min(),
            highs.max(),
        ) else {
            return String::new();
        };
        format!(
            "{} of {}: from {} on {} to {} on {}, lowest {}, highest {} {}.",
            count(self.candles.len(), "candle"),
            view.interval.as_str(),
            first.open.grouped(),
            first.open_time.readable(),
            last.close.grouped(),
            last.close_time.readable(),
            low.grouped(),
            high.grouped(),
            pair.quote
        )
    }

    /// What is missing and why, in sentences; nothing when nothing is.
    #[must_use]
    pub fn missing(&self) -> Vec<String> {
        let one = |(from, to): &(Timestamp, Timestamp)| {
            let (from, to) = (from.readable(), to.readable());
            format!("There are no candles from {from} to {to}.")
        };
        let mut told: Vec<String> = self.gaps.iter().take(MOST_TOLD).map(one).collect();
        let more = self.gaps.len().saturating_sub(MOST_TOLD);
        if more > 0 {
            told.push(format!("There are {} more.", count(more, "gap")));
        }
        told.extend(self.trouble.clone());
        told
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::amount::Amount;
    use crate::domain::exchange::ExchangeId;

    const NEW_YEAR: Timestamp = Timestamp(1_767_225_600_000);
    const QUARTER_MS: i64 = 900_000;

    fn candle(number: i64, [open, high, low, close]: [&str; 4]) -> Candle {
        let amount = |text| Amount::parse(text).unwrap();
        let open_time = NEW_YEAR.plus_ms(number * QUARTER_MS);
        Candle {
            open_time,
            close_time: open_time.plus_ms(QUARTER_MS - 1),
            open: amount(open),
            high: amount(high),
            low: amount(low),
            close: amount(close),
            volume: amount("1"),
            is_final: true,
        }
    }

    fn shown(candles: Vec<Candle>, gaps: usize) -> ShownCandles {
        ShownCandles {
            candles,
            gaps: vec![(NEW_YEAR, NEW_YEAR.plus_ms(QUARTER_MS)); gaps],
            as_of: NEW_YEAR,
            trouble: None,
        }
    }

    #[test]
    fn what_a_picture_shows_is_told_in_words() {
        let (pair, view) = (
            Pair::parse("BTC-USDT").unwrap(),
            View::usual(ExchangeId::new("okx")),
        );
        let candles = vec![
            candle(0, ["64000", "65000", "63000.5", "64500"]),
            candle(1, ["64500", "64600", "64100", "64200.25"]),
        ];
        assert_eq!(
            shown(candles, 0).description(&pair, &view),
            "2 candles of 15m: from 64,000 on 1 Jan 2026, 00:00 UTC to 64,200.25 on 1 Jan 2026, \
             00:29 UTC, lowest 63,000.5, highest 65,000 USDT."
        );
        assert_eq!(shown(Vec::new(), 0).description(&pair, &view), "");
        assert_eq!(shown(Vec::new(), 0).chart(), None);
    }

    #[test]
    fn a_few_gaps_are_told_one_by_one_and_many_are_counted() {
        let told = |gaps| shown(Vec::new(), gaps).missing();
        assert_eq!(told(0), Vec::<String>::new());
        let one = "There are no candles from 1 Jan 2026, 00:00 UTC to 1 Jan 2026, 00:15 UTC.";
        assert_eq!(told(1), [one]);
        assert_eq!(told(5), [one, one, one, "There are 2 gaps more."]);
    }
}
