//! Changing connections by a program's word, and replacing their keys.

use coffer::sandbox::DemoKey;
use coffer::sandbox::keys::{binance, okx};
use reqwest::Method;
use reqwest::header::COOKIE;
use serde_json::{Value, json};
use sqlx::AssertSqlSafe;

use super::client::{Client, Told, client_of, json_body};
use crate::scene::connect;
use crate::support::{App, Kind, PASSWORD, on_both_databases};

on_both_databases![
    a_connection_is_renamed_moved_and_limited_at_once,
    what_is_left_out_stays_and_null_takes_a_limit_away,
    nothing_is_changed_when_one_field_is_wrong,
    a_key_is_replaced_by_another_of_its_account,
    a_key_that_does_not_pass_replaces_nothing,
    from_a_browser_a_key_is_replaced_with_the_password_alone,
];

const ANNA: &str = "anna@example.org";

async fn patch(client: &Client, id: &str, body: Value) -> Told {
    let call = client.call(Method::PATCH, &format!("/connections/{id}"));
    Told::of(json_body(call, &body.to_string())).await
}

fn key(key: &DemoKey) -> Value {
    let passphrase = key.passphrase.unwrap_or_default();
    json!({"api_key": key.api_key, "secret_key": key.secret_key, "passphrase": passphrase})
}

async fn replace(client: &Client, id: &str, body: &Value) -> Told {
    let call = client.call(Method::PUT, &format!("/connections/{id}/key"));
    Told::of(json_body(call, &body.to_string())).await
}

/// The sealed key as it stands in the database.
async fn sealed(app: &App, id: &str) -> (Vec<u8>, Vec<u8>, String) {
    let mut db = app.state.db.reader().await.unwrap();
    let sql = format!("SELECT api_key, secret_key, key_hint FROM connections WHERE id = '{id}'");
    let row = sqlx::query_as(AssertSqlSafe(sql)).fetch_one(&mut *db).await;
    row.unwrap()
}

async fn a_connection_is_renamed_moved_and_limited_at_once(kind: Kind) {
    let app = App::start(kind).await;
    let browser = app.signed_in(ANNA).await;
    let id = connect(&browser, &binance::READ_ONLY, &[]).await;
    let client = client_of(&app, ANNA, "manage").await;
    let made = client
        .post_json("/portfolios", "{\"name\": \"Cold\"}")
        .await;
    let cold = made.with(201)["id"].clone();
    let changes = json!({"label": " Mine ", "portfolio_id": cold, "ignore_below": "0.50"});
    let changed = patch(&client, &id, changes).await.with(200);
    assert_eq!(changed["label"], "Mine");
    assert_eq!(changed["portfolio_id"], cold);
    assert_eq!(changed["ignore_below"], "0.5");
    assert_eq!(
        client.get(&format!("/connections/{id}")).await.with(200),
        changed
    );
    // The one it was connected into had nothing left.
    let list = client.get("/portfolios").await.with(200);
    assert_eq!(list["portfolios"].as_array().unwrap().len(), 1);
}

async fn what_is_left_out_stays_and_null_takes_a_limit_away(kind: Kind) {
    let app = App::start(kind).await;
    let browser = app.signed_in(ANNA).await;
    let id = connect(&browser, &binance::READ_ONLY, &[("ignore_below", "2")]).await;
    let client = client_of(&app, ANNA, "manage").await;
    let before = client.get(&format!("/connections/{id}")).await.with(200);
    assert_eq!(patch(&client, &id, json!({})).await.with(200), before);
    let same = json!({"portfolio_id": before["portfolio_id"]});
    assert_eq!(patch(&client, &id, same).await.with(200), before);
    let renamed = patch(&client, &id, json!({"label": "B"})).await.with(200);
    assert_eq!(
        (&renamed["label"], &renamed["ignore_below"]),
        (&json!("B"), &json!("2"))
    );
    let free = patch(&client, &id, json!({"ignore_below": null})).await;
    let free = free.with(200);
    assert_eq!(
        (&free["label"], &free["ignore_below"]),
        (&json!("B"), &json!(null))
    );
}

async fn nothing_is_changed_when_one_field_is_wrong(kind: Kind) {
    let app = App::start(kind).await;
    let browser = app.signed_in(ANNA).await;
    let id = connect(&browser, &binance::READ_ONLY, &[]).await;
    let client = client_of(&app, ANNA, "manage").await;
    let before = client.get(&format!("/connections/{id}")).await.with(200);
    for (field, wrong) in [
        ("label", json!("")),
        ("label", json!("a\u{202e}b")),
        ("ignore_below", json!("-1")),
        ("ignore_below", json!("1e9999")),
        ("portfolio_id", json!("0".repeat(32))),
        ("portfolio_id", json!("")),
    ] {
        let mut changes = json!({"label": "Other", "ignore_below": "7"});
        changes[field] = wrong.clone();
        let told = patch(&client, &id, changes).await;
        let told = told.refused(422, "validation_failed");
        assert!(told["errors"][field][0].is_string(), "{field}: {told}");
        let after = client.get(&format!("/connections/{id}")).await.with(200);
        assert_eq!(after, before, "{field}: {wrong}");
    }
    let reader = client_of(&app, ANNA, "sync").await;
    patch(&reader, &id, json!({"label": "x"}))
        .await
        .refused(403, "forbidden");
}

