//! Sessions: whom a cookie lets in, what it looks like, and when it ends.

use std::time::Duration;

use coffer::sandbox::Exchange;
use coffer::sandbox::keys::binance;
use coffer::services::connections;

use crate::functions::{answer, bare, call};
use crate::support::{App, Browser, Kind, PASSWORD, Page, Setup, demo_key, on_both_databases};

on_both_databases![
    a_session_is_not_brought_back_by_a_request_under_way,
    a_changed_password_ends_every_other_session,
    a_session_ends_unused_and_at_the_latest,
];

async fn sign_in(browser: &Browser, email: &str) -> Page {
    let page = browser
        .post("/do/sign-in", &[("email", email), ("password", PASSWORD)])
        .await;
    assert_eq!(page.status, 303);
    page
}

/// A browser with cookies of its own choosing.
fn holding(app: &App, cookies: &str) -> Browser {
    let browser = app.browser();
    browser.set_cookies(cookies);
    browser
}

async fn is_signed_in(browser: &Browser) -> bool {
    let who = call(browser, "/do/who-is-signed-in", &[]).await;
    assert_eq!(who.status, 200, "{}", who.body);
    let by_function = who.body != "null";
    assert_eq!(browser.get("/settings").await.status == 200, by_function);
    by_function
}

async fn rows(app: &App) -> Vec<(String, String)> {
    let mut db = app.state.db.reader().await.unwrap();
    let sql = "SELECT id_hash, data FROM sessions";
    sqlx::query_as(sql).fetch_all(&mut *db).await.unwrap()
}

fn set_cookie(page: &Page) -> String {
    let cookies: Vec<_> = page.headers.get_all("set-cookie").iter().collect();
    assert_eq!(cookies.len(), 1, "{cookies:?}");
    cookies[0].to_str().unwrap().to_owned()
}

fn value(cookie: &str) -> &str {
    cookie.split(';').next().unwrap().split_once('=').unwrap().1
}

