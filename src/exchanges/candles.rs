//! Daily candles, read row by row: of each only the day and the last price are kept.

use std::collections::BTreeMap;

use serde_json::value::RawValue;

use super::rows::{Rows, amount, text};
use crate::domain::amount::Amount;
use crate::domain::history::day::start_of_day;
use crate::domain::price::daily::Close;
use crate::domain::timestamp::Timestamp;

/// Where the last price stands in a candle's row; both exchanges begin with time, open, high, low.
const CLOSE: usize = 4;

/// The days' last prices within a stretch, oldest first. Left out are rows that cannot be read, days
/// that come twice, prices that are not above zero, and days that begin elsewhere than at midnight,
/// UTC.
pub(super) fn read(rows: &Rows<'_>, (from, to): (Timestamp, Timestamp)) -> Vec<Close> {
    let mut days: BTreeMap<Timestamp, Option<Amount>> = BTreeMap::new();
    for raw in rows.iter() {
        let Some(Close { day, price }) = row(raw) else {
            continue;
        };
        if (from..=to).contains(&day) {
            days.entry(day)
                .and_modify(|known| *known = None)
                .or_insert(Some(price));
        }
    }
    let close = |(day, price): (Timestamp, Option<Amount>)| Some(Close { day, price: price? });
    days.into_iter().filter_map(close).collect()
}

fn row(raw: &RawValue) -> Option<Close> {
    let fields: Vec<&RawValue> = serde_json::from_str(raw.get()).ok()?;
    let field = |place: usize| fields.get(place).copied();
    let day = Timestamp(text(field(0)).ok()??.parse().ok()?);
    let price = amount(field(CLOSE)).ok()??;
    let good = start_of_day(day) == day && !price.is_zero() && !price.is_negative();
    good.then_some(Close { day, price })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const DAY_MS: i64 = 86_400_000;
    const STRETCH: (Timestamp, Timestamp) = (Timestamp(0), Timestamp(10 * DAY_MS - 1));

    fn told(rows: &str) -> Vec<(i64, String)> {
        let rows: Rows<'_> = serde_json::from_str(rows).unwrap();
        let closes = read(&rows, STRETCH).into_iter();
        closes
            .map(|close| (close.day.0 / DAY_MS, close.price.to_string()))
            .collect()
    }

    #[test]
    fn a_bad_candle_takes_no_other_with_it() {
        let day = |n: i64| n * DAY_MS;
        let rows = format!(
            r#"[[{},"1","1","1","2.50000000","9"],["{}","1","1","1","3","9"],
            [{},"1","1","1"],[{},"1","1","1","-1"],[{},"1","1","1","0.0"],
            [{},"1","1","1","NaN"],[1,"1","1","1","7"],["x","1","1","1","7"],
            [{},"1","1","1","7"],[{},"1","1","1","7"],{{}},null,7,[],"x",
            [{},"1","1","1","8"],[-{},"1","1","1","8"]]"#,
            day(0),
            day(1),
            day(2),
            day(3),
            day(4),
            day(5),
            day(6),
            day(6),
            day(10),
            day(1),
        );
        let wanted = [(0, "2.5".to_owned()), (1, "3".to_owned())];
        assert_eq!(told(&rows), wanted);
    }

    #[test]
    fn the_order_of_candles_does_not_matter() {
        let row = |n: i64| format!(r#"["{}","1","1","1","{}"]"#, n * DAY_MS, n + 1);
        let rows = format!("[{},{},{}]", row(3), row(0), row(2));
        let days: Vec<_> = told(&rows).into_iter().map(|(day, _)| day).collect();
        assert_eq!(days, [0, 2, 3]);
    }

    proptest! {
        #[test]
        fn no_text_in_a_row_makes_a_price_of_nothing(time in "\\PC{0,20}", price in "\\PC{0,20}") {
            let row = serde_json::json!([[time, "1", "1", "1", price]]).to_string();
            for (_, price) in told(&row) {
                prop_assert!(!price.starts_with('-') && price != "0");
            }
        }
    }
}
