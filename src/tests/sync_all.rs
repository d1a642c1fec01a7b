//! Syncing everything: asked for once, shared by processes, told by any of them.

use std::time::Duration;

use coffer::domain::progress::{ItemState, SyncProgress};
use coffer::error::Problem;
use coffer::sandbox::DemoKey;
use coffer::sandbox::keys::{binance, okx};
use coffer::services::{State, Workers, sync};

use crate::leases::{SPOT, owner};
use crate::scene::{BOTH, connect, count, number, until};
use crate::support::{App, Kind, Setup, on_both_databases};

on_both_databases![
    totals_tell_how_many_were_read_and_how_many_were_not,
    a_batch_that_is_under_way_is_the_answer_to_another_request,
    a_slow_exchange_does_not_hold_up_the_other,
    a_sync_that_was_under_way_counts_when_it_ends,
    a_connection_deleted_meanwhile_is_not_waited_for,
    two_processes_share_a_batch_and_ask_for_each_connection_once,
    nobody_sees_the_batch_of_another,
    a_person_without_connections_has_nothing_to_wait_for,
];

const THREE: [DemoKey; 3] = [binance::READ_ONLY, binance::SECOND, okx::READ_ONLY];
const LONG: Duration = Duration::from_secs(20);

async fn connected(kind: Kind, keys: &[DemoKey]) -> (App, String) {
    let app = Setup::new(kind).await.start().await;
    let browser = app.signed_in("a@example.org").await;
    for (index, key) in keys.iter().enumerate() {
        connect(&browser, key, &[("label", &format!("No. {index}"))]).await;
    }
    let user = owner(&app).await;
    app.setup.sandbox.control().clear_records();
    (app, user)
}

async fn wait(state: &State, user: &str, batch: &SyncProgress) -> SyncProgress {
    sync::wait_for_all(state, user, &batch.batch_id, LONG)
        .await
        .unwrap()
}

async fn progress(state: &State, user: &str) -> SyncProgress {
    sync::progress(state, user).await.unwrap().unwrap()
}

async fn totals_tell_how_many_were_read_and_how_many_were_not(kind: Kind) {
    let (app, user) = connected(kind, &THREE).await;
    assert_eq!(sync::progress(&app.state, &user).await.unwrap(), None);
    let control = app.setup.sandbox.control();
    control.revoke_key(binance::SECOND.api_key).unwrap();
    let begun = sync::start_all(&app.state, &user).await.unwrap();
    let done = wait(&app.state, &user, &begun).await;
    assert_eq!((done.total(), done.successful(), done.failed()), (3, 2, 1));
    let labels: Vec<_> = done.items.iter().map(|item| item.label.as_str()).collect();
    assert_eq!(labels, ["No. 0", "No. 1", "No. 2"]);
    let read = ItemState::Synced {
        assets_count: 11,
        holdings_count: 13,
        partial: false,
    };
    assert_eq!(done.items[0].state, read);
    let failure = match &done.items[1].state {
        ItemState::Failed(failure) => failure.code(),
        _ => "none",
    };
    assert_eq!(failure, "invalid_credentials");
    // The reports come in the same order, and any process can tell.
    let elsewhere = app.setup.state().await;
    assert_eq!(progress(&elsewhere, &user).await, done);
    let reports = sync::reports_of(&elsewhere, &user, &begun.batch_id).await;
    let labels: Vec<_> = reports.unwrap().into_iter().map(|r| r.label).collect();
    assert_eq!(labels, ["No. 0", "No. 1", "No. 2"]);
    let runs = sync::runs(&elsewhere, &user, &done.items[1].connection_id).await;
    let runs: Vec<_> = runs.unwrap().iter().map(|run| run.success()).collect();
    assert_eq!(runs, [false, true]);
}

async fn a_batch_that_is_under_way_is_the_answer_to_another_request(kind: Kind) {
    let (app, user) = connected(kind, &THREE).await;
    let control = app.setup.sandbox.control();
    control.delay("/", Duration::from_secs(1));
    let first = sync::start_all(&app.state, &user).await.unwrap();
    let elsewhere = app.setup.state().await;
    let requests = (0..6).map(|number| {
        let state = if number % 2 == 0 {
            &app.state
        } else {
            &elsewhere
        };
        sync::start_all(state, &user)
    });
    for other in futures::future::join_all(requests).await {
        assert_eq!(other.unwrap().batch_id, first.batch_id);
    }
    control.clear_delays();
    wait(&app.state, &user, &first).await;
    assert_eq!(control.count(SPOT), 2);
    let later = sync::start_all(&app.state, &user).await.unwrap();
    assert_ne!(later.batch_id, first.batch_id);
    wait(&app.state, &user, &later).await;
    assert_eq!(control.count(SPOT), 4);
}

async fn a_slow_exchange_does_not_hold_up_the_other(kind: Kind) {
    let (app, user) = connected(kind, &THREE).await;
    let control = app.setup.sandbox.control();
    control.delay("/sapi", Duration::from_secs(3));
    control.delay("/api/v3", Duration::from_secs(3));
    let begun = sync::start_all(&app.state, &user).await.unwrap();
    until("the fast one is done", async || {
        progress(&app.state, &user).await.successful() == 1
    })
    .await;
    let half = progress(&app.state, &user).await;
    let states = half.items.iter().map(|item| &item.state);
    let states: Vec<_> = states
        .map(|state| matches!(state, ItemState::Syncing))
        .collect();
    assert_eq!(states, [true, true, false]);
    assert_eq!(wait(&app.state, &user, &begun).await.successful(), 3);
}

