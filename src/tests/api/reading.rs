//! Connections and portfolios as programs read them.

use coffer::sandbox::Exchange;
use coffer::sandbox::keys::binance;
use serde_json::{Value, json};

use super::client::client_of;
use crate::scene::{BOTH, connect};
use crate::support::{App, Kind, on_both_databases};

on_both_databases![
    a_connection_is_told_without_its_secrets,
    a_portfolio_is_told_with_exact_texts,
    what_has_no_price_is_null_and_counted,
    what_was_entered_by_hand_lies_in_no_wallet,
    each_portfolio_is_told_as_it_is_by_itself,
    what_is_anothers_is_not_there,
];

const ANNA: &str = "anna@example.org";

fn fields(json: &Value) -> Vec<&str> {
    let fields = json.as_object().unwrap().keys();
    fields.map(String::as_str).collect()
}

async fn a_connection_is_told_without_its_secrets(kind: Kind) {
    let app = App::start(kind).await;
    let browser = app.signed_in(ANNA).await;
    let id = connect(&browser, &binance::READ_ONLY, &[("label", "Mine")]).await;
    let client = client_of(&app, ANNA, "read").await;
    let list = client.get("/connections").await.with(200);
    let one = client.get(&format!("/connections/{id}")).await.with(200);
    assert_eq!(list, json!({"connections": [one], "next": null}));
    for (field, value) in [
        ("id", json!(id)),
        ("exchange", json!("binance")),
        ("label", json!("Mine")),
        ("environment", json!("live")),
        ("region", json!(null)),
        ("status", json!("ok")),
        ("last_error", json!(null)),
    ] {
        assert_eq!(one[field], value, "{field}");
    }
    let key = binance::READ_ONLY;
    let last = &key.api_key[key.api_key.len() - 4..];
    assert_eq!(one["api_key_masked"], format!("••••{last}"));
    assert_eq!(one["rights"]["state"], "read_only");
    assert_eq!(
        fields(&one["rights"]),
        ["granted", "ip_restricted", "state"]
    );
    assert_eq!(fields(&one["wallets"][0]), ["holdings", "name", "outcome"]);
    assert_eq!(one["wallets"][0]["name"], "spot");
    for time in ["last_synced_at", "created_at"] {
        let time = one[time].as_str().unwrap();
        assert!(time.starts_with("20") && time.ends_with('Z'), "{time}");
    }
    assert!(!one.to_string().contains(key.secret_key));
    assert!(!one.to_string().contains(key.api_key));
}

async fn a_portfolio_is_told_with_exact_texts(kind: Kind) {
    let app = App::start(kind).await;
    let control = app.setup.sandbox.control();
    control.set_price(Exchange::Binance, ["BTC", "USDT"], "60000.00000000");
    control.set_price(Exchange::Okx, ["USDT", "USD"], "0.999");
    let browser = app.signed_in(ANNA).await;
    let id = connect(&browser, &binance::READ_ONLY, &[]).await;
    let client = client_of(&app, ANNA, "read").await;
    let all = client.get("/portfolio").await.with(200);
    assert_eq!(all["base_currency"], "USD");
    assert_eq!(all["complete"], true);
    assert_eq!((&all["id"], &all["name"]), (&json!(null), &json!(null)));
    assert!(all["total_value"].is_string() && all["as_of"].is_string());
    let holdings = all["holdings"].as_array().unwrap();
    let btc = holdings.iter().find(|one| one["asset"] == "BTC").unwrap();
    assert_eq!(btc["quantity"], "0.01384567");
    assert_eq!(btc["price"], "59940");
    // 0.01384567 × 59,940, to the last digit.
    assert_eq!(btc["value"], "829.9094598");
    assert!(btc["share"].as_str().unwrap().starts_with("0."));
    let part = &btc["wallets"][0];
    assert_eq!(part["connection_id"], id);
    assert_eq!(part["exchange"], "binance");
    assert!(part["wallet"].is_string() && part["quantity"].is_string());
    assert!(part["read_at"].as_str().unwrap().ends_with('Z'));
}

async fn what_has_no_price_is_null_and_counted(kind: Kind) {
    let app = App::start(kind).await;
    let control = app.setup.sandbox.control();
    for (exchange, quote) in [
        (Exchange::Binance, "USDT"),
        (Exchange::Binance, "BTC"),
        (Exchange::Okx, "USDT"),
    ] {
        control.remove_pair(exchange, ["SOL", quote]);
    }
    let browser = app.signed_in(ANNA).await;
    connect(&browser, &binance::READ_ONLY, &[]).await;
    let client = client_of(&app, ANNA, "read").await;
    let all = client.get("/portfolio").await.with(200);
    let holdings = all["holdings"].as_array().unwrap();
    let sol = holdings.iter().find(|one| one["asset"] == "SOL").unwrap();
    assert!(sol["quantity"].is_string());
    for figure in ["price", "value", "share"] {
        assert_eq!(sol[figure], json!(null), "{figure}");
    }
    assert!(all["unpriced_count"].as_u64().unwrap() >= 1);
}

