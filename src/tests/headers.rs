//! What every answer carries, errors included, and what a policy allows.

use std::collections::BTreeSet;

use axum::Router;
use axum::body::Body;
use axum::http::{Request, StatusCode};
use axum::routing::get;
use reqwest::Method;
use reqwest::header::{ACCEPT, CONTENT_TYPE};
use tower::ServiceExt;

use crate::functions::{answer, bare, call};
use crate::support::{App, Kind, Page, Setup};

const FORM: &str = "application/x-www-form-urlencoded";

/// One answer of every kind the server gives, by what it is.
async fn answers(app: &App) -> Vec<(&'static str, u16, Page)> {
    let (stranger, owner) = (app.browser(), app.signed_in("anna@example.org").await);
    let post = |path: &str, body: String| {
        bare(&owner, Method::POST, path)
            .header(ACCEPT, "text/html")
            .header(CONTENT_TYPE, FORM)
            .body(body)
    };
    vec![
        ("page", 200, owner.get("/").await),
        ("sign-in", 200, stranger.get("/sign-in").await),
        ("redirect", 303, stranger.get("/").await),
        ("redirect", 303, owner.post("/do/sync-all", &[]).await),
        ("json", 200, call(&owner, "/do/load-board", &[]).await),
        ("json", 404, call(&owner, "/do/sync", &[("id", "x")]).await),
        ("missing page", 404, owner.get("/no/such").await),
        ("missing file", 404, owner.get("/public/none.svg").await),
        (
            "wrong sign-in",
            401,
            stranger.post("/do/sign-in", &[]).await,
        ),
        ("bad form", 422, owner.post("/do/connect", &[]).await),
        (
            "unreadable form",
            400,
            answer(post("/do/connect", "a=1&a=%ff".repeat(2))).await,
        ),
        (
            "foreign form",
            403,
            answer(post("/do/sync", String::new()).header("origin", "null")).await,
        ),
        ("method", 405, answer(bare(&owner, Method::PUT, "/")).await),
        (
            "trace",
            405,
            answer(bare(&owner, Method::TRACE, "/healthz")).await,
        ),
        (
            "too large",
            413,
            answer(post("/do/sync", "x".repeat(64 * 1024 + 1))).await,
        ),
        ("style", 200, stranger.get("/assets/coffer.css").await),
        ("icon", 200, stranger.get("/public/icon.svg").await),
        ("health", 200, stranger.get("/healthz").await),
        ("api docs", 200, stranger.get("/api/docs").await),
        ("api", 200, owner.get("/api/v1/portfolio").await),
        ("api error", 401, stranger.get("/api/v1/portfolio").await),
        ("api missing", 404, owner.get("/api/v1/no-such").await),
        ("no bundle", 404, stranger.get("/pkg/none.js").await),
    ]
}

fn value(page: &Page, name: &str) -> String {
    let values: Vec<_> = page.headers.get_all(name).iter().collect();
    assert!(values.len() < 2, "{name}: {values:?}");
    values
        .first()
        .map_or(String::new(), |v| v.to_str().unwrap().to_owned())
}

fn is_guarded(page: &Page, what: &str) {
    let policy = value(page, "content-security-policy");
    for part in [
        "default-src 'none'",
        "base-uri 'none'",
        "object-src 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    ] {
        assert!(
            policy.split("; ").any(|own| own == part),
            "{what}: {policy}"
        );
    }
    for lax in ["unsafe-inline", "unsafe-eval'", " *", "http:", "https:"] {
        let found = policy.replace("'wasm-unsafe-eval'", "").contains(lax);
        assert!(!found, "{what}: {policy}");
    }
    for (name, wanted) in [
        ("x-content-type-options", "nosniff"),
        ("referrer-policy", "same-origin"),
        ("cross-origin-opener-policy", "same-origin"),
        ("cross-origin-resource-policy", "same-origin"),
    ] {
        assert_eq!(value(page, name), wanted, "{what}");
    }
    assert!(
        value(page, "permissions-policy").contains("camera=()"),
        "{what}"
    );
    assert_eq!(value(page, "x-request-id").len(), 32, "{what}");
}

