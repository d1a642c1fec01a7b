//! Syncing again: what is new, changed or gone, and what a doubtful answer may not change.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use coffer::sandbox::Wallet::{Funding, Spot, Trading};
use coffer::sandbox::keys::{binance, okx};
use coffer::sandbox::{Effect, Fault};
use sqlx::Executor;

use crate::scene::{
    BOTH, assert_only_read, balances, connect, count, counts, fact, number, quantities, quantity,
    rows_of_all_pages, set, sync, told,
};
use crate::support::{App, Kind, on_both_databases};

on_both_databases![
    new_changed_and_vanished_assets_are_told_and_shown,
    each_wallet_is_compared_with_itself_alone,
    a_sync_that_reads_nothing_changes_nothing,
    a_connection_deleted_during_its_sync_stays_deleted,
    two_syncs_of_one_connection_do_not_run_at_once,
    syncs_that_are_given_up_leave_nothing_half_done,
    one_broken_connection_does_not_keep_the_others_from_being_synced,
    only_what_the_product_needs_is_asked,
];

async fn new_changed_and_vanished_assets_are_told_and_shown(kind: Kind) {
    let app = App::start(kind).await;
    let browser = app.signed_in("a@example.org").await;
    let id = connect(&browser, &BOTH[0], &[]).await;
    set(&app, &BOTH[0], Spot, "ADA", "7.5", "0");
    set(&app, &BOTH[0], Spot, "ETH", "1.5", "0.26");
    set(&app, &BOTH[0], Spot, "SOL", "0.00000000", "0.00000000");
    let control = app.setup.sandbox.control();
    control.remove_asset(BOTH[0].api_key, Spot, "LDO").unwrap();
    let page = sync(&browser, &id).await;
    let told = told(&page);
    assert!(told.starts_with("Synced 10 assets from Binance"), "{told}");
    assert!(
        told.contains("1 added, 1 updated, 2 removed, 10 unchanged"),
        "{told}"
    );
    let page = browser.get("/").await;
    assert_eq!(quantity(&page, "ADA").unwrap(), "7.5");
    assert_eq!(quantity(&page, "ETH").unwrap(), "1.76");
    assert_eq!(
        (quantity(&page, "SOL"), quantity(&page, "LDO")),
        (None, None)
    );
    // Nothing happened since.
    let page = sync(&browser, &id).await;
    assert!(
        page.text()
            .contains("0 added, 0 updated, 0 removed, 12 unchanged")
    );
    // A move between free and locked is a change though the total is the same.
    set(&app, &BOTH[0], Spot, "ETH", "1.76", "0");
    let page = sync(&browser, &id).await;
    assert!(
        page.text()
            .contains("0 added, 1 updated, 0 removed, 11 unchanged")
    );
}

async fn each_wallet_is_compared_with_itself_alone(kind: Kind) {
    let app = App::start(kind).await;
    let browser = app.signed_in("a@example.org").await;
    let id = connect(&browser, &BOTH[1], &[]).await;
    let control = app.setup.sandbox.control();
    // All of the bitcoin of the funding wallet goes to the trading wallet.
    control
        .remove_asset(BOTH[1].api_key, Funding, "BTC")
        .unwrap();
    set(&app, &BOTH[1], Trading, "BTC", "0.514845678901234568", "0");
    let page = sync(&browser, &id).await;
    assert!(
        told(&page).contains("0 added, 1 updated, 1 removed, 9 unchanged"),
        "{}",
        told(&page)
    );
    assert_eq!(balances(&page, "Trading")[0][3], "0.514845678901234568");
    assert_eq!(
        quantity(&browser.get("/").await, "BTC").unwrap(),
        "0.514845678901234568"
    );
}

