//! Connections as programs see them.

use axum::Json;
use axum::extract::State as AxumState;
use axum::http::StatusCode;
use serde::Serialize;
use utoipa::ToSchema;

use super::input::Id;
use super::may::{Manage, May, Read};
use super::page::{Page, PageQuery};
use super::problem::Refused;
use crate::domain::connection::Connection;
use crate::domain::report::WalletSummary;
use crate::domain::text::mask;
use crate::domain::timestamp::Timestamp;
use crate::services::State;
use crate::services::connections::{self, exchange_name};

/// A connection to an account on an exchange, without its secrets.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Connection)]
pub struct Wire {
    /// Its id.
    #[schema(example = "0193d6f0c1e74d7fb1a2c3d4e5f60718")]
    id: String,
    /// The exchange's short name.
    #[schema(example = "binance")]
    exchange: String,
    /// What its owner calls it.
    #[schema(example = "Savings")]
    label: String,
    /// `live` or `testnet`.
    #[schema(example = "live")]
    environment: &'static str,
    /// The regional site, on exchanges that have several.
    #[schema(example = "eea")]
    region: Option<String>,
    /// The last four characters of the API key.
    #[schema(example = "••••Xy9Z")]
    api_key_masked: String,
    rights: Rights,
    /// `ok`, `partial`, `paused`, `needs_attention` or `never_synced`.
    #[schema(example = "ok")]
    status: &'static str,
    /// What last went wrong, as long as it has not been mended.
    #[schema(example = "Binance does not answer at the moment.")]
    last_error: Option<String>,
    /// The code of the same.
    #[schema(example = "exchange_unavailable")]
    last_error_code: Option<&'static str>,
    /// When wallets were last read, RFC 3339 in UTC.
    #[schema(example = "2026-01-01T00:00:00Z")]
    last_synced_at: Option<String>,
    /// The wallets and how they last fared.
    wallets: Vec<Wallet>,
    /// The portfolio that its holdings stand in.
    #[schema(example = "0193d6f0c1e74d7fb1a2c3d4e5f60719")]
    portfolio_id: String,
    /// Balances worth less than this, in the base currency, are counted but not listed on pages.
    #[schema(example = "0.5")]
    ignore_below: Option<String>,
    /// Whether the exchange's own stream is listened to, so that changes of the account are read at once.
    #[schema(example = true)]
    follow: bool,
    /// Since when that stream is open, RFC 3339 in UTC; null while it is not.
    #[schema(example = "2026-01-01T00:00:00Z")]
    live_since: Option<String>,
    /// When it was made, RFC 3339 in UTC.
    #[schema(example = "2026-01-01T00:00:00Z")]
    created_at: String,
}

/// What the key could do when the exchange last said.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = KeyRights)]
struct Rights {
    /// `read_only`, `excess` or `unknown`.
    #[schema(example = "read_only")]
    state: &'static str,
    /// Every right the key has, in plain words.
    #[schema(example = json!(["reading"]))]
    granted: Vec<String>,
    /// Whether the key works from listed addresses only; null where the exchange does not say.
    ip_restricted: Option<bool>,
}

/// A wallet of the account.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Wallet)]
pub struct Wallet {
    /// Its name.
    #[schema(example = "spot")]
    name: String,
    /// `read`, `not_available`, `no_permission` or `failed`.
    #[schema(example = "read")]
    outcome: &'static str,
    /// Assets that it holds, by the last time it answered.
    #[schema(example = 3)]
    holdings: usize,
}

/// Part of somebody's connections.
#[derive(Debug, Serialize, ToSchema)]
pub struct Connections {
    /// Oldest first.
    connections: Vec<Wire>,
    /// The cursor of the part after this one; null at the end.
    #[schema(example = "MDE5M2Q2")]
    next: Option<String>,
}

/// Lists your connections, oldest first.
#[utoipa::path(get, path = "/connections", tag = "Connections", operation_id = "listConnections",
    params(PageQuery), responses((status = 200, description = "Part of the list", body = Connections)),
    security(("token" = ["read"]), ("session" = [])))]
pub async fn list(
    may: May<Read>,
    AxumState(state): AxumState<State>,
    page: Page,
) -> Result<Json<Connections>, Refused> {
    let all = connections::list(&state, &may.user.id).await?;
    let key = |one: &Connection| format!("{:016x}{}", one.created_at.0, one.id);
    let (part, next) = page.of(all, key);
    let connections = part.iter().map(|one| wire(&state, one)).collect();
    Ok(Json(Connections { connections, next }))
}

/// Shows one of your connections.
#[utoipa::path(get, path = "/connections/{id}", tag = "Connections", operation_id = "showConnection",
    params(("id" = String, Path, description = "The connection's id")),
    responses((status = 200, description = "The connection", body = Wire)),
    security(("token" = ["read"]), ("session" = [])))]
pub async fn show(
    may: May<Read>,
    AxumState(state): AxumState<State>,
    Id(id): Id,
) -> Result<Json<Wire>, Refused> {
    let connection = connections::show(&state, &may.user.id, &id).await?;
    Ok(Json(wire(&state, &connection)))
}

/// Deletes one of your connections with its key, holdings and syncs.
///
/// A sync of it that is under way writes nothing any more. The key itself lives on: delete it on the
/// exchange as well.
#[utoipa::path(delete, path = "/connections/{id}", tag = "Connections", operation_id = "deleteConnection",
    params(("id" = String, Path, description = "The connection's id")),
    responses((status = 204, description = "It is gone")),
    security(("token" = ["manage"]), ("session" = [])))]
pub async fn delete(
    may: May<Manage>,
    AxumState(state): AxumState<State>,
    Id(id): Id,
) -> Result<StatusCode, Refused> {
    connections::delete(&state, &may.user.id, &id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// A connection as programs see it.
pub fn wire(state: &State, connection: &Connection) -> Wire {
    let failure = connection.last_failure.as_ref();
    let exchange = exchange_name(state, &connection.exchange);
    let rights = &connection.rights;
    Wire {
        id: connection.id.clone(),
        exchange: connection.exchange.to_string(),
        label: connection.label.clone(),
        environment: connection.environment.as_str(),
        region: connection.region.clone(),
        api_key_masked: mask(&connection.key_hint),
        rights: Rights {
            state: rights.state.as_str(),
            granted: rights.granted.clone(),
            ip_restricted: rights.ip_restricted,
        },
        status: connection.status.as_str(),
        last_error: failure.map(|failure| failure.sentence(&exchange)),
        last_error_code: failure.map(|failure| failure.code()),
        last_synced_at: connection.last_synced_at.map(Timestamp::rfc3339),
        wallets: connection.wallets.iter().map(wallet).collect(),
        portfolio_id: connection.portfolio_id.clone(),
        ignore_below: connection.ignore_below.as_ref().map(ToString::to_string),
        follow: connection.following.is_on(),
        live_since: connection.following.live_since().map(Timestamp::rfc3339),
        created_at: connection.created_at.rfc3339(),
    }
}

/// A wallet as programs see it.
pub fn wallet(summary: &WalletSummary) -> Wallet {
    Wallet {
        name: summary.name.to_string(),
        outcome: summary.outcome.as_str(),
        holdings: summary.holdings,
    }
}
