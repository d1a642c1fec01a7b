//! Leases: a click, the scheduler and other processes never sync a connection twice at once, and
//! nobody's end leaves one behind.

use std::time::Duration;

use coffer::domain::exchange::ExchangeId;
use coffer::domain::report::Failure;
use coffer::error::Problem;
use coffer::sandbox::Wallet::Spot;
use coffer::services::sync::{self, By, Lease};
use coffer::services::{State, Workers};
use coffer::storage::leases::Due;
use coffer::storage::{StorageError, leases};
use sqlx::AssertSqlSafe;

use crate::scene::{BOTH, connect, count, number, set, until};
use crate::support::{App, Kind, Setup, on_both_databases};

on_both_databases![
    a_click_elsewhere_is_told_that_a_sync_is_under_way,
    a_request_that_is_given_up_lets_its_sync_end,
    whoever_lost_a_lease_writes_nothing,
    the_lease_of_a_killed_process_lapses,
    a_lease_that_is_let_go_is_given_back,
    a_sync_that_breaks_down_ends_and_is_told,
    a_stop_gives_back_what_it_breaks_off,
    a_sync_that_takes_too_long_ends,
    what_always_breaks_off_is_given_up_after_three_times,
];

pub const SPOT: &str = "/sapi/v3/asset/getUserAsset";
pub const HELD: &str =
    "SELECT CAST(COUNT(*) AS BIGINT) FROM connections WHERE lease_holder IS NOT NULL";

/// An app, its only person and a connection of theirs.
async fn connected(setup: Setup) -> (App, String, String) {
    let app = setup.start().await;
    let browser = app.signed_in("a@example.org").await;
    let id = connect(&browser, &BOTH[0], &[]).await;
    let user = owner(&app).await;
    app.setup.sandbox.control().clear_records();
    (app, user, id)
}

/// The id of the only person.
pub async fn owner(app: &App) -> String {
    let users = coffer::services::accounts::list(&app.state).await.unwrap();
    users[0].id.clone()
}

pub async fn execute(app: &App, sql: &str) {
    let sql = AssertSqlSafe(sql.to_owned());
    let work = app.state.db.write::<_, StorageError, _>(|db| {
        Box::pin(async move { Ok(sqlx::query(sql).execute(db).await.map(|_| ())?) })
    });
    work.await.unwrap();
}

/// Asks for everything and claims what is of Binance, as a process does that then dies. Both at once, or
/// another process might come first.
async fn claim_as_the_dead(app: &App, lease_ms: i64) {
    let now = app.setup.clock.clock().now();
    let claimed = app.state.db.write::<_, StorageError, _>(move |db| {
        Box::pin(async move {
            let asked = "UPDATE connections SET requested_at = 1";
            sqlx::query(asked).execute(&mut *db).await?;
            let exchange = ExchangeId::new("binance");
            let wanted = leases::Wanted {
                exchange: &exchange,
                kind: Due::Requested,
                limit: 9,
            };
            let term = leases::Term {
                holder: "dead",
                now,
                until: now.plus_ms(lease_ms),
            };
            leases::claim_due(db, &wanted, term).await
        })
    });
    assert_eq!(claimed.await.unwrap().len(), 1);
}

async fn a_click_elsewhere_is_told_that_a_sync_is_under_way(kind: Kind) {
    let (app, user, id) = connected(Setup::new(kind).await).await;
    let elsewhere = app.setup.state().await;
    let control = app.setup.sandbox.control();
    control.delay(SPOT, Duration::from_secs(2));
    let first = {
        let (state, user, id) = (app.state.clone(), user.clone(), id.clone());
        tokio::spawn(async move { sync::sync_connection(&state, &user, &id).await })
    };
    until("it is asked", async || control.count(SPOT) == 1).await;
    let second = sync::sync_connection(&elsewhere, &user, &id).await;
    assert_eq!(second.unwrap_err(), Problem::SyncUnderWay);
    assert!(first.await.unwrap().unwrap().report.success());
    assert_eq!(control.count(SPOT), 1);
    control.clear_delays();
    let third = sync::sync_connection(&elsewhere, &user, &id).await;
    assert!(third.unwrap().report.success());
}

