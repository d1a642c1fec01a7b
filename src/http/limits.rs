//! What is let in: sizes, times, origins.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::{Request, State};
use axum::http::header::{CONTENT_TYPE, HOST};
use axum::http::{Method, StatusCode, Uri};
use axum::middleware::{Next, from_fn, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::csrf::{ConfigError, CsrfLayer};
use tower_http::limit::RequestBodyLimitLayer;
use tower_http::timeout::{RequestBodyDeadlineLayer, TimeoutLayer};

use super::api;

/// The largest body taken, in bytes.
pub const MAX_BODY_BYTES: usize = 64 * 1024;
/// How long a body may take to arrive.
const BODY_TIME: Duration = Duration::from_secs(10);
/// How long an answer may take: more than all time limits of one connect together.
const ANSWER_TIME: Duration = Duration::from_secs(150);

/// Puts the limits around all routes. Forms are taken from pages of this server only: those it
/// serves itself, or those of `public_url`.
///
/// # Errors
/// [`ConfigError`] when `public_url` is no origin.
pub fn around(router: Router, public_url: &str) -> Result<Router, ConfigError> {
    let csrf = CsrfLayer::new()
        .add_trusted_origin(public_url)?
        .with_rejection_response(|_| StatusCode::FORBIDDEN.into_response());
    Ok(router
        .layer(from_fn(only_forms))
        .layer(RequestBodyLimitLayer::new(MAX_BODY_BYTES))
        .layer(RequestBodyDeadlineLayer::new(BODY_TIME))
        .layer(TimeoutLayer::with_status_code(
            StatusCode::SERVICE_UNAVAILABLE,
            ANSWER_TIME,
        ))
        .layer(CatchPanicLayer::custom(|_| fault()))
        .layer(csrf)
        .layer(from_fn_with_state(Arc::from(public_url), only_own_hosts)))
}

/// A name of somebody else that leads to this address would make their pages look like ours. An
/// address cannot be such a name, nor can `localhost`.
async fn only_own_hosts(
    State(public_url): State<Arc<str>>,
    request: Request,
    next: Next,
) -> Response {
    let host = request
        .headers()
        .get(HOST)
        .and_then(|host| host.to_str().ok());
    if host.is_none_or(|host| is_own_host(host, &public_url)) {
        next.run(request).await
    } else {
        StatusCode::MISDIRECTED_REQUEST.into_response()
    }
}

fn is_own_host(host: &str, public_url: &str) -> bool {
    let Ok(asked) = format!("http://{host}/").parse::<Uri>() else {
        return false;
    };
    let own: Option<Uri> = public_url.parse().ok();
    let name = asked.host().unwrap_or_default().trim_matches(['[', ']']);
    let is_own =
        own.is_some_and(|own| own.host().is_some_and(|own| own.eq_ignore_ascii_case(name)));
    is_own || name.eq_ignore_ascii_case("localhost") || name.parse::<IpAddr>().is_ok()
}

/// The status for a body that could not be read to its end: too large, or too slow.
#[must_use]
pub fn unread(error: &axum::Error) -> StatusCode {
    let mut cause: Option<&(dyn std::error::Error + 'static)> = Some(error);
    while let Some(error) = cause {
        if error.is::<http_body_util::LengthLimitError>() {
            return StatusCode::PAYLOAD_TOO_LARGE;
        }
        cause = error.source();
    }
    StatusCode::REQUEST_TIMEOUT
}

/// A browser sends a body of another type to foreign servers unasked, so only forms count. The API
/// takes no forms, and says so by itself.
async fn only_forms(request: Request, next: Next) -> Response {
    let form = "application/x-www-form-urlencoded";
    let kind = request
        .headers()
        .get(CONTENT_TYPE)
        .and_then(|kind| kind.to_str().ok());
    let is_form = kind.is_some_and(|kind| kind.split(';').next() == Some(form));
    let is_api = api::is_at(request.uri().path());
    if *request.method() == Method::POST && !is_form && !is_api {
        return StatusCode::FORBIDDEN.into_response();
    }
    next.run(request).await
}

/// What a panic was about is not told: it may hold anything.
fn fault() -> Response {
    tracing::error!("a request's handler panicked");
    StatusCode::INTERNAL_SERVER_ERROR.into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_addresses_localhost_and_the_public_name_are_own_hosts() {
        let public = "https://coffer.example.org";
        for host in [
            "coffer.example.org",
            "Coffer.Example.org:443",
            "localhost:3000",
            "127.0.0.1:3000",
            "192.168.1.7",
            "[::1]:3000",
        ] {
            assert!(is_own_host(host, public), "{host}");
        }
        for host in [
            "evil.example",
            "coffer.example.org.evil.example",
            "127.0.0.1.evil.example",
            "",
            "a b",
        ] {
            assert!(!is_own_host(host, public), "{host}");
        }
    }
}
