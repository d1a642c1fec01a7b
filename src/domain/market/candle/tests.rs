//! What no candle can be, in examples and by chance.

use proptest::prelude::*;

use super::*;

const NOW: Timestamp = Timestamp(1_767_225_600_000);

fn amount(text: &str) -> Amount {
    Amount::parse(text).unwrap()
}

/// A candle of the minute before now: open, high, low, close, volume.
fn candle(figures: [&str; 5]) -> Candle {
    let [open, high, low, close, volume] = figures.map(amount);
    let open_time = NOW.plus_ms(-60_000);
    Candle {
        open_time,
        close_time: NOW.plus_ms(-1),
        open,
        high,
        low,
        close,
        volume,
        is_final: true,
    }
}

fn judged(figures: [&str; 5]) -> Result<(), Fault> {
    candle(figures).check(Interval::Minute1, NOW)
}

#[test]
fn a_candle_with_prices_between_its_lowest_and_highest_can_be() {
    for figures in [
        ["2", "3", "1", "2.5", "0"],
        ["1", "1", "1", "1", "0.00000001"],
        [
            "0.00000002",
            "0.00000002",
            "0.00000001",
            "0.00000001",
            "9e30",
        ],
    ] {
        assert_eq!(judged(figures), Ok(()), "{figures:?}");
    }
}

#[test]
fn what_cannot_be_is_told_by_its_reason() {
    for (figures, fault) in [
        (["0", "3", "0", "2", "1"], Fault::NoPrice),
        (["2", "3", "-1", "2", "1"], Fault::NoPrice),
        (["4", "3", "1", "2", "1"], Fault::HighTooLow),
        (["2", "3", "1", "3.000000001", "1"], Fault::HighTooLow),
        (["2", "1", "3", "2", "1"], Fault::HighTooLow),
        (["2", "3", "2.1", "2.2", "1"], Fault::LowTooHigh),
        (["2", "3", "2", "1.9", "1"], Fault::LowTooHigh),
        (["2", "3", "1", "2", "-1"], Fault::NegativeVolume),
    ] {
        assert_eq!(judged(figures), Err(fault), "{figures:?}");
    }
    let good = candle(["2", "3", "1", "2", "1"]);
    let moved = |by: i64| Candle {
        open_time: good.open_time.plus_ms(by),
        close_time: good.close_time.plus_ms(by),
        ..good.clone()
    };
    let check = |one: &Candle| one.check(Interval::Minute1, NOW);
    assert_eq!(check(&moved(1)), Err(Fault::Misaligned));
    assert_eq!(check(&moved(120_000)), Ok(()), "clocks differ");
    assert_eq!(check(&moved(180_000)), Err(Fault::InFuture));
    let longer = Candle {
        close_time: good.close_time.plus_ms(60_000),
        ..good.clone()
    };
    assert_eq!(check(&longer), Err(Fault::WrongEnd));
    let beyond = Candle {
        open_time: Timestamp(i64::MAX),
        ..good
    };
    assert_eq!(check(&beyond), Err(Fault::Misaligned));
}

#[test]
fn a_volume_is_judged_by_those_around() {
    let odd = |volumes: &[&str]| {
        let amounts: Vec<_> = volumes.iter().map(|text| amount(text)).collect();
        let all: Vec<_> = amounts.iter().collect();
        let odd = implausible(&all).into_iter().enumerate();
        odd.filter(|(_, odd)| *odd)
            .map(|(place, _)| place)
            .collect::<Vec<_>>()
    };
    assert_eq!(odd(&["1", "2", "1", "2000001", "2", "1", "2"]), [3]);
    assert_eq!(odd(&["1", "2", "1", "1000000", "1", "1", "2"]), [0; 0]);
    assert_eq!(
        odd(&["1", "1", "9e20", "1", "1"]),
        [0; 0],
        "too few to judge by"
    );
    assert_eq!(odd(&["0", "0", "0", "0", "9e20", "0", "0"]), [0; 0]);
    assert_eq!(odd(&["9e20", "1", "1", "1", "1", "1", "9e20"]), [0, 6]);
    assert_eq!(odd(&[]), [0; 0]);
}

#[test]
fn every_reason_has_a_name_of_its_own() {
    let mut names = Fault::ALL.map(Fault::as_str).to_vec();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), Fault::ALL.len());
}

proptest! {
    /// Whatever is let through has the order that charts and sums rely on.
    #[test]
    fn what_is_let_through_holds_together(
        prices in proptest::collection::vec(-3_i64..20, 4),
        volume in -3_i64..9,
        at in -400_000_i64..400_000,
    ) {
        let [open, high, low, close] = [prices[0], prices[1], prices[2], prices[3]];
        let open_time = NOW.plus_ms(at / 20_000 * 20_000);
        let candle = Candle {
            open_time,
            close_time: open_time.plus_ms(59_999),
            open: open.into(),
            high: high.into(),
            low: low.into(),
            close: close.into(),
            volume: volume.into(),
            is_final: true,
        };
        let sound = low > 0 && low <= open && low <= close && high >= open && high >= close
            && volume >= 0 && open_time.0 % 60_000 == 0 && open_time.0 <= NOW.0 + AHEAD_MS;
        prop_assert_eq!(candle.check(Interval::Minute1, NOW).is_ok(), sound);
    }

    /// A stretch of usual volumes loses none of its candles.
    #[test]
    fn usual_volumes_are_never_refused(volumes in proptest::collection::vec(1_i64..1_000_000, 0..60)) {
        let amounts: Vec<Amount> = volumes.into_iter().map(Amount::from).collect();
        let all: Vec<_> = amounts.iter().collect();
        prop_assert!(implausible(&all).iter().all(|odd| !odd));
    }
}
