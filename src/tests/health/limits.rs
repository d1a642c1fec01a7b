//! Limits of a few seconds: shown with their path, told of only when they are full for most of a minute.

use coffer::domain::event::Event;
use coffer::domain::exchange::ExchangeId;
use coffer::services::telling::{self, Watch};

use super::figures::sample;
use crate::api::client::user_of;
use crate::scene::{BOTH, connect};
use crate::support::{App, Kind, Page, on_both_databases};

on_both_databases![
    the_limit_that_was_fullest_is_shown_with_its_path_and_window,
    a_limit_that_is_full_for_most_of_a_minute_is_told_and_one_full_window_is_not,
];

const ANNA: &str = "anna@example.org";

/// What the page tells of the weight used at OKX.
fn weight(page: &Page) -> String {
    let (names, facts) = (page.all("dl.facts dt"), page.all("dl.facts dd"));
    let named = names.into_iter().zip(facts);
    let mut weights = named.filter(|(name, _)| name == "Weight used");
    weights.nth(1).unwrap().1
}

async fn told(app: &App) -> Vec<Event> {
    let user = user_of(app, ANNA).await;
    let told = telling::list(&app.state, &user).await.unwrap();
    // The clock is turned here alone, which is told as well.
    let events = told.into_iter().map(|notice| notice.event);
    events
        .filter(|event| event.code() == "weight_high")
        .collect()
}

async fn the_limit_that_was_fullest_is_shown_with_its_path_and_window(kind: Kind) {
    let app = App::start(kind).await;
    let browser = app.signed_in(ANNA).await;
    let page = browser.get("/status").await;
    assert_eq!(weight(&page), "No limit was touched");
    connect(&browser, &BOTH[1], &[]).await;
    let told = weight(&browser.get("/status").await);
    assert!(told.contains(" s of the last minute, full for "), "{told}");
    assert!(
        told.contains("127.0.0.1") && told.contains("/api/v5/"),
        "{told}"
    );
    let body = app.browser().get("/metrics").await.body;
    for name in [
        "weight_used",
        "weight_limit",
        "weight_window_seconds",
        "limit_full_seconds",
    ] {
        let line = format!("coffer_exchange_{name}{{exchange=\"okx\"}}");
        assert!(sample(&body, &line).is_some(), "{name}");
    }
}

/// Asks OKX for its time so often that a window of two seconds is full.
async fn fill_a_window(app: &App) {
    let client = app.state.registry.find(&ExchangeId::new("okx")).unwrap();
    let host = client.hosts().remove(0);
    for _ in 0..9 {
        client.server_time(&host, host.environment).await.unwrap();
    }
}

async fn a_limit_that_is_full_for_most_of_a_minute_is_told_and_one_full_window_is_not(kind: Kind) {
    let app = App::start(kind).await;
    let browser = app.signed_in(ANNA).await;
    connect(&browser, &BOTH[1], &[]).await;
    let mut watch = Watch::new(app.state.clone());
    fill_a_window(&app).await;
    watch.look().await.unwrap();
    assert_eq!(told(&app).await, []);
    // A machine so slow that a window passes meanwhile gets another minute.
    for _ in 0..5 {
        let now = app.state.clock.now().0;
        app.setup.clock.advance_ms(60_000 - now.rem_euclid(60_000));
        for _ in 0..29 {
            fill_a_window(&app).await;
            app.setup.clock.advance_ms(2_000);
        }
        watch.look().await.unwrap();
        if !told(&app).await.is_empty() {
            break;
        }
    }
    let told = told(&app).await;
    assert_eq!(told.len(), 1, "{told:?}");
    let sentence = told[0].sentence();
    assert!(
        sentence.ends_with("calls in 2 seconds that OKX allows to /api/v5/public/time."),
        "{sentence}"
    );
}
