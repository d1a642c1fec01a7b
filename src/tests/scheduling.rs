//! What is synced by itself: when, how fast, and what is left alone.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use coffer::domain::connection::{Connection, ConnectionStatus};
use coffer::domain::timestamp::Timestamp;
use coffer::sandbox::Wallet::Spot;
use coffer::sandbox::keys::{binance, okx};
use coffer::sandbox::{DemoKey, Effect, Fault};
use coffer::server::prepare_at;
use coffer::services::{Clock, Pace, Workers, connections, sync};

use crate::leases::{SPOT, execute, owner};
use crate::scene::{BOTH, connect, count, number, set, until};
use crate::support::{App, Kind, Setup, on_both_databases};

on_both_databases![
    a_connection_is_synced_again_after_the_interval,
    what_is_off_is_never_synced_by_itself,
    what_is_late_is_caught_up_with_one_by_one,
    a_connection_that_fails_is_tried_less_and_less_often,
    a_dead_key_is_left_alone_until_its_owner_asks,
    a_key_that_gained_rights_stops_syncing_says_so_and_keeps_its_data,
    an_exchange_that_wants_rest_gets_it_without_counting_as_a_failure,
    answers_for_another_account_are_refused,
];

const HOUR_MS: i64 = 3_600_000;

async fn connected(kind: Kind, keys: &[DemoKey]) -> (App, String) {
    let setup = Setup::new(kind).await.with("SYNC_INTERVAL", "1h");
    let setup = setup.at_pace(|pace| pace.idle = Duration::from_millis(20));
    let app = setup.start().await;
    let browser = app.signed_in("a@example.org").await;
    for (index, key) in keys.iter().enumerate() {
        connect(&browser, key, &[("label", &format!("No. {index}"))]).await;
    }
    let user = owner(&app).await;
    app.setup.sandbox.control().clear_records();
    (app, user)
}

async fn only(app: &App, user: &str) -> Connection {
    let mut list = connections::list(&app.state, user).await.unwrap();
    assert_eq!(list.len(), 1);
    list.remove(0)
}

/// How far ahead the next sync is.
fn wait_ms(app: &App, connection: &Connection) -> i64 {
    connection.due_at.unwrap().0 - app.state.clock.now().0
}

/// Has the only connection due now, and waits until that sync is over.
async fn sync_by_itself(app: &App) {
    let runs = count(app, "sync_runs").await;
    execute(app, "UPDATE connections SET due_at = 1").await;
    until("it was synced", async || {
        count(app, "sync_runs").await > runs
    })
    .await;
}

async fn a_connection_is_synced_again_after_the_interval(kind: Kind) {
    let (app, user) = connected(kind, &BOTH).await;
    for connection in connections::list(&app.state, &user).await.unwrap() {
        let wait = wait_ms(&app, &connection);
        assert!(
            (HOUR_MS * 8 / 10..=HOUR_MS * 11 / 10).contains(&wait),
            "{wait}"
        );
    }
    set(&app, &BOTH[0], Spot, "ADA", "7.5", "0");
    app.setup.clock.advance_minutes(53);
    tokio::time::sleep(Duration::from_millis(200)).await;
    assert_eq!(app.setup.sandbox.control().count("/"), 0);
    app.setup.clock.advance_minutes(14);
    until("both were synced", async || {
        count(&app, "sync_runs").await == 4
    })
    .await;
    assert_eq!(count(&app, "holdings").await, 25);
    let later = "SELECT CAST(COUNT(*) AS BIGINT) FROM connections WHERE due_at > ";
    let now = app.state.clock.now().plus_ms(HOUR_MS / 2).0;
    until("both are planned", async || {
        number(&app, &format!("{later}{now}")).await == 2
    })
    .await;
}

async fn what_is_off_is_never_synced_by_itself(kind: Kind) {
    let setup = Setup::new(kind).await;
    let setup = setup.at_pace(|pace| pace.idle = Duration::from_millis(10));
    let app = setup.start().await;
    let browser = app.signed_in("a@example.org").await;
    connect(&browser, &BOTH[0], &[]).await;
    let user = owner(&app).await;
    assert_eq!(only(&app, &user).await.due_at, None);
    execute(&app, "UPDATE connections SET due_at = 1").await;
    tokio::time::sleep(Duration::from_millis(200)).await;
    assert_eq!(count(&app, "sync_runs").await, 1);
    assert_eq!(only(&app, &user).await.due_at, None);
    let all = sync::start_all(&app.state, &user).await.unwrap();
    let wait = Duration::from_secs(20);
    let done = sync::wait_for_all(&app.state, &user, &all.batch_id, wait).await;
    assert_eq!(done.unwrap().successful(), 1);
    // Switched on, it is due.
    let mut pace = Pace::every(Some(Duration::from_secs(3_600)));
    pace.idle = Duration::from_millis(10);
    let clock = app.setup.clock.clock();
    let state = prepare_at(&app.setup.config(), clock, pace).await.unwrap();
    let on = Workers::start(state).await;
    until("it was synced", async || {
        count(&app, "sync_runs").await == 3
    })
    .await;
    drop(on);
}

