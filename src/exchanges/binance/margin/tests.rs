//! What is read of a cross margin wallet.

use proptest::prelude::*;

use super::*;
use crate::domain::amount::Amount;
use crate::exchanges::testing::fixture;

/// Asset, free, locked and total of every balance, and the assets of bad rows.
fn parts(read: &WalletRead) -> (Vec<[String; 4]>, Vec<Option<String>>) {
    let WalletRead::Read {
        balances,
        unreadable,
    } = read
    else {
        panic!("{read:?}");
    };
    let text = |amount: &Option<Amount>| amount.as_ref().unwrap().to_string();
    let row = |b: &Balance| {
        [
            b.asset.to_string(),
            text(&b.free),
            text(&b.locked),
            b.total.to_string(),
        ]
    };
    let bad = |row: &UnreadableRow| row.asset.as_ref().map(ToString::to_string);
    (
        balances.iter().map(row).collect(),
        unreadable.iter().map(bad).collect(),
    )
}

fn balances(read: &WalletRead) -> Vec<[String; 4]> {
    parts(read).0
}

fn unreadable(read: &WalletRead) -> Vec<Option<String>> {
    parts(read).1
}

fn is_bad(result: Result<WalletRead, ExchangeError>) -> bool {
    matches!(
        result,
        Err(ExchangeError::Problem(ExchangeProblem::BadResponse))
    )
}

/// The balances of an account of these rows.
fn balances_of(rows: &str) -> Vec<[String; 4]> {
    balances(&read(&format!(r#"{{"userAssets":[{rows}]}}"#)).unwrap())
}

#[test]
fn the_manuals_margin_account_is_read() {
    let read = read(&fixture("binance_sapi_margin_account.json")).unwrap();
    assert_eq!(balances(&read), [["BTC", "0.004995", "0", "0.004995"]]);
}

#[test]
fn a_margin_wallet_counts_what_is_left_after_loans_which_may_be_less_than_nothing() {
    let rows = r#"
        {"asset":"BTC","free":"1","locked":"0.5","borrowed":"0.2","interest":"0.01","netAsset":"1.29"},
        {"asset":"USDT","free":"0","locked":"0","borrowed":"100","interest":"0.00000001","netAsset":"-100.00000001"},
        {"asset":"ETH","free":"2","locked":"0","borrowed":"2","interest":"0","netAsset":"0"},
        {"asset":"SOL","free":"0","locked":"0","borrowed":"0","interest":"0","netAsset":"0"}"#;
    let wanted = [
        ["BTC", "1", "0.5", "1.29"],
        ["USDT", "0", "0", "-100.00000001"],
        ["ETH", "2", "0", "0"],
    ];
    assert_eq!(balances_of(rows), wanted);
}

#[test]
fn a_bad_margin_row_is_told_and_a_bad_margin_list_is_no_wallet() {
    let good = r#"{"asset":"BTC","free":"1","locked":"0","netAsset":"1"}"#;
    for (bad, asset) in [
        (r#"{"asset":"BAD","free":"1","locked":"0"}"#, Some("BAD")),
        (
            r#"{"asset":"BAD","free":"x","locked":"0","netAsset":"1"}"#,
            Some("BAD"),
        ),
        (
            r#"{"asset":"BAD","free":"1","locked":"0","netAsset":""}"#,
            Some("BAD"),
        ),
        (r#"{"free":"1","locked":"0","netAsset":"1"}"#, None),
        ("7", None),
    ] {
        let read = read(&format!(r#"{{"userAssets":[{bad},{good}]}}"#)).unwrap();
        assert_eq!(balances(&read).len(), 1, "{bad}");
        assert_eq!(unreadable(&read), [asset.map(str::to_owned)], "{bad}");
    }
    assert!(is_bad(read(&format!(
        r#"{{"userAssets":[{good},{good}]}}"#
    ))));
    for body in ["", "<html>", "[]", "{}", r#"{"userAssets":null}"#] {
        assert!(is_bad(read(body)), "{body}");
    }
}

proptest! {
    #[test]
    fn no_text_makes_the_reading_of_margin_panic(text in "\\PC{0,200}") {
        let _ = (read(&text), read(&format!(r#"{{"userAssets":[{text}]}}"#)));
    }
}
