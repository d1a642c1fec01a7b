//! The web server's own concerns: who is calling, what is let in, which headers go out.

use axum::Router;
use axum::middleware::{from_fn, from_fn_with_state};
use tower_http::csrf::ConfigError;

pub mod address;
pub mod api;
pub mod assets;
pub mod auth;
pub mod flash;
pub mod headers;
pub mod health;
pub mod limits;
pub mod metrics;
pub mod privacy;
pub mod recording;
pub mod request_id;
pub mod requests;
mod session_store;
pub mod shown;
pub mod takeout;
pub mod told;

pub use auth::{AuthSession, signed_in, state};

/// Puts around all routes what every request and every answer goes through. `public_url` is the
/// origin people use.
///
/// # Errors
/// [`ConfigError`] when `public_url` is no origin.
pub fn guard(routes: Router, public_url: &str) -> Result<Router, ConfigError> {
    let secure = public_url.starts_with("https://");
    Ok(limits::around(routes, public_url)?
        .layer(from_fn(api::apart))
        .layer(from_fn(api::problem::face))
        .layer(from_fn(told::calmly))
        .layer(from_fn_with_state(secure, headers::add))
        .layer(from_fn(request_id::give)))
}
