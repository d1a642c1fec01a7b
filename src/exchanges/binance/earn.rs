//! When earn is asked, which costs more than all other wallets together.

use std::future::Future;

use futures::future::join;

use super::earn_tokens::{Before, settle, tokens};
use super::{FLEXIBLE, LOCKED};
use crate::domain::wallet::{KnownWallet, Outcome, WalletRead};
use crate::exchanges::allow::Endpoint;

/// The two wallets of simple earn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// What can be taken back at any time.
    Flexible,
    /// What is bound for a time.
    Locked,
}

impl Kind {
    /// What tells its positions.
    pub(super) fn endpoint(self) -> Endpoint {
        match self {
            Self::Flexible => FLEXIBLE,
            Self::Locked => LOCKED,
        }
    }
}

/// What tells whether there is anything to ask.
pub(super) struct Signs<'a> {
    /// Whether this reading is a thorough one.
    pub(super) thorough: bool,
    /// Whether the exchange said in this reading that nothing is in earn.
    pub(super) nothing_told: bool,
    /// What is known of the flexible positions from before.
    pub(super) flexible: Option<&'a KnownWallet>,
    /// What is known of the locked ones.
    pub(super) locked: Option<&'a KnownWallet>,
}

/// The wallets of earn, and spot without what they count.
pub(super) struct Earn {
    pub(super) spot: WalletRead,
    pub(super) flexible: WalletRead,
    pub(super) locked: WalletRead,
    /// What to note of the flexible positions.
    pub(super) note: Option<String>,
}

impl Signs<'_> {
    /// Asks for what has to be asked for, and settles what spot and the flexible positions both
    /// count.
    pub(super) async fn read<F: Future<Output = WalletRead>>(
        &self,
        mut spot: WalletRead,
        ask: impl Fn(Kind) -> F,
    ) -> Earn {
        let before = Before::of(self.flexible);
        let tokens = tokens(&spot);
        let changed = tokens.as_ref().is_some_and(|t| before.differs_from(t));
        // Without spot, every token may be there.
        let shown = tokens.as_ref().is_none_or(|tokens| !tokens.is_empty());
        let flexible_due = self.due(self.flexible, shown, changed);
        let flexible = async {
            if !flexible_due {
                self.standing(self.flexible)
            } else if tokens.is_none() {
                // What is stored of spot may count the same things: both change together.
                spot.clone()
            } else {
                ask(Kind::Flexible).await
            }
        };
        let locked = async {
            // No token tells of locked positions, but what comes to the flexible ones or goes from
            // them may be theirs.
            if self.due(self.locked, false, flexible_due && changed) {
                ask(Kind::Locked).await
            } else {
                self.standing(self.locked)
            }
        };
        let (flexible, locked) = join(flexible, locked).await;
        let note = settle(&mut spot, &flexible, &before);
        Earn {
            spot,
            flexible,
            locked,
            note,
        }
    }

    /// Whether a wallet of earn is asked. `shown`: something in spot speaks for it; `changed`:
    /// something in spot that speaks for it is no longer as it was.
    fn due(&self, known: Option<&KnownWallet>, shown: bool, changed: bool) -> bool {
        if self.thorough {
            return shown || !self.nothing_told || known.is_some_and(|known| known.holdings > 0);
        }
        let outcome = known.map(|known| known.outcome);
        // What failed is tried again, whether there are signs or not.
        outcome == Some(Outcome::Failed) || changed && !outcome.is_some_and(is_refusal)
    }

    /// What stands of a wallet that is not asked.
    fn standing(&self, known: Option<&KnownWallet>) -> WalletRead {
        match known {
            Some(known) if !self.thorough => WalletRead::Kept(known.outcome),
            // The exchange itself says that there is nothing.
            _ => WalletRead::Read {
                balances: Vec::new(),
                unreadable: Vec::new(),
            },
        }
    }
}

/// Whether a wallet that fared so will fare so again, until somebody changes something.
pub(super) fn is_refusal(outcome: Outcome) -> bool {
    matches!(outcome, Outcome::NotAvailable | Outcome::NoPermission)
}

#[cfg(test)]
mod tests;
