//! The exchange's clock: what it showed when last asked, carried on by our own.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use futures::future::BoxFuture;

use super::error::ExchangeError;
use crate::domain::problem::ExchangeProblem;

/// Tells this machine's time in epoch milliseconds, UTC.
pub type Clock = Arc<dyn Fn() -> i64 + Send + Sync>;

/// The most milliseconds by which the way back of an answer is taken to have aged it. The first
/// answer of a site comes after the handshakes, which say nothing of the way, and a time ahead of
/// the exchange's is refused sooner than one behind it.
const MAX_WAY_BACK_MS: i64 = 500;

/// How an exchange is asked.
pub(super) trait Timed: Sync {
    /// Asks a site for its time in epoch milliseconds, UTC.
    fn ask_time(&self) -> BoxFuture<'_, Result<i64, ExchangeError>>;

    /// Signs for this time (epoch milliseconds, UTC), sends and reads.
    fn attempt(
        &self,
        now_ms: i64,
    ) -> BoxFuture<'_, Result<super::transport::Answer, ExchangeError>>;
}

/// How far the clock of each site is from ours.
pub(super) struct SiteClocks {
    clock: Clock,
    offsets_ms: Mutex<HashMap<String, i64>>,
}

impl SiteClocks {
    /// Knows no site yet.
    pub(super) fn new(clock: Clock) -> Self {
        Self {
            clock,
            offsets_ms: Mutex::default(),
        }
    }

    /// This machine's time in epoch milliseconds, UTC.
    pub(super) fn local_ms(&self) -> i64 {
        (self.clock)()
    }

    /// Makes a timed call by the site's clock. When the site finds the time wrong, asks it for the
    /// time and tries once more.
    ///
    /// # Errors
    /// [`ExchangeProblem::ClockSkew`] when the time is found wrong again, and whatever the call or
    /// the question for the time fails with.
    pub(super) async fn timed(
        &self,
        site: &str,
        call: &dyn Timed,
    ) -> Result<super::transport::Answer, ExchangeError> {
        let known = self.offsets().get(site).copied();
        let offset = match known {
            Some(offset) => offset,
            None => self.ask(site, call).await?,
        };
        match call.attempt(self.local_ms().saturating_add(offset)).await {
            Err(ExchangeError::Problem(ExchangeProblem::ClockSkew)) => {
                let offset = self.ask(site, call).await?;
                call.attempt(self.local_ms().saturating_add(offset)).await
            }
            other => other,
        }
    }

    async fn ask(&self, site: &str, call: &dyn Timed) -> Result<i64, ExchangeError> {
        let started = Instant::now();
        let theirs = call.ask_time().await.map_err(ExchangeError::into_problem)?;
        let offset = offset_ms(theirs, started.elapsed(), self.local_ms());
        self.offsets().insert(site.to_owned(), offset);
        Ok(offset)
    }

    fn offsets(&self) -> std::sync::MutexGuard<'_, HashMap<String, i64>> {
        self.offsets_ms
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

/// What to add to our time to have theirs: their answer has aged by half the round trip.
fn offset_ms(theirs_ms: i64, round_trip: Duration, ours_ms: i64) -> i64 {
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
