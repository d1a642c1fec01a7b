//! Whether a browser hides amounts: a cookie of its own that says nothing else.

use axum::http::header::{COOKIE, SET_COOKIE};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue};
use leptos::prelude::use_context;
use leptos_axum::ResponseOptions;

const YEAR_SECONDS: u32 = 365 * 24 * 60 * 60;

/// Whether the browser of the request that is answered hides amounts. `is_https` says whether people
/// reach the program by https alone.
#[must_use]
pub fn hides_amounts(is_https: bool) -> bool {
    use_context::<Parts>().is_some_and(|parts| told(&parts.headers, is_https))
}

/// Whether a request's cookies say so.
#[must_use]
pub fn told(headers: &HeaderMap, is_https: bool) -> bool {
    let cookies = headers
        .get_all(COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok());
    let mut pairs = cookies.flat_map(|cookies| cookies.split(';'));
    pairs.any(|pair| pair.trim().strip_prefix(name(is_https)) == Some("=hidden"))
}

/// Has the browser hide amounts from now on, or show them.
pub fn hide_amounts(hide: bool, is_https: bool) {
    let (value, age) = if hide {
        ("hidden", YEAR_SECONDS)
    } else {
        ("", 0)
    };
    let secure = if is_https { "; Secure" } else { "" };
    let name = name(is_https);
    let cookie = format!("{name}={value}; Path=/; Max-Age={age}; HttpOnly; SameSite=Lax{secure}");
    if let (Some(response), Ok(cookie)) = (
        use_context::<ResponseOptions>(),
        HeaderValue::from_str(&cookie),
    ) {
        response.append_header(SET_COOKIE, cookie);
    }
}

/// Browsers take a cookie of the first name from this host alone.
fn name(is_https: bool) -> &'static str {
    if is_https {
        "__Host-coffer-amounts"
    } else {
        "coffer-amounts"
    }
}
