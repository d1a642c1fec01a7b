//! What anyone may ask: the time, the pairs and their prices.

use serde_json::{Value, json};

use super::{Context, Params, Refusal};
use crate::sandbox::{
    catalog::{BINANCE, Coin},
    reply::Reply,
};

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
    let symbols: Vec<_> = pairs(context.params)?
        .iter()
        .map(|coin| pair(coin))
        .collect();
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
    let price = |coin: &&Coin| json!({ "symbol": symbol(coin), "price": coin.price });
    let prices: Vec<_> = pairs(context.params)?.iter().map(price).collect();
    match (context.params.get("symbol"), prices.as_slice()) {
        (Some(_), [one]) => Ok(Reply::json(200, one)),
        _ => Ok(Reply::json(200, Value::Array(prices))),
    }
}

/// The pairs that trade on margin: none do here.
pub(super) fn margin_pairs(_: &Context<'_>) -> Result<Reply, Refusal> {
    Ok(Reply::json(200, "[]"))
}

/// The coins whose pair with USDT the request is about.
fn pairs(params: &Params) -> Result<Vec<&'static Coin>, Refusal> {
    match params.get("symbolStatus") {
        None | Some("TRADING") => {}
        Some("HALT" | "BREAK" | "END_OF_DAY" | "CANCEL_ONLY") => return Ok(Vec::new()),
        Some(_) => return Err(Refusal::new(400, -1122, "Invalid symbolStatus.")),
    }
    let priced = BINANCE.iter().filter(|coin| coin.price.is_some());
    let wanted: Vec<String> = match (params.get("symbol"), params.get("symbols")) {
        (None, None) => return Ok(priced.collect()),
        (Some(one), None) => vec![one.to_owned()],
        (None, Some(list)) => {
            serde_json::from_str(list).map_err(|_| Refusal::invalid("symbols"))?
        }
        (Some(_), Some(_)) => {
            let msg = "Combination of optional parameters invalid.";
            return Err(Refusal::new(400, -1128, msg));
        }
    };
    let found: Vec<_> = priced
        .filter(|coin| wanted.contains(&symbol(coin)))
        .collect();
    if found.len() == wanted.len() {
        Ok(found)
    } else {
        Err(Refusal::symbol())
    }
}

fn symbol(coin: &Coin) -> String {
    format!("{}USDT", coin.code)
}

fn pair(coin: &Coin) -> Value {
    json!({
        "symbol": symbol(coin),
        "status": "TRADING",
        "baseAsset": coin.code,
        "baseAssetPrecision": 8,
        "quoteAsset": "USDT",
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
        "isSpotTradingAllowed": true,
        "isMarginTradingAllowed": false,
        "filters": [
            { "filterType": "PRICE_FILTER", "minPrice": "0.00000001", "maxPrice": "1000000.00000000",
              "tickSize": "0.00000001" },
            { "filterType": "LOT_SIZE", "minQty": "0.00000100", "maxQty": "9000000.00000000",
              "stepSize": "0.00000100" },
        ],
        "permissions": [],
        "permissionSets": [["SPOT"]],
        "defaultSelfTradePreventionMode": "NONE",
        "allowedSelfTradePreventionModes": ["NONE"],
    })
}
