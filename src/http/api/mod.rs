//! The JSON API under `/api/v1`: one file per aggregate, each handler an entry of `services`.

use axum::Router;
use axum::extract::Request;
use axum::http::StatusCode;
use axum::http::header::{AUTHORIZATION, COOKIE, HeaderName, ORIGIN};
use axum::middleware::{Next, from_fn, from_fn_with_state};
use axum::response::Response;
use axum::routing::{any, get};
use utoipa::openapi::OpenApi;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

mod admit;
mod allowance;
mod arranging;
mod backfills;
mod changing;
mod connect;
mod connections;
mod docs;
mod document;
mod events;
mod files;
mod health;
mod history;
mod holdings;
mod input;
mod klines;
mod listings;
mod manual;
mod market;
mod may;
mod once;
mod one_key;
mod page;
mod portfolios;
pub mod problem;
mod runs;
mod sync;
mod sync_all;
mod telling;
mod tokens;
mod watchlist;
mod you;

use crate::services::State;
use problem::Refused;

/// Under which everything of the API stands.
const BASE: &str = "/api/v1";
const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// Every endpoint. What is added here stands in the document by itself.
fn endpoints() -> OpenApiRouter<State> {
    OpenApiRouter::new()
        .routes(routes!(connections::list))
        .routes(routes!(
            connections::show,
            changing::change,
            connections::delete
        ))
        .routes(routes!(changing::key))
        .routes(routes!(connect::binance))
        .routes(routes!(connect::okx))
        .routes(routes!(sync::connection))
        .routes(routes!(sync::account))
        .routes(routes!(sync_all::connections, sync_all::latest))
        .routes(routes!(sync_all::accounts))
        .routes(routes!(runs::list))
        .routes(routes!(events::events))
        .routes(routes!(one_key::store))
        .routes(routes!(one_key::show, one_key::remove))
        .routes(routes!(portfolios::all_together))
        .routes(routes!(history::all_together))
        .routes(routes!(portfolios::list, arranging::create))
        .routes(routes!(
            portfolios::show,
            arranging::rename,
            arranging::delete
        ))
        .routes(routes!(arranging::merge))
        .routes(routes!(history::one))
        .routes(routes!(holdings::list))
        .routes(routes!(manual::list))
        .routes(routes!(manual::add))
        .routes(routes!(manual::show, manual::change, manual::delete))
        .routes(routes!(market::tickers))
        .routes(routes!(watchlist::show, watchlist::replace, watchlist::add))
        .routes(routes!(watchlist::remove))
        .routes(routes!(listings::symbols))
        .routes(routes!(klines::klines))
        .routes(routes!(klines::file))
        .routes(routes!(backfills::list, backfills::ask))
        .routes(routes!(backfills::show))
        .routes(routes!(health::exchanges))
        .routes(routes!(you::settings, you::change))
        .routes(routes!(you::notices))
        .routes(routes!(you::read))
        .routes(routes!(telling::show, telling::change))
        .routes(routes!(telling::switch))
        .routes(routes!(telling::renew))
        .routes(routes!(telling::test))
        .routes(routes!(telling::deliveries))
        .routes(routes!(tokens::list))
        .routes(routes!(tokens::revoke))
        .routes(routes!(files::export))
        .routes(routes!(files::recording))
}

/// The endpoints with what every call goes through. They need a session layer around them.
pub fn routes(state: &State) -> Router<State> {
    let gate = admit::Gate::new(state);
    let (endpoints, _) = endpoints().split_for_parts();
    let endpoints = endpoints
        .layer(from_fn(input::only_json))
        .layer(from_fn_with_state(gate, admit::admit));
    Router::new()
        .nest(BASE, endpoints)
        .route("/api/{*rest}", any(nothing))
}

/// What anybody may read: the document, and the page to browse it.
pub fn open_routes() -> Router<State> {
    Router::new()
        .route("/api/openapi.json", get(docs::document))
        .route("/api/docs", get(docs::page))
        .route("/api/docs/{name}", get(docs::file))
}

/// The OpenAPI document of all endpoints.
#[must_use]
pub fn document() -> OpenApi {
    let nested = OpenApiRouter::with_openapi(document::base()).nest(BASE, endpoints());
    document::completed(nested.into_openapi())
}

/// Whether a path is of the API, so that its errors are told to programs.
#[must_use]
pub fn is_at(path: &str) -> bool {
    path.starts_with("/api/")
}

/// Keeps calls with a token apart from browsers: they have no session, and as a page of another site
/// cannot send a token, it does not matter from which page they come.
pub async fn apart(mut request: Request, next: Next) -> Response {
    let with_token = request.headers().contains_key(AUTHORIZATION);
    if with_token && is_at(request.uri().path()) {
        for name in [COOKIE, ORIGIN, SEC_FETCH_SITE] {
            request.headers_mut().remove(name);
        }
    }
    next.run(request).await
}

async fn nothing() -> Refused {
    StatusCode::NOT_FOUND.into()
}
