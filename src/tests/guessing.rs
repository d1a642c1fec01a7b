//! Guessing passwords: how often, from where, and whom it locks out.

use crate::support::{App, Browser, Kind, PASSWORD, Page, Setup, on_both_databases};

on_both_databases![
    the_eleventh_wrong_password_for_an_account_is_refused,
    somebody_who_is_signed_in_guesses_no_more_often,
];

const ANNA: &str = "anna@example.org";

/// Signs in from an address, as far as the server believes that.
async fn try_from(app: &App, address: &str, email: &str, password: &str) -> Page {
    let browser = app.browser();
    let form = serde_urlencoded::to_string([("email", email), ("password", password)]).unwrap();
    let request = browser.client.post(format!("{}/do/sign-in", browser.base));
    let request = request
        .header("content-type", "application/x-www-form-urlencoded")
        .header("sec-fetch-site", "same-origin")
        .header("x-forwarded-for", address)
        .body(form);
    browser.send(request).await
}

/// How many wrong passwords are taken until one is refused for their number, 60 if none is; the test's
/// own time, in which some are forgotten, may let a few more through.
async fn taken(mut guess: impl AsyncFnMut(usize) -> u16, as_wrong: u16) -> usize {
    for number in 0..60 {
        match guess(number).await {
            429 => return number,
            status => assert_eq!(status, as_wrong),
        }
    }
    60
}

async fn behind_a_proxy() -> App {
    let setup = Setup::new(Kind::Sqlite).await;
    let setup = setup.with("TRUSTED_PROXIES", "127.0.0.1");
    setup.start().await
}

async fn the_eleventh_wrong_password_for_an_account_is_refused(kind: Kind) {
    let app = App::start(kind).await;
    app.signed_in(ANNA).await;
    let guess = async |number| {
        let wrong = try_from(&app, &format!("1.1.1.{number}"), ANNA, "wrong").await;
        wrong.status
    };
    assert!((10..15).contains(&taken(guess, 401).await));
    // Nor is the right one let in, or somebody would learn which it is.
    for password in ["wrong", PASSWORD] {
        let refused = try_from(&app, "2.2.2.2", ANNA, password).await;
        assert_eq!(refused.status, 429);
        let seconds = refused.headers["retry-after"].to_str().unwrap();
        assert!((2..=18).contains(&seconds.parse().unwrap()), "{seconds}");
        let head = "Too many wrong passwords were given in a short time.";
        assert_eq!(refused.one("[role=alert] .notice-head"), head);
        let next = format!("Try again in {seconds} seconds.");
        assert!(refused.one("[role=alert]").ends_with(&next));
    }
    app.setup.clock.advance_minutes(1);
    let right = try_from(&app, "2.2.2.2", ANNA, PASSWORD).await;
    assert_eq!(right.status, 303);
}

async fn somebody_who_is_signed_in_guesses_no_more_often(kind: Kind) {
    let app = App::start(kind).await;
    let browser = app.signed_in(ANNA).await;
    let bob = app.signed_in("bob@example.org").await;
    let change = async |browser: &Browser, current: &str| {
        let form = [
            ("current_password", current),
            ("new_password", "plum tree river stone"),
        ];
        browser.post("/do/change-password", &form).await.status
    };
    let guess = async |_| change(&browser, "wrong").await;
    assert!((10..15).contains(&taken(guess, 422).await));
    assert_eq!(change(&browser, PASSWORD).await, 429);
    let form = [("password", PASSWORD), ("email", ANNA)];
    let refused = browser.post("/do/delete-account", &form).await;
    assert_eq!(refused.status, 429);
    assert_eq!(change(&bob, PASSWORD).await, 303);
    app.setup.clock.advance_minutes(1);
    assert_eq!(change(&browser, PASSWORD).await, 303);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_owner_gets_in_from_where_they_came_before() {
    let app = behind_a_proxy().await;
    app.signed_in(ANNA).await;
    let home = "1.1.1.1";
    assert_eq!(try_from(&app, home, ANNA, PASSWORD).await.status, 303);
    let guess = async |number| {
        let wrong = try_from(&app, &format!("6.6.6.{number}"), ANNA, "wrong").await;
        wrong.status
    };
    assert!((10..15).contains(&taken(guess, 401).await));
    let elsewhere = try_from(&app, "2.2.2.2", ANNA, PASSWORD).await;
    assert_eq!(elsewhere.status, 429);
    assert_eq!(try_from(&app, home, ANNA, PASSWORD).await.status, 303);
}

#[tokio::test(flavor = "multi_thread")]
async fn one_address_does_not_try_account_after_account() {
    let app = behind_a_proxy().await;
    app.signed_in(ANNA).await;
    let guess = async |number| {
        let email = format!("nobody{number}@example.org");
        try_from(&app, "6.6.6.6", &email, "wrong").await.status
    };
    assert!((30..45).contains(&taken(guess, 401).await));
    let refused = try_from(&app, "6.6.6.6", ANNA, "wrong").await;
    assert_eq!(refused.status, 429);
    let other = try_from(&app, "7.7.7.7", ANNA, PASSWORD).await;
    assert_eq!(other.status, 303);
}