async fn a_request_that_is_given_up_lets_its_sync_end(kind: Kind) {
    let (app, user, id) = connected(Setup::new(kind).await).await;
    let control = app.setup.sandbox.control();
    control.delay(SPOT, Duration::from_millis(500));
    let given_up = sync::sync_connection(&app.state, &user, &id);
    let asked = until("it is asked", async || control.count(SPOT) == 1);
    let gave_up = tokio::select! {
        _ = given_up => false,
        () = asked => true,
    };
    assert!(gave_up);
    until("the lease is back", async || number(&app, HELD).await == 0).await;
    assert_eq!(count(&app, "sync_runs").await, 2);
    // Given up before it has begun, it may run or not, but leaves nothing.
    for _ in 0..20 {
        let at_once = std::future::ready(());
        tokio::select! {
            biased;
            _ = sync::sync_connection(&app.state, &user, &id) => (),
            () = at_once => (),
        }
    }
    until("the lease is back", async || number(&app, HELD).await == 0).await;
}

async fn whoever_lost_a_lease_writes_nothing(kind: Kind) {
    let (app, user, id) = connected(Setup::new(kind).await).await;
    let elsewhere = app.setup.state().await;
    let control = app.setup.sandbox.control();
    set(&app, &BOTH[0], Spot, "LATE", "1", "0");
    control.delay(SPOT, Duration::from_secs(1));
    let late = {
        let (state, user, id) = (app.state.clone(), user.clone(), id.clone());
        tokio::spawn(async move { sync::sync_connection(&state, &user, &id).await })
    };
    until("it is asked", async || control.count(SPOT) == 1).await;
    // As if the process had been held up for longer than its lease.
    execute(&app, "UPDATE connections SET lease_until = 0").await;
    let lease = Lease::take(&elsewhere, &user, &id).await.unwrap();
    assert_eq!(late.await.unwrap().unwrap_err(), Problem::SyncUnderWay);
    let coins = "SELECT CAST(COUNT(*) AS BIGINT) FROM assets WHERE code = 'LATE'";
    assert_eq!(number(&app, coins).await, 0);
    assert_eq!(count(&app, "sync_runs").await, 1);
    // The lease of whoever took over is untouched.
    assert_eq!(number(&app, HELD).await, 1);
    control.clear_delays();
    let taken_over = sync::run(&elsewhere, lease, By::Person).await;
    assert_eq!(taken_over.unwrap().report.added, 1);
    assert_eq!(number(&app, HELD).await, 0);
}

async fn the_lease_of_a_killed_process_lapses(kind: Kind) {
    let setup = Setup::new(kind)
        .await
        .at_pace(|pace| pace.idle = Duration::from_millis(20));
    let (app, user, _) = connected(setup).await;
    let control = app.setup.sandbox.control();
    claim_as_the_dead(&app, 120_000).await;
    let batch = sync::start_all(&app.state, &user).await.unwrap();
    let wait = Duration::from_millis(300);
    let waited = sync::wait_for_all(&app.state, &user, &batch.batch_id, wait).await;
    assert!(!waited.unwrap().is_done());
    assert_eq!(control.count("/"), 0);
    app.setup.clock.advance_minutes(3);
    let wait = Duration::from_secs(20);
    let done = sync::wait_for_all(&app.state, &user, &batch.batch_id, wait).await;
    assert_eq!(done.unwrap().successful(), 1);
    assert_eq!(control.count(SPOT), 1);
}

async fn a_lease_that_is_let_go_is_given_back(kind: Kind) {
    let (app, user, id) = connected(Setup::new(kind).await).await;
    let lease = Lease::take(&app.state, &user, &id).await.unwrap();
    let refused = Lease::take(&app.state, &user, &id).await;
    assert_eq!(refused.unwrap_err(), Problem::SyncUnderWay);
    let strange = Lease::take(&app.state, "nobody", &id).await;
    assert_eq!(strange.unwrap_err(), Problem::NotFound);
    drop(lease);
    until("the lease is back", async || number(&app, HELD).await == 0).await;
    // The same when the work it was taken for breaks down.
    let state: State = app.state.clone();
    let broken = tokio::spawn(async move {
        let _lease = Lease::take(&state, &user, &id).await.unwrap();
        std::panic::resume_unwind(Box::new("on purpose"))
    });
    let outcome: Result<(), _> = broken.await;
    assert!(outcome.unwrap_err().is_panic());
    until("the lease is back", async || number(&app, HELD).await == 0).await;
}

