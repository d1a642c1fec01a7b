//! Syncing by a program's word.

use coffer::sandbox::keys::{binance, okx};
use reqwest::Method;
use serde_json::{Value, json};

use super::client::{Client, Told, client_of};
use crate::scene::connect;
use crate::support::{App, Kind, on_both_databases};

on_both_databases![
    a_sync_is_reported_by_both_of_its_names,
    a_sync_that_failed_is_an_answer_and_balances_stay,
    all_are_synced_and_each_is_told,
    a_connection_is_deleted_with_what_it_held,
];

const ANNA: &str = "anna@example.org";

async fn a_sync_is_reported_by_both_of_its_names(kind: Kind) {
    let app = App::start(kind).await;
    let browser = app.signed_in(ANNA).await;
    let id = connect(&browser, &binance::READ_ONLY, &[]).await;
    let client = client_of(&app, ANNA, "sync").await;
    for name in ["connections", "accounts"] {
        let report = client.post(&format!("/{name}/{id}/sync")).await.with(200);
        assert_eq!(report["account_id"], id);
        assert_eq!(report["success"], true);
        assert_eq!(report["unchanged"], report["holdings_count"]);
        for count in ["added", "updated", "removed", "unreadable"] {
            assert_eq!(report[count], 0, "{count}");
        }
        assert!(report["duration_ms"].is_u64());
        assert!(report["started_at"].as_str().unwrap().ends_with('Z'));
        assert_eq!(report["wallets"][0]["outcome"], "read");
        assert_eq!((report.get("error"), report.get("code")), (None, None));
    }
}

async fn a_sync_that_failed_is_an_answer_and_balances_stay(kind: Kind) {
    let app = App::start(kind).await;
    let browser = app.signed_in(ANNA).await;
    let id = connect(&browser, &binance::READ_ONLY, &[]).await;
    let client = client_of(&app, ANNA, "sync").await;
    let before = client.get("/portfolio").await.with(200);
    let control = app.setup.sandbox.control();
    control.revoke_key(binance::READ_ONLY.api_key).unwrap();
    let report = client.post(&format!("/connections/{id}/sync")).await;
    let report = report.with(200);
    assert_eq!(report["success"], false);
    assert_eq!(report["code"], "invalid_credentials");
    assert!(report["error"].as_str().unwrap().contains("Binance"));
    let one = client.get(&format!("/connections/{id}")).await.with(200);
    assert_eq!(one["status"], "needs_attention");
    assert_eq!(one["last_error_code"], "invalid_credentials");
    let after = client.get("/portfolio").await.with(200);
    let quantities = |all: &Value| {
        let holdings = all["holdings"].as_array().unwrap().iter();
        holdings
            .map(|one| one["quantity"].clone())
            .collect::<Vec<_>>()
    };
    assert_eq!(quantities(&after), quantities(&before));
    assert_eq!(
        (&before["complete"], &after["complete"]),
        (&json!(true), &json!(false))
    );
    assert_eq!(after["missing"][0]["connection_id"], id);
}

async fn all_are_synced_and_each_is_told(kind: Kind) {
    let app = App::start(kind).await;
    let browser = app.signed_in(ANNA).await;
    let good = connect(&browser, &binance::READ_ONLY, &[]).await;
    let bad = connect(&browser, &okx::READ_ONLY, &[]).await;
    let control = app.setup.sandbox.control();
    control.revoke_key(okx::READ_ONLY.api_key).unwrap();
    let client = client_of(&app, ANNA, "sync").await;
    for name in ["connections", "accounts"] {
        let told = client.post(&format!("/{name}/sync-all")).await.with(200);
        let counts = ["total", "successful", "failed"].map(|count| told[count].as_u64());
        assert_eq!(counts, [2, 1, 1].map(Some));
        let [first, second] = [&told["results"][0], &told["results"][1]];
        assert_eq!(
            (&first["account_id"], &first["success"]),
            (&json!(good), &json!(true))
        );
        assert!(first["holdings_count"].as_u64().unwrap() > 0);
        assert_eq!((first.get("error"), first.get("code")), (None, None));
        assert_eq!(
            (&second["account_id"], &second["success"]),
            (&json!(bad), &json!(false))
        );
        assert_eq!(second["code"], "invalid_credentials");
        assert!(second["error"].as_str().unwrap().contains("OKX"));
        assert_eq!(second.get("holdings_count"), None);
    }
    // Somebody who has connected nothing.
    app.signed_in("bob@example.org").await;
    let bob = client_of(&app, "bob@example.org", "sync").await;
    let told = bob.post("/connections/sync-all").await.with(200);
    let nothing = json!({"total": 0, "successful": 0, "failed": 0, "results": []});
    assert_eq!(told, nothing);
}

async fn a_connection_is_deleted_with_what_it_held(kind: Kind) {
    let app = App::start(kind).await;
    let browser = app.signed_in(ANNA).await;
    let id = connect(&browser, &binance::READ_ONLY, &[]).await;
    let path = format!("/connections/{id}");
    let delete = async |client: &Client| Told::of(client.call(Method::DELETE, &path)).await;
    let lesser = client_of(&app, ANNA, "sync").await;
    delete(&lesser).await.refused(403, "forbidden");
    let client = client_of(&app, ANNA, "manage").await;
    let told = delete(&client).await;
    assert_eq!((told.status, told.text.as_str()), (204, ""));
    delete(&client).await.refused(404, "not_found");
    client.get(&path).await.refused(404, "not_found");
    assert_eq!(
        client.get("/portfolio").await.with(200)["holdings"],
        json!([])
    );
}
