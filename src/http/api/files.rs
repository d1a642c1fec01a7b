//! What people take along, and recordings, as files for programs.

use axum::extract::{FromRequestParts, State as AxumState};
use axum::http::request::Parts;
use axum::response::Response;
use serde::Deserialize;
use utoipa::IntoParams;

use super::input::{Id, Name, query};
use super::may::{May, Read};
use super::problem::Refused;
use crate::domain::recording::Amounts;
use crate::domain::takeout::file::Kind;
use crate::error::Problem;
use crate::http::{recording as recordings, takeout as files};
use crate::services::{State, recording, takeout};

/// What of all is wanted.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct PartQuery {
    /// The portfolio whose holdings or history are wanted; all of them when left out.
    #[param(example = "0193d6f0c1e74d7fb1a2c3d4e5f60718")]
    portfolio: Option<String>,
    /// The connection whose runs are wanted; all of them when left out.
    #[param(example = "0193d6f0c1e74d7fb1a2c3d4e5f60714")]
    connection: Option<String>,
}

/// Which amounts are wanted.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct AmountsQuery {
    /// `kept`, or `scrambled`, which puts other digits in the same places and holds when left out.
    #[param(example = "scrambled")]
    amounts: Option<String>,
}

impl<S: Send + Sync> FromRequestParts<S> for PartQuery {
    type Rejection = Refused;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Refused> {
        query(parts).await
    }
}

impl<S: Send + Sync> FromRequestParts<S> for AmountsQuery {
    type Rejection = Refused;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Refused> {
        query(parts).await
    }
}

/// Hands out what is yours as a file.
///
/// `holdings`, `history` and `runs` with the ending `.csv` or `.json`, and `everything.json`. A file
/// that breaks off is not whole.
#[utoipa::path(get, path = "/export/{name}", tag = "You", operation_id = "exportFile",
    params(("name" = String, Path, description = "The file's name", example = "holdings.csv"), PartQuery),
    responses((status = 200, description = "The file", content((Value = "application/json"), (String = "text/csv")))),
    security(("token" = ["read"]), ("session" = [])))]
pub async fn export(
    may: May<Read>,
    AxumState(state): AxumState<State>,
    Name(name): Name,
    part: PartQuery,
) -> Result<Response, Refused> {
    let kind = Kind::parse(&name).ok_or(Problem::NotFound)?;
    let (portfolio, connection) = (part.portfolio.as_deref(), part.connection.as_deref());
    let file = takeout::download(&state, &may.user, kind, portfolio, connection).await?;
    Ok(files::saved(file))
}

/// Hands out what the exchange last answered for one of your connections, without keys and signatures.
#[utoipa::path(get, path = "/connections/{id}/recording", tag = "Connections", operation_id = "downloadRecording",
    params(("id" = String, Path, description = "The connection's id"), AmountsQuery),
    responses((status = 200, description = "The recording", content((Value = "application/json")))),
    security(("token" = ["read"]), ("session" = [])))]
pub async fn recording(
    may: May<Read>,
    AxumState(state): AxumState<State>,
    Id(id): Id,
    wanted: AmountsQuery,
) -> Result<Response, Refused> {
    let amounts = match wanted.amounts.as_deref() {
        None | Some("scrambled") => Amounts::Scrambled,
        Some("kept") => Amounts::Kept,
        Some(_) => return Err(Problem::field("amounts", "Write kept or scrambled.").into()),
    };
    let file = recording::download(&state, &may.user.id, &id, amounts).await?;
    Ok(recordings::saved(file))
}