#[tokio::test(flavor = "multi_thread")]
async fn every_answer_carries_the_guarding_headers() {
    let app = App::start(Kind::Sqlite).await;
    for (what, status, page) in answers(&app).await {
        assert_eq!(page.status, status, "{what}: {}", page.body);
        is_guarded(&page, what);
        let caching = value(&page, "cache-control");
        let wanted = if ["style", "icon"].contains(&what) {
            "no-cache"
        } else {
            "no-store"
        };
        assert_eq!(caching, wanted, "{what}");
        assert_eq!(value(&page, "strict-transport-security"), "", "{what}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn over_https_every_answer_says_to_stay_there() {
    let setup = Setup::new(Kind::Sqlite).await;
    let app = setup
        .with("PUBLIC_URL", "https://coffer.example")
        .start()
        .await;
    for (what, _, page) in answers(&app).await {
        let wanted = "max-age=63072000; includeSubDomains";
        assert_eq!(value(&page, "strict-transport-security"), wanted, "{what}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn errors_are_told_calmly_and_without_insides() {
    let app = App::start(Kind::Sqlite).await;
    for (what, status, page) in answers(&app).await {
        if status < 400 {
            continue;
        }
        assert!(!page.body.trim().is_empty(), "{what} says nothing");
        let told = page.body.to_lowercase();
        for inside in [
            "sqlx",
            "sqlite",
            "panick",
            "leptos_axum",
            "src/",
            ".rs:",
            "length limit",
        ] {
            assert!(!told.contains(inside), "{what}: {told}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_nonce_of_scripts_differs_with_every_answer() {
    let app = App::start(Kind::Sqlite).await;
    let owner = app.signed_in("anna@example.org").await;
    let mut seen = BTreeSet::new();
    for _ in 0..5 {
        for page in [owner.get("/").await, owner.post("/do/connect", &[]).await] {
            let policy = value(&page, "content-security-policy");
            let nonce = policy.split("'nonce-").nth(1).unwrap();
            let nonce = nonce.split('\'').next().unwrap().to_owned();
            assert!(nonce.len() >= 22, "{nonce}");
            for own in page.attributes("script", "nonce") {
                assert_eq!(own, nonce);
            }
            let scripts = page.all("script").len();
            assert_eq!(page.attributes("script", "nonce").len(), scripts);
            assert!(
                page.all("style, [style], [onclick], [onload], [onerror]")
                    .is_empty()
            );
            assert!(seen.insert(nonce), "a nonce came twice");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_cannot_choose_its_id() {
    let app = App::start(Kind::Sqlite).await;
    let request = bare(&app.browser(), Method::GET, "/healthz");
    let page = answer(request.header("x-request-id", "another-requests-id")).await;
    assert_eq!(value(&page, "x-request-id").len(), 32);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_panic_is_an_answer_and_the_next_request_is_fine() {
    async fn fails() -> StatusCode {
        panic!("a secret of the handler")
    }
    let routes = Router::new()
        .route("/fails", get(fails))
        .route("/fine", get(|| async { "fine" }));
    let guarded = coffer::http::guard(routes, "http://127.0.0.1:3000").unwrap();
    for (path, status) in [("/fails", 500), ("/fine", 200), ("/fails", 500)] {
        let request = Request::get(path).header("accept", "text/html");
        let request = request.body(Body::empty()).unwrap();
        let response = guarded.clone().oneshot(request).await.unwrap();
        assert_eq!(response.status().as_u16(), status);
        let headers = response.headers().clone();
        let body = axum::body::to_bytes(response.into_body(), 1 << 20)
            .await
            .unwrap();
        let page = Page {
            status,
            headers,
            body: String::from_utf8(body.to_vec()).unwrap(),
        };
        is_guarded(&page, path);
        assert!(!page.body.contains("secret"), "{}", page.body);
        if status == 500 {
            assert_eq!(
                page.one("[role=alert] p"),
                "Something went wrong inside Coffer."
            );
        }
    }
}
