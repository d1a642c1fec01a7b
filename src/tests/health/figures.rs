//! Figures by kind of endpoint and by how calls ended, as programs read them.

use coffer::sandbox::{Effect, Exchange, Fault};
use serde_json::{Value, json};

use crate::api::client::{Client, client_of};
use crate::scene::{BOTH, connect, sync};
use crate::support::{App, Kind, Setup, on_both_databases};

on_both_databases![
    calls_are_told_by_kind_and_by_how_they_ended,
    what_is_older_than_a_quarter_of_an_hour_is_no_news,
];

/// The value of a line that begins so.
pub fn sample(body: &str, begins: &str) -> Option<String> {
    let mut lines = body.lines();
    lines.find_map(|line| Some(line.strip_prefix(begins)?.strip_prefix(' ')?.to_owned()))
}

async fn health(client: &Client, exchange: usize) -> Value {
    let told = client.get("/health/exchanges").await.with(200);
    told["exchanges"][exchange].clone()
}

fn class<'a>(told: &'a Value, name: &str) -> &'a Value {
    let classes = told["classes"].as_array().unwrap();
    classes.iter().find(|one| one["class"] == name).unwrap()
}

async fn calls_are_told_by_kind_and_by_how_they_ended(kind: Kind) {
    let mut setup = Setup::new(kind).await;
    setup.answer_time = std::time::Duration::from_millis(1_500);
    let app = setup.start().await;
    let owner = app.signed_in("a@example.org").await;
    let client = client_of(&app, "a@example.org", "read").await;
    let control = app.setup.sandbox.control();
    assert_eq!(health(&client, 0).await["classes"], json!([]));
    let id = connect(&owner, &BOTH[0], &[]).await;
    let told = health(&client, 0).await;
    let names = told["classes"].as_array().unwrap().iter();
    let names: Vec<_> = names.map(|one| one["class"].as_str().unwrap()).collect();
    assert_eq!(names, ["account", "rights", "market", "history", "time"]);
    let rights = class(&told, "rights");
    assert_eq!(rights["outcomes"], json!({"ok": 1}));
    assert_eq!(
        (&rights["calls"], &rights["weight"]),
        (&json!(1), &json!(1))
    );
    assert_eq!(rights["p50_ms"], rights["p99_ms"]);
    assert!(rights["last_good_at"].as_str().unwrap().ends_with('Z'));
    let sum = |name: &str| -> u64 {
        let classes = told["classes"].as_array().unwrap().iter();
        classes.map(|one| one[name].as_u64().unwrap()).sum()
    };
    assert_eq!(told["calls"].as_u64().unwrap(), sum("calls"));
    assert_eq!(told["weight"].as_u64().unwrap(), sum("weight"));
    assert_eq!(told["latency_ms"], told["p50_ms"]);
    for (effect, outcome) in [
        (Effect::gateway(), "server_error"),
        (Effect::Drop, "unreachable"),
        (Effect::Hang, "timeout"),
        (Effect::binance_too_much(Some("1")), "rate_limited"),
        (Effect::binance(400, -2008, "Invalid Api-Key ID."), "key"),
        (
            Effect::binance_banned(control.now_ms() + 120_000, Some("120")),
            "banned",
        ),
    ] {
        control.inject(Fault::on("/sapi/v1/account/apiRestrictions", effect));
        sync(&owner, &id).await;
        control.clear_faults();
        let told = health(&client, 0).await;
        let count = &class(&told, "rights")["outcomes"][outcome];
        assert!(
            count.as_u64().is_some_and(|count| count > 0),
            "{outcome}: {told}"
        );
        // Whatever it asked for is over.
        app.setup.clock.advance_minutes(3);
        control.clear_binance_weights();
    }
    assert_eq!(control.max_in_flight(Exchange::Okx), 0);
}

async fn what_is_older_than_a_quarter_of_an_hour_is_no_news(kind: Kind) {
    let app = App::start(kind).await;
    let owner = app.signed_in("a@example.org").await;
    let client = client_of(&app, "a@example.org", "read").await;
    connect(&owner, &BOTH[1], &[]).await;
    let before = health(&client, 1).await;
    assert!(before["calls"].as_u64().unwrap() > 3);
    app.setup.clock.advance_minutes(16);
    let after = health(&client, 1).await;
    assert_eq!(
        (&after["status"], &after["calls"]),
        (&json!("unknown"), &json!(0))
    );
    for unknown in ["success_rate", "latency_ms", "p50_ms", "p95_ms", "p99_ms"] {
        assert!(after[unknown].is_null(), "{unknown}");
    }
    assert_eq!(after["outcomes"], json!({}));
    // When it last worked is still known.
    assert_eq!(after["last_good_at"], before["last_good_at"]);
}
