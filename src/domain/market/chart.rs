//! Candles as a picture: where their bodies and wicks stand. Places are those of every picture, see
//! [`crate::domain::chart`].

use std::cmp::Ordering;
use std::collections::BTreeMap;

use super::board::Spark;
use super::candle::Candle;
use crate::domain::chart::scale::{Levels, down_from_top, levels};
use crate::domain::chart::{HEIGHT, Mark, across, below, beside};
use crate::domain::exchange::ExchangeId;
use crate::domain::timestamp::Timestamp;

/// How much of its time a candle's body takes up, in percent; the rest divides it from the next.
const BODY_PERCENT: i64 = 70;

/// How a candle is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Body {
    /// It ended higher than it began.
    Rising,
    /// It ended lower than it began.
    Falling,
    /// It ended as it began.
    Flat,
}

/// All candles of one kind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bodies {
    /// The kind.
    pub body: Body,
    /// Whether they are over; the one that is not stands alone.
    pub is_final: bool,
    /// From the lowest to the highest prices, as SVG writes it.
    pub wicks: String,
    /// From the first to the last prices, as SVG writes it.
    pub bodies: String,
}

/// A picture.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CandleChart {
    /// The candles, by kind.
    pub kinds: Vec<Bodies>,
    /// Round prices, from the lowest up.
    pub levels: Vec<Mark>,
    /// Round times, from the left.
    pub moments: Vec<Mark>,
}

impl CandleChart {
    /// Draws candles, the oldest first; `None` where there is none. Time that no candle covers stays
    /// empty.
    #[must_use]
    pub fn draw(candles: &[Candle]) -> Option<Self> {
        let (first, last) = (candles.first()?, candles.last()?);
        let (from, to) = (first.open_time, last.close_time.plus_ms(1));
        let prices = candles
            .iter()
            .flat_map(|candle| [&candle.low, &candle.high]);
        let levels = levels(prices)?;
        let mut kinds: BTreeMap<(bool, Body), (String, String)> = BTreeMap::new();
        for candle in candles {
            let (wick, body) = drawn(candle, &levels, from, to);
            let kind = kinds
                .entry((candle.is_final, Body::of(candle)))
                .or_default();
            kind.0.push_str(&wick);
            kind.1.push_str(&body);
        }
        let kind = |((is_final, body), (wicks, bodies))| Bodies {
            body,
            is_final,
            wicks,
            bodies,
        };
        Some(Self {
            kinds: kinds.into_iter().map(kind).collect(),
            levels: beside(&levels),
            moments: below(from, to),
        })
    }
}

impl Body {
    fn of(candle: &Candle) -> Self {
        match candle.close.cmp(&candle.open) {
            Ordering::Greater => Self::Rising,
            Ordering::Less => Self::Falling,
            Ordering::Equal => Self::Flat,
        }
    }
}

/// The wick and the body of a candle.
fn drawn(candle: &Candle, levels: &Levels, from: Timestamp, to: Timestamp) -> (String, String) {
    let left = across(from, to, candle.open_time);
    let right = across(from, to, candle.close_time.plus_ms(1));
    let edge = (right - left) * (100 - BODY_PERCENT) / 200;
    let (x, low, high) = (
        left + (right - left) / 2,
        levels.place(&candle.low),
        levels.place(&candle.high),
    );
    let (open, close) = (levels.place(&candle.open), levels.place(&candle.close));
    let (left, right) = (left + edge, right - edge);
    (
        format!("M{x} {high}V{low}"),
        format!("M{left} {open}H{right}V{close}H{left}Z"),
    )
}

