//! Whether the program lives, and whether it can serve.

use axum::extract::State as AxumState;
use axum::http::StatusCode;

use crate::services::State;
use crate::services::health::{self, Readiness};

/// Answers as long as the program runs.
pub async fn live() -> &'static str {
    "ok"
}

/// Answers `ok` when the database does and belongs to the master key; 503 otherwise, within a second.
pub async fn ready(AxumState(state): AxumState<State>) -> (StatusCode, &'static str) {
    match health::ready(&state).await {
        Readiness::Ready => (StatusCode::OK, "ok"),
        Readiness::NoDatabase => (
            StatusCode::SERVICE_UNAVAILABLE,
            "the database does not answer",
        ),
        Readiness::WrongKey => (
            StatusCode::SERVICE_UNAVAILABLE,
            "the master key is not the one of this database",
        ),
    }
}
