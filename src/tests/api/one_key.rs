//! The form for people with one key of Binance.

use coffer::sandbox::keys::{binance, okx};
use reqwest::Method;
use serde_json::json;

use super::client::{Client, Told, client_of, json_body};
use crate::scene::{connect, count};
use crate::support::{App, Kind, on_both_databases};

on_both_databases![
    one_key_is_stored_shown_and_deleted_without_an_id,
    whoever_has_several_is_sent_to_the_connections,
    a_key_whose_owner_took_it_back_is_told_as_such,
];

const ANNA: &str = "anna@example.org";

async fn delete(client: &Client) -> Told {
    Told::of(client.call(Method::DELETE, "/api-keys/me")).await
}

async fn one_key_is_stored_shown_and_deleted_without_an_id(kind: Kind) {
    let app = App::start(kind).await;
    let browser = app.signed_in(ANNA).await;
    let client = client_of(&app, ANNA, "manage").await;
    client.get("/api-keys/me").await.refused(404, "not_found");
    delete(&client).await.refused(404, "not_found");
    // A key of another exchange is none of these.
    connect(&browser, &okx::READ_ONLY, &[]).await;
    let key = binance::READ_ONLY;
    let body = json!({"api_key": key.api_key, "secret_key": key.secret_key}).to_string();
    let call = client.call(Method::POST, "/api-keys");
    let told = Told::of(json_body(call.header("Idempotency-Key", "k"), &body)).await;
    assert!(!told.text.contains(key.secret_key) && !told.text.contains(key.api_key));
    let made = told.with(201);
    let masked = format!("••••{}", &key.api_key[key.api_key.len() - 4..]);
    assert_eq!(made["api_key_masked"], masked);
    assert_eq!(made["is_valid"], true);
    assert_eq!(client.get("/api-keys/me").await.with(200), made);
    let call = client.call(Method::POST, "/api-keys");
    let again = Told::of(json_body(call.header("Idempotency-Key", "k"), &body)).await;
    assert_eq!(again.with(201), made);
    let second = client.post_json("/api-keys", &body).await;
    second.refused(409, "conflict");
    assert_eq!(delete(&client).await.status, 204);
    assert_eq!(count(&app, "connections").await, 1);
    let trading = binance::TRADING;
    let body = json!({"api_key": trading.api_key, "secret_key": trading.secret_key});
    let told = client.post_json("/api-keys", &body.to_string()).await;
    told.refused(422, "excess_permissions");
}

async fn whoever_has_several_is_sent_to_the_connections(kind: Kind) {
    let app = App::start(kind).await;
    let browser = app.signed_in(ANNA).await;
    for key in [binance::READ_ONLY, binance::SECOND] {
        connect(&browser, &key, &[]).await;
    }
    let client = client_of(&app, ANNA, "manage").await;
    client.get("/api-keys/me").await.refused(409, "conflict");
    delete(&client).await.refused(409, "conflict");
    assert_eq!(count(&app, "connections").await, 2);
}

async fn a_key_whose_owner_took_it_back_is_told_as_such(kind: Kind) {
    let app = App::start(kind).await;
    let browser = app.signed_in(ANNA).await;
    let id = connect(&browser, &binance::READ_ONLY, &[]).await;
    let control = app.setup.sandbox.control();
    control.revoke_key(binance::READ_ONLY.api_key).unwrap();
    let client = client_of(&app, ANNA, "sync").await;
    client
        .post(&format!("/connections/{id}/sync"))
        .await
        .with(200);
    let told = client.get("/api-keys/me").await.with(200);
    assert_eq!(told["is_valid"], false);
}
