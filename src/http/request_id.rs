//! An id for every request: in its answer's header, and in every line the log has of it.

use axum::extract::Request;
use axum::http::{HeaderName, HeaderValue};
use axum::middleware::Next;
use axum::response::Response;
use tracing::Instrument;

use crate::security::new_id;

/// The header that carries the id.
pub const HEADER: HeaderName = HeaderName::from_static("x-request-id");

/// The id, among what a request carries with it.
#[derive(Clone, Debug, Default)]
pub struct RequestId(pub String);

/// Gives the request an id of its own. One that the request brings is not believed: it could pass
/// for another request's in the log.
pub async fn give(mut request: Request, next: Next) -> Response {
    let id = new_id().unwrap_or_default();
    request.extensions_mut().insert(RequestId(id.clone()));
    let span = tracing::info_span!(
        "request",
        id,
        method = request.method().as_str(),
        path = request.uri().path()
    );
    let answer = async move {
        let response = next.run(request).await;
        let status = response.status().as_u16();
        if response.status().is_server_error() {
            tracing::warn!(status, "a request failed");
        } else {
            tracing::debug!(status, "answered");
        }
        response
    };
    let mut response = answer.instrument(span).await;
    if let Ok(value) = HeaderValue::from_str(&id) {
        response.headers_mut().insert(HEADER, value);
    }
    response
}
