//! Earn positions, page by page, and how those in one asset add up.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;
use serde_json::value::RawValue;

use super::earn::Kind;
use super::wire::parse;
use crate::domain::amount::Amount;
use crate::domain::asset::AssetCode;
use crate::domain::problem::ExchangeProblem;
use crate::domain::wallet::{Balance, UnreadableRow, WalletRead};
use crate::exchanges::error::ExchangeError;
use crate::exchanges::rows::{Rows, amount, asset, text};

/// The most rows that a page can be asked for.
pub(super) const PAGE_ROWS: usize = 100;
/// The most pages that are asked for; no account has that many positions.
pub(super) const MAX_PAGES: usize = 50;

/// A page of positions. `total` counts those of all pages and comes as a number or as text; with
/// `{"total":0}` the list may be missing. Manual: the simple earn catalogue of
/// binance-connector-rust, "Get Flexible Product Position" and "Get Locked Product Position"; state
/// of 2026-07-22.
#[derive(Deserialize)]
struct Page<'a> {
    #[serde(borrow)]
    rows: Option<Rows<'a>>,
    #[serde(borrow)]
    total: Option<&'a RawValue>,
}

/// A position. A flexible one's `collateralAmount` and a locked one's `redeemingAmt` are not added:
/// nothing says that they are not in the amount already.
#[derive(Deserialize)]
struct Position<'a> {
    #[serde(borrow)]
    asset: Option<&'a RawValue>,
    #[serde(borrow, rename = "totalAmount")]
    flexible_amount: Option<&'a RawValue>,
    #[serde(borrow, rename = "productId")]
    flexible_id: Option<&'a RawValue>,
    #[serde(borrow, rename = "amount")]
    locked_amount: Option<&'a RawValue>,
    #[serde(borrow, rename = "positionId")]
    locked_id: Option<&'a RawValue>,
}

/// The positions of one earn wallet, as far as they were read.
pub(super) struct Positions {
    kind: Kind,
    rows: usize,
    ids: BTreeSet<String>,
    /// The sum of each asset; `None` where one of its rows could not be read.
    sums: BTreeMap<AssetCode, Option<Amount>>,
    unreadable: Vec<UnreadableRow>,
}

impl Positions {
    /// None read yet.
    pub(super) fn new(kind: Kind) -> Self {
        Self {
            kind,
            rows: 0,
            ids: BTreeSet::new(),
            sums: BTreeMap::new(),
            unreadable: Vec::new(),
        }
    }

    /// Adds a page and tells whether it was the last.
    ///
    /// # Errors
    /// [`ExchangeProblem::BadResponse`] when it is no page, is longer than was asked for, ends before
    /// its own total, or repeats a position of an earlier page: the list moved in between, and what
    /// was read twice or not at all cannot be told.
    pub(super) fn add(&mut self, body: &str) -> Result<bool, ExchangeError> {
        let page: Page<'_> = parse(body)?;
        let total = total(page.total).ok_or(ExchangeProblem::BadResponse)?;
        let rows = match page.rows {
            None if total == 0 => Rows::default(),
            rows => rows.ok_or(ExchangeProblem::BadResponse)?,
        };
        let mut ids = BTreeSet::new();
        for row in rows.iter() {
            ids.extend(self.add_row(row));
        }
        self.rows += rows.iter().len();
        let ended_early = rows.iter().len() == 0 && self.rows < total;
        if ended_early || rows.iter().len() > PAGE_ROWS || !self.ids.is_disjoint(&ids) {
            return Err(ExchangeProblem::BadResponse.into());
        }
        self.ids.append(&mut ids);
        Ok(self.rows >= total)
    }

    /// The wallet, one balance for each asset. How much of it can be used at once is not told.
    pub(super) fn into_read(self) -> WalletRead {
        let whole = self
            .sums
            .into_iter()
            .filter_map(|(asset, sum)| Some((asset, sum?)));
        let balances = whole
            .filter(|(_, total)| !total.is_zero())
            .map(|(asset, total)| Balance {
                asset,
                free: None,
                locked: None,
                total,
            });
        WalletRead::Read {
            balances: balances.collect(),
            unreadable: self.unreadable,
        }
    }

    /// Adds a position and gives what the exchange calls it.
    fn add_row(&mut self, raw: &RawValue) -> Option<String> {
        let position: Option<Position<'_>> = serde_json::from_str(raw.get()).ok();
        let asset = position.as_ref().and_then(|row| asset(row.asset));
        let (Some(position), Some(asset)) = (position, asset) else {
            self.unreadable.push(UnreadableRow { asset: None });
            return None;
        };
        let (told, id) = match self.kind {
            Kind::Flexible => (position.flexible_amount, position.flexible_id),
            Kind::Locked => (position.locked_amount, position.locked_id),
        };
        let told = amount(told).ok().flatten();
        let sum = self.sums.entry(asset.clone());
        let sum = sum.or_insert_with(|| Some(Amount::zero()));
        // A sum that lacks a row is no sum.
        *sum = sum.as_ref().zip(told.as_ref()).map(|(a, b)| a.plus(b));
        if told.is_none() {
            self.unreadable.push(UnreadableRow { asset: Some(asset) });
        }
        text(id).ok().flatten()
    }
}

fn total(field: Option<&RawValue>) -> Option<usize> {
    text(field).ok()??.parse().ok()
}

#[cfg(test)]
mod tests;
