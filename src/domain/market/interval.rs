//! How long a candle is.

use serde::{Deserialize, Serialize};
use time::{Date, Month, OffsetDateTime};

use crate::domain::timestamp::Timestamp;

const SECOND_MS: i64 = 1_000;
const MINUTE_MS: i64 = 60 * SECOND_MS;
const HOUR_MS: i64 = 60 * MINUTE_MS;
const DAY_MS: i64 = 24 * HOUR_MS;
/// 1970-01-01 was a Thursday; weeks begin on Mondays.
const FIRST_MONDAY_MS: i64 = 4 * DAY_MS;

/// How long a candle is. Days, weeks and months are those of UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
#[expect(
    missing_docs,
    reason = "their names say how many of which unit they are"
)]
pub enum Interval {
    Second1,
    Minute1,
    Minute3,
    Minute5,
    Minute15,
    Minute30,
    Hour1,
    Hour2,
    Hour4,
    Hour6,
    Hour8,
    Hour12,
    Day1,
    Day2,
    Day3,
    Week1,
    Month1,
    Month3,
}

/// The text is no interval.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not an interval")]
pub struct BadInterval;

/// What an interval is a number of.
#[derive(Clone, Copy)]
enum Unit {
    /// Milliseconds, counted from 1970.
    Ms(i64),
    /// Weeks that begin on Monday.
    Week,
    /// Months of the calendar.
    Months(u8),
}

impl Interval {
    /// All of them, the shortest first.
    pub const ALL: [Self; 18] = [
        Self::Second1,
        Self::Minute1,
        Self::Minute3,
        Self::Minute5,
        Self::Minute15,
        Self::Minute30,
        Self::Hour1,
        Self::Hour2,
        Self::Hour4,
        Self::Hour6,
        Self::Hour8,
        Self::Hour12,
        Self::Day1,
        Self::Day2,
        Self::Day3,
        Self::Week1,
        Self::Month1,
        Self::Month3,
    ];

