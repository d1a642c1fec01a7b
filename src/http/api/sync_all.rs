//! Having everything synced that somebody has connected.

use std::time::Duration;

use axum::Json;
use axum::extract::State as AxumState;
use serde::Serialize;
use utoipa::ToSchema;

use super::may::{May, Read, Resync};
use super::problem::Refused;
use crate::domain::progress::{ItemState, ProgressItem, SyncProgress};
use crate::services::{State, sync};

/// How long a call waits for syncs to end: less than an answer may take.
const WAIT: Duration = Duration::from_secs(120);

/// How a sync of all connections went.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SyncOfAll)]
pub struct Wire {
    /// How many connections there are.
    #[schema(example = 2)]
    total: usize,
    /// How many were read.
    #[schema(example = 1)]
    successful: usize,
    /// How many were not. Those that are still under way count to neither.
    #[schema(example = 1)]
    failed: usize,
    /// Each connection, oldest first.
    results: Vec<Outcome>,
}

/// A sync of all connections, as it goes on.
#[derive(Debug, Serialize, ToSchema)]
pub struct Progress {
    /// The id of this sync of all.
    #[schema(example = "0193d6f0c1e74d7fb1a2c3d4e5f60714")]
    batch_id: String,
    /// Whether no connection is waiting or under way.
    done: bool,
    #[serde(flatten)]
    sync: Wire,
}

/// The newest sync of all connections.
#[derive(Debug, Serialize, ToSchema)]
pub struct Latest {
    /// How far it has come; null when there was none.
    latest: Option<Progress>,
}

/// How one connection fared.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SyncOutcome)]
struct Outcome {
    /// The connection's id.
    #[schema(example = "0193d6f0c1e74d7fb1a2c3d4e5f60718")]
    account_id: String,
    /// Whether wallets were read; null while it is under way.
    success: Option<bool>,
    /// Holdings, counted per wallet and asset; only on success.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = 12)]
    holdings_count: Option<usize>,
    /// Why nothing was read, and what to do next; only on failure.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "Binance does not answer at the moment. Try again in a few minutes.")]
    error: Option<String>,
    /// The code of the same; only on failure.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "exchange_unavailable")]
    code: Option<&'static str>,
}

/// Syncs all your connections.
///
/// Some may fail while others succeed: that is an answer as well. After two minutes the answer tells
/// how far it has come, and what is left goes on.
#[utoipa::path(post, path = "/connections/sync-all", tag = "Syncing", operation_id = "syncAllConnections",
    responses((status = 200, description = "How each connection fared", body = Wire)),
    security(("token" = ["sync"]), ("session" = [])))]
pub async fn connections(
    may: May<Resync>,
    AxumState(state): AxumState<State>,
) -> Result<Json<Wire>, Refused> {
    let user_id = &may.user.id;
    let begun = sync::start_all(&state, user_id).await?;
    let batch = sync::wait_for_all(&state, user_id, &begun.batch_id, WAIT).await?;
    Ok(Json(wire(batch)))
}

/// Syncs all your connections, by its other name.
#[utoipa::path(post, path = "/accounts/sync-all", tag = "Syncing", operation_id = "syncAllAccounts",
    responses((status = 200, description = "How each connection fared", body = Wire)),
    security(("token" = ["sync"]), ("session" = [])))]
pub async fn accounts(may: May<Resync>, state: AxumState<State>) -> Result<Json<Wire>, Refused> {
    connections(may, state).await
}

/// Shows how far the newest sync of all your connections has come.
#[utoipa::path(get, path = "/connections/sync-all", tag = "Syncing", operation_id = "showSyncOfAll",
    responses((status = 200, description = "How far it has come", body = Latest)),
    security(("token" = ["read"]), ("session" = [])))]
pub async fn latest(
    may: May<Read>,
    AxumState(state): AxumState<State>,
) -> Result<Json<Latest>, Refused> {
    let newest = sync::progress(&state, &may.user.id).await?;
    let latest = newest.map(progress);
    Ok(Json(Latest { latest }))
}

/// The same with what tells it from others.
pub fn progress(batch: SyncProgress) -> Progress {
    Progress {
        batch_id: batch.batch_id.clone(),
        done: batch.is_done(),
        sync: wire(batch),
    }
}

/// How far a sync of all has come, as programs see it.
pub fn wire(batch: SyncProgress) -> Wire {
    Wire {
        total: batch.total(),
        successful: batch.successful(),
        failed: batch.failed(),
        results: batch.items.into_iter().map(outcome).collect(),
    }
}

fn outcome(item: ProgressItem) -> Outcome {
    let mut outcome = Outcome {
        account_id: item.connection_id,
        success: None,
        holdings_count: None,
        error: None,
        code: None,
    };
    match item.state {
        ItemState::Waiting | ItemState::Syncing => (),
        ItemState::Synced { holdings_count, .. } => {
            outcome.success = Some(true);
            outcome.holdings_count = Some(holdings_count);
        }
        ItemState::Failed(failure) => {
            outcome.success = Some(false);
            outcome.error = Some(failure.told(&item.exchange));
            outcome.code = Some(failure.code());
        }
    }
    outcome
}
