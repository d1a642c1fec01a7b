//! Forms that do not come from a page of this server change nothing.

use coffer::sandbox::Exchange;
use coffer::sandbox::keys::binance;
use coffer::services::{accounts, connections};
use reqwest::Method;
use reqwest::header::{ACCEPT, CONTENT_TYPE, ORIGIN, REFERER};

use crate::functions::{FUNCTIONS, answer, bare};
use crate::support::{App, Browser, Kind, PASSWORD, Page, Setup, demo_key};

const FORM: &str = "application/x-www-form-urlencoded";

/// What a browser says of a form that another site made it send.
const FOREIGN: [&[(&str, &str)]; 7] = [
    &[("sec-fetch-site", "cross-site")],
    &[("sec-fetch-site", "same-site")],
    &[
        ("sec-fetch-site", "cross-site"),
        ("origin", "https://evil.example"),
    ],
    &[("origin", "https://evil.example")],
    &[("origin", "null")],
    &[("origin", "http://127.0.0.1:1")],
    &[("sec-fetch-site", "same-site"), ("origin", "null")],
];

/// Every field that some form has.
fn body(id: &str) -> String {
    let key = binance::SECOND;
    let fields = [
        ("id", id),
        ("exchange", "binance"),
        ("api_key", key.api_key),
        ("secret_key", key.secret_key),
        ("email", "mallory@example.org"),
        ("password", PASSWORD),
        ("current_password", PASSWORD),
        ("new_password", "plum tree river stone"),
    ];
    serde_urlencoded::to_string(fields).unwrap()
}

async fn state_of(app: &App) -> String {
    let mut all = String::new();
    for user in accounts::list(&app.state).await.unwrap() {
        all += &format!("{} {}\n", user.email, user.password_hash);
        for connection in connections::list(&app.state, &user.id).await.unwrap() {
            let details = connections::details(&app.state, &user.id, &connection.id).await;
            all += &format!("{:?}\n", details.unwrap());
        }
    }
    let mut db = app.state.db.reader().await.unwrap();
    let sessions: Vec<(String, String)> =
        sqlx::query_as("SELECT id_hash, data FROM sessions ORDER BY id_hash")
            .fetch_all(&mut *db)
            .await
            .unwrap();
    all + &format!("{sessions:?}")
}

async fn with_connection(setup: Setup) -> (App, Browser, String) {
    let app = setup.with("SIGN_UP", "open").start().await;
    let browser = app.signed_in("anna@example.org").await;
    let key = demo_key(Exchange::Binance, binance::READ_ONLY.api_key);
    browser.connect(&key, &[]).await;
    let user = accounts::list(&app.state).await.unwrap().remove(0);
    let connection = connections::list(&app.state, &user.id).await.unwrap();
    (app, browser, connection[0].id.clone())
}

