//! What is taken from Binance's overview of an account.

use proptest::prelude::*;

use super::*;
use crate::exchanges::testing::fixture;

fn overview(body: &str) -> Option<Overview> {
    read(body, Timestamp(7))
}

fn rows(rows: &[&str]) -> Option<Overview> {
    overview(&format!("[{}]", rows.join(",")))
}

fn earn(balance: &str) -> String {
    format!(r#"{{"activate":true,"balance":{balance},"walletName":"Earn"}}"#)
}

#[test]
fn every_part_is_named_with_the_wallets_that_itemise_it() {
    let body = fixture("binance_sapi_wallet_balance_ten_wallets_constructed.json");
    let overview = overview(&body).unwrap();
    assert_eq!(
        (overview.unit.as_str(), overview.read_at),
        ("BTC", Timestamp(7))
    );
    let part = |part: &OverviewPart| {
        let wallets: Vec<_> = part.wallets.iter().map(WalletName::to_string).collect();
        (
            part.name.clone(),
            part.amount.to_string(),
            wallets.join(" "),
        )
    };
    let wanted = [
        ("Spot", "0.01834211", "spot"),
        ("Funding", "0.00000091", "funding"),
        ("Cross Margin", "0", "margin"),
        ("Isolated Margin", "0", ""),
        ("USDⓈ-M Futures", "0.0012", ""),
        ("COIN-M Futures", "0", ""),
        ("Earn", "0.06528011", "earn_flexible earn_locked"),
        ("Options", "0", ""),
        ("Trading Bots", "0", ""),
        ("Copy Trading", "0", ""),
    ];
    let parts: Vec<_> = overview.parts.iter().map(part).collect();
    let owned = |(a, b, c): (&str, &str, &str)| (a.to_owned(), b.to_owned(), c.to_owned());
    assert_eq!(parts, wanted.map(owned));
}

#[test]
fn a_part_that_cannot_be_shown_or_read_is_left_out() {
    let long = format!(r#"{{"balance":"1","walletName":"{}"}}"#, "A".repeat(65));
    let rows = rows(&[
        r#"{"balance":"1","walletName":"A\u202eB"}"#,
        r#"{"balance":"1","walletName":""}"#,
        r#"{"balance":"x","walletName":"Spot"}"#,
        r#"{"walletName":"Spot"}"#,
        r#"{"balance":"1"}"#,
        "7",
        &long,
        r#"{"balance":-0.5,"walletName":"A Name Unheard Of"}"#,
    ]);
    let parts = rows.unwrap().parts;
    assert_eq!(parts.len(), 1);
    assert_eq!(parts[0].name, "A Name Unheard Of");
    assert_eq!(parts[0].amount.to_string(), "-0.5");
}

#[test]
fn what_tells_nothing_is_no_overview() {
    let many = vec![r#"{"balance":"1","walletName":"Spot"}"#; 101].join(",");
    for body in ["", "<html>", "{}", "[]", "[7]", &format!("[{many}]")] {
        assert_eq!(overview(body), None, "{body:.40}");
    }
}

#[test]
fn only_a_zero_that_was_told_says_that_there_is_no_earn() {
    let says = |rows_of: &[&str]| tells_no_earn(&rows(rows_of).unwrap());
    let spot = r#"{"balance":"0","walletName":"Spot"}"#;
    assert!(says(&[spot, &earn("\"0.00000000\"")]));
    assert!(says(&[spot, &earn("0")]));
    assert!(!says(&[spot, &earn("\"0.00000001\"")]));
    assert!(!says(&[spot, &earn("\"-1\"")]));
    assert!(!says(&[spot, &earn("\"\"")]));
    assert!(!says(&[spot, &earn("0"), &earn("1")]));
    assert!(!says(&[spot]));
}

proptest! {
    #[test]
    fn no_text_makes_the_reading_of_an_overview_panic(text in "\\PC{0,200}") {
        let _ = (overview(&text), rows(&[&text]));
    }
}
