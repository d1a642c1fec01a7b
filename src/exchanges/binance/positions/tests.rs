//! How earn positions are read, page by page, and added up.

use proptest::prelude::*;

use super::*;
use crate::exchanges::testing::fixture;

const FLEXIBLE: &str = "binance_sapi_simple_earn_flexible_position.json";
const LOCKED: &str = "binance_sapi_simple_earn_locked_position.json";
const EMPTY: &str = "binance_simple_earn_empty_constructed.json";

fn totals(read: &WalletRead) -> Vec<(String, String)> {
    let WalletRead::Read { balances, .. } = read else {
        panic!("{read:?}");
    };
    assert!(
        balances
            .iter()
            .all(|b| b.free.is_none() && b.locked.is_none())
    );
    let row = |b: &Balance| (b.asset.to_string(), b.total.to_string());
    balances.iter().map(row).collect()
}

fn unreadable(read: &WalletRead) -> Vec<Option<String>> {
    let WalletRead::Read { unreadable, .. } = read else {
        panic!("{read:?}");
    };
    let asset = |row: &UnreadableRow| row.asset.as_ref().map(AssetCode::to_string);
    unreadable.iter().map(asset).collect()
}

fn owned(rows: &[(&str, &str)]) -> Vec<(String, String)> {
    let row = |(asset, total): &(&str, &str)| ((*asset).to_owned(), (*total).to_owned());
    rows.iter().map(row).collect()
}

/// Reads a wallet of one page.
fn page(kind: Kind, body: &str) -> WalletRead {
    let mut positions = Positions::new(kind);
    assert!(positions.add(body).unwrap(), "{body}");
    positions.into_read()
}

