//! Wallets of an exchange account and what reading one gave.

use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::amount::Amount;
use super::asset::AssetCode;
use super::problem::ExchangeProblem;
use super::timestamp::Timestamp;

/// The name of a wallet within an exchange account: `spot`, `funding`, `trading`. Cheap to clone.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(from = "String", into = "String")]
pub struct WalletName(Arc<str>);

impl WalletName {
    /// Takes a name.
    #[must_use]
    pub fn new(name: &str) -> Self {
        Self(name.into())
    }

    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The name as people read it: `Spot`.
    #[must_use]
    pub fn title(&self) -> String {
        let words = match self.as_str() {
            "margin" => "cross margin",
            "onchain_earn" => "on-chain earn",
            "non_tradable" => "non-tradable",
            name => name,
        }
        .replace('_', " ");
        let mut chars = words.chars();
        chars
            .next()
            .map_or_else(String::new, |c| c.to_uppercase().chain(chars).collect())
    }
}

impl From<String> for WalletName {
    fn from(name: String) -> Self {
        Self(name.into())
    }
}

impl From<WalletName> for String {
    fn from(name: WalletName) -> Self {
        name.0.as_ref().to_owned()
    }
}

impl fmt::Display for WalletName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// How much of one asset a wallet holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Balance {
    /// The asset.
    pub asset: AssetCode,
    /// What can be used at once; `None` where the exchange does not say.
    pub free: Option<Amount>,
    /// What is bound by orders, withdrawals and the like; `None` where the exchange does not say.
    pub locked: Option<Amount>,
    /// All of it; negative when borrowed.
    pub total: Amount,
}

/// A row of an answer that could not be read. It is counted and shown, and whatever was known of
/// its asset stays.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnreadableRow {
    /// The asset, where at least that could be read.
    pub asset: Option<AssetCode>,
}

/// Whether a wallet answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// Its balances were read.
    Read,
    /// This account or environment has no such wallet.
    NotAvailable,
    /// The key may not read this wallet.
    NoPermission,
    /// It could not be read this time; its last balances stay.
    Failed,
}

impl Outcome {
    const ALL: [Self; 4] = [
        Self::Read,
        Self::NotAvailable,
        Self::NoPermission,
        Self::Failed,
    ];

    /// The name in the database and in answers to programs.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::NotAvailable => "not_available",
            Self::NoPermission => "no_permission",
            Self::Failed => "failed",
        }
    }

    /// The name as people read it.
    #[must_use]
    pub fn title(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::NotAvailable => "not available",
            Self::NoPermission => "no permission",
            Self::Failed => "failed",
        }
    }

    /// Reads the name of [`Self::as_str`].
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|o| o.as_str() == text)
    }
}

/// What reading one wallet gave.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum WalletRead {
    /// The whole wallet.
    Read {
        /// One row per asset that is not zero.
        balances: Vec<Balance>,
        /// Rows that could not be read.
        unreadable: Vec<UnreadableRow>,
    },
    /// This account or environment has no such wallet.
    NotAvailable,
    /// The key may not read it.
    NoPermission,
    /// It could not be read this time.
    Failed(ExchangeProblem),
    /// It was not asked this time, as there was no sign of a change: what is known of it stands,
    /// with its age and this outcome.
    Kept(Outcome),
}

impl WalletRead {
    /// The outcome without the rows.
    #[must_use]
    pub fn outcome(&self) -> Outcome {
        match self {
            Self::Read { .. } => Outcome::Read,
            Self::NotAvailable => Outcome::NotAvailable,
            Self::NoPermission => Outcome::NoPermission,
            Self::Failed(_) => Outcome::Failed,
            Self::Kept(outcome) => *outcome,
        }
    }
}

/// One wallet and what reading it gave.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WalletReading {
    /// The wallet.
    pub wallet: WalletName,
    /// What came back.
    pub read: WalletRead,
    /// What the client wants to be told of this wallet the next time; `None` leaves what was noted
    /// before.
    pub note: Option<String>,
}

impl WalletReading {
    /// A wallet of which nothing is noted.
    #[must_use]
    pub fn new(wallet: &str, read: WalletRead) -> Self {
        Self {
            wallet: WalletName::new(wallet),
            read,
            note: None,
        }
    }
}

/// What is known of a wallet from earlier readings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KnownWallet {
    /// The wallet.
    pub wallet: WalletName,
    /// How it fared when it was last asked.
    pub outcome: Outcome,
    /// Assets it holds, by the last time it answered.
    pub holdings: usize,
    /// When it was last asked.
    pub asked_at: Timestamp,
    /// What the client noted then.
    pub note: Option<String>,
}

/// A line of an exchange's own overview of an account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OverviewPart {
    /// What the exchange calls it.
    pub name: String,
    /// What it is worth by the exchange's word, in [`Overview::unit`].
    pub amount: Amount,
    /// The wallets that itemise it, none where Coffer reads none.
    pub wallets: Vec<WalletName>,
}

/// What an exchange says an account is worth, part by part. Never more than a hint: its parts need
/// not sum up, and its prices are its own.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Overview {
    /// The asset that the amounts are told in.
    pub unit: AssetCode,
    /// The parts.
    pub parts: Vec<OverviewPart>,
    /// When it was read.
    pub read_at: Timestamp,
}
