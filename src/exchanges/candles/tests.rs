//! Rows of candles as hostile as they come.

use proptest::prelude::*;

use super::*;
use crate::domain::market::Pair;
use crate::domain::market::interval::Interval;
use crate::exchanges::testing::judged;

const MINUTE: i64 = 60_000;

fn row(raw: &RawValue) -> Option<Candle> {
    let fields = Fields::read(raw)?;
    let open_time = fields.moment(0)?;
    Some(Candle {
        open_time,
        close_time: open_time.plus_ms(MINUTE - 1),
        open: fields.amount(1)?,
        high: fields.amount(2)?,
        low: fields.amount(3)?,
        close: fields.amount(4)?,
        volume: fields.amount(5)?,
        is_final: true,
    })
}

/// Minutes and last prices.
type Closes = Vec<(i64, String)>;
/// Reasons and how often.
type Faults = Vec<(Fault, u64)>;

/// What is let through, and why the rest was not.
fn told(rows: &str) -> (Closes, Faults) {
    let rows: Rows<'_> = serde_json::from_str(rows).unwrap();
    let pair = Pair::parse("BTC-USDT").unwrap();
    let asked = CandlesAsked {
        pair: &pair,
        interval: Interval::Minute1,
        from: Timestamp(0),
        to: Timestamp(10 * MINUTE),
        around: &[],
        believed: &[],
    };
    let refusals = Refusals::default();
    let reader = Reader {
        exchange: "okx",
        refusals: &refusals,
        now: Timestamp(8 * MINUTE),
    };
    let candles = reader.candles(&asked, &rows, row).candles.into_iter();
    let told = candles.map(|one| (one.open_time.0 / MINUTE, one.close.to_string()));
    (told.collect(), refusals.counts("okx"))
}

fn made(minute: i64, close: &str) -> String {
    let at = minute * MINUTE;
    format!(r#"["{at}","2","3","1","{close}","5"]"#)
}

#[test]
fn a_bad_candle_takes_no_other_with_it_and_is_counted_by_its_reason() {
    let rows = [
        made(3, "2.50000000"),
        made(0, "2"),
        made(1, "4"),
        made(2, "0"),
        made(4, "NaN"),
        made(5, "2"),
        made(5, "2.1"),
        made(6, "2"),
        made(6, "2.0"),
        made(10, "2"),
        made(-1, "2"),
        r#"["1","2","3","1","2","5"]"#.to_owned(),
        r#"[60000,"2","3","1"]"#.to_owned(),
        "{}".to_owned(),
        "null".to_owned(),
        "7".to_owned(),
        r#"["x","2","3","1","2","5"]"#.to_owned(),
    ];
    let (candles, faults) = told(&format!("[{}]", rows.join(",")));
    let wanted = [(0, "2"), (3, "2.5"), (6, "2")].map(|(at, close)| (at, close.to_owned()));
    assert_eq!(candles, wanted);
    let wanted = [
        (Fault::Unreadable, 6),
        (Fault::Twice, 2),
        (Fault::NotAsked, 1),
        (Fault::Misaligned, 1),
        (Fault::InFuture, 1),
        (Fault::NoPrice, 1),
        (Fault::HighTooLow, 1),
    ];
    assert_eq!(faults, wanted);
}

#[test]
fn a_volume_out_of_the_world_is_kept_out() {
    let row = |minute: i64, volume: &str| {
        let at = minute * MINUTE;
        format!(r#"[{at},"2","3","1","2","{volume}"]"#)
    };
    let mut rows: Vec<_> = (0..7).map(|minute| row(minute, "2")).collect();
    rows[3] = row(3, "2000000.1");
    let (candles, faults) = told(&format!("[{}]", rows.join(",")));
    assert_eq!(candles.len(), 6);
    assert_eq!(faults, [(Fault::ImplausibleVolume, 1)]);
}

/// Which minutes are let through of two that are told with these volumes, five being known before them.
fn beside_known(volumes: [&str; 2], believed: &[Timestamp]) -> (Vec<i64>, Vec<i64>, Faults) {
    let row_of = |minute: i64, volume: &str| {
        let at = minute * MINUTE;
        format!(r#"[{at},"2","3","1","2","{volume}"]"#)
    };
    let rows = |from: i64, volumes: &[&str]| {
        let volumes = volumes.iter().zip(from..);
        let rows: Vec<_> = volumes.map(|(volume, at)| row_of(at, volume)).collect();
        format!("[{}]", rows.join(","))
    };
    let known = rows(0, &["2", "1", "3", "2", "2"]);
    let known: Rows<'_> = serde_json::from_str(&known).unwrap();
    let known: Vec<_> = known.iter().filter_map(row).collect();
    let pair = Pair::parse("BTC-USDT").unwrap();
    let asked = CandlesAsked {
        pair: &pair,
        interval: Interval::Minute1,
        from: Timestamp(5 * MINUTE),
        to: Timestamp(6 * MINUTE),
        around: &known,
        believed,
    };
    let (told, faults) = judged(|reader| {
        let told = rows(5, &volumes);
        reader.candles(&asked, &serde_json::from_str(&told).unwrap(), row)
    });
    let minutes = |moments: &mut dyn Iterator<Item = Timestamp>| {
        moments.map(|at| at.0 / MINUTE).collect::<Vec<_>>()
    };
    (
        minutes(&mut told.candles.iter().map(|one| one.open_time)),
        minutes(&mut told.refused.iter().copied()),
        faults,
    )
}

#[test]
fn a_volume_is_judged_by_candles_that_are_known_around_it() {
    let odd = [(Fault::ImplausibleVolume, 1)];
    let told = beside_known(["2000000.1", "2"], &[]);
    assert_eq!(told, (vec![6], vec![5], odd.to_vec()));
    let told = beside_known(["2", "2000001"], &[Timestamp(5 * MINUTE)]);
    assert_eq!(told, (vec![5], vec![6], odd.to_vec()));
    let told = beside_known(["2000000", "0"], &[]);
    assert_eq!(told, (vec![5, 6], vec![], vec![]));
    // What was refused long ago and is told still stands.
    let told = beside_known(["2", "2000001"], &[Timestamp(6 * MINUTE)]);
    assert_eq!(told, (vec![5, 6], vec![], vec![]));
}

proptest! {
    #[test]
    fn no_text_in_a_row_makes_a_price_of_nothing(time in "\\PC{0,20}", price in "\\PC{0,20}") {
        let row = serde_json::json!([[time, price, price, price, price, "1"]]).to_string();
        for (_, price) in told(&row).0 {
            prop_assert!(!price.starts_with('-') && price != "0");
        }
    }
}
