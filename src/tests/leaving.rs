//! Deleting an account: all of it goes, and nothing of anybody else.

use std::time::Duration;

use coffer::sandbox::Wallet::Spot;
use coffer::sandbox::keys::{binance, okx};
use coffer::services::accounts;

use crate::accounts::{sign_in, sign_up};
use crate::keys_at_rest::{COLUMNS, files_with, part, sealed, with_keys};
use crate::leases::{SPOT, execute};
use crate::scene::{BOTH, connect, count, number, set, told, until};
use crate::support::{App, Browser, Kind, PASSWORD, Page, Setup, on_both_databases};
use crate::takeout::person::Person;
use crate::takeout::schema;

on_both_databases![
    nothing_of_a_person_is_left,
    an_account_is_deleted_by_whoever_knows_its_password_alone,
    every_browser_of_a_deleted_account_is_signed_out,
    a_sync_under_way_leaves_nothing_of_a_deleted_account,
    sign_up_opens_again_when_nobody_is_left,
    of_the_last_accounts_deleted_at_once_one_opens_sign_up,
];

const DELETE: &str = "/do/delete-account";

async fn delete(browser: &Browser, email: &str) -> Page {
    let form = [("email", email), ("password", PASSWORD)];
    browser.post(DELETE, &form).await
}

async fn nothing_of_a_person_is_left(kind: Kind) {
    let app = App::start(kind).await;
    let person = Person::settled(&app, "carola", &binance::READ_ONLY).await;
    let other = Person::settled(&app, "dagobert", &okx::READ_ONLY).await;
    let (own, others) = (person.needles(), other.needles());
    let before = schema::rows(&app).await;
    let theirs = schema::with(&before, &own, true);
    let shared = [
        "key_checks",
        "pauses",
        "outages",
        "replicas",
        "price_books",
        "value_rates",
        "assets",
        "candle_series",
        "candles",
        "candle_gaps",
        "candle_backfills",
    ];
    for (table, rows) in &theirs {
        let is_shared = shared.contains(&table.as_str());
        assert!(
            is_shared || !rows.is_empty(),
            "{table}: they have nothing there"
        );
        assert!(!is_shared || rows.is_empty(), "{table}: {rows:?}");
    }
    let page = person.browser.get("/settings/delete-account").await;
    let words = "with 1 connection, 1 portfolio, 1 holding entered by hand, 2 values of history, \
                 1 notice and 1 webhook.";
    assert!(page.text().contains(words), "{}", page.text());
    assert!(page.text().contains("delete the keys there as well"));
    let page = delete(&person.browser, " Carola@example.org").await;
    assert_eq!(page.location().unwrap(), "/sign-in");
    let after = schema::rows(&app).await;
    for (table, rows) in schema::with(&after, &own, true) {
        assert_eq!(rows, Vec::<String>::new(), "{table}");
    }
    // What is the other's, or everybody's, is as it was.
    let of_others = schema::with(&before, &others, true);
    assert_eq!(schema::with(&after, &others, true), {
        let mut wanted = of_others;
        // Somebody else is the one who was there first.
        wanted.insert("instance_facts".into(), after["instance_facts"].clone());
        wanted
    });
    assert!(after["instance_facts"][0].contains(&other.id));
    for table in shared {
        assert_eq!(after[table], before[table], "{table}");
    }
    assert_eq!(other.browser.get("/").await.status, 200);
}

