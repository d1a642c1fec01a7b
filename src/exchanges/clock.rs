//! The exchange's clock: what it showed when last asked, carried on by our own.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::domain::problem::ExchangeProblem;

/// Tells this machine's time in epoch milliseconds, UTC.
pub type Clock = Arc<dyn Fn() -> i64 + Send + Sync>;

/// The most milliseconds by which the way back of an answer is taken to have aged it. The first
/// answer of a site comes after the handshakes, which say nothing of the way, and a time ahead of
/// the exchange's is refused sooner than one behind it.
const MAX_WAY_BACK_MS: i64 = 500;

/// How far the clock of each site is from ours.
pub(super) struct SiteClocks {
    clock: Clock,
    sites: Mutex<HashMap<String, Arc<SiteClock>>>,
}

/// How far the clock of one site is from ours. Those who want to know it at the same time ask once
/// for all.
#[derive(Default)]
pub(super) struct SiteClock {
    /// Held by whoever asks the site for its time.
    pub(super) asking: tokio::sync::Mutex<()>,
    last: Mutex<Reading>,
}

/// What is known of a site's clock.
#[derive(Clone, Debug, Default)]
pub(super) struct Reading {
    /// How often the site was asked.
    pub(super) asked: u64,
    /// What to add to our time to have theirs, or why that is not known; `None` before the site was
    /// asked, and after its word turned out wrong.
    pub(super) offset_ms: Option<Result<i64, ExchangeProblem>>,
}

impl SiteClocks {
    /// Knows no site yet.
    pub(super) fn new(clock: Clock) -> Self {
        Self {
            clock,
            sites: Mutex::default(),
        }
    }

    /// This machine's time in epoch milliseconds, UTC.
    pub(super) fn local_ms(&self) -> i64 {
        (self.clock)()
    }

    /// How far the clock of a site is ahead of ours, if that is known.
    pub(super) fn known_ms(&self, site: &str) -> Option<i64> {
        let sites = self.sites.lock().unwrap_or_else(PoisonError::into_inner);
        sites.get(site)?.reading().offset_ms?.ok()
    }

    /// The clock of a site.
    pub(super) fn site(&self, site: &str) -> Arc<SiteClock> {
        let mut sites = self.sites.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(sites.entry(site.to_owned()).or_default())
    }
}

impl SiteClock {
    /// What is known now.
    pub(super) fn reading(&self) -> Reading {
        self.last().clone()
    }

    /// Keeps what asking the site gave. That it could not be asked for now is no answer of the
    /// site: the next one asks again.
    pub(super) fn keep(&self, offset_ms: Result<i64, ExchangeProblem>) -> Reading {
        let mut last = self.last();
        if !matches!(offset_ms, Err(ExchangeProblem::RateLimited { .. })) {
            last.asked += 1;
        }
        last.offset_ms = Some(offset_ms);
        last.clone()
    }

    /// Forgets an offset that turned out wrong, so that the next call asks.
    pub(super) fn forget(&self) {
        self.last().offset_ms = None;
    }

    fn last(&self) -> MutexGuard<'_, Reading> {
        self.last.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What to add to our time to have theirs: their answer has aged by half the round trip.
pub(super) fn offset_ms(theirs_ms: i64, round_trip: Duration, ours_ms: i64) -> i64 {
    let half = i64::try_from(round_trip.as_millis() / 2).unwrap_or(i64::MAX);
    theirs_ms
        .saturating_add(half.min(MAX_WAY_BACK_MS))
        .saturating_sub(ours_ms)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn half_the_round_trip_is_added_and_no_more_than_half_a_second() {
        let ms = Duration::from_millis;
        assert_eq!(offset_ms(1_000, ms(40), 400), 620);
        assert_eq!(offset_ms(1_000, ms(9_000), 1_000), 500);
        assert_eq!(offset_ms(i64::MAX, ms(9_000), -5), i64::MAX);
    }
}
