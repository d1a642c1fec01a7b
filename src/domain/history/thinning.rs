//! Thinning: all points of the last 24 hours, one per hour for 30 days, one per UTC day after.

use super::Point;
use super::day::{DAY_MS, HOUR_MS, start_of_day, start_of_hour};
use crate::domain::amount::Amount;
use crate::domain::timestamp::Timestamp;

/// How long every point is kept, in milliseconds, and how long one of every hour.
const ALL_MS: i64 = DAY_MS;
const HOURLY_MS: i64 = 30 * DAY_MS;

/// What thinning does to a series.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Thinned {
    /// Points to forget.
    pub dropped: Vec<Timestamp>,
    /// Points that stay and tell what those before them told of balances and prices.
    pub changed: Vec<Point>,
}

/// From when on points may still have to be thinned, if they were thinned at a moment.
#[must_use]
pub fn unsettled_since(thinned_at: Timestamp) -> Timestamp {
    start_of_day(thinned_at.plus_ms(-HOURLY_MS - DAY_MS))
}

/// Thins points, oldest first. Of every hour or day the last whole one stays, or the last where none
/// is whole; the newest of all always stays. What a dropped point tells of the change before it is
/// added to the next that stays, so that sums over any stretch stay true.
#[must_use]
pub fn thin(points: &[Point], now: Timestamp) -> Thinned {
    let mut thinned = Thinned::default();
    let mut carried = None;
    for (point, stays) in points.iter().zip(staying(points, now)) {
        if !stays {
            let (moved, covered) = carried.unwrap_or_else(nothing);
            carried = Some((moved.plus(&point.moved), covered.plus(&point.covered)));
            thinned.dropped.push(point.at);
        } else if let Some((moved, covered)) = carried.take() {
            thinned.changed.push(Point {
                moved: moved.plus(&point.moved),
                covered: covered.plus(&point.covered),
                ..point.clone()
            });
        }
    }
    thinned
}

fn nothing() -> (Amount, Amount) {
    (Amount::zero(), Amount::zero())
}

/// Which points stay.
fn staying(points: &[Point], now: Timestamp) -> Vec<bool> {
    let mut stays = Vec::with_capacity(points.len());
    let mut rest = points;
    while let Some(first) = rest.first() {
        let length = end_of_stretch(first.at, now).map_or(1, |end| {
            let within = rest.iter().take_while(|point| point.at < end);
            within.count()
        });
        let (stretch, later) = rest.split_at(length);
        let whole = stretch.iter().rposition(|point| !point.partial);
        let best = whole.unwrap_or(length - 1);
        stays.extend((0..length).map(|place| place == best));
        rest = later;
    }
    if let Some(newest) = stays.last_mut() {
        *newest = true;
    }
    stays
}

