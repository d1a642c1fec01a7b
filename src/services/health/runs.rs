//! How the syncs ended that ran in this process.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::domain::exchange::ExchangeId;
use crate::domain::health::SyncCounts;
use crate::domain::report::SyncReport;

/// Counts of syncs by exchange.
#[derive(Debug, Default)]
pub struct Runs(Mutex<HashMap<ExchangeId, SyncCounts>>);

impl Runs {
    /// Counts a sync that ended.
    pub fn note(&self, exchange: &ExchangeId, report: &SyncReport) {
        let mut all = self.counts();
        let counts = all.entry(exchange.clone()).or_default();
        let count = match (report.success(), report.is_partial()) {
            (false, _) => &mut counts.failed,
            (true, true) => &mut counts.partial,
            (true, false) => &mut counts.ok,
        };
        *count += 1;
    }

    /// How those of an exchange ended.
    pub fn of(&self, exchange: &ExchangeId) -> SyncCounts {
        self.counts().get(exchange).copied().unwrap_or_default()
    }

    /// How all of them ended.
    pub fn all(&self) -> SyncCounts {
        let all = self.counts();
        all.values()
            .fold(SyncCounts::default(), |sum, one| SyncCounts {
                ok: sum.ok + one.ok,
                partial: sum.partial + one.partial,
                failed: sum.failed + one.failed,
            })
    }

    fn counts(&self) -> MutexGuard<'_, HashMap<ExchangeId, SyncCounts>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