async fn a_key_is_replaced_by_another_of_its_account(kind: Kind) {
    let app = App::start(kind).await;
    let browser = app.signed_in(ANNA).await;
    let id = connect(&browser, &binance::READ_ONLY, &[]).await;
    let client = client_of(&app, ANNA, "manage").await;
    let holdings = client.get("/holdings?limit=200").await.with(200);
    let before = sealed(&app, &id).await;
    // A key that its owner deleted already is what is replaced most.
    let control = app.setup.sandbox.control();
    control.revoke_key(binance::READ_ONLY.api_key).unwrap();
    client
        .post(&format!("/connections/{id}/sync"))
        .await
        .with(200);
    let told = replace(&client, &id, &key(&binance::SAME_ACCOUNT)).await;
    assert!(!told.text.contains(binance::SAME_ACCOUNT.secret_key));
    let told = told.with(200);
    assert_eq!(told["sync"]["success"], true);
    assert_eq!(told["connection"]["id"], id);
    assert_eq!(told["connection"]["status"], "ok");
    let key = binance::SAME_ACCOUNT.api_key;
    let masked = format!("••••{}", &key[key.len() - 4..]);
    assert_eq!(told["connection"]["api_key_masked"], masked);
    let after = sealed(&app, &id).await;
    assert!(before.0 != after.0 && before.1 != after.1);
    let quantities = |all: &Value| {
        let all = all["holdings"].as_array().unwrap().iter();
        all.map(|one| (one["asset"].clone(), one["quantity"].clone()))
            .collect::<Vec<_>>()
    };
    let now = client.get("/holdings?limit=200").await.with(200);
    assert_eq!(quantities(&now), quantities(&holdings));
    let again = client.post(&format!("/connections/{id}/sync")).await;
    assert_eq!(again.with(200)["success"], true);
}

async fn a_key_that_does_not_pass_replaces_nothing(kind: Kind) {
    let app = App::start(kind).await;
    let browser = app.signed_in(ANNA).await;
    let id = connect(&browser, &binance::READ_ONLY, &[]).await;
    let client = client_of(&app, ANNA, "manage").await;
    let before = sealed(&app, &id).await;
    let mut wrong = key(&binance::SAME_ACCOUNT);
    wrong["secret_key"] = json!("ASecretOfAnotherKey");
    let shown = client.get(&format!("/connections/{id}")).await.with(200);
    let mut masked = key(&binance::SAME_ACCOUNT);
    masked["api_key"] = shown["api_key_masked"].clone();
    for (body, code, field) in [
        (key(&binance::SECOND), "validation_failed", Some("api_key")),
        (key(&binance::TRADING), "excess_permissions", None),
        (key(&okx::READ_ONLY), "invalid_credentials", None),
        (wrong, "invalid_credentials", None),
        (masked, "validation_failed", Some("api_key")),
        (json!({}), "validation_failed", Some("secret_key")),
    ] {
        let told = replace(&client, &id, &body).await.refused(422, code);
        if let Some(field) = field {
            assert!(told["errors"][field][0].is_string(), "{told}");
        }
        assert_eq!(sealed(&app, &id).await, before, "{code}");
    }
    let synced = client.post(&format!("/connections/{id}/sync")).await;
    assert_eq!(synced.with(200)["success"], true);
    let nobodys = replace(&client, &"0".repeat(32), &json!({})).await;
    nobodys.refused(404, "not_found");
}

async fn from_a_browser_a_key_is_replaced_with_the_password_alone(kind: Kind) {
    let app = App::start(kind).await;
    let browser = app.signed_in(ANNA).await;
    let id = connect(&browser, &binance::READ_ONLY, &[]).await;
    let nobody = Client::new(&app, "");
    let mut body = key(&binance::SAME_ACCOUNT);
    for (password, status) in [(None, 422), (Some("wrong"), 422), (Some(PASSWORD), 200)] {
        if let Some(password) = password {
            body["current_password"] = json!(password);
        }
        let call = nobody.call(Method::PUT, &format!("/connections/{id}/key"));
        let call = call.header(COOKIE, browser.cookie_header());
        let call = call.header("sec-fetch-site", "same-origin");
        let told = Told::of(json_body(call, &body.to_string())).await;
        let json = told.with(status);
        let named = json["errors"]["current_password"][0].is_string();
        assert_eq!(named, status == 422, "{json}");
    }
}
