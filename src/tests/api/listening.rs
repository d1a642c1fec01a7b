//! Streams of events: what is told, to whom, and when they end.

use std::time::Duration;

use coffer::sandbox::keys::{binance, okx};
use coffer::services::{sync, tokens};
use reqwest::header::{COOKIE, HeaderMap};
use reqwest::{Method, Response};
use serde_json::{Value, json};

use super::client::{Client, Told, client_of, user_of};
use crate::program::Program;
use crate::scene::connect;
use crate::support::{App, Browser, Kind, PASSWORD, Setup, on_both_databases};

on_both_databases![
    a_sync_that_is_over_is_told_to_its_owner_alone,
    a_sync_of_all_is_told_as_it_goes_on,
    whoever_comes_back_misses_nothing,
    a_stream_ends_when_its_token_is_revoked,
    a_stream_ends_when_its_browser_signs_out,
    only_so_many_streams_are_open_at_once,
];

const ANNA: &str = "anna@example.org";
/// As long as no machine should need.
const LONG: Duration = Duration::from_secs(30);

/// A stream that is open.
struct Stream {
    response: Response,
    text: String,
}

/// What was told at once.
#[derive(Debug, Default, PartialEq)]
struct Event {
    kind: String,
    id: String,
    data: Value,
}

impl Stream {
    async fn open(client: &Client, last: Option<&str>) -> Self {
        let mut call = client.call(Method::GET, "/events");
        if let Some(last) = last {
            call = call.header("Last-Event-ID", last);
        }
        Self::of(call).await
    }

    async fn of(call: reqwest::RequestBuilder) -> Self {
        let response = call.send().await.unwrap();
        assert_eq!(response.status(), 200);
        let headers: &HeaderMap = response.headers();
        assert_eq!(headers["content-type"], "text/event-stream");
        assert_eq!(headers["cache-control"], "no-store");
        let text = String::new();
        let mut stream = Self { response, text };
        assert_eq!(stream.block().await.unwrap(), "retry: 2000\n: open");
        stream
    }

    /// The next lines up to an empty one; `None` at the end.
    async fn block(&mut self) -> Option<String> {
        loop {
            if let Some((block, rest)) = self.text.split_once("\n\n") {
                let (block, rest) = (block.to_owned(), rest.to_owned());
                self.text = rest;
                return Some(block);
            }
            let more = tokio::time::timeout(LONG, self.response.chunk()).await;
            let more = more.unwrap().ok().flatten()?;
            self.text += std::str::from_utf8(&more).unwrap();
        }
    }

    /// The next event, comments left out.
    async fn next(&mut self) -> Option<Event> {
        loop {
            let block = self.block().await?;
            let mut event = Event::default();
            for line in block.lines() {
                match line.split_once(": ").unwrap_or((line, "")) {
                    ("event", kind) => event.kind = kind.to_owned(),
                    ("id", id) => event.id = id.to_owned(),
                    ("data", data) => event.data = serde_json::from_str(data).unwrap(),
                    (other, _) => assert_eq!(other, "", "{block}"),
                }
            }
            if !event.kind.is_empty() {
                return Some(event);
            }
        }
    }

    async fn ended(&mut self) {
        while self.next().await.is_some() {}
    }
}

/// An app that looks often.
async fn app(kind: Kind) -> App {
    let setup = Setup::new(kind).await;
    setup
        .at_pace(|pace| pace.look = Duration::from_millis(40))
        .start()
        .await
}

async fn a_sync_that_is_over_is_told_to_its_owner_alone(kind: Kind) {
    let app = app(kind).await;
    let (anna, bob) = (
        app.signed_in(ANNA).await,
        app.signed_in("bob@example.org").await,
    );
    let id = connect(&anna, &binance::READ_ONLY, &[]).await;
    let bobs_id = connect(&bob, &okx::READ_ONLY, &[]).await;
    let annas = client_of(&app, ANNA, "sync").await;
    let bobs = client_of(&app, "bob@example.org", "sync").await;
    let mut stream = Stream::open(&annas, None).await;
    // What was over before is no news, and what is another's is none either.
    bobs.post(&format!("/connections/{bobs_id}/sync"))
        .await
        .with(200);
    annas
        .post(&format!("/connections/{id}/sync"))
        .await
        .with(200);
    let told = stream.next().await.unwrap();
    assert_eq!(told.kind, "run");
    assert_eq!(told.data["account_id"], id);
    assert!(!told.id.is_empty());
    let runs = annas.get(&format!("/connections/{id}/runs?limit=1")).await;
    assert_eq!(told.data, runs.with(200)["runs"][0]);
    annas
        .post(&format!("/connections/{id}/sync"))
        .await
        .with(200);
    assert_eq!(stream.next().await.unwrap().data["account_id"], id);
}

async fn a_sync_of_all_is_told_as_it_goes_on(kind: Kind) {
    let app = app(kind).await;
    let anna = app.signed_in(ANNA).await;
    for key in [binance::READ_ONLY, okx::READ_ONLY] {
        connect(&anna, &key, &[]).await;
    }
    let client = client_of(&app, ANNA, "sync").await;
    let mut stream = Stream::open(&client, None).await;
    let all = client.post("/connections/sync-all").await.with(200);
    let (mut runs, mut done) = (0, json!(null));
    while done["done"] != true || runs < 2 {
        let told = stream.next().await.unwrap();
        match told.kind.as_str() {
            "run" => runs += 1,
            kind => {
                assert_eq!(kind, "progress");
                done = told.data;
            }
        }
    }
    assert_eq!(
        (&done["total"], &done["successful"]),
        (&json!(2), &json!(2))
    );
    assert_eq!(done["results"], all["results"]);
    assert!(done["batch_id"].is_string());
}

