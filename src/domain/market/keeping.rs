//! Which candles are kept, how long, and how many days before now may be asked for.

use super::interval::Interval;
use crate::domain::history::day::DAY_MS;
use crate::domain::timestamp::Timestamp;

/// How long candles of less than an hour are kept, in days.
pub const SHORT_DAYS: i64 = 400;
/// How many days before now candles of less than an hour can be asked for at once.
pub const MOST_SHORT_DAYS: i64 = 365;
/// The same of the longer ones: ten years.
pub const MOST_DAYS: i64 = 3_650;
/// The most candles that one file holds: a year of minutes, and a day.
pub const MOST_IN_A_FILE: usize = 366 * 24 * 60;

/// Whether candles of that length are kept at all: those of a second never are.
#[must_use]
pub fn is_kept(interval: Interval) -> bool {
    interval != Interval::Second1
}

/// Whether candles of that length go once they are old.
#[must_use]
pub fn is_short(interval: Interval) -> bool {
    interval < Interval::Hour1
}

/// Before when candles that go once they are old are not kept.
#[must_use]
pub fn kept_since(now: Timestamp) -> Timestamp {
    now.plus_ms(-SHORT_DAYS * DAY_MS)
}

/// Whether a candle that began at a moment is kept.
#[must_use]
pub fn keeps(interval: Interval, open: Timestamp, now: Timestamp) -> bool {
    is_kept(interval) && (!is_short(interval) || open >= kept_since(now))
}

/// How many days before now candles of that length can be asked for at once.
#[must_use]
pub fn most_days(interval: Interval) -> i64 {
    if is_short(interval) {
        MOST_SHORT_DAYS
    } else {
        MOST_DAYS
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_candles_go_after_four_hundred_days_and_long_ones_stay() {
        let now = Timestamp(1_800_000_000_000);
        let old = now.plus_ms(-SHORT_DAYS * DAY_MS - 1);
        for interval in Interval::ALL {
            let short = interval.shortest_ms() < 3_600_000;
            assert_eq!(keeps(interval, old, now), !short, "{interval:?}");
            let kept = interval != Interval::Second1;
            assert_eq!(keeps(interval, now, now), kept, "{interval:?}");
            assert_eq!(most_days(interval) == MOST_DAYS, !short);
            // What was asked for is not forgotten at once.
            assert!(!short || most_days(interval) < SHORT_DAYS);
        }
    }
}
