//! Holdings that are taken along: exact, with what is missing, and harmless in a spreadsheet.

use std::collections::BTreeMap;

use coffer::sandbox::Wallet::Spot;
use coffer::sandbox::{Effect, Fault};
use reqwest::header::CONTENT_DISPOSITION;
use serde_json::Value;

use super::{assert_harmless, csv, json, taken};
use crate::history::scene::KEY;
use crate::leases::execute;
use crate::portfolios::{create, id_of};
use crate::scene::{BOTH, connect, set, sync};
use crate::support::{App, Browser, Kind, on_both_databases};

on_both_databases![
    holdings_are_taken_along_exactly_as_they_were_read,
    what_could_not_be_read_is_said_in_the_file,
    hostile_names_are_no_formulas_and_stay_what_they_are,
];

async fn enter(browser: &Browser, portfolio: &str, entry: [&str; 4]) {
    let [asset, quantity, label, note] = entry;
    let form = [
        ("id", portfolio),
        ("asset", asset),
        ("quantity", quantity),
        ("label", label),
        ("note", note),
    ];
    let page = browser.post("/do/add-manual", &form).await;
    assert_eq!(page.status, 303, "{}", page.text());
}

/// No price means no value and a reason; a price means a value and none.
fn assert_honest(row: &BTreeMap<String, String>) {
    let is_missing = row["source"] == "\"missing\"";
    let [price, value, reason] =
        ["price", "value", "no_price_reason"].map(|name| row[name].is_empty());
    assert_eq!(price, value, "{row:?}");
    assert!(is_missing || reason != price, "{row:?}");
    assert!(!is_missing || row["quantity"].is_empty(), "{row:?}");
}

async fn holdings_are_taken_along_exactly_as_they_were_read(kind: Kind) {
    let app = App::start(kind).await;
    let exact = "123456789012345.123456789012345678";
    set(&app, &KEY, Spot, "PEPE", exact, "0");
    set(&app, &KEY, Spot, "BTC", "1.5", "0.25");
    let browser = app.signed_in("a@example.org").await;
    let connection = connect(&browser, &KEY, &[("label", "Main")]).await;
    let portfolio = id_of(&browser.get("/portfolios").await, "Binance");
    enter(&browser, &portfolio, ["EUR", "-1200.50", "Loan", ""]).await;
    let rows = csv(&taken(&browser, "holdings.csv").await);
    assert_eq!(rows.len(), 3);
    rows.iter().for_each(assert_honest);
    let of = |asset: &str| {
        rows.iter()
            .find(|row| row["asset"] == format!("\"{asset}\""))
    };
    let (pepe, btc, loan) = (of("PEPE").unwrap(), of("BTC").unwrap(), of("EUR").unwrap());
    assert_eq!(pepe["quantity"], exact);
    assert_eq!(
        [&btc["quantity"], &btc["free"], &btc["locked"]],
        ["1.75", "1.5", "0.25"]
    );
    assert_eq!(btc["wallet_outcome"], "\"read\"");
    assert!(btc["read_at"].ends_with('Z'), "{btc:?}");
    assert_eq!(btc["connection_id"], format!("\"{connection}\""));
    assert_eq!(
        (loan["quantity"].as_str(), loan["source"].as_str()),
        ("-1200.5", "\"by_hand\"")
    );
    assert_eq!(loan["portfolio"], "\"Binance\"");
    // The same in the other format.
    let told = json(&taken(&browser, "holdings.json").await);
    assert_eq!(
        (&told["coffer_export"], &told["complete"]),
        (&1.into(), &true.into())
    );
    let list = told["holdings"].as_array().unwrap();
    assert_eq!(list.len(), rows.len());
    for (row, object) in rows.iter().zip(list) {
        for (name, field) in row {
            let plain = field.trim_matches('"');
            let same = match &object[name] {
                Value::Null => plain.is_empty(),
                Value::String(text) => text == plain || name == "no_price_reason",
                other => format!("{other}") == plain,
            };
            assert!(same, "{name}: {field} and {}", object[name]);
        }
    }
    // One portfolio alone.
    let other = create(&browser, "Other").await;
    enter(&browser, &other, ["XAU", "1", "Coin", ""]).await;
    let rows = csv(&taken(&browser, &format!("holdings.csv?portfolio={other}")).await);
    assert_eq!(rows.len(), 1);
    assert_eq!(
        (rows[0]["portfolio"].as_str(), rows[0]["label"].as_str()),
        ("\"Other\"", "\"Coin\"")
    );
}

