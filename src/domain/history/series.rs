//! History as it is told: values in a currency over a range, and what changed them.

use serde::{Deserialize, Serialize};

use super::Point;
use super::day::{DAY_MS, HOUR_MS};
use super::quarantine::Cause;
use crate::domain::amount::Amount;
use crate::domain::currency::Currency;
use crate::domain::timestamp::Timestamp;

/// The most points of a series that are told; every stretch shows its lowest and its highest.
pub const MAX_TOLD: usize = 182;

/// How far back a history goes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Range {
    /// 24 hours.
    #[serde(rename = "24h")]
    Day,
    /// 7 days.
    #[serde(rename = "7d")]
    Week,
    /// 30 days.
    #[default]
    #[serde(rename = "30d")]
    Month,
    /// 365 days.
    #[serde(rename = "1y")]
    Year,
    /// From the first point on.
    #[serde(rename = "all")]
    All,
}

impl Range {
    /// All of them, in the order pages offer them.
    pub const ALL: [Self; 5] = [Self::Day, Self::Week, Self::Month, Self::Year, Self::All];

    /// The name in addresses: `30d`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Day => "24h",
            Self::Week => "7d",
            Self::Month => "30d",
            Self::Year => "1y",
            Self::All => "all",
        }
    }

    /// The name on pages: `30 d`.
    #[must_use]
    pub fn title(self) -> &'static str {
        match self {
            Self::Day => "24 h",
            Self::Week => "7 d",
            Self::Month => "30 d",
            Self::Year => "1 y",
            Self::All => "All",
        }
    }

    /// The name within a sentence: `in 30 days`.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::Day => "in 24 hours",
            Self::Week => "in 7 days",
            Self::Month => "in 30 days",
            Self::Year => "in a year",
            Self::All => "since history began",
        }
    }

    /// Reads the name of [`Self::as_str`].
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|range| range.as_str() == text)
    }

    /// When it begins.
    #[must_use]
    pub fn start(self, now: Timestamp) -> Option<Timestamp> {
        let days = match self {
            Self::Day => 1,
            Self::Week => 7,
            Self::Month => 30,
            Self::Year => 365,
            Self::All => return None,
        };
        Some(now.plus_ms(-days * DAY_MS))
    }

    /// How long a stretch without a point may be, in milliseconds, before it is told as a gap. There
    /// is a point for every day, and for the last day more.
    #[must_use]
    pub fn gap_ms(self) -> i64 {
        match self {
            Self::Day => 4 * HOUR_MS,
            _ => DAY_MS + 12 * HOUR_MS,
        }
    }
}

/// A point, and what one USDT was worth then in the currency it is to be told in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rated {
    /// The point.
    pub point: Point,
    /// The rate; `None` where the currency could not be had then.
    pub rate: Option<Amount>,
}

/// A point as it is shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Told {
    /// The moment.
    pub at: Timestamp,
    /// The value in the currency, rounded to its digits.
    pub value: Amount,
    /// How many assets had no price.
    pub unpriced: usize,
    /// Whether something could not be read then.
    pub partial: bool,
    /// Whether nothing is known of a while before it.
    pub after_gap: bool,
}

/// What changed a value, in the currency, rounded to its digits. The parts add up to the whole.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Movement {
    /// The moment it is counted from.
    pub since: Timestamp,
    /// The change.
    pub amount: Amount,
    /// The change in percent of the first value, to a tenth; `None` where that was not above zero.
    pub percent: Option<Amount>,
    /// The part that came from prices, those of currencies included.
    pub prices: Amount,
    /// The part that came from deposits, withdrawals and trades.
    pub balances: Amount,
    /// The part that came from assets that gained or lost their price.
    pub coverage: Amount,
}

/// A value that is shown and not recorded.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HeldBack {
    /// When it was read.
    pub at: Timestamp,
    /// The value in the currency; `None` where that cannot be had.
    pub value: Option<Amount>,
    /// Why.
    pub cause: Cause,
}