async fn an_account_is_deleted_by_whoever_knows_its_password_alone(kind: Kind) {
    let app = App::start(kind).await;
    let browser = app.signed_in("a@example.org").await;
    app.signed_in("b@example.org").await;
    connect(&browser, &BOTH[0], &[]).await;
    let before = schema::rows(&app).await;
    let long = "x".repeat(2_000);
    for (email, password, wrong) in [
        ("a@example.org", "wrong horse battery", &["password"][..]),
        ("a@example.org", "", &["password"]),
        ("a@example.org", &long, &["password"]),
        ("b@example.org", PASSWORD, &["email"]),
        ("", PASSWORD, &["email"]),
        ("b@example.org", "wrong", &["email", "password"]),
    ] {
        let form = [("email", email), ("password", password)];
        let page = browser.post(DELETE, &form).await;
        assert_eq!(
            (page.status, page.one("h1")),
            (422, "Delete your account?".to_owned())
        );
        for (field, sentence) in [
            ("password", "This is not your password."),
            ("email", "This is not the email of your account."),
        ] {
            let wanted = if wrong.contains(&field) { sentence } else { "" };
            assert_eq!(page.one(&format!("#{field}-error")), wanted, "{email}");
        }
        assert_eq!(page.attributes("#email", "value"), [email]);
        assert_eq!(page.attributes("#password", "value").concat(), "");
        assert!(password.is_empty() || !page.body.contains(password));
    }
    assert_eq!(schema::rows(&app).await, before);
    let stranger = delete(&app.browser(), "a@example.org").await;
    assert_eq!(stranger.location().unwrap(), "/sign-in");
    assert_eq!(count(&app, "users").await, 2);
}

async fn every_browser_of_a_deleted_account_is_signed_out(kind: Kind) {
    let app = App::start(kind).await;
    let browser = app.signed_in("a@example.org").await;
    let elsewhere = app.browser();
    let form = [("email", "a@example.org"), ("password", PASSWORD)];
    elsewhere.post("/do/sign-in", &form).await;
    browser.post("/do/hide-amounts", &[("hide", "1")]).await;
    let cookies = browser.cookie_header();
    let page = delete(&browser, "a@example.org").await;
    assert_eq!(
        (page.status, page.location().unwrap().as_str()),
        (303, "/sign-in")
    );
    assert_eq!(page.headers["clear-site-data"], "\"cache\", \"storage\"");
    assert!(
        !browser.cookie_header().contains("hidden"),
        "{}",
        browser.cookie_header()
    );
    // Told once, to whoever sat before it.
    assert_eq!(
        told(&browser.get("/sign-in").await),
        "Your account is deleted.Delete the keys on the exchanges as well."
    );
    assert_eq!(told(&browser.get("/sign-in").await), "");
    let old = app.browser();
    old.set_cookies(&cookies);
    for one in [&browser, &elsewhere, &old] {
        assert_eq!(one.get("/").await.location().unwrap(), "/sign-in");
    }
    assert_eq!(
        delete(&elsewhere, "a@example.org")
            .await
            .location()
            .unwrap(),
        "/sign-in"
    );
    assert_eq!(count(&app, "sessions").await, 0);
    assert_eq!(sign_in(&app, "a@example.org", PASSWORD).await.status, 401);
}

async fn a_sync_under_way_leaves_nothing_of_a_deleted_account(kind: Kind) {
    let app = App::start(kind).await;
    let browser = app.signed_in("a@example.org").await;
    let id = connect(&browser, &BOTH[0], &[]).await;
    set(&app, &BOTH[0], Spot, "NEWCOIN", "1", "0");
    let control = app.setup.sandbox.control();
    control.clear_records();
    control.delay(SPOT, Duration::from_secs(2));
    let user = crate::leases::owner(&app).await;
    let syncing = {
        let (state, user, id) = (app.state.clone(), user.clone(), id.clone());
        tokio::spawn(
            async move { coffer::services::sync::sync_connection(&state, &user, &id).await },
        )
    };
    until("it is asked", async || control.count(SPOT) == 1).await;
    assert_eq!(delete(&browser, "a@example.org").await.status, 303);
    let synced = syncing.await.unwrap();
    assert_eq!(synced.unwrap_err(), coffer::error::Problem::NotFound);
    for (table, rows) in schema::with(&schema::rows(&app).await, &[user, id], true) {
        assert_eq!(rows, Vec::<String>::new(), "{table}");
    }
    let coins = "SELECT CAST(COUNT(*) AS BIGINT) FROM assets WHERE code = 'NEWCOIN'";
    assert_eq!(number(&app, coins).await, 0);
}

