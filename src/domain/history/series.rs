//! History as it is told: values in a currency over a range, and what changed them.

mod fewer;

pub use fewer::MAX_TOLD;
use fewer::fewer;
use serde::{Deserialize, Serialize};

use super::day::{DAY_MS, HOUR_MS};
use super::quarantine::Cause;
use super::tellers::PastTellers;
use super::{Point, Source};
use crate::domain::amount::Amount;
use crate::domain::currency::Currency;
use crate::domain::timestamp::Timestamp;

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
    /// How many assets had no price, at most, since the point told before it.
    pub unpriced: usize,
    /// Whether something could not be read, or had lost its price, since the point told before it.
    pub partial: bool,
    /// Whether nothing is known of a while before it.
    pub after_gap: bool,
    /// Whether it is of a day before the first recorded point: from the exchange's own daily
    /// snapshots, spot wallet only.
    pub backfilled: bool,
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
    /// What changed from the first recorded point to the last; `None` with fewer than two. Days from
    /// before are of the spot wallet only: nothing is compared with them.
    pub movement: Option<Movement>,
    /// What is held back.
    pub held_back: Option<HeldBack>,
    /// Which exchanges tell what was held on days before a connection.
    pub tellers: PastTellers,
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
            let backfilled = point.source == Source::Backfill;
            // What is of another kind is no neighbour that something could be missing after.
            let before = told.last().filter(|last| last.backfilled == backfilled);
            let since_before = before.map_or(0, |last| point.at.0.saturating_sub(last.at.0));
            told.push(Told {
                at: point.at,
                value: point.value.times_rounded(&rate, digits),
                unpriced: point.unpriced,
                partial: point.partial,
                after_gap: since_before > range.gap_ms(),
                backfilled,
            });
        }
        let recorded = told.partition_point(|point| point.backfilled);
        Self {
            range,
            currency,
            movement: movement(&told[recorded..], points, digits),
            untold: points.len() - told.len(),
            points: fewer(told),
            held_back: None,
            tellers: PastTellers::default(),
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
        gather(&mut moved, &one.point.moved);
        gather(&mut covered, &one.point.covered);
        if let Some(rate) = &one.rate {
            settle(&mut moved, &mut balances, rate);
            settle(&mut covered, &mut coverage, rate);
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

fn gather(sum: &mut Amount, more: &Amount) {
    if sum.is_zero() {
        sum.clone_from(more);
    } else {
        *sum = sum.plus(more);
    }
}

/// Adds what gathered to a sum in the currency.
fn settle(gathered: &mut Amount, sum: &mut Amount, rate: &Amount) {
    if !gathered.is_zero() {
        *sum = sum.plus(&gathered.times(rate));
        *gathered = Amount::zero();
    }
}

fn percent(change: &Amount, of: &Amount) -> Option<Amount> {
    if of.is_negative() {
        return None;
    }
    Some(change.times(&Amount::from(100)).over(of)?.rounded(1))
}

#[cfg(test)]
mod tests;