fn refused(page: &Page, what: &str) {
    assert_eq!(page.status, 403, "{what}: {}", page.body);
    assert_eq!(page.location(), None, "{what}");
    assert!(page.headers.get("set-cookie").is_none(), "{what}");
    assert!(
        !page.body.contains("__err") && !page.body.contains("evil"),
        "{what}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_form_of_another_site_changes_nothing() {
    let (app, browser, id) = with_connection(Setup::new(Kind::Sqlite).await).await;
    let before = state_of(&app).await;
    app.setup.sandbox.control().clear_records();
    for function in FUNCTIONS {
        for headers in FOREIGN {
            for accept in ["text/html", "application/json"] {
                let mut request = bare(&browser, Method::POST, &function.path())
                    .header(ACCEPT, accept)
                    .header(CONTENT_TYPE, FORM)
                    .header(REFERER, "https://evil.example/p?a=1");
                for (name, value) in headers {
                    request = request.header(*name, *value);
                }
                let page = answer(request.body(body(&id))).await;
                refused(&page, &format!("{} {headers:?}", function.name));
            }
        }
    }
    assert_eq!(state_of(&app).await, before);
    assert_eq!(app.setup.sandbox.control().count("/"), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_that_is_no_form_changes_nothing() {
    let (app, browser, id) = with_connection(Setup::new(Kind::Sqlite).await).await;
    let before = state_of(&app).await;
    let kinds = [
        Some("text/plain"),
        Some("text/plain;charset=application/x-www-form-urlencoded"),
        Some("multipart/form-data; boundary=x"),
        Some("application/json"),
        Some(""),
        None,
    ];
    for function in FUNCTIONS.iter().filter(|function| function.changes) {
        for kind in kinds {
            let mut request = bare(&browser, Method::POST, &function.path())
                .header(ACCEPT, "text/html")
                .header("sec-fetch-site", "same-origin");
            if let Some(kind) = kind {
                request = request.header(CONTENT_TYPE, kind);
            }
            let page = answer(request.body(body(&id))).await;
            refused(&page, &format!("{} {kind:?}", function.name));
        }
    }
    assert_eq!(state_of(&app).await, before);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_form_of_our_own_pages_works() {
    let setup = Setup::new(Kind::Sqlite).await;
    let (app, browser, id) = with_connection(setup).await;
    let own = app.url.clone();
    let ways: [&[(&str, &str)]; 4] = [
        &[("sec-fetch-site", "same-origin")],
        &[("sec-fetch-site", "none")],
        &[("origin", &own)],
        &[],
    ];
    for headers in ways {
        let mut request = bare(&browser, Method::POST, "/do/sync")
            .header(ACCEPT, "text/html")
            .header(
                CONTENT_TYPE,
                "application/x-www-form-urlencoded; charset=utf-8",
            );
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let page = answer(request.body(format!("id={id}"))).await;
        assert_eq!(page.status, 303, "{headers:?}");
        assert_eq!(page.location().unwrap(), format!("/connections/{id}"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_form_behind_a_proxy_is_known_by_the_public_address() {
    let setup = Setup::new(Kind::Sqlite).await;
    let app = setup
        .with("PUBLIC_URL", "https://coffer.example")
        .start()
        .await;
    app.signed_in("anna@example.org").await;
    let form = serde_urlencoded::to_string([("email", "anna@example.org"), ("password", PASSWORD)]);
    let form = form.unwrap();
    for (origin, status) in [
        ("https://coffer.example", 303),
        ("http://coffer.example", 403),
        ("https://coffer.example.evil.example", 403),
        ("https://coffer.example:444", 403),
        ("https://COFFER.example@evil.example", 403),
    ] {
        let request = bare(&app.browser(), Method::POST, "/do/sign-in")
            .header(ACCEPT, "text/html")
            .header(CONTENT_TYPE, FORM)
            .header(ORIGIN, origin)
            .body(form.clone());
        assert_eq!(answer(request).await.status, status, "{origin}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_redirect_never_leads_to_where_the_browser_came_from() {
    let (_app, browser, id) = with_connection(Setup::new(Kind::Sqlite).await).await;
    for (path, form) in [
        ("/do/sync", format!("id={id}")),
        ("/do/sync", "id=none".to_owned()),
        ("/do/sign-in", "email=a&password=b".to_owned()),
        ("/do/connect", "exchange=%00".to_owned()),
    ] {
        for referer in [
            "https://evil.example/p?a=1",
            "//evil.example",
            "javascript:alert(1)",
            "\u{1}",
        ] {
            let mut request = bare(&browser, Method::POST, path)
                .header(ACCEPT, "text/html")
                .header(CONTENT_TYPE, FORM)
                .body(form.clone());
            if let Ok(referer) = reqwest::header::HeaderValue::from_str(referer) {
                request = request.header(REFERER, referer);
            }
            let page = answer(request).await;
            let location = page.location().unwrap_or_default();
            assert!(
                !location.contains("evil") && !location.contains("__err"),
                "{location}"
            );
            assert!(
                location.is_empty() || location.starts_with("/connections/"),
                "{location}"
            );
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_foreign_name_that_leads_here_takes_no_account() {
    let app = App::start(Kind::Sqlite).await;
    let browser = app.browser();
    let request = browser
        .client
        .post(format!("{}/do/sign-up", app.url))
        .header("host", "rebound.evil.example")
        .header(ORIGIN, "http://rebound.evil.example")
        .header("sec-fetch-site", "same-origin")
        .header(CONTENT_TYPE, FORM)
        .body(body(""));
    assert_eq!(browser.send(request).await.status, 421);
    assert_eq!(accounts::list(&app.state).await.unwrap().len(), 0);
}
