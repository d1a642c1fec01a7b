//! What an account holds, in the spot wallet and in the funding wallet.

use serde::Serialize;
use serde_json::{Value, json};

use super::{Context, Refusal, earn};
use crate::sandbox::{
    Holding, Wallet,
    catalog::{BINANCE, Coin},
    reply::Reply,
    wallet::Row,
};

/// What the two asset lists read.
pub(super) const ASSET_PARAMS: &[&str] = &["asset", "needBtcValuation"];

/// `GET /api/v3/account`. Without `omitZeroBalances` every listed coin has a row.
pub(super) fn account(context: &Context<'_>) -> Result<Reply, Refusal> {
    let omit = context.params.switch("omitZeroBalances")?;
    let earned = earned(context, Wallet::Spot);
    let held: Vec<_> = context.rows(Wallet::Spot).iter().chain(&earned).collect();
    let keep = |holding: &Holding| (!omit || !holding.is_zero()).then(|| spot_row(holding));
    let mut texts: Vec<_> = held.iter().filter_map(|row| row.text(keep)).collect();
    if !omit {
        let missing = |coin: &&Coin| !held.iter().any(|row| row.asset() == Some(coin.code));
        let zero = |coin: &Coin| spot_row(&Holding::new(coin.code, "0.00000000", "0.00000000"));
        texts.extend(BINANCE.iter().filter(missing).map(zero));
    }
    let uid: Option<i64> = context.key.and_then(|key| key.uid.parse().ok());
    let head = json!({
        "makerCommission": 10,
        "takerCommission": 10,
        "buyerCommission": 0,
        "sellerCommission": 0,
        "commissionRates": {
            "maker": "0.00100000",
            "taker": "0.00100000",
            "buyer": "0.00000000",
            "seller": "0.00000000",
        },
        "canTrade": true,
        "canWithdraw": true,
        "canDeposit": true,
        "brokered": false,
        "requireSelfTradePrevention": false,
        "preventSor": false,
        "updateTime": context.stamp(context.now_ms - 3_600_000)?,
        "accountType": "SPOT",
        "permissions": ["SPOT", "TRD_GRP_004"],
        "uid": uid,
    });
    let head = head.to_string();
    let head = head.strip_suffix('}').unwrap_or_default();
    Ok(Reply::json(
        200,
        format!("{head},\"balances\":[{}]}}", texts.join(",")),
    ))
}

/// `POST /sapi/v3/asset/getUserAsset`.
pub(super) fn user_asset(context: &Context<'_>) -> Result<Reply, Refusal> {
    list(context, Wallet::Spot, true)
}

/// `POST /sapi/v1/asset/get-funding-asset`.
pub(super) fn funding_asset(context: &Context<'_>) -> Result<Reply, Refusal> {
    list(context, Wallet::Funding, false)
}

/// `GET /sapi/v1/capital/config/getall`.
pub(super) fn coins(_: &Context<'_>) -> Result<Reply, Refusal> {
    Ok(Reply::json(
        200,
        BINANCE.iter().map(coin).collect::<Value>(),
    ))
}

/// What is there and not zero, of one asset or of all.
fn list(context: &Context<'_>, wallet: Wallet, ipoable: bool) -> Result<Reply, Refusal> {
    let valued = context.params.switch("needBtcValuation")?;
    let asset = context.params.get("asset");
    let keep = |holding: &Holding| {
        let wanted = asset.is_none_or(|asset| asset == holding.asset) && !holding.is_zero();
        wanted.then(|| asset_row(holding, ipoable, valued))
    };
    let earned = earned(context, wallet);
    let rows = context.rows(wallet).iter().chain(&earned);
    let texts: Vec<_> = rows.filter_map(|row| row.text(keep)).collect();
    Ok(Reply::json(200, format!("[{}]", texts.join(","))))
}

/// What flexible earn adds to the rows of spot, but for what spot has a row of already.
fn earned(context: &Context<'_>, wallet: Wallet) -> Vec<Row> {
    if wallet != Wallet::Spot {
        return Vec::new();
    }
    let own = context.rows(Wallet::Spot);
    let mut rows = earn::spot_rows(context.rows(Wallet::EarnFlexible));
    rows.retain(|row| !own.iter().any(|own| own.asset() == row.asset()));
    rows
}

/// A row of the spot account.
#[derive(Serialize)]
struct SpotRow<'a> {
    asset: &'a str,
    free: &'a str,
    locked: &'a str,
}

/// A row of the two asset lists.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct AssetRow<'a> {
    #[serde(flatten)]
    amounts: SpotRow<'a>,
    freeze: &'static str,
    withdrawing: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    ipoable: Option<&'static str>,
    btc_valuation: &'static str,
}

fn amounts(holding: &Holding) -> SpotRow<'_> {
    SpotRow {
        asset: &holding.asset,
        free: &holding.free,
        locked: &holding.locked,
    }
}

fn spot_row(holding: &Holding) -> String {
    written(&amounts(holding))
}

/// The value in bitcoin is made up: no client may go by it.
fn asset_row(holding: &Holding, ipoable: bool, valued: bool) -> String {
    written(&AssetRow {
        amounts: amounts(holding),
        freeze: "0",
        withdrawing: "0",
        ipoable: ipoable.then_some("0"),
        btc_valuation: if valued { "0.00000091" } else { "0" },
    })
}

/// The row's text. Texts alone cannot fail to be written.
fn written(row: &impl Serialize) -> String {
    serde_json::to_string(row).unwrap_or_default()
}

fn coin(coin: &Coin) -> Value {
    let networks = if coin.fiat {
        json!([])
    } else {
        json!([network(coin)])
    };
    json!({
        "coin": coin.code,
        "depositAllEnable": !coin.fiat,
        "withdrawAllEnable": !coin.fiat,
        "name": coin.name,
        "free": "0",
        "locked": "0",
        "freeze": "0",
        "withdrawing": "0",
        "ipoing": "0",
        "ipoable": "0",
        "storage": "0",
        "isLegalMoney": coin.fiat,
        "trading": true,
        "networkList": networks,
    })
}

fn network(coin: &Coin) -> Value {
    json!({
        "network": "BSC",
        "coin": coin.code,
        "withdrawIntegerMultiple": "0.00000001",
        "isDefault": true,
        "depositEnable": true,
        "withdrawEnable": true,
        "depositDesc": "",
        "withdrawDesc": "",
        "specialTips": "",
        "specialWithdrawTips": "",
        "name": "BNB Smart Chain (BEP20)",
        "resetAddressStatus": false,
        "addressRegex": "^(0x)[0-9A-Fa-f]{40}$",
        "memoRegex": "",
        "withdrawFee": "0.0001",
        "withdrawMin": "0.0002",
        "withdrawMax": "9999999999",
        "withdrawInternalMin": "0.00000001",
        "depositDust": "0.00000001",
        "minConfirm": 5,
        "unLockConfirm": 0,
        "sameAddress": false,
        "withdrawTag": false,
        "estimatedArrivalTime": 1,
        "busy": false,
        "denomination": coin.denomination,
    })
}
