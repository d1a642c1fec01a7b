//! The OpenAPI document, and the page to browse it. Everything on the page comes from here.

use std::sync::{Arc, LazyLock};

use axum::extract::Path;
use axum::http::header::{CACHE_CONTROL, CONTENT_ENCODING, CONTENT_SECURITY_POLICY, CONTENT_TYPE};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{Html, IntoResponse, Response};
use utoipa_swagger_ui::Config;

use super::problem::Refused;

/// Scripts and styles of this server only.
const POLICY: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; script-src 'self'; style-src 'self'; \
     img-src 'self' data:; connect-src 'self'; base-uri 'none'; object-src 'none'; \
     form-action 'self'; frame-ancestors 'none'",
);

/// What the page needs of the viewer.
const FILES: [&str; 2] = ["swagger-ui.css", "swagger-ui-bundle.js"];

const PAGE: &str = "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\
    <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\
    <title>API · Coffer</title>\
    <link rel=\"icon\" href=\"/public/icon.svg\" type=\"image/svg+xml\">\
    <link rel=\"stylesheet\" href=\"/api/docs/swagger-ui.css\">\
    <link rel=\"stylesheet\" href=\"/public/api-docs.css\"></head>\
    <body><header><a href=\"/\">Coffer</a></header>\
    <main id=\"swagger-ui\"><p>This page needs script. The document itself is \
    <a href=\"/api/openapi.json\">openapi.json</a>.</p></main>\
    <script src=\"/api/docs/swagger-ui-bundle.js\"></script>\
    <script src=\"/public/api-docs.js\"></script></body></html>\n";

/// The document, written once.
static DOCUMENT: LazyLock<String> =
    LazyLock::new(|| super::document().to_json().unwrap_or_default());

/// Hands out the document.
pub async fn document() -> Response {
    ([(CONTENT_TYPE, "application/json")], DOCUMENT.as_str()).into_response()
}

/// Shows the document.
pub async fn page() -> Response {
    ([(CONTENT_SECURITY_POLICY, POLICY)], Html(PAGE)).into_response()
}

/// Hands out a file of the viewer.
pub async fn file(Path(name): Path<String>) -> Result<Response, Refused> {
    let known = FILES.contains(&name.as_str());
    let file = known.then(|| utoipa_swagger_ui::serve(&name, Arc::new(Config::default())));
    let file = file.and_then(Result::ok).flatten();
    let file = file.ok_or(StatusCode::NOT_FOUND)?;
    let mut headers = HeaderMap::new();
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    let kind = HeaderValue::from_str(&file.content_type);
    headers.extend(kind.ok().map(|kind| (CONTENT_TYPE, kind)));
    let gzip = file.gzpipped.then(|| HeaderValue::from_static("gzip"));
    headers.extend(gzip.map(|gzip| (CONTENT_ENCODING, gzip)));
    Ok((headers, file.bytes.into_owned()).into_response())
}
