//! What earns: savings, which is flexible, and orders of on-chain earn.

use std::cell::Cell;

use serde_json::json;

use super::{Context, Refusal, envelope};
use crate::sandbox::{Holding, Wallet, reply::Reply};

/// When every order here was made, in milliseconds since the epoch.
const MADE_MS: &str = "1790812800000";
/// The number before the first order's.
const FIRST_ORDER: u32 = 2_413_498;

/// `GET /api/v5/finance/savings/balance`.
pub(super) fn savings(context: &Context<'_>) -> Result<Reply, Refusal> {
    serves(context)?;
    if context
        .account()
        .is_some_and(|account| account.savings_closed)
    {
        return Err(Refusal::no_savings());
    }
    let row = |holding: &Holding| (!holding.is_zero()).then(|| saving(holding));
    Ok(envelope(&context.texts(Wallet::Savings, row)?))
}

/// `GET /api/v5/finance/staking-defi/orders-active`.
pub(super) fn orders_active(context: &Context<'_>) -> Result<Reply, Refusal> {
    serves(context)?;
    let asked = |name, own| {
        let wanted = context.call.query_value(name);
        wanted.is_none_or(|wanted| wanted.is_empty() || wanted == own)
    };
    if !asked("protocolType", "defi") || !asked("state", "1") {
        return Ok(envelope(""));
    }
    let number = Cell::new(FIRST_ORDER);
    let row = |holding: &Holding| {
        number.update(|number| number + 1);
        Some(order(number.get(), holding))
    };
    Ok(envelope(&context.texts(Wallet::OnchainEarn, row)?))
}

/// Earning is for main accounts, and not for demo trading.
fn serves(context: &Context<'_>) -> Result<(), Refusal> {
    match context.key {
        Some(key) if key.demo => Err(Refusal::not_in_demo()),
        Some(key) if key.is_of_sub_account() => Err(Refusal::sub_account()),
        _ => Ok(()),
    }
}

/// One coin of savings: what is lent and what waits to be.
fn saving(holding: &Holding) -> String {
    json!({
        "earnings": "0.0010737388791526",
        "redemptAmt": "",
        "rate": "0.0100000000000000",
        "ccy": holding.asset,
        "amt": holding.total,
        "loanAmt": holding.free,
        "pendingAmt": holding.locked,
    })
    .to_string()
}

/// One order. What it earned is made up.
fn order(number: u32, holding: &Holding) -> String {
    json!({
        "ordId": number.to_string(),
        "ccy": holding.asset,
        "productId": "101",
        "state": "1",
        "protocol": "On-Chain Defi",
        "protocolType": "defi",
        "term": "0",
        "apy": "0.1014",
        "investData": [{ "ccy": holding.asset, "amt": holding.total }],
        "earningData": [{ "ccy": holding.asset, "earningType": "0", "earnings": "0.10615025" }],
        "purchasedTime": MADE_MS,
        "tag": "",
        "estSettlementTime": "",
        "cancelRedemptionDeadline": "",
        "fastRedemptionData": [],
    })
    .to_string()
}
