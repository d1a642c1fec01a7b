//! Portfolios arranged while their connections sync, or while others arrange them as well.

use std::time::Duration;

use coffer::domain::contents::Fate;
use coffer::domain::deed::Deed;
use coffer::error::Problem;
use coffer::sandbox::Wallet::Spot;
use coffer::sandbox::keys::binance;
use coffer::services::{State, portfolios, sync};

use crate::connecting::errors;
use crate::leases::{HELD, SPOT, owner};
use crate::portfolios::{create, id_of, listed};
use crate::scene::{BOTH, connect, count, counts, ids, number, set, until};
use crate::support::{App, Browser, Kind, on_both_databases};

/// What the first reading of an account asks for.
const ACCOUNT: &str = "/api/v3/account";

on_both_databases![
    a_sync_of_a_connection_that_went_with_its_portfolio_writes_nothing,
    a_sync_goes_on_while_its_portfolio_is_merged,
    a_connect_into_a_portfolio_that_goes_meanwhile_stores_nothing,
    nothing_is_lost_when_many_merge_and_move_at_once,
    a_drop_and_a_connect_at_the_same_moment_lose_nothing_unseen,
];

/// Somebody with an account of Binance in a portfolio of that name, and their id.
async fn connected(app: &App) -> (Browser, String, String) {
    let browser = app.signed_in("a@example.org").await;
    let id = connect(&browser, &BOTH[0], &[]).await;
    app.setup.sandbox.control().clear_records();
    (browser, owner(app).await, id)
}

/// Begins a sync that waits for the exchange.
async fn begin_sync(
    app: &App,
    user: &str,
    id: &str,
) -> tokio::task::JoinHandle<Result<sync::Synced, Problem>> {
    let control = app.setup.sandbox.control();
    control.delay(SPOT, Duration::from_secs(2));
    let (state, user, id) = (app.state.clone(), user.to_owned(), id.to_owned());
    let sync = tokio::spawn(async move { sync::sync_connection(&state, &user, &id).await });
    until("it is asked", async || control.count(SPOT) == 1).await;
    sync
}

async fn drop_all(state: &State, user: &str, id: &str) -> Result<Deed, Problem> {
    let seen = portfolios::contents(state, user, id).await?.mark;
    portfolios::delete(state, user, id, Fate::Drop { seen }).await
}

async fn a_sync_of_a_connection_that_went_with_its_portfolio_writes_nothing(kind: Kind) {
    let app = App::start(kind).await;
    let (browser, user, id) = connected(&app).await;
    let elsewhere = app.setup.state().await;
    let portfolio = id_of(&browser.get("/portfolios").await, "Binance");
    set(&app, &BOTH[0], Spot, "LATE", "1", "0");
    let sync = begin_sync(&app, &user, &id).await;
    // By another process than the one that syncs.
    drop_all(&elsewhere, &user, &portfolio).await.unwrap();
    assert_eq!(sync.await.unwrap().unwrap_err(), Problem::NotFound);
    let left = counts(&app).await;
    assert_eq!([left[0], left[1], left[2], left[4], left[5]], [0; 5]);
    let coins = "SELECT CAST(COUNT(*) AS BIGINT) FROM assets WHERE code = 'LATE'";
    assert_eq!(number(&app, coins).await, 0);
    assert_eq!(count(&app, "recordings").await, 0);
    assert_eq!(number(&app, HELD).await, 0);
}

async fn a_sync_goes_on_while_its_portfolio_is_merged(kind: Kind) {
    let app = App::start(kind).await;
    let (browser, user, id) = connected(&app).await;
    let elsewhere = app.setup.state().await;
    let other = create(&browser, "Other").await;
    let portfolio = id_of(&browser.get("/portfolios").await, "Binance");
    set(&app, &BOTH[0], Spot, "LATE", "1", "0");
    let sync = begin_sync(&app, &user, &id).await;
    portfolios::merge(&elsewhere, &user, &portfolio, &other)
        .await
        .unwrap();
    let report = sync.await.unwrap().unwrap().report;
    assert_eq!((report.success(), report.added), (true, 1));
    let contents = portfolios::contents(&app.state, &user, &other)
        .await
        .unwrap();
    assert_eq!((contents.connections.len(), contents.others.len()), (1, 0));
    assert_eq!(contents.connections[0].holdings, 14);
    assert_eq!(number(&app, HELD).await, 0);
}

