//! What counts as a change worth telling, proven against whole-number arithmetic.

use proptest::prelude::*;

use super::*;

fn amount(text: &str) -> Amount {
    Amount::parse(text).unwrap()
}

fn code(text: &str) -> AssetCode {
    AssetCode::parse(text).unwrap()
}

fn held(pairs: &[(&str, &str)]) -> BTreeMap<AssetCode, Amount> {
    let pair = |(asset, total): &(&str, &str)| (code(asset), amount(total));
    pairs.iter().map(pair).collect()
}

fn is_told(before: &str, after: &str, percent: &str) -> bool {
    value_change(&amount(before), &amount(after), &amount(percent)).is_some()
}

fn percent(before: &str, after: &str) -> Option<String> {
    let percent = change(&amount(before), &amount(after)).percent;
    percent.map(|percent| percent.to_string())
}

#[test]
fn exactly_the_threshold_is_not_told_and_the_least_more_is() {
    for after in ["110", "90", "100"] {
        assert!(!is_told("100", after, "10"), "{after}");
    }
    for after in ["110.000000000000000000000000000001", "89.999999999999999"] {
        assert!(is_told("100", after, "10"), "{after}");
    }
}

#[test]
fn what_came_from_nothing_or_is_gone_is_told_at_any_threshold() {
    for percent in ["0.1", "100", "1000"] {
        assert!(is_told("0", "0.00000001", percent));
        assert!(is_told("0.00000001", "0", percent));
        assert!(!is_told("0", "0", percent));
    }
    assert_eq!(percent("0", "5"), None);
    assert_eq!(percent("5", "0").unwrap(), "-100");
}

#[test]
fn debts_count_by_their_size() {
    assert!(is_told("-100", "-111", "10"));
    assert!(!is_told("-100", "-109", "10"));
    assert_eq!(percent("-100", "-150").unwrap(), "-50");
    assert_eq!(percent("-100", "50").unwrap(), "150");
    // From holding to owing as much is twice the amount.
    assert!(is_told("1", "-1", "150"));
}

#[test]
fn percentages_are_rounded_half_to_even_for_showing_only() {
    assert_eq!(percent("2000", "2001").unwrap(), "0");
    assert_eq!(percent("2000", "2003").unwrap(), "0.2");
    assert_eq!(percent("3", "4").unwrap(), "33.3");
    // Told though it is shown as the threshold.
    assert!(is_told("10000", "11001", "10"));
    assert_eq!(percent("10000", "11001").unwrap(), "10");
    let shown = change(&amount("1"), &amount("20")).by();
    assert_eq!(shown, " (+1,900 %)");
}

#[test]
fn assets_that_came_went_or_moved_are_told_in_order_and_others_not() {
    let before = held(&[("BTC", "1"), ("ADA", "100"), ("SOL", "7"), ("XRP", "0")]);
    let after = held(&[("BTC", "1.05"), ("ADA", "150"), ("ETH", "2"), ("XRP", "0")]);
    let told = balance_changes(&before, &after, &amount("10"));
    let told: Vec<_> = told
        .iter()
        .map(|(asset, change)| {
            (
                asset.as_str(),
                change.before.as_str(),
                change.after.as_str(),
            )
        })
        .collect();
    assert_eq!(
        told,
        [("ADA", "100", "150"), ("ETH", "0", "2"), ("SOL", "7", "0")]
    );
}

proptest! {
    #[test]
    fn a_change_is_told_as_whole_numbers_say(
        before in -1_000_000_000_i64..1_000_000_000,
        after in -1_000_000_000_i64..1_000_000_000,
        tenths in 1_i64..10_000,
        digits in 0_usize..12,
    ) {
        // The same point in both amounts, and one digit after it in the threshold.
        let scaled = |n: i64| amount(&format!("{n}e-{digits}"));
        let told = value_change(&scaled(before), &scaled(after), &amount(&format!("{tenths}e-1")));
        let moved = i128::from(after) - i128::from(before);
        let more = moved.abs() * 1_000 > i128::from(before).abs() * i128::from(tenths);
        let ends = before == 0 || after == 0;
        prop_assert_eq!(told.is_some(), before != after && (ends || more));
    }

    #[test]
    fn no_change_is_never_told(text in "-?[0-9]{1,40}(\\.[0-9]{1,40})?") {
        prop_assert!(!is_told(&text, &text, "0.1"));
    }

    #[test]
    fn amounts_of_any_length_are_compared_to_the_last_digit(
        digits in "[1-9][0-9]{0,60}", places in 1_usize..60,
    ) {
        let before = amount(&digits);
        let least = amount(&format!("1e-{places}"));
        let at_threshold = before.plus(&before.times(&amount("0.1")));
        let ten = amount("10");
        prop_assert!(value_change(&before, &at_threshold, &ten).is_none());
        prop_assert!(value_change(&before, &at_threshold.plus(&least), &ten).is_some());
    }

    #[test]
    fn a_larger_threshold_never_tells_more(
        before in 0_u32..1_000, after in 0_u32..1_000, one in 1_u32..200, more in 0_u32..200,
    ) {
        let (before, after) = (Amount::from(i64::from(before)), Amount::from(i64::from(after)));
        let told = |percent: u32| value_change(&before, &after, &Amount::from(i64::from(percent))).is_some();
        prop_assert!(told(one) || !told(one + more));
    }
}
