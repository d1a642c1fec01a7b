//! What the account is worth, wallet by wallet, as Binance itself tells it.

use serde_json::{Value, json};

use super::{Context, Refusal};
use crate::sandbox::{
    Wallet,
    account::{Account, price},
    catalog::BINANCE,
    reply::Reply,
};

/// What the overview reads.
pub(super) const PARAMS: &[&str] = &["quoteAsset"];

/// Each part of the overview, with the wallets it adds up.
const PARTS: &[(&str, &[Wallet])] = &[
    ("Spot", &[Wallet::Spot]),
    ("Funding", &[Wallet::Funding]),
    ("Cross Margin", &[Wallet::Margin]),
    ("Isolated Margin", &[]),
    ("USDⓈ-M Futures", &[]),
    ("COIN-M Futures", &[]),
    ("Earn", &[Wallet::EarnFlexible, Wallet::EarnLocked]),
    ("Options", &[]),
    ("Trading Bots", &[]),
    ("Copy Trading", &[]),
];

/// `GET /sapi/v1/asset/wallet/balance`: every wallet there is, used or not.
pub(super) fn wallet_balance(context: &Context<'_>) -> Result<Reply, Refusal> {
    let quote = context.params.get("quoteAsset").unwrap_or("BTC");
    let quote = price(BINANCE, quote).ok_or_else(|| Refusal::invalid("quoteAsset"))?;
    let account = context.account().ok_or_else(Refusal::key)?;
    let parts = PARTS.iter();
    let rows: Value = parts
        .map(|(name, wallets)| row(account, name, wallets, quote))
        .collect();
    Ok(Reply::json(200, rows))
}

fn row(account: &Account, name: &str, wallets: &[Wallet], quote: &str) -> Value {
    let worth = account.worth(wallets, BINANCE) + account.worth_elsewhere(name);
    let balance = worth.at(quote).unwrap_or_default();
    let always = matches!(name, "Spot" | "Funding");
    json!({ "activate": always || balance != "0", "balance": balance, "walletName": name })
}
