//! Writing what was read from an account, wallet by wallet, inside one transaction.

use std::collections::{BTreeMap, BTreeSet};

use crate::domain::asset::AssetCode;
use crate::domain::exchange::ExchangeId;
use crate::domain::holding::{WalletChanges as Changes, compare};
use crate::domain::report::WalletSummary;
use crate::domain::timestamp::Timestamp;
use crate::domain::wallet::{Balance, WalletName, WalletRead, WalletReading};
use crate::security::{SecurityError, new_id};
use crate::storage::holding_snapshots::Snapshot;
use crate::storage::wallets::{self, Asked};
use crate::storage::{Connection as Db, StorageError, holding_snapshots, holdings};

use super::{WriteError, history};

/// What writing an account's wallets changed.
#[derive(Clone, Debug, Default)]
pub struct Tally {
    pub assets: usize,
    pub holdings: usize,
    pub added: usize,
    pub updated: usize,
    pub removed: usize,
    pub unchanged: usize,
    pub unreadable: usize,
    pub wallets: Vec<WalletSummary>,
}

/// What a connection held before.
#[derive(Clone, Debug, Default)]
pub struct Before {
    held: BTreeMap<WalletName, Vec<Balance>>,
    wallets: Vec<WalletSummary>,
}

impl Before {
    /// What is stored of a connection with these wallets, for whoever holds its lease: nobody else
    /// changes it.
    ///
    /// # Errors
    /// [`StorageError::Database`], [`StorageError::Corrupt`].
    pub async fn find(
        db: &mut Db,
        connection_id: &str,
        wallets: Vec<WalletSummary>,
    ) -> Result<Self, StorageError> {
        Ok(Self {
            held: holdings::list_of_connection(db, connection_id).await?,
            wallets,
        })
    }
}

/// What is to be written of an account that was read.
#[derive(Debug)]
pub struct Pending {
    asked: Vec<Asked>,
    changed: Vec<(WalletName, Changes)>,
    snapshot: Option<Snapshot>,
    now: Timestamp,
}

impl Pending {
    /// Compares what was read with what is stored: every wallet that answered is to be replaced; the
    /// others keep what they held.
    ///
    /// # Errors
    /// [`StorageError::Corrupt`].
    pub fn of(
        before: &Before,
        readings: &[WalletReading],
        now: Timestamp,
    ) -> Result<(Tally, Self), StorageError> {
        let (old, known) = (&before.held, &before.wallets);
        let mut tally = Tally::default();
        let mut assets: BTreeSet<AssetCode> = BTreeSet::new();
        let (mut asked, mut changed) = (Vec::new(), Vec::new());
        for (position, reading) in readings.iter().enumerate() {
            let before = old
                .get(&reading.wallet)
                .map(Vec::as_slice)
                .unwrap_or_default();
            let earlier = known.iter().find(|wallet| wallet.name == reading.wallet);
            let (summary, changes) = settle(before, earlier, reading, now);
            tally.count(&summary, &changes, before.len());
            assets.extend(held_after(before, reading, changes.as_ref()));
            if !matches!(reading.read, WalletRead::Kept(_)) {
                asked.push(Asked {
                    position,
                    summary: summary.clone(),
                    note: reading.note.clone(),
                });
            }
            changed.extend(changes.map(|changes| (reading.wallet.clone(), changes)));
            tally.wallets.push(summary);
        }
        for (_, untouched) in old.iter().filter(|(name, _)| !told(readings, name)) {
            tally.holdings += untouched.len();
            tally.unchanged += untouched.len();
            assets.extend(untouched.iter().map(|balance| balance.asset.clone()));
        }
        tally.assets = assets.len();
        let snapshot = history::new_snapshot(old, &changed, tally.is_partial(), now)?;
        let pending = Self {
            asked,
            changed,
            snapshot,
            now,
        };
        Ok((tally, pending))
    }

