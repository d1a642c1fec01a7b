//! What history says of points, rates and gaps.

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

#[test]
fn the_joint_to_days_of_the_spot_wallet_only_is_no_gain() {
    let before = |days_ago, value| {
        let mut rated = rated(days_ago, value, "0", Some("1"));
        rated.point.source = Source::Backfill;
        rated.point.partial = true;
        rated
    };
    let mut points = vec![
        before(9, "100"),
        before(8, "120"),
        rated(2, "5000", "0", Some("1")),
    ];
    let history = tell(&points);
    assert_eq!(history.movement, None);
    let of = |flag: fn(&Told) -> bool| history.points.iter().map(flag).collect::<Vec<_>>();
    assert_eq!(of(|told| told.backfilled), [true, true, false]);
    assert_eq!(of(|told| told.after_gap), [false; 3]);
    points.push(rated(1, "5100", "40", Some("1")));
    let movement = tell(&points).movement.unwrap();
    assert_eq!(movement.since, points[2].point.at);
    assert_eq!(movement.amount, amount("100"));
    assert_eq!(movement.balances, amount("40"));
    assert_eq!(movement.percent, Some(amount("2")));
}