#[tokio::test(flavor = "multi_thread")]
async fn a_planted_cookie_is_worth_nothing_after_signing_in() {
    let app = App::start(Kind::Sqlite).await;
    app.signed_in("anna@example.org").await;
    let planted = "coffer-id=AAAAAAAAAAAAAAAAAAAAAA";
    let victim = holding(&app, planted);
    sign_in(&victim, "anna@example.org").await;
    assert!(is_signed_in(&victim).await);
    assert_ne!(victim.cookie_header(), planted);
    assert!(!is_signed_in(&holding(&app, planted)).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn signing_in_again_ends_the_session_before() {
    let app = App::start(Kind::Sqlite).await;
    let browser = app.signed_in("anna@example.org").await;
    app.signed_in("bob@example.org").await;
    for email in ["bob@example.org", "bob@example.org", "anna@example.org"] {
        let old = browser.cookie_header();
        sign_in(&browser, email).await;
        assert_ne!(browser.cookie_header(), old);
        assert!(!is_signed_in(&holding(&app, &old)).await, "{email}");
        let who = call(&browser, "/do/who-is-signed-in", &[]).await;
        assert_eq!(who.body, format!("{{\"email\":\"{email}\",\"unread\":0}}"));
    }
    assert_eq!(rows(&app).await.len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failed_sign_in_leaves_the_session_alone() {
    let app = App::start(Kind::Sqlite).await;
    let browser = app.signed_in("anna@example.org").await;
    let form = [("email", "bob@example.org"), ("password", "wrong but long")];
    assert_eq!(browser.post("/do/sign-in", &form).await.status, 401);
    assert!(is_signed_in(&browser).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_id_of_the_database_is_no_cookie() {
    let app = App::start(Kind::Sqlite).await;
    let browser = app.signed_in("anna@example.org").await;
    let cookie = browser.cookie_header();
    let (id, data) = rows(&app).await.remove(0);
    assert!(!data.contains(value(&cookie)));
    for stolen in [id.clone(), id[..22].to_owned()] {
        let thief = holding(&app, &format!("coffer-id={stolen}"));
        assert!(!is_signed_in(&thief).await);
    }
    assert!(is_signed_in(&browser).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_cookie_is_out_of_reach_for_scripts_and_other_sites() {
    let app = App::start(Kind::Sqlite).await;
    app.signed_in("anna@example.org").await;
    let browser = app.browser();
    let made = set_cookie(&sign_in(&browser, "anna@example.org").await);
    // 128 random bits in base64.
    assert_eq!(value(&made).len(), 22, "{made}");
    let (_, attributes) = made.split_once("; ").unwrap();
    assert_eq!(attributes, "HttpOnly; SameSite=Lax; Path=/");
    assert!(made.starts_with("coffer-id="));
    let removed = set_cookie(&browser.post("/do/sign-out", &[]).await);
    assert!(removed.starts_with("coffer-id=;"), "{removed}");
    assert!(removed.contains("Max-Age=0") && removed.contains("Path=/"));
}

#[tokio::test(flavor = "multi_thread")]
async fn over_https_the_cookie_and_its_removal_are_bound_to_the_host() {
    let setup = Setup::new(Kind::Sqlite).await;
    let app = setup
        .with("PUBLIC_URL", "https://coffer.example")
        .start()
        .await;
    app.signed_in("anna@example.org").await;
    let browser = app.browser();
    let made = set_cookie(&sign_in(&browser, "anna@example.org").await);
    let (pair, attributes) = made.split_once("; ").unwrap();
    assert!(pair.starts_with("__Host-id="), "{made}");
    assert_eq!(attributes, "HttpOnly; SameSite=Lax; Secure; Path=/");
    let page = browser.post("/do/sign-out", &[]).await;
    let removed = set_cookie(&page);
    assert!(removed.starts_with("__Host-id=;"), "{removed}");
    for part in ["Max-Age=0", "Path=/", "Secure", "HttpOnly"] {
        assert!(removed.split("; ").any(|own| own == part), "{removed}");
    }
    assert!(!removed.contains("Domain"), "{removed}");
}

#[tokio::test(flavor = "multi_thread")]
async fn signing_out_ends_the_session_here_and_in_the_browser() {
    let app = App::start(Kind::Sqlite).await;
    let browser = app.signed_in("anna@example.org").await;
    let cookie = browser.cookie_header();
    assert_eq!(rows(&app).await.len(), 1);
    let page = browser.post("/do/sign-out", &[]).await;
    assert_eq!(page.status, 303);
    assert_eq!(page.location().unwrap(), "/sign-in");
    let cleared = page.headers.get("clear-site-data").unwrap();
    assert_eq!(cleared, "\"cache\", \"cookies\", \"storage\"");
    assert_eq!(browser.cookie_header(), "");
    assert!(rows(&app).await.is_empty());
    assert!(!is_signed_in(&holding(&app, &cookie)).await);
}

async fn a_session_is_not_brought_back_by_a_request_under_way(kind: Kind) {
    let app = App::start(kind).await;
    let browser = app.signed_in("anna@example.org").await;
    let key = demo_key(Exchange::Binance, binance::READ_ONLY.api_key);
    browser.connect(&key, &[]).await;
    let cookie = browser.cookie_header();
    let control = app.setup.sandbox.control();
    control.clear_records();
    control.delay("/", Duration::from_secs(1));
    let slow = holding(&app, &cookie);
    let syncing = tokio::spawn(async move { slow.post("/do/sync-all", &[]).await });
    while control.count("/") == 0 {
        tokio::task::yield_now().await;
    }
    assert_eq!(browser.post("/do/sign-out", &[]).await.status, 303);
    assert!(
        !syncing.is_finished(),
        "the sync was over before the sign-out"
    );
    let late = syncing.await.unwrap();
    assert_eq!(late.status, 303, "{}", late.text());
    assert!(rows(&app).await.is_empty());
    let mut cookies = vec![cookie];
    for given in late.headers.get_all("set-cookie") {
        let pair = given.to_str().unwrap().split(';').next().unwrap();
        cookies.push(pair.to_owned());
    }
    for cookie in cookies {
        assert!(!is_signed_in(&holding(&app, &cookie)).await, "{cookie}");
    }
    // What was under way is done all the same.
    let user = coffer::services::accounts::list(&app.state)
        .await
        .unwrap()
        .remove(0);
    let connection = connections::list(&app.state, &user.id)
        .await
        .unwrap()
        .remove(0);
    let details = connections::details(&app.state, &user.id, &connection.id)
        .await
        .unwrap();
    assert_eq!(details.reports.len(), 2);
}

async fn a_changed_password_ends_every_other_session(kind: Kind) {
    let app = App::start(kind).await;
    let here = app.signed_in("anna@example.org").await;
    let (there, old) = (app.browser(), here.cookie_header());
    sign_in(&there, "anna@example.org").await;
    let bob = app.signed_in("bob@example.org").await;
    let new = "plum tree river stone";
    let wrong = [("current_password", "not mine"), ("new_password", new)];
    let page = here.post("/do/change-password", &wrong).await;
    assert_eq!(page.status, 422);
    assert_eq!(
        page.one("#current_password-error"),
        "This is not your current password."
    );
    assert!(is_signed_in(&there).await);
    let form = [("current_password", PASSWORD), ("new_password", new)];
    let page = here.submit("/do/change-password", &form).await;
    assert!(
        page.one("[role=status]")
            .starts_with("Your password is changed.")
    );
    assert!(is_signed_in(&here).await);
    assert!(is_signed_in(&bob).await);
    assert!(!is_signed_in(&there).await);
    assert!(!is_signed_in(&holding(&app, &old)).await);
    for (password, status) in [(PASSWORD, 401), (new, 303)] {
        let form = [("email", "anna@example.org"), ("password", password)];
        assert_eq!(
            app.browser().post("/do/sign-in", &form).await.status,
            status
        );
    }
}

async fn a_session_ends_unused_and_at_the_latest(kind: Kind) {
    let setup = Setup::new(kind).await;
    let app = setup
        .with("SESSION_IDLE", "2h")
        .with("SESSION_MAX", "5h")
        .start()
        .await;
    let clock = app.setup.clock.clone();
    let idle = app.signed_in("anna@example.org").await;
    clock.advance_minutes(119);
    assert!(is_signed_in(&idle).await);
    clock.advance_minutes(119);
    assert!(
        is_signed_in(&idle).await,
        "a read did not renew the session"
    );
    clock.advance_minutes(121);
    let page = idle.get("/").await;
    assert_eq!(
        (page.status, page.location().as_deref()),
        (303, Some("/sign-in"))
    );
    let used = app.browser();
    sign_in(&used, "anna@example.org").await;
    for _ in 0..9 {
        clock.advance_minutes(33);
        assert!(is_signed_in(&used).await);
    }
    clock.advance_minutes(4);
    assert!(
        !is_signed_in(&used).await,
        "use prolonged the session past its end"
    );
    sign_in(&used, "anna@example.org").await;
    assert_eq!(rows(&app).await.len(), 1, "ended sessions are left behind");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cookie_that_is_none_is_no_session_and_no_fault() {
    let app = App::start(Kind::Sqlite).await;
    let long = "A".repeat(4000);
    for cookie in [
        "coffer-id=",
        "coffer-id=%00",
        "coffer-id=\u{e9}",
        "coffer-id=AAAA; coffer-id=B",
        &long,
        &format!("coffer-id={long}"),
    ] {
        let request = bare(&app.browser(), reqwest::Method::GET, "/");
        let page = answer(request.header("cookie", cookie)).await;
        assert_eq!(page.status, 303, "{cookie}: {}", page.body);
    }
}