impl Spark {
    /// The prices that candles ended with as one line, the oldest first; `None` with fewer than two.
    /// Candles that are not there leave no gap.
    #[must_use]
    pub fn draw(exchange: ExchangeId, candles: &[Candle]) -> Option<Self> {
        let [first, .., last] = candles else {
            return None;
        };
        let closes = || candles.iter().map(|candle| &candle.close);
        let (low, high) = (closes().min()?.clone(), closes().max()?.clone());
        let span = high.minus(&low);
        let place = |candle: &Candle| {
            let x = across(first.open_time, last.open_time, candle.open_time);
            // Where all prices are one, the line runs through the middle.
            let y = down_from_top(&candle.close, &low, &span).unwrap_or(HEIGHT / 2);
            format!("{x} {y}")
        };
        let places: Vec<_> = candles.iter().map(place).collect();
        Some(Self {
            exchange,
            path: format!("M{}", places.join("L")),
            first: first.close.clone(),
            last: last.close.clone(),
            low,
            high,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::amount::Amount;
    use crate::domain::chart::WIDTH;

    fn amount(text: &str) -> Amount {
        Amount::parse(text).unwrap()
    }

    /// A candle of ten milliseconds.
    fn candle(at: i64, [open, high, low, close]: [&str; 4]) -> Candle {
        Candle {
            open_time: Timestamp(at),
            close_time: Timestamp(at + 9),
            open: amount(open),
            high: amount(high),
            low: amount(low),
            close: amount(close),
            volume: amount("1"),
            is_final: true,
        }
    }

    #[test]
    fn bodies_stand_between_their_prices_and_wicks_between_the_extremes() {
        let candles = [
            candle(0, ["100", "300", "100", "200"]),
            candle(10, ["200", "250", "150", "100"]),
        ];
        let chart = CandleChart::draw(&candles).unwrap();
        let labels: Vec<_> = chart
            .levels
            .iter()
            .map(|mark| mark.label.as_str())
            .collect();
        assert_eq!(labels, ["100", "200", "300"]);
        let [rising, falling] = chart.kinds.as_slice() else {
            panic!("{:?}", chart.kinds);
        };
        assert_eq!((rising.body, falling.body), (Body::Rising, Body::Falling));
        assert_eq!(rising.wicks, "M2500 0V10000");
        assert_eq!(rising.bodies, "M750 10000H4250V5000H750Z");
        assert_eq!(falling.wicks, "M7500 2500V7500");
        assert_eq!(falling.bodies, "M5750 5000H9250V10000H5750Z");
    }

    #[test]
    fn the_candle_that_runs_is_drawn_apart_and_gaps_stay_empty() {
        let prices = ["1", "2", "1", "2"];
        let mut candles = [candle(0, prices), candle(30, prices)];
        candles[1].is_final = false;
        let chart = CandleChart::draw(&candles).unwrap();
        let kinds: Vec<_> = chart.kinds.iter().map(|kind| kind.is_final).collect();
        assert_eq!(kinds, [false, true]);
        assert!(chart.kinds[0].wicks.starts_with("M8750 "), "{chart:?}");
        assert!(chart.kinds[1].wicks.starts_with("M1250 "), "{chart:?}");
    }

    #[test]
    fn one_flat_candle_stands_in_the_middle_and_none_is_no_picture() {
        let chart = CandleChart::draw(&[candle(5, ["7"; 4])]).unwrap();
        assert_eq!(chart.kinds[0].body, Body::Flat);
        let bodies = &chart.kinds[0].bodies;
        let heights: Vec<_> = bodies.split(['V', 'H']).collect();
        assert_eq!(heights.len(), 4, "{bodies}");
        assert_eq!(CandleChart::draw(&[]), None);
    }

    #[test]
    fn any_price_and_any_time_can_be_drawn() {
        let (huge, tiny) = ("9".repeat(100), format!("0.{}1", "0".repeat(90)));
        let candles = [
            candle(i64::MIN, [&tiny, &huge, &tiny, &huge]),
            candle(i64::MAX - 10, [&huge, &huge, &tiny, &tiny]),
        ];
        let chart = CandleChart::draw(&candles).unwrap();
        for path in chart
            .kinds
            .iter()
            .flat_map(|kind| [&kind.wicks, &kind.bodies])
        {
            let places = path.split(|c: char| !c.is_ascii_digit() && c != '-');
            let places = places.filter(|place| !place.is_empty());
            let inside = |place: &str| (0..=WIDTH).contains(&place.parse().unwrap());
            assert!(places.into_iter().all(inside), "{path}");
        }
        let spark = Spark::draw(ExchangeId::new("okx"), &candles).unwrap();
        assert_eq!(spark.path, "M0 0L10000 10000");
    }

    #[test]
    fn a_spark_joins_what_candles_ended_with() {
        let okx = || ExchangeId::new("okx");
        let candles = [
            candle(0, ["1", "9", "1", "2"]),
            candle(10, ["2", "9", "1", "4"]),
            candle(40, ["4", "9", "1", "3"]),
        ];
        let spark = Spark::draw(okx(), &candles).unwrap();
        assert_eq!(spark.path, "M0 10000L2500 0L10000 5000");
        let told = [&spark.first, &spark.last, &spark.low, &spark.high].map(Amount::as_str);
        assert_eq!(told, ["2", "3", "2", "4"]);
        assert_eq!(Spark::draw(okx(), &candles[..1]), None);
        let flat = [candle(0, ["1"; 4]), candle(10, ["1"; 4])];
        let flat = Spark::draw(okx(), &flat).unwrap();
        assert_eq!(flat.path, "M0 5000L10000 5000");
    }
}
