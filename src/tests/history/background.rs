//! Recording in the background: coalesced after syncs, and one point a day whoever makes it.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use coffer::domain::currency::Currency;
use coffer::domain::history::Source;
use coffer::domain::history::day::{DAY_MS, MINUTE_MS, start_of_day};
use coffer::sandbox::keys::binance::READ_ONLY;
use coffer::sandbox::{Effect, Fault};
use coffer::services::State;
use coffer::services::history::{record, run};
use coffer::storage::value_series;
use tokio::sync::watch;

use super::scene::{Scene, market, shown};
use crate::leases::execute;
use crate::scene::{connect, count, number, sync, until};
use crate::support::{Kind, Setup, on_both_databases};

on_both_databases![
    a_program_that_serves_records_by_itself_at_the_exchanges_prices,
    a_sync_is_recorded_without_anybody_waiting_for_it,
    two_processes_make_one_daily_point,
    two_processes_that_record_at_once_lose_nothing,
    without_prices_nothing_is_recorded_and_a_sync_ends_all_the_same,
    what_could_not_be_recorded_after_a_sync_is_tried_again,
    a_day_without_a_point_gets_one_once_prices_are_back,
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

async fn what_could_not_be_recorded_after_a_sync_is_tried_again(kind: Kind) {
    for broken in [None, Some("value_points")] {
        let scene = Scene::new(kind, &[("BTC", "2")]).await;
        if let Some(table) = broken {
            let away = format!("ALTER TABLE {table} RENAME TO away");
            execute(&scene.app, &away).await;
        }
        let (looks, over) = (
            Arc::new(AtomicUsize::new(0)),
            Arc::new(AtomicBool::new(false)),
        );
        let (seen, is_over) = (looks.clone(), over.clone());
        // No prices, or prices that nothing can be recorded at; and none at the look of the day.
        let prices = move |state: State| {
            let is_first = seen.fetch_add(1, Ordering::SeqCst) == 0;
            let there = is_over.load(Ordering::SeqCst) || (is_first && broken.is_some());
            let market = market(state.clock.now(), &[("BTC", "100")]);
            std::future::ready(there.then_some(market))
        };
        let (stop, stopped) = watch::channel(false);
        let recorder = tokio::spawn(run(scene.app.state.clone(), prices, stopped));
        until("both looks", async || looks.load(Ordering::SeqCst) == 2).await;
        if let Some(table) = broken {
            let back = format!("ALTER TABLE away RENAME TO {table}");
            execute(&scene.app, &back).await;
        }
        over.store(true, Ordering::SeqCst);
        // Somebody else's sync wakes the recorder, some minutes later.
        scene.app.setup.clock.advance_minutes(6);
        let other = scene.app.signed_in("b@example.org").await;
        connect(&other, &READ_ONLY, &[]).await;
        let own = format!(
            "SELECT CAST(COUNT(*) AS BIGINT) FROM value_points WHERE series_id = '{}'",
            scene.user.id
        );
        until("a point", async || number(&scene.app, &own).await == 1).await;
        stop.send_replace(true);
        recorder.await.unwrap();
    }
}

async fn a_day_without_a_point_gets_one_once_prices_are_back(kind: Kind) {
    let scene = Scene::new(kind, &[("BTC", "2")]).await;
    let (state, user) = (&scene.app.state, &scene.user.id);
    scene.record(0, &[("BTC", "100")]).await;
    let tomorrow = start_of_day(scene.at(0)).plus_ms(DAY_MS);
    let daily = async |minute: i64, prices: &[(&str, &str)]| {
        let at = tomorrow.plus_ms(minute * MINUTE_MS);
        record(state, user, &market(at, prices), Source::Daily, at).await
    };
    let due = async |minute: i64| {
        let lately = tomorrow.plus_ms((minute - 15) * MINUTE_MS);
        let mut db = state.db.reader().await.unwrap();
        let due = value_series::list_people_due(&mut db, tomorrow, lately, 9).await;
        due.unwrap().contains(user)
    };
    // The first look of the day fails, and whom it was for stays due.
    execute(&scene.app, "ALTER TABLE holdings RENAME TO away").await;
    assert!(due(1).await);
    assert!(daily(1, &[("BTC", "100")]).await.is_err());
    assert!(due(2).await);
    execute(&scene.app, "ALTER TABLE away RENAME TO holdings").await;
    // Nothing has a price: no point, and another look after a while.
    assert_eq!(daily(2, &[("ETH", "1")]).await.unwrap().points, 0);
    assert!(!due(3).await);
    assert!(due(18).await);
    // What jumped is held back, and is no point either.
    assert_eq!(daily(18, &[("BTC", "300")]).await.unwrap().points, 0);
    assert!(due(34).await);
    assert_eq!(daily(34, &[("BTC", "110")]).await.unwrap().points, 2);
    assert!(!due(999).await);
    assert_eq!(daily(50, &[("BTC", "111")]).await.unwrap().points, 0);
}
