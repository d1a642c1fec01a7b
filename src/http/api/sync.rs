//! Having connections synced, and what came of it.

use axum::Json;
use axum::extract::State as AxumState;
use serde::Serialize;
use utoipa::ToSchema;

use super::connections::{Wallet, wallet};
use super::input::Id;
use super::may::{May, Resync};
use super::problem::Refused;
use crate::domain::report::SyncReport;
use crate::services::{State, sync};

/// What a sync did.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SyncReport)]
pub struct Wire {
    /// The connection's id.
    #[schema(example = "0193d6f0c1e74d7fb1a2c3d4e5f60718")]
    account_id: String,
    /// Whether wallets were read at all. If not, the balances of the last sync stay.
    success: bool,
    /// Holdings, counted per wallet and asset.
    #[schema(example = 12)]
    holdings_count: usize,
    /// Holdings that are new.
    #[schema(example = 1)]
    added: usize,
    /// Holdings that changed.
    #[schema(example = 2)]
    updated: usize,
    /// Holdings that are gone.
    #[schema(example = 0)]
    removed: usize,
    /// Holdings that stayed as they were.
    #[schema(example = 9)]
    unchanged: usize,
    /// Rows of the exchange's answers that could not be read.
    #[schema(example = 0)]
    unreadable: usize,
    /// Every wallet and how it fared.
    wallets: Vec<Wallet>,
    /// How long it took, in milliseconds.
    #[schema(example = 420)]
    duration_ms: u64,
    /// When it began, RFC 3339 in UTC.
    #[schema(example = "2026-01-01T00:00:00Z")]
    started_at: String,
    /// Why nothing was read, and what to do next; only on failure.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "Binance does not answer at the moment. Try again in a few minutes.")]
    error: Option<String>,
    /// The code of the same; only on failure.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "exchange_unavailable")]
    code: Option<&'static str>,
}

/// Syncs one of your connections.
///
/// A sync that fails is an answer as well: `success` is false, and `error` says why.
#[utoipa::path(post, path = "/connections/{id}/sync", tag = "Syncing", operation_id = "syncConnection",
    params(("id" = String, Path, description = "The connection's id")),
    responses((status = 200, description = "What the sync did", body = Wire)),
    security(("token" = ["sync"]), ("session" = [])))]
pub async fn connection(
    may: May<Resync>,
    AxumState(state): AxumState<State>,
    Id(id): Id,
) -> Result<Json<Wire>, Refused> {
    let synced = sync::sync_connection(&state, &may.user.id, &id).await?;
    Ok(Json(wire(&synced.report)))
}

/// Syncs one of your connections, by its other name.
#[utoipa::path(post, path = "/accounts/{id}/sync", tag = "Syncing", operation_id = "syncAccount",
    params(("id" = String, Path, description = "The connection's id")),
    responses((status = 200, description = "What the sync did", body = Wire)),
    security(("token" = ["sync"]), ("session" = [])))]
pub async fn account(
    may: May<Resync>,
    state: AxumState<State>,
    id: Id,
) -> Result<Json<Wire>, Refused> {
    connection(may, state, id).await
}

/// A report as programs see it.
pub fn wire(report: &SyncReport) -> Wire {
    let failure = report.failure.as_ref();
    Wire {
        account_id: report.account_id.clone(),
        success: report.success(),
        holdings_count: report.holdings_count,
        added: report.added,
        updated: report.updated,
        removed: report.removed,
        unchanged: report.unchanged,
        unreadable: report.unreadable,
        wallets: report.wallets.iter().map(wallet).collect(),
        duration_ms: report.duration_ms,
        started_at: report.started_at.rfc3339(),
        error: failure.map(|failure| failure.told(&report.exchange)),
        code: failure.map(|failure| failure.code()),
    }
}
