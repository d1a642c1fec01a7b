//! Whether the program lives, and whether it can serve.

use axum::extract::State as AxumState;
use axum::http::StatusCode;

use crate::services::State;

/// Answers as long as the program runs.
pub async fn live() -> &'static str {
    "ok"
}

/// Answers `ok` when the database does; 503 otherwise.
pub async fn ready(AxumState(state): AxumState<State>) -> (StatusCode, &'static str) {
    match state.db.has_table("users").await {
        Ok(true) => (StatusCode::OK, "ok"),
        _ => (
            StatusCode::SERVICE_UNAVAILABLE,
            "the database does not answer",
        ),
    }
}
