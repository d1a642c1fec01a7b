//! Connecting by a program's word, once however often the call is sent.

use coffer::sandbox::DemoKey;
use coffer::sandbox::keys::{binance, okx};
use reqwest::Method;
use serde_json::{Value, json};

use super::client::{Client, Told, client_of, json_body};
use crate::scene::{assert_nothing_stored, count};
use crate::support::{App, Kind, on_both_databases};

on_both_databases![
    an_account_is_connected_and_synced,
    a_key_that_can_do_more_than_read_is_refused,
    a_call_under_a_key_is_done_once,
    a_key_is_for_one_call_of_one_person,
    of_two_calls_at_once_under_a_key_one_is_done,
    a_call_that_failed_can_be_sent_again,
];

const ANNA: &str = "anna@example.org";
const BINANCE: &str = "/connections/binance";

fn body(key: &DemoKey) -> Value {
    json!({"api_key": key.api_key, "secret_key": key.secret_key})
}

async fn under(client: &Client, key: &str, body: &Value) -> Told {
    let call = client.call(Method::POST, BINANCE);
    let call = json_body(call, &body.to_string());
    Told::of(call.header("Idempotency-Key", key)).await
}

async fn an_account_is_connected_and_synced(kind: Kind) {
    let app = App::start(kind).await;
    app.signed_in(ANNA).await;
    let client = client_of(&app, ANNA, "manage").await;
    let mut first = body(&binance::READ_ONLY);
    first["label"] = json!("Mine");
    first["ignore_below"] = json!("0.5");
    let told = client.post_json(BINANCE, &first.to_string()).await;
    assert!(!told.text.contains(binance::READ_ONLY.secret_key));
    let made = told.with(201);
    assert_eq!(made["connection"]["label"], "Mine");
    assert_eq!(made["connection"]["ignore_below"], "0.5");
    assert_eq!(made["connection"]["id"], made["sync"]["account_id"]);
    assert_eq!(made["sync"]["success"], true);
    let mut second = body(&okx::READ_ONLY);
    second["passphrase"] = json!(okx::READ_ONLY.passphrase);
    second["portfolio_id"] = made["connection"]["portfolio_id"].clone();
    let told = client
        .post_json("/connections/okx", &second.to_string())
        .await;
    let other = told.with(201);
    assert_eq!(other["connection"]["exchange"], "okx");
    let portfolio = &made["connection"]["portfolio_id"];
    assert_eq!(other["connection"]["portfolio_id"], *portfolio);
    let again = client.post_json(BINANCE, &first.to_string()).await;
    again.refused(409, "conflict");
    assert_eq!(count(&app, "connections").await, 2);
}

async fn a_key_that_can_do_more_than_read_is_refused(kind: Kind) {
    let app = App::start(kind).await;
    app.signed_in(ANNA).await;
    let client = client_of(&app, ANNA, "manage").await;
    let key = body(&binance::TRADING);
    let told = client.post_json(BINANCE, &key.to_string()).await;
    told.refused(422, "excess_permissions");
    let mut wrong = body(&binance::READ_ONLY);
    wrong["secret_key"] = json!("ASecretOfAnotherKey");
    let told = client.post_json(BINANCE, &wrong.to_string()).await;
    told.refused(422, "invalid_credentials");
    assert_nothing_stored(&app).await;
}

async fn a_call_under_a_key_is_done_once(kind: Kind) {
    let app = App::start(kind).await;
    app.signed_in(ANNA).await;
    let client = client_of(&app, ANNA, "manage").await;
    let call = body(&binance::READ_ONLY);
    let first = under(&client, "k-1", &call).await;
    first.with(201);
    app.setup.sandbox.control().clear_records();
    for minutes in [0, 23 * 60] {
        app.setup.clock.advance_minutes(minutes);
        let again = under(&client, "k-1", &call).await;
        assert_eq!((again.status, &again.text), (201, &first.text));
        assert_eq!(again.header("idempotent-replayed"), "true");
    }
    assert_eq!(app.setup.sandbox.control().count("/"), 0);
    let mut db = app.state.db.reader().await.unwrap();
    let sql = "SELECT key_hash, call_hash, body FROM api_answers";
    let kept: Vec<(String, String, String)> =
        sqlx::query_as(sql).fetch_all(&mut *db).await.unwrap();
    drop(db);
    assert_eq!(kept.len(), 1);
    for secret in [
        binance::READ_ONLY.secret_key,
        binance::READ_ONLY.api_key,
        "k-1",
    ] {
        assert!(!format!("{kept:?}").contains(secret), "{secret}");
    }
    // After a day the key is free, and what it made is still there.
    app.setup.clock.advance_minutes(60);
    under(&client, "k-1", &call).await.refused(409, "conflict");
}

async fn a_key_is_for_one_call_of_one_person(kind: Kind) {
    let app = App::start(kind).await;
    app.signed_in(ANNA).await;
    app.signed_in("bob@example.org").await;
    let annas = client_of(&app, ANNA, "manage").await;
    let bobs = client_of(&app, "bob@example.org", "manage").await;
    under(&annas, "k", &body(&binance::READ_ONLY))
        .await
        .with(201);
    let other = under(&annas, "k", &body(&binance::SECOND)).await;
    let told = other.refused(422, "validation_failed");
    assert!(told["errors"]["Idempotency-Key"][0].is_string(), "{told}");
    let call = annas.call(Method::POST, "/connections/okx");
    let call = json_body(call, &body(&binance::READ_ONLY).to_string());
    let elsewhere = Told::of(call.header("Idempotency-Key", "k")).await;
    let told = elsewhere.refused(422, "validation_failed");
    assert!(told["errors"]["Idempotency-Key"][0].is_string(), "{told}");
    under(&bobs, "k", &body(&binance::SECOND)).await.with(201);
    let long = "x".repeat(256);
    for wrong in ["", "two words", &long] {
        let told = under(&annas, wrong, &body(&binance::SECOND)).await;
        let told = told.refused(422, "validation_failed");
        assert!(told["errors"]["Idempotency-Key"][0].is_string(), "{told}");
    }
    assert_eq!(count(&app, "connections").await, 2);
}

async fn of_two_calls_at_once_under_a_key_one_is_done(kind: Kind) {
    let app = App::start(kind).await;
    app.signed_in(ANNA).await;
    let client = client_of(&app, ANNA, "manage").await;
    let call = body(&binance::READ_ONLY);
    let (a, b) = tokio::join!(under(&client, "k", &call), under(&client, "k", &call));
    let mut statuses = [a.status, b.status];
    statuses.sort_unstable();
    // The second comes while the first is under way, or when it is done.
    assert!([[201, 409], [201, 201]].contains(&statuses), "{a:?} {b:?}");
    let again = under(&client, "k", &call).await;
    assert_eq!(again.status, 201);
    assert_eq!(count(&app, "connections").await, 1);
}

async fn a_call_that_failed_can_be_sent_again(kind: Kind) {
    let app = App::start(kind).await;
    app.signed_in(ANNA).await;
    let client = client_of(&app, ANNA, "manage").await;
    let wrong = json!({"api_key": binance::READ_ONLY.api_key});
    under(&client, "k", &wrong)
        .await
        .refused(422, "validation_failed");
    assert_eq!(count(&app, "api_answers").await, 0);
    let made = under(&client, "k", &body(&binance::READ_ONLY)).await;
    made.with(201);
}
