//! OKX's prices: one call for every pair of the spot market, from the global site for everybody.

use serde::Deserialize;
use serde_json::value::RawValue;

use super::limits::by_address;
use super::{Okx, wire};
use crate::domain::health::CallClass;
use crate::domain::market::Pair;
use crate::domain::market::candle::Fault;
use crate::domain::price::Ticker;
use crate::domain::timestamp::Timestamp;
use crate::exchanges::Journal;
use crate::exchanges::allow::Endpoint;
use crate::exchanges::candles::Reader;
use crate::exchanges::error::ExchangeError;
use crate::exchanges::rows::{BadField, Rows, amount, text};
use crate::exchanges::tickers::{self, Row};

/// Manual: OKX API v5, "Market Data", "Get tickers"; copy of 2025-08-17.
pub(super) const PRICES: Endpoint = Endpoint::get(
    "/api/v5/market/tickers",
    by_address(20, 2_000),
    CallClass::Market,
);

pub(super) const SPOT: &str = "instType=SPOT";

/// Manual: OKX API v5, "Get tickers"; copy of 2025-08-17. `last` is `""` in a market's first seconds;
/// `ts` is when the figures were made.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Price<'a> {
    #[serde(borrow)]
    inst_type: Option<&'a RawValue>,
    #[serde(borrow)]
    inst_id: Option<&'a RawValue>,
    #[serde(borrow)]
    last: Option<&'a RawValue>,
    #[serde(borrow)]
    ts: Option<&'a RawValue>,
}

/// How names begin that stand in for markets to come.
const PLACEHOLDER: &str = "LISTING-";

impl Okx {
    /// Asks for the prices of all pairs. The regional sites list other pairs, so all people get those
    /// of the global one.
    pub(super) async fn prices(&self) -> Result<Vec<Ticker>, ExchangeError> {
        let journal = Journal::default();
        let caller = self.caller(&self.market, tickers::terms(&journal));
        let answer = caller.call_public(&PRICES, SPOT).await?;
        read(&self.reader(), answer.text()?)
    }

    /// Who is told of rows of the market that are kept out.
    pub(super) fn reader(&self) -> Reader<'_> {
        Reader::new("okx", &self.shared, &self.clocks, &self.market)
    }
}

fn read(reader: &Reader<'_>, body: &str) -> Result<Vec<Ticker>, ExchangeError> {
    reader.tickers(&wire::data::<Rows<'_>>(body)?, row)
}

fn row(raw: &RawValue) -> Row {
    let Ok(told) = serde_json::from_str::<Price<'_>>(raw.get()) else {
        return Row::Faulty(Fault::Unreadable);
    };
    if !matches!(
        text(told.inst_type).as_ref().map(Option::as_deref),
        Ok(Some("SPOT"))
    ) {
        return Row::Other;
    }
    let Ok(Some(name)) = text(told.inst_id) else {
        return Row::Faulty(Fault::Unreadable);
    };
    // What stands in for a market to come is no fault: `LISTING-SPOT-SLX-USDT`.
    if name.starts_with(PLACEHOLDER) {
        return Row::Other;
    }
    let Ok(Pair { base, quote }) = Pair::parse(&name) else {
        return Row::Faulty(Fault::UnknownPair);
    };
    match (amount(told.last), moment(told.ts)) {
        (Ok(Some(price)), Ok(at)) => Row::Priced(Ticker {
            base,
            quote,
            price,
            at,
        }),
        // A market in its first seconds has no price yet, which is no fault of the row.
        (Ok(None), _) => Row::Other,
        _ => Row::Faulty(Fault::Unreadable),
    }
}

/// When the figures were made, in milliseconds since 1970, which is rarely long ago and may be hours where
/// little is traded; absent and `""` are `None`.
fn moment(field: Option<&RawValue>) -> Result<Option<Timestamp>, BadField> {
    let told = text(field)?;
    let told = told.map(|told| told.parse().map(Timestamp));
    told.transpose().map_err(|_| BadField)
}

#[cfg(test)]
mod tests;
