//! Following accounts: what an exchange says has changed is read again by an ordinary sync.

mod turns;

use std::time::Duration;

use coffer::exchanges::StreamPace;
use coffer::sandbox::Wallet::{Spot, Trading};
use coffer::sandbox::keys::{binance, okx};
use coffer::sandbox::{Control, DemoKey, Exchange, Wallet};
use coffer::services::{Workers, connections};

use crate::api::client::client_of;
use crate::leases::{execute, owner};
use crate::scene::{assert_only_read, connect, count, quantity, set, sync, until};
use crate::support::{App, Browser, Kind, Setup, on_both_databases};

on_both_databases![
    a_change_that_is_told_is_read_by_an_ordinary_sync,
    a_burst_of_changes_costs_one_sync,
    a_change_that_is_told_while_the_database_is_away_is_read_later,
    a_stream_that_is_cut_off_is_opened_again_and_the_account_is_read,
    what_is_not_followed_any_more_has_no_stream,
    a_key_that_is_refused_is_told_by_an_ordinary_sync_and_followed_no_more,
    programs_switch_following_and_see_how_it_stands,
    anothers_connection_cannot_be_followed,
    the_account_of_a_process_that_died_is_followed_by_another,
];

const ANNA: &str = "a@example.org";
const FOLLOWED: [(DemoKey, Wallet); 2] = [(binance::READ_ONLY, Spot), (okx::READ_ONLY, Trading)];

async fn setup(kind: Kind) -> Setup {
    let setup = Setup::new(kind).await;
    setup.at_pace(|pace| {
        pace.idle = Duration::from_millis(30);
        pace.resync = Duration::from_millis(50);
        pace.streams = StreamPace {
            again: Duration::from_millis(5),
            ..StreamPace::default()
        };
    })
}

fn control(app: &App) -> &Control {
    app.setup.sandbox.control()
}

fn followers(app: &App, key: &DemoKey) -> usize {
    // A key that was revoked has none.
    control(app).followers(key.api_key).unwrap_or_default()
}

/// Presses the button of the connection's page and gives what the page tells.
async fn press(browser: &Browser, id: &str, follow: &str) -> String {
    let form = [("id", id), ("follow", follow)];
    let page = browser.submit("/do/follow-connection", &form).await;
    assert_eq!(page.status, 200, "{}", page.text());
    page.one("[role=status]")
}

/// Has a new connection followed, and waits until the page says that it is.
async fn follow(app: &App, browser: &Browser, key: &DemoKey) -> String {
    let id = connect(browser, key, &[]).await;
    assert!(press(browser, &id, "yes").await.starts_with("Following"));
    until_live(app, browser, &id).await;
    assert_eq!(followers(app, key), 1);
    id
}

async fn stands(browser: &Browser, id: &str) -> String {
    let page = browser.get(&format!("/connections/{id}")).await;
    page.one("[aria-labelledby=follow-heading] p + p")
}

async fn until_live(app: &App, browser: &Browser, id: &str) {
    until("it is live", async || {
        stands(browser, id).await.starts_with("Live since ")
    })
    .await;
    assert_only_read(app);
}

/// Waits until a connection was synced that often, its connecting included.
async fn until_synced(app: &App, times: i64) {
    until("it was synced", async || {
        count(app, "sync_runs").await >= times
    })
    .await;
}

async fn a_change_that_is_told_is_read_by_an_ordinary_sync(kind: Kind) {
    let app = setup(kind).await.start().await;
    let browser = app.signed_in(ANNA).await;
    for (key, wallet) in FOLLOWED {
        follow(&app, &browser, &key).await;
        let amount = if wallet == Spot { "4242.5" } else { "31313.25" };
        let asset = if wallet == Spot { "ADA" } else { "DOGE" };
        set(&app, &key, wallet, asset, amount, "0");
        let shown = if wallet == Spot {
            "4,242.5"
        } else {
            "31,313.25"
        };
        until("the change is shown", async || {
            let page = browser.get("/").await;
            quantity(&page, asset).is_some_and(|text| text.contains(shown))
        })
        .await;
    }
    assert_only_read(&app);
}

