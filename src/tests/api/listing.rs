//! Holdings, runs and history as programs read them.

use coffer::sandbox::keys::{binance, okx};
use serde_json::{Value, json};

use super::client::{Client, client_of};
use crate::history::scene::Scene;
use crate::scene::{BOTH, connect, sync};
use crate::support::{App, Kind, on_both_databases};

on_both_databases![
    holdings_in_parts_are_all_holdings_of_the_portfolio,
    holdings_of_a_connection_or_a_portfolio_are_told_alone,
    runs_are_told_newest_first_in_parts,
    history_is_told_by_the_day_and_whole,
    a_value_whose_rate_is_unknown_is_null,
];

const ANNA: &str = "anna@example.org";

/// A list in parts of `limit`.
async fn whole(client: &Client, path: &str, list: &str, limit: usize) -> Vec<Value> {
    let (mut all, mut more) = (Vec::new(), String::new());
    let mark = if path.contains('?') { '&' } else { '?' };
    loop {
        let part = client
            .get(&format!("{path}{mark}limit={limit}{more}"))
            .await;
        let part = part.with(200);
        let entries = part[list].as_array().unwrap();
        assert!(entries.len() <= limit);
        all.extend(entries.iter().cloned());
        match part["next"].as_str() {
            Some(next) => more = format!("&cursor={next}"),
            None => return all,
        }
    }
}

async fn holdings_in_parts_are_all_holdings_of_the_portfolio(kind: Kind) {
    let app = App::start(kind).await;
    let browser = app.signed_in(ANNA).await;
    for key in &BOTH {
        connect(&browser, key, &[]).await;
    }
    let client = client_of(&app, ANNA, "manage").await;
    let portfolio = client.get("/connections").await.with(200);
    let portfolio = portfolio["connections"][0]["portfolio_id"]
        .as_str()
        .unwrap();
    let path = format!("/portfolios/{portfolio}/manual-holdings");
    let body = json!({"asset": "btc", "quantity": "-0.5", "label": "Loan"});
    client.post_json(&path, &body.to_string()).await.with(201);
    let all = whole(&client, "/holdings", "holdings", 200).await;
    assert_eq!(whole(&client, "/holdings", "holdings", 3).await, all);
    let lying = client.get("/portfolio").await.with(200);
    let lying = lying["holdings"].as_array().unwrap().iter();
    let parts: usize = lying
        .clone()
        .map(|one| one["wallets"].as_array().unwrap().len())
        .sum();
    assert_eq!(all.len(), parts);
    let loan = all.iter().find(|one| one["label"] == "Loan").unwrap();
    assert_eq!(
        (&loan["asset"], &loan["quantity"]),
        (&json!("BTC"), &json!("-0.5"))
    );
    assert!(loan["manual_id"].is_string() && loan["connection_id"].is_null());
    let spot = all.iter().find(|one| one["wallet"] == "spot").unwrap();
    for exact in ["quantity", "free", "locked"] {
        assert!(spot[exact].is_string(), "{exact}");
    }
    assert!(spot["manual_id"].is_null());
}

async fn holdings_of_a_connection_or_a_portfolio_are_told_alone(kind: Kind) {
    let app = App::start(kind).await;
    let browser = app.signed_in(ANNA).await;
    let first = connect(&browser, &binance::READ_ONLY, &[]).await;
    connect(&browser, &okx::READ_ONLY, &[]).await;
    let client = client_of(&app, ANNA, "read").await;
    let path = format!("/holdings?connection_id={first}");
    let own = whole(&client, &path, "holdings", 200).await;
    assert!(own.iter().all(|one| one["connection_id"] == first) && !own.is_empty());
    let one = client.get(&format!("/connections/{first}")).await.with(200);
    let portfolio = one["portfolio_id"].as_str().unwrap();
    let path = format!("/holdings?portfolio_id={portfolio}");
    assert_eq!(whole(&client, &path, "holdings", 200).await, own);
    for filter in ["connection_id", "portfolio_id"] {
        for nobodys in ["0".repeat(32), "x".into(), String::new(), "%00".into()] {
            let told = client.get(&format!("/holdings?{filter}={nobodys}")).await;
            told.refused(404, "not_found");
        }
    }
}

