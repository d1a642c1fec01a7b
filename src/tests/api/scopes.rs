//! Who is let in: tokens and their scopes, and the browser's session by the rules of pages.

use coffer::sandbox::keys::binance;
use reqwest::Method;
use reqwest::header::{AUTHORIZATION, CONTENT_TYPE, COOKIE};
use serde_json::json;

use super::client::{Client, Told, client_of, json_body, token_of};
use crate::scene::connect;
use crate::support::{App, Browser, Kind, on_both_databases};

on_both_databases![
    a_token_reaches_as_far_as_its_scope,
    a_token_stands_for_its_owner_whatever_cookie_comes_with_it,
    a_browser_calls_by_its_session_from_pages_of_this_server_alone,
];

const ANNA: &str = "anna@example.org";
const BOB: &str = "bob@example.org";

async fn a_token_reaches_as_far_as_its_scope(kind: Kind) {
    let app = App::start(kind).await;
    let browser = app.signed_in(ANNA).await;
    let id = connect(&browser, &binance::READ_ONLY, &[]).await;
    app.setup.sandbox.control().clear_records();
    let sync = format!("/connections/{id}/sync");
    let reader = client_of(&app, ANNA, "read").await;
    reader.get("/connections").await.with(200);
    reader.post(&sync).await.refused(403, "forbidden");
    let connecting = reader.post_json("/connections/binance", "{}").await;
    connecting.refused(403, "forbidden");
    assert_eq!(app.setup.sandbox.control().count("/"), 0);
    let syncer = client_of(&app, ANNA, "sync").await;
    syncer.get("/connections").await.with(200);
    syncer.post(&sync).await.with(200);
    let connecting = syncer.post_json("/connections/binance", "{}").await;
    connecting.refused(403, "forbidden");
    let manager = client_of(&app, ANNA, "manage").await;
    manager.get("/connections").await.with(200);
    manager.post(&sync).await.with(200);
    let connecting = manager.post_json("/connections/binance", "{}").await;
    connecting.refused(422, "validation_failed");
}

fn with_cookies(
    client: &Client,
    browser: &Browser,
    method: Method,
    path: &str,
) -> reqwest::RequestBuilder {
    client
        .call(method, path)
        .header(COOKIE, browser.cookie_header())
}

async fn a_token_stands_for_its_owner_whatever_cookie_comes_with_it(kind: Kind) {
    let app = App::start(kind).await;
    let (anna, _) = (app.signed_in(ANNA).await, app.signed_in(BOB).await);
    connect(&anna, &binance::READ_ONLY, &[]).await;
    let bobs = client_of(&app, BOB, "manage").await;
    let told = Told::of(with_cookies(&bobs, &anna, Method::GET, "/connections")).await;
    assert_eq!(told.with(200)["connections"], json!([]));
    let wrong = Client::new(&app, &format!("coffer_{}", "0".repeat(64)));
    let told = Told::of(with_cookies(&wrong, &anna, Method::GET, "/connections")).await;
    told.refused(401, "unauthenticated");
    let stranger = Client::new(&app, "");
    for value in ["Basic YTpi", "Bearer", "", "coffer_"] {
        let call = with_cookies(&stranger, &anna, Method::GET, "/connections");
        let told = Told::of(call.header(AUTHORIZATION, value)).await;
        told.refused(401, "unauthenticated");
    }
    // Not in an address, where it would stand in logs.
    let token = token_of(&app, ANNA, "read").await;
    for name in ["token", "access_token", "api_key"] {
        let told = stranger.get(&format!("/connections?{name}={token}")).await;
        told.refused(401, "unauthenticated");
    }
}

async fn a_browser_calls_by_its_session_from_pages_of_this_server_alone(kind: Kind) {
    let app = App::start(kind).await;
    let anna = app.signed_in(ANNA).await;
    let id = connect(&anna, &binance::READ_ONLY, &[]).await;
    let sync = format!("/connections/{id}/sync");
    let nobody = Client::new(&app, "");
    let own = [
        ("sec-fetch-site", "same-origin"),
        ("origin", app.url.as_str()),
    ];
    let foreign = [
        ("sec-fetch-site", "cross-site"),
        ("origin", "https://evil.example"),
    ];
    let call = |client: &Client, headers: [(&str, &str); 2]| {
        let request = with_cookies(client, &anna, Method::POST, &sync);
        let add = |request: reqwest::RequestBuilder, (name, value): (&str, &str)| {
            request.header(name, value)
        };
        headers.into_iter().fold(request, add)
    };
    app.setup.sandbox.control().clear_records();
    Told::of(call(&nobody, foreign))
        .await
        .refused(403, "forbidden");
    let form = "application/x-www-form-urlencoded";
    for kind in [form, "text/plain", "multipart/form-data; boundary=x"] {
        let told = Told::of(call(&nobody, own).header(CONTENT_TYPE, kind).body("a=b")).await;
        told.refused(415, "validation_failed");
    }
    assert_eq!(app.setup.sandbox.control().count("/"), 0);
    Told::of(call(&nobody, own)).await.with(200);
    Told::of(json_body(call(&nobody, own), "{}"))
        .await
        .with(200);
    let listed = with_cookies(&nobody, &anna, Method::GET, "/connections");
    assert_eq!(Told::of(listed).await.with(200)["connections"][0]["id"], id);
    // No page of another site can send a token, so from where one comes does not matter.
    let annas = client_of(&app, ANNA, "sync").await;
    Told::of(call(&annas, foreign)).await.with(200);
    assert_eq!(anna.post("/do/sign-out", &[]).await.status, 303);
    Told::of(call(&nobody, own))
        .await
        .refused(401, "unauthenticated");
}
