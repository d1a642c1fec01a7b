//! Prices of pairs, as programs read them.

use axum::Json;
use axum::extract::{FromRequestParts, State as AxumState};
use axum::http::request::Parts;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::input::query;
use super::may::{May, Read};
use super::problem::Refused;
use crate::domain::asset::AssetCode;
use crate::domain::price::{Book, MAX_AGE_MS, Quote};
use crate::domain::timestamp::Timestamp;
use crate::error::Problem;
use crate::services::{State, prices};

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
    /// One entry for every exchange that lists a pair; what nobody lists has none.
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
    /// The last price; null when it is older than a quarter of an hour, or not to be trusted.
    #[schema(example = "82300.5")]
    price: Option<String>,
    /// How it changed over 24 hours, in percent; null while that is not known.
    #[schema(example = "1.5")]
    change_24h_percent: Option<String>,
    /// When the exchange said so, RFC 3339 in UTC.
    #[schema(example = "2026-01-01T00:00:00Z")]
    at: String,
}

/// Tells the last prices of pairs, on every exchange that lists them.
#[utoipa::path(get, path = "/market/tickers", tag = "Market", operation_id = "listTickers",
    params(SymbolsQuery), responses((status = 200, description = "The prices that are known", body = Tickers)),
    security(("token" = ["read"]), ("session" = [])))]
pub async fn tickers(
    _may: May<Read>,
    AxumState(state): AxumState<State>,
    symbols: Symbols,
) -> Result<Json<Tickers>, Refused> {
    let market = prices::market(&state).await;
    let now = state.clock.now();
    let books = market.books().iter();
    let mut tickers: Vec<Wire> = books.flat_map(|book| of(book, &symbols, now)).collect();
    tickers.sort_by(|a, b| (&a.symbol, &a.exchange).cmp(&(&b.symbol, &b.exchange)));
    Ok(Json(Tickers { tickers }))
}

/// The pairs of a book that are asked for.
fn of(book: &Book, symbols: &Symbols, now: Timestamp) -> Vec<Wire> {
    let bases = book.quotes.iter();
    let pairs = bases.flat_map(|(base, quotes)| quotes.iter().map(move |(of, at)| (base, of, at)));
    let asked = pairs.filter(|(base, of, _)| symbols.name(base, of));
    let ticker = |(base, of, quote): (&AssetCode, &AssetCode, &Quote)| Wire {
        exchange: book.exchange.to_string(),
        symbol: format!("{base}-{of}"),
        price: usable(quote, now).then(|| quote.price.to_string()),
        change_24h_percent: None,
        at: quote.at.rfc3339(),
    };
    asked.map(ticker).collect()
}

fn usable(quote: &Quote, now: Timestamp) -> bool {
    quote.doubt.is_none() && now.0.saturating_sub(quote.at.0) <= MAX_AGE_MS
}

impl Symbols {
    /// Whether one of them is this pair.
    fn name(&self, base: &AssetCode, quote: &AssetCode) -> bool {
        self.0.iter().any(|symbol| {
            let rest = symbol.strip_prefix(base.as_str());
            let rest = rest.map(|rest| rest.strip_prefix('-').unwrap_or(rest));
            rest == Some(quote.as_str())
        })
    }
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
