//! Holdings entered by hand, as programs see them.

use axum::Json;
use axum::extract::State as AxumState;
use axum::http::StatusCode;
use axum::response::Response;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::input::{Body, Id};
use super::may::{Manage, May, Read};
use super::once::Once;
use super::page::{Page, PageQuery};
use super::problem::Refused;
use crate::domain::manual::{ManualForm, ManualHolding};
use crate::services::{State, manual};

/// Something held elsewhere.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ManualHolding)]
pub struct Wire {
    /// Its id.
    #[schema(example = "0193d6f0c1e74d7fb1a2c3d4e5f60716")]
    id: String,
    /// The portfolio it stands in.
    #[schema(example = "0193d6f0c1e74d7fb1a2c3d4e5f60719")]
    portfolio_id: String,
    /// The asset's code.
    #[schema(example = "EUR")]
    asset: String,
    /// How much of it; below zero it is a debt.
    #[schema(example = "1200.5")]
    quantity: String,
    /// What it is.
    #[schema(example = "Ledger")]
    label: String,
    /// What its owner noted; may be empty.
    #[schema(example = "In the safe")]
    note: String,
    /// When it was entered, RFC 3339 in UTC.
    #[schema(example = "2026-01-01T00:00:00Z")]
    created_at: String,
    /// When its owner last said so, RFC 3339 in UTC.
    #[schema(example = "2026-01-01T00:00:00Z")]
    updated_at: String,
}

/// What is held elsewhere.
#[derive(Debug, Deserialize, ToSchema)]
pub struct NewManualHolding {
    /// The asset's code.
    #[serde(default)]
    #[schema(required = true, example = "EUR")]
    asset: String,
    /// How much of it; below zero it is a debt.
    #[serde(default)]
    #[schema(required = true, example = "1200.5")]
    quantity: String,
    /// What it is.
    #[serde(default)]
    #[schema(required = true, example = "Ledger")]
    label: String,
    /// What you want to remember of it.
    #[serde(default)]
    #[schema(example = "In the safe")]
    note: String,
}

/// What is to be another. What is left out stays as it is.
#[derive(Debug, Deserialize, ToSchema)]
pub struct ManualChanges {
    /// The asset's code.
    #[schema(example = "EUR")]
    asset: Option<String>,
    /// How much of it; below zero it is a debt.
    #[schema(example = "1200.5")]
    quantity: Option<String>,
    /// What it is.
    #[schema(example = "Ledger")]
    label: Option<String>,
    /// What you want to remember of it.
    #[schema(example = "In the safe")]
    note: Option<String>,
}

/// Part of what was entered by hand.
#[derive(Debug, Serialize, ToSchema)]
pub struct ManualHoldings {
    /// Oldest first.
    manual_holdings: Vec<Wire>,
    /// The cursor of the part after this one; null at the end.
    #[schema(example = "MDE5M2Q2")]
    next: Option<String>,
}

/// Lists what you entered by hand, oldest first.
#[utoipa::path(get, path = "/manual-holdings", tag = "By hand", operation_id = "listManualHoldings",
    params(PageQuery), responses((status = 200, description = "Part of the list", body = ManualHoldings)),
    security(("token" = ["read"]), ("session" = [])))]
pub async fn list(
    may: May<Read>,
    AxumState(state): AxumState<State>,
    page: Page,
) -> Result<Json<ManualHoldings>, Refused> {
    let all = manual::list_of_user(&state, &may.user.id).await?;
    let key = |one: &ManualHolding| format!("{:016x}{}", one.created_at.0, one.id);
    let (part, next) = page.of(all, key);
    Ok(Json(ManualHoldings {
        manual_holdings: part.into_iter().map(wire).collect(),
        next,
    }))
}

/// Shows something that you entered by hand.
#[utoipa::path(get, path = "/manual-holdings/{id}", tag = "By hand", operation_id = "showManualHolding",
    params(("id" = String, Path, description = "Its id")),
    responses((status = 200, description = "What it is", body = Wire)),
    security(("token" = ["read"]), ("session" = [])))]
pub async fn show(
    may: May<Read>,
    AxumState(state): AxumState<State>,
    Id(id): Id,
) -> Result<Json<Wire>, Refused> {
    let found = manual::find(&state, &may.user.id, &id).await?;
    Ok(Json(wire(found)))
}

/// Enters something by hand into one of your portfolios.
#[utoipa::path(post, path = "/portfolios/{id}/manual-holdings", tag = "By hand", operation_id = "addManualHolding",
    params(("id" = String, Path, description = "The portfolio's id"),
        ("Idempotency-Key" = Option<String>, Header, description = "Under the same key the same call is done once, and answered alike for a day")),
    request_body = NewManualHolding, responses((status = 201, description = "Entered", body = Wire)),
    security(("token" = ["manage"]), ("session" = [])))]
pub async fn add(
    may: May<Manage>,
    AxumState(state): AxumState<State>,
    Id(id): Id,
    once: Once,
    Body { value, bytes }: Body<NewManualHolding>,
) -> Result<Response, Refused> {
    let form = ManualForm {
        asset: value.asset,
        quantity: value.quantity,
        label: value.label,
        note: value.note,
    };
    let (shared, user_id) = (state.clone(), may.user.id.clone());
    let work = async move { Ok(wire(manual::add(&shared, &user_id, &id, &form).await?)) };
    once.create(&state, &may.user.id, &bytes, work).await
}

/// Changes something that you entered by hand.
#[utoipa::path(patch, path = "/manual-holdings/{id}", tag = "By hand", operation_id = "changeManualHolding",
    params(("id" = String, Path, description = "Its id")),
    request_body = ManualChanges, responses((status = 200, description = "What it is now", body = Wire)),
    security(("token" = ["manage"]), ("session" = [])))]
pub async fn change(
    may: May<Manage>,
    AxumState(state): AxumState<State>,
    Id(id): Id,
    Body { value, .. }: Body<ManualChanges>,
) -> Result<Json<Wire>, Refused> {
    let before = manual::find(&state, &may.user.id, &id).await?;
    let before = ManualForm::from(&before.entry);
    let form = ManualForm {
        asset: value.asset.unwrap_or(before.asset),
        quantity: value.quantity.unwrap_or(before.quantity),
        label: value.label.unwrap_or(before.label),
        note: value.note.unwrap_or(before.note),
    };
    let after = manual::change(&state, &may.user.id, &id, &form).await?;
    Ok(Json(wire(after)))
}

/// Deletes something that you entered by hand.
#[utoipa::path(delete, path = "/manual-holdings/{id}", tag = "By hand", operation_id = "deleteManualHolding",
    params(("id" = String, Path, description = "Its id")),
    responses((status = 204, description = "It is gone")),
    security(("token" = ["manage"]), ("session" = [])))]
pub async fn delete(
    may: May<Manage>,
    AxumState(state): AxumState<State>,
    Id(id): Id,
) -> Result<StatusCode, Refused> {
    manual::delete(&state, &may.user.id, &id).await?;
    Ok(StatusCode::NO_CONTENT)
}

fn wire(holding: ManualHolding) -> Wire {
    Wire {
        id: holding.id,
        portfolio_id: holding.portfolio_id,
        asset: holding.entry.asset.to_string(),
        quantity: holding.entry.quantity.to_string(),
        label: holding.entry.label,
        note: holding.entry.note,
        created_at: holding.created_at.rfc3339(),
        updated_at: holding.updated_at.rfc3339(),
    }
}
