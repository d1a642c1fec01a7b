//! Candles, listings and back-fills, as programs read them.

use coffer::domain::timestamp::Timestamp;
use coffer::sandbox::Effect;
use coffer::services::market::backfill::take_up;
use reqwest::Method;
use serde_json::{Value, json};

use super::client::{Client, client_of};
use crate::market::World;
use crate::scene::until;
use crate::support::{Kind, on_both_databases};

on_both_databases![
    candles_are_told_in_the_documented_shape,
    pages_of_candles_follow_each_other,
    what_is_wrong_with_a_call_is_told_by_its_field,
    trouble_is_told_and_never_passed_for_the_whole,
    candles_are_saved_as_a_file,
    four_files_at_once_are_the_most_of_one_person,
    what_is_listed_is_told_page_by_page,
    past_days_are_asked_for_and_followed,
    what_is_wrong_with_a_wish_for_past_days_is_told,
];

const ANNA: &str = "anna@example.org";
const MINUTES: &str = "/market/klines?exchange=binance&symbol=BTC-USDT&interval=1m";

async fn client(world: &World, scope: &str) -> Client {
    world.app.signed_in(ANNA).await;
    client_of(&world.app, ANNA, scope).await
}

fn field<'a>(row: &'a Value, name: &str) -> &'a str {
    row[name].as_str().unwrap()
}

async fn candles_are_told_in_the_documented_shape(kind: Kind) {
    let world = World::new(kind).await;
    let client = client(&world, "read").await;
    for symbol in ["BTC-USDT", "BTCUSDT"] {
        for exchange in ["binance", "okx"] {
            let path =
                format!("/market/klines?exchange={exchange}&symbol={symbol}&interval=1d&limit=3");
            let told = client.get(&path).await.with(200);
            let rows = told["klines"].as_array().unwrap();
            assert_eq!((rows.len(), &told["next"]), (3, &json!(null)));
            assert_eq!(
                (&told["gaps"], &told["complete"]),
                (&json!([]), &json!(true))
            );
            let finals: Vec<_> = rows.iter().map(|row| &row["final"]).collect();
            assert_eq!(finals, [&json!(true), &json!(true), &json!(false)]);
            let [open, close] = ["open_time", "close_time"].map(|name| {
                let text = field(&rows[0], name);
                Timestamp::parse(text).unwrap().0
            });
            assert_eq!(close - open, 86_400_000 - 1);
            for name in ["open", "high", "low", "close", "volume"] {
                assert!(
                    field(&rows[0], name).parse::<f64>().unwrap() > 0.0,
                    "{name}"
                );
            }
        }
    }
}

async fn pages_of_candles_follow_each_other(kind: Kind) {
    let world = World::new(kind).await;
    let client = client(&world, "read").await;
    let end = world.now().rfc3339();
    let start = world.now().plus_ms(-30 * 60_000).rfc3339();
    let mut path = format!("{MINUTES}&start={start}&end={end}&limit=12");
    let mut opens = Vec::new();
    loop {
        let told = client.get(&path).await.with(200);
        let rows = told["klines"].as_array().unwrap();
        opens.extend(rows.iter().map(|row| field(row, "open_time").to_owned()));
        let Some(next) = told["next"].as_str() else {
            break;
        };
        path = format!("{MINUTES}&start={next}&end={end}&limit=12");
    }
    assert_eq!(opens.len(), 30);
    assert!(opens.is_sorted());
    let usual = client.get(MINUTES).await.with(200);
    assert_eq!(usual["klines"].as_array().unwrap().len(), 500);
}

