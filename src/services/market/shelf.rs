//! What is read now and then, once for all who look, and known in between.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::watch;

use crate::domain::problem::ExchangeProblem;
use crate::domain::timestamp::Timestamp;
use crate::services::State;

/// How long what could not be read is left alone, in milliseconds, unless the exchange asks for more.
const REST_MS: i64 = 10_000;

/// Somebody reads. It ends when the other end is dropped.
type Flight = watch::Receiver<()>;

/// What is known, by its key.
#[derive(Debug)]
pub struct Shelf<K, T>(Mutex<HashMap<K, Slot<T>>>);

impl<K, T> Default for Shelf<K, T> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

#[derive(Debug)]
struct Slot<T> {
    seen: Seen<T>,
    /// Until when it is left alone.
    rests_until: Timestamp,
    flight: Option<Flight>,
}

/// What somebody who looks is shown.
#[derive(Debug)]
pub(super) struct Seen<T> {
    /// What was read last, and when that was.
    pub(super) kept: Option<(Arc<T>, Timestamp)>,
    /// Why it could not be read again.
    pub(super) problem: Option<ExchangeProblem>,
}

impl<T> Clone for Seen<T> {
    fn clone(&self) -> Self {
        Self {
            kept: self.kept.clone(),
            problem: self.problem.clone(),
        }
    }
}

impl<T> Default for Slot<T> {
    fn default() -> Self {
        let seen = Seen {
            kept: None,
            problem: None,
        };
        Self {
            seen,
            rests_until: Timestamp(i64::MIN),
            flight: None,
        }
    }
}

/// What has to be done before something is shown.
enum Need {
    Nothing,
    Wait(Flight),
    Read(Flight, watch::Sender<()>),
}

impl<K, T> Shelf<K, T>
where
    K: Clone + Eq + Hash + Send + 'static,
    T: Send + Sync + 'static,
{
    /// Shows what is known if it is good enough; else it is read, by one task whoever and however many
    /// look, which is waited for so long and goes on behind.
    pub(super) async fn see<R>(
        state: &State,
        shelf: fn(&State) -> &Self,
        key: &K,
        is_good: impl Fn(&T, Timestamp) -> bool,
        read: impl FnOnce(State) -> R + Send + 'static,
        wait: Duration,
    ) -> Seen<T>
    where
        R: Future<Output = Result<T, ExchangeProblem>> + Send + 'static,
    {
        let flight = match shelf(state).need(key, is_good, state.clock.now()) {
            Need::Nothing => None,
            Need::Wait(flight) => Some(flight),
            Need::Read(flight, done) => {
                let (own, key) = (state.clone(), key.clone());
                let work = async move {
                    let told = read(own.clone()).await;
                    shelf(&own).keep(&key, told, own.clock.now());
                    drop(done);
                };
                // Refused when the program is stopping.
                state.tasks.spawn(work).map(|_| flight)
            }
        };
        if let Some(mut flight) = flight {
            // Nothing is ever sent: the channel closes.
            let ended = async { while flight.changed().await.is_ok() {} };
            // What takes longer goes on without anybody waiting.
            let _ = tokio::time::timeout(wait, ended).await;
        }
        let mut slots = shelf(state).slots();
        slots.entry(key.clone()).or_default().seen.clone()
    }

    /// What was read last, and when that was, without asking anybody.
    pub(super) fn known(&self, key: &K) -> Option<(Arc<T>, Timestamp)> {
        self.slots().get(key)?.seen.kept.clone()
    }

    fn need(&self, key: &K, is_good: impl Fn(&T, Timestamp) -> bool, now: Timestamp) -> Need {
        let mut slots = self.slots();
        let slot = slots.entry(key.clone()).or_default();
        let running = slot.flight.as_ref();
        if let Some(flight) = running.filter(|flight| flight.has_changed().is_ok()) {
            return Need::Wait(flight.clone());
        }
        let kept = slot.seen.kept.as_ref();
        if now < slot.rests_until || kept.is_some_and(|(value, at)| is_good(value, *at)) {
            return Need::Nothing;
        }
        let (done, flight) = watch::channel(());
        slot.flight = Some(flight.clone());
        Need::Read(flight, done)
    }

    fn keep(&self, key: &K, told: Result<T, ExchangeProblem>, now: Timestamp) {
        let mut slots = self.slots();
        let slot = slots.entry(key.clone()).or_default();
        match told {
            Ok(value) => {
                slot.seen.kept = Some((Arc::new(value), now));
                slot.seen.problem = None;
            }
            Err(problem) => {
                slot.rests_until = now.plus_ms(rest_ms(&problem));
                slot.seen.problem = Some(problem);
            }
        }
    }

    fn slots(&self) -> MutexGuard<'_, HashMap<K, Slot<T>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// How long to leave an exchange alone after a problem, in milliseconds.
pub(super) fn rest_ms(problem: &ExchangeProblem) -> i64 {
    match problem {
        ExchangeProblem::RateLimited { seconds } => {
            let asked = i64::try_from(seconds.saturating_mul(1_000));
            asked.unwrap_or(i64::MAX).max(REST_MS)
        }
        _ => REST_MS,
    }
}

/// Whether something of a moment is younger than that; what is of a time to come, by more, was read
/// before a clock was set back.
pub(super) fn is_fresh(at: Timestamp, now: Timestamp, ms: i64) -> bool {
    (-ms..ms).contains(&now.0.saturating_sub(at.0))
}