async fn a_sync_that_breaks_down_ends_and_is_told(kind: Kind) {
    let (app, user, id) = connected(Setup::new(kind).await).await;
    execute(&app, "UPDATE wallets SET outcome = 'nonsense'").await;
    let batch = sync::start_all(&app.state, &user).await.unwrap();
    let wait = Duration::from_secs(20);
    let done = sync::wait_for_all(&app.state, &user, &batch.batch_id, wait)
        .await
        .unwrap();
    assert_eq!((done.total(), done.failed()), (1, 1));
    let reports = sync::reports_of(&app.state, &user, &batch.batch_id).await;
    let report = reports.unwrap().remove(0);
    assert_eq!(report.failure, Some(Failure::Interrupted));
    assert_eq!(
        (report.label.as_str(), report.exchange.as_str()),
        ("Binance", "Binance")
    );
    assert_eq!(number(&app, HELD).await, 0);
    assert_eq!(count(&app, "holdings").await, 13);
    let click = sync::sync_connection(&app.state, &user, &id).await;
    assert_eq!(click.unwrap_err(), Problem::Internal);
    // It works again as soon as what broke it is mended.
    execute(&app, "UPDATE wallets SET outcome = 'read'").await;
    let click = sync::sync_connection(&app.state, &user, &id).await;
    assert!(click.unwrap().report.success());
}

async fn a_stop_gives_back_what_it_breaks_off(kind: Kind) {
    let (app, user, id) = connected(Setup::new(kind).await).await;
    let control = app.setup.sandbox.control();
    let stopping = app.setup.state().await;
    let workers = Workers::start(stopping.clone()).await;
    control.delay(SPOT, Duration::from_secs(30));
    let click = {
        let (state, user, id) = (stopping.clone(), user.clone(), id.clone());
        tokio::spawn(async move { sync::sync_connection(&state, &user, &id).await })
    };
    until("it is asked", async || control.count(SPOT) == 1).await;
    workers.stop(Duration::ZERO).await;
    assert_eq!(click.await.unwrap().unwrap_err(), Problem::Unavailable);
    assert_eq!(number(&app, HELD).await, 0);
    assert_eq!(count(&app, "sync_runs").await, 1);
    // Nothing begins any more where it was stopped, and another may.
    let refused = sync::sync_connection(&stopping, &user, &id).await;
    assert_eq!(refused.unwrap_err(), Problem::Unavailable);
    control.clear_delays();
    let elsewhere = sync::sync_connection(&app.state, &user, &id).await;
    assert!(elsewhere.unwrap().report.success());
}

async fn a_sync_that_takes_too_long_ends(kind: Kind) {
    let setup = Setup::new(kind).await;
    let setup = setup.at_pace(|pace| pace.deadline = Duration::from_millis(300));
    let (app, user, id) = connected(setup).await;
    let control = app.setup.sandbox.control();
    control.delay(SPOT, Duration::from_secs(9));
    let synced = sync::sync_connection(&app.state, &user, &id).await.unwrap();
    assert_eq!(
        synced.report.failure.unwrap().code(),
        "exchange_unavailable"
    );
    assert_eq!(number(&app, HELD).await, 0);
    assert_eq!(count(&app, "holdings").await, 13);
}

async fn what_always_breaks_off_is_given_up_after_three_times(kind: Kind) {
    let setup = Setup::new(kind)
        .await
        .at_pace(|pace| pace.idle = Duration::from_millis(20));
    let (app, user, _) = connected(setup).await;
    let batch = {
        // Begun and killed three times, before anybody else could have a look.
        let batch = sync::start_all(&app.state, &user).await.unwrap();
        let wait = Duration::from_secs(20);
        sync::wait_for_all(&app.state, &user, &batch.batch_id, wait)
            .await
            .unwrap();
        execute(&app, "UPDATE sync_batch_items SET run_id = NULL").await;
        app.setup.sandbox.control().clear_records();
        execute(
            &app,
            "UPDATE connections SET requested_at = 1, attempts = 3",
        )
        .await;
        batch
    };
    let wait = Duration::from_secs(20);
    let done = sync::wait_for_all(&app.state, &user, &batch.batch_id, wait).await;
    assert_eq!(done.unwrap().failed(), 1);
    assert_eq!(app.setup.sandbox.control().count("/"), 0);
    // A new request is a new chance.
    let batch = sync::start_all(&app.state, &user).await.unwrap();
    let done = sync::wait_for_all(&app.state, &user, &batch.batch_id, wait).await;
    assert_eq!(done.unwrap().successful(), 1);
}
