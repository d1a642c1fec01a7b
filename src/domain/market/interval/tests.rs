//! Where candles of every length begin and end.

use super::*;

fn at(text: &str) -> Timestamp {
    Timestamp::parse(text).unwrap()
}

#[test]
fn names_are_read_as_they_are_written_and_months_are_no_minutes() {
    for one in Interval::ALL {
        assert_eq!(Interval::parse(one.as_str()), Ok(one));
    }
    assert_ne!(Interval::parse("1m"), Interval::parse("1M"));
    for text in ["", "m", "1", "1H", "7m", "1mo", " 1m"] {
        assert_eq!(Interval::parse(text), Err(BadInterval), "{text:?}");
    }
}

#[test]
fn the_next_candle_begins_where_one_ends() {
    for (interval, open, next) in [
        ("1m", "2026-01-01T00:00:00Z", "2026-01-01T00:01:00Z"),
        ("8h", "2026-01-01T16:00:00Z", "2026-01-02T00:00:00Z"),
        ("1w", "2026-01-05", "2026-01-12"),
        ("1M", "2024-02-01", "2024-03-01"),
        ("1M", "2026-12-01", "2027-01-01"),
        ("3M", "2026-10-01", "2027-01-01"),
    ] {
        let interval = Interval::parse(interval).unwrap();
        assert!(interval.begins_at(at(open)), "{open}");
        assert_eq!(interval.next(at(open)), Some(at(next)));
        assert!(at(next).0 - at(open).0 >= interval.shortest_ms());
    }
    assert_eq!(Interval::Minute1.next(Timestamp(i64::MAX)), None);
    assert_eq!(Interval::Month1.next(Timestamp(i64::MAX)), None);
}

#[test]
fn the_candle_of_a_moment_and_the_one_after_it_are_found() {
    for (interval, moment, begin, from) in [
        (
            "1m",
            "2026-01-01T00:00:01Z",
            "2026-01-01T00:00:00Z",
            "2026-01-01T00:01:00Z",
        ),
        (
            "4h",
            "2026-01-01T07:59:59Z",
            "2026-01-01T04:00:00Z",
            "2026-01-01T08:00:00Z",
        ),
        ("3d", "2026-01-01T07:00:00Z", "2026-01-01", "2026-01-02"),
        ("1w", "2026-01-08", "2026-01-05", "2026-01-12"),
        ("1M", "2026-02-28", "2026-02-01", "2026-03-01"),
        ("3M", "2026-12-31", "2026-10-01", "2027-01-01"),
        ("3M", "2026-10-01", "2026-10-01", "2026-10-01"),
    ] {
        let interval = Interval::parse(interval).unwrap();
        assert_eq!(interval.begin(at(moment)), Some(at(begin)), "{moment}");
        assert_eq!(interval.begin_from(at(moment)), Some(at(from)), "{moment}");
    }
    assert_eq!(Interval::Month1.begin(Timestamp(i64::MAX)), None);
    assert_eq!(Interval::Hour1.begin_from(Timestamp(i64::MAX)), None);
}

#[test]
fn a_candle_began_no_earlier_than_its_length_before() {
    for (interval, moment, earliest) in [
        ("1m", "2026-01-01T00:00:01Z", "2026-01-01T00:00:00Z"),
        ("1d", "2026-01-01T07:00:00Z", "2026-01-01"),
        ("3d", "2026-01-01T07:00:00Z", "2025-12-30"),
        ("1w", "2026-01-01", "2025-12-29"),
        ("1M", "2026-01-01", "2026-01-01"),
        ("3M", "2026-03-01", "2026-01-01"),
    ] {
        let interval = Interval::parse(interval).unwrap();
        assert_eq!(interval.earliest(at(moment)), at(earliest), "{moment}");
    }
    let end = Timestamp(i64::MAX);
    assert_eq!(Interval::Month1.earliest(end), end);
}

#[test]
fn so_many_candles_later_is_as_if_each_was_gone_through() {
    for (interval, open, count, later) in [
        ("1m", "2026-01-01", 60, "2026-01-01T01:00:00Z"),
        ("1w", "2026-01-05", 2, "2026-01-19"),
        ("1M", "2026-01-01", 14, "2027-03-01"),
        ("3M", "2026-01-01", 0, "2026-01-01"),
    ] {
        let interval = Interval::parse(interval).unwrap();
        assert_eq!(interval.after(at(open), count), at(later), "{open}");
        assert_eq!(interval.before(at(later), count), at(open), "{open}");
    }
    assert_eq!(Interval::Month1.after(at("9999-12-01"), 2).0, i64::MAX);
}

#[test]
fn a_candle_begins_at_its_hour_day_week_or_month_only() {
    for (interval, wrong) in [
        ("1m", "2026-01-01T00:00:01Z"),
        ("5m", "2026-01-01T00:01:00Z"),
        ("8h", "2026-01-01T04:00:00Z"),
        ("1d", "2025-12-31T16:00:00Z"),
        ("3d", "2025-12-31T16:00:00Z"),
        ("1w", "2026-01-01"),
        ("1M", "2026-01-02"),
        ("1M", "2026-01-01T00:00:00.001Z"),
        ("3M", "2026-02-01"),
    ] {
        let interval = Interval::parse(interval).unwrap();
        assert!(!interval.begins_at(at(wrong)), "{wrong}");
    }
}
