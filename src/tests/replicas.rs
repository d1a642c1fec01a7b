//! Several processes on one PostgreSQL: one that is asked to stop leaves nothing behind, and the
//! work of one that is killed is taken over.

use std::time::Duration;

use coffer::error::Problem;
use coffer::services::sync;

use crate::leases::{HELD, SPOT, owner};
use crate::program::{Program, Running};
use crate::scene::{BOTH, connect, count, number, until};
use crate::support::{App, Browser, Kind, PASSWORD, Setup};

const KEY: &str = "q83vEjRWeJCrze8SNFZ4kKvN7xI0VniQq83vEjRWeJA=";

/// Another process on the database of an app, and a browser that is signed in there.
async fn beside(app: &App) -> (Running, Browser) {
    let program = Program::new(app.setup.database.folder.path())
        .with("DATABASE_URL", &app.setup.database.url)
        .with("ENCRYPTION_KEY", KEY)
        .with("BINANCE_API_URL", &app.setup.sandbox.url())
        .with("OKX_API_URL", &app.setup.sandbox.url())
        .with("SYNC_INTERVAL", "off")
        .serve(&["serve"]);
    let browser = Browser::new(&program.url);
    let form = [("email", "a@example.org"), ("password", PASSWORD)];
    assert_eq!(browser.post("/do/sign-in", &form).await.status, 303);
    (program, browser)
}

/// Presses “Sync now” there, and waits until the exchange is asked.
async fn begin(app: &App, browser: &Browser, id: &str) {
    let control = app.setup.sandbox.control();
    control.clear_records();
    let request = browser
        .client
        .post(format!("{}/do/sync", browser.base))
        .header("Cookie", browser.cookie_header())
        .header("Content-Type", "application/x-www-form-urlencoded")
        .body(format!("id={id}"));
    tokio::spawn(request.send());
    until("it is asked", async || control.count(SPOT) == 1).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_process_that_ends_leaves_its_work_to_the_others() {
    if !Kind::Postgres.is_at_hand() {
        return;
    }
    let setup = Setup::new(Kind::Postgres).await.with("ENCRYPTION_KEY", KEY);
    let app = setup
        .at_pace(|pace| pace.idle = Duration::from_millis(20))
        .start()
        .await;
    let browser = app.signed_in("a@example.org").await;
    let id = connect(&browser, &BOTH[0], &[]).await;
    let user = owner(&app).await;
    let control = app.setup.sandbox.control();
    // Asked to stop, it brings its sync to an end and gives the lease back.
    let (program, elsewhere) = beside(&app).await;
    control.delay(SPOT, Duration::from_secs(2));
    begin(&app, &elsewhere, &id).await;
    assert_eq!(program.stop("-TERM").0, Some(0));
    assert_eq!(number(&app, HELD).await, 0);
    assert_eq!(count(&app, "sync_runs").await, 2);
    // Killed, it does neither: others wait until its lease has lapsed.
    let (program, elsewhere) = beside(&app).await;
    begin(&app, &elsewhere, &id).await;
    assert_eq!(program.stop("-KILL").0, None);
    control.clear_delays();
    control.clear_records();
    let click = sync::sync_connection(&app.state, &user, &id).await;
    assert_eq!(click.unwrap_err(), Problem::SyncUnderWay);
    let batch = sync::start_all(&app.state, &user).await.unwrap();
    app.setup.clock.advance_minutes(1);
    let wait = Duration::from_secs(20);
    let done = sync::wait_for_all(&app.state, &user, &batch.batch_id, wait).await;
    assert_eq!(done.unwrap().successful(), 1);
    assert_eq!(control.count(SPOT), 1);
    assert_eq!(count(&app, "sync_runs").await, 3);
}
