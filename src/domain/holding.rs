//! Comparing what a wallet held with what it holds now.

use std::collections::{BTreeMap, BTreeSet};

use super::asset::AssetCode;
use super::wallet::{Balance, UnreadableRow};

/// What to write so that the stored wallet equals the one just read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct WalletChanges {
    /// Assets that are new, with their balances.
    pub added: Vec<Balance>,
    /// Assets whose balance changed.
    pub updated: Vec<Balance>,
    /// Assets that are no longer there.
    pub removed: Vec<AssetCode>,
    /// How many assets stayed as they were, those that were not read included.
    pub unchanged: usize,
    /// How many assets stayed only because their row could not be read: their figures are old.
    pub kept_unread: usize,
}

impl WalletChanges {
    /// Whether every asset stayed as it was.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.added.is_empty() && self.updated.is_empty() && self.removed.is_empty()
    }
}

/// Compares a wallet's stored balances with those just read. An asset whose row could not be read
/// stays; when not even the asset of a bad row is known, nothing is removed.
#[must_use]
pub fn compare(old: &[Balance], new: &[Balance], unreadable: &[UnreadableRow]) -> WalletChanges {
    let before: BTreeMap<_, _> = old.iter().map(|b| (&b.asset, b)).collect();
    let now: BTreeSet<_> = new.iter().map(|b| &b.asset).collect();
    let doubtful: BTreeSet<_> = unreadable
        .iter()
        .filter_map(|row| row.asset.as_ref())
        .collect();
    let any_may_be_meant = unreadable.iter().any(|row| row.asset.is_none());
    let mut changes = WalletChanges::default();
    for balance in new {
        match before.get(&balance.asset) {
            None => changes.added.push(balance.clone()),
            Some(old) if *old != balance => changes.updated.push(balance.clone()),
            Some(_) => changes.unchanged += 1,
        }
    }
    for asset in before.into_keys().filter(|asset| !now.contains(asset)) {
        if any_may_be_meant || doubtful.contains(asset) {
            changes.unchanged += 1;
            changes.kept_unread += 1;
        } else {
            changes.removed.push(asset.clone());
        }
    }
    changes
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::amount::Amount;

    fn balance(asset: &str, total: &str) -> Balance {
        let total = Amount::parse(total).unwrap();
        let asset = AssetCode::parse(asset).unwrap();
        Balance {
            asset,
            free: Some(total.clone()),
            locked: None,
            total,
        }
    }

    fn bad(asset: Option<&str>) -> UnreadableRow {
        UnreadableRow {
            asset: asset.map(|a| AssetCode::parse(a).unwrap()),
        }
    }

    #[test]
    fn new_changed_vanished_and_unchanged_assets_are_told_apart() {
        let old = [
            balance("BTC", "1"),
            balance("ETH", "2"),
            balance("SOLD", "3"),
        ];
        let new = [
            balance("BTC", "1"),
            balance("ETH", "2.5"),
            balance("NEW", "4"),
        ];
        let changes = compare(&old, &new, &[]);
        assert_eq!(changes.added, [balance("NEW", "4")]);
        assert_eq!(changes.updated, [balance("ETH", "2.5")]);
        assert_eq!(changes.removed, [AssetCode::parse("SOLD").unwrap()]);
        assert_eq!(changes.unchanged, 1);
    }

    #[test]
    fn an_asset_whose_row_is_unreadable_is_not_taken_for_sold() {
        let old = [balance("BTC", "1"), balance("ETH", "2")];
        let changes = compare(&old, &[], &[bad(Some("BTC"))]);
        assert_eq!(changes.removed, [AssetCode::parse("ETH").unwrap()]);
        assert_eq!((changes.unchanged, changes.kept_unread), (1, 1));
    }

    #[test]
    fn a_row_without_a_readable_asset_removes_nothing() {
        let old = [balance("BTC", "1"), balance("ETH", "2")];
        assert_eq!(compare(&old, &[], &[bad(None)]).removed, []);
    }
}