async fn a_connect_into_a_portfolio_that_goes_meanwhile_stores_nothing(kind: Kind) {
    let app = App::start(kind).await;
    let browser = app.signed_in("a@example.org").await;
    let (user, id) = (owner(&app).await, create(&browser, "Short-lived").await);
    create(&browser, "Other").await;
    let control = app.setup.sandbox.control();
    control.delay(ACCOUNT, Duration::from_secs(2));
    let connecting = {
        let (browser, id) = (browser.clone(), id.clone());
        tokio::spawn(async move { browser.connect(&BOTH[0], &[("portfolio", &id)]).await })
    };
    until("it is asked", async || control.count(ACCOUNT) == 1).await;
    let fate = Fate::Unsaid;
    portfolios::delete(&app.state, &user, &id, fate)
        .await
        .unwrap();
    let page = connecting.await.unwrap();
    assert_eq!(page.status, 422);
    let told = (
        "portfolio".to_owned(),
        "Pick a portfolio of the list.".to_owned(),
    );
    assert_eq!(errors(&page), [told]);
    assert_eq!(counts(&app).await, [1, 0, 0, 0, 0, 0]);
}

async fn nothing_is_lost_when_many_merge_and_move_at_once(kind: Kind) {
    let app = App::start(kind).await;
    let (browser, user, first) = connected(&app).await;
    connect(&browser, &BOTH[1], &[]).await;
    let second = connect(&browser, &binance::SECOND, &[]).await;
    let mut all = vec![create(&browser, "One").await, create(&browser, "Two").await];
    let page = browser.get("/portfolios").await;
    all.extend([id_of(&page, "Binance"), id_of(&page, "OKX")]);
    let before = counts(&app).await;
    let states = [app.state.clone(), app.setup.state().await];
    let mut tasks = Vec::new();
    for turn in 0..24 {
        let (state, user) = (states[turn % 2].clone(), user.clone());
        let connection = [first.clone(), second.clone()][turn % 2].clone();
        let (from, into) = (
            all[turn % 4].clone(),
            all[(turn / 4 + turn + 1) % 4].clone(),
        );
        tasks.push(tokio::spawn(async move {
            match turn % 3 {
                0 => portfolios::merge(&state, &user, &from, &into).await,
                1 => portfolios::move_connection(&state, &user, &connection, &into).await,
                _ => {
                    let fate = Fate::Keep { into };
                    portfolios::delete(&state, &user, &from, fate).await
                }
            }
        }));
    }
    for task in tasks {
        let outcome = task.await.unwrap();
        let fine = matches!(
            outcome,
            Ok(_) | Err(Problem::NotFound | Problem::Invalid(_))
        );
        assert!(fine, "{outcome:?}");
    }
    let after = counts(&app).await;
    assert_eq!(before[1..], after[1..]);
    assert!((1..before[0]).contains(&after[0]), "{}", after[0]);
    let homeless = "SELECT CAST(COUNT(*) AS BIGINT) FROM connections \
                    WHERE portfolio_id NOT IN (SELECT id FROM portfolios)";
    assert_eq!(number(&app, homeless).await, 0);
    assert_eq!(ids(&browser.get("/connections").await).len(), 3);
}

async fn a_drop_and_a_connect_at_the_same_moment_lose_nothing_unseen(kind: Kind) {
    let app = App::start(kind).await;
    let (browser, user, _) = connected(&app).await;
    let portfolio = id_of(&browser.get("/portfolios").await, "Binance");
    let picked = [("portfolio", portfolio.as_str())];
    let connecting = browser.connect(&BOTH[1], &picked);
    let dropping = drop_all(&app.state, &user, &portfolio);
    let (page, dropped) = tokio::join!(connecting, dropping);
    let left = listed(&browser).await;
    // Either the connection came first, unseen, and nothing was dropped; or it came first and was
    // seen, or the drop came first, and nothing is left.
    let unseen = matches!((page.status, &dropped), (200, Err(Problem::Invalid(_))));
    let gone = matches!((page.status, &dropped), (200 | 422, Ok(_)));
    assert!(unseen || gone, "{} {dropped:?}", page.status);
    let inside = left.first().map(|(_, inside)| inside.as_str());
    assert_eq!(inside, unseen.then_some("2 connections"));
}
