//! Clocks of the hosts in use: asked again and again, shown with their age, told of when they drift.

use std::time::Duration;

use coffer::sandbox::{Effect, Exchange, Fault, Options, Sandbox};
use coffer::services::telling::{self, Watch};
use coffer::services::{health, prices};
use serde_json::Value;

use super::figures::sample;
use crate::api::client::{Client, client_of, user_of};
use crate::scene::{BOTH, connect, sync, until};
use crate::support::{App, Kind, Page, Setup, on_both_databases};

on_both_databases![
    a_clock_that_drifts_while_the_program_runs_is_noticed_shown_and_told,
    a_host_that_only_tells_prices_has_a_clock_as_well,
    the_host_of_prices_that_fails_is_told_to_those_who_watch,
];

const ANNA: &str = "anna@example.org";
const BERT: &str = "bert@example.org";
const TIMES: [&str; 2] = ["/api/v3/time", "/api/v5/public/time"];

async fn exchanges(client: &Client) -> [Value; 2] {
    let told = client.get("/health/exchanges").await.with(200);
    [told["exchanges"][0].clone(), told["exchanges"][1].clone()]
}

fn times(app: &App) -> usize {
    let control = app.setup.sandbox.control();
    TIMES.iter().map(|path| control.count(path)).sum()
}

/// What the page tells of every exchange's clock.
fn clocks(page: &Page) -> Vec<String> {
    let (names, facts) = (page.all("dl.facts dt"), page.all("dl.facts dd"));
    let named = names.into_iter().zip(facts);
    named
        .filter(|(name, _)| name == "Clock")
        .map(|(_, fact)| fact)
        .collect()
}

async fn codes(app: &App, email: &str) -> Vec<&'static str> {
    let user = user_of(app, email).await;
    let told = telling::list(&app.state, &user).await.unwrap();
    told.iter().map(|notice| notice.event.code()).collect()
}

async fn a_clock_that_drifts_while_the_program_runs_is_noticed_shown_and_told(kind: Kind) {
    let setup = Setup::new(kind).await;
    let setup = setup.at_pace(|pace| pace.watch = Duration::from_millis(20));
    let app = setup.start().await;
    let browser = app.signed_in(ANNA).await;
    let client = client_of(&app, ANNA, "read").await;
    let mut ids = Vec::new();
    for key in &BOTH {
        ids.push(connect(&browser, key, &[]).await);
    }
    assert_eq!(
        times(&app),
        2,
        "once each, by the first call that is signed"
    );
    for exchange in exchanges(&client).await {
        assert!(exchange["clock_offset_ms"].as_i64().unwrap().abs() < 1_000);
    }
    // Three seconds: neither exchange refuses a call for that.
    let (minutes, drift_ms) = (16, 3_000);
    let control = app.setup.sandbox.control();
    control.skew_clock(minutes * 60_000 + drift_ms);
    app.setup.clock.advance_minutes(minutes);
    until("both are told", async || codes(&app, ANNA).await.len() >= 2).await;
    assert_eq!(codes(&app, ANNA).await, ["clock_off"; 2]);
    for exchange in exchanges(&client).await {
        let offset_ms = exchange["clock_offset_ms"].as_i64().unwrap();
        assert!((2_000..=4_000).contains(&offset_ms), "{exchange}");
        assert!(exchange["clock_asked_at"].is_string());
        assert_eq!(exchange["clocks"][0]["offset_ms"], offset_ms);
    }
    for told in clocks(&browser.get("/status").await) {
        assert!(told.ends_with(" s ahead of ours, asked just now"), "{told}");
    }
    let body = app.browser().get("/metrics").await.body;
    for labels in [
        "{exchange=\"binance\",site=\"live\"}",
        "{exchange=\"okx\",site=\"global\"}",
    ] {
        let of = |name: &str| {
            let value = sample(&body, &format!("coffer_exchange_site_clock_{name}{labels}"));
            value.unwrap().parse::<f64>().unwrap()
        };
        assert!((2.0..=4.0).contains(&of("offset_seconds")), "{body}");
        assert!(of("age_seconds") < 60.0);
    }
    // Nor does a sync ask for it: it goes by what was noticed.
    let asked = times(&app);
    assert_eq!(asked, 4);
    for id in &ids {
        sync(&browser, id).await;
    }
    assert_eq!(times(&app), asked);
}

async fn a_host_that_only_tells_prices_has_a_clock_as_well(kind: Kind) {
    let app = App::start(kind).await;
    let browser = app.signed_in(ANNA).await;
    health::ask_clocks(&app.state).await;
    assert_eq!(
        app.setup.sandbox.control().count("/"),
        0,
        "nobody is in use"
    );
    prices::refresh(&app.state).await;
    assert_eq!(clocks(&browser.get("/status").await), ["Not asked yet"; 2]);
    for _ in 0..2 {
        health::ask_clocks(&app.state).await;
    }
    assert_eq!(times(&app), 2);
    app.setup.clock.advance_minutes(5);
    for told in clocks(&browser.get("/status").await) {
        assert!(told.starts_with("127.0.0.1"), "{told}");
        assert!(told.ends_with(" ours, asked 5 minutes ago"), "{told}");
    }
    app.setup.clock.advance_minutes(10);
    health::ask_clocks(&app.state).await;
    assert_eq!(times(&app), 4);
    // Whoever is not called any more is not asked any more.
    app.setup.clock.advance_minutes(120);
    health::ask_clocks(&app.state).await;
    assert_eq!(times(&app), 4);
}

async fn the_host_of_prices_that_fails_is_told_to_those_who_watch(kind: Kind) {
    let market = Sandbox::start(Options::default()).await.unwrap();
    let setup = Setup::new(kind).await;
    let app = setup
        .with("BINANCE_MARKET_URL", &market.url())
        .start()
        .await;
    let anna = app.signed_in(ANNA).await;
    connect(&anna, &BOTH[0], &[]).await;
    let bert = app.signed_in(BERT).await;
    bert.submit("/do/watch", &[("symbol", "ADA-USDT")]).await;
    app.signed_in("carl@example.org").await;
    market.control().inject(Fault::on("/", Effect::gateway()));
    let look = async || Watch::new(app.state.clone()).look().await.unwrap();
    // What was read when the account was connected is good for a minute.
    for minutes in [5, 12] {
        app.setup.clock.advance_minutes(minutes);
        prices::refresh(&app.state).await;
        look().await;
    }
    for email in [ANNA, BERT] {
        assert_eq!(codes(&app, email).await, ["exchange_failing"], "{email}");
    }
    assert_eq!(codes(&app, "carl@example.org").await, [""; 0]);
    let user = user_of(&app, BERT).await;
    let told = telling::list(&app.state, &user).await.unwrap();
    let host = market.url().replace("http://", "");
    let sentence = told[0].event.sentence();
    let begins = format!("Binance ({host}) has not answered for ");
    assert!(sentence.starts_with(&begins), "{sentence}");
    // Its accounts are read all the while.
    assert!(market.control().count("/api/v3/account") == 0);
    assert_eq!(
        app.setup
            .sandbox
            .control()
            .streams_opened(Exchange::Binance),
        0
    );
    market.control().clear_faults();
    app.setup.clock.advance_minutes(2);
    prices::refresh(&app.state).await;
    look().await;
    let both = ["exchange_recovered", "exchange_failing"];
    for email in [ANNA, BERT] {
        assert_eq!(codes(&app, email).await, both, "{email}");
    }
}
