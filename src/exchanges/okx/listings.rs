//! What OKX lists: the pairs of its spot market, with the rules of their orders.

use serde::Deserialize;
use serde_json::value::RawValue;

use super::limits::by_address;
use super::tickers::SPOT;
use super::{Okx, wire};
use crate::domain::health::CallClass;
use crate::domain::market::Pair;
use crate::domain::market::listing::{Listing, ListingStatus, Listings};
use crate::domain::timestamp::Timestamp;
use crate::exchanges::allow::Endpoint;
use crate::exchanges::candles::Reader;
use crate::exchanges::error::ExchangeError;
use crate::exchanges::rows::{Rows, asset, positive, text};
use crate::exchanges::{Journal, tickers};

/// Manual: OKX API v5, "Get instruments"; copy of 2025-08-17.
pub(super) const LISTINGS: Endpoint = Endpoint::get(
    "/api/v5/public/instruments",
    by_address(20, 2_000),
    CallClass::Market,
);

/// Manual: OKX API v5, "Get instruments"; copy of 2025-08-17.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Instrument<'a> {
    #[serde(borrow)]
    inst_id: Option<&'a RawValue>,
    #[serde(borrow)]
    base_ccy: Option<&'a RawValue>,
    #[serde(borrow)]
    quote_ccy: Option<&'a RawValue>,
    #[serde(borrow)]
    state: Option<&'a RawValue>,
    #[serde(borrow)]
    tick_sz: Option<&'a RawValue>,
    #[serde(borrow)]
    lot_sz: Option<&'a RawValue>,
    #[serde(borrow)]
    min_sz: Option<&'a RawValue>,
    #[serde(borrow)]
    list_time: Option<&'a RawValue>,
}

impl Okx {
    /// Asks what is listed.
    pub(super) async fn listed(&self) -> Result<Listings, ExchangeError> {
        let journal = Journal::default();
        let caller = self.caller(&self.market, tickers::terms(&journal));
        let answer = caller.call_public(&LISTINGS, SPOT).await?;
        read(&self.reader(), answer.text()?)
    }
}

/// Reads what is listed.
///
/// # Errors
/// [`ExchangeProblem::BadResponse`] when not one pair can be read: that is no market.
fn read(reader: &Reader<'_>, body: &str) -> Result<Listings, ExchangeError> {
    let rows: Rows<'_> = wire::data(body)?;
    reader.listings(&rows, listing)
}

fn listing(raw: &RawValue) -> Option<Listing> {
    let told: Instrument<'_> = serde_json::from_str(raw.get()).ok()?;
    let pair = Pair {
        base: asset(told.base_ccy)?,
        quote: asset(told.quote_ccy)?,
    };
    let named = text(told.inst_id).ok()?? == pair.to_string();
    let status = match text(told.state).ok()??.as_str() {
        "live" => ListingStatus::Trading,
        "preopen" => ListingStatus::Upcoming,
        // Suspended, being settled, for tests, or a word that is new.
        _ => ListingStatus::Halted,
    };
    let listed_at = text(told.list_time).ok().flatten();
    named.then(|| Listing {
        pair,
        status,
        tick_size: positive(told.tick_sz),
        step_size: positive(told.lot_sz),
        min_quantity: positive(told.min_sz),
        min_notional: None,
        listed_at: listed_at.and_then(|text| text.parse().ok().map(Timestamp)),
    })
}

#[cfg(test)]
mod tests;
