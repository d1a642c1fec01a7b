//! How the exchanges fare, as programs read it.

use axum::Json;
use axum::extract::State as AxumState;
use serde::Serialize;
use utoipa::ToSchema;

use super::may::{May, Read};
use super::problem::Refused;
use crate::domain::amount::Amount;
use crate::domain::timestamp::Timestamp;
use crate::exchanges::Figures;
use crate::services::State;
use crate::services::health::{self, Health};

/// How all exchanges fare.
#[derive(Debug, Serialize, ToSchema)]
pub struct ExchangesHealth {
    /// One entry per exchange.
    exchanges: Vec<Wire>,
}

/// How an exchange fares, as far as the answering process knows from its own calls.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ExchangeHealth)]
struct Wire {
    /// The exchange's short name.
    #[schema(example = "binance")]
    exchange: String,
    /// `ok`, `failing`: fewer than half of its calls were answered, `paused`: it asked to be left
    /// alone, or `unknown`: it was not called in the last quarter of an hour.
    #[schema(example = "ok")]
    status: &'static str,
    /// How many calls the next two figures are of: at most 200 of the last quarter of an hour.
    #[schema(example = 40)]
    calls: usize,
    /// The part of them that was answered: `1` is all; null without any calls.
    #[schema(example = "0.975")]
    success_rate: Option<String>,
    /// How long half of the answers took at most, in milliseconds; null without any.
    #[schema(example = 120)]
    latency_ms: Option<u64>,
    /// What calls weighed in the window that runs, by everyone at this address as far as known; null
    /// where calls share no budget, or none was made.
    #[schema(example = 240)]
    weight_used: Option<u64>,
    /// The most that they may weigh; null as above.
    #[schema(example = 6000)]
    weight_limit: Option<u64>,
    /// The window's length in milliseconds; null as above.
    #[schema(example = 60000)]
    weight_window_ms: Option<i64>,
    /// How far its clock is ahead of this server's, in milliseconds; null before it was asked.
    #[schema(example = -12)]
    clock_offset_ms: Option<i64>,
    /// Until when nobody calls it, at its own wish, RFC 3339 in UTC.
    #[schema(example = "2026-01-01T00:01:00Z")]
    paused_until: Option<String>,
    /// The code of what keeps its prices from being read; null when nothing does.
    #[schema(example = "exchange_unavailable")]
    prices_error_code: Option<&'static str>,
}

/// Tells how the exchanges fare. None is asked anything for it.
#[utoipa::path(get, path = "/health/exchanges", tag = "Market", operation_id = "showExchangesHealth",
    responses((status = 200, description = "How each exchange fares", body = ExchangesHealth)),
    security(("token" = ["read"]), ("session" = [])))]
pub async fn exchanges(
    _may: May<Read>,
    AxumState(state): AxumState<State>,
) -> Result<Json<ExchangesHealth>, Refused> {
    let all = health::exchanges(&state).await?;
    Ok(Json(ExchangesHealth {
        exchanges: all.iter().map(wire).collect(),
    }))
}

fn wire(health: &Health) -> Wire {
    let problem = health.price_problem.as_ref();
    Wire {
        exchange: health.exchange.to_string(),
        status: health.fitness.as_str(),
        calls: health.figures.calls,
        success_rate: success_rate(health.figures).map(|rate| rate.to_string()),
        latency_ms: health.figures.latency_ms,
        weight_used: health.spent.map(|spent| spent.weight),
        weight_limit: health.spent.map(|spent| spent.limit),
        weight_window_ms: health.spent.map(|spent| spent.window_ms),
        clock_offset_ms: health.clock_offset_ms,
        paused_until: health.paused_until.map(Timestamp::rfc3339),
        prices_error_code: problem.map(|problem| problem.code()),
    }
}

fn success_rate(figures: Figures) -> Option<Amount> {
    let amount = |count| i64::try_from(count).ok().map(Amount::from);
    let rate = amount(figures.answered)?.over(&amount(figures.calls)?)?;
    Some(rate.rounded(4))
}