    /// The name in addresses, the API and the database: `1m` is a minute, `1M` a month.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Second1 => "1s",
            Self::Minute1 => "1m",
            Self::Minute3 => "3m",
            Self::Minute5 => "5m",
            Self::Minute15 => "15m",
            Self::Minute30 => "30m",
            Self::Hour1 => "1h",
            Self::Hour2 => "2h",
            Self::Hour4 => "4h",
            Self::Hour6 => "6h",
            Self::Hour8 => "8h",
            Self::Hour12 => "12h",
            Self::Day1 => "1d",
            Self::Day2 => "2d",
            Self::Day3 => "3d",
            Self::Week1 => "1w",
            Self::Month1 => "1M",
            Self::Month3 => "3M",
        }
    }

    /// Reads the name of [`Self::as_str`].
    ///
    /// # Errors
    /// [`BadInterval`].
    pub fn parse(text: &str) -> Result<Self, BadInterval> {
        let known = Self::ALL.into_iter().find(|one| one.as_str() == text);
        known.ok_or(BadInterval)
    }

    /// Its length in milliseconds; of months, that of the shortest there are.
    #[must_use]
    pub fn shortest_ms(self) -> i64 {
        match self.unit() {
            Unit::Ms(ms) => ms,
            Unit::Week => 7 * DAY_MS,
            Unit::Months(1) => 28 * DAY_MS,
            Unit::Months(months) => 30 * DAY_MS * i64::from(months) - DAY_MS,
        }
    }

    /// Whether a candle of it can begin at this moment: seconds to hours at whole ones, days at
    /// midnight, weeks on Monday, months on their first day. Which day begins a candle of several
    /// days is the exchange's choice.
    #[must_use]
    pub fn begins_at(self, at: Timestamp) -> bool {
        match self.unit() {
            Unit::Ms(ms) => at.0.rem_euclid(ms.min(DAY_MS)) == 0,
            Unit::Week => (at.0 - FIRST_MONDAY_MS).rem_euclid(7 * DAY_MS) == 0,
            Unit::Months(months) => date(at).is_some_and(|date| {
                let first = date.day() == 1 && at.0.rem_euclid(DAY_MS) == 0;
                first && (u8::from(date.month()) - 1).is_multiple_of(months)
            }),
        }
    }

    /// When the candle began that a moment lies in; of those of several days, the UTC day of the
    /// moment. `None` beyond the calendar.
    #[must_use]
    pub fn begin(self, at: Timestamp) -> Option<Timestamp> {
        let since = match self.unit() {
            Unit::Ms(ms) => at.0.rem_euclid(ms.min(DAY_MS)),
            Unit::Week => at.0.checked_sub(FIRST_MONDAY_MS)?.rem_euclid(7 * DAY_MS),
            Unit::Months(months) => {
                let date = date(at)?;
                let first = (u8::from(date.month()) - 1) / months * months + 1;
                let month = Month::try_from(first).ok()?;
                return midnight(Date::from_calendar_date(date.year(), month, 1).ok()?);
            }
        };
        at.0.checked_sub(since).map(Timestamp)
    }

    /// The earliest moment at which the candle can have begun that a moment lies in: of those of several
    /// days, as many days before.
    #[must_use]
    pub fn earliest(self, at: Timestamp) -> Timestamp {
        let more = match self.unit() {
            Unit::Ms(ms) => (ms - DAY_MS).max(0),
            Unit::Week | Unit::Months(_) => 0,
        };
        self.begin(at).unwrap_or(at).plus_ms(-more)
    }

    /// The first moment from this one on at which a candle can begin; `None` beyond the calendar.
    #[must_use]
    pub fn begin_from(self, at: Timestamp) -> Option<Timestamp> {
        let begin = self.begin(at)?;
        match self.unit() {
            _ if begin == at => Some(at),
            Unit::Ms(ms) => begin.0.checked_add(ms.min(DAY_MS)).map(Timestamp),
            _ => self.next(begin),
        }
    }

    /// Where the candle begins that comes so many after the one that began at `open`; the end of the
    /// calendar when there is none.
    #[must_use]
    pub fn after(self, open: Timestamp, count: usize) -> Timestamp {
        match self.ms() {
            Some(ms) => open.plus_ms(ms.saturating_mul(steps(count))),
            None => {
                let mut opens = std::iter::successors(Some(open), |at| self.next(*at));
                opens.nth(count).unwrap_or(Timestamp(i64::MAX))
            }
        }
    }

    /// Where the candle began that comes so many before the one that began at `open`; the beginning of
    /// the calendar when there is none.
    #[must_use]
    pub fn before(self, open: Timestamp, count: usize) -> Timestamp {
        match self.ms() {
            Some(ms) => open.plus_ms(ms.saturating_mul(steps(count)).saturating_neg()),
            None => {
                let earlier = |at: &Timestamp| self.begin(at.plus_ms(-1));
                let mut opens = std::iter::successors(Some(open), earlier);
                opens.nth(count).unwrap_or(Timestamp(i64::MIN))
            }
        }
    }

    /// When the candle that began at `open` is over and the next begins; `None` beyond the calendar.
    #[must_use]
    pub fn next(self, open: Timestamp) -> Option<Timestamp> {
        match self.unit() {
            Unit::Ms(ms) => open.0.checked_add(ms).map(Timestamp),
            Unit::Week => open.0.checked_add(7 * DAY_MS).map(Timestamp),
            Unit::Months(months) => {
                let date = date(open)?;
                let after = u8::from(date.month()) - 1 + months;
                let year = date.year() + i32::from(after / 12);
                let month = Month::try_from(after % 12 + 1).ok()?;
                midnight(Date::from_calendar_date(year, month, 1).ok()?)
            }
        }
    }

    /// Its length in milliseconds, where all are of one length.
    fn ms(self) -> Option<i64> {
        match self.unit() {
            Unit::Ms(ms) => Some(ms),
            Unit::Week => Some(7 * DAY_MS),
            Unit::Months(_) => None,
        }
    }

    fn unit(self) -> Unit {
        match self {
            Self::Second1 => Unit::Ms(SECOND_MS),
            Self::Minute1 => Unit::Ms(MINUTE_MS),
            Self::Minute3 => Unit::Ms(3 * MINUTE_MS),
            Self::Minute5 => Unit::Ms(5 * MINUTE_MS),
            Self::Minute15 => Unit::Ms(15 * MINUTE_MS),
            Self::Minute30 => Unit::Ms(30 * MINUTE_MS),
            Self::Hour1 => Unit::Ms(HOUR_MS),
            Self::Hour2 => Unit::Ms(2 * HOUR_MS),
            Self::Hour4 => Unit::Ms(4 * HOUR_MS),
            Self::Hour6 => Unit::Ms(6 * HOUR_MS),
            Self::Hour8 => Unit::Ms(8 * HOUR_MS),
            Self::Hour12 => Unit::Ms(12 * HOUR_MS),
            Self::Day1 => Unit::Ms(DAY_MS),
            Self::Day2 => Unit::Ms(2 * DAY_MS),
            Self::Day3 => Unit::Ms(3 * DAY_MS),
            Self::Week1 => Unit::Week,
            Self::Month1 => Unit::Months(1),
            Self::Month3 => Unit::Months(3),
        }
    }
}

fn steps(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

fn midnight(date: Date) -> Option<Timestamp> {
    let seconds = date.midnight().assume_utc().unix_timestamp();
    seconds.checked_mul(SECOND_MS).map(Timestamp)
}

fn date(at: Timestamp) -> Option<Date> {
    let seconds = at.0.div_euclid(SECOND_MS);
    let moment = OffsetDateTime::from_unix_timestamp(seconds).ok()?;
    Some(moment.date())
}

impl TryFrom<String> for Interval {
    type Error = BadInterval;

    fn try_from(text: String) -> Result<Self, BadInterval> {
        Self::parse(&text)
    }
}

impl From<Interval> for String {
    fn from(interval: Interval) -> Self {
        interval.as_str().to_owned()
    }
}

#[cfg(test)]
mod tests;
