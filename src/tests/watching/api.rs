//! The watchlist, arranged by a program's word.

use coffer::sandbox::Exchange;
use reqwest::Method;
use serde_json::{Value, json};

use super::USUAL;
use crate::api::client::{Client, Told, client_of, json_body};
use crate::support::{App, Kind, on_both_databases};

on_both_databases![a_list_is_read_replaced_and_changed_pair_by_pair];

const PATH: &str = "/market/watchlist";

async fn send(client: &Client, method: Method, body: &Value) -> Told {
    Told::of(json_body(client.call(method, PATH), &body.to_string())).await
}

async fn delete(client: &Client, symbol: &str) -> Told {
    let path = format!("{PATH}/{symbol}");
    Told::of(client.call(Method::DELETE, &path)).await
}

async fn a_list_is_read_replaced_and_changed_pair_by_pair(kind: Kind) {
    let app = App::start(kind).await;
    app.signed_in("anna@example.org").await;
    let client = client_of(&app, "anna@example.org", "manage").await;
    assert_eq!(client.get(PATH).await.with(200), json!({"symbols": USUAL}));
    delete(&client, "BTC-USDT")
        .await
        .refused(422, "validation_failed");
    let told = send(&client, Method::POST, &json!({"symbol": "ada/usdt"})).await;
    assert_eq!(told.with(201)["symbols"][5], "ADA-USDT");
    assert_eq!(delete(&client, "BTC-USDT").await.status, 204);
    for gone in ["BTC-USDT", "none", "%00", "%2F"] {
        delete(&client, gone).await.refused(404, "not_found");
    }
    // XRP stays though nobody trades it any more: it was on the list.
    for exchange in [Exchange::Binance, Exchange::Okx] {
        let control = app.setup.sandbox.control();
        control.remove_pair(exchange, ["XRP", "USDT"]);
    }
    app.setup.clock.advance_minutes(61);
    let wanted = ["okbusdt", "XRP-USDT", "ETH/BTC", "DOT-USDT", "SOL-USDT"];
    let told = send(&client, Method::PUT, &json!({"symbols": wanted})).await;
    let now = ["OKB-USDT", "XRP-USDT", "ETH-BTC", "DOT-USDT", "SOL-USDT"];
    assert_eq!(told.with(200), json!({"symbols": now}));
    for (wrong, sentence) in [
        (vec!["BTC-USDT"; 4], "It is on your watchlist already."),
        (
            vec!["BTC-USDT"],
            "You watch 5 pairs, and that is the fewest: add another first.",
        ),
        (
            vec!["NOPE-USDT"],
            "“NOPE-USDT”: No exchange here trades this pair.",
        ),
        (
            vec!["BTC-USDT"; 51],
            "You watch 50 pairs, and that is the most: remove one first.",
        ),
        (
            Vec::new(),
            "You watch 5 pairs, and that is the fewest: add another first.",
        ),
    ] {
        let told = send(&client, Method::PUT, &json!({"symbols": wrong})).await;
        let told = told.refused(422, "validation_failed");
        assert_eq!(told["errors"]["symbols"], json!([sentence]));
    }
    let told = send(&client, Method::POST, &json!({})).await;
    let told = told.refused(422, "validation_failed");
    assert_eq!(
        told["errors"]["symbol"],
        json!(["Write a pair such as BTC-USDT."])
    );
    assert_eq!(client.get(PATH).await.with(200), json!({"symbols": now}));
}
