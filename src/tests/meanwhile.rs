//! What is changed in the middle of a sync: it stays changed, and nothing is written that is wrong by
//! then.

use std::time::Duration;

use coffer::domain::currency::Currency;
use coffer::sandbox::Wallet::Spot;
use tokio::task::JoinHandle;

use crate::history::scene::{KEY, Scene, amount, shown};
use crate::portfolios::create;
use crate::scene::{count, counts, quantity, set, until};
use crate::support::{App, Browser, Kind, Page, on_both_databases};

on_both_databases![
    another_base_currency_in_the_middle_of_a_sync_leaves_both_whole,
    a_portfolio_deleted_while_its_connection_syncs_stays_deleted,
    a_portfolio_deleted_during_a_sync_may_leave_its_connection_elsewhere,
];

const BALANCES: &str = "/sapi/v3/asset/getUserAsset";

/// Begins a sync that is held up at the exchange.
async fn begin_sync(app: &App, browser: &Browser, id: &str) -> JoinHandle<Page> {
    let control = app.setup.sandbox.control();
    control.clear_records();
    control.delay(BALANCES, Duration::from_secs(3));
    let (browser, id) = (browser.clone(), id.to_owned());
    let syncing = tokio::spawn(async move { browser.post("/do/sync", &[("id", &id)]).await });
    until("the exchange was asked", async || {
        app.setup.sandbox.control().count(BALANCES) > 0
    })
    .await;
    syncing
}

async fn another_base_currency_in_the_middle_of_a_sync_leaves_both_whole(kind: Kind) {
    let prices = [("BTC", "1000"), ("EUR", "1.25")];
    let scene = Scene::new(kind, &[("BTC", "1")]).await;
    scene.record(0, &prices).await;
    set(&scene.app, &KEY, Spot, "BTC", "1.25", "0");
    let syncing = begin_sync(&scene.app, &scene.browser, &scene.connection).await;
    let form = [("base_currency", "EUR")];
    let page = scene.browser.post("/do/choose-currency", &form).await;
    assert_eq!(page.status, 303);
    assert_eq!(syncing.await.unwrap().status, 303);
    scene.record(1, &prices).await;
    // One point each, whole in either currency: never one number at the other's rate.
    let in_dollars = scene.told(None, Currency::Usd, 2).await;
    assert_eq!(shown(&in_dollars), ["1000", "1250"]);
    let in_euros = scene.told(None, Currency::Eur, 2).await;
    assert_eq!(shown(&in_euros), ["800", "1000"]);
    assert_eq!((in_euros.untold, in_dollars.untold), (0, 0));
    assert_eq!(in_euros.movement.unwrap().balances, amount("200"));
    scene.app.setup.clock.advance_minutes(1);
    let page = scene.browser.get("/?range=24h").await;
    assert_eq!(
        page.attributes("svg[role=img]", "aria-label"),
        ["Value in EUR"]
    );
    assert_eq!(page.all(".history-table td.number"), ["1,000.00", "800.00"]);
    assert_eq!(quantity(&page, "BTC").unwrap(), "1.25");
    // What is held is one asset: its value is the whole.
    let value = page.all(".holdings tbody td[data-label=Value]");
    assert!(
        value[0].starts_with(&page.one(".total-figure")),
        "{value:?}"
    );
    assert!(page.one(".total").contains("EUR"), "{}", page.one(".total"));
}

async fn a_portfolio_deleted_while_its_connection_syncs_stays_deleted(kind: Kind) {
    let scene = Scene::new(kind, &[("BTC", "1")]).await;
    scene.record(0, &[("BTC", "100")]).await;
    let (app, browser) = (&scene.app, &scene.browser);
    let id = scene.portfolio().await;
    let page = browser.get(&format!("/portfolios/{id}/delete")).await;
    let seen = page.attributes("input[name=seen]", "value").remove(0);
    set(app, &KEY, Spot, "NEWCOIN", "1", "0");
    let assets = count(app, "assets").await;
    let syncing = begin_sync(app, browser, &scene.connection).await;
    let form = [("id", id.as_str()), ("fate", "drop"), ("seen", &seen)];
    let page = browser.post("/do/delete-portfolio", &form).await;
    assert_eq!(page.status, 303, "{}", page.text());
    assert_eq!(syncing.await.unwrap().status, 404);
    assert_eq!(counts(app).await, [0, 0, 0, assets, 0, 0]);
    assert_eq!(count(app, "holding_snapshots").await, 0);
    // Recording afterwards brings nothing of it back.
    scene.record(60, &[("BTC", "100")]).await;
    assert_eq!(count(app, "value_series").await, 1);
    let history = scene.told(None, Currency::Usd, 61).await;
    assert_eq!(shown(&history), ["100", "0"]);
}

async fn a_portfolio_deleted_during_a_sync_may_leave_its_connection_elsewhere(kind: Kind) {
    let scene = Scene::new(kind, &[("BTC", "1")]).await;
    let (app, browser) = (&scene.app, &scene.browser);
    let id = scene.portfolio().await;
    let other = create(browser, "Other").await;
    set(app, &KEY, Spot, "BTC", "2", "0");
    let syncing = begin_sync(app, browser, &scene.connection).await;
    let form = [("id", id.as_str()), ("fate", "keep"), ("into", &other)];
    let page = browser.post("/do/delete-portfolio", &form).await;
    assert_eq!(page.status, 303, "{}", page.text());
    assert_eq!(syncing.await.unwrap().status, 303);
    let page = browser.get(&format!("/portfolios/{other}")).await;
    assert_eq!(quantity(&page, "BTC").unwrap(), "2");
    assert_eq!(count(app, "portfolios").await, 1);
}
