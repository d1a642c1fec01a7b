//! What Binance's own daily snapshots say the spot wallet held.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::value::RawValue;

use super::{Binance, SNAPSHOTS, wire};
use crate::domain::exchange::Environment;
use crate::domain::history::past::{PastDay, PastDays, day_ended_at};
use crate::domain::problem::ExchangeProblem;
use crate::domain::timestamp::Timestamp;
use crate::domain::wallet::{Balance, WalletRead};
use crate::exchanges::Access;
use crate::exchanges::error::ExchangeError;
use crate::exchanges::rows::{Rows, text};

/// Manual: the wallet catalogue of binance-connector-rust, "Daily Account Snapshot" (state of
/// 2026-07-22). A stretch is shorter than 30 days and begins in the last month; without one only the
/// last 7 days are told. "Enable Reading" suffices. `totalAssetOfBtc` is not read: it is the
/// exchange's own valuation.
#[derive(Deserialize)]
struct Snapshots<'a> {
    #[serde(borrow, rename = "snapshotVos")]
    days: Option<Rows<'a>>,
}

#[derive(Deserialize)]
struct Snapshot<'a> {
    #[serde(borrow)]
    data: Option<Data<'a>>,
    #[serde(borrow, rename = "type")]
    wallet: Option<&'a RawValue>,
    #[serde(borrow, rename = "updateTime")]
    taken_at: Option<&'a RawValue>,
}

/// Tokens of flexible earn (`LDBTC`) are rows like any other, and nothing here tells of earn a second
/// time.
#[derive(Deserialize)]
struct Data<'a> {
    #[serde(borrow)]
    balances: Option<Rows<'a>>,
}

impl Binance {
    /// Asks for the spot wallet's daily snapshots. The test network has none.
    pub(super) async fn snapshots(
        &self,
        access: Access<'_>,
        stretch: (Timestamp, Timestamp),
    ) -> Result<Option<PastDays>, ExchangeProblem> {
        if access.environment == Environment::Testnet {
            return Ok(None);
        }
        let (from, to) = stretch;
        let parameters = format!("type=SPOT&startTime={}&endTime={}&limit=30", from.0, to.0);
        let answer = match self.signed(access, &SNAPSHOTS, &parameters).await {
            Err(ExchangeError::NoPermission | ExchangeError::NotAvailable) => return Ok(None),
            answer => answer.map_err(ExchangeError::into_problem)?,
        };
        let days = answer.text().and_then(|body| read(body, stretch));
        days.map(Some).map_err(ExchangeError::into_problem)
    }
}

/// The days within a stretch. A snapshot that cannot be read, or is of a day that comes twice, is
/// counted and takes no other with it, and so is a balance.
///
/// # Errors
/// [`ExchangeProblem::BadResponse`] when there is no list.
fn read(body: &str, (from, to): (Timestamp, Timestamp)) -> Result<PastDays, ExchangeError> {
    let rows = wire::parse::<Snapshots<'_>>(body)?.days;
    let rows = rows.ok_or(ExchangeProblem::BadResponse)?;
    let mut days: BTreeMap<Timestamp, Option<Vec<Balance>>> = BTreeMap::new();
    let mut told = PastDays::default();
    for raw in rows.iter() {
        let Some((day, balances, unreadable)) = snapshot(raw) else {
            told.unreadable += 1;
            continue;
        };
        if !(from..=to).contains(&day) {
            continue;
        }
        told.unreadable += unreadable;
        days.entry(day)
            .and_modify(|known| *known = None)
            .or_insert(Some(balances));
    }
    for (day, balances) in days {
        match balances {
            Some(balances) => told.days.push(PastDay { day, balances }),
            None => told.unreadable += 1,
        }
    }
    Ok(told)
}

/// The day, what was held, and how many balances could not be read.
fn snapshot(raw: &RawValue) -> Option<(Timestamp, Vec<Balance>, usize)> {
    let snapshot: Snapshot<'_> = serde_json::from_str(raw.get()).ok()?;
    let wallet = text(snapshot.wallet).ok()??;
    let taken_at = Timestamp(text(snapshot.taken_at).ok()??.parse().ok()?);
    let day = day_ended_at(taken_at).filter(|_| wallet.eq_ignore_ascii_case("spot"))?;
    match wire::balances(&snapshot.data?.balances?) {
        Ok(WalletRead::Read {
            balances,
            unreadable,
            // Nothing but rows that cannot be read is no empty wallet.
        }) if unreadable.is_empty() || !balances.is_empty() => {
            Some((day, balances, unreadable.len()))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests;
