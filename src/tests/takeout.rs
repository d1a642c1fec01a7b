//! What people take along: exact, whole, theirs alone, and harmless in a spreadsheet.

mod everything;
pub mod person;
pub mod schema;

use std::collections::BTreeMap;

use coffer::sandbox::Wallet::Spot;
use coffer::sandbox::{Effect, Fault};
use reqwest::header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_TYPE, X_CONTENT_TYPE_OPTIONS};
use serde_json::Value;

use crate::history::scene::{KEY, Scene};
use crate::leases::execute;
use crate::portfolios::{create, id_of};
use crate::scene::{BOTH, connect, set, sync};
use crate::support::{App, Browser, Kind, Page, on_both_databases};

on_both_databases![
    holdings_are_taken_along_exactly_as_they_were_read,
    what_could_not_be_read_is_said_in_the_file,
    hostile_names_are_no_formulas_and_stay_what_they_are,
    history_is_taken_along_by_portfolio_and_altogether,
    a_long_history_comes_whole_and_in_order,
    what_syncs_did_is_taken_along,
    what_is_anothers_is_in_nobodys_file,
    a_file_is_saved_and_never_shown_or_kept,
];

pub const NOBODYS: &str = "00000000000000000000000000000000";

/// A file's answer, which must be there.
pub async fn taken(browser: &Browser, name: &str) -> Page {
    let page = browser.get(&format!("/export/{name}")).await;
    assert_eq!(page.status, 200, "{name}: {}", page.text());
    page
}

pub fn json(page: &Page) -> Value {
    serde_json::from_str(&page.body).unwrap()
}

/// The rows of a CSV file by the names of their columns; quotes are kept, so that text can be told
/// from numbers.
fn csv(page: &Page) -> Vec<BTreeMap<String, String>> {
    let (mut records, mut record, mut field) = (Vec::new(), Vec::new(), String::new());
    let mut quoted = false;
    let text = page.body.replace("\r\n", "\u{1}");
    for c in text.chars() {
        match c {
            ',' if !quoted => record.push(std::mem::take(&mut field)),
            '\u{1}' if !quoted => {
                record.push(std::mem::take(&mut field));
                records.push(std::mem::take(&mut record));
            }
            c => {
                quoted ^= c == '"';
                field.push(c);
            }
        }
    }
    assert!(record.is_empty() && field.is_empty(), "the last line ends");
    let names = records.remove(0);
    let named = |record: Vec<String>| {
        assert_eq!(record.len(), names.len(), "{record:?}");
        names.iter().cloned().zip(record).collect()
    };
    records.into_iter().map(named).collect()
}

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
                other => other.to_string() == plain,
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
    let plain = |field: &str| field.trim_matches('"').to_owned();
    for (name, field) in rows.iter().flatten() {
        let is_text = field.starts_with('"') && field.ends_with('"');
        let is_own = field.is_empty()
            || field.parse::<f64>().is_ok()
            || ["true", "false"].contains(&field.as_str())
            || field.ends_with('Z');
        assert!(is_text || is_own, "{name}: {field}");
        let first = plain(field).trim_start().chars().next();
        let starts_formula = first.is_some_and(|c| "=+-@＝＋－＠".contains(c));
        assert!(!(is_text && starts_formula), "{name}: {field}");
    }
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

async fn history_is_taken_along_by_portfolio_and_altogether(kind: Kind) {
    let scene = Scene::new(kind, &[("BTC", "2")]).await;
    scene.record(0, &[("BTC", "100")]).await;
    scene.record(1, &[("BTC", "110.000000000000000001")]).await;
    let portfolio = scene.portfolio().await;
    let rows = csv(&taken(&scene.browser, "history.csv").await);
    assert_eq!(rows.len(), 4);
    for series in ["\"all\"", "\"portfolio\""] {
        let values = rows.iter().filter(|row| row["series"] == series);
        let values: Vec<_> = values.map(|row| row["value_usdt"].as_str()).collect();
        assert_eq!(values, ["200", "220.000000000000000002"]);
    }
    for row in &rows {
        assert_eq!(
            (row["currency"].as_str(), row["rate"].as_str()),
            ("\"USD\"", "1")
        );
        assert_eq!(row["value"], row["value_usdt"]);
        assert!(row["at"].ends_with('Z') && row["no_value_reason"].is_empty());
    }
    execute(&scene.app, "DELETE FROM value_rates").await;
    let only = format!("?portfolio={portfolio}");
    let rows = csv(&taken(&scene.browser, &format!("history.csv{only}")).await);
    assert_eq!(rows.len(), 2);
    for row in &rows {
        assert_eq!(row["portfolio_id"], format!("\"{portfolio}\""));
        assert_eq!((row["rate"].as_str(), row["value"].as_str()), ("", ""));
        assert_eq!(
            row["no_value_reason"],
            "\"No rate of USD was known at that moment.\""
        );
    }
    let told = json(&taken(&scene.browser, &format!("history.json{only}")).await);
    assert_eq!(told["points"][1]["value_usdt"], "220.000000000000000002");
    assert_eq!(
        (&told["points"][1]["value"], &told["currency"]),
        (&Value::Null, &"USD".into())
    );
}

