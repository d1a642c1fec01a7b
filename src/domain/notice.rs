//! What a page tells after something was done.

use serde::{Deserialize, Serialize};

use super::currency::Currency;
use super::deed::Deed;
use super::delivery::Outcome;
use super::market::Pair;
use super::report::SyncReport;
use super::typed::Typed;

/// The most syncs that a notice tells one by one.
pub const MOST_REPORTS: usize = 20;

/// What was done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Notice {
    /// Connections were synced, each with its report.
    Synced(Vec<SyncReport>),
    /// A connection was removed; its label.
    Deleted(String),
    /// A connection has another name or limit; its label.
    ConnectionChanged(String),
    /// A connection is followed, or not any more; its label, and which.
    FollowingSwitched(String, bool),
    /// A connection has another key, and was synced with it.
    KeyReplaced(SyncReport),
    /// Portfolios were arranged, or something was entered by hand.
    Arranged(Deed),
    /// The password was changed.
    PasswordChanged,
    /// Values are told in another currency.
    CurrencyChosen(Currency),
    /// The account was deleted, told to whoever sat before it.
    AccountDeleted,
    /// What a person wants to be told was kept.
    TellingSaved,
    /// A webhook got a secret, which is shown beside this.
    SecretMade,
    /// A test was sent to a webhook, and what came of it so far.
    TestSent(Option<Outcome>),
    /// A token was revoked; its name.
    TokenRevoked(String),
    /// A pair is on the watchlist.
    Watched(Pair),
    /// A pair is on the watchlist no longer.
    Unwatched(Pair),
    /// The candles of past days of a pair are being fetched.
    Fetching(Pair),
}

/// Where to go after something was done, and what to tell there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Done {
    /// A path of this program.
    pub next: String,
    /// What to tell.
    pub notice: Option<Notice>,
    /// What is shown there once and kept nowhere, so that it stands in the answer itself.
    pub secret: Option<Typed>,
}

impl Done {
    /// Nothing to tell.
    #[must_use]
    pub fn go(next: &str) -> Self {
        Self {
            next: next.to_owned(),
            notice: None,
            secret: None,
        }
    }

    /// Something to tell.
    #[must_use]
    pub fn tell(next: &str, notice: Notice) -> Self {
        Self {
            next: next.to_owned(),
            notice: Some(notice),
            secret: None,
        }
    }

    /// Something to show once.
    #[must_use]
    pub fn show(next: &str, secret: Typed) -> Self {
        Self {
            secret: Some(secret),
            ..Self::go(next)
        }
    }
}