async fn what_could_not_be_read_is_said_in_the_file(kind: Kind) {
    let app = App::start(kind).await;
    let browser = app.signed_in("a@example.org").await;
    let id = connect(&browser, &BOTH[0], &[]).await;
    let control = app.setup.sandbox.control();
    control.inject(Fault::on(
        "/sapi/v1/asset/get-funding-asset",
        Effect::gateway(),
    ));
    sync(&browser, &id).await;
    let rows = csv(&taken(&browser, "holdings.csv").await);
    let failed = rows.iter().filter(|row| row["wallet"] == "\"funding\"");
    let failed: Vec<_> = failed.collect();
    assert!(!failed.is_empty());
    for row in failed {
        assert_eq!(row["wallet_outcome"], "\"failed\"");
        assert!(!row["quantity"].is_empty() && !row["read_at"].is_empty());
    }
    let missing: Vec<_> = rows
        .iter()
        .filter(|row| row["source"] == "\"missing\"")
        .collect();
    assert_eq!(missing.len(), 1);
    assert!(
        missing[0]["missing"].contains("Funding could not be read"),
        "{missing:?}"
    );
    rows.iter().for_each(assert_honest);
    let told = json(&taken(&browser, "holdings.json").await);
    assert_eq!(told["complete"], false);
    let runs = csv(&taken(&browser, &format!("runs.csv?connection={id}")).await);
    let last = runs.last().unwrap();
    assert_eq!(last["partial"], "true");
    assert!(last["wallets"].contains("Funding failed"), "{last:?}");
}

async fn hostile_names_are_no_formulas_and_stay_what_they_are(kind: Kind) {
    let app = App::start(kind).await;
    let browser = app.signed_in("a@example.org").await;
    let note = format!("@SUM(1);=2 \"quoted\", {}", "x".repeat(150));
    let hostile = [
        [
            "=SUM",
            "1",
            "=HYPERLINK(\"http://evil.example\",\"x\")",
            note.as_str(),
        ],
        ["-BTC", "2", "+1+1", "'; DROP TABLE users; --"],
        ["＝X", "3", "－1", "-1"],
        ["@币安", "4", "a\"b,c", ""],
    ];
    let portfolio = create(&browser, "=cmd|' /C calc'!A0").await;
    for entry in hostile {
        enter(&browser, &portfolio, entry).await;
    }
    // Neither a form nor an exchange lets these in; a file defuses them all the same.
    let turned = "\u{202e}=gnirts";
    let sql = format!("UPDATE manual_holdings SET label = '{turned}' WHERE quantity = '3'");
    execute(&app, &sql).await;
    let sql = "UPDATE manual_holdings SET note = 'a\r\n =1+1' WHERE quantity = '4'";
    execute(&app, sql).await;
    let page = taken(&browser, "holdings.csv").await;
    let rows = csv(&page);
    assert_eq!(rows.len(), hostile.len());
    rows.iter().flatten().for_each(assert_harmless);
    let of = |quantity: &str| rows.iter().find(|row| row["quantity"] == quantity).unwrap();
    assert_eq!(
        of("1")["label"],
        "\"'=HYPERLINK(\"\"http://evil.example\"\",\"\"x\"\")\""
    );
    assert!(of("1")["note"].starts_with("\"'@SUM(1);'=2 \"\"quoted\"\""));
    assert_eq!(of("2")["asset"], "\"'-BTC\"");
    assert_eq!(of("3")["label"], "\"\u{202e}'=gnirts\"");
    assert_eq!(of("4")["label"], "\"a\"\"b,c\"");
    assert_eq!(of("4")["note"], "\"a\u{1} '=1+1\"");
    assert_eq!(of("4")["portfolio"], "\"'=cmd|' /C calc'!A0\"");
    // Programs get what was entered.
    let told = json(&taken(&browser, "holdings.json").await);
    let list = told["holdings"].as_array().unwrap();
    for [asset, quantity, label, note] in hostile {
        let row = list.iter().find(|row| row["quantity"] == quantity).unwrap();
        assert_eq!(row["asset"], asset);
        assert!(row["label"] == label || quantity == "3");
        assert!(row["note"] == note || (quantity == "4" && row["note"] == "a\r\n =1+1"));
    }
    let saved = page.headers[CONTENT_DISPOSITION].to_str().unwrap();
    assert!(!saved.contains("cmd"), "{saved}");
}
