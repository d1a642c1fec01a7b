//! History that is taken along: every point, in order, at the rate of its minute.

use serde_json::Value;

use super::{csv, json, taken};
use crate::history::scene::Scene;
use crate::leases::execute;
use crate::support::{Kind, on_both_databases};

on_both_databases![
    history_is_taken_along_by_portfolio_and_altogether,
    a_long_history_comes_whole_and_in_order,
    the_days_before_a_connection_stand_first_and_say_so,
    the_days_before_a_connection_are_there_before_anything_is_recorded,
];

async fn history_is_taken_along_by_portfolio_and_altogether(kind: Kind) {
    let scene = Scene::new(kind, &[("BTC", "2")]).await;
    scene.record(0, &[("BTC", "100")]).await;
    scene.record(1, &[("BTC", "110.000000000000000001")]).await;
    let portfolio = scene.portfolio().await;
    let rows = csv(&taken(&scene.browser, "history.csv").await);
    assert_eq!(rows.len(), 4);
    for series in ["\"all\"", "\"portfolio\""] {
        let values = rows.iter().filter(|row| row["series"] == series);
        let values: Vec<_> = values.map(|row| row["value_usdt"].as_str()).collect();
        assert_eq!(values, ["200", "220.000000000000000002"]);
    }
    for row in &rows {
        assert_eq!(
            (row["currency"].as_str(), row["rate"].as_str()),
            ("\"USD\"", "1")
        );
        assert_eq!(row["value"], row["value_usdt"]);
        assert!(row["at"].ends_with('Z') && row["no_value_reason"].is_empty());
    }
    execute(&scene.app, "DELETE FROM value_rates").await;
    let only = format!("?portfolio={portfolio}");
    let rows = csv(&taken(&scene.browser, &format!("history.csv{only}")).await);
    assert_eq!(rows.len(), 2);
    for row in &rows {
        assert_eq!(row["portfolio_id"], format!("\"{portfolio}\""));
        assert_eq!((row["rate"].as_str(), row["value"].as_str()), ("", ""));
        assert_eq!(
            row["no_value_reason"],
            "\"No rate of USD was known at that moment.\""
        );
    }
    let told = json(&taken(&scene.browser, &format!("history.json{only}")).await);
    assert_eq!(told["points"][1]["value_usdt"], "220.000000000000000002");
    assert_eq!(
        (&told["points"][1]["value"], &told["currency"]),
        (&Value::Null, &"USD".into())
    );
}

async fn a_long_history_comes_whole_and_in_order(kind: Kind) {
    let scene = Scene::new(kind, &[("BTC", "2")]).await;
    scene.record(0, &[("BTC", "100")]).await;
    let (user, portfolio) = (&scene.user.id, scene.portfolio().await);
    for series in [user, &portfolio] {
        for start in [0, 1_000, 2_000] {
            let rows: Vec<_> = (start + 1..=start + 1_000)
                .map(|at| format!("('{series}', {at}, '{at}', '0', '0', 0, 0, 'sync', 0)"))
                .collect();
            let sql = format!("INSERT INTO value_points VALUES {}", rows.join(", "));
            execute(&scene.app, &sql).await;
        }
    }
    let rows = csv(&taken(&scene.browser, "history.csv").await);
    assert_eq!(rows.len(), 2 * 3_001);
    for series in ["\"all\"", "\"portfolio\""] {
        let values = rows.iter().filter(|row| row["series"] == series);
        let values: Vec<_> = values.map(|row| row["value_usdt"].clone()).collect();
        let mut wanted: Vec<_> = (1..=3_000).map(|value| value.to_string()).collect();
        wanted.push("200".to_owned());
        assert_eq!(values, wanted);
    }
    let told = json(&taken(&scene.browser, "history.json").await);
    assert_eq!(told["points"].as_array().unwrap().len(), 2 * 3_001);
}

async fn the_days_before_a_connection_stand_first_and_say_so(kind: Kind) {
    let scene = Scene::new(kind, &[("BTC", "2")]).await;
    scene.record(0, &[("BTC", "100")]).await;
    execute(
        &scene.app,
        "INSERT INTO backfilled_days SELECT id, 1, '180.25', 1, 0 FROM connections",
    )
    .await;
    // A day that was recorded is not told by the exchange's word.
    execute(
        &scene.app,
        "INSERT INTO backfilled_days SELECT id, 99999999999999, '7', 0, 0 FROM connections",
    )
    .await;
    let rows = csv(&taken(&scene.browser, "history.csv").await);
    assert_eq!(rows.len(), 4);
    for series in ["\"all\"", "\"portfolio\""] {
        let told: Vec<_> = rows.iter().filter(|row| row["series"] == series).collect();
        let sources: Vec<_> = told.iter().map(|row| row["source"].as_str()).collect();
        assert_eq!(sources, ["\"backfill\"", "\"sync\""]);
        let first = told[0];
        assert_eq!(
            (first["value_usdt"].as_str(), first["partial"].as_str()),
            ("180.25", "true")
        );
        assert_eq!(first["assets_without_price"], "1");
    }
    let told = json(&taken(&scene.browser, "history.json").await);
    assert_eq!(told["points"].as_array().unwrap().len(), 4);
}

async fn the_days_before_a_connection_are_there_before_anything_is_recorded(kind: Kind) {
    let scene = Scene::new(kind, &[("BTC", "2")]).await;
    for (at, value) in [(2, "7"), (1, "180.25")] {
        let day = format!(
            "INSERT INTO backfilled_days SELECT id, {at}, '{value}', 1, 0 FROM connections"
        );
        execute(&scene.app, &day).await;
    }
    let told = |rows: Vec<std::collections::BTreeMap<String, String>>, series: &str| {
        let rows = rows.into_iter().filter(|row| row["series"] == series);
        let values: Vec<_> = rows.map(|row| row["value_usdt"].clone()).collect();
        values.join(" ")
    };
    let rows = csv(&taken(&scene.browser, "history.csv").await);
    assert_eq!(rows.len(), 4);
    assert!(rows.iter().all(|row| row["source"] == "\"backfill\""));
    assert_eq!(told(rows.clone(), "\"all\""), "180.25 7");
    assert_eq!(told(rows, "\"portfolio\""), "180.25 7");
    let own = format!("history.json?portfolio={}", scene.portfolio().await);
    let points = json(&taken(&scene.browser, &own).await)["points"].clone();
    assert_eq!(points.as_array().unwrap().len(), 2);
    let everything = json(&taken(&scene.browser, "everything.json").await);
    assert_eq!(everything["history"].as_array().unwrap().len(), 4);
    // Each day is there once, whatever is recorded.
    let series = "INSERT INTO value_series (id, user_id, version, looked_at, thinned_at) \
                  SELECT id, id, 1, 0, 0 FROM users";
    execute(&scene.app, series).await;
    let point = "INSERT INTO value_points SELECT id, 3, '9', '0', '0', 0, 0, 'sync', 0 FROM users";
    execute(&scene.app, point).await;
    let rows = csv(&taken(&scene.browser, "history.csv").await);
    assert_eq!(told(rows.clone(), "\"all\""), "180.25 7 9");
    assert_eq!(told(rows, "\"portfolio\""), "180.25 7");
}
