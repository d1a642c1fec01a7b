//! Why a sync did not happen, and at which step.

use serde::{Deserialize, Serialize};

use crate::domain::problem::ExchangeProblem;

/// A step of connecting or syncing, in the order they are taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Step {
    /// Asking the exchange whether it accepts the key.
    ProveKey,
    /// Asking what the key may do.
    ReadRights,
    /// Reading the balances.
    ReadWallets,
    /// Reading what everybody may: pairs, prices and candles.
    ReadMarket,
}

impl Step {
    /// What was being done: `proving the key`.
    #[must_use]
    pub fn doing(self) -> &'static str {
        match self {
            Self::ProveKey => "proving the key",
            Self::ReadRights => "reading what the key may do",
            Self::ReadWallets => "reading the wallets",
            Self::ReadMarket => "reading the market",
        }
    }

    /// The step at which a problem with the key itself is noticed.
    #[must_use]
    pub fn of_key_problem(problem: &ExchangeProblem) -> Self {
        use crate::domain::problem::BadKey::CannotRead;
        match problem {
            ExchangeProblem::ExcessPermissions(_)
            | ExchangeProblem::UnknownPermissions
            | ExchangeProblem::InvalidCredentials(CannotRead) => Self::ReadRights,
            _ => Self::ProveKey,
        }
    }
}

/// Why a sync as a whole did not happen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Failure {
    /// The exchange, or the key there.
    Exchange {
        /// When it happened.
        step: Step,
        /// What happened.
        problem: ExchangeProblem,
    },
    /// The stored key could not be opened.
    CredentialsUnreadable,
    /// Something here kept the sync from its end.
    Interrupted,
}

impl Failure {
    /// The fixed name in the database and in answers to programs.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Exchange { problem, .. } => problem.code(),
            Self::CredentialsUnreadable => "credentials_unreadable",
            Self::Interrupted => "internal",
        }
    }

    /// Whether only the person can mend it.
    #[must_use]
    pub fn needs_attention(&self) -> bool {
        match self {
            Self::Exchange { problem, .. } => problem.needs_attention(),
            Self::CredentialsUnreadable => true,
            Self::Interrupted => false,
        }
    }

    /// Whether the key is of no use as it is, so that it is not tried again before its owner says
    /// so.
    #[must_use]
    pub fn stops_syncing(&self) -> bool {
        match self {
            Self::Exchange { problem, .. } => problem.is_of_the_key(),
            Self::CredentialsUnreadable => true,
            Self::Interrupted => false,
        }
    }

    /// What happened and what to do next.
    #[must_use]
    pub fn told(&self, exchange: &str) -> String {
        format!("{} {}", self.sentence(exchange), self.next_step(exchange))
    }

    /// What happened, in one sentence.
    #[must_use]
    pub fn sentence(&self, exchange: &str) -> String {
        match self {
            Self::Exchange { problem, .. } => problem.sentence(exchange),
            Self::CredentialsUnreadable => "The stored key cannot be opened.".to_owned(),
            Self::Interrupted => "The sync could not be brought to its end.".to_owned(),
        }
    }

    /// What to do next, in one sentence.
    #[must_use]
    pub fn next_step(&self, exchange: &str) -> String {
        match self {
            Self::Exchange { problem, .. } => problem.next_step(exchange),
            Self::CredentialsUnreadable => {
                "Delete this connection and connect again with the key.".to_owned()
            }
            Self::Interrupted => {
                "Try again in a few minutes; if it lasts, look into the log of the server."
                    .to_owned()
            }
        }
    }
}