async fn a_sync_that_reads_nothing_changes_nothing(kind: Kind) {
    let app = App::start(kind).await;
    let browser = app.signed_in("a@example.org").await;
    let id = connect(&browser, &BOTH[0], &[]).await;
    let before = quantities(&browser.get("/").await);
    let control = app.setup.sandbox.control();
    control.clear_wallet(BOTH[0].api_key, Spot).unwrap();
    for path in [
        "/api/v3/account",
        "/sapi/v1/asset",
        "/sapi/v3/asset",
        "/sapi/v1/simple-earn",
        "/sapi/v1/margin",
    ] {
        control.inject(Fault::on(path, Effect::Truncate));
    }
    let page = sync(&browser, &id).await;
    assert!(page.one("[role=alert]").contains("could not be understood"));
    assert!(fact(&page, "Status").starts_with("Paused"));
    assert_eq!(
        fact(&page, "Wallets"),
        "Spot failedFunding failedEarn flexible failedEarn locked failedCross margin failed"
    );
    assert_eq!(quantities(&browser.get("/").await), before);
    // It answers again, and now it is true that the wallet is empty.
    control.clear_faults();
    let page = sync(&browser, &id).await;
    assert!(told(&page).contains("0 added, 0 updated, 10 removed, 3 unchanged"));
    assert!(fact(&page, "Status").starts_with("Up to date"));
}

