//! Runs as rows: what every sync that is kept did.

use super::cell::Cell;
use crate::domain::report::{SyncReport, WalletSummary};

/// The names of the columns. `wallets` tells in one line how each wallet fared, `troubles` why those
/// failed that did.
pub const COLUMNS: [&str; 19] = [
    "run_id",
    "connection_id",
    "label",
    "exchange",
    "started_at",
    "duration_ms",
    "success",
    "partial",
    "code",
    "error",
    "holdings",
    "added",
    "updated",
    "removed",
    "unchanged",
    "unreadable",
    "wallets",
    "troubles",
    "calls",
];

/// The row of a report.
#[must_use]
pub fn row(id: &str, report: &SyncReport) -> [Cell; 19] {
    let failure = report.failure.as_ref();
    [
        Cell::text(id),
        Cell::text(&report.account_id),
        Cell::text(&report.label),
        Cell::text(&report.exchange),
        Cell::Moment(report.started_at),
        Cell::Count(report.duration_ms),
        Cell::Flag(report.success()),
        Cell::Flag(report.is_partial()),
        Cell::known(failure.map(|failure| failure.code().to_owned())),
        Cell::known(failure.map(|failure| failure.sentence(&report.exchange))),
        Cell::count(report.holdings_count),
        Cell::count(report.added),
        Cell::count(report.updated),
        Cell::count(report.removed),
        Cell::count(report.unchanged),
        Cell::count(report.unreadable),
        Cell::text(report.wallets_line()),
        Cell::known(troubles(report)),
        Cell::Count(u64::from(report.calls)),
    ]
}

fn troubles(report: &SyncReport) -> Option<String> {
    let trouble = |wallet: &WalletSummary| {
        let problem = wallet.problem.as_ref()?;
        let sentence = problem.sentence(&report.exchange);
        Some(format!("{}: {sentence}", wallet.name.title()))
    };
    let troubles: Vec<_> = report.wallets.iter().filter_map(trouble).collect();
    (!troubles.is_empty()).then(|| troubles.join(" "))
}
