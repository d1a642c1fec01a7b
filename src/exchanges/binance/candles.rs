//! Binance's candles, from the host for market data: at most 1000 a call, oldest first.

use serde_json::value::RawValue;

use super::limits::api;
use super::{Binance, wire};
use crate::domain::health::CallClass;
use crate::domain::market::candle::Candle;
use crate::domain::market::interval::Interval;
use crate::domain::text::query_encoded;
use crate::domain::timestamp::Timestamp;
use crate::exchanges::allow::Endpoint;
use crate::exchanges::candles::{Fields, Reader};
use crate::exchanges::error::ExchangeError;
use crate::exchanges::rows::Rows;
use crate::exchanges::{Candles, CandlesAsked, Journal, tickers};

/// Manual: binance-spot-api-docs, rest-api.md, "Kline/Candlestick data"; state of 2026-07-21.
pub(super) const CANDLES: Endpoint = Endpoint::get("/api/v3/klines", api(2), CallClass::History);

/// The most candles of one answer.
pub(super) const AT_ONCE: usize = 1_000;

/// Manual: binance-spot-api-docs, rest-api.md, "Kline/Candlestick chart intervals"; state of
/// 2026-07-21. They are spelled as here, and days are those of UTC unless another time zone is asked
/// for.
pub(super) const INTERVALS: [Interval; 16] = [
    Interval::Second1,
    Interval::Minute1,
    Interval::Minute3,
    Interval::Minute5,
    Interval::Minute15,
    Interval::Minute30,
    Interval::Hour1,
    Interval::Hour2,
    Interval::Hour4,
    Interval::Hour6,
    Interval::Hour8,
    Interval::Hour12,
    Interval::Day1,
    Interval::Day3,
    Interval::Week1,
    Interval::Month1,
];

impl Binance {
    /// Asks for candles. Which are over is told by the clock of the host.
    pub(super) async fn market_candles(
        &self,
        asked: CandlesAsked<'_>,
    ) -> Result<Candles, ExchangeError> {
        let journal = Journal::default();
        let caller = self.caller(&self.market, tickers::terms(&journal));
        let now = caller.now().await?;
        let parameters = format!(
            "symbol={}{}&interval={}&startTime={}&endTime={}&limit={AT_ONCE}",
            query_encoded(asked.pair.base.as_str()),
            query_encoded(asked.pair.quote.as_str()),
            asked.interval.as_str(),
            asked.from.0,
            asked.to.0
        );
        let answer = caller.call_public(&CANDLES, &parameters).await?;
        let rows: Rows<'_> = wire::parse(answer.text()?)?;
        let reader = Reader {
            now,
            ..self.reader()
        };
        Ok(reader.candles(&asked, &rows, |raw| row(raw, now)))
    }
}

/// Open time, open, high, low, close, volume, close time, and more that is not read.
fn row(raw: &RawValue, now: Timestamp) -> Option<Candle> {
    let fields = Fields::read(raw)?;
    let close_time = fields.moment(6)?;
    Some(Candle {
        open_time: fields.moment(0)?,
        close_time,
        open: fields.amount(1)?,
        high: fields.amount(2)?,
        low: fields.amount(3)?,
        close: fields.amount(4)?,
        volume: fields.amount(5)?,
        is_final: close_time < now,
    })
}

#[cfg(test)]
mod tests;
