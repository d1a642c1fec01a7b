//! Rows that lie, and what they may not change.

use coffer::sandbox::Wallet::{Funding, Spot};
use coffer::sandbox::keys::{binance, okx};

use crate::scene::{BOTH, balances, connect, count, fact, quantity, set, sync, told};
use crate::support::{App, Kind, on_both_databases};

on_both_databases![
    a_row_that_cannot_be_read_is_counted_and_its_asset_stays,
    amounts_are_taken_exactly_or_not_at_all,
    a_sum_longer_than_any_amount_is_shown_whole,
    old_figures_never_get_a_fresh_age,
    a_symbol_that_comes_twice_spoils_its_wallet_alone,
    a_symbol_with_hidden_characters_is_a_row_that_cannot_be_read,
    five_thousand_and_one_rows_are_no_wallet,
];

async fn a_row_that_cannot_be_read_is_counted_and_its_asset_stays(kind: Kind) {
    let app = App::start(kind).await;
    let browser = app.signed_in("a@example.org").await;
    let key = BOTH[0].api_key;
    let id = connect(&browser, &BOTH[0], &[]).await;
    let control = app.setup.sandbox.control();
    for asset in ["BTC", "ETH"] {
        control.remove_asset(key, Spot, asset).unwrap();
    }
    let row = r#"{"asset":"BTC","free":"NaN","locked":"0"}"#;
    control.add_raw_row(key, Spot, row).unwrap();
    let page = sync(&browser, &id).await;
    assert!(
        told(&page).contains("0 added, 0 updated, 1 removed, 12 unchanged"),
        "{}",
        told(&page)
    );
    assert!(told(&page).contains("Spot: 1 row could not be read and were left as they were."));
    assert!(fact(&page, "Status").starts_with("Partial"));
    let page = browser.get("/").await;
    assert_eq!(quantity(&page, "BTC").unwrap(), "0.01384567");
    assert_eq!(quantity(&page, "ETH"), None);
    assert_eq!(
        page.all("ul.gaps li"),
        ["Binance: 1 row of Spot could not be read; what was known before stays."]
    );
    // A row without even a name may be about any asset: nothing is taken for sold.
    control.add_raw_row(key, Spot, r#"[1, 2]"#).unwrap();
    control.remove_asset(key, Spot, "SOL").unwrap();
    let page = sync(&browser, &id).await;
    assert!(told(&page).contains("0 removed"), "{}", told(&page));
    assert!(
        told(&page).contains("Spot: 2 rows could not be read"),
        "{}",
        told(&page)
    );
}

async fn a_sum_longer_than_any_amount_is_shown_whole(kind: Kind) {
    let app = App::start(kind).await;
    let browser = app.signed_in("a@example.org").await;
    let id = connect(&browser, &BOTH[0], &[]).await;
    let nines = "9".repeat(100);
    let row = format!(r#"{{"asset":"LONG","free":"{nines}","locked":"1"}}"#);
    let control = app.setup.sandbox.control();
    control.add_raw_row(BOTH[0].api_key, Spot, &row).unwrap();
    let page = sync(&browser, &id).await;
    assert_eq!(page.status, 200);
    let sum = quantity(&browser.get("/").await, "LONG").unwrap();
    assert_eq!(sum.replace(',', ""), format!("1{}", "0".repeat(100)));
    assert!(fact(&sync(&browser, &id).await, "Status").starts_with("Up to date"));
}

async fn old_figures_never_get_a_fresh_age(kind: Kind) {
    let app = App::start(kind).await;
    let browser = app.signed_in("a@example.org").await;
    let id = connect(&browser, &BOTH[0], &[]).await;
    let control = app.setup.sandbox.control();
    control.remove_asset(BOTH[0].api_key, Spot, "BTC").unwrap();
    let row = r#"{"asset":"BTC","free":"NaN","locked":"0"}"#;
    control.add_raw_row(BOTH[0].api_key, Spot, row).unwrap();
    app.setup.clock.advance_minutes(90);
    sync(&browser, &id).await;
    let page = browser.get("/").await;
    assert!(
        page.one(".summary").contains("Oldest figure 1 hour ago"),
        "{}",
        page.one(".summary")
    );
}

/// Amounts as an exchange may write them, and how they are shown.
const FINE: [(&str, &str); 9] = [
    (r#""-1.5""#, "Borrowed −1.5"),
    ("3.250", "3.25"),
    (r#""1e3""#, "1,000"),
    ("1.5E-7", "0.00000015"),
    (
        r#""0.12345678901234567890123456789""#,
        "0.12345678901234567890123456789",
    ),
    (
        r#""123456789012345678901234567890""#,
        "123,456,789,012,345,678,901,234,567,890",
    ),
    ("1234567890123456789.5", "1,234,567,890,123,456,789.5"),
    (
        r#""420689899653542.560000000000000000""#,
        "420,689,899,653,542.56",
    ),
    (
        r#""999589999999999.123456789012345678""#,
        "999,589,999,999,999.123456789012345678",
    ),
];

/// What is no amount.
const BAD: [&str; 15] = [
    r#""NaN""#,
    r#""Infinity""#,
    r#""1e400""#,
    r#""""#,
    r#""1_000""#,
    r#""1,5""#,
    r#""1abc""#,
    r#"" 1""#,
    r#""0x10""#,
    "null",
    "true",
    "[]",
    r#"".5""#,
    r#""1.""#,
    r#""+1""#,
];

async fn amounts_are_taken_exactly_or_not_at_all(kind: Kind) {
    let app = App::start(kind).await;
    let browser = app.signed_in("a@example.org").await;
    let id = connect(&browser, &binance::EMPTY, &[]).await;
    let control = app.setup.sandbox.control();
    let amounts = FINE.iter().map(|(raw, _)| raw).chain(&BAD);
    for (index, raw) in amounts.enumerate() {
        let row = format!(r#"{{"asset":"A{index:02}","free":{raw},"locked":"0"}}"#);
        control
            .add_raw_row(binance::EMPTY.api_key, Spot, &row)
            .unwrap();
    }
    let page = sync(&browser, &id).await;
    assert!(
        told(&page).contains("Spot: 15 rows could not be read"),
        "{}",
        told(&page)
    );
    let shown: Vec<_> = balances(&page, "Spot")
        .into_iter()
        .map(|row| row[3].clone())
        .collect();
    assert_eq!(shown, FINE.map(|(_, shown)| shown));
}

async fn a_symbol_that_comes_twice_spoils_its_wallet_alone(kind: Kind) {
    let app = App::start(kind).await;
    let browser = app.signed_in("a@example.org").await;
    let id = connect(&browser, &BOTH[0], &[]).await;
    let control = app.setup.sandbox.control();
    let row = r#"{"asset":"BTC","free":"1","locked":"0"}"#;
    control.add_raw_row(BOTH[0].api_key, Spot, row).unwrap();
    set(&app, &BOTH[0], Funding, "BTC", "0.0006", "0");
    let page = sync(&browser, &id).await;
    assert!(
        told(&page).contains("Spot failed, Funding read (3 holdings)"),
        "{}",
        told(&page)
    );
    assert!(told(&page).contains("Spot: Binance sent an answer that could not be understood."));
    assert_eq!(
        quantity(&browser.get("/").await, "BTC").unwrap(),
        "0.01394567"
    );
}

async fn a_symbol_with_hidden_characters_is_a_row_that_cannot_be_read(kind: Kind) {
    let app = App::start(kind).await;
    let browser = app.signed_in("a@example.org").await;
    let id = connect(&browser, &okx::EMPTY, &[]).await;
    let control = app.setup.sandbox.control();
    for symbol in [
        r"B\u0000TC",
        r"\u202eCTB",
        r"B\u200bTC",
        r"BT\nC",
        "B TC",
        "",
    ] {
        let row = format!(r#"{{"ccy":"{symbol}","bal":"1","availBal":"1","frozenBal":"0"}}"#);
        control
            .add_raw_row(okx::EMPTY.api_key, Funding, &row)
            .unwrap();
    }
    let row = r#"{"ccy":"<b>&amp;","bal":"1","availBal":"1","frozenBal":"0"}"#;
    control
        .add_raw_row(okx::EMPTY.api_key, Funding, row)
        .unwrap();
    let page = sync(&browser, &id).await;
    assert!(
        told(&page).contains("Funding: 6 rows could not be read"),
        "{}",
        told(&page)
    );
    assert_eq!(balances(&page, "Funding")[0][0], "<b>&amp;");
    assert_eq!(count(&app, "holdings").await, 1);
}

async fn five_thousand_and_one_rows_are_no_wallet(kind: Kind) {
    let app = App::start(kind).await;
    let browser = app.signed_in("a@example.org").await;
    let id = connect(&browser, &BOTH[1], &[]).await;
    let control = app.setup.sandbox.control();
    for index in 0..=5_000 {
        let row = format!(r#"{{"ccy":"X{index}","bal":"1","availBal":"1","frozenBal":"0"}}"#);
        control.add_raw_row(BOTH[1].api_key, Funding, &row).unwrap();
    }
    let page = sync(&browser, &id).await;
    assert!(
        told(&page).contains("Trading read (8 holdings), Funding failed"),
        "{}",
        told(&page)
    );
    assert_eq!(count(&app, "holdings").await, 11);
}