async fn sign_up_opens_again_when_nobody_is_left(kind: Kind) {
    let app = App::start(kind).await;
    assert_eq!(
        sign_up(&app, "first@example.org", PASSWORD).await.status,
        303
    );
    let second = app.signed_in("second@example.org").await;
    let first = app.browser();
    let form = [("email", "first@example.org"), ("password", PASSWORD)];
    first.post("/do/sign-in", &form).await;
    let opens = "Whoever comes first can make one then.";
    let page = first.get("/settings/delete-account").await;
    assert!(!page.text().contains(opens));
    assert_eq!(delete(&first, "first@example.org").await.status, 303);
    assert_eq!(
        sign_up(&app, "third@example.org", PASSWORD).await.status,
        403
    );
    let page = second.get("/settings/delete-account").await;
    assert!(page.text().contains(opens));
    assert_eq!(delete(&second, "second@example.org").await.status, 303);
    assert_eq!(count(&app, "instance_facts").await, 0);
    assert_eq!(
        sign_up(&app, "third@example.org", PASSWORD).await.status,
        303
    );
    assert_eq!(
        sign_up(&app, "fourth@example.org", PASSWORD).await.status,
        403
    );
}

async fn of_the_last_accounts_deleted_at_once_one_opens_sign_up(kind: Kind) {
    let app = App::start(kind).await;
    let mut leaving = Vec::new();
    for name in ["a", "b", "c", "d"] {
        let email = format!("{name}@example.org");
        let browser = app.signed_in(&email).await;
        leaving.push(tokio::spawn(async move {
            delete(&browser, &email).await.status
        }));
    }
    for one in leaving {
        assert_eq!(one.await.unwrap(), 303);
    }
    assert_eq!(count(&app, "users").await, 0);
    assert!(accounts::sign_up_is_open(&app.state).await.unwrap());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_takes_no_accounts_takes_none_when_nobody_is_left() {
    let closed = Setup::new(Kind::Sqlite)
        .await
        .with("SIGN_UP", "closed")
        .start()
        .await;
    let browser = closed.signed_in("a@example.org").await;
    let page = browser.get("/settings/delete-account").await;
    assert!(!page.text().contains("can make one then"));
    assert_eq!(delete(&browser, "a@example.org").await.status, 303);
    assert_eq!(
        sign_up(&closed, "b@example.org", PASSWORD).await.status,
        403
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn the_keys_of_a_deleted_account_are_gone_from_every_file() {
    let app = App::start(Kind::Sqlite).await;
    let keys = [okx::READ_ONLY];
    let (browser, user, ids) = with_keys(&app, "anna@example.org", &keys).await;
    let folder = app.setup.database.folder.path();
    let key = sealed(&app, &user, &ids[0]).await;
    for column in COLUMNS {
        assert!(
            !files_with(folder, part(&key, column)).is_empty(),
            "{column}"
        );
    }
    assert_eq!(delete(&browser, "anna@example.org").await.status, 303);
    for column in COLUMNS {
        let found = files_with(folder, part(&key, column));
        assert_eq!(found, Vec::<String>::new(), "{column}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_deleted_whole_is_not_deleted_at_all() {
    let app = App::start(Kind::Sqlite).await;
    let browser = app.signed_in("a@example.org").await;
    connect(&browser, &BOTH[0], &[]).await;
    let before = schema::rows(&app).await;
    let guard = "CREATE TRIGGER stay BEFORE DELETE ON users BEGIN SELECT RAISE(ABORT, 'no'); END";
    execute(&app, guard).await;
    assert_eq!(delete(&browser, "a@example.org").await.status, 503);
    assert_eq!(schema::rows(&app).await, before);
}