async fn what_is_late_is_caught_up_with_one_by_one(kind: Kind) {
    let setup = Setup::new(kind).await;
    let app = setup.start().await;
    let browser = app.signed_in("a@example.org").await;
    let keys = [binance::READ_ONLY, binance::SECOND, binance::EMPTY];
    for (index, key) in keys.iter().enumerate() {
        connect(&browser, key, &[("label", &format!("No. {index}"))]).await;
    }
    execute(&app, "UPDATE connections SET due_at = 1").await;
    let runs = async || count(&app, "sync_runs").await - 3;
    // A process whose time stands still but for what the test adds.
    let now = Arc::new(AtomicI64::new(app.state.clock.now().0));
    let held = Arc::clone(&now);
    let clock = Clock::new(move || Timestamp(held.load(Ordering::SeqCst)));
    let mut pace = Pace::every(Some(Duration::from_secs(3_600)));
    pace.idle = Duration::from_millis(10);
    let state = prepare_at(&app.setup.config(), clock, pace).await.unwrap();
    let workers = Workers::start(state).await;
    for started in 1..=3 {
        until("one more was synced", async || runs().await == started).await;
        tokio::time::sleep(Duration::from_millis(100)).await;
        assert_eq!(runs().await, started);
        now.fetch_add(1_000, Ordering::SeqCst);
    }
    workers.stop(Duration::from_secs(1)).await;
}

async fn a_connection_that_fails_is_tried_less_and_less_often(kind: Kind) {
    let (app, user) = connected(kind, &[okx::READ_ONLY]).await;
    let control = app.setup.sandbox.control();
    control.inject(Fault::on(
        "/api/v5",
        Effect::answer(500, "text/plain", "no"),
    ));
    for hours in [1, 2, 4, 8, 16, 24, 24] {
        sync_by_itself(&app).await;
        let connection = only(&app, &user).await;
        assert_eq!(connection.status, ConnectionStatus::Paused);
        let wait = wait_ms(&app, &connection);
        let near = hours * HOUR_MS * 8 / 10..=hours * HOUR_MS * 11 / 10;
        assert!(near.contains(&wait), "{hours}: {wait}");
    }
    control.clear_faults();
    sync_by_itself(&app).await;
    let connection = only(&app, &user).await;
    assert_eq!(connection.status, ConnectionStatus::Ok);
    assert!(wait_ms(&app, &connection) < HOUR_MS * 11 / 10);
}

async fn a_dead_key_is_left_alone_until_its_owner_asks(kind: Kind) {
    let (app, user) = connected(kind, &BOTH[..1]).await;
    let control = app.setup.sandbox.control();
    control.revoke_key(BOTH[0].api_key).unwrap();
    sync_by_itself(&app).await;
    let connection = only(&app, &user).await;
    assert_eq!(connection.status, ConnectionStatus::NeedsAttention);
    assert_eq!(connection.due_at, None);
    control.clear_records();
    app.setup.clock.advance_minutes(60 * 48);
    tokio::time::sleep(Duration::from_millis(200)).await;
    assert_eq!(control.count("/"), 0);
    // Not even a restart has it tried again.
    drop(Workers::start(app.setup.state().await).await);
    assert_eq!(only(&app, &user).await.due_at, None);
    let asked = sync::sync_connection(&app.state, &user, &connection.id).await;
    assert!(!asked.unwrap().report.success());
    assert!(control.count("/") > 0);
}

async fn a_key_that_gained_rights_stops_syncing_says_so_and_keeps_its_data(kind: Kind) {
    let (app, user) = connected(kind, &BOTH[..1]).await;
    let control = app.setup.sandbox.control();
    let key = BOTH[0].api_key;
    let right = "enableWithdrawals";
    control.set_binance_right(key, right, true).unwrap();
    set(&app, &BOTH[0], Spot, "ADA", "7.5", "0");
    sync_by_itself(&app).await;
    let connection = only(&app, &user).await;
    assert_eq!(connection.status, ConnectionStatus::NeedsAttention);
    assert_eq!(connection.due_at, None);
    let failure = connection.last_failure.unwrap();
    assert_eq!(failure.code(), "excess_permissions");
    assert!(failure.next_step("Binance").starts_with("Make a new key"));
    // No wallet was asked, and everything that was known is there.
    assert_eq!(control.count(SPOT), 0);
    assert_eq!(count(&app, "holdings").await, 13);
    control.clear_records();
    app.setup.clock.advance_minutes(60 * 48);
    tokio::time::sleep(Duration::from_millis(200)).await;
    assert_eq!(control.count("/"), 0);
    // Without the right it goes on as soon as its owner asks for it.
    control.set_binance_right(key, right, false).unwrap();
    let synced = sync::sync_connection(&app.state, &user, &connection.id).await;
    assert_eq!(synced.unwrap().report.added, 1);
    assert!(only(&app, &user).await.due_at.is_some());
}

async fn an_exchange_that_wants_rest_gets_it_without_counting_as_a_failure(kind: Kind) {
    let (app, user) = connected(kind, &BOTH[..1]).await;
    let control = app.setup.sandbox.control();
    control.inject(Fault::on("/", Effect::binance_too_much(Some("7200"))));
    sync_by_itself(&app).await;
    let connection = only(&app, &user).await;
    assert_eq!(connection.status, ConnectionStatus::Paused);
    let wait = wait_ms(&app, &connection);
    assert!(
        (2 * HOUR_MS - 20_000..=2 * HOUR_MS + 30_000).contains(&wait),
        "{wait}"
    );
    let failures = "SELECT CAST(SUM(failures) AS BIGINT) FROM connections";
    assert_eq!(number(&app, failures).await, 0);
}

async fn answers_for_another_account_are_refused(kind: Kind) {
    let (app, user) = connected(kind, &BOTH[..1]).await;
    execute(&app, "UPDATE connections SET account_uid = '1'").await;
    set(&app, &BOTH[0], Spot, "ADA", "7.5", "0");
    sync_by_itself(&app).await;
    let connection = only(&app, &user).await;
    let failure = connection.last_failure.unwrap();
    assert_eq!(failure.code(), "bad_exchange_response");
    assert_eq!(count(&app, "holdings").await, 13);
}
