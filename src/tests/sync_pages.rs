//! What pages tell of syncs: how far one of all connections has come, what is next, what was.

use std::time::Duration;

use coffer::domain::exchange::{Environment, ExchangeId};
use coffer::sandbox::Wallet::{Funding, Spot};
use coffer::sandbox::{Effect, Fault};
use coffer::storage::StorageError;
use sqlx::AssertSqlSafe;

use crate::scene::{BOTH, balances, connect, fact, quantity, set, sync, until};
use crate::support::{App, Kind, Page, Setup, on_both_databases};

on_both_databases![
    a_sync_of_all_that_is_over_tells_its_totals_first,
    a_sync_of_all_that_takes_long_is_shown_as_far_as_it_came,
    the_end_of_a_sync_of_all_is_shown_for_ten_minutes,
    a_pause_and_the_next_sync_are_shown,
    a_dead_key_waits_for_its_owner,
    a_wallet_read_long_ago_tells_its_age,
    what_the_exchange_counts_besides_is_hinted_at,
    what_is_borrowed_is_marked,
    past_syncs_are_listed_newest_first,
];

/// What the panel says of each connection.
fn turns(page: &Page) -> Vec<String> {
    page.all(".batch-items li")
}

/// Changes the database behind the app's back.
async fn change(app: &App, sql: &str) {
    let sql = sql.to_owned();
    let write = app.state.db.write::<_, StorageError, _>(|db| {
        Box::pin(async move {
            let done = sqlx::query(AssertSqlSafe(sql)).execute(db).await?;
            assert_ne!(done.rows_affected(), 0);
            Ok(())
        })
    });
    write.await.unwrap();
}

async fn a_sync_of_all_that_is_over_tells_its_totals_first(kind: Kind) {
    let app = App::start(kind).await;
    let browser = app.signed_in("a@example.org").await;
    for key in &BOTH {
        connect(&browser, key, &[]).await;
    }
    let control = app.setup.sandbox.control();
    control.revoke_key(BOTH[1].api_key).unwrap();
    let page = browser.submit("/do/sync-all", &[]).await;
    assert_eq!(
        page.one(".notice-totals"),
        "2 connections: 1 synced, 1 failed"
    );
    assert!(
        page.one("[role=status]")
            .starts_with("Synced 11 assets from Binance")
    );
    assert!(page.one("[role=alert]").starts_with("OKX: "));
    assert!(turns(&page).is_empty(), "it is told twice");
}

async fn a_sync_of_all_that_takes_long_is_shown_as_far_as_it_came(kind: Kind) {
    let app = App::start(kind).await;
    let browser = app.signed_in("a@example.org").await;
    for key in &BOTH {
        connect(&browser, key, &[]).await;
    }
    let control = app.setup.sandbox.control();
    control.delay("/api/v5", Duration::from_secs(600));
    let asking = tokio::spawn({
        let browser = browser.clone();
        async move { browser.post("/do/sync-all", &[]).await }
    });
    let expected = ["Binance Binance 11 assets", "OKX OKX Syncing"];
    let is_told = async || turns(&browser.get("/connections").await) == expected;
    until("one is done and the other under way", is_told).await;
    let page = browser.get("/connections").await;
    assert_eq!(
        page.one("#batch-totals"),
        "2 connections: 1 synced, 0 failed, 1 to go"
    );
    assert_eq!(page.attributes("progress", "max"), ["2"]);
    assert_eq!(page.attributes("progress", "value"), ["1"]);
    assert_eq!(page.attributes(".batch-totals a", "href"), ["/connections"]);
    // Whoever asked is answered all the same, and comes to the same page.
    let answer = asking.await.unwrap();
    assert_eq!(answer.location().unwrap(), "/connections");
}

async fn the_end_of_a_sync_of_all_is_shown_for_ten_minutes(kind: Kind) {
    let app = App::start(kind).await;
    let browser = app.signed_in("a@example.org").await;
    for key in &BOTH {
        connect(&browser, key, &[]).await;
    }
    let control = app.setup.sandbox.control();
    control.inject(Fault::on("/api/v5", Effect::Truncate));
    control.inject(Fault::on("/sapi/v1/asset", Effect::Truncate));
    browser.submit("/do/sync-all", &[]).await;
    let page = browser.get("/connections").await;
    assert_eq!(
        page.one("#batch-totals"),
        "2 connections: 1 synced, 1 failed"
    );
    assert!(page.all(".batch-totals a").is_empty(), "nothing is to come");
    let turns = turns(&page);
    assert!(turns[0].ends_with("Partial"), "{turns:?}");
    assert!(
        turns[1].starts_with("OKX OKX Failed OKX sent an answer that"),
        "{turns:?}"
    );
    assert!(turns[1].contains(" Try again later"), "{turns:?}");
    app.setup.clock.advance_minutes(11);
    let page = browser.get("/connections").await;
    assert_eq!(page.one("#batch-totals"), "");
}

