//! Test environments: what is asked there, what is not there, and who is meant by default.

use coffer::sandbox::keys::{binance, okx};
use serde_json::{Value, json};

use crate::api::client::client_of;
use crate::support::{App, Kind, Setup, on_both_databases};

on_both_databases![
    what_a_test_environment_does_not_have_is_said_wallet_by_wallet,
    programs_connect_to_the_test_environment_where_that_is_usual,
];

const ANNA: &str = "anna@example.org";

fn body(environment: Option<&str>, key: &coffer::sandbox::DemoKey) -> String {
    let mut body = json!({"api_key": key.api_key, "secret_key": key.secret_key});
    if let Some(passphrase) = key.passphrase {
        body["passphrase"] = json!(passphrase);
    }
    if let Some(environment) = environment {
        body["environment"] = json!(environment);
    }
    body.to_string()
}

fn outcomes(made: &Value) -> Vec<(String, String)> {
    let wallets = made["connection"]["wallets"].as_array().unwrap().iter();
    let text = |wallet: &Value, name: &str| wallet[name].as_str().unwrap().to_owned();
    wallets
        .map(|wallet| (text(wallet, "name"), text(wallet, "outcome")))
        .collect()
}

async fn what_a_test_environment_does_not_have_is_said_wallet_by_wallet(kind: Kind) {
    let app = App::start(kind).await;
    app.signed_in(ANNA).await;
    let client = client_of(&app, ANNA, "manage").await;
    let test = Some("testnet");
    let made = client
        .post_json("/connections/binance", &body(test, &binance::TESTNET))
        .await
        .with(201);
    assert_eq!(made["connection"]["rights"]["state"], "unknown");
    for (name, outcome) in outcomes(&made) {
        let expected = if name == "spot" {
            "read"
        } else {
            "not_available"
        };
        assert_eq!(outcome, expected, "{name}");
    }
    // What is not there is not asked for again and again.
    let records = app.setup.sandbox.control().records();
    let asked = records
        .iter()
        .filter(|one| one.path.contains("simple-earn"));
    assert_eq!(asked.count(), 0);
    let made = client
        .post_json("/connections/okx", &body(test, &okx::DEMO))
        .await
        .with(201);
    assert_eq!(made["connection"]["rights"]["state"], "read_only");
    assert!(outcomes(&made).contains(&("trading".into(), "read".into())));
    // A key of the one is none of the other.
    let live = client
        .post_json("/connections/okx", &body(Some("live"), &okx::DEMO))
        .await;
    live.refused(422, "invalid_credentials");
}

async fn programs_connect_to_the_test_environment_where_that_is_usual(kind: Kind) {
    let setup = Setup::new(kind).await;
    let app = setup.with("VALIDATE_API_ON_TESTNET", "1").start().await;
    app.signed_in(ANNA).await;
    let client = client_of(&app, ANNA, "manage").await;
    let made = client
        .post_json("/connections/okx", &body(None, &okx::DEMO))
        .await
        .with(201);
    assert_eq!(made["connection"]["environment"], "testnet");
    let made = client
        .post_json("/connections/okx", &body(Some("live"), &okx::READ_ONLY))
        .await
        .with(201);
    assert_eq!(made["connection"]["environment"], "live");
}
