//! What people take along: exact, whole, theirs alone, and harmless in a spreadsheet.

mod everything;
mod history;
mod holdings;
mod hostile;
pub mod person;
pub mod schema;

use std::collections::BTreeMap;

use reqwest::header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_TYPE, X_CONTENT_TYPE_OPTIONS};
use serde_json::Value;

use crate::leases::execute;
use crate::portfolios::id_of;
use crate::scene::{BOTH, connect};
use crate::support::{App, Browser, Kind, Page, on_both_databases};

on_both_databases![
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
pub fn csv(page: &Page) -> Vec<BTreeMap<String, String>> {
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

/// Text is quoted and begins like no formula; whatever is not quoted is a word of our own types.
pub fn assert_harmless((name, field): (&String, &String)) {
    let is_text = field.starts_with('"') && field.ends_with('"');
    let is_own = field.is_empty()
        || field.parse::<f64>().is_ok()
        || ["true", "false"].contains(&field.as_str())
        || field.ends_with('Z');
    assert!(is_text || is_own, "{name}: {field}");
    let first = field.trim_matches('"').trim_start().chars().next();
    let starts_formula = first.is_some_and(|c| "=+-@＝＋－＠".contains(c));
    assert!(!(is_text && starts_formula), "{name}: {field}");
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
