//! The cross margin wallet, as it is after loans.

use serde::Deserialize;
use serde_json::value::RawValue;

use super::wire::parse;
use crate::domain::problem::ExchangeProblem;
use crate::domain::wallet::{Balance, UnreadableRow, WalletRead};
use crate::exchanges::error::ExchangeError;
use crate::exchanges::rows::{BadField, Rows, amount, asset};

/// Manual: the margin catalogue of binance-connector-rust, "Query Cross Margin Account Details";
/// state of 2026-07-22.
#[derive(Deserialize)]
struct Margin<'a> {
    #[serde(borrow, rename = "userAssets")]
    user_assets: Option<Rows<'a>>,
}

/// What is owned, borrowed amounts and interest taken off, is `netAsset`.
#[derive(Deserialize)]
struct Row<'a> {
    #[serde(borrow)]
    asset: Option<&'a RawValue>,
    #[serde(borrow)]
    free: Option<&'a RawValue>,
    #[serde(borrow)]
    locked: Option<&'a RawValue>,
    #[serde(borrow, rename = "netAsset")]
    net_asset: Option<&'a RawValue>,
}

/// The cross margin wallet. A loan that is larger than what it bought is a negative total.
///
/// # Errors
/// [`ExchangeProblem::BadResponse`] when there is no list, or one that cannot be trusted.
pub(super) fn read(body: &str) -> Result<WalletRead, ExchangeError> {
    let rows = parse::<Margin<'_>>(body)?.user_assets;
    rows.ok_or(ExchangeProblem::BadResponse)?.read(row)
}

fn row(raw: &RawValue) -> Result<Balance, UnreadableRow> {
    let row: Row<'_> =
        serde_json::from_str(raw.get()).map_err(|_| UnreadableRow { asset: None })?;
    let asset = asset(row.asset).ok_or(UnreadableRow { asset: None })?;
    let parts = || {
        let total = amount(row.net_asset)?.ok_or(BadField)?;
        Ok((total, amount(row.free)?, amount(row.locked)?))
    };
    match parts() {
        Ok((total, free, locked)) => Ok(Balance {
            asset,
            free,
            locked,
            total,
        }),
        Err(BadField) => Err(UnreadableRow { asset: Some(asset) }),
    }
}

#[cfg(test)]
mod tests;
