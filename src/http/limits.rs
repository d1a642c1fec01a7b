//! What is let in: sizes, times, origins.

use std::time::Duration;

use axum::Router;
use axum::extract::Request;
use axum::http::header::CONTENT_TYPE;
use axum::http::{Method, StatusCode};
use axum::middleware::{Next, from_fn};
use axum::response::{IntoResponse, Response};
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::csrf::{ConfigError, CsrfLayer};
use tower_http::limit::RequestBodyLimitLayer;
use tower_http::timeout::{RequestBodyDeadlineLayer, TimeoutLayer};

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
        .layer(csrf))
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

/// A browser sends a body of another type to foreign servers unasked, so only forms count.
async fn only_forms(request: Request, next: Next) -> Response {
    let form = "application/x-www-form-urlencoded";
    let kind = request
        .headers()
        .get(CONTENT_TYPE)
        .and_then(|kind| kind.to_str().ok());
    let is_form = kind.is_some_and(|kind| kind.split(';').next() == Some(form));
    if *request.method() == Method::POST && !is_form {
        return StatusCode::FORBIDDEN.into_response();
    }
    next.run(request).await
}

/// What a panic was about is not told: it may hold anything.
fn fault() -> Response {
    tracing::error!("a request's handler panicked");
    StatusCode::INTERNAL_SERVER_ERROR.into_response()
}
