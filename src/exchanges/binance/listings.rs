//! What Binance lists: the pairs that are traded, with the filters of their orders, and its limits.

use serde::Deserialize;
use serde_json::value::RawValue;

use super::limits::api;
use super::{Binance, wire};
use crate::domain::health::CallClass;
use crate::domain::market::Pair;
use crate::domain::market::listing::{Listing, ListingStatus, Listings, PublishedLimit};
use crate::domain::problem::ExchangeProblem;
use crate::exchanges::allow::Endpoint;
use crate::exchanges::candles::Reader;
use crate::exchanges::error::ExchangeError;
use crate::exchanges::rows::{Rows, asset, positive, text};
use crate::exchanges::{Journal, tickers};

/// Manual: binance-spot-api-docs, rest-api.md, "Exchange information"; state of 2026-07-21.
pub(super) const LISTINGS: Endpoint =
    Endpoint::get("/api/v3/exchangeInfo", api(20), CallClass::Market);

/// Sets of permissions make most of the answer, and are of no use here.
const TRADED: &str = "symbolStatus=TRADING&showPermissionSets=false";

/// Manual: binance-spot-api-docs, rest-api.md, "Exchange information"; state of 2026-07-21.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Info<'a> {
    #[serde(borrow)]
    symbols: Option<Rows<'a>>,
    #[serde(borrow, default)]
    rate_limits: Rows<'a>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Symbol<'a> {
    #[serde(borrow)]
    symbol: Option<&'a RawValue>,
    #[serde(borrow)]
    status: Option<&'a RawValue>,
    #[serde(borrow)]
    base_asset: Option<&'a RawValue>,
    #[serde(borrow)]
    quote_asset: Option<&'a RawValue>,
    #[serde(borrow, default)]
    filters: Rows<'a>,
}

/// Manual: binance-spot-api-docs, filters.md, "Symbol filters"; state of 2026-07-21. What is of another
/// filter is not there.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Filter<'a> {
    #[serde(borrow)]
    filter_type: Option<&'a RawValue>,
    #[serde(borrow)]
    tick_size: Option<&'a RawValue>,
    #[serde(borrow)]
    step_size: Option<&'a RawValue>,
    #[serde(borrow)]
    min_qty: Option<&'a RawValue>,
    #[serde(borrow)]
    min_notional: Option<&'a RawValue>,
}

/// Manual: binance-spot-api-docs, enums.md, "Rate limiters"; state of 2026-07-21.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Limit<'a> {
    #[serde(borrow)]
    rate_limit_type: Option<&'a RawValue>,
    #[serde(borrow)]
    interval: Option<&'a RawValue>,
    #[serde(borrow)]
    interval_num: Option<&'a RawValue>,
    #[serde(borrow)]
    limit: Option<&'a RawValue>,
}

impl Binance {
    /// Asks what is listed. The clock is asked anew on the way: candles are judged by it.
    pub(super) async fn listed(&self) -> Result<Listings, ExchangeError> {
        let journal = Journal::default();
        let caller = self.caller(&self.market, tickers::terms(&journal));
        let answer = caller.call_public(&LISTINGS, TRADED).await?;
        let listings = read(&self.reader(), answer.text()?)?;
        caller.server_time().await?;
        Ok(listings)
    }
}

/// Reads what is listed.
///
/// # Errors
/// [`ExchangeProblem::BadResponse`] when not one pair can be read: that is no market.
fn read(reader: &Reader<'_>, body: &str) -> Result<Listings, ExchangeError> {
    let info: Info<'_> = wire::parse(body)?;
    let rows = info.symbols.ok_or(ExchangeProblem::BadResponse)?;
    Ok(Listings {
        limits: info.rate_limits.iter().filter_map(limit).collect(),
        ..reader.listings(&rows, listing)?
    })
}

fn listing(raw: &RawValue) -> Option<Listing> {
    let told: Symbol<'_> = serde_json::from_str(raw.get()).ok()?;
    let pair = Pair {
        base: asset(told.base_asset)?,
        quote: asset(told.quote_asset)?,
    };
    // By that name it is asked for.
    let named = text(told.symbol).ok()?? == super::days::symbol(&pair);
    let filters: Vec<_> = told.filters.iter().map(RawValue::get).collect();
    let filter = |kind: &str| {
        let read = filters
            .iter()
            .filter_map(|raw| serde_json::from_str(raw).ok());
        let mut read = read.filter(|one: &Filter<'_>| is(one.filter_type, kind));
        read.next()
    };
    let (price, lot) = (filter("PRICE_FILTER"), filter("LOT_SIZE"));
    let notional = filter("NOTIONAL").or_else(|| filter("MIN_NOTIONAL"));
    named.then(|| Listing {
        status: if is(told.status, "TRADING") {
            ListingStatus::Trading
        } else {
            ListingStatus::Halted
        },
        tick_size: price.and_then(|filter| positive(filter.tick_size)),
        step_size: lot.as_ref().and_then(|filter| positive(filter.step_size)),
        min_quantity: lot.and_then(|filter| positive(filter.min_qty)),
        min_notional: notional.and_then(|filter| positive(filter.min_notional)),
        listed_at: None,
        pair,
    })
}

fn limit(raw: &RawValue) -> Option<PublishedLimit> {
    let told: Limit<'_> = serde_json::from_str(raw.get()).ok()?;
    let unit_ms = match text(told.interval).ok()??.as_str() {
        "SECOND" => 1_000,
        "MINUTE" => 60_000,
        "HOUR" => 3_600_000,
        "DAY" => 86_400_000,
        _ => return None,
    };
    let count: i64 = text(told.interval_num).ok()??.parse().ok()?;
    Some(PublishedLimit {
        kind: text(told.rate_limit_type).ok()??,
        window_ms: count.checked_mul(unit_ms)?,
        limit: text(told.limit).ok()??.parse().ok()?,
    })
}

fn is(field: Option<&RawValue>, word: &str) -> bool {
    matches!(text(field), Ok(Some(told)) if told == word)
}

#[cfg(test)]
mod tests;
