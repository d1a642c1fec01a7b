//! Lists that come in parts.

use coffer::sandbox::keys::{binance, okx};

use super::client::{Client, client_of};
use crate::scene::connect;
use crate::support::{App, Kind, on_both_databases};

on_both_databases![a_list_in_parts_is_the_whole_list];

const ANNA: &str = "anna@example.org";

/// The ids of a list, `limit` at a time.
async fn ids(client: &Client, list: &str, limit: usize) -> Vec<String> {
    let (mut ids, mut more) = (Vec::new(), String::new());
    loop {
        let path = format!("/{list}?limit={limit}{more}");
        let part = client.get(&path).await.with(200);
        let entries = part[list].as_array().unwrap();
        assert!(entries.len() <= limit, "{part}");
        ids.extend(
            entries
                .iter()
                .map(|one| one["id"].as_str().unwrap().to_owned()),
        );
        match part["next"].as_str() {
            Some(next) => more = format!("&cursor={next}"),
            None => return ids,
        }
    }
}

async fn a_list_in_parts_is_the_whole_list(kind: Kind) {
    let app = App::start(kind).await;
    let browser = app.signed_in(ANNA).await;
    let mut made = Vec::new();
    for key in [binance::READ_ONLY, okx::READ_ONLY, binance::SECOND] {
        made.push(connect(&browser, &key, &[]).await);
    }
    for name in ["A", "Ä", "z"] {
        browser
            .post("/do/create-portfolio", &[("name", name)])
            .await;
    }
    let client = client_of(&app, ANNA, "read").await;
    for limit in [1, 2, 3, 200] {
        assert_eq!(ids(&client, "connections", limit).await, made);
    }
    let portfolios = ids(&client, "portfolios", 200).await;
    assert_eq!(portfolios.len(), 5);
    assert_eq!(ids(&client, "portfolios", 2).await, portfolios);
    for (query, field) in [
        ("limit=0", "limit"),
        ("limit=201", "limit"),
        ("limit=ten", "limit"),
        ("limit=", "limit"),
        ("cursor=%00", "cursor"),
        ("cursor=!", "cursor"),
    ] {
        let told = client.get(&format!("/connections?{query}")).await;
        let told = told.refused(422, "validation_failed");
        assert!(told["errors"][field][0].is_string(), "{query}: {told}");
    }
    let told = client.get("/connections?limit=1&limit=2").await;
    told.refused(400, "validation_failed");
}
