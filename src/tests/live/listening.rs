//! Live prices over the stream of events.

use reqwest::Method;

use super::*;
use crate::api::client::{Told, client_of};

const ANNA: &str = "anna@example.org";

#[tokio::test(flavor = "multi_thread")]
async fn whoever_names_pairs_hears_their_prices_and_leaves_no_stream_behind() {
    let app = app().await;
    app.signed_in(ANNA).await;
    let client = client_of(&app, ANNA, "read").await;
    let call = client.call(Method::GET, "/events?symbols=BTC-USDT,%20ETH-BTC");
    let mut response = call.send().await.unwrap();
    assert_eq!(response.status(), 200);
    let mut text = String::new();
    until_streamed(
        &app,
        &["btcusdt@miniTicker", "ethbtc@miniTicker"],
        &["BTC-USDT", "ETH-BTC"],
    )
    .await;
    control(&app).set_price_before(Exchange::Okx, ["BTC", "USDT"], "50000");
    control(&app).set_price(Exchange::Okx, ["BTC", "USDT"], "55000.1");
    while !text.contains("55000.1") {
        let more = tokio::time::timeout(LONG, response.chunk()).await.unwrap();
        text += std::str::from_utf8(&more.unwrap().unwrap()).unwrap();
    }
    let block = text
        .split("\n\n")
        .find(|block| block.contains("55000.1"))
        .unwrap();
    let data = block.strip_prefix("event: ticker\ndata: ").unwrap();
    let told: serde_json::Value = serde_json::from_str(data).unwrap();
    assert_eq!(told["exchange"], "okx");
    assert_eq!(told["symbol"], "BTC-USDT");
    assert_eq!(told["price"], "55000.1");
    assert_eq!(told["change_24h_percent"], "10");
    assert!(told["at"].as_str().unwrap().ends_with('Z'));
    drop(response);
    until("they are closed", async || {
        control(&app).streams().is_empty()
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_names_no_pairs_is_refused_beside_its_field() {
    let app = app().await;
    app.signed_in(ANNA).await;
    let client = client_of(&app, ANNA, "read").await;
    let many = vec!["BTC-USDT"; 101].join(",");
    for symbols in ["", "BTC", "BTC-USDT,", "A-B-C", "%00-USDT", many.as_str()] {
        let call = client.call(Method::GET, &format!("/events?symbols={symbols}"));
        let told = Told::of(call).await;
        let problem = told.refused(422, "validation_failed");
        assert!(
            problem["errors"]["symbols"].is_array(),
            "{symbols}: {problem}"
        );
    }
    assert!(control(&app).streams().is_empty());
}
