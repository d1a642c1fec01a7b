//! What nobody means to send: sums beyond any number, prices that vanish.

use coffer::domain::amount::Amount;
use coffer::domain::currency::Currency;
use coffer::sandbox::Exchange;
use coffer::sandbox::Wallet::{Funding, Spot};
use coffer::services::history::record;

use crate::history::scene::{KEY, Scene, amount, drawn, market, shown};
use crate::scene::{connect, number, quantity, set, sync};
use crate::support::{App, Kind, on_both_databases};

on_both_databases![
    sums_longer_than_any_number_are_exact,
    a_price_that_vanishes_is_told_and_is_no_loss,
];

async fn sums_longer_than_any_number_are_exact(kind: Kind) {
    let most = "9".repeat(100);
    let app = App::start(kind).await;
    set(&app, &KEY, Spot, "HUGE", &most, "0");
    set(&app, &KEY, Funding, "HUGE", &most, "0");
    app.setup
        .sandbox
        .control()
        .set_price(Exchange::Binance, ["HUGE", "USDT"], "99999999.5");
    let browser = app.signed_in("a@example.org").await;
    let id = connect(&browser, &KEY, &[]).await;
    let page = browser.get("/").await;
    // Twice 10^100 − 1.
    let sum = format!("1{}8", "9".repeat(99));
    assert_eq!(quantity(&page, "HUGE").unwrap().replace(',', ""), sum);
    let worth = page.one(".total-figure").replace(',', "");
    assert!(worth.split('.').next().unwrap().len() > 105, "{worth}");
    // It is told, and syncs and history go on with it.
    assert_eq!(browser.get(&format!("/connections/{id}")).await.status, 200);
    let page = sync(&browser, &id).await;
    assert!(
        page.one("[role=status]").contains("0 updated"),
        "{}",
        page.text()
    );
    let user = crate::leases::owner(&app).await;
    let now = app.state.clock.now();
    for (minute, price) in [(0, "99999999.5"), (1, "99999999.75")] {
        let at = now.plus_ms(minute * 60_000);
        let market = market(at, &[("HUGE", price), ("BTC", "100")]);
        let source = coffer::domain::history::Source::Sync;
        let recorded = record(&app.state, &user, &market, source, at)
            .await
            .unwrap();
        assert_eq!(recorded.points, 2);
    }
    app.setup.clock.advance_minutes(1);
    let page = browser.get("/?range=24h").await;
    let values = page.all(".history-table tbody td.number");
    let whole = |text: &str| text.replace(',', "").split('.').next().unwrap().to_owned();
    let newest = Amount::parse_own(&sum)
        .unwrap()
        .times(&amount("99999999.75"));
    assert_eq!(values.len(), 2);
    assert_eq!(whole(&values[0]), whole(newest.as_str()));
    assert_eq!(page.all(".chart svg[role=img]").len(), 1);
}

async fn a_price_that_vanishes_is_told_and_is_no_loss(kind: Kind) {
    let scene = Scene::new(kind, &[("BTC", "1"), ("RARE", "4")]).await;
    scene.record(0, &[("BTC", "100"), ("RARE", "20")]).await;
    scene.record(60, &[("BTC", "100")]).await;
    let history = scene.told(None, Currency::Usd, 61).await;
    assert_eq!(shown(&history), ["180", "100"]);
    let remark = history.points[1].remark(&history.tellers);
    assert_eq!(remark, "partial, 1 asset without a price");
    let movement = history.movement.clone().unwrap();
    let nothing = amount("0");
    assert_eq!((&movement.prices, &movement.balances), (&nothing, &nothing));
    assert_eq!(movement.coverage, amount("-80"));
    let body = drawn(history);
    assert!(
        body.contains("by assets that gained or lost their price"),
        "{body}"
    );
    // Nobody is told that their value fell.
    let told = "SELECT CAST(COUNT(*) AS BIGINT) FROM notices";
    assert_eq!(number(&scene.app, told).await, 0);
    let page = scene.browser.get("/").await;
    assert!(page.one(".total-beside").contains("without a price"));
    // It is still gone, and the value still not whole.
    scene.record(110, &[("BTC", "101")]).await;
    let history = scene.told(None, Currency::Usd, 111).await;
    assert!(history.points[2].partial);
    // It is back.
    scene.record(120, &[("BTC", "100"), ("RARE", "20")]).await;
    let history = scene.told(None, Currency::Usd, 121).await;
    assert_eq!(shown(&history), ["180", "100", "101"]);
    assert_eq!(history.held_back.unwrap().value, Some(amount("180")));
    // A price that comes back alone is one to be borne out.
    scene.record(130, &[("BTC", "100"), ("RARE", "20")]).await;
    let history = scene.told(None, Currency::Usd, 131).await;
    assert_eq!(shown(&history), ["180", "100", "101", "180", "180"]);
    let partial: Vec<_> = history.points.iter().map(|point| point.partial).collect();
    assert_eq!(partial, [false, true, true, false, false]);
    assert_eq!(history.movement.unwrap().coverage, nothing);
    assert_eq!(number(&scene.app, told).await, 0);
}
