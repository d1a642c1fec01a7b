//! Simple earn: flexible and locked positions, page by page, and what they show as in spot.

use serde_json::{Value, json};

use super::{Context, Params, Refusal};
use crate::sandbox::{
    Holding, Wallet,
    account::price,
    catalog::BINANCE,
    decimal::{Worth, sum},
    reply::Reply,
    wallet::Row,
};

/// What the list of flexible positions reads.
pub(super) const FLEXIBLE_PARAMS: &[&str] = &["asset", "productId", "current", "size"];
/// What the list of locked positions reads.
pub(super) const LOCKED_PARAMS: &[&str] = &["asset", "positionId", "projectId", "current", "size"];

/// How many positions a page has unless the request says otherwise.
const USUAL_SIZE: usize = 10;
/// The most it may ask for.
const LARGEST_SIZE: u32 = 100;
/// When every position here was taken, in milliseconds since the epoch.
const TAKEN_MS: i64 = 1_790_812_800_000;
/// When every locked one ends: 120 days later.
const ENDS_MS: i64 = TAKEN_MS + 120 * 24 * 3_600_000;

/// `GET /sapi/v1/simple-earn/flexible/position`.
pub(super) fn flexible(context: &Context<'_>) -> Result<Reply, Refusal> {
    page(context, Wallet::EarnFlexible, flexible_row)
}

/// `GET /sapi/v1/simple-earn/locked/position`.
pub(super) fn locked(context: &Context<'_>) -> Result<Reply, Refusal> {
    page(context, Wallet::EarnLocked, locked_row)
}

/// `GET /sapi/v1/simple-earn/account`.
pub(super) fn totals(context: &Context<'_>) -> Result<Reply, Refusal> {
    let worth = |wallets: &[Wallet]| {
        let account = context.account();
        account.map_or_else(Worth::default, |account| account.worth(wallets, BINANCE))
    };
    let (flexible, locked) = (worth(&[Wallet::EarnFlexible]), worth(&[Wallet::EarnLocked]));
    let all = flexible.clone() + locked.clone();
    let told = |worth: &Worth, quote| price(BINANCE, quote).and_then(|price| worth.at(price));
    let body = json!({
        "totalAmountInBTC": told(&all, "BTC"),
        "totalAmountInUSDT": told(&all, "USDT"),
        "totalFlexibleAmountInBTC": told(&flexible, "BTC"),
        "totalFlexibleAmountInUSDT": told(&flexible, "USDT"),
        "totalLockedInBTC": told(&locked, "BTC"),
        "totalLockedInUSDT": told(&locked, "USDT"),
    });
    Ok(Reply::json(200, body))
}

/// The rows that flexible positions show as in the spot wallet, one for each asset.
pub(super) fn spot_rows(positions: &[Row]) -> Vec<Row> {
    let mut rows: Vec<Holding> = Vec::new();
    let positions = positions.iter().filter_map(Row::holding);
    for position in positions.filter(|position| !position.is_zero()) {
        let code = spot_code(&position.asset);
        match rows.iter_mut().find(|row| row.asset == code) {
            Some(row) => {
                let amount = sum(&[(&row.free, true), (&position.total, true)]);
                *row = Holding::new(&code, &amount.unwrap_or_default(), "0.00000000");
            }
            None => rows.push(Holding::new(&code, &position.total, "0.00000000")),
        }
    }
    rows.into_iter().map(Row::Holding).collect()
}

/// The code of a flexible position in the spot wallet: the asset's after LD, but for two.
fn spot_code(asset: &str) -> String {
    match asset {
        "BAKE" => "LDBAKET".to_owned(),
        "SHIB" => "LDSHIB2".to_owned(),
        _ => format!("LD{asset}"),
    }
}

