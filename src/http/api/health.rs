//! How the exchanges fare, as programs read it.

mod parts;

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::State as AxumState;
use serde::Serialize;
use utoipa::ToSchema;

use super::may::{May, Read};
use super::problem::Refused;
use crate::domain::amount::Amount;
use crate::domain::health::{CallClass, CallFigures, ExchangeHealth, Outcomes};
use crate::domain::timestamp::Timestamp;
use crate::services::State;
use crate::services::health;
use parts::{Budget, Clock, Followed, Stream, budget, clock, followed, stream};

/// How all exchanges fare.
#[derive(Debug, Serialize, ToSchema)]
pub struct ExchangesHealth {
    /// One entry per exchange.
    exchanges: Vec<Wire>,
}

/// How an exchange fares, as far as the answering process knows from its own calls. Calls to test
/// environments are left out.
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
    #[serde(flatten)]
    all: Calls,
    /// How long half of the answers took at most, in milliseconds; null without any. The same as
    /// `p50_ms`.
    #[schema(example = 120)]
    latency_ms: Option<u64>,
    /// The same by kind of endpoint; empty for an exchange that was never called.
    classes: Vec<ClassCalls>,
    /// What calls weighed in the window that runs, by everyone at this address as far as known; where
    /// calls share no budget, the `used` of `fullest_budget`; null when none was made.
    #[schema(example = 240)]
    weight_used: Option<u64>,
    /// The most that they may weigh; null as above.
    #[schema(example = 6000)]
    weight_limit: Option<u64>,
    /// The window's length in milliseconds; null as above.
    #[schema(example = 60000)]
    weight_window_ms: Option<i64>,
    /// The path that this is for; null where calls share a budget.
    #[schema(example = json!(null))]
    weight_path: Option<String>,
    /// The budget that is used most: at the moment, of those with windows of a minute or longer; where
    /// there is none, over the last minute; null where there never was one.
    fullest_budget: Option<Budget>,
    /// How far its clock is ahead of this server's, in milliseconds; null before it was asked.
    #[schema(example = -12)]
    clock_offset_ms: Option<i64>,
    /// When it was asked last, RFC 3339 in UTC; null as above.
    #[schema(example = "2026-01-01T00:00:00Z")]
    clock_asked_at: Option<String>,
    /// The clocks of all its hosts that were asked. Those in use are asked every quarter of an hour.
    clocks: Vec<Clock>,
    /// Until when nobody calls it, at its own wish, RFC 3339 in UTC.
    #[schema(example = "2026-01-01T00:01:00Z")]
    paused_until: Option<String>,
    /// The code of what keeps its prices from being read; null when nothing does.
    #[schema(example = "exchange_unavailable")]
    prices_error_code: Option<&'static str>,
    /// Of when its prices are that are known, RFC 3339 in UTC; null when none are.
    #[schema(example = "2026-01-01T00:00:30Z")]
    prices_at: Option<String>,
    /// How the stream of its prices stands.
    stream: Stream,
    /// How many accounts of this server are followed, by how their streams stand.
    account_streams: Followed,
    /// How much of what it told of the market, by calls and by its stream, was kept out since the process
    /// began, by reason; what did not happen is left out.
    #[schema(example = json!({"in_future": 1}))]
    kept_out: BTreeMap<&'static str, u64>,
}

