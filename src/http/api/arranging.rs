//! Making, naming, merging and deleting portfolios.

use axum::Json;
use axum::extract::{FromRequestParts, State as AxumState};
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::response::Response;
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

use super::input::{Body, Id, query};
use super::may::{Manage, May};
use super::once::Once;
use super::portfolios::{Names, Wire};
use super::problem::{Refused, by_other_names};
use crate::domain::contents::Fate;
use crate::error::Problem;
use crate::services::accounts::User;
use crate::services::{State, portfolio, portfolios};

/// A portfolio's name.
#[derive(Debug, Deserialize, ToSchema)]
pub struct PortfolioNaming {
    /// What to call it; yours have different names.
    #[serde(default)]
    #[schema(required = true, example = "Savings")]
    name: String,
}

/// Where everything in a portfolio goes.
#[derive(Debug, Deserialize, ToSchema)]
pub struct Merging {
    /// The portfolio that stays.
    #[serde(default)]
    #[schema(required = true, example = "0193d6f0c1e74d7fb1a2c3d4e5f60719")]
    into: String,
}

/// What becomes of what is in a portfolio that is deleted.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct FateQuery {
    /// `keep` moves it into another portfolio, `delete` deletes it as well, connections and their
    /// keys included. Left out, only an empty portfolio is deleted.
    #[param(example = "keep")]
    contents: Option<String>,
    /// The portfolio that it is moved into.
    #[param(example = "0193d6f0c1e74d7fb1a2c3d4e5f60718")]
    into: Option<String>,
}

/// Makes a portfolio, which stays when it is empty.
#[utoipa::path(post, path = "/portfolios", tag = "Portfolios", operation_id = "createPortfolio",
    params(("Idempotency-Key" = Option<String>, Header, description = "Under the same key the same call is done once, and answered alike for a day")),
    request_body = PortfolioNaming, responses((status = 201, description = "Made", body = Wire)),
    security(("token" = ["manage"]), ("session" = [])))]
pub async fn create(
    may: May<Manage>,
    AxumState(state): AxumState<State>,
    once: Once,
    Body { value, bytes }: Body<PortfolioNaming>,
) -> Result<Response, Refused> {
    let (shared, user) = (state.clone(), may.user.clone());
    let work = async move {
        let made = portfolios::create(&shared, &user.id, &value.name).await?;
        seen(&shared, &user, &made.id).await
    };
    once.create(&state, &may.user.id, &bytes, work).await
}

/// Gives one of your portfolios another name.
#[utoipa::path(patch, path = "/portfolios/{id}", tag = "Portfolios", operation_id = "renamePortfolio",
    params(("id" = String, Path, description = "The portfolio's id")),
    request_body = PortfolioNaming, responses((status = 200, description = "The portfolio as it is now", body = Wire)),
    security(("token" = ["manage"]), ("session" = [])))]
pub async fn rename(
    may: May<Manage>,
    AxumState(state): AxumState<State>,
    Id(id): Id,
    Body { value, .. }: Body<PortfolioNaming>,
) -> Result<Json<Wire>, Refused> {
    portfolios::rename(&state, &may.user.id, &id, &value.name).await?;
    Ok(Json(seen(&state, &may.user, &id).await?))
}

/// Moves everything in one of your portfolios into another; the first is gone.
#[utoipa::path(post, path = "/portfolios/{id}/merge", tag = "Portfolios", operation_id = "mergePortfolio",
    params(("id" = String, Path, description = "The id of the portfolio that goes")),
    request_body = Merging, responses((status = 200, description = "The portfolio that stays", body = Wire)),
    security(("token" = ["manage"]), ("session" = [])))]
pub async fn merge(
    may: May<Manage>,
    AxumState(state): AxumState<State>,
    Id(id): Id,
    Body { value, .. }: Body<Merging>,
) -> Result<Json<Wire>, Refused> {
    portfolios::merge(&state, &may.user.id, &id, &value.into).await?;
    Ok(Json(seen(&state, &may.user, &value.into).await?))
}

/// Deletes one of your portfolios.
#[utoipa::path(delete, path = "/portfolios/{id}", tag = "Portfolios", operation_id = "deletePortfolio",
    params(("id" = String, Path, description = "The portfolio's id"), FateQuery),
    responses((status = 204, description = "It is gone")),
    security(("token" = ["manage"]), ("session" = [])))]
pub async fn delete(
    may: May<Manage>,
    AxumState(state): AxumState<State>,
    Id(id): Id,
    wanted: FateQuery,
) -> Result<StatusCode, Refused> {
    let user_id = &may.user.id;
    let fate = match wanted.contents.as_deref() {
        None => Fate::Unsaid,
        Some("keep") => Fate::Keep {
            into: wanted.into.unwrap_or_default(),
        },
        Some("delete") => Fate::Drop {
            seen: portfolios::contents(&state, user_id, &id).await?.mark,
        },
        Some(_) => return Err(Problem::field("contents", "It is keep or delete.").into()),
    };
    let deleted = portfolios::delete(&state, user_id, &id, fate).await;
    deleted.map_err(|problem| by_other_names(problem, &[("fate", "contents")]))?;
    Ok(StatusCode::NO_CONTENT)
}

async fn seen(state: &State, user: &User, id: &str) -> Result<Wire, Problem> {
    let portfolio = portfolio::view(state, user, Some(id)).await?;
    Ok(Names::of(state).wire(&portfolio))
}

impl<S: Send + Sync> FromRequestParts<S> for FateQuery {
    type Rejection = Refused;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Refused> {
        query(parts).await
    }
}
