//! The cross margin account.

use serde_json::{Value, json};

use super::{Context, Refusal};
use crate::sandbox::{
    Holding, Wallet,
    account::{Account, price},
    catalog::{BINANCE, Coin},
    decimal::Worth,
    reply::Reply,
    wallet::Row,
};

/// `GET /sapi/v1/margin/account`. Every listed coin has a row, as in the spot wallet.
pub(super) fn account(context: &Context<'_>) -> Result<Reply, Refusal> {
    let opened = |account: &&Account| account.wallets.contains_key(&Wallet::Margin);
    let account = context.account().filter(opened);
    let rows = account.ok_or_else(Refusal::no_margin)?.rows(Wallet::Margin);
    let mut texts: Vec<_> = rows
        .iter()
        .filter_map(|row| row.text(|holding| Some(asset(holding).to_string())))
        .collect();
    let missing = |coin: &&Coin| !rows.iter().any(|row| row.asset() == Some(coin.code));
    let zero = |coin: &Coin| {
        let nought = "0.00000000";
        asset(&Holding::owing(coin.code, nought, nought, nought, nought)).to_string()
    };
    texts.extend(BINANCE.iter().filter(missing).map(zero));
    let head = head(rows).to_string();
    let head = head.strip_suffix('}').unwrap_or_default();
    let body = format!("{head},\"userAssets\":[{}]}}", texts.join(","));
    Ok(Reply::json(200, body))
}

/// What comes before the assets. The levels are made up: no client may go by them.
fn head(rows: &[Row]) -> Value {
    let (mut assets, mut debts, mut net) = (Worth::default(), Worth::default(), Worth::default());
    for holding in rows.iter().filter_map(Row::holding) {
        if let Some(price) = price(BINANCE, &holding.asset) {
            assets.add(&holding.free, price);
            assets.add(&holding.locked, price);
            debts.add(&holding.borrowed, price);
            debts.add(&holding.interest, price);
            net.add(&holding.total, price);
        }
    }
    let in_bitcoin = |worth: &Worth| price(BINANCE, "BTC").and_then(|price| worth.at(price));
    json!({
        "created": true,
        "borrowEnabled": true,
        "marginLevel": "11.64405625",
        "collateralMarginLevel": "3.2",
        "totalAssetOfBtc": in_bitcoin(&assets),
        "totalLiabilityOfBtc": in_bitcoin(&debts),
        "totalNetAssetOfBtc": in_bitcoin(&net),
        "TotalCollateralValueInUSDT": net.at("1"),
        "totalOpenOrderLossInUSDT": "0",
        "tradeEnabled": true,
        "transferInEnabled": true,
        "transferOutEnabled": true,
        "accountType": "MARGIN_1",
    })
}

fn asset(holding: &Holding) -> Value {
    json!({
        "asset": holding.asset,
        "borrowed": holding.borrowed,
        "free": holding.free,
        "interest": holding.interest,
        "locked": holding.locked,
        "netAsset": holding.total,
    })
}
