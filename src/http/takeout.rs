//! What people take along, as files to save.

use axum::body::Body;
use axum::extract::{Path, Query, State as AxumState};
use axum::http::HeaderMap;
use axum::http::header::{
    CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_TYPE, X_CONTENT_TYPE_OPTIONS,
};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;

use super::auth::AuthSession;
use super::told;
use crate::domain::takeout::file::Kind;
use crate::error::Problem;
use crate::services::State;
use crate::services::takeout::{self, Download};

/// What may stand in the address.
#[derive(Deserialize)]
pub struct Choice {
    /// The portfolio whose holdings or history are wanted; all of them when left out.
    portfolio: Option<String>,
    /// The connection whose runs are wanted; all of them when left out.
    connection: Option<String>,
}

/// Hands out a file to whom its contents belong.
pub async fn download(
    session: AuthSession,
    AxumState(state): AxumState<State>,
    Path(name): Path<String>,
    Query(choice): Query<Choice>,
    headers: HeaderMap,
) -> Response {
    let Some(user) = session.user else {
        return told::problem(&Problem::Unauthenticated, &headers);
    };
    let Some(kind) = Kind::parse(&name) else {
        return told::problem(&Problem::NotFound, &headers);
    };
    let (portfolio, connection) = (choice.portfolio.as_deref(), choice.connection.as_deref());
    match takeout::download(&state, &user.0, kind, portfolio, connection).await {
        Ok(file) => saved(file),
        Err(problem) => told::problem(&problem, &headers),
    }
}

/// A file as an answer.
pub(super) fn saved(file: Download) -> Response {
    let headers = [
        (CONTENT_TYPE, file.content_type.to_owned()),
        (
            CONTENT_DISPOSITION,
            format!("attachment; filename=\"{}\"", file.name),
        ),
        (CACHE_CONTROL, "no-store".to_owned()),
        (X_CONTENT_TYPE_OPTIONS, "nosniff".to_owned()),
    ];
    (headers, Body::from_stream(file.texts)).into_response()
}
