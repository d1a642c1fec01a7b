//! What anyone may ask: the time, the pairs and their prices, and whether the exchange is open.

use serde_json::{Value, json};

use super::{Context, Refusal, envelope};
use crate::sandbox::{Exchange, day, pairs::Pair, reply::Reply};

/// The path that tells of maintenance, open at any time.
pub(super) const SYSTEM_STATUS: &str = "/api/v5/system/status";

/// `GET /api/v5/public/time`.
pub(super) fn time(context: &Context<'_>) -> Result<Reply, Refusal> {
    Ok(envelope(
        &json!({ "ts": context.now_ms.to_string() }).to_string(),
    ))
}

/// `GET /api/v5/public/instruments`: nothing but spot is traded here.
pub(super) fn instruments(context: &Context<'_>) -> Result<Reply, Refusal> {
    let names = ["instType", "uly", "instFamily", "instId"];
    spot_or_nothing(context, &names, |pair, _| instrument(pair))
}

/// `GET /api/v5/market/tickers`.
pub(super) fn tickers(context: &Context<'_>) -> Result<Reply, Refusal> {
    spot_or_nothing(context, &["instType", "uly", "instFamily"], ticker)
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
    names: &[&str],
    write: impl Fn(&Pair, i64) -> Value,
) -> Result<Reply, Refusal> {
    let sent = context.call.parameter_names();
    if let Some(unknown) = sent.iter().find(|name| !names.contains(&name.as_str())) {
        return Err(Refusal::parameter(unknown));
    }
    let kind = context.call.query_value("instType").unwrap_or_default();
    let listed = context.state.markets.pairs(Exchange::Okx).iter();
    let listed = listed.filter(|pair| pair.traded);
    let texts: Vec<_> = match kind.as_str() {
        "" => return Err(Refusal::empty_parameter("instType")),
        "SPOT" => listed
            .map(|pair| write(pair, context.now_ms).to_string())
            .collect(),
        "MARGIN" | "SWAP" | "FUTURES" | "OPTION" => Vec::new(),
        _ => return Err(Refusal::parameter("instType")),
    };
    Ok(envelope(&texts.join(",")))
}

fn instrument(pair: &Pair) -> Value {
    json!({
        "alias": "",
        "auctionEndTime": "",
        "baseCcy": pair.base,
        "category": "1",
        "ctMult": "",
        "ctType": "",
        "ctVal": "",
        "ctValCcy": "",
        "expTime": "",
        "futureSettlement": false,
        "instFamily": "",
        "instId": format!("{}-{}", pair.base, pair.quote),
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
        "quoteCcy": pair.quote,
        "ruleType": "normal",
        "settleCcy": "",
        "state": if pair.price.is_empty() { "preopen" } else { "live" },
        "stk": "",
        "tickSz": "0.0000000001",
        "tradeQuoteCcyList": [pair.quote],
        "uly": "",
    })
}

/// What is told of a pair's price. A pair that nobody has traded yet has no figures.
pub(super) fn ticker(pair: &Pair, now_ms: i64) -> Value {
    let figures = day::figures(pair, now_ms);
    json!({
        "instType": "SPOT",
        "instId": format!("{}-{}", pair.base, pair.quote),
        "last": pair.price,
        "lastSz": "0.1",
        "askPx": pair.price,
        "askSz": "1",
        "bidPx": pair.price,
        "bidSz": "1",
        "open24h": figures.open,
        "high24h": figures.high,
        "low24h": figures.low,
        "volCcy24h": "1000000",
        "vol24h": figures.volume,
        "sodUtc0": figures.open,
        "sodUtc8": figures.open,
        "ts": now_ms.to_string(),
    })
}
