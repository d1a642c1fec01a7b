//! What people are told of exchanges: once, when it is so, and to those alone who have a live account
//! there.

use coffer::domain::event::Event;
use coffer::sandbox::keys::binance;
use coffer::sandbox::{Effect, Fault};
use coffer::services::telling::{self, Watch};
use coffer::services::{State, sync};

use crate::api::client::user_of;
use crate::leases::SPOT;
use crate::scene::{BOTH, connect};
use crate::support::{App, Browser, Kind, on_both_databases};

on_both_databases![
    an_exchange_that_fails_is_told_once_and_so_is_that_it_answers_again,
    several_processes_tell_of_one_failing_once,
    a_ban_counts_as_failing_though_nothing_is_sent,
    who_does_not_want_it_is_not_told,
    an_exchange_whose_test_environment_fails_is_no_news,
    much_weight_is_told_once_a_day,
    a_clock_that_is_off_is_told_with_how_far,
];

const ANNA: &str = "anna@example.org";
const BERT: &str = "bert@example.org";

/// Somebody with an account on Binance.
async fn anna(app: &App) -> (Browser, String, String) {
    let browser = app.signed_in(ANNA).await;
    let id = connect(&browser, &BOTH[0], &[]).await;
    let user = user_of(app, ANNA).await;
    (browser, user, id)
}

/// Lets time pass here and on the exchanges, whose clocks agree with ours.
fn later(app: &App, minutes: i64) {
    let control = app.setup.sandbox.control();
    app.setup.clock.advance_minutes(minutes);
    control.skew_clock(0);
    control.skew_clock(app.state.clock.now().0 - control.now_ms());
}

fn fail(app: &App, effect: &Effect) {
    for path in ["/api/v3", "/sapi"] {
        let control = app.setup.sandbox.control();
        control.inject(Fault::on(path, effect.clone()));
    }
}

async fn synced(state: &State, user: &str, id: &str) {
    sync::sync_connection(state, user, id).await.unwrap();
}

async fn look(state: &State) {
    Watch::new(state.clone()).look().await.unwrap();
}

/// What somebody was told, newest first.
async fn told(app: &App, user: &str) -> Vec<Event> {
    let told = telling::list(&app.state, user).await.unwrap();
    told.into_iter().map(|notice| notice.event).collect()
}

async fn codes(app: &App, user: &str) -> Vec<&'static str> {
    told(app, user).await.iter().map(Event::code).collect()
}

async fn an_exchange_that_fails_is_told_once_and_so_is_that_it_answers_again(kind: Kind) {
    let app = App::start(kind).await;
    let (browser, user, id) = anna(&app).await;
    let other = app.signed_in(BERT).await;
    connect(&other, &BOTH[1], &[]).await;
    let bert = user_of(&app, BERT).await;
    fail(&app, &Effect::gateway());
    for minutes in [0, 9] {
        later(&app, minutes);
        synced(&app.state, &user, &id).await;
        look(&app.state).await;
        assert_eq!(codes(&app, &user).await, [""; 0], "{minutes}");
    }
    later(&app, 2);
    synced(&app.state, &user, &id).await;
    for _ in 0..2 {
        look(&app.state).await;
    }
    let news = told(&app, &user).await;
    assert_eq!(news.len(), 1);
    let sentence = news[0].sentence();
    assert!(sentence.starts_with("Binance (127.0.0.1"), "{sentence}");
    let ends = "has not answered for 11 minutes. It says that it cannot answer.";
    assert!(sentence.ends_with(ends), "{sentence}");
    let page = browser.get("/notices").await;
    assert_eq!(page.attributes(".told-more a", "href"), ["/status"]);
    app.setup.sandbox.control().clear_faults();
    later(&app, 1);
    synced(&app.state, &user, &id).await;
    for _ in 0..2 {
        look(&app.state).await;
    }
    let both = ["exchange_recovered", "exchange_failing"];
    assert_eq!(codes(&app, &user).await, both);
    // It fails again soon: that is not told at once, but it is when it happens later.
    for (pause, expected) in [(1, 2), (60, 3)] {
        fail(&app, &Effect::gateway());
        for minutes in [pause, 11] {
            later(&app, minutes);
            synced(&app.state, &user, &id).await;
        }
        look(&app.state).await;
        assert_eq!(codes(&app, &user).await.len(), expected, "{pause}");
        app.setup.sandbox.control().clear_faults();
        synced(&app.state, &user, &id).await;
    }
    assert_eq!(codes(&app, &bert).await, [""; 0]);
}

async fn several_processes_tell_of_one_failing_once(kind: Kind) {
    let app = App::start(kind).await;
    let (_, user, id) = anna(&app).await;
    let elsewhere = app.setup.state().await;
    fail(&app, &Effect::gateway());
    for minutes in [0, 12] {
        later(&app, minutes);
        for state in [&app.state, &elsewhere] {
            synced(state, &user, &id).await;
        }
    }
    let (mut one, mut other) = (Watch::new(app.state.clone()), Watch::new(elsewhere.clone()));
    let (one, other) = tokio::join!(one.look(), other.look());
    assert_eq!((one, other), (Ok(()), Ok(())));
    assert_eq!(codes(&app, &user).await, ["exchange_failing"]);
    app.setup.sandbox.control().clear_faults();
    later(&app, 1);
    for state in [&app.state, &elsewhere] {
        synced(state, &user, &id).await;
        look(state).await;
    }
    assert_eq!(codes(&app, &user).await.len(), 2);
}

