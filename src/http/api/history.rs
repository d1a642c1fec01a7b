//! What portfolios were worth over time, as programs read it.

use axum::Json;
use axum::extract::{FromRequestParts, State as AxumState};
use axum::http::request::Parts;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::input::{Id, moment, query};
use super::may::{May, Read};
use super::problem::Refused;
use crate::domain::history::Source;
use crate::domain::history::day::{DAY_MS, HOUR_MS};
use crate::domain::history::series::Rated;
use crate::domain::rules::FieldErrors;
use crate::domain::timestamp::Timestamp;
use crate::error::Problem;
use crate::services::accounts::User;
use crate::services::{State, history};

/// How much is told when `from` is left out.
const USUAL_MS: i64 = 30 * DAY_MS;

/// Which stretch of time, and how closely.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(
    dead_code,
    reason = "this is how a stretch is asked for in the document"
)]
pub struct StretchQuery {
    /// The first moment, RFC 3339 in UTC, or a day; 30 days before `to` when left out.
    #[param(example = "2026-01-01T00:00:00Z")]
    from: Option<String>,
    /// The moment to end before, RFC 3339 in UTC, or a day; now when left out.
    #[param(example = "2026-02-01")]
    to: Option<String>,
    /// `all` points that are kept, or the last of each UTC `hour` or `day`.
    #[param(default = "day", example = "day")]
    interval: Option<String>,
}

#[derive(Deserialize)]
struct Typed {
    from: Option<String>,
    to: Option<String>,
    interval: Option<String>,
}

/// A stretch of time.
#[derive(Clone, Debug)]
pub struct Stretch {
    from: Option<Timestamp>,
    to: Option<Timestamp>,
    interval: Interval,
}

#[derive(Clone, Copy, Debug)]
enum Interval {
    All,
    Hour,
    Day,
}

/// What a portfolio was worth over time.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = History)]
pub struct Wire {
    /// The currency that values are told in, at the rates of each moment.
    #[schema(example = "USD")]
    base_currency: &'static str,
    /// The first moment, RFC 3339 in UTC.
    #[schema(example = "2026-01-01T00:00:00Z")]
    from: String,
    /// The moment it ends before, RFC 3339 in UTC.
    #[schema(example = "2026-02-01T00:00:00Z")]
    to: String,
    /// `all`, `hour` or `day`.
    #[schema(example = "day")]
    interval: &'static str,
    /// Oldest first. A moment of which nothing is kept has none.
    points: Vec<Point>,
}

/// What it was worth at a moment.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = HistoryPoint)]
struct Point {
    /// The moment, RFC 3339 in UTC.
    #[schema(example = "2026-01-01T00:00:00Z")]
    at: String,
    /// The exact value; null where the currency could not be had then.
    #[schema(example = "1234.5")]
    value: Option<String>,
    /// How many assets had no price, and are not in it.
    #[schema(example = 0)]
    unpriced_count: usize,
    /// Whether every wallet answered then.
    complete: bool,
    /// `sync`, `daily`, or `backfill`: of before the connection was made, by the exchange's own
    /// daily snapshots of the spot wallet.
    #[schema(example = "daily")]
    source: &'static str,
}

/// Tells what all your portfolios together were worth over time.
#[utoipa::path(get, path = "/portfolio/history", tag = "Portfolios", operation_id = "showHistory",
    params(StretchQuery), responses((status = 200, description = "The values that are kept", body = Wire)),
    security(("token" = ["read"]), ("session" = [])))]
pub async fn all_together(
    may: May<Read>,
    AxumState(state): AxumState<State>,
    stretch: Stretch,
) -> Result<Json<Wire>, Refused> {
    told(&state, &may.user, None, stretch).await
}

/// Tells what one of your portfolios was worth over time.
#[utoipa::path(get, path = "/portfolios/{id}/history", tag = "Portfolios", operation_id = "showPortfolioHistory",
    params(("id" = String, Path, description = "The portfolio's id"), StretchQuery),
    responses((status = 200, description = "The values that are kept", body = Wire)),
    security(("token" = ["read"]), ("session" = [])))]
pub async fn one(
    may: May<Read>,
    AxumState(state): AxumState<State>,
    Id(id): Id,
    stretch: Stretch,
) -> Result<Json<Wire>, Refused> {
    told(&state, &may.user, Some(&id), stretch).await
}

async fn told(
    state: &State,
    user: &User,
    portfolio: Option<&str>,
    stretch: Stretch,
) -> Result<Json<Wire>, Refused> {
    let to = stretch.to.unwrap_or_else(|| state.clock.now());
    let from = stretch.from.unwrap_or_else(|| to.plus_ms(-USUAL_MS));
    if from >= to {
        return Err(Problem::field("from", "It must be before to.").into());
    }
    let points = history::points(state, user, portfolio, (from, to)).await?;
    let points = stretch.interval.thinned(&points);
    Ok(Json(Wire {
        base_currency: user.base_currency.as_str(),
        from: from.rfc3339(),
        to: to.rfc3339(),
        interval: stretch.interval.as_str(),
        points: points.into_iter().map(point).collect(),
    }))
}

fn point(rated: &Rated) -> Point {
    let Rated { point, rate } = rated;
    let value = rate.as_ref().map(|rate| point.value.times(rate));
    Point {
        at: point.at.rfc3339(),
        value: value.map(|value| value.to_string()),
        unpriced_count: point.unpriced,
        complete: !point.partial && point.source != Source::Backfill,
        source: point.source.as_str(),
    }
}

impl Interval {
    const ALL: [Self; 3] = [Self::All, Self::Hour, Self::Day];

    fn as_str(self) -> &'static str {
        match self {
            Self::All => "all",
            Self::Hour => "hour",
            Self::Day => "day",
        }
    }

    fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.as_str() == text)
    }

    /// The last point of each interval.
    fn thinned(self, points: &[Rated]) -> Vec<&Rated> {
        let ms = match self {
            Self::All => return points.iter().collect(),
            Self::Hour => HOUR_MS,
            Self::Day => DAY_MS,
        };
        let index = |one: &Rated| one.point.at.0.div_euclid(ms);
        let intervals = points.chunk_by(|a, b| index(a) == index(b));
        intervals.filter_map(<[Rated]>::last).collect()
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Stretch {
    type Rejection = Refused;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Refused> {
        read(query(parts).await?).map_err(|errors| Problem::from(errors).into())
    }
}

fn read(typed: Typed) -> Result<Stretch, FieldErrors> {
    let mut errors = FieldErrors::default();
    let from = moment(&mut errors, "from", typed.from.as_deref());
    let to = moment(&mut errors, "to", typed.to.as_deref());
    let interval = Interval::parse(typed.interval.as_deref().unwrap_or("day"));
    let sentence = "It is all, hour or day.";
    errors.add("interval", interval.map(|_| ()).ok_or(sentence));
    errors.into_result()?;
    Ok(Stretch {
        from,
        to,
        interval: interval.unwrap_or(Interval::Day),
    })
}
