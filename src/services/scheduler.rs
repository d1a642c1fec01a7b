//! The scheduler of one exchange: it begins the syncs somebody waits for at once, and those whose
//! time has come bit by bit.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::{Notify, OwnedSemaphorePermit, Semaphore, watch};

use super::sync::{self, By, Lease};
use super::{State, storage_problem};
use crate::domain::exchange::{Environment, ExchangeProfile};
use crate::domain::schedule::Starts;
use crate::domain::timestamp::Timestamp;
use crate::storage::leases::{self, Due, Outlook};
use crate::storage::{StorageError, pauses};

/// How long it sleeps while late syncs wait for their turn.
const BEHIND: Duration = Duration::from_millis(250);
/// How long it waits for more workers to become free once one is, so that one claim serves them all.
const GATHERING: Duration = Duration::from_millis(5);

/// Begins the syncs of one exchange, a limited number at once, so that a slow exchange holds up
/// no other.
#[derive(Debug)]
pub struct Scheduler {
    state: State,
    exchange: ExchangeProfile,
    permits: Arc<Semaphore>,
    freed: Arc<Notify>,
    next: Next,
    starts: Starts,
}

/// Connections that were claimed before a worker was free, so that none has to wait for the
/// database before it goes on.
#[derive(Clone, Debug, Default)]
struct Next(Arc<Mutex<VecDeque<Lease>>>);

impl Next {
    fn leases(&self) -> MutexGuard<'_, VecDeque<Lease>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn take(&self) -> Option<Lease> {
        self.leases().pop_front()
    }
}

impl Scheduler {
    /// The scheduler of an exchange.
    #[must_use]
    pub fn new(state: State, exchange: ExchangeProfile) -> Self {
        Self {
            permits: Arc::new(Semaphore::new(state.settings.pace.at_once)),
            freed: Arc::default(),
            next: Next::default(),
            starts: Starts::new(state.clock.now()),
            exchange,
            state,
        }
    }

    /// Works until it is told to stop. Trouble with the database is waited out.
    pub async fn run(mut self, mut stop: watch::Receiver<bool>) {
        let mut asked = self.state.schedulers_asked();
        while !*stop.borrow() {
            let sleep = self.round().await.unwrap_or_else(|error| {
                storage_problem(error);
                self.state.settings.pace.idle
            });
            tokio::select! {
                _ = stop.changed() => (),
                _ = asked.changed() => (),
                () = self.freed.notified() => tokio::time::sleep(GATHERING).await,
                () = tokio::time::sleep(sleep) => (),
            }
        }
    }

    /// Begins what can be begun now; answers how long to sleep.
    async fn round(&mut self) -> Result<Duration, StorageError> {
        let (now, pace) = (self.state.clock.now(), self.state.settings.pace);
        self.begin_next();
        let mut db = self.state.db.reader().await?;
        let outlook = leases::outlook(&mut db, &self.exchange.id, now).await?;
        drop(db);
        if outlook.requested > 0 {
            self.begin(Due::Requested, i64::MAX, pace.at_once / 2)
                .await?;
        }
        let Some(interval) = pace.interval else {
            return Ok(pace.idle);
        };
        let allowed = self.starts.allowed(now, outlook.scheduled, interval);
        match until_due(outlook, now) {
            None => Ok(pace.idle),
            Some(wait) if !wait.is_zero() => Ok(wait.min(pace.idle)),
            Some(_) => {
                let except = self.paused(now).await?;
                let started = self.begin(Due::Scheduled { except }, allowed, 0).await?;
                self.starts.take(started);
                // Fewer than allowed: those left are paused, or wait until a worker is free.
                let behind = started == allowed;
                Ok(if behind {
                    BEHIND.min(pace.idle)
                } else {
                    pace.idle
                })
            }
        }
    }

    /// Claims connections, as many as are allowed and workers are free, and some ahead; begins what
    /// can be begun. Answers how many were claimed.
    async fn begin(&self, kind: Due, allowed: i64, ahead: usize) -> Result<i64, StorageError> {
        let room = self.permits.available_permits() + ahead;
        let free = room.saturating_sub(self.next.leases().len());
        let limit = i64::try_from(free).unwrap_or(i64::MAX).min(allowed);
        if limit == 0 {
            return Ok(0);
        }
        let leases = Lease::take_due(&self.state, &self.exchange.id, kind, limit).await?;
        let claimed = i64::try_from(leases.len()).unwrap_or(i64::MAX);
        self.next.leases().extend(leases);
        self.begin_next();
        Ok(claimed)
    }

    /// Has every free worker begin with what was claimed.
    fn begin_next(&self) {
        while let Ok(permit) = Arc::clone(&self.permits).try_acquire_owned() {
            match self.next.take() {
                Some(lease) => self.begin_one(lease, permit),
                None => return,
            }
        }
    }

    fn begin_one(&self, lease: Lease, permit: OwnedSemaphorePermit) {
        let (state, freed, next) = (self.state.clone(), self.freed.clone(), self.next.clone());
        let work = async move {
            let mut mine = Some(lease);
            while let Some(lease) = mine {
                // What went wrong is on the connection and in the log.
                let _ = sync::run(&state, lease, By::Schedule).await;
                mine = next.take();
                freed.notify_one();
            }
            drop(permit);
            freed.notify_one();
        };
        // Refused when the program is stopping: the lease is given back with the work.
        drop(self.state.tasks.spawn(work));
    }

    /// The environments and regions that nobody may ask at this moment.
    async fn paused(
        &self,
        now: Timestamp,
    ) -> Result<Vec<(Environment, Option<String>)>, StorageError> {
        let mut db = self.state.db.reader().await?;
        let pauses = pauses::list(&mut db, now).await?;
        let Some(exchange) = self.state.registry.find(&self.exchange.id) else {
            return Ok(Vec::new());
        };
        let named = self.exchange.regions.iter().map(|region| Some(&region.id));
        let regions: Vec<Option<String>> = std::iter::once(None)
            .chain(named)
            .map(Option::<&String>::cloned)
            .collect();
        let all = [Environment::Live, Environment::Testnet]
            .into_iter()
            .flat_map(|environment| {
                regions
                    .iter()
                    .map(move |region| (environment, region.clone()))
            });
        let is_paused = |(environment, region): &(Environment, Option<String>)| {
            pauses.contains_key(&exchange.place(*environment, region.as_deref()))
        };
        Ok(all.filter(is_paused).collect())
    }
}

impl Drop for Scheduler {
    /// Gives back what no worker has begun.
    fn drop(&mut self) {
        self.next.leases().clear();
    }
}

/// How long until the next one is due.
fn until_due(outlook: Outlook, now: Timestamp) -> Option<Duration> {
    let due = outlook.next_due?;
    let ms = u64::try_from(due.0.saturating_sub(now.0)).unwrap_or_default();
    Some(Duration::from_millis(ms))
}