async fn a_ban_counts_as_failing_though_nothing_is_sent(kind: Kind) {
    let app = App::start(kind).await;
    let (_, user, id) = anna(&app).await;
    let until = app.setup.sandbox.control().now_ms() + 3_600_000;
    fail(&app, &Effect::binance_banned(until, Some("3600")));
    synced(&app.state, &user, &id).await;
    let calls = app.setup.sandbox.control().count("/");
    later(&app, 9);
    look(&app.state).await;
    assert_eq!(codes(&app, &user).await, [""; 0]);
    later(&app, 2);
    look(&app.state).await;
    let news = told(&app, &user).await;
    assert!(
        news[0]
            .sentence()
            .ends_with("It shuts this server out for a while.")
    );
    assert_eq!(app.setup.sandbox.control().count("/"), calls);
}

async fn who_does_not_want_it_is_not_told(kind: Kind) {
    let app = App::start(kind).await;
    let (browser, user, id) = anna(&app).await;
    let page = browser.get("/settings/telling").await;
    assert_eq!(page.all("#exchange_news[checked]").len(), 1);
    let form = [
        ("failing_hours", "6"),
        ("balance_percent", "10"),
        ("value_percent", "10"),
    ];
    let page = browser.submit("/do/save-telling", &form).await;
    assert_eq!(page.all("#exchange_news[checked]").len(), 0);
    fail(&app, &Effect::gateway());
    for minutes in [0, 12] {
        later(&app, minutes);
        synced(&app.state, &user, &id).await;
    }
    look(&app.state).await;
    assert_eq!(codes(&app, &user).await, [""; 0]);
    // Nor is it told that it is over.
    app.setup.sandbox.control().clear_faults();
    let form = [&form[..], &[("exchange_news", "yes")]].concat();
    let page = browser.submit("/do/save-telling", &form).await;
    assert_eq!(page.all("#exchange_news[checked]").len(), 1);
    later(&app, 1);
    synced(&app.state, &user, &id).await;
    look(&app.state).await;
    assert_eq!(codes(&app, &user).await, [""; 0]);
}

async fn an_exchange_whose_test_environment_fails_is_no_news(kind: Kind) {
    let app = App::start(kind).await;
    let browser = app.signed_in(ANNA).await;
    let test = [("environment", "testnet")];
    let id = connect(&browser, &binance::TESTNET, &test).await;
    let user = user_of(&app, ANNA).await;
    fail(&app, &Effect::gateway());
    for minutes in [0, 12] {
        later(&app, minutes);
        synced(&app.state, &user, &id).await;
    }
    look(&app.state).await;
    assert_eq!(codes(&app, &user).await, [""; 0]);
}

async fn much_weight_is_told_once_a_day(kind: Kind) {
    let app = App::start(kind).await;
    // Midday, so that no day ends meanwhile.
    let minutes = app.state.clock.now().0 / 60_000 % 1_440;
    later(&app, (1_440 + 720 - minutes) % 1_440);
    let (_, user, id) = anna(&app).await;
    let used = |weight| Effect::gateway().with_header("x-sapi-used-ip-weight-1m", weight);
    let control = app.setup.sandbox.control();
    for (weight, day, expected) in [
        ("9600", 0, 0),
        ("9800", 0, 1),
        ("10500", 0, 1),
        ("10000", 1, 2),
    ] {
        later(&app, 1 + day * 24 * 60);
        control.inject(Fault::on(SPOT, used(weight)));
        synced(&app.state, &user, &id).await;
        control.clear_faults();
        let mut watch = Watch::new(app.state.clone());
        watch.look().await.unwrap();
        watch.look().await.unwrap();
        assert_eq!(codes(&app, &user).await.len(), expected, "{weight}");
    }
    let first = told(&app, &user).await.pop().unwrap();
    let sentence = first.sentence();
    assert!(sentence.starts_with("This server used 9,8"), "{sentence}");
}

async fn a_clock_that_is_off_is_told_with_how_far(kind: Kind) {
    let app = App::start(kind).await;
    let (_, user, _) = anna(&app).await;
    look(&app.state).await;
    assert_eq!(codes(&app, &user).await, [""; 0]);
    app.setup.sandbox.control().skew_clock(-90_000);
    let elsewhere = app.setup.state().await;
    let id = {
        let list = coffer::services::connections::list(&app.state, &user).await;
        list.unwrap().remove(0).id
    };
    synced(&elsewhere, &user, &id).await;
    for _ in 0..2 {
        look(&elsewhere).await;
    }
    let news = told(&app, &user).await;
    assert_eq!(news.len(), 1, "{news:?}");
    let sentence = news[0].sentence();
    assert!(
        sentence.starts_with("The clock of Binance is "),
        "{sentence}"
    );
    assert!(sentence.ends_with(" s behind ours."), "{sentence}");
    assert!(
        sentence.contains("90.") || sentence.contains("89."),
        "{sentence}"
    );
}
