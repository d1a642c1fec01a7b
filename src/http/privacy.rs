//! Whether a browser hides amounts: a cookie of its own that says nothing else.

use axum::http::header::{COOKIE, SET_COOKIE};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue};
use leptos::prelude::use_context;
use leptos_axum::ResponseOptions;

const NAME: &str = "coffer-amounts";
const YEAR_SECONDS: u32 = 365 * 24 * 60 * 60;

/// Whether the browser of the request that is answered hides amounts.
#[must_use]
pub fn hides_amounts() -> bool {
    use_context::<Parts>().is_some_and(|parts| told(&parts.headers))
}

/// Whether a request's cookies say so.
#[must_use]
pub fn told(headers: &HeaderMap) -> bool {
    let cookies = headers
        .get_all(COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok());
    let mut pairs = cookies.flat_map(|cookies| cookies.split(';'));
    pairs.any(|pair| pair.trim().strip_prefix(NAME) == Some("=hidden"))
}

/// Has the browser hide amounts from now on, or show them. `is_https` says whether people reach the
/// program by https alone.
pub fn hide_amounts(hide: bool, is_https: bool) {
    let (value, age) = if hide {
        ("hidden", YEAR_SECONDS)
    } else {
        ("", 0)
    };
    let secure = if is_https { "; Secure" } else { "" };
    let cookie = format!("{NAME}={value}; Path=/; Max-Age={age}; HttpOnly; SameSite=Lax{secure}");
    if let (Some(response), Ok(cookie)) = (
        use_context::<ResponseOptions>(),
        HeaderValue::from_str(&cookie),
    ) {
        response.append_header(SET_COOKIE, cookie);
    }
}
