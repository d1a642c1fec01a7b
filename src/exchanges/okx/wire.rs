//! OKX's answers, read row by row. Numbers are strings there, and `""` means "does not apply".

mod earn;
mod valuation;

pub(super) use earn::{non_tradable, onchain_earn, savings};
use serde::Deserialize;
use serde_json::value::RawValue;
pub(super) use valuation::valuation;

use crate::domain::problem::ExchangeProblem;
use crate::domain::rights::{KeyRights, KnownRight, Right};
use crate::domain::wallet::{Balance, UnreadableRow, WalletRead};
use crate::exchanges::error::ExchangeError;
use crate::exchanges::rows::{BadField, Rows, amount, asset, text, uid};

/// The words of `perm`. Manual: OKX API v5, "Get account configuration"; copy of 2025-08-17.
const KNOWN: [KnownRight; 3] = [
    known("read_only", "reading", true),
    known("trade", "trading", false),
    known("withdraw", "withdrawals", false),
];

const fn known(name: &'static str, words: &'static str, harmless: bool) -> KnownRight {
    KnownRight {
        name,
        words,
        harmless,
        // Only granted rights are listed, and the right to read is always among them.
        always_listed: harmless,
    }
}

/// What every answer is wrapped in. Refusals may come without `data`.
#[derive(Deserialize)]
struct Envelope<T> {
    data: Option<T>,
}

/// Manual: OKX API v5, "Get system time"; copy of 2025-08-17.
#[derive(Deserialize)]
struct Time<'a> {
    #[serde(borrow)]
    ts: Option<&'a RawValue>,
}

/// Manual: OKX API v5, "Get account configuration"; copy of 2025-08-17.
#[derive(Deserialize)]
struct Configuration<'a> {
    #[serde(borrow)]
    perm: Option<&'a RawValue>,
    #[serde(borrow)]
    ip: Option<&'a RawValue>,
    #[serde(borrow)]
    uid: Option<&'a RawValue>,
}

/// Manual: OKX API v5, "Get balance" of the trading account; copy of 2025-08-17.
#[derive(Deserialize)]
struct Trading<'a> {
    #[serde(borrow)]
    details: Option<Rows<'a>>,
}

/// `eq` is the total: cash, open profit, isolated margin and bots together, below zero when
/// borrowed. `eqUsd` is not read: it is nonsense for some coins.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct TradingRow<'a> {
    #[serde(borrow)]
    ccy: Option<&'a RawValue>,
    #[serde(borrow)]
    eq: Option<&'a RawValue>,
    #[serde(borrow)]
    avail_bal: Option<&'a RawValue>,
    #[serde(borrow)]
    frozen_bal: Option<&'a RawValue>,
}

/// Manual: OKX API v5, "Get balance" of the funding account; copy of 2025-08-17.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct FundingRow<'a> {
    #[serde(borrow)]
    ccy: Option<&'a RawValue>,
    #[serde(borrow)]
    bal: Option<&'a RawValue>,
    #[serde(borrow)]
    avail_bal: Option<&'a RawValue>,
    #[serde(borrow)]
    frozen_bal: Option<&'a RawValue>,
}

/// What a key's account is set to.
pub(super) struct Config {
    pub(super) rights: KeyRights,
    pub(super) uid: Option<String>,
}

/// The exchange's time in epoch milliseconds, UTC.
///
/// # Errors
/// [`ExchangeProblem::BadResponse`] for anything but a whole number.
pub(super) fn server_time(body: &str) -> Result<i64, ExchangeError> {
    let time: Time<'_> = only(data(body)?)?.ok_or(ExchangeProblem::BadResponse)?;
    let text = text(time.ts).ok().flatten();
    text.and_then(|text| text.parse().ok())
        .ok_or_else(|| ExchangeProblem::BadResponse.into())
}

/// What the key may do, and whose it is.
///
/// # Errors
/// [`ExchangeProblem::BadResponse`] when there is no configuration.
pub(super) fn config(body: &str) -> Result<Config, ExchangeError> {
    let told: Configuration<'_> = only(data(body)?)?.ok_or(ExchangeProblem::BadResponse)?;
    let words = text(told.perm).ok().flatten().unwrap_or_default();
    let listed: Vec<_> = words
        .split(',')
        .map(str::trim)
        .filter(|name| !name.is_empty())
        .map(|name| Right {
            name,
            granted: true,
        })
        .collect();
    let ip_restricted = told.ip.map(|ip| ip.get() != "\"\"");
    Ok(Config {
        rights: KeyRights::judge(&listed, &KNOWN, ip_restricted),
        uid: uid(told.uid),
    })
}

/// The trading wallet. No data, or an empty list, is an empty wallet.
///
/// # Errors
/// [`ExchangeProblem::BadResponse`] when there is no list, or one that cannot be trusted.
pub(super) fn trading(body: &str) -> Result<WalletRead, ExchangeError> {
    let account: Option<Trading<'_>> = only(data(body)?)?;
    // Even an empty account is told, with an empty list: no account at all is no answer, and OKX
    // has been seen to give such for a moment.
    let details = account.and_then(|account| account.details);
    details
        .ok_or(ExchangeProblem::BadResponse)?
        .read(trading_row)
}

/// The funding wallet.
///
/// # Errors
/// [`ExchangeProblem::BadResponse`] when there is no list, or one that cannot be trusted.
pub(super) fn funding(body: &str) -> Result<WalletRead, ExchangeError> {
    data::<Rows<'_>>(body)?.read(funding_row)
}

/// What an answer is about.
///
/// # Errors
/// [`ExchangeProblem::BadResponse`] when it is of another shape.
pub(super) fn data<'a, T: Deserialize<'a>>(body: &'a str) -> Result<T, ExchangeError> {
    let envelope: Option<Envelope<T>> = serde_json::from_str(body).ok();
    envelope
        .and_then(|envelope| envelope.data)
        .ok_or_else(|| ExchangeProblem::BadResponse.into())
}

/// The one element of a list that never has more.
fn only<T>(mut list: Vec<T>) -> Result<Option<T>, ExchangeError> {
    let element = list.pop();
    if list.is_empty() {
        Ok(element)
    } else {
        Err(ExchangeProblem::BadResponse.into())
    }
}

fn trading_row(raw: &RawValue) -> Result<Balance, UnreadableRow> {
    let row: TradingRow<'_> =
        serde_json::from_str(raw.get()).map_err(|_| UnreadableRow { asset: None })?;
    balance([row.ccy, row.eq, row.avail_bal, row.frozen_bal])
}

fn funding_row(raw: &RawValue) -> Result<Balance, UnreadableRow> {
    let row: FundingRow<'_> =
        serde_json::from_str(raw.get()).map_err(|_| UnreadableRow { asset: None })?;
    balance([row.ccy, row.bal, row.avail_bal, row.frozen_bal])
}

fn balance([code, total, free, locked]: [Option<&RawValue>; 4]) -> Result<Balance, UnreadableRow> {
    let asset = asset(code).ok_or(UnreadableRow { asset: None })?;
    let amounts = || {
        let total = amount(total)?.ok_or(BadField)?;
        Ok::<_, BadField>((total, amount(free)?, amount(locked)?))
    };
    match amounts() {
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
