//! Prices and how the exchanges fare, as programs read them.

use coffer::sandbox::keys::{binance, okx};
use coffer::sandbox::{Effect, Exchange, Fault};
use serde_json::{Value, json};

use super::client::{Client, client_of};
use crate::scene::connect;
use crate::support::{App, Kind, on_both_databases};

on_both_databases![
    prices_are_told_by_exchange_and_only_usable_ones,
    an_exchange_that_was_not_called_is_not_judged,
    what_calls_came_to_is_told_by_exchange,
];

const ANNA: &str = "anna@example.org";

async fn tickers(client: &Client, symbols: &str) -> Vec<Value> {
    let told = client
        .get(&format!("/market/tickers?symbols={symbols}"))
        .await;
    told.with(200)["tickers"].as_array().unwrap().clone()
}

async fn health(client: &Client, exchange: &str) -> Value {
    let told = client.get("/health/exchanges").await.with(200);
    let all = told["exchanges"].as_array().unwrap();
    all.iter()
        .find(|one| one["exchange"] == exchange)
        .unwrap()
        .clone()
}

async fn prices_are_told_by_exchange_and_only_usable_ones(kind: Kind) {
    let app = App::start(kind).await;
    let control = app.setup.sandbox.control();
    control.set_price(Exchange::Binance, ["BTC", "USDT"], "60000.10");
    control.set_price(Exchange::Okx, ["BTC", "USDT"], "60001.5");
    app.signed_in(ANNA).await;
    let client = client_of(&app, ANNA, "read").await;
    let told = tickers(&client, "BTC-USDT,NOSUCH-USDT").await;
    let seen: Vec<_> = told
        .iter()
        .map(|one| {
            (
                one["exchange"].as_str(),
                one["symbol"].as_str(),
                one["price"].as_str(),
            )
        })
        .collect();
    let pair = Some("BTC-USDT");
    assert_eq!(
        seen,
        [
            (Some("binance"), pair, Some("60000.1")),
            (Some("okx"), pair, Some("60001.5"))
        ]
    );
    let change = told[0]["change_24h_percent"].as_str().unwrap();
    assert!(
        change
            .trim_start_matches('-')
            .starts_with(|c: char| c.is_ascii_digit())
    );
    assert!(told[0]["at"].as_str().unwrap().ends_with('Z'));
    assert_eq!(tickers(&client, "BTCUSDT").await, told);
    // Prices that cannot be read again grow old, and are then none.
    control.inject(Fault::on(
        "/api/v3/ticker",
        Effect::binance_too_much(Some("9999")),
    ));
    app.setup.clock.advance_minutes(20);
    let old = tickers(&client, "BTC-USDT").await;
    assert_eq!(
        (&old[0]["exchange"], &old[0]["price"]),
        (&json!("binance"), &json!(null))
    );
    assert!(old[0]["change_24h_percent"].is_null());
    for symbols in ["", ",", "BTC-USDT,", &"A,".repeat(101)] {
        let told = client
            .get(&format!("/market/tickers?symbols={symbols}"))
            .await;
        let told = told.refused(422, "validation_failed");
        assert!(told["errors"]["symbols"][0].is_string(), "{told}");
    }
    client
        .get("/market/tickers")
        .await
        .refused(422, "validation_failed");
}

async fn an_exchange_that_was_not_called_is_not_judged(kind: Kind) {
    let app = App::start(kind).await;
    app.signed_in(ANNA).await;
    let client = client_of(&app, ANNA, "read").await;
    for exchange in ["binance", "okx"] {
        let told = health(&client, exchange).await;
        assert_eq!(
            (&told["status"], &told["calls"]),
            (&json!("unknown"), &json!(0))
        );
        for unknown in [
            "success_rate",
            "latency_ms",
            "weight_used",
            "weight_limit",
            "clock_offset_ms",
            "paused_until",
            "prices_error_code",
        ] {
            assert!(told[unknown].is_null(), "{exchange}: {unknown}");
        }
    }
    assert_eq!(app.setup.sandbox.control().count("/"), 0);
}

async fn what_calls_came_to_is_told_by_exchange(kind: Kind) {
    let app = App::start(kind).await;
    let browser = app.signed_in(ANNA).await;
    let id = connect(&browser, &binance::READ_ONLY, &[]).await;
    connect(&browser, &okx::READ_ONLY, &[]).await;
    let client = client_of(&app, ANNA, "sync").await;
    let mut told = health(&client, "binance").await;
    if told["weight_used"] == 0 {
        // The exchange's minute has just turned: what was spent before it does not count.
        let spent = client.post(&format!("/connections/{id}/sync")).await;
        spent.with(200);
        told = health(&client, "binance").await;
    }
    assert_eq!(
        (&told["status"], &told["success_rate"]),
        (&json!("ok"), &json!("1"))
    );
    assert!(told["calls"].as_u64().unwrap() > 3 && told["latency_ms"].is_u64());
    assert!(told["weight_used"].as_u64().unwrap() > 0);
    assert_eq!(
        (&told["weight_limit"], &told["weight_window_ms"]),
        (&json!(6000), &json!(60000))
    );
    assert!(told["clock_offset_ms"].as_i64().unwrap().abs() < 2_000);
    assert!(told["weight_path"].is_null() && told["fullest_budget"]["full_ms"].is_null());
    // Where every path has a budget of its own, the one that is used most is told.
    let okx = health(&client, "okx").await;
    assert_eq!(okx["status"], "ok");
    let fullest = &okx["fullest_budget"];
    assert!(fullest["used"].as_u64().unwrap() > 0 && fullest["full_ms"].is_u64());
    for (of_all, of_it) in [
        ("weight_used", "used"),
        ("weight_limit", "limit"),
        ("weight_window_ms", "window_ms"),
        ("weight_path", "path"),
    ] {
        assert_eq!(okx[of_all], fullest[of_it], "{of_all}");
    }
    let path = okx["weight_path"].as_str().unwrap();
    assert!(path.starts_with("/api/v5/"), "{path}");
    assert!(okx["weight_window_ms"].as_u64().unwrap() <= 2_000);
    let control = app.setup.sandbox.control();
    control.inject(Fault::on("/sapi", Effect::binance_too_much(Some("60"))));
    client
        .post(&format!("/connections/{id}/sync"))
        .await
        .with(200);
    let told = health(&client, "binance").await;
    assert_eq!(told["status"], "paused");
    assert!(told["paused_until"].as_str().unwrap().ends_with('Z'));
    assert_ne!(told["success_rate"], "1");
}
