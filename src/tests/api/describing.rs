//! The document of the API: whole, true, and to be browsed without a foreign host.

use std::collections::BTreeSet;

use coffer::domain::token::Scope;
use serde_json::Value;

use super::client::{Client, Told, client_of, json_body};
use crate::program::Program;
use crate::sources;
use crate::support::{App, Kind};

const METHODS: [&str; 5] = ["get", "post", "put", "patch", "delete"];

fn document() -> Value {
    serde_json::to_value(coffer::http::api::document()).unwrap()
}

/// Method, path and operation of every endpoint.
fn operations(document: &Value) -> Vec<(String, String, Value)> {
    let mut all = Vec::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            assert!(METHODS.contains(&method.as_str()), "{path}: {method}");
            all.push((method.clone(), path.clone(), operation.clone()));
        }
    }
    assert!(all.len() > 8);
    all
}

fn scope(operation: &Value) -> Scope {
    let text = operation["security"][0]["token"][0].as_str().unwrap();
    Scope::parse(text).unwrap()
}

#[test]
fn every_endpoint_stands_in_the_document_whole() {
    let document = document();
    assert!(document["openapi"].as_str().unwrap().starts_with("3.1."));
    let mut names = BTreeSet::new();
    for (method, path, operation) in operations(&document) {
        let what = format!("{method} {path}");
        assert!(path.starts_with("/api/v1/"), "{what}");
        assert!(names.insert(operation["operationId"].to_string()), "{what}");
        assert!(
            operation["summary"].as_str().unwrap().ends_with('.'),
            "{what}"
        );
        assert_eq!(
            operation["security"][1],
            serde_json::json!({"session": []}),
            "{what}"
        );
        let answers = operation["responses"].as_object().unwrap();
        for status in ["401", "403", "429", "500", "503"] {
            assert!(answers.contains_key(status), "{what}: {status}");
        }
        let by_query = ["/holdings", "/api-keys/me"];
        let names = path.contains('{') || by_query.iter().any(|one| path.ends_with(one));
        assert_eq!(answers.contains_key("404"), names, "{what}");
        let good: Vec<_> = answers
            .keys()
            .filter(|status| status.starts_with('2'))
            .collect();
        assert_eq!(good.len(), 1, "{what}");
        if operation.get("requestBody").is_some() {
            for status in ["400", "413", "415", "422"] {
                assert!(answers.contains_key(status), "{what}: {status}");
            }
        }
    }
}

#[test]
fn nothing_in_the_document_leads_nowhere_and_every_field_is_explained() {
    let document = document();
    let text = document.to_string();
    for place in text.split("\"$ref\":\"#").skip(1) {
        let pointer = place.split('"').next().unwrap();
        assert!(document.pointer(pointer).is_some(), "{pointer}");
    }
    for (name, schema) in document["components"]["schemas"].as_object().unwrap() {
        let parts = schema.get("allOf").and_then(Value::as_array).cloned();
        for part in parts.unwrap_or_else(|| vec![schema.clone()]) {
            for (field, schema) in part["properties"].as_object().into_iter().flatten() {
                let text = schema.to_string();
                let is_plain = !text.contains("\"$ref\"") && !text.contains("boolean");
                let explained = text.contains("\"description\"") || text.contains("\"$ref\"");
                assert!(explained, "{name}.{field}");
                assert!(!is_plain || text.contains("\"example\""), "{name}.{field}");
            }
        }
    }
}

