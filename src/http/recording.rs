//! The recording of a connection as a file to save.

use axum::extract::{Path, Query, State as AxumState};
use axum::http::HeaderMap;
use axum::http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;

use super::auth::AuthSession;
use super::told;
use crate::domain::recording::Amounts;
use crate::error::Problem;
use crate::services::State;
use crate::services::recording::{self, File};

/// What may stand in the address.
#[derive(Deserialize)]
pub struct Choice {
    /// `scrambled` when left out.
    #[serde(default)]
    amounts: Amounts,
}

/// Hands out the recording of a connection to whom it belongs.
pub async fn download(
    session: AuthSession,
    AxumState(state): AxumState<State>,
    Path(id): Path<String>,
    Query(choice): Query<Choice>,
    headers: HeaderMap,
) -> Response {
    let Some(user) = session.user else {
        return told::problem(&Problem::Unauthenticated, &headers);
    };
    match recording::download(&state, &user.0.id, &id, choice.amounts).await {
        Ok(file) => saved(file),
        Err(problem) => told::problem(&problem, &headers),
    }
}

/// A recording as an answer.
pub(super) fn saved(File { name, json }: File) -> Response {
    let headers = [
        (CONTENT_TYPE, "application/json".to_owned()),
        (
            CONTENT_DISPOSITION,
            format!("attachment; filename=\"{name}\""),
        ),
        (CACHE_CONTROL, "no-store".to_owned()),
    ];
    (headers, json).into_response()
}