async fn what_was_entered_by_hand_lies_in_no_wallet(kind: Kind) {
    let app = App::start(kind).await;
    let browser = app.signed_in(ANNA).await;
    let made = browser
        .submit("/do/create-portfolio", &[("name", "Cash")])
        .await;
    assert_eq!(made.status, 200);
    let client = client_of(&app, ANNA, "read").await;
    let list = client.get("/portfolios").await.with(200);
    let id = list["portfolios"][0]["id"].as_str().unwrap();
    let form = [
        ("id", id),
        ("asset", "EUR"),
        ("quantity", "12.50"),
        ("label", "Drawer"),
    ];
    assert_eq!(browser.post("/do/add-manual", &form).await.status, 303);
    let one = client.get(&format!("/portfolios/{id}")).await.with(200);
    assert_eq!((&one["id"], &one["name"]), (&json!(id), &json!("Cash")));
    let part = &one["holdings"][0]["wallets"][0];
    assert_eq!(part["label"], "Drawer");
    assert_eq!(part["quantity"], "12.5");
    for nobodys in ["connection_id", "exchange", "wallet"] {
        assert_eq!(part[nobodys], json!(null), "{nobodys}");
    }
}

async fn each_portfolio_is_told_as_it_is_by_itself(kind: Kind) {
    let app = App::start(kind).await;
    let browser = app.signed_in(ANNA).await;
    for key in &BOTH {
        connect(&browser, key, &[]).await;
    }
    let client = client_of(&app, ANNA, "read").await;
    let list = client.get("/portfolios").await.with(200);
    let list = list["portfolios"].as_array().unwrap();
    let names: Vec<_> = list.iter().map(|one| one["name"].as_str()).collect();
    assert_eq!(names, [Some("Binance"), Some("OKX")]);
    for one in list {
        let path = format!("/portfolios/{}", one["id"].as_str().unwrap());
        assert_eq!(client.get(&path).await.with(200), *one);
        assert!(!one["holdings"].as_array().unwrap().is_empty());
    }
}

async fn what_is_anothers_is_not_there(kind: Kind) {
    let app = App::start(kind).await;
    let (anna, _bob) = (
        app.signed_in(ANNA).await,
        app.signed_in("bob@example.org").await,
    );
    let id = connect(&anna, &binance::READ_ONLY, &[]).await;
    let annas = client_of(&app, ANNA, "manage").await;
    let bobs = client_of(&app, "bob@example.org", "manage").await;
    let one = annas.get(&format!("/connections/{id}")).await.with(200);
    let portfolio = one["portfolio_id"].as_str().unwrap();
    let nobodys = "0".repeat(32);
    app.setup.sandbox.control().clear_records();
    for (method, path, id) in [
        ("GET", "/connections/ID", id.as_str()),
        ("DELETE", "/connections/ID", &id),
        ("GET", "/portfolios/ID", portfolio),
        ("GET", "/portfolios/ID/history", portfolio),
        ("DELETE", "/portfolios/ID", portfolio),
        ("GET", "/connections/ID/runs", &id),
        ("GET", "/manual-holdings/ID", &id),
        ("DELETE", "/manual-holdings/ID", &id),
        ("POST", "/connections/ID/sync", &id),
        ("POST", "/accounts/ID/sync", &id),
    ] {
        let mut told = Vec::new();
        for id in [id, &nobodys, "x", "%00", "..%2f..", "%ff"] {
            let method = method.parse().unwrap();
            let call = bobs.call(method, &path.replace("ID", id));
            let mut json = super::client::Told::of(call)
                .await
                .refused(404, "not_found");
            json["request_id"] = json!(null);
            told.push(json);
        }
        told.dedup();
        assert_eq!(told.len(), 1, "{path}");
    }
    for (method, path, id) in [
        ("PATCH", "/connections/ID", id.as_str()),
        ("PUT", "/connections/ID/key", &id),
        ("PATCH", "/portfolios/ID", portfolio),
        ("POST", "/portfolios/ID/merge", portfolio),
        ("POST", "/portfolios/ID/manual-holdings", portfolio),
        ("PATCH", "/manual-holdings/ID", &id),
    ] {
        for id in [id, &nobodys, "x"] {
            let call = bobs.call(method.parse().unwrap(), &path.replace("ID", id));
            let told = super::client::Told::of(super::client::json_body(call, "{}"));
            told.await.refused(404, "not_found");
        }
    }
    assert_eq!(app.setup.sandbox.control().count("/"), 0);
    let empty = json!({"connections": [], "next": null});
    assert_eq!(bobs.get("/connections").await.with(200), empty);
    assert_eq!(
        bobs.get("/portfolio").await.with(200)["holdings"],
        json!([])
    );
}