/// A handler asks first, for the scope that the document tells, and is on the router by
/// `routes!` alone, which puts it into the document.
#[test]
fn every_handler_asks_for_the_scope_it_is_documented_with() {
    let mut handlers = 0;
    for source in sources::all()
        .iter()
        .filter(|one| one.path.starts_with("http/api/"))
    {
        for (from, to) in source.items_marked("#[utoipa::path") {
            let text = &source.text[from..to];
            let scope = text.split("(\"token\" = [\"").nth(1).unwrap();
            let scope = scope.split('"').next().unwrap();
            let needs = match Scope::parse(scope).unwrap() {
                Scope::Read => "May<Read>",
                Scope::Sync => "May<Resync>",
                Scope::Manage => "May<Manage>",
            };
            let arguments = text.split("pub async fn ").nth(1).unwrap();
            let first = arguments.split('(').nth(1).unwrap().trim_start();
            let asks = first
                .trim_start_matches('_')
                .starts_with(&format!("may: {needs}"));
            assert!(asks, "{}: {scope}: {first}", source.path);
            handlers += 1;
        }
        let plain = source.code.matches(".route(").count();
        let open = if source.path == "http/api/mod.rs" {
            4
        } else {
            0
        };
        assert_eq!(plain, open, "{} routes past the document", source.path);
    }
    assert_eq!(handlers, operations(&document()).len());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_router_does_as_the_document_says_of_who_may_what() {
    let app = App::start(Kind::Sqlite).await;
    app.signed_in("anna@example.org").await;
    let nobody = Client::new(&app, "");
    for (method, path, _) in operations(&document()) {
        let path = path.strip_prefix("/api/v1").unwrap();
        let path = path.replace("{id}", &"0".repeat(32));
        let method: reqwest::Method = method.to_uppercase().parse().unwrap();
        let told = Told::of(nobody.call(method.clone(), &path)).await;
        told.refused(401, "unauthenticated");
        assert_eq!(told.header("www-authenticate"), "Bearer");
    }
    for has in Scope::ALL {
        let client = client_of(&app, "anna@example.org", has.as_str()).await;
        for (method, path, operation) in operations(&document()) {
            let path = path.strip_prefix("/api/v1").unwrap();
            let path = path.replace("{id}", &"0".repeat(32));
            let method: reqwest::Method = method.to_uppercase().parse().unwrap();
            let call = client.call(method.clone(), &path);
            let call = if method.is_safe() {
                call
            } else {
                json_body(call, "{}")
            };
            // A stream that is let in does not end by itself.
            if path == "/events" {
                assert_eq!(call.send().await.unwrap().status(), 200);
                continue;
            }
            let told = Told::of(call).await;
            let reaches = has.covers(scope(&operation));
            assert_eq!(told.status != 403, reaches, "{method} {path} {told:?}");
            let documented = operation["responses"].get(told.status.to_string());
            assert!(documented.is_some(), "{method} {path} {told:?}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_document_is_the_same_from_the_server_and_from_the_shell() {
    let app = App::start(Kind::Sqlite).await;
    let served = app.browser().get("/api/openapi.json").await;
    assert_eq!(served.status, 200);
    let served: Value = serde_json::from_str(&served.body).unwrap();
    assert_eq!(served, document());
    let folder = tempfile::tempdir().unwrap();
    let printed = Program::new(folder.path()).run(&["openapi"]);
    assert_eq!(printed.code, Some(0), "{printed:?}");
    assert_eq!(serde_json::from_str::<Value>(&printed.out).unwrap(), served);
    assert!(!folder.path().join("data").exists(), "printing made files");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_page_of_the_document_takes_everything_from_this_server() {
    let app = App::start(Kind::Sqlite).await;
    let stranger = app.browser();
    let page = stranger.get("/api/docs").await;
    assert_eq!(page.status, 200);
    let policy = page.headers["content-security-policy"].to_str().unwrap();
    assert!(policy.contains("script-src 'self';"), "{policy}");
    assert!(policy.contains("connect-src 'self';"), "{policy}");
    assert_eq!(page.all("script").concat(), "", "a script inline");
    assert_eq!(page.all("style").concat(), "", "a style inline");
    let mut links = page.attributes("[src]", "src");
    links.extend(page.attributes("link[href]", "href"));
    assert!(links.len() >= 5);
    for link in links {
        assert!(link.starts_with('/') && !link.starts_with("//"), "{link}");
        assert_eq!(stranger.get(&link).await.status, 200, "{link}");
    }
    for hostile in [
        "swagger-ui.css.map",
        "index.html",
        "..%2f..%2fCargo.toml",
        "%00",
    ] {
        let told = stranger.get(&format!("/api/docs/{hostile}")).await;
        assert_eq!(told.status, 404, "{hostile}");
    }
}
