//! Every error reads alike, whoever noticed it.

use axum::Router;
use axum::body::Body;
use axum::http::Request;
use axum::routing::get;
use coffer::sandbox::keys::binance;
use reqwest::Method;
use reqwest::header::{ACCEPT, CONTENT_TYPE};
use serde_json::{Value, json};
use tower::ServiceExt;

use super::client::{Client, Told, client_of, json_body};
use crate::support::{App, Kind, on_both_databases};

on_both_databases![
    every_error_is_a_problem_of_its_status,
    a_hostile_body_is_refused_and_never_repeated,
];

const ANNA: &str = "anna@example.org";
const CONNECT: &str = "/connections/binance";

async fn every_error_is_a_problem_of_its_status(kind: Kind) {
    let app = App::start(kind).await;
    app.signed_in(ANNA).await;
    let client = client_of(&app, ANNA, "manage").await;
    let nobody = Client::new(&app, "");
    let told = nobody.get("/portfolio").await;
    told.refused(401, "unauthenticated");
    assert_eq!(told.header("www-authenticate"), "Bearer");
    client.get("/no-such").await.refused(404, "not_found");
    client.get("/connections/").await.refused(404, "not_found");
    nobody.get("/../nothing").await.refused(404, "not_found");
    let told = client.post("/portfolio").await;
    told.refused(405, "validation_failed");
    assert_eq!(told.header("allow"), "GET,HEAD");
    let told = Told::of(client.call(Method::DELETE, CONNECT)).await;
    told.refused(405, "validation_failed");
    for malformed in ["", "{", "{]", "\"", "nul", "{\"api_key\": \"\u{0}\"}"] {
        let told = client.post_json(CONNECT, malformed).await;
        told.refused(400, "validation_failed");
    }
    for other in ["[]", "1", "null", "{\"api_key\": 1}", "{\"label\": {}}"] {
        let told = client.post_json(CONNECT, other).await;
        told.refused(422, "validation_failed");
    }
    let told = client
        .post_json(CONNECT, "{}")
        .await
        .refused(422, "validation_failed");
    let named: Vec<_> = told["errors"].as_object().unwrap().keys().collect();
    assert_eq!(named, ["api_key", "secret_key"]);
    let call = client.call(Method::POST, CONNECT).body("{}");
    Told::of(call).await.refused(415, "validation_failed");
    let call = client
        .call(Method::POST, CONNECT)
        .header(CONTENT_TYPE, "text/plain");
    Told::of(call.body("{}"))
        .await
        .refused(415, "validation_failed");
    // What a browser would show is JSON as well.
    let told = Told::of(
        client
            .call(Method::GET, "/no-such")
            .header(ACCEPT, "text/html"),
    )
    .await;
    told.refused(404, "not_found");
    let head = Told::of(client.call(Method::HEAD, "/no-such")).await;
    assert_eq!((head.status, head.text.as_str()), (404, ""));
    // Last, as the server reads no more from this connection.
    let large = format!("{{\"label\": \"{}\"}}", "x".repeat(64 * 1024));
    let told = client.post_json(CONNECT, &large).await;
    told.refused(413, "validation_failed");
}

async fn a_hostile_body_is_refused_and_never_repeated(kind: Kind) {
    let app = App::start(kind).await;
    app.signed_in(ANNA).await;
    let client = client_of(&app, ANNA, "manage").await;
    let deep = format!("{{\"label\": {}1{}}}", "[".repeat(5_000), "]".repeat(5_000));
    client
        .post_json(CONNECT, &deep)
        .await
        .refused(400, "validation_failed");
    let label = "</script>\u{202e}canary";
    let key = binance::READ_ONLY;
    let body = json!({"api_key": key.api_key, "secret_key": "canary", "label": label});
    let told = client.post_json(CONNECT, &body.to_string()).await;
    let json = told.refused(422, "validation_failed");
    assert!(json["errors"]["label"][0].is_string(), "{json}");
    assert!(!told.text.contains("canary"), "{}", told.text);
    let body = json!({"api_key": "canary", "environment": "mars", "portfolio_id": "canary"});
    let told = client.post_json(CONNECT, &body.to_string()).await;
    let json = told.refused(422, "validation_failed");
    assert!(json["errors"]["environment"][0].is_string(), "{json}");
    assert!(!told.text.contains("canary"), "{}", told.text);
    let keys = json!({"api_key": key.api_key, "secret_key": key.secret_key, "portfolio_id": "x"});
    let told = client.post_json(CONNECT, &keys.to_string()).await;
    let json = told.refused(422, "validation_failed");
    assert!(json["errors"]["portfolio_id"][0].is_string(), "{json}");
    assert_eq!(app.setup.sandbox.control().count("/"), 0);
    let told = Told::of(
        json_body(client.call(Method::POST, CONNECT), "{}").header("host", "evil.example"),
    );
    told.await.refused(421, "validation_failed");
}

#[tokio::test]
async fn a_handler_that_breaks_down_is_told_without_insides() {
    async fn broken() -> &'static str {
        panic!("the insides")
    }
    let router = Router::new().route("/api/broken", get(broken));
    let guarded = coffer::http::guard(router, "http://127.0.0.1:3000").unwrap();
    let request = Request::get("/api/broken").body(Body::empty()).unwrap();
    let response = guarded.oneshot(request).await.unwrap();
    assert_eq!(response.status(), 500);
    let id = response.headers()["x-request-id"]
        .to_str()
        .unwrap()
        .to_owned();
    let body = axum::body::to_bytes(response.into_body(), 10_000)
        .await
        .unwrap();
    let json: Value = serde_json::from_slice(&body).unwrap();
    assert_eq!(
        (&json["code"], &json["request_id"]),
        (&json!("internal"), &json!(id))
    );
    assert!(!json.to_string().contains("insides"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_that_is_gone_is_told_as_unavailable() {
    let app = App::start(Kind::Sqlite).await;
    app.signed_in(ANNA).await;
    let client = client_of(&app, ANNA, "read").await;
    app.state.db.close().await;
    client.get("/portfolio").await.refused(503, "internal");
}
