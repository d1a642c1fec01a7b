//! Files that the binary carries: the style sheet, icons, and the script bundle if it was built.

use axum::extract::Path;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, ETAG, IF_NONE_MATCH};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use rust_embed::{EmbeddedFile, RustEmbed};

/// Static files as they lie in `public/`.
#[derive(RustEmbed)]
#[folder = "public"]
struct Public;

/// What wasm-bindgen wrote; empty when the bundle was not built.
#[derive(RustEmbed)]
#[folder = "target/site/pkg"]
#[allow_missing = true]
struct Bundle;

/// The style sheet: the files of `style/`, one per concern, in the order of their layers.
const STYLE: &str = concat!(
    include_str!("../../style/tokens.css"),
    include_str!("../../style/base.css"),
    include_str!("../../style/layout.css"),
    include_str!("../../style/forms.css"),
    include_str!("../../style/notices.css"),
    include_str!("../../style/tables.css"),
    include_str!("../../style/connections.css"),
    include_str!("../../style/syncs.css"),
    include_str!("../../style/portfolio.css"),
    include_str!("../../style/portfolios.css"),
    include_str!("../../style/history.css"),
    include_str!("../../style/market.css"),
    include_str!("../../style/telling.css"),
    include_str!("../../style/takeout.css"),
    include_str!("../../style/status.css"),
);

/// Whether pages can offer the script bundle.
#[must_use]
pub fn has_bundle() -> bool {
    Bundle::get("coffer.js").is_some()
}

/// Serves the style sheet.
pub async fn style(headers: HeaderMap) -> Response {
    let tag = crate::security::sha256_hex(STYLE.as_bytes());
    answer(
        &headers,
        &tag,
        "text/css; charset=utf-8",
        STYLE.as_bytes().to_vec(),
    )
}

/// Serves a file of `public/`.
pub async fn public(Path(name): Path<String>, headers: HeaderMap) -> Response {
    serve(&headers, &name, Public::get(&name))
}

/// Serves the icon at the address browsers ask for unbidden.
pub async fn favicon(headers: HeaderMap) -> Response {
    serve(&headers, "icon.svg", Public::get("icon.svg"))
}

/// Serves a file of the script bundle. Leptos and wasm-bindgen name the module differently.
pub async fn bundle(Path(name): Path<String>, headers: HeaderMap) -> Response {
    let name = if name == "coffer.wasm" {
        "coffer_bg.wasm".to_owned()
    } else {
        name
    };
    let file = Bundle::get(&name).or_else(|| Bundle::get(&name.replace("_bg.wasm", ".wasm")));
    serve(&headers, &name, file)
}

fn serve(headers: &HeaderMap, name: &str, file: Option<EmbeddedFile>) -> Response {
    let Some(file) = file else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let tag: String = file
        .metadata
        .sha256_hash()
        .iter()
        .map(|b| format!("{b:02x}"))
        .collect();
    let kind = mime_guess::from_path(name).first_or_octet_stream();
    answer(headers, &tag, kind.as_ref(), file.data.into_owned())
}

/// The body, or 304 when the browser has it. Browsers ask each time, so that page, style and
/// bundle always go together.
fn answer(headers: &HeaderMap, tag: &str, kind: &str, body: Vec<u8>) -> Response {
    let tag = format!("\"{tag}\"");
    let known = headers
        .get(IF_NONE_MATCH)
        .is_some_and(|known| known.as_bytes() == tag.as_bytes());
    let caching = [(CACHE_CONTROL, "no-cache".to_owned()), (ETAG, tag)];
    if known {
        (StatusCode::NOT_MODIFIED, caching).into_response()
    } else {
        (caching, [(CONTENT_TYPE, kind.to_owned())], body).into_response()
    }
}
