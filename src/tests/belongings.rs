//! What belongs to one person is nobody else's business.

use coffer::sandbox::Exchange;
use coffer::sandbox::keys::{binance, okx};
use coffer::services::{accounts, connections, manual, portfolio, portfolios, watchlist};

use crate::functions::{FUNCTIONS, call, lasting};
use crate::support::{App, Browser, Kind, Page, demo_key, on_both_databases};

on_both_databases![
    anothers_connection_looks_like_one_that_does_not_exist,
    a_user_sees_only_their_own_connections,
    fields_that_no_form_has_change_nothing,
];

/// Nobody's id, as long as a real one.
const NOBODYS: &str = "00000000000000000000000000000000";

/// The ids of somebody's only connection and of its portfolio.
async fn ids_of(app: &App, email: &str) -> (String, String) {
    let user = user_of(app, email).await;
    let connection = connections::list(&app.state, &user).await.unwrap();
    (connection[0].id.clone(), connection[0].portfolio_id.clone())
}

async fn user_of(app: &App, email: &str) -> String {
    let users = accounts::list(&app.state).await.unwrap();
    let user = users.into_iter().find(|user| user.email == email);
    user.unwrap().id
}

/// Everything that is kept for somebody, as text.
async fn kept_for(app: &App, email: &str) -> String {
    let user = user_of(app, email).await;
    let mut all = String::new();
    for connection in connections::list(&app.state, &user).await.unwrap() {
        let details = connections::details(&app.state, &user, &connection.id).await;
        all += &format!("{:?}\n", details.unwrap());
    }
    let user = accounts::find(&app.state, &user).await.unwrap().unwrap();
    let list = portfolio::list(&app.state, &user).await.unwrap();
    let view = portfolio::view(&app.state, &user, None).await.unwrap();
    let outlines = portfolios::list(&app.state, &user.id).await.unwrap();
    let by_hand = manual::list_of_user(&app.state, &user.id).await.unwrap();
    let watched = watchlist::show(&app.state, &user.id).await.unwrap();
    all + &format!("{list:?}\n{view:?}\n{outlines:?}\n{by_hand:?}\n{watched:?}")
}

async fn with_connection(app: &App, email: &str, key: &str) -> Browser {
    let browser = app.signed_in(email).await;
    let page = browser
        .connect(&demo_key(Exchange::Binance, key), &[])
        .await;
    assert_eq!(page.status, 200, "{}", page.text());
    let (_, portfolio) = ids_of(app, email).await;
    let form = [
        ("id", portfolio.as_str()),
        ("asset", "EUR"),
        ("quantity", "12"),
        ("label", "Cash"),
    ];
    assert_eq!(browser.post("/do/add-manual", &form).await.status, 303);
    browser
}

/// Status, target and body, without what differs at every answer.
fn seen(page: &Page, id: &str) -> (u16, Option<String>, String) {
    let body = lasting(&page.body).replace(id, "ID");
    let location = page.location().map(|to| to.replace(id, "ID"));
    (page.status, location, body)
}

async fn anothers_connection_looks_like_one_that_does_not_exist(kind: Kind) {
    let app = App::start(kind).await;
    with_connection(&app, "anna@example.org", binance::READ_ONLY.api_key).await;
    let other = app.signed_in("bob@example.org").await;
    let (connection, portfolio) = ids_of(&app, "anna@example.org").await;
    let before = kept_for(&app, "anna@example.org").await;
    app.setup.sandbox.control().clear_records();
    let mut tried = 0;
    let annas = user_of(&app, "anna@example.org").await;
    let by_hand = manual::list_of_user(&app.state, &annas).await.unwrap();
    let holding = by_hand[0].id.clone();
    for function in FUNCTIONS.iter().filter(|function| function.takes_id) {
        for id in [&connection, &portfolio, &holding] {
            let path = function.path();
            let (real, none) = (
                call(&other, &path, &[("id", id)]).await,
                call(&other, &path, &[("id", NOBODYS)]).await,
            );
            assert_eq!((real.status, real.body), (404, none.body), "{path}");
            assert_eq!(none.status, 404, "{path}");
            let real = other.post(&path, &[("id", id)]).await;
            let none = other.post(&path, &[("id", NOBODYS)]).await;
            assert_eq!(seen(&real, id), seen(&none, NOBODYS), "{path}");
            assert_eq!(none.status, 404, "{path}");
            tried += 1;
        }
    }
    assert_eq!(tried, 57);
    for page in [
        "/connections/ID",
        "/connections/ID/delete",
        "/portfolios/ID",
        "/portfolios/ID/manual",
        "/portfolios/ID/rename",
        "/portfolios/ID/merge",
        "/portfolios/ID/delete",
        "/manual/ID",
        "/manual/ID/delete",
    ] {
        for id in [&connection, &portfolio, &holding] {
            let real = other.get(&page.replace("ID", id)).await;
            let none = other.get(&page.replace("ID", NOBODYS)).await;
            assert_eq!(seen(&real, id), seen(&none, NOBODYS), "{page}");
            assert_eq!(none.status, 404, "{page}");
        }
    }
    assert_eq!(kept_for(&app, "anna@example.org").await, before);
    assert_eq!(app.setup.sandbox.control().count("/"), 0);
}

