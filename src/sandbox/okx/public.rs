//! What anyone may ask: the time, the pairs and their prices, and whether the exchange is open.

use serde_json::{Value, json};

use super::{Context, Refusal, envelope};
use crate::sandbox::{
    Exchange,
    catalog::{Coin, OKX},
    reply::Reply,
};

/// The path that tells of maintenance, open at any time.
pub(super) const SYSTEM_STATUS: &str = "/api/v5/system/status";

/// `GET /api/v5/public/time`.
pub(super) fn time(context: &Context<'_>) -> Result<Reply, Refusal> {
    Ok(envelope(
        &json!({ "ts": context.now_ms.to_string() }).to_string(),
    ))
}

/// `GET /api/v5/public/instruments`: pairs with USDT; nothing but spot is traded here.
pub(super) fn instruments(context: &Context<'_>) -> Result<Reply, Refusal> {
    spot_or_nothing(context, |coin, _| instrument(coin))
}

/// `GET /api/v5/market/tickers`.
pub(super) fn tickers(context: &Context<'_>) -> Result<Reply, Refusal> {
    spot_or_nothing(context, ticker)
}

/// `GET /api/v5/system/status`.
pub(super) fn system_status(context: &Context<'_>) -> Result<Reply, Refusal> {
    if !context.state.maintenance.contains(&Exchange::Okx) {
        return Ok(envelope(""));
    }
    let body = json!({
        "begin": (context.now_ms - 60_000).to_string(),
        "end": (context.now_ms + 3_600_000).to_string(),
        "href": "",
        "preOpenBegin": "",
        "scheDesc": "",
        "serviceType": "5",
        "state": "ongoing",
        "maintType": "1",
        "env": "1",
        "system": "unified",
        "title": "System maintenance",
    });
    Ok(envelope(&body.to_string()))
}

fn spot_or_nothing(
    context: &Context<'_>,
    write: impl Fn(&Coin, i64) -> Value,
) -> Result<Reply, Refusal> {
    let kind = context.call.query_value("instType").unwrap_or_default();
    let priced = OKX.iter().filter(|coin| coin.price.is_some());
    let texts: Vec<_> = match kind.as_str() {
        "" => return Err(Refusal::empty_parameter("instType")),
        "SPOT" => priced
            .map(|coin| write(coin, context.now_ms).to_string())
            .collect(),
        "MARGIN" | "SWAP" | "FUTURES" | "OPTION" => Vec::new(),
        _ => return Err(Refusal::parameter("instType")),
    };
    Ok(envelope(&texts.join(",")))
}

fn instrument(coin: &Coin) -> Value {
    json!({
        "alias": "",
        "auctionEndTime": "",
        "baseCcy": coin.code,
        "category": "1",
        "ctMult": "",
        "ctType": "",
        "ctVal": "",
        "ctValCcy": "",
        "expTime": "",
        "futureSettlement": false,
        "instFamily": "",
        "instId": format!("{}-USDT", coin.code),
        "instType": "SPOT",
        "lever": "",
        "listTime": "1606468572000",
        "lotSz": "0.00000001",
        "maxIcebergSz": "9999999999.0000000000000000",
        "maxLmtAmt": "1000000",
        "maxLmtSz": "9999999999",
        "maxMktAmt": "1000000",
        "maxMktSz": "",
        "maxStopSz": "",
        "maxTriggerSz": "9999999999.0000000000000000",
        "maxTwapSz": "9999999999.0000000000000000",
        "minSz": "0.00001",
        "optType": "",
        "quoteCcy": "USDT",
        "ruleType": "normal",
        "settleCcy": "",
        "state": "live",
        "stk": "",
        "tickSz": "0.0000000001",
        "tradeQuoteCcyList": ["USDT"],
        "uly": "",
    })
}

fn ticker(coin: &Coin, now_ms: i64) -> Value {
    json!({
        "instType": "SPOT",
        "instId": format!("{}-USDT", coin.code),
        "last": coin.price,
        "lastSz": "0.1",
        "askPx": coin.price,
        "askSz": "1",
        "bidPx": coin.price,
        "bidSz": "1",
        "open24h": coin.price,
        "high24h": coin.price,
        "low24h": coin.price,
        "volCcy24h": "1000000",
        "vol24h": "1000",
        "sodUtc0": coin.price,
        "sodUtc8": coin.price,
        "ts": now_ms.to_string(),
    })
}
