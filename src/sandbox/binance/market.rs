//! What anyone may ask: the time, the pairs and their prices.

use serde_json::{Value, json};

use super::{Context, Refusal};
use crate::sandbox::{Exchange, pairs::Pair, reply::Reply};

/// What `exchangeInfo` reads.
pub(super) const INFO_PARAMS: &[&str] = &[
    "symbol",
    "symbols",
    "permissions",
    "showPermissionSets",
    "symbolStatus",
];
/// What `ticker/price` reads.
pub(super) const PRICE_PARAMS: &[&str] = &["symbol", "symbols", "symbolStatus"];

/// `GET /api/v3/ping`.
pub(super) fn ping(_: &Context<'_>) -> Result<Reply, Refusal> {
    Ok(Reply::json(200, "{}"))
}

/// `GET /api/v3/time`.
pub(super) fn time(context: &Context<'_>) -> Result<Reply, Refusal> {
    Ok(Reply::json(
        200,
        json!({ "serverTime": context.stamp(context.now_ms)? }),
    ))
}

/// `GET /api/v3/exchangeInfo`.
pub(super) fn exchange_info(context: &Context<'_>) -> Result<Reply, Refusal> {
    let found = pairs(context)?;
    let symbols: Vec<_> = found.into_iter().map(entry).collect();
    let limit = context.state.binance.weights.api_limit;
    let body = json!({
        "timezone": "UTC",
        "serverTime": context.stamp(context.now_ms)?,
        "rateLimits": [
            {
                "rateLimitType": "REQUEST_WEIGHT",
                "interval": "MINUTE",
                "intervalNum": 1,
                "limit": limit,
            },
            {
                "rateLimitType": "RAW_REQUESTS",
                "interval": "MINUTE",
                "intervalNum": 5,
                "limit": 300_000,
            },
        ],
        "exchangeFilters": [],
        "symbols": symbols,
        "sors": [],
    });
    Ok(Reply::json(200, body))
}

/// `GET /api/v3/ticker/price`.
pub(super) fn ticker_price(context: &Context<'_>) -> Result<Reply, Refusal> {
    let price = |pair: &Pair| json!({ "symbol": symbol(pair), "price": pair.price });
    let prices: Vec<_> = pairs(context)?.into_iter().map(price).collect();
    match (context.params.get("symbol"), prices.as_slice()) {
        (Some(_), [one]) => Ok(Reply::json(200, one)),
        _ => Ok(Reply::json(200, Value::Array(prices))),
    }
}

/// The pairs that trade on margin: none do here.
pub(super) fn margin_pairs(_: &Context<'_>) -> Result<Reply, Refusal> {
    Ok(Reply::json(200, "[]"))
}

/// The pairs that the request is about: without `symbolStatus` those that are no longer traded too.
pub(super) fn pairs<'a>(context: &Context<'a>) -> Result<Vec<&'a Pair>, Refusal> {
    let params = context.params;
    let status = params.get("symbolStatus");
    if !matches!(status, None | Some("TRADING" | "HALT" | "BREAK")) {
        return Err(Refusal::new(400, -1122, "Invalid symbolStatus."));
    }
    let fits = |pair: &&Pair| status.is_none_or(|status| status == self::status(pair));
    let listed = context.state.markets.pairs(Exchange::Binance).iter();
    let wanted: Vec<String> = match (params.get("symbol"), params.get("symbols")) {
        (None, None) => return Ok(listed.filter(fits).collect()),
        (Some(one), None) => vec![one.to_owned()],
        (None, Some(list)) => {
            serde_json::from_str(list).map_err(|_| Refusal::invalid("symbols"))?
        }
        (Some(_), Some(_)) => {
            let msg = "Combination of optional parameters invalid.";
            return Err(Refusal::new(400, -1128, msg));
        }
    };
    let found: Vec<_> = listed
        .filter(|pair| wanted.contains(&symbol(pair)))
        .collect();
    if found.len() != wanted.len() {
        return Err(Refusal::symbol());
    }
    let fitting: Vec<_> = found.into_iter().filter(fits).collect();
    if params.get("symbol").is_some() && fitting.is_empty() {
        return Err(Refusal::status());
    }
    Ok(fitting)
}

/// What Binance calls a pair.
pub(super) fn symbol(pair: &Pair) -> String {
    format!("{}{}", pair.base, pair.quote)
}

fn status(pair: &Pair) -> &'static str {
    if pair.traded { "TRADING" } else { "BREAK" }
}

fn entry(pair: &Pair) -> Value {
    json!({
        "symbol": symbol(pair),
        "status": status(pair),
        "baseAsset": pair.base,
        "baseAssetPrecision": 8,
        "quoteAsset": pair.quote,
        "quotePrecision": 8,
        "quoteAssetPrecision": 8,
        "baseCommissionPrecision": 8,
        "quoteCommissionPrecision": 8,
        "orderTypes": ["LIMIT", "MARKET"],
        "icebergAllowed": true,
        "ocoAllowed": true,
        "otoAllowed": true,
        "opoAllowed": true,
        "quoteOrderQtyMarketAllowed": true,
        "allowTrailingStop": false,
        "cancelReplaceAllowed": false,
        "amendAllowed": false,
        "pegInstructionsAllowed": true,
        "isSpotTradingAllowed": pair.traded,
        "isMarginTradingAllowed": false,
        "filters": [
            { "filterType": "PRICE_FILTER", "minPrice": "0.00000001", "maxPrice": "1000000.00000000",
              "tickSize": "0.00000001" },
            { "filterType": "LOT_SIZE", "minQty": "0.00000100", "maxQty": "9000000.00000000",
              "stepSize": "0.00000100" },
            { "filterType": "NOTIONAL", "minNotional": "5.00000000", "applyMinToMarket": true,
              "maxNotional": "9000000.00000000", "applyMaxToMarket": false, "avgPriceMins": 5 },
        ],
        "permissions": [],
        "permissionSets": [["SPOT"]],
        "defaultSelfTradePreventionMode": "NONE",
        "allowedSelfTradePreventionModes": ["NONE"],
    })
}