async fn a_change_that_is_told_while_the_database_is_away_is_read_later(kind: Kind) {
    let app = setup(kind).await.start().await;
    let browser = app.signed_in(ANNA).await;
    let (key, wallet) = FOLLOWED[0];
    follow(&app, &browser, &key).await;
    until_synced(&app, 2).await;
    let opened = control(&app).streams_opened(Exchange::Binance);
    execute(&app, "ALTER TABLE wallets RENAME TO away").await;
    set(&app, &key, wallet, "ADA", "4242.5", "0");
    // Longer than it takes to look for it.
    tokio::time::sleep(Duration::from_millis(500)).await;
    execute(&app, "ALTER TABLE away RENAME TO wallets").await;
    until("the change is shown", async || {
        let page = browser.get("/").await;
        quantity(&page, "ADA").is_some_and(|text| text.contains("4,242.5"))
    })
    .await;
    assert_eq!(control(&app).streams_opened(Exchange::Binance), opened);
}

async fn a_burst_of_changes_costs_one_sync(kind: Kind) {
    let setup = setup(kind).await;
    let setup = setup.at_pace(|pace| {
        pace.idle = Duration::from_millis(30);
        pace.resync = Duration::from_secs(3_600);
    });
    let app = setup.start().await;
    let browser = app.signed_in(ANNA).await;
    let (key, _) = FOLLOWED[0];
    let id = follow(&app, &browser, &key).await;
    // One when it was connected, and one when the stream was opened.
    until_synced(&app, 2).await;
    for _ in 0..50 {
        control(&app).tell_account_changed(key.api_key).unwrap();
    }
    sync(&browser, &id).await;
    assert_eq!(count(&app, "sync_runs").await, 3);
}

async fn a_stream_that_is_cut_off_is_opened_again_and_the_account_is_read(kind: Kind) {
    let app = setup(kind).await.start().await;
    let browser = app.signed_in(ANNA).await;
    for (key, _) in FOLLOWED {
        let id = follow(&app, &browser, &key).await;
        let synced = count(&app, "sync_runs").await;
        control(&app).refuse_streams(key.exchange, Some(503));
        control(&app).drop_streams(key.exchange);
        until("the page says so", async || {
            stands(&browser, &id).await == "Reconnecting."
        })
        .await;
        control(&app).refuse_streams(key.exchange, None);
        until_live(&app, &browser, &id).await;
        until_synced(&app, synced + 1).await;
    }
    // And what is announced is not waited for.
    let opened = |exchange| control(&app).streams_opened(exchange);
    let before = (opened(Exchange::Binance), opened(Exchange::Okx));
    control(&app).terminate_account_streams();
    control(&app).announce_restart(Exchange::Okx);
    until("they are opened anew", async || {
        opened(Exchange::Binance) > before.0 && opened(Exchange::Okx) > before.1
    })
    .await;
}

async fn what_is_not_followed_any_more_has_no_stream(kind: Kind) {
    let app = setup(kind).await.start().await;
    let browser = app.signed_in(ANNA).await;
    let [(first, _), (second, _)] = FOLLOWED;
    let switched_off = follow(&app, &browser, &first).await;
    let deleted = follow(&app, &browser, &second).await;
    let told = press(&browser, &switched_off, "").await;
    assert!(told.starts_with("No longer following"), "{told}");
    assert_eq!(stands(&browser, &switched_off).await, "Not followed.");
    browser.submit("/do/delete", &[("id", &deleted)]).await;
    until("no stream is open", async || {
        control(&app).streams().is_empty()
    })
    .await;
    assert_eq!(count(&app, "followings").await, 0);
}

