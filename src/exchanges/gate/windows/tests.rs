//! What is spent of a window, by whom, and when the next begins.

use super::*;

/// The beginning of a minute.
const MINUTE: i64 = 29_453_760 * 60_000;

fn windows(limit: u32, window_ms: i64) -> Windows {
    Windows::new(Budget { limit, window_ms })
}

fn want(weight: u32) -> Want {
    Want {
        weight,
        yields: false,
    }
}

#[test]
fn a_call_that_yields_leaves_the_other_half_of_a_minute_and_its_seconds() {
    let yielding = |weight| Want {
        weight,
        yields: true,
    };
    let mut windows = windows(6_000, 60_000);
    for second in 0..10 {
        let now = MINUTE + second * 1_000;
        let mut passed = 0;
        while windows.take(yielding(2), 1, now).is_ok() {
            passed += 1;
        }
        assert_eq!(passed, 135, "{second}");
    }
    let next = Err(MINUTE + 60_000);
    assert_eq!(windows.take(yielding(2), 1, MINUTE + 10_000), next);
    assert_eq!(passing(&mut windows, 20, 1, MINUTE + 10_000), 27);
    // What others spent counts as well.
    let mut windows = self::windows(6_000, 60_000);
    windows.take(want(1), 1, MINUTE).unwrap();
    windows.correct(2_700, MINUTE);
    assert_eq!(windows.take(yielding(2), 1, MINUTE + 1_000), next);
    // A short window is over before anybody waits long.
    let mut windows = self::windows(10, 2_000);
    assert!((0..9).all(|_| windows.take(yielding(1), 1, MINUTE).is_ok()));
}

/// How many calls of a weight pass at that time.
fn passing(windows: &mut Windows, weight: u32, sharers: u32, now_ms: i64) -> u32 {
    let mut passed = 0;
    while windows.take(want(weight), sharers, now_ms).is_ok() {
        passed += 1;
    }
    passed
}

#[test]
fn a_minute_is_spent_to_nine_tenths_over_ten_seconds_and_begins_with_the_minute() {
    let mut windows = windows(6_000, 60_000);
    for second in 0..10 {
        let now = MINUTE + second * 1_000 + 7;
        assert_eq!(passing(&mut windows, 20, 1, now), 27, "{second}");
        let next = if second < 9 {
            now - 7 + 1_000
        } else {
            MINUTE + 60_000
        };
        assert_eq!(windows.take(want(20), 1, now), Err(next));
    }
    assert_eq!(
        windows.take(want(1), 1, MINUTE + 59_999),
        Err(MINUTE + 60_000)
    );
    assert_eq!(windows.take(want(1), 1, MINUTE + 60_000), Ok(()));
}

#[test]
fn a_short_window_is_spent_to_nine_tenths_at_once() {
    let mut windows = windows(10, 2_000);
    assert_eq!(passing(&mut windows, 1, 1, MINUTE + 1_500), 9);
    assert_eq!(
        windows.take(want(1), 1, MINUTE + 1_999),
        Err(MINUTE + 2_000)
    );
    assert_eq!(passing(&mut windows, 1, 1, MINUTE + 2_000), 9);
}

#[test]
fn a_call_that_outweighs_its_share_passes_alone() {
    let mut windows = windows(6_000, 60_000);
    assert_eq!(windows.take(want(4_000), 60, MINUTE), Ok(()));
    assert_eq!(
        windows.take(want(1), 60, MINUTE + 1_000),
        Err(MINUTE + 60_000)
    );
    let mut scarce = self::windows(1, 1_000);
    assert_eq!(passing(&mut scarce, 1, 9, MINUTE), 1);
}

#[test]
fn processes_at_one_address_share_the_limit_evenly() {
    for (sharers, calls) in [(1, 90), (2, 45), (4, 22), (1_000, 1)] {
        let mut windows = windows(100, 1_000);
        assert_eq!(
            passing(&mut windows, 1, sharers, MINUTE),
            calls,
            "{sharers}"
        );
    }
}

#[test]
fn the_exchanges_count_raises_ours_and_never_lowers_it() {
    let mut windows = windows(100, 1_000);
    assert_eq!(windows.take(want(30), 1, MINUTE), Ok(()));
    windows.correct(80, MINUTE);
    assert_eq!(windows.take(want(11), 1, MINUTE + 1), Err(MINUTE + 1_000));
    windows.correct(0, MINUTE);
    assert_eq!(windows.take(want(11), 1, MINUTE + 2), Err(MINUTE + 1_000));
    assert_eq!(windows.take(want(10), 1, MINUTE + 3), Ok(()));
    assert_eq!(passing(&mut windows, 1, 1, MINUTE + 1_000), 90);
}

#[test]
fn what_others_spent_does_not_come_off_our_share() {
    let mut windows = windows(100, 1_000);
    assert_eq!(windows.take(want(10), 3, MINUTE), Ok(()));
    windows.correct(60, MINUTE);
    assert_eq!(passing(&mut windows, 1, 3, MINUTE), 20);
}

#[test]
fn a_count_of_a_window_that_is_over_says_nothing_of_the_next() {
    let mut windows = windows(100, 1_000);
    assert_eq!(windows.take(want(1), 1, MINUTE), Ok(()));
    assert_eq!(windows.take(want(1), 1, MINUTE + 1_000), Ok(()));
    windows.correct(u32::MAX, MINUTE + 999);
    assert_eq!(passing(&mut windows, 1, 1, MINUTE + 1_001), 89);
    windows.correct(u32::MAX, MINUTE + 1_001);
    assert!(windows.take(want(1), 1, MINUTE + 1_999).is_err());
}

#[test]
fn a_clock_that_is_set_back_a_little_forgets_nothing_and_one_set_back_far_blocks_nothing() {
    let mut windows = windows(10, 1_000);
    assert_eq!(passing(&mut windows, 1, 1, MINUTE), 9);
    assert_eq!(windows.take(want(1), 1, MINUTE - 1), Err(MINUTE + 1_000));
    assert_eq!(windows.take(want(1), 1, MINUTE - 3_600_000), Ok(()));
}

#[test]
fn short_windows_are_full_for_long_where_calls_wait_all_the_time() {
    // One of five processes has but a fifth, which is used up long before four fifths of all.
    for (limit, sharers) in [(10, 1), (5, 1), (100, 5)] {
        let mut windows = windows(limit, 2_000);
        for window in 0..25 {
            let now = MINUTE + window * 2_000;
            assert_eq!(windows.lasting(now), None, "{limit} {window}");
            passing(&mut windows, 1, sharers, now);
        }
        let spent = windows.lasting(MINUTE + 48_000).unwrap();
        assert_eq!((spent.limit, spent.window_ms), (limit.into(), 2_000));
        assert_eq!(windows.lately(MINUTE + 60_000), Some((spent, 50_000)));
    }
    let mut long = windows(100, 60_000);
    passing(&mut long, 1, 1, MINUTE);
    assert_eq!((long.lately(MINUTE), long.lasting(MINUTE)), (None, None));
}

#[test]
fn no_time_and_no_weight_makes_the_count_panic() {
    for limit in [0, 1, u32::MAX] {
        for window_ms in [i64::MIN, 0, 1, 60_000, i64::MAX] {
            let mut windows = windows(limit, window_ms);
            for now in [i64::MIN, -1, 0, MINUTE, i64::MAX] {
                let _ = windows.take(want(u32::MAX), u32::MAX, now);
                windows.correct(u32::MAX, now);
                let _ = (windows.take(want(1), 0, now), windows.is_over(now));
            }
        }
    }
}