/// Waits until the sandbox was asked for a path.
async fn until_asked(app: &App, path: &str) {
    let begun = Instant::now();
    while app.setup.sandbox.control().count(path) == 0 {
        assert!(begun.elapsed() < Duration::from_secs(20), "{path}");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

async fn a_connection_deleted_during_its_sync_stays_deleted(kind: Kind) {
    let app = App::start(kind).await;
    let browser = app.signed_in("a@example.org").await;
    let id = connect(&browser, &BOTH[0], &[]).await;
    set(&app, &BOTH[0], Spot, "NEWCOIN", "1", "0");
    let assets = count(&app, "assets").await;
    let control = app.setup.sandbox.control();
    control.clear_records();
    control.delay("/sapi/v3/asset/getUserAsset", Duration::from_secs(3));
    let syncing = {
        let (browser, id) = (browser.clone(), id.clone());
        tokio::spawn(async move { browser.post("/do/sync", &[("id", &id)]).await })
    };
    until_asked(&app, "/sapi/v3/asset/getUserAsset").await;
    assert_eq!(browser.post("/do/delete", &[("id", &id)]).await.status, 303);
    assert_eq!(syncing.await.unwrap().status, 404);
    assert_eq!(counts(&app).await, [0, 0, 0, assets, 0, 0]);
}

async fn two_syncs_of_one_connection_do_not_run_at_once(kind: Kind) {
    let app = App::start(kind).await;
    let browser = app.signed_in("a@example.org").await;
    let id = connect(&browser, &BOTH[0], &[]).await;
    let control = app.setup.sandbox.control();
    control.clear_records();
    control.delay("/sapi/v3/asset/getUserAsset", Duration::from_secs(3));
    let first = {
        let (browser, id) = (browser.clone(), id.clone());
        tokio::spawn(async move { sync(&browser, &id).await })
    };
    until_asked(&app, "/sapi/v3/asset/getUserAsset").await;
    let second = browser.post("/do/sync", &[("id", &id)]).await;
    assert_eq!(second.status, 409);
    let alert = second.one("[role=alert]");
    assert!(
        alert.contains("This connection is being synced right now."),
        "{alert}"
    );
    assert!(told(&first.await.unwrap()).starts_with("Synced 11 assets"));
    assert_eq!(control.count("/sapi/v3/asset/getUserAsset"), 1);
    // The right to sync is given back.
    control.clear_delays();
    assert!(told(&sync(&browser, &id).await).starts_with("Synced 11 assets"));
}

async fn syncs_that_are_given_up_leave_nothing_half_done(kind: Kind) {
    let app = App::start(kind).await;
    let browser = app.signed_in("a@example.org").await;
    let id = connect(&browser, &binance::MANY, &[]).await;
    for round in 0..12 {
        set(
            &app,
            &binance::MANY,
            Spot,
            "ABNEX",
            &format!("{round}.5"),
            "0",
        );
        let given_up = {
            let (browser, id) = (browser.clone(), id.clone());
            tokio::spawn(async move { browser.post("/do/sync", &[("id", &id)]).await })
        };
        tokio::time::sleep(Duration::from_millis(15 * round)).await;
        given_up.abort();
        assert_eq!(rows_of_all_pages(&browser).await, 432);
    }
    // The right to sync comes back with the request that had it, and no connection of the
    // database is lost.
    let mut page = sync(&browser, &id).await;
    for _ in 0..200 {
        if page.status != 409 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(25)).await;
        page = sync(&browser, &id).await;
    }
    assert!(
        told(&page).starts_with("Synced 432 assets"),
        "{}",
        page.text()
    );
    if kind == Kind::Postgres {
        let open = "SELECT CAST(COUNT(*) AS BIGINT) FROM pg_stat_activity \
                    WHERE datname = current_database() AND state LIKE 'idle in transaction%'";
        assert_eq!(number(&app, open).await, 0);
    }
}

async fn one_broken_connection_does_not_keep_the_others_from_being_synced(kind: Kind) {
    let app = App::start(kind).await;
    let browser = app.signed_in("a@example.org").await;
    let keys = [binance::SECOND, binance::READ_ONLY, okx::READ_ONLY];
    for (key, label) in keys.iter().zip(["Damaged", "Revoked", "Sound"]) {
        connect(&browser, key, &[("label", label)]).await;
    }
    let damage = "UPDATE connections SET secret_key = api_key WHERE label = 'Damaged'";
    let damaged = app
        .state
        .db
        .write::<_, coffer::storage::StorageError, _>(move |db| {
            Box::pin(async move { Ok(db.execute(damage).await?.rows_affected()) })
        });
    assert_eq!(damaged.await.unwrap(), 1);
    let control = app.setup.sandbox.control();
    control.revoke_key(binance::READ_ONLY.api_key).unwrap();
    control.clear_records();
    let page = browser.submit("/do/sync-all", &[]).await;
    let alerts = page.all("[role=alert]");
    assert_eq!(alerts.len(), 2, "{alerts:?}");
    assert!(
        alerts[0].starts_with("Damaged: The stored key cannot be opened."),
        "{alerts:?}"
    );
    assert!(
        alerts[1].starts_with("Revoked: Binance does not accept this key"),
        "{alerts:?}"
    );
    assert!(told(&page).starts_with("Synced 9 assets from Sound"));
    // A key that cannot be opened is not sent anywhere.
    assert!(
        control
            .records()
            .iter()
            .all(|r| r.uid.as_deref() != Some("507719264"))
    );
    let attention =
        "SELECT CAST(COUNT(*) AS BIGINT) FROM connections WHERE status = 'needs_attention'";
    assert_eq!(number(&app, attention).await, 2);
    assert_eq!(browser.get("/").await.all("ul.gaps li").len(), 2);
}

async fn only_what_the_product_needs_is_asked(kind: Kind) {
    let app = App::start(kind).await;
    let browser = app.signed_in("a@example.org").await;
    for key in BOTH {
        connect(&browser, &key, &[]).await;
    }
    browser.submit("/do/sync-all", &[]).await;
    let records = app.setup.sandbox.control().records();
    let mut asked: Vec<_> = records
        .iter()
        .map(|r| format!("{} {}", r.method, r.path))
        .collect();
    asked.sort_unstable();
    asked.dedup();
    let expected = [
        "GET /api/v3/account",
        "GET /api/v3/time",
        "GET /api/v5/account/balance",
        "GET /api/v5/account/config",
        "GET /api/v5/asset/asset-valuation",
        "GET /api/v5/asset/balances",
        "GET /api/v5/asset/non-tradable-assets",
        "GET /api/v5/finance/savings/balance",
        "GET /api/v5/finance/staking-defi/orders-active",
        "GET /api/v5/public/time",
        "GET /sapi/v1/account/apiRestrictions",
        "GET /sapi/v1/asset/wallet/balance",
        "GET /sapi/v1/margin/account",
        "GET /sapi/v1/simple-earn/flexible/position",
        "POST /sapi/v1/asset/get-funding-asset",
        "POST /sapi/v3/asset/getUserAsset",
    ];
    assert_eq!(asked, expected);
    // An account without cross margin is told so by a refusal.
    let refused: BTreeSet<_> = records
        .iter()
        .filter(|record| record.status != 200)
        .map(|record| record.path.as_str())
        .collect();
    assert_eq!(refused, BTreeSet::from(["/sapi/v1/margin/account"]));
    assert_only_read(&app);
}
