//! What was held on past days, made up from today: amounts have grown to what they are.

use super::{course::DAY_MS, decimal};

/// A percent of an amount was bought on each day, as far back as this.
const GROWING_DAYS: i64 = 40;

/// When the UTC day of a moment began.
pub(super) fn start_of_day(at_ms: i64) -> i64 {
    at_ms - at_ms.rem_euclid(DAY_MS)
}

/// How many days before today a day was.
pub(super) fn days_ago(day_ms: i64, now_ms: i64) -> i64 {
    (start_of_day(now_ms) - day_ms) / DAY_MS
}

/// What was held of something so many days ago.
pub(super) fn amount(now: &str, days_ago: i64) -> String {
    let percent = 100 - days_ago.clamp(0, GROWING_DAYS);
    decimal::share(now, percent * 10).unwrap_or_else(|| now.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_past_leads_to_today_and_is_the_same_whenever_it_is_asked_for() {
        assert_eq!(amount("2.50000000", 0), "2.50000000");
        assert_eq!(amount("2.50000000", 10), "2.25000000");
        assert_eq!(days_ago(start_of_day(0) - DAY_MS, DAY_MS - 1), 1);
    }
}
