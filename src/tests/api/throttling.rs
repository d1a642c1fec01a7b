//! Too many calls.

use reqwest::Method;

use super::client::{Client, Told, client_of};
use crate::support::{App, Kind, Setup};

const ANNA: &str = "anna@example.org";

async fn slow() -> App {
    let setup = Setup::new(Kind::Sqlite).await;
    let app = setup.at_pace(|pace| pace.calls_a_minute = 3).start().await;
    app.signed_in(ANNA).await;
    app
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_may_call_so_often_and_no_more() {
    let app = slow().await;
    let client = client_of(&app, ANNA, "read").await;
    for remaining in ["2", "1", "0"] {
        let told = client.get("/connections").await;
        told.with(200);
        assert_eq!(told.header("ratelimit-limit"), "3");
        assert_eq!(told.header("ratelimit-remaining"), remaining);
    }
    let told = client.get("/connections").await;
    let json = told.refused(429, "rate_limited");
    let seconds = json["retry_after_seconds"].as_u64().unwrap();
    assert!((1..=20).contains(&seconds), "{seconds}");
    assert_eq!(told.header("retry-after"), seconds.to_string());
    assert_eq!(told.header("ratelimit-remaining"), "0");
    app.setup.clock.advance_minutes(1);
    client.get("/connections").await.with(200);
}

#[tokio::test(flavor = "multi_thread")]
async fn tokens_cannot_be_guessed_at_will() {
    let app = slow().await;
    let guess = |number: u8| Client::new(&app, &format!("coffer_{number:064x}"));
    for number in 0..6 {
        let told = guess(number).get("/connections").await;
        told.refused(401, "unauthenticated");
    }
    // Whatever address the client says it has.
    for forwarded in ["1.1.1.1", "2.2.2.2"] {
        let call = guess(7).call(Method::GET, "/connections");
        let told = Told::of(call.header("x-forwarded-for", forwarded)).await;
        told.refused(429, "rate_limited");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_guesses_locks_nobody_out_at_the_same_address() {
    let app = slow().await;
    let client = client_of(&app, ANNA, "read").await;
    for _ in 0..10 {
        Client::new(&app, "").get("/connections").await;
    }
    client.get("/connections").await.with(200);
}

#[tokio::test(flavor = "multi_thread")]
async fn more_tokens_are_not_ever_more_calls_from_one_address() {
    let app = slow().await;
    app.signed_in("bob@example.org").await;
    let bob = client_of(&app, "bob@example.org", "read").await;
    let mut statuses = Vec::new();
    for scope in ["read", "sync", "manage"] {
        let client = client_of(&app, ANNA, scope).await;
        for _ in 0..3 {
            statuses.push(client.get("/connections").await.status);
        }
    }
    assert_eq!(statuses, [200, 200, 200, 200, 200, 200, 429, 429, 429]);
    bob.get("/connections").await.with(200);
}

#[tokio::test(flavor = "multi_thread")]
async fn clients_behind_a_trusted_proxy_are_told_apart() {
    let setup = Setup::new(Kind::Sqlite)
        .await
        .with("TRUSTED_PROXIES", "127.0.0.1");
    let app = setup.at_pace(|pace| pace.calls_a_minute = 1).start().await;
    let nobody = Client::new(&app, "");
    for (address, status) in [
        ("1.1.1.1", 401),
        ("1.1.1.1", 401),
        ("1.1.1.1", 429),
        ("2.2.2.2", 401),
    ] {
        let call = nobody.call(Method::GET, "/connections");
        let told = Told::of(call.header("x-forwarded-for", address)).await;
        assert_eq!(told.status, status, "{address}");
    }
}