async fn whoever_comes_back_misses_nothing(kind: Kind) {
    let app = app(kind).await;
    let anna = app.signed_in(ANNA).await;
    let id = connect(&anna, &binance::READ_ONLY, &[]).await;
    let client = client_of(&app, ANNA, "sync").await;
    let sync = format!("/connections/{id}/sync");
    let mut stream = Stream::open(&client, None).await;
    client.post(&sync).await.with(200);
    let first = stream.next().await.unwrap();
    drop(stream);
    for _ in 0..2 {
        client.post(&sync).await.with(200);
    }
    let runs = client
        .get(&format!("/connections/{id}/runs"))
        .await
        .with(200);
    let ids: Vec<_> = (0..2)
        .rev()
        .map(|n| runs["runs"][n]["id"].clone())
        .collect();
    let mut back = Stream::open(&client, Some(&first.id)).await;
    for wanted in ids {
        let told = back.next().await.unwrap();
        assert_eq!((told.kind.as_str(), &told.data["id"]), ("run", &wanted));
    }
    let mut stranger = Stream::open(&client, Some("ffffffff-7")).await;
    assert_eq!(stranger.next().await.unwrap().kind, "lost");
}

async fn a_stream_ends_when_its_token_is_revoked(kind: Kind) {
    let app = app(kind).await;
    app.signed_in(ANNA).await;
    let user = user_of(&app, ANNA).await;
    let client = client_of(&app, ANNA, "read").await;
    let mut stream = Stream::open(&client, None).await;
    let all = tokens::list(&app.state, &user).await.unwrap();
    tokens::revoke(&app.state, &user, &all[0].id).await.unwrap();
    stream.ended().await;
}

async fn a_stream_ends_when_its_browser_signs_out(kind: Kind) {
    let app = app(kind).await;
    let anna = app.signed_in(ANNA).await;
    let nobody = Client::new(&app, "");
    let call = |browser: &Browser| {
        let call = nobody.call(Method::GET, "/events");
        call.header(COOKIE, browser.cookie_header())
    };
    let other = app.browser();
    let form = [("email", ANNA), ("password", PASSWORD)];
    assert_eq!(other.post("/do/sign-in", &form).await.status, 303);
    let (mut ends, mut stays) = (
        Stream::of(call(&anna)).await,
        Stream::of(call(&other)).await,
    );
    assert_eq!(anna.post("/do/sign-out", &[]).await.status, 303);
    ends.ended().await;
    let id = connect(&other, &binance::READ_ONLY, &[]).await;
    assert_eq!(stays.next().await.unwrap().data["account_id"], id);
}

async fn only_so_many_streams_are_open_at_once(kind: Kind) {
    let app = app(kind).await;
    app.signed_in(ANNA).await;
    let client = client_of(&app, ANNA, "read").await;
    let mut open = Vec::new();
    for _ in 0..8 {
        open.push(Stream::open(&client, None).await);
    }
    let told = Told::of(client.call(Method::GET, "/events")).await;
    told.refused(429, "rate_limited");
    open.clear();
    crate::scene::until("there is room again", async || {
        let call = client.call(Method::GET, "/events");
        call.send().await.unwrap().status() == 200
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_is_asked_to_stop_does_not_wait_for_streams() {
    let folder = tempfile::tempdir().unwrap();
    let program = Program::new(folder.path());
    let added = program.run_with(
        &["user", "add", "--email", ANNA, "--password-stdin"],
        &format!("{PASSWORD}\n"),
    );
    assert_eq!(added.code, Some(0), "{added:?}");
    let made = program.run(&["token", "add", "--email", ANNA, "--name", "stream"]);
    let token = made.out.split_whitespace().next_back().unwrap();
    let running = program.serve(&["serve"]);
    let client = Browser::new(&running.url).client;
    let call = client.get(format!("{}/api/v1/events", running.url));
    let mut stream = Stream::of(call.bearer_auth(token)).await;
    let begun = std::time::Instant::now();
    let stopped = tokio::task::spawn_blocking(move || running.stop("-TERM").0);
    stream.ended().await;
    assert_eq!(stopped.await.unwrap(), Some(0));
    // It would else wait 20 seconds for them.
    assert!(begun.elapsed() < Duration::from_secs(15));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_another_process_did_is_told_as_well() {
    if !Kind::Postgres.is_at_hand() {
        return;
    }
    let app = app(Kind::Postgres).await;
    let anna = app.signed_in(ANNA).await;
    let id = connect(&anna, &binance::READ_ONLY, &[]).await;
    let client = client_of(&app, ANNA, "read").await;
    let mut stream = Stream::open(&client, None).await;
    // Another state on the same database stands for another process.
    let other = app.setup.state().await;
    let user = user_of(&app, ANNA).await;
    sync::sync_connection(&other, &user, &id).await.unwrap();
    assert_eq!(stream.next().await.unwrap().data["account_id"], id);
}