/// The history of a portfolio, or of all of them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct History {
    /// How far back.
    pub range: Range,
    /// The currency it is told in.
    pub currency: Currency,
    /// The points, oldest first.
    pub points: Vec<Told>,
    /// What changed from the first to the last; `None` with fewer than two.
    pub movement: Option<Movement>,
    /// What is held back.
    pub held_back: Option<HeldBack>,
    /// Points that cannot be told, as the currency could not be had then.
    pub untold: usize,
    /// When this was so.
    pub now: Timestamp,
}

impl History {
    /// Tells points, oldest first, in a currency.
    #[must_use]
    pub fn tell(points: &[Rated], range: Range, currency: Currency, now: Timestamp) -> Self {
        let digits = currency.digits();
        let rated = || {
            let with_rate = |one: &Rated| one.rate.clone();
            points
                .iter()
                .filter_map(move |one| Some((&one.point, with_rate(one)?)))
        };
        let mut told: Vec<Told> = Vec::new();
        for (point, rate) in rated() {
            let before = told.last().map(|before| before.at);
            told.push(Told {
                at: point.at,
                value: point.value.times(&rate).rounded(digits),
                unpriced: point.unpriced,
                partial: point.partial,
                after_gap: before
                    .is_some_and(|before| point.at.0.saturating_sub(before.0) > range.gap_ms()),
            });
        }
        Self {
            range,
            currency,
            movement: movement(&told, points, digits),
            untold: points.len() - told.len(),
            points: fewer(told),
            held_back: None,
            now,
        }
    }
}

/// What changed from the first point told to the last. What moved while the currency could not be
/// had is told at the next rate.
fn movement(told: &[Told], points: &[Rated], digits: usize) -> Option<Movement> {
    let [first, .., last] = told else { return None };
    let (mut moved, mut covered) = (Amount::zero(), Amount::zero());
    let (mut balances, mut coverage) = (Amount::zero(), Amount::zero());
    for one in points.iter().filter(|one| one.point.at > first.at) {
        moved = moved.plus(&one.point.moved);
        covered = covered.plus(&one.point.covered);
        if let Some(rate) = &one.rate {
            balances = balances.plus(&moved.times(rate));
            coverage = coverage.plus(&covered.times(rate));
            (moved, covered) = (Amount::zero(), Amount::zero());
        }
    }
    let amount = last.value.minus(&first.value);
    let (balances, coverage) = (balances.rounded(digits), coverage.rounded(digits));
    Some(Movement {
        since: first.at,
        percent: percent(&amount, &first.value),
        prices: amount.minus(&balances).minus(&coverage),
        amount,
        balances,
        coverage,
    })
}

fn percent(change: &Amount, of: &Amount) -> Option<Amount> {
    if of.is_negative() {
        return None;
    }
    Some(change.times(&Amount::from(100)).over(of)?.rounded(1))
}

