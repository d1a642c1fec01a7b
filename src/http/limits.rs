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
        .with_rejection_response(|_| foreign_form());
    Ok(router
        .layer(from_fn(only_forms))
        .layer(RequestBodyLimitLayer::new(MAX_BODY_BYTES))
        .layer(RequestBodyDeadlineLayer::new(BODY_TIME))
        .layer(TimeoutLayer::with_status_code(
            StatusCode::SERVICE_UNAVAILABLE,
            ANSWER_TIME,
        ))
        .layer(CatchPanicLayer::custom(|_| internal_fault()))
        .layer(csrf))
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
        return foreign_form();
    }
    next.run(request).await
}

fn foreign_form() -> Response {
    let told = "This form was not sent from a page of this server. Open the page and try again.\n";
    (StatusCode::FORBIDDEN, told).into_response()
}

fn internal_fault() -> Response {
    let told = "Something went wrong inside Coffer. Nothing was changed; try again.\n";
    (StatusCode::INTERNAL_SERVER_ERROR, told).into_response()
}