async fn a_user_sees_only_their_own_connections(kind: Kind) {
    let app = App::start(kind).await;
    let anna = with_connection(&app, "anna@example.org", binance::READ_ONLY.api_key).await;
    let bob = with_connection(&app, "bob@example.org", binance::SECOND.api_key).await;
    let (annas, _) = ids_of(&app, "anna@example.org").await;
    let (bobs, _) = ids_of(&app, "bob@example.org").await;
    for (browser, own, others) in [(&anna, &annas, &bobs), (&bob, &bobs, &annas)] {
        for path in ["/", "/connections", "/settings"] {
            assert!(!browser.get(path).await.body.contains(others), "{path}");
        }
        assert!(browser.get("/connections").await.body.contains(own));
    }
    let before = kept_for(&app, "bob@example.org").await;
    assert_eq!(anna.post("/do/sync-all", &[]).await.status, 303);
    assert_eq!(anna.post("/do/delete", &[("id", &annas)]).await.status, 303);
    assert_eq!(kept_for(&app, "bob@example.org").await, before);
    assert_eq!(anna.get(&format!("/connections/{annas}")).await.status, 404);
}

async fn fields_that_no_form_has_change_nothing(kind: Kind) {
    let app = App::start(kind).await;
    with_connection(&app, "anna@example.org", binance::READ_ONLY.api_key).await;
    let anna = user_of(&app, "anna@example.org").await;
    let (annas, annas_portfolio) = ids_of(&app, "anna@example.org").await;
    let before = kept_for(&app, "anna@example.org").await;
    let bob = app.signed_in("bob@example.org").await;
    let more = [
        ("user_id", anna.as_str()),
        ("user", anna.as_str()),
        ("is_admin", "1"),
        ("connection_id", annas.as_str()),
        ("account_uid", "1"),
        ("status", "ok"),
    ];
    let key = demo_key(Exchange::Okx, okx::READ_ONLY.api_key);
    let page = bob.connect(&key, &more).await;
    assert_eq!(page.status, 200, "{}", page.text());
    let (bobs, _) = ids_of(&app, "bob@example.org").await;
    let mut form = vec![("id", bobs.as_str())];
    form.extend(more);
    assert_eq!(bob.post("/do/sync", &form).await.status, 303);
    assert_eq!(bob.post("/do/sync-all", &more).await.status, 303);
    let elsewhere = [("portfolio", annas_portfolio.as_str())];
    let second = demo_key(Exchange::Okx, okx::SECOND.api_key);
    let page = bob.connect(&second, &elsewhere).await;
    assert_eq!(page.status, 422);
    assert_eq!(
        page.one("#portfolio-error"),
        "Pick a portfolio of the list."
    );
    assert_eq!(bob.post("/do/delete", &form).await.status, 303);
    assert_eq!(kept_for(&app, "anna@example.org").await, before);
    let bobs = user_of(&app, "bob@example.org").await;
    assert!(
        connections::list(&app.state, &bobs)
            .await
            .unwrap()
            .is_empty()
    );
}
