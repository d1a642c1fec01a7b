//! What people do, from the first page to the last.

use coffer::sandbox::MANY_ASSETS;
use coffer::sandbox::keys::{binance, okx};

use crate::scene::{
    BOTH, assert_only_read, balances, connect, count, ids, quantities, quantity, rows_of_all_pages,
    sync,
};
use crate::support::{App, Kind, on_both_databases};

on_both_databases![
    a_newcomer_connects_both_exchanges_and_sees_exact_balances,
    every_wallet_shows_what_is_free_and_locked_to_the_last_digit,
    the_first_sync_is_told_in_full,
    an_empty_account_is_connected_and_said_to_hold_nothing,
    hundreds_of_assets_are_all_shown,
    deleting_asks_first_and_then_leaves_nothing,
    people_see_nothing_of_each_other,
];

async fn a_newcomer_connects_both_exchanges_and_sees_exact_balances(kind: Kind) {
    let app = App::start(kind).await;
    let browser = app.browser();
    let form = [
        ("email", "First@Example.org"),
        ("password", "correct horse battery"),
    ];
    let page = browser.submit("/do/sign-up", &form).await;
    assert_eq!((page.status, page.one("h1")), (200, "Portfolio".to_owned()));
    assert!(page.text().contains("Nothing is connected yet"));
    for key in BOTH {
        connect(&browser, &key, &[]).await;
    }
    let page = browser.get("/?sort=asset").await;
    let expected = [
        ("1000SATS", "20,500"),
        ("BNB", "0.33"),
        ("BTC", "0.528691348901234568"),
        ("ETH", "4.750000000000000001"),
        ("EUR", "65.5"),
        ("LDO", "12.5"),
        ("LDUSDT", "1,000"),
        ("OKB", "1.0000000000000001"),
        ("PEPE", "123,456,789.123456789012345678"),
        ("SHIB", "1,250,000"),
        ("SOL", "20.3456789"),
        ("USDC", "99.999999999999999999"),
        ("USDT", "2,110.067890123456789"),
        ("VTHO", "0.000000000000000037"),
        ("币安人生", "5"),
    ];
    let expected = expected.map(|(asset, quantity)| (asset.to_owned(), quantity.to_owned()));
    assert_eq!(quantities(&page), expected);
    assert!(page.text().contains("Complete: every wallet answered"));
    let total = page.one(".total-figure");
    assert!(total.ends_with(|c: char| c.is_ascii_digit()), "{total}");
    assert_eq!(page.one(".total-currency"), "USD");
    assert_only_read(&app);
}

async fn every_wallet_shows_what_is_free_and_locked_to_the_last_digit(kind: Kind) {
    let app = App::start(kind).await;
    let browser = app.signed_in("a@example.org").await;
    let [binance, okx] = [
        connect(&browser, &BOTH[0], &[]).await,
        connect(&browser, &BOTH[1], &[]).await,
    ];
    let page = browser.get(&format!("/connections/{binance}")).await;
    let spot = [
        ["1000SATS", "20,000", "500", "20,500"],
        ["BTC", "0.01234567", "0.001", "0.01334567"],
        ["ETH", "1.5", "0.25", "1.75"],
        ["EUR", "42.1", "7.9", "50"],
        ["LDO", "12.5", "0", "12.5"],
        ["LDUSDT", "1,000", "0", "1,000"],
        ["SOL", "12.3456789", "0", "12.3456789"],
        ["USDT", "250.12345678", "49.87654322", "300"],
        ["VTHO", "0.000000000000000037", "0", "0.000000000000000037"],
        ["币安人生", "5", "0", "5"],
    ];
    assert_eq!(balances(&page, "Spot"), spot);
    let funding = [
        ["BNB", "0.31", "0.02", "0.33"],
        ["BTC", "0.0005", "0", "0.0005"],
        ["USDT", "75.25", "0", "75.25"],
    ];
    assert_eq!(balances(&page, "Funding"), funding);
    let page = browser.get(&format!("/connections/{okx}")).await;
    let trading = balances(&page, "Trading");
    let bitcoin = ["BTC", "0.412345678901234567", "0.1", "0.512345678901234567"];
    assert_eq!(trading[0], bitcoin);
    let assets: Vec<_> = trading.iter().map(|row| row[0].as_str()).collect();
    // DOGE is there with a balance of zero, which is no holding.
    assert_eq!(
        assets,
        ["BTC", "ETH", "EUR", "OKB", "PEPE", "SOL", "USDC", "USDT"]
    );
    assert_eq!(
        balances(&page, "Funding")[1],
        ["SHIB", "1,000,000", "250,000", "1,250,000"]
    );
}

