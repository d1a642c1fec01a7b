//! What OKX's account holds in earn products, and what it holds that cannot be traded.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;
use serde_json::value::RawValue;

use super::{balance, data};
use crate::domain::amount::Amount;
use crate::domain::asset::AssetCode;
use crate::domain::problem::ExchangeProblem;
use crate::domain::wallet::{Balance, UnreadableRow, WalletRead};
use crate::exchanges::error::ExchangeError;
use crate::exchanges::rows::{MAX_ROWS, Rows};

/// Manual: OKX API v5, "GET / Saving balance"; copy of 2025-08-17. `amt` is what is lent and what
/// waits to be lent together; `earnings` has been paid into it.
#[derive(Deserialize)]
struct SavingsRow<'a> {
    #[serde(borrow)]
    ccy: Option<&'a RawValue>,
    #[serde(borrow)]
    amt: Option<&'a RawValue>,
}

/// Manual: OKX API v5, "GET / Active orders" of on-chain earn; copy of 2025-08-17. Pending,
/// cancelling and redeeming orders hold money as those do that earn, so the state is not looked at.
/// What an order has earned may have been paid out, so it is not counted.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Order<'a> {
    #[serde(borrow)]
    invest_data: Option<Rows<'a>>,
}

/// A part of what was put into an order.
#[derive(Deserialize)]
struct Invested<'a> {
    #[serde(borrow)]
    ccy: Option<&'a RawValue>,
    #[serde(borrow)]
    amt: Option<&'a RawValue>,
}

/// Manual: OKX API v5, "Get non-tradable assets"; copy of 2025-08-17. The asset may share its code
/// with one that is traded.
#[derive(Deserialize)]
struct NonTradableRow<'a> {
    #[serde(borrow)]
    ccy: Option<&'a RawValue>,
    #[serde(borrow)]
    bal: Option<&'a RawValue>,
}

/// Flexible savings.
///
/// # Errors
/// [`ExchangeProblem::BadResponse`] when there is no list, or one that cannot be trusted.
pub(in crate::exchanges::okx) fn savings(body: &str) -> Result<WalletRead, ExchangeError> {
    data::<Rows<'_>>(body)?.read(savings_row)
}

/// On-chain earn: the orders of an asset together.
///
/// # Errors
/// [`ExchangeProblem::BadResponse`] when there is no list, or one that is too long.
pub(in crate::exchanges::okx) fn onchain_earn(body: &str) -> Result<WalletRead, ExchangeError> {
    let mut rows = Vec::new();
    for order in data::<Rows<'_>>(body)?.iter() {
        rows.extend(invested(order));
        if rows.len() > MAX_ROWS {
            return Err(ExchangeProblem::BadResponse.into());
        }
    }
    Ok(together(rows))
}

/// Assets that can be withdrawn at most.
///
/// # Errors
/// [`ExchangeProblem::BadResponse`] when there is no list, or one that cannot be trusted.
pub(in crate::exchanges::okx) fn non_tradable(body: &str) -> Result<WalletRead, ExchangeError> {
    data::<Rows<'_>>(body)?.read(non_tradable_row)
}

fn savings_row(raw: &RawValue) -> Result<Balance, UnreadableRow> {
    let row: SavingsRow<'_> =
        serde_json::from_str(raw.get()).map_err(|_| UnreadableRow { asset: None })?;
    owned(row.ccy, row.amt)
}

fn non_tradable_row(raw: &RawValue) -> Result<Balance, UnreadableRow> {
    let row: NonTradableRow<'_> =
        serde_json::from_str(raw.get()).map_err(|_| UnreadableRow { asset: None })?;
    balance([row.ccy, row.bal, None, None])
}

/// The rows of one order; a bad row for an order that does not say what was put into it.
fn invested(order: &RawValue) -> Vec<Result<Balance, UnreadableRow>> {
    let order: Option<Order<'_>> = serde_json::from_str(order.get()).ok();
    match order.and_then(|order| order.invest_data) {
        Some(rows) => rows.iter().map(invested_row).collect(),
        None => vec![Err(UnreadableRow { asset: None })],
    }
}

fn invested_row(raw: &RawValue) -> Result<Balance, UnreadableRow> {
    let row: Invested<'_> =
        serde_json::from_str(raw.get()).map_err(|_| UnreadableRow { asset: None })?;
    owned(row.ccy, row.amt)
}

/// A balance that nobody can owe: one below zero was misunderstood.
fn owned(code: Option<&RawValue>, total: Option<&RawValue>) -> Result<Balance, UnreadableRow> {
    let balance = balance([code, total, None, None])?;
    if balance.total.is_negative() {
        let asset = Some(balance.asset);
        return Err(UnreadableRow { asset });
    }
    Ok(balance)
}

/// One balance for each asset, exactly the sum of its rows. An asset with a bad row has none: the
/// sum of the others would be too low.
fn together(rows: Vec<Result<Balance, UnreadableRow>>) -> WalletRead {
    let mut sums: BTreeMap<AssetCode, Amount> = BTreeMap::new();
    let mut unreadable = Vec::new();
    for row in rows {
        match row {
            Ok(balance) => {
                let sum = sums.entry(balance.asset).or_insert_with(Amount::zero);
                *sum = sum.plus(&balance.total);
            }
            Err(bad) => unreadable.push(bad),
        }
    }
    let doubtful: BTreeSet<_> = unreadable
        .iter()
        .filter_map(|bad| bad.asset.as_ref())
        .collect();
    sums.retain(|asset, sum| !sum.is_zero() && !doubtful.contains(asset));
    let balance = |(asset, total)| Balance {
        asset,
        free: None,
        locked: None,
        total,
    };
    WalletRead::Read {
        balances: sums.into_iter().map(balance).collect(),
        unreadable,
    }
}

#[cfg(test)]
mod tests;
