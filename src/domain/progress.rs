//! How far a sync of many connections has come.

use serde::{Deserialize, Serialize};

use super::report::{Failure, SyncReport};
use super::text::count;
use super::timestamp::Timestamp;

/// How long the end of a batch is news, in milliseconds.
const LATELY_MS: i64 = 10 * 60_000;

/// How one connection of a batch fares.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ItemState {
    /// Its turn has not come.
    Waiting,
    /// It is being synced.
    Syncing,
    /// It was read; how many different assets it holds, and whether something is missing.
    Synced {
        /// Different assets, over all wallets.
        assets_count: usize,
        /// Holdings, counted per wallet and asset.
        holdings_count: usize,
        /// Whether some wallet or row was not read.
        partial: bool,
    },
    /// It was not read, and why.
    Failed(Failure),
}

/// One connection of a batch.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProgressItem {
    /// The connection.
    pub connection_id: String,
    /// Its label.
    pub label: String,
    /// The exchange's name.
    pub exchange: String,
    /// How it fares.
    pub state: ItemState,
}

/// A sync of all connections of a person, under way or done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SyncProgress {
    /// The batch's id.
    pub batch_id: String,
    /// When it was asked for.
    pub started_at: Timestamp,
    /// Its connections, oldest first. Those deleted meanwhile are gone from it.
    pub items: Vec<ProgressItem>,
}

impl SyncProgress {
    /// How many connections there are.
    #[must_use]
    pub fn total(&self) -> usize {
        self.items.len()
    }

    /// How many were read.
    #[must_use]
    pub fn successful(&self) -> usize {
        let read = |item: &&ProgressItem| matches!(item.state, ItemState::Synced { .. });
        self.items.iter().filter(read).count()
    }

    /// How many were not.
    #[must_use]
    pub fn failed(&self) -> usize {
        let failed = |item: &&ProgressItem| matches!(item.state, ItemState::Failed(_));
        self.items.iter().filter(failed).count()
    }

    /// Whether none is waiting or under way.
    #[must_use]
    pub fn is_done(&self) -> bool {
        self.successful() + self.failed() == self.total()
    }

    /// Whether the batch, which is over, ended less than ten minutes before `now`. `reports` are
    /// those of its connections.
    #[must_use]
    pub fn ended_lately(&self, reports: &[SyncReport], now: Timestamp) -> bool {
        let ended = reports.iter().map(SyncReport::ended_at).max();
        now.0 - ended.unwrap_or(self.started_at).0 < LATELY_MS
    }

    /// The totals: `12 connections: 7 synced, 1 failed, 4 to go`.
    #[must_use]
    pub fn totals(&self) -> String {
        totals(self.total(), self.successful(), self.failed())
    }
}

/// Totals as people read them; what is left is told only while there is some.
#[must_use]
pub fn totals(total: usize, successful: usize, failed: usize) -> String {
    let connections = count(total, "connection");
    let told = format!("{connections}: {successful} synced, {failed} failed");
    match total.saturating_sub(successful + failed) {
        0 => told,
        left => format!("{told}, {left} to go"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn item(state: ItemState) -> ProgressItem {
        ProgressItem {
            connection_id: "a".into(),
            label: "Binance".into(),
            exchange: "Binance".into(),
            state,
        }
    }

    #[test]
    fn totals_count_what_ended_and_how() {
        let synced = ItemState::Synced {
            assets_count: 1,
            holdings_count: 2,
            partial: false,
        };
        let mut progress = SyncProgress {
            batch_id: "b".into(),
            started_at: Timestamp(0),
            items: vec![
                item(synced),
                item(ItemState::Failed(Failure::CredentialsUnreadable)),
                item(ItemState::Waiting),
            ],
        };
        let totals = (progress.total(), progress.successful(), progress.failed());
        assert_eq!(totals, (3, 1, 1));
        assert!(!progress.is_done());
        assert_eq!(
            progress.totals(),
            "3 connections: 1 synced, 1 failed, 1 to go"
        );
        progress.items.pop();
        assert!(progress.is_done());
        assert_eq!(progress.totals(), "2 connections: 1 synced, 1 failed");
    }
}
