//! OKX's daily prices: one call per pair for all days, from the global site.

use super::limits::by_address;
use super::{Okx, wire};
use crate::domain::price::daily::Close;
use crate::domain::text::query_encoded;
use crate::exchanges::allow::Endpoint;
use crate::exchanges::error::ExchangeError;
use crate::exchanges::rows::Rows;
use crate::exchanges::{DailyPrices, Journal, candles, tickers};

/// Manual: OKX API v5, "Get candlesticks history"; copy of 2025-08-17.
pub(super) const CANDLES: Endpoint =
    Endpoint::get("/api/v5/market/history-candles", by_address(20, 2_000));

impl Okx {
    /// Asks for the daily prices of a pair. `1D` would be days of UTC+8; `after` asks for candles older
    /// than that, `before` for newer ones.
    pub(super) async fn daily_prices(
        &self,
        asked: DailyPrices<'_>,
    ) -> Result<Vec<Close>, ExchangeError> {
        let journal = Journal::default();
        let caller = self.caller(&self.market, tickers::terms(&journal));
        let (from, to) = asked.stretch;
        let parameters = format!(
            "instId={}-{}&bar=1Dutc&after={}&before={}&limit=100",
            query_encoded(asked.base.as_str()),
            query_encoded(asked.quote.as_str()),
            to.0,
            from.0.saturating_sub(1)
        );
        let answer = caller.call_public(&CANDLES, &parameters).await?;
        let rows: Rows<'_> = wire::data(answer.text()?)?;
        Ok(candles::read(&rows, asked.stretch))
    }
}

#[cfg(test)]
mod tests;
