//! Fetching the candles of past days, as programs ask for it and follow it.

use axum::Json;
use axum::extract::State as AxumState;
use axum::response::Response;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::input::{Body, Id, interval};
use super::may::{May, Read, Resync};
use super::once::Once;
use super::page::{Page, PageQuery};
use super::problem::Refused;
use crate::domain::exchange::ExchangeId;
use crate::domain::market::filling::Filling;
use crate::error::Problem;
use crate::services::market::backfill::{self, Wanted};
use crate::services::{State, market};

/// Candles of past days that were asked for.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Backfill)]
pub struct Wire {
    /// Its id.
    #[schema(example = "0193d6f0c1e74d7fb1a2c3d4e5f60714")]
    id: String,
    /// The exchange's short name.
    #[schema(example = "binance")]
    exchange: String,
    /// The pair.
    #[schema(example = "BTC-USDT")]
    symbol: String,
    /// How long each candle is.
    #[schema(example = "1m")]
    interval: &'static str,
    /// From when on, RFC 3339 in UTC.
    #[schema(example = "2026-01-01T00:00:00Z")]
    from: String,
    /// Before when, RFC 3339 in UTC.
    #[schema(example = "2026-02-01T00:00:00Z")]
    until: String,
    /// As far as here every candle that there is is stored, RFC 3339 in UTC.
    #[schema(example = "2026-01-16T12:00:00Z")]
    reached: String,
    /// How much of it is done, in whole percent.
    #[schema(example = 50)]
    percent: i64,
    /// How many candles were stored for it.
    #[schema(example = 22320)]
    stored: usize,
    /// How many stored candles of this pair and length were told otherwise later, and corrected.
    #[schema(example = 0)]
    corrected: usize,
    /// `waiting` while it goes on, `done`, or `given_up`.
    #[schema(example = "waiting")]
    state: &'static str,
    /// The code of what went wrong the last time; null when nothing did.
    #[schema(example = "exchange_unavailable")]
    trouble: Option<String>,
    /// When it was asked for, RFC 3339 in UTC.
    #[schema(example = "2026-02-01T00:00:00Z")]
    asked_at: String,
}

/// Part of what was asked for.
#[derive(Debug, Serialize, ToSchema)]
pub struct Backfills {
    /// All that anybody asked for, by their ids: candles are everybody's.
    backfills: Vec<Wire>,
    /// The cursor of the part after this one; null at the end.
    #[schema(example = "MDE5M2Q2")]
    next: Option<String>,
}

/// Candles of past days to be fetched.
#[derive(Debug, Deserialize, ToSchema)]
pub struct NewBackfill {
    /// The exchange's short name.
    #[serde(default)]
    #[schema(required = true, example = "binance")]
    exchange: String,
    /// The pair, as `BTC-USDT` or `BTCUSDT`.
    #[serde(default)]
    #[schema(required = true, example = "BTC-USDT")]
    symbol: String,
    /// How long each candle is.
    #[serde(default)]
    #[schema(required = true, example = "1m")]
    interval: String,
    /// How many days before now: at most 365 for candles of less than an hour, else 3650.
    #[serde(default)]
    #[schema(required = true, example = 30)]
    days: i64,
}

/// Lists the candles of past days that were asked for.
#[utoipa::path(get, path = "/market/backfills", tag = "Market", operation_id = "listBackfills",
    params(PageQuery), responses((status = 200, description = "Part of the list", body = Backfills)),
    security(("token" = ["read"]), ("session" = [])))]
pub async fn list(
    _may: May<Read>,
    AxumState(state): AxumState<State>,
    page: Page,
) -> Result<Json<Backfills>, Refused> {
    let all = backfill::list(&state).await?;
    let (part, next) = page.of(all, |one| one.id.clone());
    Ok(Json(Backfills {
        backfills: part.into_iter().map(wire).collect(),
        next,
    }))
}

/// Has the candles of past days fetched, in the background.
///
/// From then on they are kept current. What is under way already and reaches as far back goes on, and is
/// told.
#[utoipa::path(post, path = "/market/backfills", tag = "Market", operation_id = "createBackfill",
    params(("Idempotency-Key" = Option<String>, Header, description = "Under the same key the same call is done once, and answered alike for a day")),
    request_body = NewBackfill,
    responses((status = 201, description = "It is under way", body = Wire)),
    security(("token" = ["sync"]), ("session" = [])))]
pub async fn ask(
    may: May<Resync>,
    AxumState(state): AxumState<State>,
    once: Once,
    body: Body<NewBackfill>,
) -> Result<Response, Refused> {
    let own = state.clone();
    let new = body.value;
    let user_id = may.user.id.clone();
    let work = async move { Ok(wire(asked(&own, &user_id, new).await?)) };
    once.create(&state, &may.user.id, &body.bytes, work).await
}

/// Shows how far one of them has come.
#[utoipa::path(get, path = "/market/backfills/{id}", tag = "Market", operation_id = "showBackfill",
    params(("id" = String, Path, description = "Its id")),
    responses((status = 200, description = "How far it has come", body = Wire)),
    security(("token" = ["read"]), ("session" = [])))]
pub async fn show(
    _may: May<Read>,
    AxumState(state): AxumState<State>,
    Id(id): Id,
) -> Result<Json<Wire>, Refused> {
    Ok(Json(wire(backfill::find(&state, &id).await?)))
}

async fn asked(state: &State, user_id: &str, new: NewBackfill) -> Result<Filling, Problem> {
    let exchange = ExchangeId::new(&new.exchange);
    let interval = interval(&new.interval);
    let interval = interval.map_err(|sentence| Problem::field("interval", sentence))?;
    let wanted = Wanted {
        pair: market::pair(state, &exchange, &new.symbol).await?,
        exchange,
        interval,
        days: new.days,
    };
    backfill::ask(state, user_id, &wanted).await
}

fn wire(filling: Filling) -> Wire {
    Wire {
        percent: filling.percent(),
        exchange: filling.exchange.to_string(),
        symbol: filling.pair.to_string(),
        interval: filling.interval.as_str(),
        from: filling.from.rfc3339(),
        until: filling.until.rfc3339(),
        reached: filling.reached.rfc3339(),
        stored: filling.stored,
        corrected: filling.corrected,
        state: filling.state.as_str(),
        trouble: filling.trouble,
        asked_at: filling.asked_at.rfc3339(),
        id: filling.id,
    }
}
