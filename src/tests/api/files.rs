//! Files, tokens and the state of a sync of all, as programs get them.

use coffer::sandbox::keys::binance;
use reqwest::Method;

use super::client::{Client, Told, client_of};
use crate::scene::connect;
use crate::support::{App, Kind, on_both_databases};

on_both_databases![
    files_are_the_same_as_those_of_the_pages,
    a_recording_is_handed_out_with_the_amounts_that_are_wanted,
    tokens_are_listed_without_themselves_and_revoked,
    a_sync_of_all_tells_how_far_it_has_come,
];

const ANNA: &str = "anna@example.org";

/// A file without the moment it was made.
fn lasting(text: &str) -> String {
    text.lines()
        .filter(|line| !line.contains("made_at"))
        .collect()
}

async fn files_are_the_same_as_those_of_the_pages(kind: Kind) {
    let app = App::start(kind).await;
    let browser = app.signed_in(ANNA).await;
    app.signed_in("bob@example.org").await;
    let id = connect(&browser, &binance::READ_ONLY, &[]).await;
    let client = client_of(&app, ANNA, "read").await;
    for name in [
        "holdings.csv",
        "holdings.json",
        "history.csv",
        "runs.json",
        "everything.json",
    ] {
        let file = client.get(&format!("/export/{name}")).await;
        assert_eq!(file.status, 200, "{name}");
        let page = browser.get(&format!("/export/{name}")).await;
        assert_eq!(lasting(&file.text), lasting(&page.body), "{name}");
        for header in ["content-type", "content-disposition", "cache-control"] {
            assert_eq!(
                file.header(header),
                page.headers[header].to_str().unwrap(),
                "{name}"
            );
        }
    }
    let runs = client
        .get(&format!("/export/runs.csv?connection={id}"))
        .await;
    assert!(runs.text.contains(&id));
    client
        .get("/export/secrets.csv")
        .await
        .refused(404, "not_found");
    let bob = client_of(&app, "bob@example.org", "read").await;
    let anothers = bob.get(&format!("/export/runs.csv?connection={id}")).await;
    anothers.refused(404, "not_found");
}

async fn a_recording_is_handed_out_with_the_amounts_that_are_wanted(kind: Kind) {
    let app = App::start(kind).await;
    let browser = app.signed_in(ANNA).await;
    app.signed_in("bob@example.org").await;
    let id = connect(&browser, &binance::READ_ONLY, &[]).await;
    let client = client_of(&app, ANNA, "read").await;
    let path = format!("/connections/{id}/recording");
    for (query, amounts) in [("", "scrambled"), ("?amounts=kept", "kept")] {
        let told = client.get(&format!("{path}{query}")).await;
        assert_eq!(told.with(200)["amounts"], amounts);
        assert!(!told.text.contains(binance::READ_ONLY.api_key));
    }
    let told = client.get(&format!("{path}?amounts=all")).await;
    told.refused(422, "validation_failed");
    let bob = client_of(&app, "bob@example.org", "read").await;
    bob.get(&path).await.refused(404, "not_found");
}

async fn tokens_are_listed_without_themselves_and_revoked(kind: Kind) {
    let app = App::start(kind).await;
    app.signed_in(ANNA).await;
    app.signed_in("bob@example.org").await;
    let client = client_of(&app, ANNA, "manage").await;
    let reader = client_of(&app, ANNA, "read").await;
    let told = client.get("/tokens").await;
    let list = told.with(200);
    let names: Vec<_> = list["tokens"].as_array().unwrap().iter().collect();
    assert_eq!((names.len(), &names[1]["scope"]), (2, &"read".into()));
    let end = &reader.token[reader.token.len() - 4..];
    assert_eq!(names[1]["token_masked"], format!("••••{end}"));
    assert!(!told.text.contains(&reader.token) && !told.text.contains(&client.token));
    let path = format!("/tokens/{}", names[1]["id"].as_str().unwrap());
    let bob = client_of(&app, "bob@example.org", "manage").await;
    revoke(&bob, &path).await.refused(404, "not_found");
    reader.get("/tokens").await.with(200);
    assert_eq!(revoke(&client, &path).await.status, 204);
    reader.get("/tokens").await.refused(401, "unauthenticated");
}

async fn revoke(client: &Client, path: &str) -> Told {
    Told::of(client.call(Method::DELETE, path)).await
}

async fn a_sync_of_all_tells_how_far_it_has_come(kind: Kind) {
    let app = App::start(kind).await;
    let browser = app.signed_in(ANNA).await;
    let id = connect(&browser, &binance::READ_ONLY, &[]).await;
    let client = client_of(&app, ANNA, "sync").await;
    let none = client.get("/connections/sync-all").await.with(200);
    assert!(none["latest"].is_null());
    client.post("/connections/sync-all").await.with(200);
    let told = client.get("/connections/sync-all").await.with(200);
    let latest = &told["latest"];
    assert_eq!(
        (&latest["done"], &latest["successful"]),
        (&true.into(), &1.into())
    );
    assert_eq!(latest["results"][0]["account_id"], id);
}
