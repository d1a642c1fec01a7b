//! Prices of pairs, as programs read them.

use axum::Json;
use axum::extract::{FromRequestParts, State as AxumState};
use axum::http::request::Parts;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::input::query;
use super::may::{May, Read};
use super::problem::Refused;
use crate::domain::market::Pair;
use crate::domain::price::Book;
use crate::domain::timestamp::Timestamp;
use crate::error::Problem;
use crate::services::market::DayOf;
use crate::services::market::live::LiveTicker;
use crate::services::{State, market, prices};

/// How many pairs one call may ask for.
const MOST: usize = 100;
const MISSING: &str = "Name 1 to 100 pairs such as BTC-USDT, with commas between them.";

/// Which pairs are asked for.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "this is how pairs are asked for in the document")]
pub struct SymbolsQuery {
    /// At most 100 pairs with commas between them, each as `BTC-USDT` or `BTCUSDT`.
    #[param(example = "BTC-USDT,ETHUSDT")]
    symbols: String,
}

#[derive(Deserialize)]
struct Typed {
    symbols: Option<String>,
}

/// The pairs that are asked for.
#[derive(Clone, Debug)]
pub struct Symbols(Vec<String>);

/// Prices of pairs.
#[derive(Debug, Serialize, ToSchema)]
pub struct Tickers {
    /// One entry for every exchange that tells a price of a pair; where none is told there is none.
    tickers: Vec<Wire>,
}

/// The price of a pair on an exchange.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Ticker)]
struct Wire {
    /// The exchange's short name.
    #[schema(example = "binance")]
    exchange: String,
    /// The asset that is priced and the one it is priced in.
    #[schema(example = "BTC-USDT")]
    symbol: String,
    /// The last price; null when it was read more than a quarter of an hour ago, or is not to be trusted.
    #[schema(example = "82300.5")]
    price: Option<String>,
    /// How it changed over 24 hours, in percent; null while that is not known.
    #[schema(example = "1.5")]
    change_24h_percent: Option<String>,
    /// When the exchange said so, RFC 3339 in UTC. Binance tells no time with its list of prices: of
    /// those it is when the list was read.
    #[schema(example = "2026-01-01T00:00:00Z")]
    at: String,
}

/// Tells the last prices of pairs, on every exchange that trades them.
#[utoipa::path(get, path = "/market/tickers", tag = "Market", operation_id = "listTickers",
    params(SymbolsQuery), responses((status = 200, description = "The prices that are known", body = Tickers)),
    security(("token" = ["read"]), ("session" = [])))]
pub async fn tickers(
    _may: May<Read>,
    AxumState(state): AxumState<State>,
    symbols: Symbols,
) -> Result<Json<Tickers>, Refused> {
    let pairs = market::meant(&state, &symbols.0).await;
    let (known, days) = tokio::join!(prices::market(&state), market::day_tickers(&state, &pairs));
    let now = state.clock.now();
    let of_each = known.books().iter().flat_map(|book| {
        let own = |pair| wire(book, pair, &days, now);
        pairs.iter().filter_map(own)
    });
    let mut tickers: Vec<Wire> = of_each.collect();
    tickers.sort_by(|a, b| (&a.symbol, &a.exchange).cmp(&(&b.symbol, &b.exchange)));
    Ok(Json(Tickers { tickers }))
}

/// A price that is watched, as programs read it.
pub(super) fn live(ticker: &LiveTicker) -> impl Serialize + use<> {
    Wire {
        exchange: ticker.exchange.to_string(),
        symbol: ticker.pair.to_string(),
        price: Some(ticker.price.to_string()),
        change_24h_percent: ticker.change_24h_percent.as_ref().map(ToString::to_string),
        at: ticker.at.rfc3339(),
    }
}

/// What the exchange of a book says of a pair.
fn wire(book: &Book, pair: &Pair, days: &[DayOf], now: Timestamp) -> Option<Wire> {
    let mut days = days.iter();
    let day = days.find(|day| (&day.exchange, &day.pair) == (&book.exchange, pair));
    let quote = market::quote(Some(book), day, pair)?;
    let change = day.and_then(|day| day.change_percent(now));
    Some(Wire {
        exchange: book.exchange.to_string(),
        symbol: pair.to_string(),
        price: quote.is_usable(now).then(|| quote.price.to_string()),
        change_24h_percent: change.map(|change| change.to_string()),
        at: quote.said_at().rfc3339(),
    })
}

impl<S: Send + Sync> FromRequestParts<S> for Symbols {
    type Rejection = Refused;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Refused> {
        let typed: Typed = query(parts).await?;
        let symbols = typed.symbols.unwrap_or_default();
        let symbols: Vec<_> = symbols
            .split(',')
            .map(|one| one.trim().to_owned())
            .collect();
        let fits = symbols.len() <= MOST && symbols.iter().all(|one| !one.is_empty());
        let symbols = fits.then_some(symbols);
        Ok(Self(symbols.ok_or(Problem::field("symbols", MISSING))?))
    }
}
