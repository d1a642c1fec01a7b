//! What the syncs of a connection did, as programs read it.

use axum::Json;
use axum::extract::State as AxumState;
use serde::Serialize;
use utoipa::ToSchema;

use super::input::Id;
use super::may::{May, Read};
use super::page::{Page, PageQuery};
use super::problem::Refused;
use super::sync;
use crate::domain::report::SyncReport;
use crate::services::State;
use crate::services::sync::runs_with_ids;

/// A sync that is over.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Run)]
pub struct Wire {
    /// Its id.
    #[schema(example = "0193d6f0c1e74d7fb1a2c3d4e5f60717")]
    id: String,
    #[serde(flatten)]
    report: sync::Wire,
}

/// Part of the syncs of a connection.
#[derive(Debug, Serialize, ToSchema)]
pub struct Runs {
    /// Newest first.
    runs: Vec<Wire>,
    /// The cursor of the part after this one; null at the end.
    #[schema(example = "MDE5M2Q2")]
    next: Option<String>,
}

/// Lists the syncs of one of your connections that are kept, newest first.
#[utoipa::path(get, path = "/connections/{id}/runs", tag = "Syncing", operation_id = "listRuns",
    params(("id" = String, Path, description = "The connection's id"), PageQuery),
    responses((status = 200, description = "Part of the list", body = Runs)),
    security(("token" = ["read"]), ("session" = [])))]
pub async fn list(
    may: May<Read>,
    AxumState(state): AxumState<State>,
    Id(id): Id,
    page: Page,
) -> Result<Json<Runs>, Refused> {
    let all = runs_with_ids(&state, &may.user.id, &id).await?;
    let newest_first = |(id, report): &(String, SyncReport)| {
        format!("{:016x}{id}", i64::MAX - report.started_at.0.max(0))
    };
    let (part, next) = page.of(all, newest_first);
    let runs = part.into_iter().map(|(id, report)| wire(id, &report));
    Ok(Json(Runs {
        runs: runs.collect(),
        next,
    }))
}

/// A run as programs see it.
pub fn wire(id: String, report: &SyncReport) -> Wire {
    Wire {
        id,
        report: sync::wire(report),
    }
}
