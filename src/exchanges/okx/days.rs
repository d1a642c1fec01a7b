//! What pairs did over 24 hours on OKX: all of the spot market in one call.

use serde::Deserialize;
use serde_json::value::RawValue;

use super::tickers::{PRICES, SPOT};
use super::{Okx, wire};
use crate::domain::market::candle::Fault;
use crate::domain::market::{DayTicker, Pair};
use crate::domain::timestamp::Timestamp;
use crate::exchanges::days::Row;
use crate::exchanges::error::ExchangeError;
use crate::exchanges::rows::{Rows, amount, text};
use crate::exchanges::{Journal, tickers};

/// Of a spot pair, `vol24h` is in units of the base asset. Manual: OKX API v5, "Get tickers"; copy of
/// 2025-08-17.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Day<'a> {
    #[serde(borrow)]
    inst_type: Option<&'a RawValue>,
    #[serde(borrow)]
    inst_id: Option<&'a RawValue>,
    #[serde(borrow)]
    last: Option<&'a RawValue>,
    #[serde(borrow)]
    open24h: Option<&'a RawValue>,
    #[serde(borrow)]
    high24h: Option<&'a RawValue>,
    #[serde(borrow)]
    low24h: Option<&'a RawValue>,
    #[serde(borrow)]
    vol24h: Option<&'a RawValue>,
    #[serde(borrow)]
    ts: Option<&'a RawValue>,
}

impl Okx {
    /// Asks for the figures of all pairs.
    pub(super) async fn days(&self) -> Result<Vec<DayTicker>, ExchangeError> {
        let journal = Journal::default();
        let caller = self.caller(&self.market, tickers::terms(&journal));
        let answer = caller.call_public(&PRICES, SPOT).await?;
        let rows: Rows<'_> = wire::data(answer.text()?)?;
        Ok(self.reader().days(&rows, row))
    }
}

fn row(raw: &RawValue) -> Row {
    let Ok(told) = serde_json::from_str::<Day<'_>>(raw.get()) else {
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
    // Placeholders have more parts: `LISTING-SPOT-SLX-USDT`.
    let Ok(pair) = Pair::parse(&name) else {
        return Row::Faulty(Fault::UnknownPair);
    };
    // A market in its first seconds has no price yet, which is no fault of the row.
    if matches!(text(told.last), Ok(None)) {
        return Row::Other;
    }
    let figures = || {
        Some(DayTicker {
            pair,
            last: amount(told.last).ok()??,
            open: amount(told.open24h).ok()??,
            high: amount(told.high24h).ok()??,
            low: amount(told.low24h).ok()??,
            volume: amount(told.vol24h).ok()??,
            at: Timestamp(text(told.ts).ok()??.parse().ok()?),
        })
    };
    figures().map_or(Row::Faulty(Fault::Unreadable), |day| {
        Row::Told(Box::new(day))
    })
}

#[cfg(test)]
mod tests;