/// The end of the hour or day of which one point stays; `None` while all stay. A stretch counts as
/// old once all of it is.
fn end_of_stretch(at: Timestamp, now: Timestamp) -> Option<Timestamp> {
    if at < start_of_day(now.plus_ms(-HOURLY_MS)) {
        Some(start_of_day(at).plus_ms(DAY_MS))
    } else if at < start_of_hour(now.plus_ms(-ALL_MS)) {
        Some(start_of_hour(at).plus_ms(HOUR_MS))
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::super::day::MINUTE_MS;
    use super::super::samples::{amount, point};
    use super::*;

    /// Noon of a day that is no special one.
    const NOW: Timestamp = Timestamp(20_000 * DAY_MS + 12 * HOUR_MS);

    fn ago(ms: i64, moved: &str) -> Point {
        point(NOW.0 - ms, "1", moved)
    }

    fn partial(point: Point) -> Point {
        Point {
            partial: true,
            ..point
        }
    }

    fn after(points: &[Point], now: Timestamp) -> Vec<Point> {
        let thinned = thin(points, now);
        let kept = points.iter().filter(|p| !thinned.dropped.contains(&p.at));
        let changed = |p: &Point| thinned.changed.iter().find(|c| c.at == p.at).cloned();
        kept.map(|p| changed(p).unwrap_or_else(|| p.clone()))
            .collect()
    }

    fn times(points: &[Point]) -> Vec<i64> {
        points.iter().map(|point| NOW.0 - point.at.0).collect()
    }

    #[test]
    fn the_last_of_every_hour_stays_and_takes_over_what_moved() {
        let hour = 30 * HOUR_MS;
        let points = [
            ago(hour + 1, "7"),
            ago(hour, "1"),
            ago(hour - MINUTE_MS, "2"),
            ago(hour - 2 * MINUTE_MS, "4"),
            ago(0, "8"),
        ];
        let kept = after(&points, NOW);
        assert_eq!(times(&kept), [hour + 1, hour - 2 * MINUTE_MS, 0]);
        let moved: Vec<_> = kept.iter().map(|point| point.moved.as_str()).collect();
        assert_eq!(moved, ["7", "7", "8"]);
    }

    #[test]
    fn a_partial_point_gives_way_to_a_whole_one_of_its_hour() {
        let hour = 30 * HOUR_MS;
        let points = [
            ago(hour, "1"),
            partial(ago(hour - MINUTE_MS, "2")),
            partial(ago(hour - 2 * MINUTE_MS, "4")),
            partial(ago(hour - HOUR_MS, "8")),
            partial(ago(hour - HOUR_MS - MINUTE_MS, "16")),
            ago(0, "32"),
        ];
        let kept = after(&points, NOW);
        assert_eq!(times(&kept), [hour, hour - HOUR_MS - MINUTE_MS, 0]);
        let moved: Vec<_> = kept.iter().map(|point| point.moved.as_str()).collect();
        assert_eq!(moved, ["1", "30", "32"]);
    }

    #[test]
    fn after_thirty_days_one_of_every_utc_day_stays() {
        let midnight = start_of_day(NOW.plus_ms(-40 * DAY_MS));
        let before = NOW.0 - midnight.0 + 1;
        let points = [
            ago(before, "1"),
            ago(before - 1, "2"),
            ago(before - 5 * HOUR_MS, "4"),
            ago(before - 24 * HOUR_MS, "8"),
        ];
        let kept = after(&points, NOW);
        assert_eq!(times(&kept), [before, before - 24 * HOUR_MS]);
    }

    #[test]
    fn the_last_day_and_the_newest_point_are_left_alone() {
        let points: Vec<_> = (0..200)
            .rev()
            .map(|n| ago(n * 6 * MINUTE_MS, "1"))
            .collect();
        assert_eq!(thin(&points, NOW), Thinned::default());
        let long_ago = [ago(90 * DAY_MS, "1"), partial(ago(90 * DAY_MS - 1, "2"))];
        assert_eq!(thin(&long_ago, NOW), Thinned::default());
    }

    prop_compose! {
        fn points()(rows in proptest::collection::btree_map(
            0_i64..70 * 24 * 12, (-9_i64..9, -3_i64..3, any::<bool>()), 0..120
        )) -> Vec<Point> {
            rows.into_iter().rev().map(|(fives, (moved, covered, partial))| Point {
                covered: amount(&covered.to_string()),
                partial,
                ..ago(fives * 5 * MINUTE_MS, &moved.to_string())
            }).collect()
        }
    }

    fn sum(points: &[Point], from: Timestamp, to: Timestamp) -> (Amount, Amount) {
        let within = points.iter().filter(|p| p.at > from && p.at <= to);
        within.fold(nothing(), |(moved, covered), p| {
            (moved.plus(&p.moved), covered.plus(&p.covered))
        })
    }

    proptest! {
        #[test]
        fn sums_between_points_that_stay_are_what_they_were(points in points()) {
            let kept = after(&points, NOW);
            for pair in kept.windows(2) {
                let (from, to) = (pair[0].at, pair[1].at);
                prop_assert_eq!(sum(&kept, from, to), sum(&points, from, to));
            }
            prop_assert_eq!(kept.last().map(|p| p.at), points.last().map(|p| p.at));
        }

        #[test]
        fn thinning_bit_by_bit_and_again_keeps_to_the_bound(points in points()) {
            let mut kept = points;
            for hours in [0, 1, 25, 24 * 8, 24 * 31, 24 * 80] {
                kept = after(&kept, NOW.plus_ms(hours * HOUR_MS));
            }
            let end = NOW.plus_ms(24 * 80 * HOUR_MS);
            prop_assert_eq!(thin(&kept, end), Thinned::default());
            let mut days = BTreeSet::new();
            let newest = kept.last().map(|p| p.at);
            for point in kept.iter().filter(|p| Some(p.at) != newest) {
                prop_assert!(days.insert(start_of_day(point.at)));
            }
        }

        #[test]
        fn what_was_thinned_before_needs_only_its_unsettled_part(points in points(), hours in 0_i64..1000) {
            let first = after(&points, NOW);
            let later = NOW.plus_ms(hours * HOUR_MS);
            let since = unsettled_since(NOW);
            let part: Vec<_> = first.iter().filter(|p| p.at >= since).cloned().collect();
            prop_assert_eq!(thin(&part, later), thin(&first, later));
        }
    }
}
