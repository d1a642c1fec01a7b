//! Candles, as programs read them and as a file.

use axum::Json;
use axum::extract::{FromRequestParts, State as AxumState};
use axum::http::request::Parts;
use axum::response::Response;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::input::{interval, moment, query};
use super::may::{May, Read};
use super::problem::Refused;
use crate::domain::exchange::ExchangeId;
use crate::domain::market::candle::Candle;
use crate::domain::market::gaps::Stretch;
use crate::domain::market::interval::Interval;
use crate::domain::rules::FieldErrors;
use crate::domain::timestamp::Timestamp;
use crate::error::Problem;
use crate::http::takeout as files;
use crate::services::market::{self, Asked};
use crate::services::{State, takeout};

/// How many candles are told when `limit` is left out, and at most.
const USUAL: usize = 500;
const MOST: usize = 1_000;

const NO_LIMIT: &str = "Ask for 1 to 1000 candles.";

/// Which candles are asked for.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(
    dead_code,
    reason = "this is how candles are asked for in the document"
)]
pub struct KlinesQuery {
    /// The exchange's short name.
    #[param(example = "binance")]
    exchange: String,
    /// The pair, as `BTC-USDT` or `BTCUSDT`.
    #[param(example = "BTC-USDT")]
    symbol: String,
    /// How long each candle is: `1m` to `12h`, `1d`, `1w`, `1M` and more, as the exchange has them. Days
    /// are those of UTC; `1m` is a minute, `1M` a month.
    #[param(example = "1h")]
    interval: String,
    /// The first moment a candle may begin at, RFC 3339 in UTC, or a day. When it is left out, the newest
    /// before `end` are told.
    #[param(example = "2026-01-01T00:00:00Z")]
    start: Option<String>,
    /// The last moment a candle may begin at, RFC 3339 in UTC, or a day; now when left out.
    #[param(example = "2026-02-01")]
    end: Option<String>,
    /// How many at most.
    #[param(minimum = 1, maximum = 1000, default = 500, example = 500)]
    limit: Option<u32>,
}

#[derive(Deserialize)]
struct Typed {
    exchange: Option<String>,
    symbol: Option<String>,
    interval: Option<String>,
    start: Option<String>,
    end: Option<String>,
    limit: Option<String>,
}

/// The candles that are asked for, as far as the call alone can tell.
#[derive(Clone, Debug)]
pub struct Wanted {
    exchange: ExchangeId,
    symbol: String,
    interval: Interval,
    start: Option<Timestamp>,
    end: Option<Timestamp>,
    limit: usize,
}

/// Candles of a pair.
#[derive(Debug, Serialize, ToSchema)]
pub struct Klines {
    /// The candles, oldest first. Where nothing was traded there may be none.
    klines: Vec<Wire>,
    /// The `start` of the candles after these; null at the end.
    #[schema(example = "2026-01-01T08:00:00Z")]
    next: Option<String>,
    /// Stretches without a candle, from the first that is missing to where the next one begins.
    gaps: Vec<Gap>,
    /// Whether the exchange told all of it: if not, candles may be missing that it has.
    complete: bool,
    /// When the newest of it was told, RFC 3339 in UTC.
    #[schema(example = "2026-01-01T00:00:00Z")]
    as_of: String,
}

/// What a pair did in a stretch of time. Prices are of one unit of the base asset.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Kline)]
struct Wire {
    /// When it began, RFC 3339 in UTC.
    #[schema(example = "2026-01-01T00:00:00Z")]
    open_time: String,
    /// The first price.
    #[schema(example = "82300.5")]
    open: String,
    /// The highest price.
    #[schema(example = "82410")]
    high: String,
    /// The lowest price.
    #[schema(example = "82210.25")]
    low: String,
    /// The last price.
    #[schema(example = "82388.1")]
    close: String,
    /// What was traded, in units of the base asset.
    #[schema(example = "12.34567891")]
    volume: String,
    /// Its last millisecond, RFC 3339 in UTC.
    #[schema(example = "2026-01-01T00:59:59.999Z")]
    close_time: String,
    /// Whether it is over, so that it does not change any more.
    #[serde(rename = "final")]
    is_final: bool,
}

/// A stretch of time.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = KlineGap)]
struct Gap {
    /// From when on, RFC 3339 in UTC.
    #[schema(example = "2026-01-01T03:00:00Z")]
    from: String,
    /// Before when, RFC 3339 in UTC.
    #[schema(example = "2026-01-01T05:00:00Z")]
    to: String,
}