async fn runs_are_told_newest_first_in_parts(kind: Kind) {
    let app = App::start(kind).await;
    let browser = app.signed_in(ANNA).await;
    let id = connect(&browser, &binance::READ_ONLY, &[]).await;
    for _ in 0..3 {
        app.setup.clock.advance_minutes(1);
        sync(&browser, &id).await;
    }
    let client = client_of(&app, ANNA, "read").await;
    let path = format!("/connections/{id}/runs");
    let runs = whole(&client, &path, "runs", 50).await;
    assert_eq!(runs.len(), 4);
    assert_eq!(whole(&client, &path, "runs", 1).await, runs);
    let begun: Vec<_> = runs
        .iter()
        .map(|run| run["started_at"].to_string())
        .collect();
    assert!(begun.windows(2).all(|two| two[0] > two[1]), "{begun:?}");
    assert!(
        runs.iter()
            .all(|run| run["id"].is_string() && run["account_id"] == id)
    );
}

async fn history_is_told_by_the_day_and_whole(kind: Kind) {
    let scene = Scene::new(kind, &[("BTC", "2")]).await;
    for minute in 0..3 {
        scene.record(minute, &[("BTC", "100.5")]).await;
    }
    let client = client_of(&scene.app, "a@example.org", "read").await;
    scene.app.setup.clock.advance_minutes(10);
    let all = client
        .get("/portfolio/history?interval=all")
        .await
        .with(200);
    assert_eq!(
        (&all["base_currency"], &all["interval"]),
        (&json!("USD"), &json!("all"))
    );
    let points = all["points"].as_array().unwrap();
    assert_eq!(points.len(), 3);
    assert_eq!(points[0]["value"], "201");
    assert_eq!(points[0]["source"], "sync");
    assert_eq!(points[0]["complete"], true);
    let by_day = client.get("/portfolio/history").await.with(200);
    let days = by_day["points"].as_array().unwrap();
    assert!((1..=2).contains(&days.len()));
    assert_eq!(days.last(), points.last());
    let id = scene.portfolio().await;
    let own = client
        .get(&format!("/portfolios/{id}/history?interval=all"))
        .await;
    assert_eq!(own.with(200)["points"], all["points"]);
    let (first, last) = (
        points[0]["at"].as_str().unwrap(),
        points[2]["at"].as_str().unwrap(),
    );
    let path = format!("/portfolio/history?interval=all&from={first}&to={last}");
    assert_eq!(
        client.get(&path).await.with(200)["points"]
            .as_array()
            .unwrap()
            .len(),
        2
    );
    for (query, field) in [
        ("from=yesterday", "from"),
        ("to=2026-02-30", "to"),
        ("interval=week", "interval"),
        ("from=2026-01-02&to=2026-01-01", "from"),
        ("from=2026-01-01T00:00:00%2B00:00", "from"),
    ] {
        let told = client.get(&format!("/portfolio/history?{query}")).await;
        let told = told.refused(422, "validation_failed");
        assert!(told["errors"][field][0].is_string(), "{query}: {told}");
    }
    let nobodys = format!("/portfolios/{}/history", "0".repeat(32));
    client.get(&nobodys).await.refused(404, "not_found");
}

async fn a_value_whose_rate_is_unknown_is_null(kind: Kind) {
    let scene = Scene::new(kind, &[("BTC", "2")]).await;
    scene.record(0, &[("BTC", "100.5")]).await;
    // Nothing was known of the euro then.
    let app = &scene.app;
    let sql = "UPDATE users SET base_currency = 'EUR'";
    crate::leases::execute(app, sql).await;
    app.setup.clock.advance_minutes(10);
    let client = client_of(app, "a@example.org", "read").await;
    let told = client
        .get("/portfolio/history?interval=all")
        .await
        .with(200);
    assert_eq!(told["base_currency"], "EUR");
    assert_eq!(told["points"][0]["value"], json!(null));
}
