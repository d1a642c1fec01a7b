//! Candles of every length, and what pairs did over 24 hours.

use serde_json::{Value, json};

use super::{Context, Refusal, market};
use crate::sandbox::{
    Exchange,
    course::{BEGIN_MS, Course, DAY_MS, Figures},
    day,
    lengths::Length,
    pairs::Pair,
    reply::Reply,
};

/// What `klines` reads.
pub(super) const KLINE_PARAMS: &[&str] = &[
    "symbol",
    "interval",
    "startTime",
    "endTime",
    "timeZone",
    "limit",
];
/// What `ticker/24hr` reads.
pub(super) const DAY_PARAMS: &[&str] = &["symbol", "symbols", "type", "symbolStatus"];

const INTERVALS: [&str; 16] = [
    "1s", "1m", "3m", "5m", "15m", "30m", "1h", "2h", "4h", "6h", "8h", "12h", "1d", "3d", "1w",
    "1M",
];

/// `GET /api/v3/klines`: oldest first, from a moment on or the newest ones.
pub(super) fn klines(context: &Context<'_>) -> Result<Reply, Refusal> {
    let params = context.params;
    let symbol = params.mandatory("symbol")?;
    let mut listed = context.state.markets.pairs(Exchange::Binance).iter();
    let pair = listed.find(|pair| market::symbol(pair) == symbol);
    let pair = pair.ok_or_else(Refusal::symbol)?;
    let interval = params.mandatory("interval")?;
    let known = INTERVALS
        .contains(&interval)
        .then(|| Length::parse(interval));
    let Some(length) = known.flatten() else {
        return Err(Refusal::new(400, -1120, "Invalid interval."));
    };
    if !matches!(params.get("timeZone"), None | Some("0")) {
        return Err(Refusal::invalid("timeZone"));
    }
    let limit = params.number("limit")?.unwrap_or(500);
    if !(1..=1000).contains(&limit) {
        return Err(Refusal::invalid("limit"));
    }
    let end = params.number("endTime")?.unwrap_or(context.now_ms);
    let end = end.min(context.now_ms);
    let newest = || (1..limit).fold(length.begin(end), |open, _| length.before(open));
    let start = params.number("startTime")?.unwrap_or_else(newest);
    let first = length.begin_from(start.max(BEGIN_MS));
    let opens = std::iter::successors(Some(first), |open| Some(length.next(*open)));
    let opens = opens.take_while(|open| *open <= end);
    let opens = opens.take(usize::try_from(limit).unwrap_or_default());
    let course = Course::of(pair);
    let rows = opens.filter_map(|open| {
        let next = length.next(open);
        let figures = course.figures((open, next), context.now_ms)?;
        Some(kline(open, next, figures))
    });
    Ok(Reply::json(200, rows.collect::<Value>()))
}

fn kline(open: i64, next: i64, figures: Figures) -> Value {
    json!([
        open,
        figures.open,
        figures.high,
        figures.low,
        figures.close,
        figures.volume,
        next - 1,
        "2434.19055334",
        308,
        "75.68740239",
        "1228.46694368",
        "0"
    ])
}

/// `GET /api/v3/ticker/24hr`.
pub(super) fn ticker_24hr(context: &Context<'_>) -> Result<Reply, Refusal> {
    let full = match context.params.get("type") {
        None | Some("FULL") => true,
        Some("MINI") => false,
        Some(_) => return Err(Refusal::invalid("type")),
    };
    let found = market::pairs(context)?;
    let rows = found
        .into_iter()
        .map(|pair| day(pair, context.now_ms, full));
    let rows: Vec<_> = rows.collect();
    match (context.params.get("symbol"), rows.as_slice()) {
        (Some(_), [one]) => Ok(Reply::json(200, one)),
        _ => Ok(Reply::json(200, Value::Array(rows))),
    }
}

fn day(pair: &Pair, now_ms: i64, full: bool) -> Value {
    let figures = day::figures(pair, now_ms);
    let mut row = json!({
        "symbol": market::symbol(pair),
        "openPrice": figures.open,
        "highPrice": figures.high,
        "lowPrice": figures.low,
        "lastPrice": figures.close,
        "volume": figures.volume,
        "quoteVolume": "15.30000000",
        "openTime": now_ms - DAY_MS,
        "closeTime": now_ms,
        "firstId": 28_385,
        "lastId": 28_460,
        "count": 76,
    });
    if let (true, Some(fields)) = (full, row.as_object_mut()) {
        for (name, text) in [
            ("priceChange", "-94.99999800"),
            ("priceChangePercent", "-95.960"),
            ("weightedAvgPrice", "0.29628482"),
            ("prevClosePrice", "0.10002000"),
            ("lastQty", "200.00000000"),
            ("bidPrice", pair.price.as_str()),
            ("bidQty", "100.00000000"),
            ("askPrice", pair.price.as_str()),
            ("askQty", "100.00000000"),
        ] {
            fields.insert(name.to_owned(), text.into());
        }
    }
    row
}

#[cfg(test)]
mod tests;
