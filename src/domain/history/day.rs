//! Hours and days in UTC.

use crate::domain::timestamp::Timestamp;

/// Milliseconds of a minute.
pub const MINUTE_MS: i64 = 60_000;
/// Milliseconds of an hour.
pub const HOUR_MS: i64 = 60 * MINUTE_MS;
/// Milliseconds of a day: UTC knows no summer time, and timestamps no leap seconds.
pub const DAY_MS: i64 = 24 * HOUR_MS;

/// When the UTC day of a moment began.
#[must_use]
pub fn start_of_day(at: Timestamp) -> Timestamp {
    start(at, DAY_MS)
}

/// When the hour of a moment began.
#[must_use]
pub fn start_of_hour(at: Timestamp) -> Timestamp {
    start(at, HOUR_MS)
}

/// The minute of a moment, counted from 1970.
#[must_use]
pub fn minute(at: Timestamp) -> i64 {
    at.0.div_euclid(MINUTE_MS)
}

fn start(at: Timestamp, length: i64) -> Timestamp {
    Timestamp(at.0.saturating_sub(at.0.rem_euclid(length)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_begins_at_midnight_utc_in_leap_years_and_when_clocks_change() {
        let cases = [
            // 29 Feb 2024 and the last millisecond of it.
            (1_709_164_800_000, 1_709_164_800_000),
            (1_709_251_199_999, 1_709_164_800_000),
            (1_709_251_200_000, 1_709_251_200_000),
            // 29 Mar 2026, 01:30 UTC: the clocks of Europe have just gone forward.
            (1_774_747_800_000, 1_774_742_400_000),
            // 1 Nov 2026, 06:30 UTC: those of New York have just gone back.
            (1_793_514_600_000, 1_793_491_200_000),
            (-1, -DAY_MS),
        ];
        for (at, midnight) in cases {
            assert_eq!(start_of_day(Timestamp(at)), Timestamp(midnight), "{at}");
        }
        let midnight = Timestamp(1_774_742_400_000);
        assert_eq!(midnight.readable(), "29 Mar 2026, 00:00 UTC");
        let next = start_of_day(midnight.plus_ms(DAY_MS));
        assert_eq!(next.readable(), "30 Mar 2026, 00:00 UTC");
    }

    #[test]
    fn hours_and_minutes_begin_when_they_are_full() {
        assert_eq!(start_of_hour(Timestamp(HOUR_MS + 1)), Timestamp(HOUR_MS));
        assert_eq!((minute(Timestamp(119_999)), minute(Timestamp(-1))), (1, -1));
    }
}
