//! Every door of the house asks who is there, but for the few that are open to anybody.

use std::collections::BTreeSet;

use reqwest::Method;
use reqwest::header::ACCEPT;

use crate::functions::{FUNCTIONS, answer, bare, call};
use crate::sources;
use crate::support::{App, Kind};

/// What a function that is not open says before anything else.
const ASKS: &str = "crate::http::signed_in().await?;";

/// Pages for somebody who is signed in; `{id}` is nobody's.
const CLOSED_PAGES: [&str; 33] = [
    "/",
    "/connections",
    "/connections/0123",
    "/connections/0123/delete",
    "/connections/0123/recording",
    "/portfolios",
    "/portfolios/0123",
    "/portfolios/0123/manual",
    "/portfolios/0123/rename",
    "/portfolios/0123/merge",
    "/portfolios/0123/delete",
    "/manual/0123",
    "/manual/0123/delete",
    "/market",
    "/market/BTC-USDT",
    "/notices",
    "/status",
    "/settings",
    "/settings/telling",
    "/settings/data",
    "/settings/delete-account",
    "/export/holdings.csv",
    "/export/holdings.json",
    "/export/history.csv",
    "/export/history.json",
    "/export/runs.csv",
    "/export/runs.json",
    "/export/everything.json",
    "/export/no-such.file",
    "/settings/tokens",
    "/no-such-page",
    "/sign-in/more",
    "/sign-in//",
];

/// What anybody may get: the way in, and what stands on it.
pub const OPEN_PAGES: [&str; 11] = [
    "/sign-in",
    "/sign-up",
    "/healthz",
    "/readyz",
    "/metrics",
    "/assets/coffer.css",
    "/public/icon.svg",
    "/favicon.ico",
    "/api/docs",
    "/api/docs/swagger-ui.css",
    "/api/openapi.json",
];

#[test]
fn every_server_function_is_known_here_and_has_its_address_under_do() {
    let found: BTreeSet<_> = server_fn::axum::server_fn_paths()
        .map(|(path, method)| (path.to_owned(), method))
        .collect();
    let known: BTreeSet<_> = FUNCTIONS
        .iter()
        .map(|function| (function.path(), Method::POST))
        .collect();
    assert_eq!(found, known);
}