    /// Writes it. The number of statements does not depend on how much that is.
    ///
    /// # Errors
    /// [`WriteError`].
    pub async fn write(
        &self,
        db: &mut Db,
        connection_id: &str,
        exchange: &ExchangeId,
    ) -> Result<(), WriteError> {
        wallets::upsert(db, connection_id, &self.asked, self.now).await?;
        apply(db, connection_id, exchange, &self.changed, self.now).await?;
        if let Some(snapshot) = &self.snapshot {
            holding_snapshots::upsert(db, connection_id, snapshot).await?;
        }
        Ok(())
    }
}

/// Writes what changed; assets that are new get their ids first.
async fn apply(
    db: &mut Db,
    connection_id: &str,
    exchange: &ExchangeId,
    changed: &[(WalletName, Changes)],
    now: Timestamp,
) -> Result<(), WriteError> {
    let named = |code: AssetCode| Ok::<_, SecurityError>((code, new_id()?));
    let codes = codes(changed)
        .into_iter()
        .map(named)
        .collect::<Result<Vec<_>, _>>()?;
    let ids = holdings::find_or_insert_assets(db, exchange, &codes, now).await?;
    Ok(holdings::apply(db, connection_id, changed, &ids).await?)
}

impl Tally {
    /// Whether something was not read; as a report says it.
    fn is_partial(&self) -> bool {
        self.unreadable > 0 || self.wallets.iter().any(WalletSummary::is_lacking)
    }

    fn count(&mut self, summary: &WalletSummary, changes: &Option<Changes>, before: usize) {
        self.holdings += summary.holdings;
        self.unreadable += summary.unreadable;
        match changes {
            Some(changes) => {
                self.added += changes.added.len();
                self.updated += changes.updated.len();
                self.removed += changes.removed.len();
                self.unchanged += changes.unchanged;
            }
            None => self.unchanged += before,
        }
    }
}

fn told(readings: &[WalletReading], wallet: &WalletName) -> bool {
    readings.iter().any(|reading| reading.wallet == *wallet)
}

/// How a wallet fared, and what to write if it answered.
fn settle(
    before: &[Balance],
    earlier: Option<&WalletSummary>,
    reading: &WalletReading,
    now: Timestamp,
) -> (WalletSummary, Option<Changes>) {
    let mut summary = WalletSummary {
        name: reading.wallet.clone(),
        outcome: reading.read.outcome(),
        holdings: before.len(),
        unreadable: 0,
        problem: None,
        read_at: earlier.and_then(|wallet| wallet.read_at),
    };
    match &reading.read {
        WalletRead::Read {
            balances,
            unreadable,
        } => {
            let changes = compare(before, balances, unreadable);
            summary.holdings = changes.added.len() + changes.updated.len() + changes.unchanged;
            summary.unreadable = unreadable.len();
            // The age of a wallet is that of its oldest figure.
            if changes.kept_unread == 0 {
                summary.read_at = Some(now);
            }
            (summary, Some(changes))
        }
        WalletRead::Failed(problem) => {
            summary.problem = Some(problem.clone());
            (summary, None)
        }
        WalletRead::Kept(_) => (earlier.cloned().unwrap_or(summary), None),
        WalletRead::NotAvailable | WalletRead::NoPermission => (summary, None),
    }
}

fn held_after(
    before: &[Balance],
    reading: &WalletReading,
    changes: Option<&Changes>,
) -> BTreeSet<AssetCode> {
    let removed: BTreeSet<_> = changes.iter().flat_map(|c| &c.removed).collect();
    let kept = before
        .iter()
        .map(|b| &b.asset)
        .filter(|asset| !removed.contains(asset));
    let read: &[Balance] = match &reading.read {
        WalletRead::Read { balances, .. } => balances,
        _ => &[],
    };
    kept.chain(read.iter().map(|b| &b.asset)).cloned().collect()
}

/// Every code concerned, once and in order, so that concurrent writers never wait on each other.
fn codes(changed: &[(WalletName, Changes)]) -> BTreeSet<AssetCode> {
    let codes = changed.iter().flat_map(|(_, changes)| {
        let written = changes.added.iter().chain(&changes.updated);
        written
            .map(|balance| &balance.asset)
            .chain(&changes.removed)
    });
    codes.cloned().collect()
}
