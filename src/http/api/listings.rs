//! What exchanges list, as programs read it.

use axum::Json;
use axum::extract::{FromRequestParts, State as AxumState};
use axum::http::request::Parts;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::input::query;
use super::may::{May, Read};
use super::page::{Page, PageQuery};
use super::problem::Refused;
use crate::domain::amount::Amount;
use crate::domain::exchange::ExchangeId;
use crate::domain::market::listing::{Listing, PublishedLimit};
use crate::services::{State, market};

/// Whose pairs are asked for.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "this is how an exchange is named in the document")]
pub struct OfQuery {
    /// The exchange's short name.
    #[param(example = "binance")]
    exchange: String,
}

#[derive(Deserialize)]
struct Typed {
    exchange: Option<String>,
}

/// The exchange whose pairs are asked for.
#[derive(Clone, Debug)]
pub struct Of(ExchangeId);

/// Part of what an exchange lists.
#[derive(Debug, Serialize, ToSchema)]
pub struct MarketSymbols {
    /// The pairs, by their names.
    symbols: Vec<Wire>,
    /// The limits of calls that the exchange publishes; empty where it does not.
    limits: Vec<Limit>,
    /// The cursor of the part after this one; null at the end.
    #[schema(example = "QlRDLVVTRFQ")]
    next: Option<String>,
}

/// A pair, with the rules of its orders. What is not told is null.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = MarketSymbol)]
struct Wire {
    /// The pair.
    #[schema(example = "BTC-USDT")]
    symbol: String,
    /// The asset that is priced.
    #[schema(example = "BTC")]
    base: String,
    /// The asset it is priced in.
    #[schema(example = "USDT")]
    quote: String,
    /// `trading`, `halted` or `upcoming`.
    #[schema(example = "trading")]
    status: &'static str,
    /// What prices are a multiple of.
    #[schema(example = "0.01")]
    tick_size: Option<String>,
    /// What quantities are a multiple of.
    #[schema(example = "0.00001")]
    step_size: Option<String>,
    /// The least quantity of an order, in units of the base asset.
    #[schema(example = "0.00001")]
    min_quantity: Option<String>,
    /// The least value of an order, in units of the quote asset.
    #[schema(example = "5")]
    min_notional: Option<String>,
    /// When trading began or begins, RFC 3339 in UTC.
    #[schema(example = "2026-01-01T00:00:00Z")]
    listed_at: Option<String>,
}

/// A limit of calls.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PublishedLimit)]
struct Limit {
    /// What is counted, as the exchange names it.
    #[schema(example = "REQUEST_WEIGHT")]
    kind: String,
    /// How long a window is, in milliseconds.
    #[schema(example = 60000)]
    window_ms: i64,
    /// The most in one window.
    #[schema(example = 6000)]
    limit: u32,
}

/// Lists the pairs of an exchange, by their names.
#[utoipa::path(get, path = "/market/symbols", tag = "Market", operation_id = "listSymbols",
    params(OfQuery, PageQuery),
    responses((status = 200, description = "Part of the list", body = MarketSymbols)),
    security(("token" = ["read"]), ("session" = [])))]
pub async fn symbols(
    _may: May<Read>,
    AxumState(state): AxumState<State>,
    Of(exchange): Of,
    page: Page,
) -> Result<Json<MarketSymbols>, Refused> {
    let listings = market::listings(&state, &exchange).await?;
    let pairs = listings.pairs.values().cloned().collect();
    let (part, next) = page.of(pairs, |listing: &Listing| listing.pair.to_string());
    Ok(Json(MarketSymbols {
        symbols: part.into_iter().map(wire).collect(),
        limits: listings.limits.iter().map(limit).collect(),
        next,
    }))
}

fn wire(listing: Listing) -> Wire {
    let text = |amount: Option<Amount>| amount.map(|amount| amount.to_string());
    Wire {
        symbol: listing.pair.to_string(),
        base: listing.pair.base.to_string(),
        quote: listing.pair.quote.to_string(),
        status: listing.status.as_str(),
        tick_size: text(listing.tick_size),
        step_size: text(listing.step_size),
        min_quantity: text(listing.min_quantity),
        min_notional: text(listing.min_notional),
        listed_at: listing.listed_at.map(|at| at.rfc3339()),
    }
}

fn limit(published: &PublishedLimit) -> Limit {
    Limit {
        kind: published.kind.clone(),
        window_ms: published.window_ms,
        limit: published.limit,
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Of {
    type Rejection = Refused;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Refused> {
        let typed: Typed = query(parts).await?;
        Ok(Self(ExchangeId::new(&typed.exchange.unwrap_or_default())))
    }
}