/// One page of the positions the request is about. Raw rows belong to every question.
fn page(
    context: &Context<'_>,
    wallet: Wallet,
    write: fn(usize, &Holding) -> Value,
) -> Result<Reply, Refusal> {
    let current = number(context.params, "current")?.unwrap_or(1);
    let size = number(context.params, "size")?.unwrap_or(USUAL_SIZE);
    if u32::try_from(size).map_or(true, |size| size > LARGEST_SIZE) {
        return Err(Refusal::too_great("size", LARGEST_SIZE));
    }
    let wanted = |row: Value| is_wanted(context.params, &row).then(|| row.to_string());
    let rows = context.rows(wallet).iter().enumerate();
    let texts: Vec<_> = rows
        .filter_map(|(index, row)| row.text(|holding| wanted(write(index, holding))))
        .collect();
    let start = current.saturating_sub(1).saturating_mul(size);
    let shown: Vec<_> = texts.iter().skip(start).take(size).cloned().collect();
    let (shown, total) = (shown.join(","), texts.len());
    let body = format!("{{\"rows\":[{shown}],\"total\":{total}}}");
    Ok(Reply::json(200, body))
}

/// Whether a row has what the request asks for.
fn is_wanted(params: &Params, row: &Value) -> bool {
    let text = |name| match row.get(name) {
        Some(Value::String(text)) => text.clone(),
        other => other.map(ToString::to_string).unwrap_or_default(),
    };
    ["asset", "productId", "positionId", "projectId"]
        .into_iter()
        .all(|name| params.get(name).is_none_or(|wanted| wanted == text(name)))
}

/// A parameter that counts from one.
fn number(params: &Params, name: &str) -> Result<Option<usize>, Refusal> {
    let Some(text) = params.get(name) else {
        return Ok(None);
    };
    let digits = text.bytes().all(|byte| byte.is_ascii_digit());
    let value = digits.then(|| text.parse().ok()).flatten();
    match value {
        None => Err(Refusal::illegal(name, "^[0-9]{1,20}$")),
        Some(0) => Err(Refusal::invalid(name)),
        Some(value) => Ok(Some(value)),
    }
}

/// A position that may be left at any time. Rates and rewards are made up.
fn flexible_row(_: usize, position: &Holding) -> Value {
    json!({
        "totalAmount": position.total,
        "tierAnnualPercentageRate": { "0-5BTC": 0.05, "5-10BTC": 0.03 },
        "latestAnnualPercentageRate": "0.02599895",
        "yesterdayAirdropPercentageRate": "0.02599895",
        "asset": position.asset,
        "airDropAsset": "BETH",
        "canRedeem": true,
        "collateralAmount": "0.00000000",
        "productId": format!("{}001", position.asset),
        "yesterdayRealTimeRewards": "0.10293829",
        "cumulativeBonusRewards": "0.22759183",
        "cumulativeRealTimeRewards": "0.22759183",
        "cumulativeTotalRewards": "0.45459183",
        "autoSubscribe": true,
    })
}

/// A position that lasts 120 days. Rates and rewards are made up.
fn locked_row(index: usize, position: &Holding) -> Value {
    json!({
        "positionId": 123_123 + index,
        "parentPositionId": 123_122,
        "projectId": format!("{}*120", position.asset),
        "asset": position.asset,
        "amount": position.total,
        "purchaseTime": TAKEN_MS,
        "duration": "120",
        "accrualDays": "4",
        "rewardAsset": position.asset,
        "APY": "0.2032",
        "rewardAmt": "5.17181528",
        "extraRewardAsset": "BNB",
        "extraRewardAPR": "0.0203",
        "estExtraRewardAmt": "5.17181528",
        "boostRewardAsset": position.asset,
        "boostApr": "0.0121",
        "totalBoostRewardAmt": "3.98201829",
        "nextPay": "1.29295383",
        "nextPayDate": TAKEN_MS + 24 * 3_600_000,
        "payPeriod": "1",
        "redeemAmountEarly": position.total,
        "rewardsEndDate": ENDS_MS,
        "deliverDate": ENDS_MS,
        "redeemPeriod": "1",
        "redeemingAmt": "0.00000000",
        "redeemTo": "SPOT",
        "partialAmtDeliverDate": ENDS_MS,
        "canRedeemEarly": true,
        "canFastRedemption": true,
        "autoSubscribe": true,
        "type": "AUTO",
        "status": "HOLDING",
        "canReStake": true,
    })
}
