//! The trading account, and what its key may do.

use std::sync::LazyLock;

use serde::Serialize;
use serde_json::{Value, json};

use super::{Context, Key, Refusal, envelope};
use crate::sandbox::{Holding, Wallet, account::Account, reply::Reply};

/// `GET /api/v5/account/config`.
pub(super) fn config(context: &Context<'_>) -> Result<Reply, Refusal> {
    let key = context.key.ok_or_else(Refusal::no_such_key)?;
    Ok(envelope(&configuration(key).to_string()))
}

fn configuration(key: &Key) -> Value {
    let mut body = json!({
        "acctLv": "1",
        "acctStpMode": "cancel_maker",
        "autoLoan": false,
        "ctIsoMode": "automatic",
        "enableSpotBorrow": false,
        "feeType": "0",
        "greeksType": "PA",
        "ip": key.addresses.join(","),
        "kycLv": "2",
        "label": "portfolio-read",
        "level": "Lv1",
        "levelTmp": "",
        "liquidationGear": "-1",
        "mainUid": &*key.main_uid,
        "mgnIsoMode": "automatic",
        "opAuth": "0",
        "posMode": "net_mode",
        "roleType": "0",
        "spotBorrowAutoRepay": false,
        "spotOffsetType": "",
        "spotRoleType": "0",
        "spotTraderInsts": [],
        "traderInsts": [],
        "type": if key.is_of_sub_account() { "1" } else { "0" },
        "uid": &*key.uid,
    });
    if let (Some(perm), Some(fields)) = (&key.perm, body.as_object_mut()) {
        fields.insert("perm".to_owned(), perm.as_str().into());
    }
    body
}

/// `GET /api/v5/account/balance`, of an account in spot mode: most fields do not apply.
pub(super) fn balance(context: &Context<'_>) -> Result<Reply, Refusal> {
    let updated = (context.now_ms - 3_600_000).to_string();
    let details = context.texts(Wallet::Trading, |holding| Some(detail(holding, &updated)))?;
    Ok(envelope(&row(&details, context.now_ms)))
}

/// The same of a whole account, as its channel tells it.
pub(super) fn row_of(account: &Account, now_ms: i64) -> String {
    let updated = now_ms.to_string();
    let write = |holding: &Holding| Some(detail(holding, &updated));
    let rows = account.rows(Wallet::Trading).iter();
    let details: Vec<_> = rows.filter_map(|row| row.text(write)).collect();
    row(&details.join(","), now_ms)
}

fn row(details: &str, now_ms: i64) -> String {
    let head = json!({
        "adjEq": "",
        "availEq": "",
        "borrowFroz": "",
        "imr": "",
        "isoEq": "0",
        "mgnRatio": "",
        "mmr": "",
        "notionalUsd": "",
        "notionalUsdForBorrow": "",
        "notionalUsdForFutures": "",
        "notionalUsdForOption": "",
        "notionalUsdForSwap": "",
        "ordFroz": "",
        "totalEq": "",
        "uTime": now_ms.to_string(),
        "upl": "",
    });
    let head = head.to_string();
    let head = head.strip_suffix('}').unwrap_or_default();
    format!("{head},\"details\":[{details}]}}")
}

/// The fields of a coin that say nothing in spot mode.
const EMPTY: &[&str] = &[
    "accAvgPx",
    "availEq",
    "borrowFroz",
    "clSpotInUseAmt",
    "crossLiab",
    "imr",
    "interest",
    "isoLiab",
    "isoUpl",
    "liab",
    "maxLoan",
    "maxSpotInUse",
    "mgnRatio",
    "mmr",
    "notionalLever",
    "openAvgPx",
    "rewardBal",
    "spotBal",
    "spotInUseAmt",
    "spotUpl",
    "spotUplRatio",
    "totalPnl",
    "totalPnlRatio",
    "upl",
    "uplLiab",
];

/// The fields of a coin that are nought in spot mode.
const ZERO: &[&str] = &[
    "autoLendMtAmt",
    "colBorrAutoConversion",
    "colRes",
    "disEq",
    "fixedBal",
    "isoEq",
    "smtSyncEq",
    "spotCopyTradingEq",
    "spotIsoBal",
    "stgyEq",
    "twap",
];

/// The fields that are alike for every coin, as text: an account may have hundreds.
static ALIKE: LazyLock<String> = LazyLock::new(|| {
    let empty = EMPTY.iter().map(|name| format!("\"{name}\":\"\""));
    let zero = ZERO.iter().map(|name| format!("\"{name}\":\"0\""));
    empty.chain(zero).collect::<Vec<_>>().join(",")
});

/// The other fields of a coin. The value in dollars is made up: no client may go by it.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Detail<'a> {
    ccy: &'a str,
    eq: &'a str,
    cash_bal: &'a str,
    avail_bal: &'a str,
    frozen_bal: &'a str,
    ord_frozen: &'a str,
    eq_usd: &'static str,
    u_time: &'a str,
    auto_lend_status: &'static str,
    collateral_enabled: bool,
    collateral_restrict: bool,
}

/// One coin.
fn detail(holding: &Holding, updated: &str) -> String {
    let row = Detail {
        ccy: &holding.asset,
        eq: &holding.total,
        cash_bal: &holding.total,
        avail_bal: &holding.free,
        frozen_bal: &holding.locked,
        ord_frozen: &holding.locked,
        eq_usd: "43505220",
        u_time: updated,
        auto_lend_status: "unsupported",
        collateral_enabled: false,
        collateral_restrict: false,
    };
    let row = serde_json::to_string(&row).unwrap_or_default();
    let row = row.strip_suffix('}').unwrap_or_default();
    format!("{row},{}}}", *ALIKE)
}
