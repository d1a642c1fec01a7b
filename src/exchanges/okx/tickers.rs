//! OKX's prices: one call for every pair of the spot market, from the global site for everybody.

use serde::Deserialize;
use serde_json::value::RawValue;

use super::limits::by_address;
use super::{Okx, wire};
use crate::domain::asset::AssetCode;
use crate::domain::price::Ticker;
use crate::exchanges::Journal;
use crate::exchanges::allow::Endpoint;
use crate::exchanges::error::ExchangeError;
use crate::exchanges::rows::{Rows, amount, text};
use crate::exchanges::tickers::{self, Row};

/// Manual: OKX API v5, "Market Data", "Get tickers"; copy of 2025-08-17.
pub(super) const PRICES: Endpoint = Endpoint::get("/api/v5/market/tickers", by_address(20, 2_000));

const SPOT: &str = "instType=SPOT";

/// Manual: OKX API v5, "Get tickers"; copy of 2025-08-17. `last` is `""` in a market's first seconds.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Price<'a> {
    #[serde(borrow)]
    inst_type: Option<&'a RawValue>,
    #[serde(borrow)]
    inst_id: Option<&'a RawValue>,
    #[serde(borrow)]
    last: Option<&'a RawValue>,
}

impl Okx {
    /// Asks for the prices of all pairs. The regional sites list other pairs, so all people get those
    /// of the global one.
    pub(super) async fn prices(&self) -> Result<Vec<Ticker>, ExchangeError> {
        let journal = Journal::default();
        let caller = self.caller(&self.market, tickers::terms(&journal));
        read(caller.call_public(&PRICES, SPOT).await?.text()?)
    }
}

fn read(body: &str) -> Result<Vec<Ticker>, ExchangeError> {
    tickers::read("okx", &wire::data::<Rows<'_>>(body)?, row)
}

fn row(raw: &RawValue) -> Row {
    let Ok(told) = serde_json::from_str::<Price<'_>>(raw.get()) else {
        return Row::Unreadable;
    };
    if !matches!(
        text(told.inst_type).as_ref().map(Option::as_deref),
        Ok(Some("SPOT"))
    ) {
        return Row::Other;
    }
    let (Ok(Some(pair)), Ok(Some(price))) = (text(told.inst_id), amount(told.last)) else {
        return Row::Unreadable;
    };
    let mut codes = pair.split('-').map(AssetCode::parse);
    // Placeholders have more parts: `LISTING-SPOT-SLX-USDT`.
    match (codes.next(), codes.next(), codes.next()) {
        (Some(Ok(base)), Some(Ok(quote)), None) => Row::Priced(Ticker { base, quote, price }),
        _ => Row::Unreadable,
    }
}

#[cfg(test)]
mod tests;
