//! The pairs that somebody watches, as programs see them.

use axum::Json;
use axum::extract::State as AxumState;
use axum::http::StatusCode;
use axum::response::Response;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::input::{Body, Name};
use super::may::{Manage, May, Read};
use super::once::Once;
use super::problem::Refused;
use crate::domain::market::Pair;
use crate::domain::market::watchlist::Watchlist;
use crate::services::{State, watchlist};

/// The pairs that you watch.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Watchlist)]
pub struct Wire {
    /// In your order.
    #[schema(example = json!(["BTC-USDT", "ETH-USDT", "SOL-USDT", "BNB-USDT", "XRP-USDT"]))]
    symbols: Vec<String>,
}

/// The pairs that you want to watch.
#[derive(Debug, Deserialize, ToSchema)]
pub struct NewWatchlist {
    /// From 5 to 50, each once, in your order.
    #[serde(default)]
    #[schema(required = true, example = json!(["BTC-USDT", "ETH-USDT", "SOL-USDT", "BNB-USDT", "OKB-USDT"]))]
    symbols: Vec<String>,
}

/// A pair to watch.
#[derive(Debug, Deserialize, ToSchema)]
pub struct WatchedPair {
    /// What is priced and what it is priced in; `btc/usdt` and `BTCUSDT` are understood.
    #[serde(default)]
    #[schema(required = true, example = "BTC-USDT")]
    symbol: String,
}

/// Lists the pairs that you watch, in your order.
#[utoipa::path(get, path = "/market/watchlist", tag = "Market", operation_id = "showWatchlist",
    responses((status = 200, description = "The pairs", body = Wire)),
    security(("token" = ["read"]), ("session" = [])))]
pub async fn show(
    may: May<Read>,
    AxumState(state): AxumState<State>,
) -> Result<Json<Wire>, Refused> {
    let list = watchlist::show(&state, &may.user.id).await?;
    Ok(Json(wire(&list)))
}

/// Has you watch these pairs instead of those before.
#[utoipa::path(put, path = "/market/watchlist", tag = "Market", operation_id = "replaceWatchlist",
    request_body = NewWatchlist, responses((status = 200, description = "The pairs as they are now", body = Wire)),
    security(("token" = ["manage"]), ("session" = [])))]
pub async fn replace(
    may: May<Manage>,
    AxumState(state): AxumState<State>,
    Body { value, .. }: Body<NewWatchlist>,
) -> Result<Json<Wire>, Refused> {
    let list = watchlist::replace(&state, &may.user.id, &value.symbols).await?;
    Ok(Json(wire(&list)))
}

/// Adds a pair to the end of those that you watch.
#[utoipa::path(post, path = "/market/watchlist", tag = "Market", operation_id = "watchPair",
    params(("Idempotency-Key" = Option<String>, Header, description = "Under the same key the same call is done once, and answered alike for a day")),
    request_body = WatchedPair, responses((status = 201, description = "The pairs as they are now", body = Wire)),
    security(("token" = ["manage"]), ("session" = [])))]
pub async fn add(
    may: May<Manage>,
    AxumState(state): AxumState<State>,
    once: Once,
    Body { value, bytes }: Body<WatchedPair>,
) -> Result<Response, Refused> {
    let (shared, user_id) = (state.clone(), may.user.id.clone());
    let work = async move {
        watchlist::add(&shared, &user_id, &value.symbol).await?;
        Ok(wire(&watchlist::show(&shared, &user_id).await?))
    };
    once.create(&state, &may.user.id, &bytes, work).await
}

/// Takes a pair off those that you watch.
#[utoipa::path(delete, path = "/market/watchlist/{symbol}", tag = "Market", operation_id = "unwatchPair",
    params(("symbol" = String, Path, description = "The pair", example = "BTC-USDT")),
    responses((status = 204, description = "It is gone"), (status = 422, description = "It is one of the fewest")),
    security(("token" = ["manage"]), ("session" = [])))]
pub async fn remove(
    may: May<Manage>,
    AxumState(state): AxumState<State>,
    Name(symbol): Name,
) -> Result<StatusCode, Refused> {
    watchlist::remove(&state, &may.user.id, &symbol).await?;
    Ok(StatusCode::NO_CONTENT)
}

fn wire(list: &Watchlist) -> Wire {
    Wire {
        symbols: list.pairs().iter().map(Pair::to_string).collect(),
    }
}
