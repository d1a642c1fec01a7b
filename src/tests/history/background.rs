//! Recording in the background: coalesced after syncs, and one point a day whoever makes it.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use coffer::domain::currency::Currency;
use coffer::domain::history::Source;
use coffer::domain::history::day::DAY_MS;
use coffer::sandbox::keys::binance::READ_ONLY;
use coffer::sandbox::{Effect, Fault};
use coffer::services::State;
use coffer::services::history::{record, run};
use tokio::sync::watch;

use super::scene::{Scene, market, shown};
use crate::scene::{connect, count, sync, until};
use crate::support::{Kind, Setup, on_both_databases};

on_both_databases![
    a_program_that_serves_records_by_itself_at_the_exchanges_prices,
    a_sync_is_recorded_without_anybody_waiting_for_it,
    two_processes_make_one_daily_point,
    two_processes_that_record_at_once_lose_nothing,
    without_prices_nothing_is_recorded_and_a_sync_ends_all_the_same,
];

async fn a_program_that_serves_records_by_itself_at_the_exchanges_prices(kind: Kind) {
    let setup = Setup::new(kind).await.at_pace(|pace| pace.records = true);
    // Days before the connection would make a line of it at once.
    let none = Effect::answer(404, "text/html", "");
    let control = setup.sandbox.control();
    control.inject(Fault::on("/sapi/v1/accountSnapshot", none));
    let app = setup.start().await;
    let browser = app.signed_in("a@example.org").await;
    connect(&browser, &READ_ONLY, &[]).await;
    until("a point of the portfolio and of all", async || {
        count(&app, "value_points").await == 2
    })
    .await;
    let page = browser.get("/").await;
    let total = page.one(".total-figure");
    assert!(
        page.text()
            .contains(&format!("History begins with {total} USD on")),
        "{}",
        page.text()
    );
}

async fn a_sync_is_recorded_without_anybody_waiting_for_it(kind: Kind) {
    let scene = Scene::new(kind, &[("BTC", "2")]).await;
    let (stop, stopped) = watch::channel(false);
    let prices = |state: State| {
        let now = state.clock.now();
        std::future::ready(Some(market(now, &[("BTC", "100")])))
    };
    let recorder = tokio::spawn(run(scene.app.state.clone(), prices, stopped));
    until("a point", async || {
        count(&scene.app, "value_points").await == 2
    })
    .await;
    scene.app.setup.clock.advance_minutes(1);
    sync(&scene.browser, &scene.connection).await;
    until("another", async || {
        count(&scene.app, "value_points").await == 4
    })
    .await;
    stop.send_replace(true);
    recorder.await.unwrap();
}

async fn two_processes_make_one_daily_point(kind: Kind) {
    let scene = Scene::new(kind, &[("BTC", "2")]).await;
    scene.record(0, &[("BTC", "100")]).await;
    let tomorrow = scene.at(0).plus_ms(DAY_MS);
    let prices = market(tomorrow, &[("BTC", "110")]);
    let other = scene.app.setup.state().await;
    let user = &scene.user.id;
    let (one, two) = tokio::join!(
        record(&scene.app.state, user, &prices, Source::Daily, tomorrow),
        record(&other, user, &prices, Source::Daily, tomorrow.plus_ms(1)),
    );
    assert_eq!(one.unwrap().points + two.unwrap().points, 2);
    let again = record(&other, user, &prices, Source::Daily, tomorrow.plus_ms(2)).await;
    assert_eq!(again.unwrap().points, 0);
}

async fn two_processes_that_record_at_once_lose_nothing(kind: Kind) {
    let scene = Scene::new(kind, &[("BTC", "2")]).await;
    scene.record(0, &[("BTC", "100")]).await;
    let other = scene.app.setup.state().await;
    let (first, second) = (scene.at(10), scene.at(10).plus_ms(1));
    let (prices, user) = (market(first, &[("BTC", "110")]), &scene.user.id);
    let (one, two) = tokio::join!(
        record(&scene.app.state, user, &prices, Source::Sync, first),
        record(&other, user, &prices, Source::Sync, second),
    );
    let made = one.unwrap().points + two.unwrap().points;
    // The later one may have been first: then the other is of the past.
    assert!(made == 2 || made == 4, "{made}");
    let history = scene.told(None, Currency::Usd, 11).await;
    assert_eq!(shown(&history).last(), Some(&"220"));
    assert_eq!(history.movement.unwrap().prices.as_str(), "20");
}

async fn without_prices_nothing_is_recorded_and_a_sync_ends_all_the_same(kind: Kind) {
    let scene = Scene::new(kind, &[("BTC", "2")]).await;
    let (stop, stopped) = watch::channel(false);
    let looks = Arc::new(AtomicUsize::new(0));
    let seen = looks.clone();
    let prices = move |_: State| {
        seen.fetch_add(1, Ordering::SeqCst);
        std::future::ready(None)
    };
    let recorder = tokio::spawn(run(scene.app.state.clone(), prices, stopped));
    until("a look", async || looks.load(Ordering::SeqCst) > 0).await;
    assert_eq!(sync(&scene.browser, &scene.connection).await.status, 200);
    stop.send_replace(true);
    recorder.await.unwrap();
    assert_eq!(count(&scene.app, "value_series").await, 0);
}
