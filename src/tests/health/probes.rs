//! Whether the program lives and can serve, whatever becomes of exchanges and the database.

use std::time::Duration;

use coffer::sandbox::{Effect, Fault};
use coffer::services::prices;
use reqwest::Method;

use crate::functions::{answer, bare};
use crate::leases::execute;
use crate::scene::{BOTH, until};
use crate::support::{App, Kind, Page, Setup, on_both_databases};

on_both_databases![
    exchanges_that_hang_hold_up_no_probe,
    a_database_that_is_gone_is_told_and_the_process_lives,
    a_database_that_does_not_answer_in_time_is_told_before_the_pool_gives_up,
    a_database_of_another_key_is_not_ready,
];

async fn probe(app: &App, path: &str) -> (u16, String) {
    let Page { status, body, .. } = answer(bare(&app.browser(), Method::GET, path)).await;
    (status, body)
}

async fn exchanges_that_hang_hold_up_no_probe(kind: Kind) {
    let app = App::start(kind).await;
    let control = app.setup.sandbox.control();
    control.inject(Fault::on("/", Effect::Hang));
    let owner = app.signed_in("a@example.org").await;
    let connecting = tokio::spawn(async move { owner.connect(&BOTH[0], &[]).await });
    let state = app.state.clone();
    let pricing = tokio::spawn(async move { prices::refresh(&state).await });
    until("both are asked", async || control.count("/") >= 3).await;
    for _ in 0..20 {
        for path in ["/healthz", "/readyz"] {
            assert_eq!(probe(&app, path).await, (200, "ok".to_owned()), "{path}");
        }
    }
    assert!(
        app.browser()
            .get("/metrics")
            .await
            .body
            .contains("coffer_database_up 1\n")
    );
    // They were still waiting all the while.
    assert!(!connecting.is_finished() && !pricing.is_finished());
    connecting.abort();
    pricing.abort();
}

async fn a_database_that_is_gone_is_told_and_the_process_lives(kind: Kind) {
    let app = App::start(kind).await;
    assert_eq!(probe(&app, "/readyz").await.0, 200);
    app.state.db.close().await;
    let gone = (503, "the database does not answer".to_owned());
    assert_eq!(probe(&app, "/readyz").await, gone);
    assert_eq!(probe(&app, "/healthz").await, (200, "ok".to_owned()));
    let figures = app.browser().get("/metrics").await;
    assert_eq!(figures.status, 200);
    assert!(figures.body.contains("coffer_database_up 0\n"));
    assert!(!figures.body.contains("coffer_connections{"));
}

async fn a_database_that_does_not_answer_in_time_is_told_before_the_pool_gives_up(kind: Kind) {
    let app = App::start(kind).await;
    // Every connection there may be is in use, so that none is to be had.
    let mut held = Vec::new();
    let most = if kind == Kind::Sqlite { 4 } else { 10 };
    for _ in 0..most {
        held.push(app.state.db.reader().await.unwrap());
    }
    // The pool itself would wait for ten seconds.
    let told = tokio::time::timeout(Duration::from_secs(8), probe(&app, "/readyz")).await;
    assert_eq!(
        told.unwrap(),
        (503, "the database does not answer".to_owned())
    );
    assert_eq!(probe(&app, "/healthz").await.0, 200);
    drop(held);
    assert_eq!(probe(&app, "/readyz").await.0, 200);
}

async fn a_database_of_another_key_is_not_ready(kind: Kind) {
    let app = Setup::new(kind).await.start().await;
    execute(&app, "UPDATE key_checks SET key_id = 'another'").await;
    let (status, body) = probe(&app, "/readyz").await;
    assert_eq!(status, 503);
    assert_eq!(body, "the master key is not the one of this database");
    // A browser is told in words of its own.
    let page = app.browser().get("/readyz").await;
    assert_eq!(page.status, 503);
    assert!(!page.one("[role=alert] p").is_empty());
}
