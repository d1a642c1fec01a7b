//! How long candles are, and where they begin.

use time::{Date, Month, OffsetDateTime};

const MINUTE_MS: i64 = 60_000;
const HOUR_MS: i64 = 60 * MINUTE_MS;
const DAY_MS: i64 = 24 * HOUR_MS;
/// 1970-01-01 was a Thursday; weeks begin on Mondays.
const MONDAY_MS: i64 = 4 * DAY_MS;

/// How long a candle is, by a clock that may be ahead of UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Length {
    kind: Kind,
    ahead_ms: i64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Ms(i64),
    Week,
    Months(u8),
}

impl Length {
    const fn of(kind: Kind) -> Self {
        Self { kind, ahead_ms: 0 }
    }

    /// The length that both exchanges mean by a count and a unit: `m`, `H`, `D`, `W` or `M`, in small
    /// letters but for months.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let unit = text.chars().next_back()?;
        let count: i64 = text.strip_suffix(unit)?.parse().ok()?;
        let months = u8::try_from(count).ok()?;
        Some(Self::of(match unit {
            's' => Kind::Ms(count * 1_000),
            'm' => Kind::Ms(count * MINUTE_MS),
            'h' => Kind::Ms(count * HOUR_MS),
            'd' => Kind::Ms(count * DAY_MS),
            'w' => Kind::Week,
            'M' => Kind::Months(months),
            _ => return None,
        }))
    }

    /// The same by a clock that is so many hours ahead of UTC.
    pub(super) fn ahead(self, hours: i64) -> Self {
        Self {
            ahead_ms: hours * HOUR_MS,
            ..self
        }
    }

    /// When the candle began that a moment lies in.
    pub(super) fn begin(self, at_ms: i64) -> i64 {
        let there = at_ms + self.ahead_ms;
        let begin = match self.kind {
            Kind::Ms(ms) => there - there.rem_euclid(ms),
            Kind::Week => there - (there - MONDAY_MS).rem_euclid(7 * DAY_MS),
            Kind::Months(count) => month(there, |month| month - month.rem_euclid(count.into())),
        };
        begin - self.ahead_ms
    }

    /// When the candle after the one that began at `open_ms` begins.
    pub(super) fn next(self, open_ms: i64) -> i64 {
        match self.kind {
            Kind::Ms(ms) => open_ms + ms,
            Kind::Week => open_ms + 7 * DAY_MS,
            Kind::Months(count) => {
                let there = open_ms + self.ahead_ms;
                month(there, |month| month + i64::from(count)) - self.ahead_ms
            }
        }
    }

    /// The first moment from this one on at which a candle begins.
    pub(super) fn begin_from(self, at_ms: i64) -> i64 {
        let begin = self.begin(at_ms);
        if begin == at_ms {
            begin
        } else {
            self.next(begin)
        }
    }

    /// When the candle before the one that began at `open_ms` began.
    pub(super) fn before(self, open_ms: i64) -> i64 {
        self.begin(open_ms - 1)
    }
}

/// The beginning of another month than a moment's; months are counted from January of the year 0.
fn month(at_ms: i64, other: impl Fn(i64) -> i64) -> i64 {
    let date = OffsetDateTime::from_unix_timestamp(at_ms.div_euclid(1_000));
    let date = date.map_or(Date::MIN, OffsetDateTime::date);
    let count = i64::from(date.year()) * 12 + i64::from(u8::from(date.month())) - 1;
    let count = other(count);
    let year = i32::try_from(count.div_euclid(12)).unwrap_or_default();
    let number = u8::try_from(count.rem_euclid(12) + 1).unwrap_or(1);
    let month = Month::try_from(number).unwrap_or(Month::January);
    let first = Date::from_calendar_date(year, month, 1).unwrap_or(Date::MIN);
    first.midnight().assume_utc().unix_timestamp() * 1_000
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 2026-11-18T10:00:00Z, a Wednesday.
    const NOON: i64 = 1_794_996_000_000;

    #[test]
    fn candles_begin_where_their_length_says() {
        let day = NOON - NOON.rem_euclid(DAY_MS);
        for (name, begin) in [
            ("1s", NOON),
            ("5m", NOON),
            ("4h", NOON - 2 * HOUR_MS),
            ("1d", day),
            ("1w", day - 2 * DAY_MS),
            ("1M", day - 17 * DAY_MS),
            ("3M", day - 48 * DAY_MS),
        ] {
            let length = Length::parse(name).unwrap();
            assert_eq!(length.begin(NOON + 999), begin, "{name}");
            assert_eq!(length.before(length.next(begin)), begin, "{name}");
            assert_eq!(length.begin_from(begin), begin);
            assert_eq!(length.begin_from(begin + 1), length.next(begin), "{name}");
        }
        let eastern = Length::parse("1d").unwrap().ahead(8);
        assert_eq!(eastern.begin(NOON), day - 8 * HOUR_MS);
        for none in ["", "m", "1", "1y", "xm", "m1"] {
            assert_eq!(Length::parse(none), None, "{none}");
        }
    }
}
