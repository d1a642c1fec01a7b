//! What pairs did over 24 hours on Binance: by name, as all of them would cost as much as forty calls.

use std::collections::HashMap;

use futures::future::try_join_all;
use serde::Deserialize;
use serde_json::value::RawValue;

use super::limits::api;
use super::{Binance, wire};
use crate::domain::health::CallClass;
use crate::domain::market::candle::Fault;
use crate::domain::market::{DayTicker, Pair};
use crate::domain::text::query_encoded;
use crate::domain::timestamp::Timestamp;
use crate::exchanges::allow::Endpoint;
use crate::exchanges::days::Row;
use crate::exchanges::error::ExchangeError;
use crate::exchanges::rows::{Rows, amount, text};
use crate::exchanges::{Journal, tickers};

/// What up to [`AT_ONCE`] pairs weigh; 21 to 100 weigh twenty times as much. Manual:
/// binance-spot-api-docs, rest-api.md, "24hr ticker price change statistics"; state of 2026-07-21.
pub(super) const DAYS: Endpoint = Endpoint::get("/api/v3/ticker/24hr", api(2), CallClass::Market);
const AT_ONCE: usize = 20;

/// Manual: binance-spot-api-docs, rest-api.md, "24hr ticker price change statistics", the form MINI;
/// state of 2026-07-21.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Day<'a> {
    #[serde(borrow)]
    symbol: Option<&'a RawValue>,
    #[serde(borrow)]
    last_price: Option<&'a RawValue>,
    #[serde(borrow)]
    open_price: Option<&'a RawValue>,
    #[serde(borrow)]
    high_price: Option<&'a RawValue>,
    #[serde(borrow)]
    low_price: Option<&'a RawValue>,
    #[serde(borrow)]
    volume: Option<&'a RawValue>,
    #[serde(borrow)]
    close_time: Option<&'a RawValue>,
}

impl Binance {
    /// Asks for the figures of pairs, twenty a call. One that is not known fails its call.
    pub(super) async fn days(&self, pairs: &[Pair]) -> Result<Vec<DayTicker>, ExchangeError> {
        let parts = pairs.chunks(AT_ONCE).map(|part| self.some_days(part));
        Ok(try_join_all(parts).await?.into_iter().flatten().collect())
    }

    async fn some_days(&self, pairs: &[Pair]) -> Result<Vec<DayTicker>, ExchangeError> {
        let journal = Journal::default();
        let caller = self.caller(&self.market, tickers::terms(&journal));
        let by_symbol: HashMap<String, &Pair> =
            pairs.iter().map(|pair| (symbol(pair), pair)).collect();
        let list = serde_json::to_string(&by_symbol.keys().collect::<Vec<_>>());
        let list = query_encoded(&list.unwrap_or_default());
        let parameters = format!("symbols={list}&type=MINI&symbolStatus=TRADING");
        let answer = caller.call_public(&DAYS, &parameters).await?;
        let rows: Rows<'_> = wire::parse(answer.text()?)?;
        Ok(self.reader().days(&rows, |raw| row(raw, &by_symbol)))
    }
}

/// What Binance calls a pair: its two codes in one word.
pub(super) fn symbol(pair: &Pair) -> String {
    format!("{}{}", pair.base, pair.quote)
}

fn row(raw: &RawValue, asked: &HashMap<String, &Pair>) -> Row {
    let Ok(told) = serde_json::from_str::<Day<'_>>(raw.get()) else {
        return Row::Faulty(Fault::Unreadable);
    };
    let Ok(Some(symbol)) = text(told.symbol) else {
        return Row::Faulty(Fault::Unreadable);
    };
    let Some(pair) = asked.get(&symbol) else {
        return Row::Faulty(Fault::UnknownPair);
    };
    let figures = || {
        Some(DayTicker {
            pair: (*pair).clone(),
            last: amount(told.last_price).ok()??,
            open: amount(told.open_price).ok()??,
            high: amount(told.high_price).ok()??,
            low: amount(told.low_price).ok()??,
            volume: amount(told.volume).ok()??,
            at: Timestamp(text(told.close_time).ok()??.parse().ok()?),
        })
    };
    figures().map_or(Row::Faulty(Fault::Unreadable), |day| {
        Row::Told(Box::new(day))
    })
}

#[cfg(test)]
mod tests;
