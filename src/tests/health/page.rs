//! The page that says how the exchanges fare.

use coffer::sandbox::keys::binance;
use coffer::sandbox::{Effect, Fault};

use crate::scene::{BOTH, connect, fact, sync};
use crate::support::{App, Kind, on_both_databases};

on_both_databases![
    an_exchange_that_was_not_called_is_said_to_be_so,
    what_calls_came_to_stands_on_the_page,
    a_test_environment_stands_apart,
    a_pause_is_told_with_its_end,
];

async fn an_exchange_that_was_not_called_is_said_to_be_so(kind: Kind) {
    let app = App::start(kind).await;
    let owner = app.signed_in("a@example.org").await;
    let page = owner.get("/status").await;
    assert_eq!(page.status, 200);
    assert_eq!(page.one("h1"), "Status");
    assert_eq!(page.one(".site-nav [aria-current=page]"), "Status");
    assert_eq!(page.all("main h2"), ["Binance", "OKX", "This process"]);
    assert_eq!(page.all("main .badge"), ["Not called lately"; 2]);
    assert_eq!(page.all("table").len(), 0);
    for (name, told) in [
        ("Calls", "None in the last 15 minutes"),
        ("Response times", "No answer in the last 15 minutes"),
        ("Clock", "Not asked yet"),
        ("Pause", "None"),
        ("Last good answer", "None since this process began"),
        ("Prices", "None known here"),
        ("Live prices", "Nobody watches"),
        ("Live accounts", "No account is followed"),
        ("Kept out", "Nothing since this process began"),
        ("Syncs here", "None since it began"),
        ("Processes", "This one alone"),
    ] {
        assert_eq!(fact(&page, name), told, "{name}");
    }
    // Nobody was asked for it.
    assert_eq!(app.setup.sandbox.control().count("/"), 0);
}

async fn what_calls_came_to_stands_on_the_page(kind: Kind) {
    let app = App::start(kind).await;
    let owner = app.signed_in("a@example.org").await;
    let id = connect(&owner, &BOTH[0], &[]).await;
    let page = owner.get("/status").await;
    assert_eq!(page.all("main .badge"), ["Answers", "Not called lately"]);
    let calls = fact(&page, "Calls");
    assert!(
        calls.contains(" answered in the last 15 minutes"),
        "{calls}"
    );
    assert!(fact(&page, "Response times").starts_with("Half within "));
    let weight = fact(&page, "Weight used");
    assert!(weight.contains("000 in this minute ("), "{weight}");
    assert!(weight.contains("127.0.0.1"), "{weight}");
    assert!(fact(&page, "Clock").contains("s"));
    assert!(fact(&page, "Last good answer").starts_with("just now"));
    assert_eq!(page.one("table caption"), "Binance · Live");
    let kinds = page.all("table tbody th");
    assert_eq!(
        kinds,
        ["Balances", "Rights of keys", "Prices", "Past days", "Time"]
    );
    // What was not asked has no figure.
    let figures = page.all("table tbody tr:nth-child(3) td");
    assert_eq!(figures, ["–"; 7]);
    let figures = page.all("table tbody tr:nth-child(2) td");
    assert_eq!((figures[0].as_str(), figures[1].as_str()), ("1", "1"));
    let units = page.attributes("table tbody td.main-figure:not(.unknown)", "data-unit");
    let calls = page.all("table tbody td.main-figure:not(.unknown)");
    for (calls, unit) in calls.iter().zip(&units) {
        assert_eq!(unit, if calls == "1" { "call" } else { "calls" });
    }
    assert!(units.contains(&"call".to_owned()) && units.contains(&"calls".to_owned()));
    assert!(
        figures[2].ends_with(" ms") && figures[5] == "–",
        "{figures:?}"
    );
    let control = app.setup.sandbox.control();
    control.inject(Fault::on("/sapi/v1/account/apiRestrictions", Effect::Drop));
    app.setup.clock.advance_minutes(1);
    sync(&owner, &id).await;
    let page = owner.get("/status").await;
    let trouble = page.all("table tbody tr:nth-child(2) .trouble");
    assert_eq!(trouble, ["3 not reached"]);
    assert!(fact(&page, "Calls").ends_with(" 3 not reached"));
    assert!(fact(&page, "Syncs here").starts_with("2 syncs since it began: 1 complete"));
}

async fn a_test_environment_stands_apart(kind: Kind) {
    let app = App::start(kind).await;
    let owner = app.signed_in("a@example.org").await;
    connect(&owner, &binance::TESTNET, &[("environment", "testnet")]).await;
    let page = owner.get("/status").await;
    assert_eq!(page.all("main .badge"), ["Not called lately"; 2]);
    assert_eq!(page.one("table caption"), "Binance · Test environment");
    assert_eq!(fact(&page, "Calls"), "None in the last 15 minutes");
    let body = app.browser().get("/metrics").await.body;
    let rights = "coffer_exchange_calls_total{exchange=\"binance\",environment=\"testnet\",\
                  class=\"rights\",outcome=\"refused\"}";
    assert_eq!(super::figures::sample(&body, rights).as_deref(), Some("1"));
}

async fn a_pause_is_told_with_its_end(kind: Kind) {
    let app = App::start(kind).await;
    let owner = app.signed_in("a@example.org").await;
    let id = connect(&owner, &BOTH[0], &[]).await;
    let control = app.setup.sandbox.control();
    control.inject(Fault::on("/sapi", Effect::binance_too_much(Some("600"))));
    sync(&owner, &id).await;
    let page = owner.get("/status").await;
    assert_eq!(page.all("main .badge")[0], "Paused");
    let told = fact(&page, "Pause");
    assert!(
        told.starts_with("Until ") && told.ends_with(", at its own wish"),
        "{told}"
    );
    assert!(fact(&page, "Calls").contains("asked to slow down"));
}