#[test]
fn a_server_function_asks_first_who_is_calling() {
    let mut seen = BTreeSet::new();
    for source in sources::all() {
        for (from, to) in source.items_marked("#[server(prefix") {
            let text = &source.text[from..to];
            let name = text.split("endpoint = \"").nth(1).unwrap();
            let name = name.split('"').next().unwrap();
            seen.insert(name.to_owned());
            let known = FUNCTIONS.iter().find(|function| function.name == name);
            let known = known.unwrap_or_else(|| panic!("{name} is not among the functions"));
            let body = text[source.code[from..to].find('{').unwrap() + 1..].trim_start();
            let first = body.strip_prefix("let user = ").unwrap_or(body);
            assert!(known.open || first.starts_with(ASKS), "{name}: {body}");
        }
        for (from, _) in source.items_marked("#[server") {
            let text = &source.text[from..];
            let is_function = text.starts_with("#[server(prefix = \"/do\", endpoint = \"");
            let is_argument =
                text.starts_with("#[server(default)]") || text.starts_with("#[server(flatten)]");
            let line = source.line(from);
            assert!(is_function || is_argument, "{}:{line}", source.path);
        }
    }
    assert_eq!(seen.len(), FUNCTIONS.len(), "{seen:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stranger_is_let_into_open_functions_only() {
    let app = App::start(Kind::Sqlite).await;
    let stranger = app.browser();
    for function in FUNCTIONS {
        let as_program = call(&stranger, &function.path(), &[("id", "0123")]).await;
        let as_browser = stranger.post(&function.path(), &[("id", "0123")]).await;
        let name = function.name;
        if function.open {
            assert_ne!(as_program.body, "\"unauthenticated\"", "{name}");
        } else {
            assert_eq!(as_program.status, 401, "{name}");
            assert_eq!(as_program.body, "\"unauthenticated\"", "{name}");
            assert_eq!(as_browser.status, 303, "{name}");
            assert_eq!(as_browser.location().unwrap(), "/sign-in", "{name}");
        }
    }
    assert_eq!(app.setup.sandbox.control().count("/"), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stranger_is_sent_to_the_sign_in_page_from_every_other() {
    let app = App::start(Kind::Sqlite).await;
    let stranger = app.browser();
    for path in CLOSED_PAGES {
        for method in [Method::GET, Method::HEAD] {
            let page = answer(bare(&stranger, method, path)).await;
            assert_eq!(page.status, 303, "{path}");
            assert_eq!(page.location().unwrap(), "/sign-in", "{path}");
            assert_eq!(page.body, "", "{path}");
        }
    }
    for path in OPEN_PAGES {
        assert_eq!(stranger.get(path).await.status, 200, "{path}");
        let head = answer(bare(&stranger, Method::HEAD, path)).await;
        assert_eq!((head.status, head.body.as_str()), (200, ""), "{path}");
    }
}

#[test]
fn every_page_of_the_router_is_open_or_closed_here() {
    for route in sources::routes() {
        let route = route.replace(":id", "0123").replace(":symbol", "BTC-USDT");
        let known = CLOSED_PAGES.contains(&route.as_str()) || OPEN_PAGES.contains(&route.as_str());
        assert!(known, "{route} is on neither list");
    }
}

#[test]
fn every_route_of_the_server_is_open_or_asks_who_is_calling() {
    let all = sources::all();
    let named = |path: &str| all.iter().find(|s| s.path == path).unwrap().text.clone();
    let text = named("server.rs") + &named("http/api/mod.rs");
    let routes = text.split(".route(\"").skip(1);
    let routes: Vec<_> = routes.map(|rest| rest.split_once('"').unwrap()).collect();
    assert!(routes.len() > 8);
    for (route, rest) in routes {
        let is_page =
            rest.starts_with(", get(app::page)") || rest.starts_with(", post(forms::run)");
        // Those of the API ask for themselves, by a test of their own; at other paths is nothing.
        let is_nothing = rest.starts_with(", any(nothing)");
        let path = route.replace("{id}", "0123");
        let known = |list: &[&str]| {
            let fits = |open: &&str| match path.split_once("{name}") {
                Some((before, _)) => open.starts_with(before),
                None => **open == path,
            };
            list.iter().any(fits)
        };
        let closed = known(&CLOSED_PAGES) || known(&OPEN_PAGES) || route == "/pkg/{name}";
        assert!(
            is_page || is_nothing || closed,
            "{route} is on neither list"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_function_cannot_be_run_by_opening_its_address() {
    let app = App::start(Kind::Sqlite).await;
    let (stranger, owner) = (app.browser(), app.signed_in("owner@example.org").await);
    for function in FUNCTIONS {
        for browser in [&stranger, &owner] {
            for method in [Method::GET, Method::HEAD, Method::PUT, Method::DELETE] {
                let request = bare(browser, method.clone(), &function.path());
                let page = answer(request.header(ACCEPT, "text/html")).await;
                let form = page.headers.get("x-request-id").is_some();
                let refused = (400..500).contains(&page.status) && form;
                assert!(refused, "{method} {}: {}", function.name, page.status);
                assert_eq!(page.location(), None, "{method} {}", function.name);
            }
        }
    }
    assert_eq!(owner.get("/").await.status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_without_a_function_is_a_wrong_form() {
    let app = App::start(Kind::Sqlite).await;
    let owner = app.signed_in("owner@example.org").await;
    for path in ["/do/no-such", "/do/sync%00", "/do/..%2fsync"] {
        assert_eq!(call(&owner, path, &[]).await.status, 400, "{path}");
        let page = owner.post(path, &[]).await;
        assert_eq!((page.status, page.location()), (400, None), "{path}");
    }
}
