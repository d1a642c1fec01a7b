//! Headers on every answer, errors included.

use axum::extract::{Request, State};
use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, HeaderName, REFERRER_POLICY, STRICT_TRANSPORT_SECURITY,
    X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{HeaderMap, HeaderValue};
use axum::middleware::Next;
use axum::response::Response;

/// For answers that are no pages of ours: nothing may run or load.
const STRICT_POLICY: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; base-uri 'none'; object-src 'none'; form-action 'self'; \
     frame-ancestors 'none'",
);

/// The policy of a page whose scripts carry `nonce`.
#[must_use]
pub fn page_policy(nonce: &str) -> String {
    format!(
        "default-src 'none'; script-src 'nonce-{nonce}' 'strict-dynamic' 'wasm-unsafe-eval'; \
         style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; \
         manifest-src 'self'; base-uri 'none'; object-src 'none'; form-action 'self'; \
         frame-ancestors 'none'"
    )
}

/// Adds the headers that an answer does not bring itself. `secure` is whether people come over
/// https.
pub async fn add(State(secure): State<bool>, request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    let mut default = |name: HeaderName, value: HeaderValue| {
        headers.entry(name).or_insert(value);
    };
    default(CONTENT_SECURITY_POLICY, STRICT_POLICY);
    default(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    default(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    // Under `no-referrer` browsers send `Origin: null`, and forms would look foreign.
    default(REFERRER_POLICY, HeaderValue::from_static("same-origin"));
    isolate(headers);
    if secure {
        let two_years = HeaderValue::from_static("max-age=63072000; includeSubDomains");
        headers
            .entry(STRICT_TRANSPORT_SECURITY)
            .or_insert(two_years);
    }
    response
}

fn isolate(headers: &mut HeaderMap) {
    let same_origin = HeaderValue::from_static("same-origin");
    headers.insert(
        HeaderName::from_static("cross-origin-opener-policy"),
        same_origin.clone(),
    );
    headers.insert(
        HeaderName::from_static("cross-origin-resource-policy"),
        same_origin,
    );
    headers.insert(
        HeaderName::from_static("permissions-policy"),
        HeaderValue::from_static("camera=(), geolocation=(), microphone=(), payment=(), usb=()"),
    );
}