async fn a_sync_that_was_under_way_counts_when_it_ends(kind: Kind) {
    let (app, user) = connected(kind, &BOTH[..1]).await;
    let control = app.setup.sandbox.control();
    control.delay(SPOT, Duration::from_secs(1));
    let id = number_text(&app).await;
    let click = {
        let (state, user, id) = (app.state.clone(), user.clone(), id.clone());
        tokio::spawn(async move { sync::sync_connection(&state, &user, &id).await })
    };
    until("it is asked", async || control.count(SPOT) == 1).await;
    let begun = sync::start_all(&app.state, &user).await.unwrap();
    assert_eq!(begun.items[0].state, ItemState::Syncing);
    assert!(click.await.unwrap().unwrap().report.success());
    assert_eq!(progress(&app.state, &user).await.successful(), 1);
    assert_eq!(control.count(SPOT), 1);
    let waiting = "SELECT CAST(COUNT(requested_at) AS BIGINT) FROM connections";
    assert_eq!(number(&app, waiting).await, 0);
}

/// The id of the only connection.
async fn number_text(app: &App) -> String {
    let mut db = app.state.db.reader().await.unwrap();
    sqlx::query_scalar("SELECT id FROM connections")
        .fetch_one(&mut *db)
        .await
        .unwrap()
}

async fn a_connection_deleted_meanwhile_is_not_waited_for(kind: Kind) {
    let (app, user) = connected(kind, &BOTH[..1]).await;
    let control = app.setup.sandbox.control();
    control.delay(SPOT, Duration::from_secs(1));
    let begun = sync::start_all(&app.state, &user).await.unwrap();
    until("it is asked", async || control.count(SPOT) == 1).await;
    let id = &begun.items[0].connection_id;
    coffer::services::connections::delete(&app.state, &user, id)
        .await
        .unwrap();
    let done = wait(&app.state, &user, &begun).await;
    assert_eq!((done.total(), done.is_done()), (0, true));
    until("its answer came", async || {
        control.count("/sapi/v1/asset") == 1
    })
    .await;
    assert_eq!(count(&app, "holdings").await, 0);
    assert_eq!(count(&app, "sync_runs").await, 0);
}

async fn two_processes_share_a_batch_and_ask_for_each_connection_once(kind: Kind) {
    // A file is used by one process alone: a second one ends the leases of the first.
    if kind == Kind::Sqlite {
        return;
    }
    let setup = Setup::new(kind).await.at_pace(|pace| {
        pace.idle = Duration::from_millis(20);
        pace.at_once = 1;
    });
    let app = setup.start().await;
    let browser = app.signed_in("a@example.org").await;
    let keys = [
        binance::READ_ONLY,
        binance::SECOND,
        binance::EMPTY,
        binance::MANY,
    ];
    for (index, key) in keys.iter().enumerate() {
        connect(&browser, key, &[("label", &format!("No. {index}"))]).await;
    }
    let user = owner(&app).await;
    let control = app.setup.sandbox.control();
    control.clear_records();
    control.delay(SPOT, Duration::from_millis(300));
    let elsewhere = app.setup.state().await;
    let workers = Workers::start(elsewhere.clone()).await;
    let begun = sync::start_all(&elsewhere, &user).await.unwrap();
    let holders = "SELECT CAST(COUNT(DISTINCT lease_holder) AS BIGINT) FROM connections";
    until("both work", async || number(&app, holders).await == 2).await;
    let done = wait(&app.state, &user, &begun).await;
    assert_eq!(done.successful(), 4);
    assert_eq!(control.count(SPOT), 4);
    workers.stop(LONG).await;
}

async fn nobody_sees_the_batch_of_another(kind: Kind) {
    let (app, user) = connected(kind, &BOTH[..1]).await;
    let begun = sync::start_all(&app.state, &user).await.unwrap();
    wait(&app.state, &user, &begun).await;
    app.signed_in("b@example.org").await;
    let users = coffer::services::accounts::list(&app.state).await.unwrap();
    let other = users.iter().find(|other| other.id != user).unwrap();
    let (id, batch) = (&other.id, &begun.batch_id);
    assert_eq!(sync::progress(&app.state, id).await.unwrap(), None);
    let waited = sync::wait_for_all(&app.state, id, batch, LONG).await;
    assert_eq!(waited.unwrap_err(), Problem::NotFound);
    let reports = sync::reports_of(&app.state, id, batch).await;
    assert_eq!(reports.unwrap_err(), Problem::NotFound);
    let connection = &begun.items[0].connection_id;
    let runs = sync::runs(&app.state, id, connection).await;
    assert_eq!(runs.unwrap_err(), Problem::NotFound);
    let nobody = sync::start_all(&app.state, "nobody").await;
    assert_eq!(nobody.unwrap_err(), Problem::NotFound);
}

async fn a_person_without_connections_has_nothing_to_wait_for(kind: Kind) {
    let (app, user) = connected(kind, &[]).await;
    let begun = sync::start_all(&app.state, &user).await.unwrap();
    assert_eq!((begun.total(), begun.is_done()), (0, true));
    assert_eq!(progress(&app.state, &user).await, begun);
}
