//! What a key may do and how its account stands.

use serde_json::{Map, Value, json};

use super::{Context, Refusal};
use crate::sandbox::{Exchange, Wallet, reply::Reply};

/// The path that tells of maintenance, open to anyone at any time.
pub(super) const SYSTEM_STATUS: &str = "/sapi/v1/system/status";
/// When every key here was made, in milliseconds since the epoch.
const MADE_MS: i64 = 1_767_225_600_000;

/// `GET /sapi/v1/system/status`.
pub(super) fn system_status(context: &Context<'_>) -> Result<Reply, Refusal> {
    let closed = context.state.maintenance.contains(&Exchange::Binance);
    let (status, msg) = if closed {
        (1, "system_maintenance")
    } else {
        (0, "normal")
    };
    Ok(Reply::json(200, json!({ "status": status, "msg": msg })))
}

/// `GET /sapi/v1/account/apiRestrictions`.
///
/// It answers a key that may not read as well: `enableReading` could never be told otherwise.
pub(super) fn api_restrictions(context: &Context<'_>) -> Result<Reply, Refusal> {
    let key = context
        .key
        .filter(|key| !key.rights_hidden)
        .ok_or_else(Refusal::key)?;
    let mut body = Map::new();
    body.insert("ipRestrict".to_owned(), (!key.addresses.is_empty()).into());
    body.insert("createTime".to_owned(), MADE_MS.into());
    let rights = key
        .rights
        .iter()
        .map(|(name, &on)| (name.clone(), Value::Bool(on)));
    body.extend(rights);
    if let Some(ms) = key.trading_ends_ms {
        body.insert("tradingAuthorityExpirationTime".to_owned(), ms.into());
    }
    Ok(Reply::json(200, Value::Object(body)))
}

/// `GET /sapi/v1/account/info`.
pub(super) fn account_info(context: &Context<'_>) -> Result<Reply, Refusal> {
    let account = context.account();
    let margin = account.is_some_and(|account| account.wallets.contains_key(&Wallet::Margin));
    let body = json!({
        "vipLevel": 0,
        "isMarginEnabled": margin,
        "isFutureEnabled": false,
        "isOptionsEnabled": false,
        "isPortfolioMarginRetailEnabled": false,
    });
    Ok(Reply::json(200, body))
}

/// `GET /sapi/v1/account/status`.
pub(super) fn account_status(_: &Context<'_>) -> Result<Reply, Refusal> {
    Ok(Reply::json(200, json!({ "data": "Normal" })))
}

/// `GET /sapi/v1/account/apiTradingStatus`.
pub(super) fn trading_status(_: &Context<'_>) -> Result<Reply, Refusal> {
    let body = json!({
        "data": {
            "isLocked": false,
            "plannedRecoverTime": 0,
            "triggerCondition": { "GCR": 150, "IFER": 150, "UFR": 300 },
            "updateTime": MADE_MS,
        }
    });
    Ok(Reply::json(200, body))
}