async fn a_pause_and_the_next_sync_are_shown(kind: Kind) {
    let app = Setup::new(kind)
        .await
        .with("SYNC_INTERVAL", "1h")
        .start()
        .await;
    let browser = app.signed_in("a@example.org").await;
    let id = connect(&browser, &BOTH[0], &[]).await;
    let path = format!("/connections/{id}");
    let next = fact(&browser.get(&path).await, "Next sync");
    assert!(
        next.starts_with("About ") && next.ends_with(" UTC"),
        "{next}"
    );
    let binance = app
        .state
        .registry
        .find(&ExchangeId::new("binance"))
        .unwrap();
    let place = binance.place(Environment::Live, None);
    // 1 January 2200.
    let until = 7_258_118_400_000_i64;
    let sql = format!("INSERT INTO pauses (place, until_at) VALUES ('{place}', {until})");
    change(&app, &sql).await;
    let page = browser.get(&path).await;
    assert_eq!(
        fact(&page, "Status"),
        "Up to date Paused until 1 Jan 2200, 00:00 UTC"
    );
    assert_eq!(fact(&page, "Next sync"), "About 1 Jan 2200, 00:00 UTC");
    assert!(
        browser
            .get("/connections")
            .await
            .text()
            .contains("Paused until 1 Jan 2200")
    );
}

async fn a_dead_key_waits_for_its_owner(kind: Kind) {
    let app = Setup::new(kind)
        .await
        .with("SYNC_INTERVAL", "1h")
        .start()
        .await;
    let browser = app.signed_in("a@example.org").await;
    let id = connect(&browser, &BOTH[0], &[]).await;
    app.setup
        .sandbox
        .control()
        .revoke_key(BOTH[0].api_key)
        .unwrap();
    let page = sync(&browser, &id).await;
    assert!(fact(&page, "Status").starts_with("Needs attention"));
    assert_eq!(fact(&page, "Next sync"), "Waits for you");
}

async fn a_wallet_read_long_ago_tells_its_age(kind: Kind) {
    let app = App::start(kind).await;
    let browser = app.signed_in("a@example.org").await;
    let id = connect(&browser, &BOTH[0], &[]).await;
    let path = format!("/connections/{id}");
    let page = browser.get(&path).await;
    let coverage = "4 of 4 wallets read; cross margin not available";
    assert_eq!(fact(&page, "Coverage"), coverage);
    let wallets = "Spot 10Funding 3Earn flexible 0Earn locked 0Cross margin not available";
    assert_eq!(fact(&page, "Wallets"), wallets);
    change(
        &app,
        "UPDATE wallets SET read_at = read_at - 172800000 WHERE name = 'funding'",
    )
    .await;
    let page = browser.get(&path).await;
    let old = wallets.replace("Funding 3", "Funding 3, read 2 days ago");
    assert_eq!(fact(&page, "Wallets"), old);
}

async fn what_the_exchange_counts_besides_is_hinted_at(kind: Kind) {
    let app = App::start(kind).await;
    let browser = app.signed_in("a@example.org").await;
    let id = connect(&browser, &BOTH[0], &[]).await;
    let overview = r#"{"unit":"BTC","parts":[{"name":"Trading Bots","amount":"0.5","wallets":[]}],"read_at":0}"#;
    change(
        &app,
        &format!("UPDATE connections SET overview = '{overview}'"),
    )
    .await;
    let page = browser.get(&format!("/connections/{id}")).await;
    assert_eq!(
        fact(&page, "Coverage"),
        "4 of 4 wallets read; cross margin not available Binance itself also counts about 0.5 BTC \
         in Trading Bots, which Coffer does not read."
    );
}

async fn what_is_borrowed_is_marked(kind: Kind) {
    let app = App::start(kind).await;
    let browser = app.signed_in("a@example.org").await;
    set(&app, &BOTH[0], Funding, "DAI", "1", "0");
    let id = connect(&browser, &BOTH[0], &[]).await;
    change(
        &app,
        "UPDATE holdings SET total = '-1234.5', free = '-1234.5' WHERE total = '1'",
    )
    .await;
    let page = browser.get(&format!("/connections/{id}")).await;
    let row = balances(&page, "Funding")
        .into_iter()
        .find(|row| row[0] == "DAI");
    assert_eq!(row.unwrap()[1..], ["−1,234.5", "0", "Borrowed −1,234.5"]);
    let page = browser.get("/").await;
    assert_eq!(quantity(&page, "DAI").unwrap(), "−1,234.5");
    assert_eq!(page.all("table.holdings td .badge"), ["Borrowed"]);
}

async fn past_syncs_are_listed_newest_first(kind: Kind) {
    let app = App::start(kind).await;
    let browser = app.signed_in("a@example.org").await;
    let id = connect(&browser, &BOTH[0], &[]).await;
    set(&app, &BOTH[0], Spot, "ADA", "7.5", "0");
    sync(&browser, &id).await;
    app.setup
        .sandbox
        .control()
        .revoke_key(BOTH[0].api_key)
        .unwrap();
    sync(&browser, &id).await;
    let page = browser.get(&format!("/connections/{id}")).await;
    assert_eq!(page.one("table.runs caption"), "Last syncs");
    let cells = page.all("table.runs tbody td");
    let rows: Vec<_> = cells.chunks(8).collect();
    assert_eq!(rows.len(), 3, "{rows:?}");
    let [dead, changed, first] = [0, 1, 2].map(|nth| rows[nth]);
    assert!(
        dead[0].starts_with("Failed Binance does not accept this key"),
        "{dead:?}"
    );
    assert_eq!(dead[2..6], ["–", "–", "–", "–"]);
    assert_eq!(changed[0], "Synced");
    assert!(
        changed[1].starts_with("4 of 4 readSpot read (11 holdings)"),
        "{changed:?}"
    );
    assert_eq!(changed[2..6], ["12", "1", "0", "0"]);
    assert_eq!(first[2..6], ["11", "13", "0", "0"]);
    assert!(first[6].ends_with(" s"), "{first:?}");
}
