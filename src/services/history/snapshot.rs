//! What a connection holds, kept whenever it changed.

use std::collections::BTreeMap;

use crate::domain::amount::Amount;
use crate::domain::asset::AssetCode;
use crate::domain::holding::WalletChanges;
use crate::domain::timestamp::Timestamp;
use crate::domain::wallet::{Balance, WalletName};
use crate::storage::StorageError;
use crate::storage::holding_snapshots::Snapshot;

type Held<'a> = BTreeMap<&'a WalletName, BTreeMap<&'a AssetCode, &'a Amount>>;

/// What a connection holds after these changes, to be kept unless it is what it held before: a balance
/// that was only locked or freed is the same.
///
/// # Errors
/// [`StorageError::Corrupt`].
pub fn new_snapshot(
    before: &BTreeMap<WalletName, Vec<Balance>>,
    changed: &[(WalletName, WalletChanges)],
    partial: bool,
    now: Timestamp,
) -> Result<Option<Snapshot>, StorageError> {
    let Some(held) = after(before, changed) else {
        return Ok(None);
    };
    Ok(Some(Snapshot {
        taken_at: now,
        partial,
        held: serde_json::to_string(&held).map_err(|_| StorageError::Corrupt("snapshot"))?,
    }))
}

/// What is held after changes, if that is something else than before.
fn after<'a>(
    before: &'a BTreeMap<WalletName, Vec<Balance>>,
    changed: &'a [(WalletName, WalletChanges)],
) -> Option<Held<'a>> {
    let is_any = |(_, changes): &(_, WalletChanges)| !changes.is_empty();
    if !changed.iter().any(is_any) {
        return None;
    }
    let totals = |balances: &'a [Balance]| {
        let total = |balance: &'a Balance| (&balance.asset, &balance.total);
        balances.iter().map(total).collect::<BTreeMap<_, _>>()
    };
    let old: Held<'_> = before
        .iter()
        .map(|(wallet, balances)| (wallet, totals(balances)))
        .collect();
    let mut held = old.clone();
    for (wallet, changes) in changed {
        let wallet = held.entry(wallet).or_default();
        wallet.extend(totals(&changes.added));
        wallet.extend(totals(&changes.updated));
        wallet.retain(|asset, _| !changes.removed.contains(asset));
    }
    held.retain(|_, wallet| !wallet.is_empty());
    (held != old).then_some(held)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn balance(asset: &str, free: &str, total: &str) -> Balance {
        let amount = |text| Amount::parse(text).unwrap();
        Balance {
            asset: AssetCode::parse(asset).unwrap(),
            free: Some(amount(free)),
            locked: None,
            total: amount(total),
        }
    }

    #[test]
    fn totals_are_kept_by_wallet_when_they_change() {
        let (spot, earn) = (WalletName::new("spot"), WalletName::new("earn"));
        let before = BTreeMap::from([
            (
                spot.clone(),
                vec![balance("BTC", "1", "1"), balance("OLD", "1", "1")],
            ),
            (earn, vec![balance("ETH", "2", "2")]),
        ]);
        let changes = WalletChanges {
            added: vec![balance("NEW", "7", "7.5")],
            updated: vec![balance("BTC", "0", "0.000000000000000001")],
            removed: vec![AssetCode::parse("OLD").unwrap()],
            ..WalletChanges::default()
        };
        let changed = [(spot, changes)];
        let held = serde_json::to_string(&after(&before, &changed)).unwrap();
        assert_eq!(
            held,
            r#"{"earn":{"ETH":"2"},"spot":{"BTC":"0.000000000000000001","NEW":"7.5"}}"#
        );
    }

    #[test]
    fn what_was_only_locked_is_no_change() {
        let spot = WalletName::new("spot");
        let before = BTreeMap::from([(spot.clone(), vec![balance("BTC", "1", "1")])]);
        let changes = WalletChanges {
            updated: vec![balance("BTC", "0.5", "1")],
            ..WalletChanges::default()
        };
        assert_eq!(after(&before, &[(spot, changes)]), None);
    }
}
