//! Stretches of time that have no candle.

use super::interval::Interval;
use crate::domain::history::day::DAY_MS;
use crate::domain::timestamp::Timestamp;

/// A stretch of time, from a moment to before another.
pub type Stretch = (Timestamp, Timestamp);

/// How long after a gap's end the exchange is likely to fill it still, in milliseconds. After that it is
/// asked once in such a time: one wrong answer is not believed for good.
const MENDING_MS: i64 = 7 * DAY_MS;
/// How long a younger gap is left alone once the exchange was asked for it.
const AGAIN_MS: i64 = DAY_MS;
/// How long after its end a candle may be late, in milliseconds.
const LATE_MS: i64 = 10 * 60_000;

/// The parts of a stretch in which a candle can begin that is not there, oldest first. `opens` are the
/// beginnings of the candles that are, `settled` stretches that need none; both in any order.
#[must_use]
pub fn missing(
    interval: Interval,
    (from, to): Stretch,
    opens: impl IntoIterator<Item = Timestamp>,
    settled: &[Stretch],
) -> Vec<Stretch> {
    let candle = |open| Some((open, interval.next(open)?));
    let candles = opens.into_iter().filter_map(candle);
    let mut covered: Vec<Stretch> = candles.chain(settled.iter().copied()).collect();
    covered.sort_unstable();
    let mut missing = Vec::new();
    let mut reached = from;
    for (begin, end) in covered {
        // Those of several days begin where the exchange has them begin: in less there is no room.
        if begin.min(to).0.saturating_sub(reached.0) >= interval.shortest_ms() {
            missing.push((reached, begin.min(to)));
        }
        reached = reached.max(end);
    }
    if reached < to {
        missing.push((reached, to));
    }
    missing
}

/// What of a gap that was asked for at a moment is to be remembered as the exchange's own: not where a
/// candle may only be late.
#[must_use]
pub fn remembered(
    interval: Interval,
    (begin, end): Stretch,
    asked_at: Timestamp,
) -> Option<Stretch> {
    let end = interval.begin(asked_at.plus_ms(-LATE_MS))?.min(end);
    (begin < end).then_some((begin, end))
}

/// Whether a remembered gap need not be asked for again yet: one that was asked for a week after its end
/// not for a week, any other not for a day.
#[must_use]
pub fn is_settled((_, end): Stretch, asked_at: Timestamp, now: Timestamp) -> bool {
    let is_old = asked_at.0.saturating_sub(end.0) >= MENDING_MS;
    let pause_ms = if is_old { MENDING_MS } else { AGAIN_MS };
    now.0.saturating_sub(asked_at.0) < pause_ms
}

/// Whether a candle that was refused for its volume at a moment is asked for again, and believed: the
/// exchange has had a day to take it back.
#[must_use]
pub fn is_believed(refused_at: Timestamp, now: Timestamp) -> bool {
    now.0.saturating_sub(refused_at.0) >= AGAIN_MS
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const MINUTE: i64 = 60_000;

    fn told(opens: &[i64], settled: &[(i64, i64)]) -> Vec<(i64, i64)> {
        let minute = |n: i64| Timestamp(n * MINUTE);
        let opens = opens.iter().map(|n| minute(*n));
        let settled: Vec<_> = settled
            .iter()
            .map(|(a, b)| (minute(*a), minute(*b)))
            .collect();
        let stretch = (minute(10), minute(20));
        let missing = missing(Interval::Minute1, stretch, opens, &settled).into_iter();
        missing.map(|(a, b)| (a.0 / MINUTE, b.0 / MINUTE)).collect()
    }

    #[test]
    fn what_is_missing_lies_before_between_and_after_what_is_there() {
        assert_eq!(told(&[], &[]), [(10, 20)]);
        assert_eq!(told(&[12, 13, 17], &[]), [(10, 12), (14, 17), (18, 20)]);
        assert_eq!(
            told(&[12, 13, 17], &[(14, 17), (5, 11)]),
            [(11, 12), (18, 20)]
        );
        assert_eq!(told(&[], &[(0, 30)]), []);
        assert_eq!(told(&[5, 9, 20, 25], &[]), [(10, 20)]);
        assert_eq!(told(&[13, 11, 13, 12], &[(10, 11), (14, 99)]), []);
    }

    #[test]
    fn days_that_belong_to_a_candle_of_several_are_not_missing() {
        let day = |n: i64| Timestamp(n * DAY_MS);
        let told = |opens: &[i64], to: i64| {
            let opens = opens.iter().map(|n| day(*n));
            missing(Interval::Day3, (day(10), day(to)), opens, &[])
        };
        assert_eq!(told(&[12, 15], 18), []);
        assert_eq!(told(&[12, 18], 21), [(day(15), day(18))]);
        assert_eq!(told(&[12], 16), [(day(15), day(16))]);
        assert_eq!(told(&[13], 16), [(day(10), day(13))]);
    }

    #[test]
    fn a_gap_is_remembered_once_it_is_old_and_for_good_once_it_is_a_week() {
        let gap = (Timestamp(0), Timestamp(MINUTE));
        let at = |days: i64| Timestamp(MINUTE + days * DAY_MS);
        let told = |ms| remembered(Interval::Minute1, gap, Timestamp(ms));
        assert_eq!(told(MINUTE + LATE_MS - 1), None);
        assert_eq!(told(MINUTE + LATE_MS), Some(gap));
        let long = (Timestamp(0), Timestamp(60 * MINUTE));
        let so_far = remembered(Interval::Minute1, long, Timestamp(30 * MINUTE + 1));
        assert_eq!(so_far, Some((Timestamp(0), Timestamp(20 * MINUTE))));
        assert!(is_settled(gap, at(1), at(1)));
        assert!(!is_settled(gap, at(1), at(2)));
        assert!(is_settled(gap, at(7), at(14).plus_ms(-1)));
        assert!(!is_settled(gap, at(7), at(14)));
        assert!(!is_believed(at(1), at(2).plus_ms(-1)));
        assert!(is_believed(at(1), at(2)));
    }

    proptest! {
        #[test]
        fn every_minute_is_either_there_or_missing(opens in proptest::collection::btree_set(5_i64..25, 0..20)) {
            let opens: Vec<i64> = opens.into_iter().collect();
            let missing = told(&opens, &[]);
            for minute in 10..20 {
                let is_missing = missing.iter().any(|(a, b)| (*a..*b).contains(&minute));
                prop_assert_eq!(is_missing, !opens.contains(&minute));
            }
        }
    }
}
