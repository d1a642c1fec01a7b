//! Portfolios and holdings entered by hand, arranged by a program's word.

use coffer::sandbox::keys::binance;
use reqwest::Method;
use serde_json::{Value, json};

use super::client::{Client, Told, client_of, json_body};
use crate::scene::{connect, count};
use crate::support::{App, Kind, on_both_databases};

on_both_databases![
    a_portfolio_is_made_once_named_and_merged,
    a_portfolio_goes_with_its_contents_only_when_that_was_said,
    what_is_entered_by_hand_is_changed_field_by_field,
    settings_and_notices_are_ones_own,
];

const ANNA: &str = "anna@example.org";

async fn send(client: &Client, method: Method, path: &str, body: &Value) -> Told {
    Told::of(json_body(client.call(method, path), &body.to_string())).await
}

async fn made(client: &Client, name: &str) -> String {
    let told = send(client, Method::POST, "/portfolios", &json!({"name": name})).await;
    told.with(201)["id"].as_str().unwrap().to_owned()
}

async fn delete(client: &Client, path: &str) -> Told {
    Told::of(client.call(Method::DELETE, path)).await
}

async fn a_portfolio_is_made_once_named_and_merged(kind: Kind) {
    let app = App::start(kind).await;
    app.signed_in(ANNA).await;
    let client = client_of(&app, ANNA, "manage").await;
    let body = json!({"name": "Cold"});
    for _ in 0..2 {
        let call = client.call(Method::POST, "/portfolios");
        let call = json_body(call.header("Idempotency-Key", "k"), &body.to_string());
        assert_eq!(Told::of(call).await.with(201)["name"], "Cold");
    }
    let taken = send(&client, Method::POST, "/portfolios", &body).await;
    let taken = taken.refused(422, "validation_failed");
    assert!(taken["errors"]["name"][0].is_string(), "{taken}");
    let other = made(&client, "Hot").await;
    let path = format!("/portfolios/{other}");
    let named = send(&client, Method::PATCH, &path, &json!({"name": "Warm"})).await;
    assert_eq!(named.with(200)["name"], "Warm");
    let list = client.get("/portfolios").await.with(200);
    let cold = list["portfolios"][0]["id"].as_str().unwrap();
    let merge = format!("/portfolios/{other}/merge");
    let told = send(&client, Method::POST, &merge, &json!({"into": "x"})).await;
    let told = told.refused(422, "validation_failed");
    assert!(told["errors"]["into"][0].is_string(), "{told}");
    let merged = send(&client, Method::POST, &merge, &json!({"into": cold})).await;
    assert_eq!(merged.with(200)["id"], cold);
    client.get(&path).await.refused(404, "not_found");
}

async fn a_portfolio_goes_with_its_contents_only_when_that_was_said(kind: Kind) {
    let app = App::start(kind).await;
    let browser = app.signed_in(ANNA).await;
    let id = connect(&browser, &binance::READ_ONLY, &[]).await;
    let client = client_of(&app, ANNA, "manage").await;
    let one = client.get(&format!("/connections/{id}")).await.with(200);
    let full = format!("/portfolios/{}", one["portfolio_id"].as_str().unwrap());
    for query in [
        "",
        "?contents=everything",
        "?contents=keep",
        "?contents=keep&into=x",
    ] {
        let told = delete(&client, &format!("{full}{query}")).await;
        told.refused(422, "validation_failed");
    }
    assert_eq!(count(&app, "connections").await, 1);
    let other = made(&client, "Cold").await;
    let path = format!("{full}?contents=keep&into={other}");
    assert_eq!(delete(&client, &path).await.status, 204);
    let moved = client.get(&format!("/connections/{id}")).await.with(200);
    assert_eq!(moved["portfolio_id"], other);
    let path = format!("/portfolios/{other}?contents=delete");
    assert_eq!(delete(&client, &path).await.status, 204);
    assert_eq!(count(&app, "connections").await, 0);
    delete(&client, &path).await.refused(404, "not_found");
    let empty = made(&client, "Empty").await;
    let told = delete(&client, &format!("/portfolios/{empty}")).await;
    assert_eq!((told.status, told.text.as_str()), (204, ""));
}

async fn what_is_entered_by_hand_is_changed_field_by_field(kind: Kind) {
    let app = App::start(kind).await;
    app.signed_in(ANNA).await;
    let client = client_of(&app, ANNA, "manage").await;
    let portfolio = made(&client, "Cash").await;
    let list = format!("/portfolios/{portfolio}/manual-holdings");
    let body = json!({"asset": "eur", "quantity": "12.50", "label": "Drawer", "note": "left"});
    let entered = send(&client, Method::POST, &list, &body).await.with(201);
    assert_eq!(
        (&entered["asset"], &entered["quantity"]),
        (&json!("EUR"), &json!("12.5"))
    );
    let path = format!("/manual-holdings/{}", entered["id"].as_str().unwrap());
    let changed = send(&client, Method::PATCH, &path, &json!({"quantity": "-3"})).await;
    let changed = changed.with(200);
    assert_eq!(
        (&changed["quantity"], &changed["note"]),
        (&json!("-3"), &json!("left"))
    );
    assert_eq!(client.get(&path).await.with(200), changed);
    let wrong = send(&client, Method::PATCH, &path, &json!({"quantity": "1,5"})).await;
    let wrong = wrong.refused(422, "validation_failed");
    assert!(wrong["errors"]["quantity"][0].is_string(), "{wrong}");
    let all = client.get("/manual-holdings").await.with(200);
    assert_eq!(all, json!({"manual_holdings": [changed], "next": null}));
    assert_eq!(delete(&client, &path).await.status, 204);
    client.get(&path).await.refused(404, "not_found");
}

async fn settings_and_notices_are_ones_own(kind: Kind) {
    let app = App::start(kind).await;
    let browser = app.signed_in(ANNA).await;
    let id = connect(&browser, &binance::READ_ONLY, &[]).await;
    let client = client_of(&app, ANNA, "manage").await;
    let chosen = json!({"base_currency": "BTC"});
    let told = send(&client, Method::PATCH, "/settings", &chosen).await;
    assert_eq!(told.with(200), chosen);
    assert_eq!(client.get("/settings").await.with(200), chosen);
    assert_eq!(
        client.get("/portfolio").await.with(200)["base_currency"],
        "BTC"
    );
    let told = send(
        &client,
        Method::PATCH,
        "/settings",
        &json!({"base_currency": "XYZ"}),
    )
    .await;
    told.refused(422, "validation_failed");
    let control = app.setup.sandbox.control();
    control.revoke_key(binance::READ_ONLY.api_key).unwrap();
    client
        .post(&format!("/connections/{id}/sync"))
        .await
        .with(200);
    let notices = client.get("/notices").await.with(200);
    let notice = &notices["notices"][0];
    assert_eq!(
        (&notice["event"], &notice["read"]),
        (&json!("key_needs_attention"), &json!(false))
    );
    let until = json!({"until": notice["at"]});
    let told = send(&client, Method::POST, "/notices/read", &until).await;
    assert_eq!(told.status, 204);
    let notices = client.get("/notices").await.with(200);
    assert_eq!(notices["notices"][0]["read"], true);
    let told = send(
        &client,
        Method::POST,
        "/notices/read",
        &json!({"until": "now"}),
    )
    .await;
    told.refused(422, "validation_failed");
}
