//! The funding account, what can no longer be traded, and the coins there are.

use serde_json::{Value, json};

use super::{Context, Refusal, envelope};
use crate::sandbox::{
    Holding, Wallet,
    catalog::{Coin, OKX},
    reply::Reply,
};

/// `GET /api/v5/asset/balances`: what is there and not zero.
pub(super) fn balances(context: &Context<'_>) -> Result<Reply, Refusal> {
    let row = |holding: &Holding| (!holding.is_zero()).then(|| balance(holding));
    Ok(envelope(&context.texts(Wallet::Funding, row)?))
}

/// `GET /api/v5/asset/non-tradable-assets`: what was delisted, or came unasked.
pub(super) fn non_tradable(context: &Context<'_>) -> Result<Reply, Refusal> {
    let row = |holding: &Holding| (!holding.is_zero()).then(|| delisted(holding));
    Ok(envelope(&context.texts(Wallet::NonTradable, row)?))
}

/// `GET /api/v5/asset/currencies`: one row for each chain, of which every coin has one.
pub(super) fn currencies(context: &Context<'_>) -> Result<Reply, Refusal> {
    let wanted = context.call.query_value("ccy");
    let asked = |coin: &&Coin| {
        wanted
            .as_deref()
            .is_none_or(|list| list.split(',').any(|ccy| ccy == coin.code))
    };
    let texts: Vec<_> = OKX
        .iter()
        .filter(asked)
        .map(|coin| currency(coin).to_string())
        .collect();
    Ok(envelope(&texts.join(",")))
}

fn balance(holding: &Holding) -> String {
    json!({
        "availBal": holding.free,
        "bal": holding.total,
        "ccy": holding.asset,
        "frozenBal": holding.locked,
    })
    .to_string()
}

fn delisted(holding: &Holding) -> String {
    json!({
        "bal": holding.total,
        "burningFeeRate": "",
        "canWd": true,
        "ccy": holding.asset,
        "chain": format!("{}-ERC20", holding.asset),
        "ctAddr": "f403fb",
        "fee": "2",
        "feeCcy": "USDT",
        "logoLink": "",
        "minWd": "0.1",
        "name": "",
        "needTag": false,
        "wdAll": false,
        "wdTickSz": "8",
    })
    .to_string()
}

fn currency(coin: &Coin) -> Value {
    json!({
        "burningFeeRate": "",
        "canDep": !coin.fiat,
        "canInternal": true,
        "canWd": !coin.fiat,
        "ccy": coin.code,
        "chain": format!("{}-ERC20", coin.code),
        "ctAddr": "",
        "depEstOpenTime": "",
        "depQuotaFixed": "",
        "depQuoteDailyLayer2": "",
        "fee": "0.00005",
        "logoLink": "",
        "mainNet": true,
        "maxFee": "0.00005",
        "maxFeeForCtAddr": "",
        "maxWd": "500",
        "minDep": "0.0005",
        "minDepArrivalConfirm": "1",
        "minFee": "0.00005",
        "minFeeForCtAddr": "",
        "minInternal": "0.0001",
        "minWd": "0.0005",
        "minWdUnlockConfirm": "2",
        "name": coin.name,
        "needTag": false,
        "usedDepQuotaFixed": "",
        "usedWdQuota": "0",
        "wdEstOpenTime": "",
        "wdQuota": "10000000",
        "wdTickSz": "8",
    })
}
