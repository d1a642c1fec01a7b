//! Binance's daily prices: one call per pair for all days, from the host for market data.

use super::limits::api;
use super::{Binance, wire};
use crate::domain::price::daily::Close;
use crate::domain::text::query_encoded;
use crate::exchanges::allow::Endpoint;
use crate::exchanges::error::ExchangeError;
use crate::exchanges::rows::Rows;
use crate::exchanges::{DailyPrices, Journal, candles, tickers};

/// Manual: binance-spot-api-docs, rest-api.md, "Kline/Candlestick data"; state of 2026-07-21.
pub(super) const CANDLES: Endpoint = Endpoint::get("/api/v3/klines", api(2));

impl Binance {
    /// Asks for the daily prices of a pair. Days are those of UTC unless another time zone is asked
    /// for.
    pub(super) async fn daily_prices(
        &self,
        asked: DailyPrices<'_>,
    ) -> Result<Vec<Close>, ExchangeError> {
        let journal = Journal::default();
        let caller = self.caller(&self.market, tickers::terms(&journal));
        let (from, to) = asked.stretch;
        let parameters = format!(
            "symbol={}{}&interval=1d&startTime={}&endTime={}&limit=100",
            query_encoded(asked.base.as_str()),
            query_encoded(asked.quote.as_str()),
            from.0,
            to.0
        );
        let answer = caller.call_public(&CANDLES, &parameters).await?;
        let rows: Rows<'_> = wire::parse(answer.text()?)?;
        Ok(candles::read(&rows, asked.stretch))
    }
}

#[cfg(test)]
mod tests;