async fn what_is_wrong_with_a_call_is_told_by_its_field(kind: Kind) {
    let world = World::new(kind).await;
    let client = client(&world, "read").await;
    let all = "exchange=binance&symbol=BTC-USDT&interval=1m";
    for (query, name) in [
        ("symbol=BTC-USDT&interval=1m", "exchange"),
        ("exchange=binance&interval=1m", "symbol"),
        ("exchange=binance&symbol=BTC-USDT", "interval"),
        ("exchange=kraken&symbol=BTC-USDT&interval=1m", "exchange"),
        ("exchange=binance&symbol=NOPE-USDT&interval=1m", "symbol"),
        ("exchange=binance&symbol=NOPEUSDT&interval=1m", "symbol"),
        ("exchange=binance&symbol=BTC-USDT&interval=1y", "interval"),
        ("exchange=binance&symbol=BTC-USDT&interval=2d", "interval"),
        ("exchange=okx&symbol=BTC-USDT&interval=8h", "interval"),
        (&format!("{all}&limit=0"), "limit"),
        (&format!("{all}&limit=1001"), "limit"),
        (&format!("{all}&limit=many"), "limit"),
        (&format!("{all}&start=yesterday"), "start"),
        (&format!("{all}&end=1767225600000"), "end"),
        (&format!("{all}&start=2026-02-02&end=2026-02-01"), "start"),
    ] {
        for path in ["/market/klines", "/market/klines.csv"] {
            let told = client.get(&format!("{path}?{query}")).await;
            let told = told.refused(422, "validation_failed");
            let sentence = told["errors"][name][0].as_str();
            assert!(
                sentence.is_some_and(|text| text.ends_with('.')),
                "{query}: {told}"
            );
        }
    }
    let long = format!("/market/klines.csv?{all}&start=2025-01-01&end=2026-11-01");
    let told = client.get(&long).await.refused(422, "validation_failed");
    assert!(told["errors"]["start"][0].is_string());
}

async fn trouble_is_told_and_never_passed_for_the_whole(kind: Kind) {
    let mut world = World::new(kind).await;
    let client = client(&world, "read").await;
    client.get(&format!("{MINUTES}&limit=5")).await.with(200);
    world.inject(
        "/api/v3/klines",
        Effect::binance(503, -1001, "Internal error."),
    );
    world.advance(2);
    let told = client.get(&format!("{MINUTES}&limit=5")).await.with(200);
    assert_eq!(told["complete"], false);
    assert_eq!(told["klines"].as_array().unwrap().len(), 2);
    assert_eq!(told["gaps"].as_array().unwrap().len(), 1);
    let none = format!("{MINUTES}&start=2026-01-01&end=2026-01-02");
    client.get(&none).await.refused(422, "exchange_unavailable");
    let file = client.get(&none.replace("klines?", "klines.csv?")).await;
    file.refused(422, "exchange_unavailable");
}

async fn four_files_at_once_are_the_most_of_one_person(kind: Kind) {
    let world = World::new(kind).await;
    let client = client(&world, "read").await;
    let start = world.now().plus_ms(-20 * 86_400_000).rfc3339();
    let path = format!(
        "{}&start={start}",
        MINUTES.replace("klines?", "klines.csv?")
    );
    let mut files = Vec::new();
    for _ in 0..4 {
        // Fetching twenty days takes a while.
        let file = client.call(Method::GET, &path).send().await.unwrap();
        assert_eq!(file.status(), 200);
        files.push(file);
    }
    for more in [path.as_str(), "/export/holdings.csv"] {
        let refused = client.get(more).await.refused(429, "rate_limited");
        let told = refused["detail"].as_str().unwrap();
        assert!(told.contains("4 files are being sent"), "{told}");
    }
    world.app.signed_in("ben@example.org").await;
    let other = client_of(&world.app, "ben@example.org", "read").await;
    assert_eq!(other.get("/export/holdings.csv").await.status, 200);
    files.clear();
    let again = async || client.get("/export/holdings.csv").await.status == 200;
    until("a file for whoever broke off the others", again).await;
}

async fn candles_are_saved_as_a_file(kind: Kind) {
    let world = World::new(kind).await;
    let client = client(&world, "read").await;
    let start = world.now().plus_ms(-1_500 * 60_000).rfc3339();
    let path = MINUTES.replace("klines?", "klines.csv?");
    let file = client.get(&format!("{path}&start={start}")).await;
    assert_eq!(file.status, 200);
    assert!(file.header("content-type").starts_with("text/csv"));
    let name = file.header("content-disposition");
    assert!(
        name.starts_with("attachment; filename=\"coffer-candles-"),
        "{name}"
    );
    let mut lines = file.text.lines();
    let columns = "open_time,open,high,low,close,volume,close_time,final";
    assert_eq!(lines.next(), Some(columns));
    let rows: Vec<_> = lines.collect();
    assert_eq!(rows.len(), 1_500);
    let told = client
        .get(&format!("{MINUTES}&start={start}&limit=1"))
        .await
        .with(200);
    let first = &told["klines"][0];
    let wanted: Vec<_> = columns
        .split(',')
        .map(|name| match &first[name] {
            Value::String(text) => text.clone(),
            other => other.to_string(),
        })
        .collect();
    assert_eq!(rows[0], wanted.join(","));
    assert!(rows[0].ends_with("true") && rows[1_499].ends_with("false"));
}