/// At most [`MAX_TOLD`]: the first, the last, and the lowest and highest of every stretch between.
fn fewer(points: Vec<Told>) -> Vec<Told> {
    if points.len() <= MAX_TOLD {
        return points;
    }
    let stretch = (points.len() - 2).div_ceil((MAX_TOLD - 2) / 2);
    let last = points.len() - 1;
    let mut kept = Vec::with_capacity(MAX_TOLD);
    for (number, some) in points[1..last].chunks(stretch).enumerate() {
        let by_value = |place: &usize| &some[*place].value;
        let low = (0..some.len()).min_by(|a, b| by_value(a).cmp(by_value(b)));
        let high = (0..some.len()).max_by(|a, b| by_value(a).cmp(by_value(b)));
        kept.extend(
            [low, high]
                .into_iter()
                .flatten()
                .map(|place| 1 + number * stretch + place),
        );
    }
    kept.extend([0, last]);
    kept.sort_unstable();
    kept.dedup();
    let mut from = 0;
    let mut told = Vec::with_capacity(kept.len());
    for place in kept {
        // A gap before one that is left out lies before the next.
        let after_gap = points[from..=place].iter().any(|point| point.after_gap);
        told.push(Told {
            after_gap,
            ..points[place].clone()
        });
        from = place + 1;
    }
    told
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::samples::{amount, point};
    use super::*;

    const NOW: Timestamp = Timestamp(20_000 * DAY_MS);

    fn rated(days_ago: i64, value: &str, moved: &str, rate: Option<&str>) -> Rated {
        Rated {
            point: point(NOW.0 - days_ago * DAY_MS, value, moved),
            rate: rate.map(amount),
        }
    }

    fn tell(points: &[Rated]) -> History {
        History::tell(points, Range::Month, Currency::Eur, NOW)
    }

    #[test]
    fn every_range_is_read_by_its_name() {
        for range in Range::ALL {
            assert_eq!(Range::parse(range.as_str()), Some(range));
        }
        assert_eq!(Range::parse("1w"), None);
    }

    #[test]
    fn a_change_is_split_and_its_parts_add_up() {
        let mut points = [
            rated(3, "1000", "5", Some("0.9")),
            rated(2, "1200", "100", Some("0.9")),
            rated(1, "1150", "-30", Some("0.8")),
        ];
        points[2].point.covered = amount("10");
        let movement = tell(&points).movement.unwrap();
        assert_eq!(movement.amount, amount("20"));
        assert_eq!(movement.percent, Some(amount("2.2")));
        // 100 at 0.9 and -30 at 0.8; what moved before the first point is no part of it.
        assert_eq!(movement.balances, amount("66"));
        assert_eq!(movement.coverage, amount("8"));
        assert_eq!(movement.prices, amount("-54"));
    }

    #[test]
    fn what_moved_while_there_was_no_rate_is_told_with_the_next() {
        let points = [
            rated(4, "9", "0", None),
            rated(3, "100", "0", Some("2")),
            rated(2, "150", "50", None),
            rated(1, "160", "10", Some("3")),
        ];
        let history = tell(&points);
        assert_eq!(history.untold, 2);
        let movement = history.movement.unwrap();
        assert_eq!(movement.amount, amount("280"));
        assert_eq!(movement.balances, amount("180"));
    }

    #[test]
    fn nothing_is_a_percentage_of_nothing_or_of_a_debt() {
        for first in ["0", "-5"] {
            let points = [
                rated(2, first, "0", Some("1")),
                rated(1, "7", "7", Some("1")),
            ];
            assert_eq!(tell(&points).movement.unwrap().percent, None, "{first}");
        }
        assert_eq!(tell(&[rated(1, "7", "7", Some("1"))]).movement, None);
        assert_eq!(tell(&[]).points, []);
    }

    #[test]
    fn a_day_and_a_half_without_a_point_is_a_gap() {
        let points = [
            rated(9, "1", "0", Some("1")),
            rated(8, "1", "0", Some("1")),
            rated(6, "1", "0", Some("1")),
        ];
        let gaps: Vec<_> = tell(&points).points.iter().map(|p| p.after_gap).collect();
        assert_eq!(gaps, [false, false, true]);
    }

    proptest! {
        #[test]
        fn few_points_keep_ends_extremes_and_gaps(values in proptest::collection::vec(-1000_i64..1000, 0..900)) {
            let points: Vec<_> = values.iter().enumerate().map(|(n, value)| Told {
                at: Timestamp(i64::try_from(n).unwrap()),
                value: amount(&value.to_string()),
                unpriced: 0,
                partial: false,
                after_gap: value % 50 == 7 && n > 0,
            }).collect();
            let few = fewer(points.clone());
            prop_assert!(few.len() <= MAX_TOLD);
            prop_assert!(few.windows(2).all(|pair| pair[0].at < pair[1].at));
            let ends = |points: &[Told]| (points.first().map(|p| p.at), points.last().map(|p| p.at));
            prop_assert_eq!(ends(&few), ends(&points));
            let range = |points: &[Told]| {
                let values = || points.iter().map(|p| p.value.clone());
                (values().min(), values().max())
            };
            prop_assert_eq!(range(&few), range(&points));
            let gap = |points: &[Told]| points.iter().any(|p| p.after_gap);
            prop_assert_eq!(gap(&few), gap(&points));
        }
    }
}