/// What calls came to in the last quarter of an hour, counted by the minute.
#[derive(Debug, Serialize, ToSchema)]
struct Calls {
    /// How many there were, those sent again included.
    #[schema(example = 40)]
    calls: u64,
    /// The part of them that was answered: `1` is all; null without any calls. A refusal is an answer;
    /// the word that the exchange cannot answer now, or asks to wait, is none.
    #[schema(example = "0.975")]
    success_rate: Option<String>,
    /// How they ended: `ok`, `refused`: this account does not get what was asked for, `key`: the key is
    /// not accepted, `clock`, `bad_answer`, `rate_limited`, `banned`: shut out for a while,
    /// `server_error`, `timeout`, `unreachable`. What did not happen is left out.
    #[schema(example = json!({"ok": 39, "timeout": 1}))]
    outcomes: BTreeMap<&'static str, u64>,
    /// What half of the answers took at most, in milliseconds; null without any. This and the next two
    /// are told at most an eighth too long.
    #[schema(example = 120)]
    p50_ms: Option<u64>,
    /// What 95 of 100 answers took at most.
    #[schema(example = 300)]
    p95_ms: Option<u64>,
    /// What 99 of 100 answers took at most.
    #[schema(example = 640)]
    p99_ms: Option<u64>,
    /// What they weighed together by the exchange's measure.
    #[schema(example = 820)]
    weight: u64,
    /// When one last worked since the process began, RFC 3339 in UTC.
    #[schema(example = "2026-01-01T00:00:59.250Z")]
    last_good_at: Option<String>,
}

/// What calls of one kind came to.
#[derive(Debug, Serialize, ToSchema)]
struct ClassCalls {
    /// `account`: what accounts hold, `rights`: what keys may do, `market`: prices and pairs of now,
    /// `history`: past days, or `time`.
    #[schema(example = "account")]
    class: &'static str,
    #[serde(flatten)]
    calls: Calls,
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

fn wire(health: &ExchangeHealth) -> Wire {
    let problem = health.price_problem.as_ref();
    let classes = health.figures.by_class.iter();
    let kept_out = health.kept_out.iter();
    let spent = health.budget();
    Wire {
        exchange: health.exchange.to_string(),
        status: health.fitness.as_str(),
        latency_ms: health.figures.all.times.map(|times| times.p50_ms),
        all: calls(&health.figures.all),
        classes: classes.map(class_calls).collect(),
        weight_used: spent.map(|spent| spent.weight),
        weight_limit: spent.map(|spent| spent.limit),
        weight_window_ms: spent.map(|spent| spent.window_ms),
        weight_path: health.budget_path().map(str::to_owned),
        fullest_budget: health.fullest.clone().map(budget),
        clock_offset_ms: health.usual_clock().map(|clock| clock.reading.offset_ms),
        clock_asked_at: health.usual_clock().map(|clock| clock.reading.at.rfc3339()),
        clocks: health.clocks.iter().map(clock).collect(),
        paused_until: health.paused_until.map(Timestamp::rfc3339),
        prices_error_code: problem.map(|problem| problem.code()),
        prices_at: health.prices_of.map(Timestamp::rfc3339),
        stream: stream(&health.stream),
        account_streams: followed(health.account_streams),
        kept_out: kept_out
            .map(|(fault, count)| (fault.as_str(), *count))
            .collect(),
    }
}

fn class_calls((class, figures): &(CallClass, CallFigures)) -> ClassCalls {
    ClassCalls {
        class: class.as_str(),
        calls: calls(figures),
    }
}

fn calls(figures: &CallFigures) -> Calls {
    let seen = figures.outcomes.seen();
    Calls {
        calls: figures.outcomes.calls(),
        success_rate: success_rate(&figures.outcomes).map(|rate| rate.to_string()),
        outcomes: seen.map(|(one, count)| (one.as_str(), count)).collect(),
        p50_ms: figures.times.map(|times| times.p50_ms),
        p95_ms: figures.times.map(|times| times.p95_ms),
        p99_ms: figures.times.map(|times| times.p99_ms),
        weight: figures.weight,
        last_good_at: figures.last_good_at.map(Timestamp::rfc3339),
    }
}

fn success_rate(outcomes: &Outcomes) -> Option<Amount> {
    let amount = |count| i64::try_from(count).ok().map(Amount::from);
    let rate = amount(outcomes.answered())?.over(&amount(outcomes.calls())?)?;
    Some(rate.rounded(4))
}