async fn the_first_sync_is_told_in_full(kind: Kind) {
    let app = App::start(kind).await;
    let browser = app.signed_in("a@example.org").await;
    let page = browser.connect(&BOTH[0], &[]).await;
    let told = page.all("[role=status] p");
    assert_eq!(told[0], "Synced 11 assets from Binance");
    let (changes, time) = told[1].rsplit_once(", ").unwrap();
    assert_eq!(changes, "13 added, 0 updated, 0 removed, 0 unchanged");
    assert!(
        time.ends_with(" s") && time.starts_with(|c: char| c.is_ascii_digit()),
        "{time}"
    );
    assert_eq!(
        told[2],
        "Spot read (10 holdings), Funding read (3 holdings), Earn flexible read (0 holdings), \
         Earn locked read (0 holdings), Cross margin not available"
    );
    // It is told once there, and kept with the connection.
    let page = browser.get("/connections").await;
    assert_eq!(page.one("[role=status]"), "");
    let id = ids(&page).remove(0);
    let page = browser.get(&format!("/connections/{id}")).await;
    let kept = page.all("table.runs tbody td");
    assert_eq!(kept[0], "Synced");
    assert!(
        kept[1].ends_with("Earn locked read (0 holdings), Cross margin not available"),
        "{kept:?}"
    );
    assert_eq!(kept[2..6], ["11", "13", "0", "0"]);
}

async fn an_empty_account_is_connected_and_said_to_hold_nothing(kind: Kind) {
    let app = App::start(kind).await;
    let browser = app.signed_in("a@example.org").await;
    for key in [binance::EMPTY, okx::EMPTY] {
        let page = browser.connect(&key, &[]).await;
        let told = page.all("[role=status] p");
        assert_eq!(told[0], format!("Synced 0 assets from {}", key.exchange));
        assert!(told[1].starts_with("0 added, 0 updated, 0 removed, 0 unchanged"));
        assert!(
            told[2].contains("read (0 holdings), Funding read (0 holdings)"),
            "{told:?}"
        );
    }
    let page = browser.get("/").await;
    assert!(page.text().contains("The connected accounts hold nothing."));
}

async fn hundreds_of_assets_are_all_shown(kind: Kind) {
    let app = App::start(kind).await;
    let browser = app.signed_in("a@example.org").await;
    let page = browser.connect(&binance::MANY, &[]).await;
    let told = page.one("[role=status]");
    assert!(
        told.starts_with(&format!("Synced {MANY_ASSETS} assets from Binance")),
        "{told}"
    );
    // What has no price stands in the order of the codes.
    let page = browser.get("/").await;
    assert_eq!(rows_of_all_pages(&browser).await, MANY_ASSETS);
    assert_eq!(
        page.one("nav.pager span"),
        format!("Page 1 of 3, {MANY_ASSETS} rows")
    );
    // The first of them: 7 whole ones and 7919 of the eighth place.
    assert_eq!(quantity(&page, "ABNEX").unwrap(), "7.00007919");
}

async fn deleting_asks_first_and_then_leaves_nothing(kind: Kind) {
    let app = App::start(kind).await;
    let browser = app.signed_in("a@example.org").await;
    let id = connect(&browser, &BOTH[0], &[]).await;
    sync(&browser, &id).await;
    let page = browser.get(&format!("/connections/{id}/delete")).await;
    assert_eq!(page.one("h1"), "Delete Binance?");
    assert!(page.text().contains("••••a44k and 13 holdings"));
    assert_eq!(page.one("button.button-danger"), "Delete connection");
    assert_eq!(count(&app, "connections").await, 1);
    let page = browser.submit("/do/delete", &[("id", &id)]).await;
    assert!(page.one("[role=status]").starts_with("Deleted Binance"));
    for table in [
        "connections",
        "wallets",
        "holdings",
        "sync_runs",
        "portfolios",
    ] {
        assert_eq!(count(&app, table).await, 0, "{table}");
    }
    assert_eq!(browser.get(&format!("/connections/{id}")).await.status, 404);
    assert!(
        browser
            .get("/")
            .await
            .text()
            .contains("Nothing is connected yet")
    );
    // The account can be connected anew.
    connect(&browser, &BOTH[0], &[]).await;
}

async fn people_see_nothing_of_each_other(kind: Kind) {
    let app = App::start(kind).await;
    let owner = app.signed_in("a@example.org").await;
    let id = connect(&owner, &BOTH[0], &[("label", "Mine alone")]).await;
    let stranger = app.signed_in("b@example.org").await;
    app.setup.sandbox.control().clear_records();
    for path in ["/", "/connections"] {
        let page = stranger.get(path).await;
        assert!(!page.body.contains(&id) && !page.body.contains("Mine alone"));
        assert!(!page.body.contains("LDUSDT"));
    }
    for path in [
        format!("/connections/{id}"),
        format!("/connections/{id}/delete"),
    ] {
        let page = stranger.get(&path).await;
        assert_eq!(page.status, 404);
        assert!(!page.body.contains("Mine alone"));
    }
    for action in ["/do/sync", "/do/delete"] {
        let page = stranger.post(action, &[("id", &id)]).await;
        let random = stranger.post(action, &[("id", "nothing")]).await;
        assert_eq!((page.status, random.status), (404, 404));
        assert_eq!(page.one("[role=alert]"), random.one("[role=alert]"));
    }
    let page = stranger.submit("/do/sync-all", &[]).await;
    assert!(page.text().contains("There is nothing to sync yet."));
    assert_eq!(app.setup.sandbox.control().records(), []);
    assert_eq!(count(&app, "connections").await, 1);
    // The same account may be connected by both.
    connect(&stranger, &BOTH[0], &[]).await;
    assert_eq!(quantities(&stranger.get("/").await).len(), 11);
    assert_eq!(quantities(&owner.get("/").await).len(), 11);
}