/// Tells the candles of a pair.
///
/// Those that are over are stored, and told again without asking the exchange. One answer covers at most
/// as many lengths of time as `limit` says: while there is a `next`, there may be more, however few came.
#[utoipa::path(get, path = "/market/klines", tag = "Market", operation_id = "listKlines",
    params(KlinesQuery), responses((status = 200, description = "The candles", body = Klines)),
    security(("token" = ["read"]), ("session" = [])))]
pub async fn klines(
    _may: May<Read>,
    AxumState(state): AxumState<State>,
    wanted: Wanted,
) -> Result<Json<Klines>, Refused> {
    let asked = wanted.asked(&state).await?;
    let shown = market::candles(&state, &asked).await?;
    Ok(Json(Klines {
        klines: shown.candles.iter().map(wire).collect(),
        next: shown.next.map(Timestamp::rfc3339),
        gaps: shown.gaps.into_iter().map(gap).collect(),
        complete: shown.problem.is_none(),
        as_of: shown.as_of.rfc3339(),
    }))
}

/// Hands out the candles of a pair as a file, at most a year of minutes.
///
/// `limit` only says how many there are when `start` is left out. A file that breaks off is not whole.
#[utoipa::path(get, path = "/market/klines.csv", tag = "Market", operation_id = "exportKlines",
    params(KlinesQuery),
    responses((status = 200, description = "The file", content((String = "text/csv")))),
    security(("token" = ["read"]), ("session" = [])))]
pub async fn file(
    may: May<Read>,
    AxumState(state): AxumState<State>,
    wanted: Wanted,
) -> Result<Response, Refused> {
    let asked = wanted.asked(&state).await?;
    let whole = Asked {
        limit: MOST,
        ..asked
    };
    Ok(files::saved(
        takeout::candles(&state, &may.user.id, whole).await?,
    ))
}

impl Wanted {
    /// The same with its pair and its moments.
    async fn asked(self, state: &State) -> Result<Asked, Problem> {
        let pair = market::pair(state, &self.exchange, &self.symbol).await?;
        let to = self.end.unwrap_or_else(|| state.clock.now());
        let newest = || {
            let last = self.interval.begin(to).unwrap_or(to);
            self.interval.before(last, self.limit - 1)
        };
        let from = self.start.unwrap_or_else(newest);
        if from > to {
            return Err(Problem::field("start", "It must not be after end."));
        }
        Ok(Asked {
            exchange: self.exchange,
            pair,
            interval: self.interval,
            from,
            to,
            limit: self.limit,
        })
    }
}

fn wire(candle: &Candle) -> Wire {
    Wire {
        open_time: candle.open_time.rfc3339(),
        open: candle.open.to_string(),
        high: candle.high.to_string(),
        low: candle.low.to_string(),
        close: candle.close.to_string(),
        volume: candle.volume.to_string(),
        close_time: candle.close_time.rfc3339(),
        is_final: candle.is_final,
    }
}

fn gap((from, to): Stretch) -> Gap {
    Gap {
        from: from.rfc3339(),
        to: to.rfc3339(),
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Wanted {
    type Rejection = Refused;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Refused> {
        read(query(parts).await?).map_err(|errors| Problem::from(errors).into())
    }
}

fn read(typed: Typed) -> Result<Wanted, FieldErrors> {
    let mut errors = FieldErrors::default();
    let mut told = |field: &str, text: Option<String>, sentence: &str| {
        let text = text.filter(|text| !text.is_empty());
        errors.add(field, text.as_ref().map(|_| ()).ok_or(sentence));
        text.unwrap_or_default()
    };
    let exchange = told(
        "exchange",
        typed.exchange,
        "Name an exchange, such as binance or okx.",
    );
    let symbol = told("symbol", typed.symbol, "Name a pair, such as BTC-USDT.");
    let interval = interval(typed.interval.as_deref().unwrap_or_default());
    errors.add("interval", interval.map(|_| ()));
    let start = moment(&mut errors, "start", typed.start.as_deref());
    let end = moment(&mut errors, "end", typed.end.as_deref());
    let limit = typed.limit.map_or(Some(USUAL), |text| text.parse().ok());
    let limit = limit.filter(|limit| (1..=MOST).contains(limit));
    errors.add("limit", limit.map(|_| ()).ok_or(NO_LIMIT));
    errors.into_result()?;
    Ok(Wanted {
        exchange: ExchangeId::new(&exchange),
        symbol,
        interval: interval.unwrap_or(Interval::Hour1),
        start,
        end,
        limit: limit.unwrap_or(USUAL),
    })
}
