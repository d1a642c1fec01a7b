//! How old a price is: by the exchange's own time, where it tells one.

use coffer::domain::timestamp::Timestamp;
use coffer::sandbox::{Effect, Fault};
use serde_json::{Value, json};

use super::page::cells;
use crate::api::client::{Client, client_of};
use crate::support::{App, Kind, on_both_databases};

on_both_databases![
    a_price_is_as_old_as_the_exchange_says,
    a_price_of_days_ago_is_no_number,
    a_price_of_a_time_to_come_is_kept_out_and_counted,
];

const ANNA: &str = "anna@example.org";
const HOUR_MS: i64 = 3_600_000;

/// Has OKX tell of Bitcoin that it said its price so long ago, and of ether just now.
fn tell(app: &App, age_ms: i64) -> Timestamp {
    let now = app.state.clock.now();
    let said_at = now.plus_ms(-age_ms);
    let row = |pair: &str, price: &str, at: Timestamp| {
        json!({"instType": "SPOT", "instId": pair, "last": price, "open24h": price,
            "high24h": price, "low24h": price, "vol24h": "1", "ts": at.0.to_string()})
    };
    let rows = [
        row("BTC-USDT", "64000", said_at),
        row("ETH-USDT", "3100", now),
    ];
    let body = json!({"code": "0", "msg": "", "data": rows}).to_string();
    let fault = Fault::on("/api/v5/market/tickers", Effect::json(200, &body));
    app.setup.sandbox.control().inject(fault);
    said_at
}

/// What OKX says of Bitcoin, as programs read it.
async fn ticker(client: &Client) -> Value {
    let told = client
        .get("/market/tickers?symbols=BTC-USDT")
        .await
        .with(200);
    let all = told["tickers"].as_array().unwrap();
    let okx = all.iter().find(|one| one["exchange"] == "okx");
    okx.cloned().unwrap_or_default()
}

async fn a_price_is_as_old_as_the_exchange_says(kind: Kind) {
    let app = App::start(kind).await;
    let browser = app.signed_in(ANNA).await;
    let said_at = tell(&app, 3 * HOUR_MS);
    let page = browser.get("/market").await;
    let [binance, okx] = cells(&page, "BTC-USDT");
    assert!(binance.ends_with("just now"), "{binance}");
    assert!(
        okx.starts_with("64,000") && okx.ends_with("3 hours ago"),
        "{okx}"
    );
    let client = client_of(&app, ANNA, "read").await;
    let told = ticker(&client).await;
    assert_eq!(
        (&told["price"], &told["at"]),
        (&json!("64000"), &json!(said_at.rfc3339()))
    );
    // It is told with the change of the day: that was read just now as well.
    assert_eq!(told["change_24h_percent"], "0");
}

async fn a_price_of_days_ago_is_no_number(kind: Kind) {
    let app = App::start(kind).await;
    let browser = app.signed_in(ANNA).await;
    let said_at = tell(&app, 25 * HOUR_MS);
    let page = browser.get("/market").await;
    assert_eq!(
        cells(&page, "BTC-USDT")[1],
        format!(
            "–Doubted: OKX says BTC/USDT 64,000, and has said nothing newer since {}.",
            said_at.readable()
        )
    );
    assert!(cells(&page, "ETH-USDT")[1].starts_with("3,100"));
    let client = client_of(&app, ANNA, "read").await;
    let told = ticker(&client).await;
    assert_eq!(
        (&told["price"], &told["change_24h_percent"]),
        (&json!(null), &json!(null))
    );
}

async fn a_price_of_a_time_to_come_is_kept_out_and_counted(kind: Kind) {
    let app = App::start(kind).await;
    app.signed_in(ANNA).await;
    tell(&app, -HOUR_MS);
    let client = client_of(&app, ANNA, "read").await;
    assert_eq!(ticker(&client).await, json!(null));
    let told = client.get("/health/exchanges").await.with(200);
    let all = told["exchanges"].as_array().unwrap();
    let okx = all.iter().find(|one| one["exchange"] == "okx").unwrap();
    assert!(okx["kept_out"]["in_future"].as_u64() >= Some(1), "{okx}");
}