async fn a_key_that_is_refused_is_told_by_an_ordinary_sync_and_followed_no_more(kind: Kind) {
    let app = setup(kind).await.start().await;
    let browser = app.signed_in(ANNA).await;
    for (key, _) in FOLLOWED {
        let id = follow(&app, &browser, &key).await;
        control(&app).revoke_key(key.api_key).unwrap();
        control(&app).drop_streams(key.exchange);
        until("the page says so", async || {
            stands(&browser, &id).await.starts_with("Waits for you")
        })
        .await;
    }
    until("no stream is open", async || {
        control(&app).streams().is_empty()
    })
    .await;
    let held = "SELECT CAST(COUNT(*) AS BIGINT) FROM followings WHERE holder IS NOT NULL";
    until("nothing is held", async || {
        crate::scene::number(&app, held).await == 0
    })
    .await;
}

async fn programs_switch_following_and_see_how_it_stands(kind: Kind) {
    let app = setup(kind).await.start().await;
    let browser = app.signed_in(ANNA).await;
    let id = connect(&browser, &binance::READ_ONLY, &[]).await;
    let client = client_of(&app, ANNA, "manage").await;
    let path = format!("/connections/{id}");
    let shown = client.get(&path).await.with(200);
    assert_eq!(
        (&shown["follow"], &shown["live_since"]),
        (&false.into(), &().into())
    );
    let patch = |json: &'static str| {
        let call = client.call(reqwest::Method::PATCH, &path);
        crate::api::client::Told::of(crate::api::client::json_body(call, json))
    };
    assert_eq!(patch(r#"{"follow": true}"#).await.with(200)["follow"], true);
    until("it is live", async || {
        client.get(&path).await.with(200)["live_since"].is_string()
    })
    .await;
    // What is left out stays as it is.
    let renamed = patch(r#"{"label": "Savings"}"#).await.with(200);
    assert_eq!(
        (&renamed["label"], &renamed["follow"]),
        (&"Savings".into(), &true.into())
    );
    let off = patch(r#"{"follow": false}"#).await.with(200);
    assert_eq!(
        (&off["follow"], &off["live_since"]),
        (&false.into(), &().into())
    );
}

async fn anothers_connection_cannot_be_followed(kind: Kind) {
    let app = setup(kind).await.start().await;
    let anna = app.signed_in(ANNA).await;
    let id = connect(&anna, &binance::READ_ONLY, &[]).await;
    let bob = app.signed_in("bob@example.org").await;
    let page = bob
        .post("/do/follow-connection", &[("id", &id), ("follow", "yes")])
        .await;
    assert_eq!(page.status, 404);
    assert_eq!(count(&app, "followings").await, 0);
}

async fn the_account_of_a_process_that_died_is_followed_by_another(kind: Kind) {
    let app = setup(kind).await.start().await;
    let browser = app.signed_in(ANNA).await;
    let (key, _) = FOLLOWED[0];
    let id = connect(&browser, &key, &[]).await;
    let now = app.state.clock.now().0;
    let insert = format!(
        "INSERT INTO followings (connection_id, holder, held_until, token, live_since) \
         VALUES ('{id}', 'dead', {}, 5, {now})",
        now + 3_600_000
    );
    execute(&app, &insert).await;
    assert!(stands(&browser, &id).await.starts_with("Live since"));
    assert_eq!(followers(&app, &key), 0);
    app.setup.clock.advance_minutes(61);
    until("it is taken over", async || followers(&app, &key) == 1).await;
    until_live(&app, &browser, &id).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_of_two_processes_follows_an_account_and_gives_it_up_when_it_stops() {
    if !Kind::Postgres.is_at_hand() {
        return;
    }
    let app = setup(Kind::Postgres).await.start().await;
    // Another state on the same database stands for another process.
    let other = app.setup.state().await;
    let workers = Workers::start(other.clone()).await;
    let browser = app.signed_in(ANNA).await;
    let (key, _) = FOLLOWED[0];
    let id = follow(&app, &browser, &key).await;
    assert_eq!(control(&app).streams_opened(key.exchange), 1);
    workers.stop(Duration::from_secs(5)).await;
    until_live(&app, &browser, &id).await;
    until("the other one has it", async || followers(&app, &key) == 1).await;
    let user = owner(&app).await;
    let shown = connections::show(&app.state, &user, &id).await.unwrap();
    assert!(shown.following.is_on());
}
