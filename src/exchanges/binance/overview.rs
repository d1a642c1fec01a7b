//! What Binance says the parts of an account are worth.

use serde::Deserialize;
use serde_json::value::RawValue;

use super::wire::parse;
use super::{FLEXIBLE_WALLET, FUNDING_WALLET, LOCKED_WALLET, MARGIN_WALLET, SPOT_WALLET};
use crate::domain::asset::AssetCode;
use crate::domain::text::is_deceptive;
use crate::domain::timestamp::Timestamp;
use crate::domain::wallet::{Overview, OverviewPart, WalletName};
use crate::exchanges::rows::{Rows, amount, text};

/// What the amounts are in unless another asset is asked for.
const UNIT: &str = "BTC";
/// What the exchange calls its earn products together.
const EARN: &str = "Earn";
/// Far more characters than a name has that can be shown.
const MAX_NAME_CHARS: usize = 64;
/// Far more parts than the exchange has.
const MAX_PARTS: usize = 100;

/// Manual: the wallet catalogue of binance-connector-rust, "Query User Wallet Balance"; state of
/// 2026-07-22.
#[derive(Deserialize)]
struct Row<'a> {
    #[serde(borrow, rename = "walletName")]
    name: Option<&'a RawValue>,
    #[serde(borrow)]
    balance: Option<&'a RawValue>,
}

/// The parts that can be read and shown; `None` when there is none, or far too many.
pub(super) fn read(body: &str, read_at: Timestamp) -> Option<Overview> {
    let rows: Rows<'_> = parse(body).ok()?;
    let parts: Vec<_> = rows.iter().filter_map(part).collect();
    let unit = AssetCode::parse(UNIT).ok()?;
    (1..=MAX_PARTS).contains(&parts.len()).then_some(Overview {
        unit,
        parts,
        read_at,
    })
}

/// Whether the exchange says that nothing at all is in its earn products.
pub(super) fn tells_no_earn(overview: &Overview) -> bool {
    let mut earn = overview.parts.iter().filter(|p| p.name == EARN).peekable();
    earn.peek().is_some() && earn.all(|part| part.amount.is_zero())
}

fn part(raw: &RawValue) -> Option<OverviewPart> {
    let row: Row<'_> = serde_json::from_str(raw.get()).ok()?;
    let name = text(row.name).ok()??;
    if name.chars().count() > MAX_NAME_CHARS || is_deceptive(&name) {
        return None;
    }
    Some(OverviewPart {
        amount: amount(row.balance).ok()??,
        wallets: wallets(&name).iter().map(|w| WalletName::new(w)).collect(),
        name,
    })
}

/// The wallets that itemise a part. Isolated margin, futures, options, bots and copied trades are
/// not read.
fn wallets(name: &str) -> &'static [&'static str] {
    match name {
        "Spot" => &[SPOT_WALLET],
        "Funding" => &[FUNDING_WALLET],
        "Cross Margin" => &[MARGIN_WALLET],
        EARN => &[FLEXIBLE_WALLET, LOCKED_WALLET],
        _ => &[],
    }
}

#[cfg(test)]
mod tests;