fn flexible(asset: &str, amount: &str, id: &str) -> String {
    format!(r#"{{"asset":"{asset}","totalAmount":"{amount}","productId":"{id}"}}"#)
}

fn listed(rows: &[String], total: usize) -> String {
    format!(r#"{{"rows":[{}],"total":{total}}}"#, rows.join(","))
}

fn is_bad(result: Result<bool, ExchangeError>) -> bool {
    matches!(
        result,
        Err(ExchangeError::Problem(ExchangeProblem::BadResponse))
    )
}

#[test]
fn the_manuals_positions_are_read_without_collateral_and_what_is_being_redeemed() {
    let read = page(Kind::Flexible, &fixture(FLEXIBLE));
    assert_eq!(totals(&read), owned(&[("USDT", "75.46")]));
    let read = page(Kind::Locked, &fixture(LOCKED));
    assert_eq!(totals(&read), owned(&[("AXS", "122.09202928")]));
}

#[test]
fn pages_add_up_whether_their_total_is_a_number_or_text() {
    let name = |n| format!("binance_simple_earn_flexible_position_two_pages_{n}_constructed.json");
    let mut positions = Positions::new(Kind::Flexible);
    assert!(!positions.add(&fixture(&name(1))).unwrap());
    assert!(positions.add(&fixture(&name(2))).unwrap());
    let wanted = [
        ("BAKE", "3"),
        ("BTC", "0.05"),
        ("SHIB", "1500000"),
        ("USDT", "1000"),
    ];
    assert_eq!(totals(&positions.into_read()), owned(&wanted));
}

#[test]
fn an_account_without_positions_is_an_empty_wallet() {
    for body in [
        &*fixture(EMPTY),
        r#"{"total":0}"#,
        r#"{"rows":null,"total":"0"}"#,
    ] {
        let read = page(Kind::Locked, body);
        assert_eq!((totals(&read), unreadable(&read)), (vec![], vec![]));
    }
}

#[test]
fn positions_in_one_asset_are_one_balance() {
    let rows = [
        r#"{"asset":"AXS","amount":"0.1","positionId":1}"#,
        r#"{"asset":"DOT","amount":"5","positionId":2}"#,
        r#"{"asset":"AXS","amount":0.000000000000000002,"positionId":"3"}"#,
        r#"{"asset":"OLD","amount":"0","positionId":4}"#,
    ];
    let body = listed(&rows.map(str::to_owned), 4);
    let wanted = [("AXS", "0.100000000000000002"), ("DOT", "5")];
    assert_eq!(totals(&page(Kind::Locked, &body)), owned(&wanted));
}

#[test]
fn a_sum_that_lacks_a_row_is_no_sum_and_the_other_assets_live_on() {
    let good = [flexible("USDT", "1", "a"), flexible("BTC", "2", "b")];
    for (bad, asset, wanted) in [
        (
            flexible("USDT", "x", "c"),
            Some("USDT"),
            &[("BTC", "2")][..],
        ),
        (flexible("USDT", "", "c"), Some("USDT"), &[("BTC", "2")]),
        (
            r#"{"asset":"USDT","amount":"1"}"#.into(),
            Some("USDT"),
            &[("BTC", "2")],
        ),
        (
            flexible("A\u{202e}", "1", "c"),
            None,
            &[("BTC", "2"), ("USDT", "1")],
        ),
        ("7".into(), None, &[("BTC", "2"), ("USDT", "1")]),
    ] {
        for rows in [
            [std::slice::from_ref(&bad), &good[..]].concat(),
            [&good[..], std::slice::from_ref(&bad)].concat(),
        ] {
            let read = page(Kind::Flexible, &listed(&rows, 3));
            assert_eq!(totals(&read), owned(wanted), "{bad}");
            assert_eq!(unreadable(&read), [asset.map(str::to_owned)], "{bad}");
        }
    }
}

#[test]
fn what_is_no_page_is_a_bad_response() {
    for body in [
        "",
        "<html></html>",
        "[]",
        "{}",
        r#"{"code":"000000","success":true}"#,
        r#"{"rows":[]}"#,
        r#"{"rows":[],"total":null}"#,
        r#"{"rows":[],"total":"many"}"#,
        r#"{"rows":[],"total":-1}"#,
        r#"{"total":1}"#,
        r#"{"rows":{},"total":0}"#,
    ] {
        assert!(is_bad(Positions::new(Kind::Flexible).add(body)), "{body}");
    }
    let rows = |n: usize| listed(&vec!["7".to_owned(); n], n);
    assert!(Positions::new(Kind::Locked).add(&rows(PAGE_ROWS)).is_ok());
    assert!(is_bad(
        Positions::new(Kind::Locked).add(&rows(PAGE_ROWS + 1))
    ));
}

#[test]
fn a_list_that_becomes_shorter_meanwhile_ends_and_one_that_ends_too_early_is_bad() {
    let first = listed(&[flexible("USDT", "1", "a")], 2);
    let mut positions = Positions::new(Kind::Flexible);
    assert!(!positions.add(&first).unwrap());
    assert!(positions.add(&listed(&[], 1)).unwrap());
    assert_eq!(totals(&positions.into_read()), owned(&[("USDT", "1")]));
    let mut positions = Positions::new(Kind::Flexible);
    assert!(!positions.add(&first).unwrap());
    assert!(is_bad(positions.add(&listed(&[], 2))));
}

#[test]
fn a_position_that_moves_to_the_next_page_meanwhile_is_not_counted_twice() {
    let mut positions = Positions::new(Kind::Flexible);
    let first = [flexible("USDT", "1", "a"), flexible("BTC", "1", "b")];
    assert!(!positions.add(&listed(&first, 3)).unwrap());
    assert!(is_bad(positions.add(&listed(&first[1..], 3))));
}

proptest! {
    #[test]
    fn merged_positions_are_the_exact_sum(amounts in prop::collection::vec("-?[0-9]{1,18}\\.[0-9]{1,18}", 1..250), size in 1_usize..=PAGE_ROWS) {
        let rows: Vec<_> = amounts.iter().enumerate().map(|(i, a)| flexible(["A", "B"][i % 2], a, &i.to_string())).collect();
        let mut positions = Positions::new(Kind::Flexible);
        let mut pages = rows.chunks(size);
        while !positions.add(&listed(pages.next().unwrap(), rows.len())).unwrap() {}
        prop_assert!(pages.next().is_none());
        let read = totals(&positions.into_read());
        for (asset, offset) in [("A", 0), ("B", 1)] {
            let sum = amounts.iter().skip(offset).step_by(2).map(|a| Amount::parse(a).unwrap()).fold(Amount::zero(), |a, b| a.plus(&b));
            let wanted = (!sum.is_zero()).then(|| sum.to_string());
            let found = read.iter().find(|(code, _)| code == asset).map(|(_, total)| total.clone());
            prop_assert_eq!(found, wanted);
        }
    }

    #[test]
    fn no_text_makes_the_reading_of_positions_panic(text in "\\PC{0,200}", total in "\\PC{0,5}") {
        for body in [text.clone(), format!(r#"{{"rows":[{text}],"total":{total}}}"#)] {
            let _ = Positions::new(Kind::Locked).add(&body);
        }
    }
}
