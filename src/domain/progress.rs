//! How far a sync of many connections has come.

use serde::{Deserialize, Serialize};

use super::report::Failure;
use super::timestamp::Timestamp;

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
        progress.items.pop();
        assert!(progress.is_done());
    }
}
