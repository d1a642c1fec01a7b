//! OKX's candles, from the global site: at most 300 a call, newest first.

use serde_json::value::RawValue;

use super::limits::by_address;
use super::{Okx, wire};
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

/// Manual: OKX API v5, "Get candlesticks"; copy of 2025-08-17.
pub(super) const NEWEST: Endpoint = Endpoint::get(
    "/api/v5/market/candles",
    by_address(40, 2_000),
    CallClass::History,
);
/// Manual: OKX API v5, "Get candlesticks history"; copy of 2025-08-17.
pub(super) const CANDLES: Endpoint = Endpoint::get(
    "/api/v5/market/history-candles",
    by_address(20, 2_000),
    CallClass::History,
);

/// The most candles of one answer.
pub(super) const AT_ONCE: usize = 300;
/// How many of the newest candles [`NEWEST`] tells.
const NEWEST_TOLD: i64 = 1_440;

/// What each interval is called. Manual: OKX API v5, "Get candlesticks history"; copy of 2025-08-17. From
/// six hours on, the plain names are of UTC+8.
const BARS: [(Interval, &str); 17] = [
    (Interval::Second1, "1s"),
    (Interval::Minute1, "1m"),
    (Interval::Minute3, "3m"),
    (Interval::Minute5, "5m"),
    (Interval::Minute15, "15m"),
    (Interval::Minute30, "30m"),
    (Interval::Hour1, "1H"),
    (Interval::Hour2, "2H"),
    (Interval::Hour4, "4H"),
    (Interval::Hour6, "6Hutc"),
    (Interval::Hour12, "12Hutc"),
    (Interval::Day1, "1Dutc"),
    (Interval::Day2, "2Dutc"),
    (Interval::Day3, "3Dutc"),
    (Interval::Week1, "1Wutc"),
    (Interval::Month1, "1Mutc"),
    (Interval::Month3, "3Mutc"),
];

/// The intervals there are.
pub(super) const INTERVALS: [Interval; 17] = {
    let mut intervals = [Interval::Minute1; 17];
    let mut place = 0;
    while place < BARS.len() {
        intervals[place] = BARS[place].0;
        place += 1;
    }
    intervals
};

impl Okx {
    /// Asks for candles. `after` asks for those older than that, `before` for newer ones.
    pub(super) async fn market_candles(
        &self,
        asked: CandlesAsked<'_>,
    ) -> Result<Candles, ExchangeError> {
        let Some((_, bar)) = BARS.iter().find(|(one, _)| *one == asked.interval) else {
            return Ok(Candles::default());
        };
        let journal = Journal::default();
        let caller = self.caller(&self.market, tickers::terms(&journal));
        let parameters = format!(
            "instId={}-{}&bar={bar}&after={}&before={}&limit={AT_ONCE}",
            query_encoded(asked.pair.base.as_str()),
            query_encoded(asked.pair.quote.as_str()),
            asked.to.0.saturating_add(1),
            asked.from.0.saturating_sub(1)
        );
        let now = Timestamp(self.clocks.local_ms());
        let answer = caller
            .call_public(&endpoint(&asked, now), &parameters)
            .await?;
        let rows: Rows<'_> = wire::data(answer.text()?)?;
        let reader = Reader {
            now,
            ..self.reader()
        };
        Ok(reader.candles(&asked, &rows, |raw| row(raw, asked.interval)))
    }
}

/// Who tells candles from so long ago. Seconds are told with the history alone, of three months.
fn endpoint(asked: &CandlesAsked<'_>, now: Timestamp) -> Endpoint {
    let reach_ms = asked.interval.shortest_ms().saturating_mul(NEWEST_TOLD - 1);
    if asked.interval != Interval::Second1 && asked.from >= now.plus_ms(-reach_ms) {
        NEWEST
    } else {
        CANDLES
    }
}

/// Begin, open, high, low, close, volume in the base asset, two more volumes, and whether it is over.
/// The end is not told: it is where the next one begins.
fn row(raw: &RawValue, interval: Interval) -> Option<Candle> {
    let fields = Fields::read(raw)?;
    let open_time = fields.moment(0)?;
    let is_final = match fields.text(8)?.as_str() {
        "0" => false,
        "1" => true,
        _ => return None,
    };
    // A row that begins nowhere ends nowhere either; that is told when it is judged.
    let next = interval.next(open_time)?;
    Some(Candle {
        open_time,
        close_time: next.plus_ms(-1),
        open: fields.amount(1)?,
        high: fields.amount(2)?,
        low: fields.amount(3)?,
        close: fields.amount(4)?,
        volume: fields.amount(5)?,
        is_final,
    })
}

#[cfg(test)]
mod tests;