async fn what_is_listed_is_told_page_by_page(kind: Kind) {
    let world = World::new(kind).await;
    let client = client(&world, "read").await;
    let first = client
        .get("/market/symbols?exchange=binance&limit=20")
        .await
        .with(200);
    let next = first["next"].as_str().unwrap();
    let rest = client
        .get(&format!("/market/symbols?exchange=binance&cursor={next}"))
        .await
        .with(200);
    let rows = |told: &Value| told["symbols"].as_array().unwrap().clone();
    let all = [rows(&first), rows(&rest)].concat();
    assert_eq!((all.len(), &rest["next"]), (29, &json!(null)));
    let bitcoin = all.iter().find(|row| row["symbol"] == "BTC-USDT").unwrap();
    assert_eq!(
        (field(bitcoin, "base"), field(bitcoin, "status")),
        ("BTC", "trading")
    );
    assert_eq!(field(bitcoin, "min_notional"), "5");
    assert_eq!(first["limits"][0]["limit"], 6_000);
    let okx = client.get("/market/symbols?exchange=okx").await.with(200);
    let upcoming = rows(&okx)
        .into_iter()
        .filter(|row| row["status"] == "upcoming");
    assert_eq!(upcoming.count(), 2);
    for query in ["", "?exchange=kraken"] {
        let told = client.get(&format!("/market/symbols{query}")).await;
        let told = told.refused(422, "validation_failed");
        assert!(told["errors"]["exchange"][0].is_string());
    }
}

async fn past_days_are_asked_for_and_followed(kind: Kind) {
    let world = World::new(kind).await;
    let client = client(&world, "sync").await;
    let body = r#"{"exchange":"okx","symbol":"BTCUSDT","interval":"1h","days":30}"#;
    let begun = client.post_json("/market/backfills", body).await.with(201);
    assert_eq!(
        (&begun["state"], &begun["percent"]),
        (&json!("waiting"), &json!(0))
    );
    assert_eq!(
        (field(&begun, "symbol"), field(&begun, "interval")),
        ("BTC-USDT", "1h")
    );
    while take_up(&world.app.state).await.unwrap() {}
    let path = format!("/market/backfills/{}", field(&begun, "id"));
    let done = client.get(&path).await.with(200);
    assert_eq!(
        (&done["state"], &done["percent"]),
        (&json!("done"), &json!(100))
    );
    assert_eq!(
        (&done["stored"], &done["corrected"]),
        (&json!(720), &json!(0))
    );
    assert_eq!(
        (&done["reached"], &done["trouble"]),
        (&done["until"], &json!(null))
    );
    let all = client.get("/market/backfills").await.with(200);
    assert_eq!(all["backfills"], json!([done]));
}

async fn what_is_wrong_with_a_wish_for_past_days_is_told(kind: Kind) {
    let world = World::new(kind).await;
    let client = client(&world, "sync").await;
    for (body, name) in [
        ("{}", "interval"),
        (
            r#"{"exchange":"okx","symbol":"BTC-USDT","interval":"1h"}"#,
            "days",
        ),
        (
            r#"{"exchange":"okx","symbol":"BTC-USDT","interval":"1h","days":3651}"#,
            "days",
        ),
        (
            r#"{"exchange":"okx","symbol":"BTC-USDT","interval":"1m","days":366}"#,
            "days",
        ),
        (
            r#"{"exchange":"okx","symbol":"NOPE-USDT","interval":"1m","days":3}"#,
            "symbol",
        ),
        (
            r#"{"exchange":"xko","symbol":"BTC-USDT","interval":"1m","days":3}"#,
            "exchange",
        ),
        (
            r#"{"exchange":"binance","symbol":"BTC-USDT","interval":"1s","days":3}"#,
            "interval",
        ),
    ] {
        let told = client.post_json("/market/backfills", body).await;
        let told = told.refused(422, "validation_failed");
        assert!(told["errors"][name][0].is_string(), "{body}: {told}");
    }
    let none = format!("/market/backfills/{}", "0".repeat(32));
    client.get(&none).await.refused(404, "not_found");
    let reader = client_of(&world.app, ANNA, "read").await;
    let told = reader.post_json("/market/backfills", "{}").await;
    told.refused(403, "forbidden");
}
