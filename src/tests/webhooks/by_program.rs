//! A webhook that a program looks after.

use reqwest::Method;
use serde_json::{Value, json};

use super::world::{World, is_signed};
use crate::api::client::{Client, Told, client_of, json_body};
use crate::support::{Kind, on_both_databases};

on_both_databases![
    what_is_told_and_where_to_is_changed_field_by_field,
    a_secret_that_a_program_renewed_signs_what_is_sent,
    a_webhook_that_is_switched_off_is_not_sent_to,
];

async fn patch(client: &Client, body: &Value) -> Told {
    let call = client.call(Method::PATCH, "/telling");
    Told::of(json_body(call, &body.to_string())).await
}

async fn switch(client: &Client, enabled: bool) -> Told {
    let body = json!({ "enabled": enabled }).to_string();
    client.post_json("/telling/webhook/switch", &body).await
}

async fn what_is_told_and_where_to_is_changed_field_by_field(kind: Kind) {
    let world = World::new(kind).await;
    let client = client_of(&world.app, "a@example.org", "manage").await;
    let told = patch(
        &client,
        &json!({"balance_percent": "2.5", "exchange_news": true}),
    )
    .await;
    let told = told.with(200);
    assert_eq!(told["webhook_secret"], Value::Null);
    let shown = client.get("/telling").await.with(200);
    let expected = json!({
        "failing_hours": 6, "balance_percent": "2.5", "value_percent": "10", "exchange_news": true,
        "webhook": {"url": world.receiver.url, "enabled": true},
    });
    assert_eq!(shown, expected);
    let wrong = json!({"failing_hours": 0, "webhook_url": "http://10.0.0.1/"});
    let refused = patch(&client, &wrong).await;
    let refused = refused.refused(422, "validation_failed");
    for field in ["failing_hours", "webhook_url"] {
        assert!(refused["errors"][field][0].is_string(), "{refused}");
    }
    assert_eq!(client.get("/telling").await.with(200), expected);
    let other = format!("{}?other", world.receiver.url);
    let told = patch(&client, &json!({ "webhook_url": other })).await;
    let secret = told.with(200)["webhook_secret"].clone();
    assert!(secret.as_str().unwrap().starts_with("coffer_webhook_"));
    assert_ne!(secret, json!(world.secret));
    let shown = client.get("/telling").await;
    assert!(!shown.text.contains(secret.as_str().unwrap()));
    let told = patch(&client, &json!({"webhook_url": "", "exchange_news": false})).await;
    let told = told.with(200);
    assert_eq!(
        (&told["webhook"], &told["exchange_news"]),
        (&Value::Null, &json!(false))
    );
    for path in ["/telling/webhook/secret", "/telling/webhook/test"] {
        client.post(path).await.refused(409, "conflict");
    }
    switch(&client, true).await.refused(409, "conflict");
}

async fn a_secret_that_a_program_renewed_signs_what_is_sent(kind: Kind) {
    let world = World::new(kind).await;
    let client = client_of(&world.app, "a@example.org", "manage").await;
    let renewed = client.post("/telling/webhook/secret").await.with(200);
    let secret = renewed["webhook_secret"].as_str().unwrap();
    let tested = client.post("/telling/webhook/test").await.with(200);
    assert_eq!(tested["outcome"], "204");
    let test = world.receiver.received().remove(0);
    assert!(is_signed(&test, secret) && !is_signed(&test, &world.secret));
    let list = client.get("/telling/deliveries").await.with(200);
    let one = &list["deliveries"][0];
    assert_eq!(
        (&one["event"], &one["attempts"]),
        (&json!("test"), &json!(1))
    );
    assert_eq!(
        (&one["outcome"], &one["next_try_at"]),
        (&json!("204"), &Value::Null)
    );
    assert_eq!(list["next"], Value::Null);
}

async fn a_webhook_that_is_switched_off_is_not_sent_to(kind: Kind) {
    let world = World::new(kind).await;
    let client = client_of(&world.app, "a@example.org", "manage").await;
    let told = switch(&client, false).await.with(200);
    assert_eq!(told["webhook"]["enabled"], false);
    let test = client.post("/telling/webhook/test").await;
    test.refused(409, "conflict");
    assert_eq!(
        switch(&client, true).await.with(200)["webhook"]["enabled"],
        true
    );
    client.post("/telling/webhook/test").await.with(200);
    assert_eq!(world.receiver.received().len(), 1);
}
