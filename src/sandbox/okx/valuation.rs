//! What the account is worth, part by part, as OKX itself tells it.

use serde_json::json;

use super::{Context, Refusal, envelope};
use crate::sandbox::{Wallet, account::price, catalog::OKX, reply::Reply};

/// Each part of the valuation, with the wallets it adds up.
const PARTS: [(&str, &[Wallet]); 4] = [
    ("classic", &[]),
    ("earn", &[Wallet::Savings, Wallet::OnchainEarn]),
    ("funding", &[Wallet::Funding]),
    ("trading", &[Wallet::Trading]),
];

/// `GET /api/v5/asset/asset-valuation`, in bitcoin unless asked otherwise.
pub(super) fn asset_valuation(context: &Context<'_>) -> Result<Reply, Refusal> {
    let asked = context.call.query_value("ccy").unwrap_or_default();
    let unit = match asked.as_str() {
        "" => price(OKX, "BTC"),
        "USD" => Some("1"),
        ccy => price(OKX, ccy),
    };
    let unit = unit.ok_or_else(|| Refusal::parameter("ccy"))?;
    let account = context.account().ok_or_else(Refusal::no_such_key)?;
    let parts = PARTS.map(|(name, wallets)| {
        let worth = account.worth(wallets, OKX) + account.worth_elsewhere(name);
        (name, worth)
    });
    let [classic, earn, funding, trading] = parts.clone().map(|(_, worth)| worth.at(unit));
    let total = parts.into_iter().map(|(_, worth)| worth);
    let total = total.reduce(|sum, worth| sum + worth).unwrap_or_default();
    let body = json!({
        "details": { "classic": classic, "earn": earn, "funding": funding, "trading": trading },
        "totalBal": total.at(unit),
        "ts": context.now_ms.to_string(),
    });
    Ok(envelope(&body.to_string()))
}
