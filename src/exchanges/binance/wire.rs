//! Binance's answers, read row by row.

use serde::Deserialize;
use serde_json::value::RawValue;

use crate::domain::amount::Amount;
use crate::domain::problem::ExchangeProblem;
use crate::domain::wallet::{Balance, UnreadableRow, WalletRead};
use crate::exchanges::error::ExchangeError;
use crate::exchanges::rows::{BadField, Rows, amount, asset, text, uid};

/// Manual: binance-spot-api-docs, rest-api.md, "Check server time"; state of 2026-07-21.
#[derive(Deserialize)]
struct Time<'a> {
    #[serde(borrow, rename = "serverTime")]
    server_time: Option<&'a RawValue>,
}

/// `canTrade`, `canWithdraw` and `permissions` are about the account, not about the key, and are not
/// read. Manual: binance-spot-api-docs, rest-api.md, "Account information"; state of 2026-07-21.
#[derive(Deserialize)]
struct Account<'a> {
    #[serde(borrow)]
    balances: Option<Rows<'a>>,
    #[serde(borrow)]
    uid: Option<&'a RawValue>,
}

/// A row of the spot or of the funding wallet; the wallet catalogue tells two more kinds of locked.
/// Its `ipoable` is not read: `capital/config/getall` has it beside an `ipoing`, so it says what could
/// be subscribed with, not what is held apart. Manual: the wallet catalogue of
/// binance-connector-rust, "User Asset" and "Funding Wallet"; state of 2026-07-22.
#[derive(Deserialize)]
struct Row<'a> {
    #[serde(borrow)]
    asset: Option<&'a RawValue>,
    #[serde(borrow)]
    free: Option<&'a RawValue>,
    #[serde(borrow)]
    locked: Option<&'a RawValue>,
    #[serde(borrow)]
    freeze: Option<&'a RawValue>,
    #[serde(borrow)]
    withdrawing: Option<&'a RawValue>,
}

/// The exchange's time in epoch milliseconds, UTC.
///
/// # Errors
/// [`ExchangeProblem::BadResponse`] for anything but a whole number.
pub(super) fn server_time(body: &str) -> Result<i64, ExchangeError> {
    let time: Time<'_> = parse(body)?;
    let text = text(time.server_time).ok().flatten();
    text.and_then(|text| text.parse().ok())
        .ok_or_else(|| ExchangeProblem::BadResponse.into())
}

/// The spot wallet and the account's number.
///
/// # Errors
/// [`ExchangeProblem::BadResponse`] when there is no list, or one that cannot be trusted.
pub(super) fn spot(body: &str) -> Result<(WalletRead, Option<String>), ExchangeError> {
    let account: Account<'_> = parse(body)?;
    let rows = account.balances.ok_or(ExchangeProblem::BadResponse)?;
    Ok((rows.read(row)?, uid(account.uid)))
}

/// The spot or the funding wallet, as the wallet catalogue lists them.
///
/// # Errors
/// [`ExchangeProblem::BadResponse`] when there is no list, or one that cannot be trusted.
pub(super) fn assets(body: &str) -> Result<WalletRead, ExchangeError> {
    parse::<Rows<'_>>(body)?.read(row)
}

/// A list of balances that stands within another answer.
///
/// # Errors
/// [`ExchangeProblem::BadResponse`] when it cannot be trusted.
pub(super) fn balances(rows: &Rows<'_>) -> Result<WalletRead, ExchangeError> {
    rows.read(row)
}

/// Reads an answer's JSON.
///
/// # Errors
/// [`ExchangeProblem::BadResponse`] when it is of another shape.
pub(super) fn parse<'a, T: Deserialize<'a>>(body: &'a str) -> Result<T, ExchangeError> {
    serde_json::from_str(body).map_err(|_| ExchangeProblem::BadResponse.into())
}

/// Earn tokens (`LDBTC`) are rows like any other here; [`super::earn_tokens`] settles which of them
/// count.
fn row(raw: &RawValue) -> Result<Balance, UnreadableRow> {
    let row: Row<'_> =
        serde_json::from_str(raw.get()).map_err(|_| UnreadableRow { asset: None })?;
    let asset = asset(row.asset).ok_or(UnreadableRow { asset: None })?;
    match parts(&row) {
        Ok((free, locked)) => Ok(Balance {
            total: free.plus(&locked),
            asset,
            free: Some(free),
            locked: Some(locked),
        }),
        Err(BadField) => Err(UnreadableRow { asset: Some(asset) }),
    }
}

fn parts(row: &Row<'_>) -> Result<(Amount, Amount), BadField> {
    let free = amount(row.free)?.ok_or(BadField)?;
    let mut locked = amount(row.locked)?.ok_or(BadField)?;
    for part in [amount(row.freeze)?, amount(row.withdrawing)?] {
        locked = locked.plus(&part.unwrap_or_else(Amount::zero));
    }
    Ok((free, locked))
}

#[cfg(test)]
mod tests;
