//! Candles: what a pair did in one stretch of time, and what none can be.

use serde::{Deserialize, Serialize};

use super::interval::Interval;
use crate::domain::amount::Amount;
use crate::domain::timestamp::Timestamp;

/// How far ahead of our clock what is told may be, in milliseconds: clocks differ.
pub const AHEAD_MS: i64 = 60_000;
/// More than so many times the usual volume around a candle is no volume.
const MOST_TIMES: i64 = 1_000_000;
/// How many candles before one and after it are around it.
pub const AROUND: usize = 10;
/// Of how many volumes above zero there must be a median for one to be judged by it.
const FEWEST: usize = 5;

/// What a pair did from one moment to another, as an exchange tells it. Prices are of one unit of the
/// base asset, in units of the quote asset.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Candle {
    /// When it began.
    pub open_time: Timestamp,
    /// Its last millisecond.
    pub close_time: Timestamp,
    /// The first price.
    pub open: Amount,
    /// The highest price.
    pub high: Amount,
    /// The lowest price.
    pub low: Amount,
    /// The last price.
    pub close: Amount,
    /// What was traded, in units of the base asset.
    pub volume: Amount,
    /// Whether it is over, so that it does not change any more.
    pub is_final: bool,
}

/// Why what an exchange told of the market was kept out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fault {
    /// The row is of another shape, or a number in it is none.
    Unreadable,
    /// The same moment or pair came twice, with different figures: neither can be trusted.
    Twice,
    /// It is of another time than was asked for.
    NotAsked,
    /// It is of a pair that nobody knows or asked for.
    UnknownPair,
    /// No candle of that length begins at that moment.
    Misaligned,
    /// It does not end where the next one begins.
    WrongEnd,
    /// It is of a time to come.
    InFuture,
    /// It is of too long ago.
    Stale,
    /// A price is zero or below.
    NoPrice,
    /// The highest price is below another one.
    HighTooLow,
    /// The lowest price is above another one.
    LowTooHigh,
    /// The volume is below zero.
    NegativeVolume,
    /// The volume is more than a million times that of the candles around.
    ImplausibleVolume,
}

impl Fault {
    /// All of them.
    pub const ALL: [Self; 13] = [
        Self::Unreadable,
        Self::Twice,
        Self::NotAsked,
        Self::UnknownPair,
        Self::Misaligned,
        Self::WrongEnd,
        Self::InFuture,
        Self::Stale,
        Self::NoPrice,
        Self::HighTooLow,
        Self::LowTooHigh,
        Self::NegativeVolume,
        Self::ImplausibleVolume,
    ];

    /// The fixed name in the log and in answers to programs.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Unreadable => "unreadable",
            Self::Twice => "twice",
            Self::NotAsked => "not_asked",
            Self::UnknownPair => "unknown_pair",
            Self::Misaligned => "misaligned",
            Self::WrongEnd => "wrong_end",
            Self::InFuture => "in_future",
            Self::Stale => "stale",
            Self::NoPrice => "no_price",
            Self::HighTooLow => "high_too_low",
            Self::LowTooHigh => "low_too_high",
            Self::NegativeVolume => "negative_volume",
            Self::ImplausibleVolume => "implausible_volume",
        }
    }

    /// What is wrong, to be read behind a number: `2 unreadable`.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::Unreadable => "unreadable",
            Self::Twice => "told twice with different figures",
            Self::NotAsked => "of another time than was asked for",
            Self::UnknownPair => "of an unknown pair",
            Self::Misaligned => "with a wrong beginning",
            Self::WrongEnd => "with a wrong end",
            Self::InFuture => "of a time to come",
            Self::Stale => "of too long ago",
            Self::NoPrice => "without a price above zero",
            Self::HighTooLow => "whose highest price is below another",
            Self::LowTooHigh => "whose lowest price is above another",
            Self::NegativeVolume => "with a volume below zero",
            Self::ImplausibleVolume => "with an implausible volume",
        }
    }
}

impl Candle {
    /// Whether it can be what it says, at a moment. Its volume is judged by those around, in
    /// [`implausible`].
    ///
    /// # Errors
    /// The first [`Fault`].
    pub fn check(&self, interval: Interval, now: Timestamp) -> Result<(), Fault> {
        if !interval.begins_at(self.open_time) {
            return Err(Fault::Misaligned);
        }
        let next = interval.next(self.open_time).ok_or(Fault::Misaligned)?;
        if self.close_time != next.plus_ms(-1) {
            return Err(Fault::WrongEnd);
        }
        if self.open_time > now.plus_ms(AHEAD_MS) {
            return Err(Fault::InFuture);
        }
        let prices = [&self.open, &self.high, &self.low, &self.close];
        check_prices(&prices, (&self.high, &self.low), &self.volume)
    }
}

/// Whether prices and a volume can be of one stretch of time with that highest and lowest price.
///
/// # Errors
/// The first [`Fault`].
pub(super) fn check_prices(
    prices: &[&Amount],
    (high, low): (&Amount, &Amount),
    volume: &Amount,
) -> Result<(), Fault> {
    if prices.iter().any(|one| one.is_zero() || one.is_negative()) {
        return Err(Fault::NoPrice);
    }
    if prices.iter().any(|one| *one > high) {
        return Err(Fault::HighTooLow);
    }
    if prices.iter().any(|one| *one < low) {
        return Err(Fault::LowTooHigh);
    }
    if volume.is_negative() {
        return Err(Fault::NegativeVolume);
    }
    Ok(())
}

/// Which of the volumes of candles, in the order of time, cannot be: those of more than a million
/// times the median of the ten before and the ten after. Nothing traded says nothing of what is usual,
/// and with fewer than five others nothing is judged.
#[must_use]
pub fn implausible(volumes: &[&Amount]) -> Vec<bool> {
    let most = Amount::from(MOST_TIMES);
    let judge = |place: usize| {
        let (from, to) = (place.saturating_sub(AROUND), place + AROUND + 1);
        let around = volumes.iter().enumerate().take(to).skip(from);
        let others = around.filter(|(other, volume)| *other != place && !volume.is_zero());
        let mut others: Vec<_> = others.map(|(_, volume)| *volume).collect();
        if others.len() < FEWEST {
            return false;
        }
        others.sort_unstable();
        let median = others.get(others.len() / 2);
        let own = volumes.get(place);
        own.zip(median)
            .is_some_and(|(own, median)| **own > median.times(&most))
    };
    (0..volumes.len()).map(judge).collect()
}

#[cfg(test)]
mod tests;
