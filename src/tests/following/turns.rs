//! Streams of accounts that come and go: by test environment, key, deletion and refusal, and their number.

use super::*;
use crate::scene::fact;

on_both_databases![
    an_account_of_a_test_environment_is_followed_as_well,
    a_connection_that_is_deleted_has_no_stream_at_once,
    a_replaced_key_has_a_stream_of_its_own_and_the_old_one_none,
    a_stream_that_is_refused_again_and_again_costs_one_sync,
    how_many_streams_are_open_is_told_to_all_as_numbers,
];

async fn an_account_of_a_test_environment_is_followed_as_well(kind: Kind) {
    let app = setup(kind).await.start().await;
    let browser = app.signed_in(ANNA).await;
    for (key, wallet, asset) in [
        (binance::TESTNET, Spot, "ADA"),
        (okx::DEMO, Trading, "DOGE"),
    ] {
        let id = connect(&browser, &key, &[("environment", "testnet")]).await;
        assert!(press(&browser, &id, "yes").await.starts_with("Following"));
        until_live(&app, &browser, &id).await;
        assert_eq!(followers(&app, &key), 1);
        let synced = count(&app, "sync_runs").await;
        set(&app, &key, wallet, asset, "4242.5", "0");
        until("the change is read", async || {
            let page = browser.get(&format!("/connections/{id}")).await;
            page.text().contains("4,242.5")
        })
        .await;
        assert!(count(&app, "sync_runs").await > synced);
    }
    assert_only_read(&app);
}

/// An app that looks for nothing to follow unless it is woken.
async fn drowsy(kind: Kind) -> App {
    let setup = setup(kind).await.at_pace(|pace| {
        pace.idle = Duration::from_secs(3_600);
        pace.resync = Duration::from_millis(50);
    });
    setup.start().await
}

async fn a_connection_that_is_deleted_has_no_stream_at_once(kind: Kind) {
    let app = drowsy(kind).await;
    let browser = app.signed_in(ANNA).await;
    let (key, _) = FOLLOWED[0];
    let id = follow(&app, &browser, &key).await;
    browser.submit("/do/delete", &[("id", &id)]).await;
    until("no stream is open", async || {
        control(&app).streams().is_empty()
    })
    .await;
}

async fn a_replaced_key_has_a_stream_of_its_own_and_the_old_one_none(kind: Kind) {
    let app = drowsy(kind).await;
    let browser = app.signed_in(ANNA).await;
    let (key, _) = FOLLOWED[0];
    let id = follow(&app, &browser, &key).await;
    let opened = control(&app).streams_opened(key.exchange);
    // The same key again is a key as any other: it belongs to the account.
    let client = client_of(&app, ANNA, "manage").await;
    let body = serde_json::json!({"api_key": key.api_key, "secret_key": key.secret_key});
    let call = client.call(reqwest::Method::PUT, &format!("/connections/{id}/key"));
    let told = crate::api::client::json_body(call, &body.to_string());
    assert!(crate::api::client::Told::of(told).await.status < 300);
    until("another is opened", async || {
        control(&app).streams_opened(key.exchange) > opened
    })
    .await;
    until_live(&app, &browser, &id).await;
    until("the old one is closed", async || followers(&app, &key) == 1).await;
}

async fn a_stream_that_is_refused_again_and_again_costs_one_sync(kind: Kind) {
    let app = setup(kind).await.start().await;
    let browser = app.signed_in(ANNA).await;
    let (key, _) = FOLLOWED[1];
    control(&app).refuse_streams(key.exchange, Some(451));
    let id = connect(&browser, &key, &[]).await;
    press(&browser, &id, "yes").await;
    until("it was refused several times", async || {
        control(&app).streams_refused(key.exchange) >= 3
    })
    .await;
    // One when it was connected, and one for all refusals.
    until_synced(&app, 2).await;
    assert_eq!(count(&app, "sync_runs").await, 2);
    // What was missed is read when it is opened again.
    control(&app).refuse_streams(key.exchange, None);
    until_live(&app, &browser, &id).await;
    until_synced(&app, 3).await;
}

async fn how_many_streams_are_open_is_told_to_all_as_numbers(kind: Kind) {
    let app = setup(kind).await.start().await;
    let anna = app.signed_in(ANNA).await;
    for (key, _) in FOLLOWED {
        follow(&app, &anna, &key).await;
    }
    let bob = app.signed_in("bob@example.org").await;
    let client = client_of(&app, "bob@example.org", "read").await;
    let counts = async |exchange: usize| {
        let told = client.get("/health/exchanges").await.with(200);
        let streams = &told["exchanges"][exchange]["account_streams"];
        ["open", "broken", "waiting"].map(|name| streams[name].as_u64().unwrap())
    };
    assert_eq!(fact(&bob.get("/status").await, "Live accounts"), "1 open");
    assert_eq!((counts(0).await, counts(1).await), ([1, 0, 0], [1, 0, 0]));
    control(&app).refuse_streams(Exchange::Binance, Some(503));
    control(&app).drop_streams(Exchange::Binance);
    until("it is told", async || counts(0).await == [0, 1, 0]).await;
    let told = fact(&bob.get("/status").await, "Live accounts");
    assert_eq!(told, "1 not open at the moment");
    let body = app.browser().get("/metrics").await.body;
    for (labels, count) in [
        ("exchange=\"binance\",state=\"open\"", "0"),
        ("exchange=\"binance\",state=\"broken\"", "1"),
        ("exchange=\"okx\",state=\"open\"", "1"),
    ] {
        let line = format!("coffer_account_streams{{{labels}}} {count}\n");
        assert!(body.contains(&line), "{line}");
    }
    // A key that is refused waits for its owner.
    let (key, _) = FOLLOWED[1];
    control(&app).revoke_key(key.api_key).unwrap();
    control(&app).drop_streams(Exchange::Okx);
    until("it waits", async || counts(1).await == [0, 0, 1]).await;
}
