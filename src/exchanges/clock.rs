//! The exchange's clock: what it showed when last asked, carried on by our own.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::domain::health::ClockReading;
use crate::domain::problem::ExchangeProblem;
use crate::domain::timestamp::Timestamp;

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

    /// How far the clock of a site is ahead of ours, in milliseconds, if that is known.
    pub(super) fn known_ms(&self, site: &str) -> Option<i64> {
        self.site(site).reading().offset_ms?.ok()
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

/// How far their clock is from ours: their answer has aged by half the round trip, or by anything up to
/// all of it.
///
/// It is taken from the time that the exchange itself tells. The `Date` of its answers would cost no
/// call, but has whole seconds only and is written by whatever stands before the exchange.
pub(super) fn clock_reading(theirs_ms: i64, round_trip: Duration, ours_ms: i64) -> ClockReading {
    let whole = i64::try_from(round_trip.as_millis()).unwrap_or(i64::MAX);
    let way_back = (whole / 2).min(MAX_WAY_BACK_MS);
    ClockReading {
        at: Timestamp(ours_ms),
        offset_ms: theirs_ms.saturating_add(way_back).saturating_sub(ours_ms),
        give_or_take_ms: whole.saturating_sub(way_back),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn half_the_round_trip_is_added_and_no_more_than_half_a_second() {
        let ms = Duration::from_millis;
        let told = |theirs_ms, round_trip, ours_ms| {
            let reading = clock_reading(theirs_ms, round_trip, ours_ms);
            (reading.offset_ms, reading.give_or_take_ms)
        };
        assert_eq!(told(1_000, ms(40), 400), (620, 20));
        assert_eq!(told(1_000, ms(9_000), 1_000), (500, 8_500));
        assert_eq!(told(i64::MAX, ms(9_000), -5), (i64::MAX, 8_500));
    }
}