async fn a_long_history_comes_whole_and_in_order(kind: Kind) {
    let scene = Scene::new(kind, &[("BTC", "2")]).await;
    scene.record(0, &[("BTC", "100")]).await;
    let (user, portfolio) = (&scene.user.id, scene.portfolio().await);
    for series in [user, &portfolio] {
        for start in [0, 1_000, 2_000] {
            let rows: Vec<_> = (start + 1..=start + 1_000)
                .map(|at| format!("('{series}', {at}, '{at}', '0', '0', 0, 0, 'sync', 0)"))
                .collect();
            let sql = format!("INSERT INTO value_points VALUES {}", rows.join(", "));
            execute(&scene.app, &sql).await;
        }
    }
    let rows = csv(&taken(&scene.browser, "history.csv").await);
    assert_eq!(rows.len(), 2 * 3_001);
    for series in ["\"all\"", "\"portfolio\""] {
        let values = rows.iter().filter(|row| row["series"] == series);
        let values: Vec<_> = values.map(|row| row["value_usdt"].clone()).collect();
        let mut wanted: Vec<_> = (1..=3_000).map(|value| value.to_string()).collect();
        wanted.push("200".to_owned());
        assert_eq!(values, wanted);
    }
    let told = json(&taken(&scene.browser, "history.json").await);
    assert_eq!(told["points"].as_array().unwrap().len(), 2 * 3_001);
}

async fn what_syncs_did_is_taken_along(kind: Kind) {
    let app = App::start(kind).await;
    let browser = app.signed_in("a@example.org").await;
    let first = connect(&browser, &BOTH[0], &[]).await;
    let second = connect(&browser, &BOTH[1], &[]).await;
    // More than are read at once.
    execute(
        &app,
        "INSERT INTO sync_runs (id, connection_id, started_at, report) \
         SELECT r.id || a.id || b.id, r.connection_id, r.started_at, r.report FROM sync_runs r, \
         assets a, assets b",
    )
    .await;
    let rows = csv(&taken(&browser, "runs.csv").await);
    assert!(rows.len() > 400, "{}", rows.len());
    let ids: std::collections::BTreeSet<_> = rows.iter().map(|row| &row["run_id"]).collect();
    assert_eq!(ids.len(), rows.len());
    let of = |id: &str| {
        rows.iter()
            .filter(|row| row["connection_id"] == format!("\"{id}\""))
            .count()
    };
    assert_eq!(of(&first) + of(&second), rows.len());
    let told = json(&taken(&browser, &format!("runs.json?connection={first}")).await);
    let runs = told["runs"].as_array().unwrap();
    assert_eq!(runs.len(), of(&first));
    assert_eq!(
        (&runs[0]["success"], &runs[0]["exchange"]),
        (&true.into(), &"Binance".into())
    );
    assert_eq!(
        (&runs[0]["added"], &runs[0]["error"]),
        (&13.into(), &Value::Null)
    );
}

async fn what_is_anothers_is_in_nobodys_file(kind: Kind) {
    let app = App::start(kind).await;
    let anna = app.signed_in("anna@example.org").await;
    let connection = connect(&anna, &BOTH[0], &[("label", "Annas own")]).await;
    let portfolio = id_of(&anna.get("/portfolios").await, "Binance");
    let bob = app.signed_in("bob@example.org").await;
    for (name, id) in [
        ("holdings.csv?portfolio=", &portfolio),
        ("holdings.json?portfolio=", &portfolio),
        ("history.csv?portfolio=", &portfolio),
        ("history.json?portfolio=", &portfolio),
        ("runs.csv?connection=", &connection),
        ("runs.json?connection=", &connection),
    ] {
        assert_eq!(
            anna.get(&format!("/export/{name}{id}")).await.status,
            200,
            "{name}"
        );
        let none = bob.get(&format!("/export/{name}{NOBODYS}")).await;
        assert_eq!(none.status, 404, "{name}");
        for strange in [id.as_str(), "0123", "", "%00", "%27%20OR%201=1"] {
            let page = bob.get(&format!("/export/{name}{strange}")).await;
            assert_eq!(
                (page.status, &page.body),
                (404, &none.body),
                "{name}{strange}"
            );
        }
    }
    for (name, _) in coffer::domain::takeout::file::Kind::ALL {
        let page = taken(&bob, name).await;
        for foreign in [connection.as_str(), &portfolio, "Annas own", "anna@"] {
            assert!(!page.body.contains(foreign), "{name}: {foreign}");
        }
    }
    for none in [
        "",
        "holdings",
        "holdings.xml",
        "..%2fdata%2fmaster.key",
        "everything.csv",
    ] {
        let page = anna.get(&format!("/export/{none}")).await;
        assert_eq!(page.status, 404, "{none}");
    }
}

async fn a_file_is_saved_and_never_shown_or_kept(kind: Kind) {
    let app = App::start(kind).await;
    let browser = app.signed_in("a@example.org").await;
    let moment = app.state.clock.now().rfc3339();
    for (name, _) in coffer::domain::takeout::file::Kind::ALL {
        let page = taken(&browser, name).await;
        let header = |name| page.headers[name].to_str().unwrap();
        let (what, ending) = name.split_once('.').unwrap();
        let saved = format!(
            "attachment; filename=\"coffer-{what}-{}.{ending}\"",
            &moment[..10]
        );
        assert_eq!(header(CONTENT_DISPOSITION), saved);
        assert_eq!(header(CACHE_CONTROL), "no-store");
        assert_eq!(header(X_CONTENT_TYPE_OPTIONS), "nosniff");
        let wanted = match ending {
            "csv" => "text/csv; charset=utf-8; header=present",
            _ => "application/json; charset=utf-8",
        };
        assert_eq!(header(CONTENT_TYPE), wanted);
        match ending {
            "csv" => assert!(csv(&page).is_empty(), "{name}"),
            _ => assert_eq!(json(&page)["coffer_export"], 1, "{name}"),
        }
    }
}
