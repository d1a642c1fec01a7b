//! What a sync did, told in full and kept.

mod failure;

use serde::{Deserialize, Serialize};

use super::problem::ExchangeProblem;
use super::text::count;
use super::timestamp::Timestamp;
use super::wallet::{Outcome, WalletName};

pub use failure::{Failure, Step};

/// How one wallet fared.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WalletSummary {
    /// The wallet.
    pub name: WalletName,
    /// Whether it answered.
    pub outcome: Outcome,
    /// Assets it holds now, by the last time it answered.
    pub holdings: usize,
    /// Rows of its answer that could not be read.
    pub unreadable: usize,
    /// Why it failed, if it did.
    pub problem: Option<ExchangeProblem>,
    /// When it last answered.
    #[serde(default)]
    pub read_at: Option<Timestamp>,
}

impl WalletSummary {
    /// Whether anything is told of what it holds; an empty wallet that was read is told as well.
    #[must_use]
    pub fn shows_figures(&self) -> bool {
        self.outcome == Outcome::Read || self.holdings > 0
    }

    /// Whether its figures were read before a moment.
    #[must_use]
    pub fn is_old(&self, before: Timestamp) -> bool {
        self.shows_figures() && self.read_at.is_some_and(|at| at < before)
    }

    /// Whether something of it is missing, or as old as its last answer.
    #[must_use]
    pub fn is_lacking(&self) -> bool {
        match self.outcome {
            Outcome::Failed | Outcome::NoPermission => true,
            Outcome::NotAvailable => self.holdings > 0,
            Outcome::Read => false,
        }
    }
}

/// What one sync of one connection did.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SyncReport {
    /// The connection.
    pub account_id: String,
    /// Its label at that time.
    pub label: String,
    /// The exchange's name.
    pub exchange: String,
    /// When it began.
    pub started_at: Timestamp,
    /// How long it took, in milliseconds.
    pub duration_ms: u64,
    /// Different assets held, over all wallets.
    pub assets_count: usize,
    /// Holdings, counted per wallet and asset.
    pub holdings_count: usize,
    /// Holdings that are new.
    pub added: usize,
    /// Holdings that changed.
    pub updated: usize,
    /// Holdings that are gone.
    pub removed: usize,
    /// Holdings that stayed as they were.
    pub unchanged: usize,
    /// Rows that could not be read.
    pub unreadable: usize,
    /// Every wallet and how it fared.
    pub wallets: Vec<WalletSummary>,
    /// What the calls weighed by the exchange's own measure; 1 each where it has none.
    #[serde(default)]
    pub weight: u32,
    /// How many calls were made, those sent again included.
    #[serde(default)]
    pub calls: u32,
    /// Why nothing was read, if so.
    pub failure: Option<Failure>,
}

impl SyncReport {
    /// A report of nothing yet.
    #[must_use]
    pub fn empty(account_id: &str, label: &str, started_at: Timestamp) -> Self {
        Self {
            account_id: account_id.to_owned(),
            label: label.to_owned(),
            exchange: String::new(),
            started_at,
            duration_ms: 0,
            assets_count: 0,
            holdings_count: 0,
            added: 0,
            updated: 0,
            removed: 0,
            unchanged: 0,
            unreadable: 0,
            wallets: Vec::new(),
            weight: 0,
            calls: 0,
            failure: None,
        }
    }

    /// When it was over.
    #[must_use]
    pub fn ended_at(&self) -> Timestamp {
        let took = i64::try_from(self.duration_ms).unwrap_or(i64::MAX);
        self.started_at.plus_ms(took)
    }

    /// Whether wallets were read at all.
    #[must_use]
    pub fn success(&self) -> bool {
        self.failure.is_none()
    }

    /// Whether something is missing from what was read. A wallet that is not available is missing
    /// only when it was there before.
    #[must_use]
    pub fn is_partial(&self) -> bool {
        self.unreadable > 0 || self.wallets.iter().any(WalletSummary::is_lacking)
    }

    /// The headline: `Synced 12 assets from Binance`.
    #[must_use]
    pub fn headline(&self) -> String {
        format!(
            "Synced {} from {}",
            count(self.assets_count, "asset"),
            self.label
        )
    }

    /// What changed: `12 added, 0 updated, 0 removed, 0 unchanged`.
    #[must_use]
    pub fn changes(&self) -> String {
        format!(
            "{} added, {} updated, {} removed, {} unchanged",
            self.added, self.updated, self.removed, self.unchanged
        )
    }

    /// How each wallet fared: `Spot read (9 holdings), Funding not available`.
    #[must_use]
    pub fn wallets_line(&self) -> String {
        let one = |w: &WalletSummary| {
            let title = w.name.title();
            let outcome = w.outcome.title();
            match w.outcome {
                Outcome::Read => format!("{title} {outcome} ({})", count(w.holdings, "holding")),
                _ => format!("{title} {outcome}"),
            }
        };
        self.wallets.iter().map(one).collect::<Vec<_>>().join(", ")
    }

    /// How long it took: `0.42 s`.
    #[must_use]
    pub fn time_taken(&self) -> String {
        format!(
            "{}.{:02} s",
            self.duration_ms / 1000,
            self.duration_ms % 1000 / 10
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report(assets: usize) -> SyncReport {
        SyncReport {
            account_id: "a".into(),
            label: "Binance".into(),
            exchange: "Binance".into(),
            started_at: Timestamp(0),
            duration_ms: 1425,
            assets_count: assets,
            holdings_count: assets,
            added: assets,
            updated: 0,
            removed: 0,
            unchanged: 0,
            unreadable: 0,
            wallets: vec![WalletSummary {
                name: WalletName::new("spot"),
                outcome: Outcome::Read,
                holdings: assets,
                unreadable: 0,
                problem: None,
                read_at: None,
            }],
            weight: 0,
            calls: 0,
            failure: None,
        }
    }

    #[test]
    fn the_headline_counts_assets_and_names_the_label() {
        assert_eq!(report(2).headline(), "Synced 2 assets from Binance");
        assert_eq!(report(1).headline(), "Synced 1 asset from Binance");
        assert_eq!(report(0).headline(), "Synced 0 assets from Binance");
    }

    #[test]
    fn the_time_taken_is_told_in_seconds() {
        assert_eq!(report(1).time_taken(), "1.42 s");
    }

    #[test]
    fn a_failed_wallet_or_an_unreadable_row_makes_a_report_partial() {
        let mut whole = report(1);
        assert!(!whole.is_partial());
        whole.unreadable = 1;
        assert!(whole.is_partial());
        let mut failed = report(1);
        failed.wallets[0].outcome = Outcome::Failed;
        assert!(failed.is_partial());
    }

    #[test]
    fn an_unavailable_wallet_is_missing_only_while_it_holds_something() {
        let mut gone = report(1);
        gone.wallets[0].outcome = Outcome::NotAvailable;
        assert!(gone.is_partial());
        gone.wallets[0].holdings = 0;
        assert!(!gone.is_partial());
    }
}
