//! A connection to an account on an exchange, as its owner sees it.

use serde::{Deserialize, Serialize};

use super::amount::Amount;
use super::exchange::{Environment, ExchangeId};
use super::report::{Failure, SyncReport, WalletSummary};
use super::rights::{KeyRights, RightsState};
use super::timestamp::Timestamp;
use super::wallet::Overview;

/// Whether a connection's numbers can be relied on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ConnectionStatus {
    /// Everything was read the last time.
    Ok,
    /// Something was not read the last time; the rest is as of then.
    Partial,
    /// The exchange did not answer, or asked to wait; the numbers are those of the last sync.
    Paused,
    /// Only the person can mend it.
    NeedsAttention,
    /// Nothing has been read yet.
    NeverSynced,
}

impl ConnectionStatus {
    /// Every status.
    pub const ALL: [Self; 5] = [
        Self::Ok,
        Self::Partial,
        Self::Paused,
        Self::NeedsAttention,
        Self::NeverSynced,
    ];

    /// The name in the database and in answers to programs.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Partial => "partial",
            Self::Paused => "paused",
            Self::NeedsAttention => "needs_attention",
            Self::NeverSynced => "never_synced",
        }
    }

    /// The name as people read it.
    #[must_use]
    pub fn title(self) -> &'static str {
        match self {
            Self::Ok => "Up to date",
            Self::Partial => "Partial",
            Self::Paused => "Paused",
            Self::NeedsAttention => "Needs attention",
            Self::NeverSynced => "Never synced",
        }
    }

    /// Reads the name of [`Self::as_str`].
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|s| s.as_str() == text)
    }

    /// The status that a sync leaves behind.
    #[must_use]
    pub fn after(report: &SyncReport) -> Self {
        match &report.failure {
            Some(failure) if failure.needs_attention() => Self::NeedsAttention,
            Some(_) => Self::Paused,
            None if report.is_partial() => Self::Partial,
            None => Self::Ok,
        }
    }
}

/// Whether the exchange's own stream is listened to for a connection.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Following {
    /// It is not to be.
    #[default]
    Off,
    /// It is to be, and the stream is not open at the moment.
    Waiting,
    /// The stream is open.
    Live {
        /// Since when.
        since: Timestamp,
    },
}

impl Following {
    /// Whether the owner wants it.
    #[must_use]
    pub fn is_on(self) -> bool {
        self != Self::Off
    }

    /// Since when the stream is open.
    #[must_use]
    pub fn live_since(self) -> Option<Timestamp> {
        match self {
            Self::Live { since } => Some(since),
            Self::Off | Self::Waiting => None,
        }
    }
}

/// A connection without its secrets.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Connection {
    /// Its id.
    pub id: String,
    /// The exchange.
    pub exchange: ExchangeId,
    /// The name its owner gave it.
    pub label: String,
    /// Live or test.
    pub environment: Environment,
    /// The regional site, on exchanges that have several.
    pub region: Option<String>,
    /// The last four characters of the API key.
    pub key_hint: String,
    /// What the key could do when the exchange last said.
    pub rights: KeyRights,
    /// Whether the numbers can be relied on.
    pub status: ConnectionStatus,
    /// What last went wrong, as long as it has not been mended.
    pub last_failure: Option<Failure>,
    /// When wallets were last read.
    pub last_synced_at: Option<Timestamp>,
    /// The wallets and how they last fared.
    pub wallets: Vec<WalletSummary>,
    /// The portfolio its holdings stand in.
    pub portfolio_id: String,
    /// Balances worth less than this, in the owner's base currency, are counted but not listed.
    pub ignore_below: Option<Amount>,
    /// When it was made.
    pub created_at: Timestamp,
    /// What the exchange's own overview of the account said when last read.
    pub overview: Option<Overview>,
    /// When it will be synced next; `None` while that waits for its owner.
    pub due_at: Option<Timestamp>,
    /// Whether it is being synced at this moment.
    pub syncing: bool,
    /// Until when nobody here asks the exchange, at its own wish.
    pub paused_until: Option<Timestamp>,
    /// Whether the exchange's own stream is listened to for it.
    pub following: Following,
}

impl Connection {
    /// Whether the owner accepted a key of unknown rights on a live exchange.
    #[must_use]
    pub fn is_unproven(&self) -> bool {
        self.rights.state == RightsState::Unknown && self.environment == Environment::Live
    }

    /// Whether any figure of it was read before a moment.
    #[must_use]
    pub fn has_old(&self, before: Timestamp) -> bool {
        self.wallets.iter().any(|wallet| wallet.is_old(before))
    }

    /// Whether a balance is worth too little, in the owner's base currency, to be listed.
    #[must_use]
    pub fn ignores(&self, value: &Amount) -> bool {
        self.ignore_below
            .as_ref()
            .is_some_and(|least| value.abs() < *least)
    }
}
