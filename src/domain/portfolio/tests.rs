//! Sums and values, exact to the last digit, and what has no price beside them.

use super::*;
use crate::domain::price::route::Price;

pub(super) fn amount(text: &str) -> Amount {
    Amount::parse(text).unwrap()
}

/// A part in a wallet, at a price or without one.
pub(super) fn part(asset: &str, wallet: &str, total: &str, price: Option<&str>) -> Part {
    let place = Place::Wallet {
        connection_id: "c".into(),
        label: "Main".into(),
        exchange: "Binance".into(),
        unproven: false,
        wallet: WalletName::new(wallet),
    };
    let balance = Balance {
        asset: AssetCode::parse(asset).unwrap(),
        free: None,
        locked: None,
        total: amount(total),
    };
    let price = price.map(|price| Price {
        amount: amount(price),
        steps: Vec::new(),
        stands_for: None,
    });
    Part::priced(
        place,
        balance,
        Timestamp(0),
        price.ok_or(NoPrice::NotListed),
    )
}

fn text(amount: Option<&Amount>) -> &str {
    amount.map_or("none", Amount::as_str)
}

#[test]
fn wallets_of_one_asset_are_summed_to_the_last_digit() {
    let held = gather(vec![
        part("ETH", "spot", "1", None),
        part("BTC", "spot", "123456789012.123456789012345678", None),
        part("BTC", "funding", "0.000000000000000001", None),
    ]);
    let rows: Vec<_> = held
        .iter()
        .map(|h| (h.asset.as_str(), h.quantity.as_str()))
        .collect();
    assert_eq!(
        rows,
        [("BTC", "123456789012.123456789012345679"), ("ETH", "1")]
    );
    assert_eq!(held[0].parts.len(), 2);
}

#[test]
fn values_are_exact_products_and_their_sums() {
    let held = gather(vec![
        part("BTC", "spot", "0.1", Some("64210.55")),
        part("BTC", "funding", "0.000000000000000001", Some("64210.55")),
        part("EUR", "spot", "10", Some("1.08")),
    ]);
    assert_eq!(text(held[0].value.as_ref()), "6421.05500000000006421055");
    assert_eq!(text(held[0].price.as_ref()), "64210.55");
    assert_eq!(text(total(&held).as_ref()), "6431.85500000000006421055");
    let shares = sum(held.iter().filter_map(|h| h.share.as_ref()));
    assert_eq!(shares.rounded(30).as_str(), "1");
}

#[test]
fn what_has_no_price_is_beside_the_total_and_not_in_it() {
    let held = gather(vec![
        part("BTC", "spot", "1", Some("64000")),
        part("XYZ", "spot", "1000000", None),
    ]);
    assert_eq!(text(total(&held).as_ref()), "64000");
    assert_eq!(unpriced(&held), 1);
    assert_eq!(
        (text(held[1].value.as_ref()), held[1].unpriced),
        ("none", 1)
    );
    assert_eq!(held[1].share, None);
}

#[test]
fn an_asset_that_one_exchange_does_not_price_has_the_value_of_the_rest_and_says_so() {
    let held = gather(vec![
        part("XYZ", "spot", "2", Some("3")),
        part("XYZ", "funding", "5", None),
    ]);
    assert_eq!(text(held[0].value.as_ref()), "6");
    assert_eq!(text(held[0].price.as_ref()), "3");
    assert_eq!((held[0].unpriced, unpriced(&held)), (1, 1));
}

#[test]
fn two_prices_of_one_asset_make_an_average_by_quantity() {
    let held = gather(vec![
        part("BTC", "spot", "1", Some("100")),
        part("BTC", "trading", "3", Some("200")),
    ]);
    assert_eq!(text(held[0].price.as_ref()), "175");
    let with_debt = gather(vec![
        part("BTC", "spot", "1", Some("100")),
        part("BTC", "margin", "-1", Some("200")),
    ]);
    assert_eq!(text(with_debt[0].price.as_ref()), "none");
    assert_eq!(text(with_debt[0].value.as_ref()), "-100");
}

#[test]
fn without_a_single_price_there_is_no_total_and_with_nothing_held_it_is_zero() {
    let held = gather(vec![part("XYZ", "spot", "1", None)]);
    assert_eq!(total(&held), None);
    assert_eq!(text(total(&[]).as_ref()), "0");
}

#[test]
fn a_debt_lowers_the_total_and_a_total_of_nothing_has_no_shares() {
    let held = gather(vec![
        part("BTC", "margin", "-1", Some("100")),
        part("EUR", "spot", "40", Some("1")),
    ]);
    assert_eq!(text(total(&held).as_ref()), "-60");
    assert!(held.iter().all(|holding| holding.share.is_none()));
}

#[test]
fn test_money_stands_apart_and_counts_for_nothing() {
    let play = Part {
        price: Err(NoPrice::TestMoney),
        value: None,
        test_money: true,
        ..part("BTC", "spot", "1000", None)
    };
    let held = gather(vec![part("BTC", "spot", "1", Some("100")), play.clone()]);
    let rows: Vec<_> = held
        .iter()
        .map(|h| (h.quantity.as_str(), h.test_money))
        .collect();
    assert_eq!(rows, [("1", false), ("1000", true)]);
    assert_eq!((text(total(&held).as_ref()), unpriced(&held)), ("100", 0));
    assert_eq!(text(total(&gather(vec![play])).as_ref()), "0");
}

#[test]
fn sums_beyond_every_usual_number_stay_exact() {
    let huge = "9".repeat(60);
    let held = gather(vec![
        part("A", "spot", &huge, Some(&huge)),
        part("B", "spot", "0.000000000000000000000000000001", Some("1")),
    ]);
    let total = total(&held).unwrap();
    assert_eq!(total.rounded(0).as_str().len(), 120);
    assert!(total.as_str().ends_with("000001"));
}
