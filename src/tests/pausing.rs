//! Pauses: kept for all processes and across restarts, shown, and left alone by the scheduler.

use std::time::Duration;

use coffer::domain::exchange::{Environment, ExchangeId};
use coffer::domain::timestamp::Timestamp;
use coffer::exchanges::Neighbours;
use coffer::sandbox::{Effect, Fault};
use coffer::services::{SharedNeighbours, State, Workers, connections, sync};

use crate::leases::{SPOT, execute, owner};
use crate::scene::{BOTH, connect, count, until};
use crate::support::{App, Kind, Setup, on_both_databases};

on_both_databases![
    a_pause_is_known_to_every_process_and_after_a_restart,
    after_a_refusal_no_process_asks_before_the_time_given,
    a_pause_is_shown_with_the_connections_it_concerns,
    nothing_scheduled_is_asked_before_the_pause_is_over,
    processes_that_share_a_database_are_counted,
];

fn neighbours(app: &App) -> SharedNeighbours {
    SharedNeighbours::new(app.state.db.clone(), app.setup.clock.clock())
}

fn place(state: &State, exchange: &str, environment: Environment) -> String {
    let exchange = state.registry.find(&ExchangeId::new(exchange)).unwrap();
    exchange.place(environment, None)
}

async fn a_pause_is_known_to_every_process_and_after_a_restart(kind: Kind) {
    let app = App::start(kind).await;
    let (here, there) = (neighbours(&app), neighbours(&app));
    assert_eq!(here.paused_until("p").await, Ok(None));
    let until = app.state.clock.now().plus_ms(60_000).0;
    here.pause("p", until).await.unwrap();
    there.pause("p", until - 30_000).await.unwrap();
    for one in [&here, &there, &neighbours(&app)] {
        assert_eq!(one.paused_until("p").await, Ok(Some(until)));
        assert_eq!(one.paused_until("q").await, Ok(None));
    }
    app.setup.clock.advance_minutes(1);
    assert_eq!(here.paused_until("p").await, Ok(None));
    // A sign of life clears away what is over.
    drop(Workers::start(app.setup.state().await).await);
    assert_eq!(count(&app, "pauses").await, 0);
}

async fn after_a_refusal_no_process_asks_before_the_time_given(kind: Kind) {
    let app = App::start(kind).await;
    let browser = app.signed_in("a@example.org").await;
    let id = connect(&browser, &BOTH[0], &[]).await;
    let (user, control) = (owner(&app).await, app.setup.sandbox.control());
    let code = async |state: &State| {
        let synced = sync::sync_connection(state, &user, &id).await.unwrap();
        synced.report.failure.map(|failure| failure.code())
    };
    control.inject(Fault::on("/sapi", Effect::binance_too_much(Some("60"))));
    assert_eq!(code(&app.state).await, Some("exchange_rate_limited"));
    control.clear_faults();
    control.clear_records();
    // The same process, and one that has never heard of it.
    let other = app.setup.state().await;
    for state in [&app.state, &other] {
        assert_eq!(code(state).await, Some("exchange_rate_limited"));
    }
    assert_eq!(control.records(), []);
    app.setup.clock.advance_minutes(1);
    for state in [&app.state, &other] {
        assert_eq!(code(state).await, None);
    }
}

async fn a_pause_is_shown_with_the_connections_it_concerns(kind: Kind) {
    let app = App::start(kind).await;
    let browser = app.signed_in("a@example.org").await;
    let ids = [
        connect(&browser, &BOTH[0], &[]).await,
        connect(&browser, &BOTH[1], &[]).await,
    ];
    let user = owner(&app).await;
    let until = app.state.clock.now().plus_ms(60_000);
    let paused = place(&app.state, "binance", Environment::Live);
    neighbours(&app).pause(&paused, until.0).await.unwrap();
    let shown = async || -> Vec<Option<Timestamp>> {
        let list = connections::list(&app.state, &user).await.unwrap();
        list.iter().map(|one| one.paused_until).collect()
    };
    assert_eq!(shown().await, [Some(until), None]);
    for (id, expected) in ids.iter().zip([Some(until), None]) {
        let details = connections::details(&app.state, &user, id).await.unwrap();
        assert_eq!(details.connection.paused_until, expected);
    }
    app.setup.clock.advance_minutes(1);
    assert_eq!(shown().await, [None, None]);
}

async fn nothing_scheduled_is_asked_before_the_pause_is_over(kind: Kind) {
    let setup = Setup::new(kind).await.with("SYNC_INTERVAL", "1h");
    let setup = setup.at_pace(|pace| pace.idle = Duration::from_millis(20));
    let app = setup.start().await;
    let browser = app.signed_in("a@example.org").await;
    for key in BOTH {
        connect(&browser, &key, &[]).await;
    }
    let control = app.setup.sandbox.control();
    control.clear_records();
    let until_at = app.state.clock.now().plus_ms(5 * 60_000);
    let paused = place(&app.state, "binance", Environment::Live);
    neighbours(&app).pause(&paused, until_at.0).await.unwrap();
    execute(&app, "UPDATE connections SET due_at = 1").await;
    until("the other is synced", async || {
        count(&app, "sync_runs").await == 3
    })
    .await;
    tokio::time::sleep(Duration::from_millis(200)).await;
    assert_eq!(control.count(SPOT), 0);
    app.setup.clock.advance_minutes(6);
    until("it is synced", async || control.count(SPOT) == 1).await;
}

async fn processes_that_share_a_database_are_counted(kind: Kind) {
    let app = App::start(kind).await;
    assert_eq!(neighbours(&app).count(), 1);
    let first = app.setup.state().await;
    let workers = Workers::start(first.clone()).await;
    let shared = kind == Kind::Postgres;
    assert_eq!(first.processes(), if shared { 2 } else { 1 });
    workers.stop(Duration::from_secs(1)).await;
    let third = app.setup.state().await;
    let workers = Workers::start(third.clone()).await;
    assert_eq!(third.processes(), if shared { 2 } else { 1 });
    drop(workers);
    // Killed, it is counted until it has not been heard of for a while.
    app.setup.clock.advance_minutes(1);
    let fourth = app.setup.state().await;
    drop(Workers::start(fourth.clone()).await);
    assert_eq!(fourth.processes(), 1);
}
