//! What holds whatever an exchange tells.

use proptest::collection::vec;
use proptest::prelude::*;

use super::*;

/// Minutes since the reading before, and the price, or none.
fn readings() -> impl Strategy<Value = Vec<(i64, Option<String>)>> {
    let price = prop_oneof![
        4 => "[0-9]{1,6}(\\.[0-9]{1,8})?".prop_map(Some),
        1 => "-[0-9]{1,3}".prop_map(Some),
        1 => Just(None),
    ];
    vec((-3_000..3_000_i64, price), 1..30)
}

proptest! {
    #[test]
    fn whatever_is_told_a_price_in_use_is_above_zero_and_every_doubt_ends_when_prices_stay(
        readings in readings(),
        beside in proptest::option::of("[1-9][0-9]{0,5}"),
    ) {
        let mut course = Course::of("ABC", "USDT");
        let mut now = START;
        for (minutes, price) in readings {
            now = now.plus_ms(minutes * MINUTE);
            if let Some(price) = &beside {
                course.others = vec![course.told_elsewhere(price, now, None)];
            }
            let price = price.map(|text| amount(&text));
            let quote = course.read(price, now);
            let positive = |quote: &Quote| !quote.price.is_zero() && !quote.price.is_negative();
            prop_assert!(quote.is_none_or(|quote| quote.doubt.is_some() || positive(&quote)));
        }
        let last = (0..3).map(|turn| {
            let at = now.plus_ms((turn + 1) * 5 * MINUTE);
            course.read(Some(amount("1234.5")), at).unwrap().doubt
        });
        prop_assert_eq!(last.last(), Some(None));
    }
}
