//! The scheduler of one exchange: it begins the syncs somebody waits for at once, and those whose
//! time has come bit by bit.

use std::sync::Arc;
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

/// Begins the syncs of one exchange, a limited number at once, so that a slow exchange holds up
/// no other.
#[derive(Debug)]
pub struct Scheduler {
    state: State,
    exchange: ExchangeProfile,
    permits: Arc<Semaphore>,
    freed: Arc<Notify>,
    starts: Starts,
}

impl Scheduler {
    /// The scheduler of an exchange.
    #[must_use]
    pub fn new(state: State, exchange: ExchangeProfile) -> Self {
        Self {
            permits: Arc::new(Semaphore::new(state.settings.pace.at_once)),
            freed: Arc::default(),
            starts: Starts::new(state.clock.now()),
            exchange,
            state,
        }
    }

    /// Works until it is told to stop. Trouble with the database is waited out.
    pub async fn run(mut self, mut stop: watch::Receiver<bool>) {
        let mut wake = self.state.woken();
        while !*stop.borrow() {
            let sleep = self.round().await.unwrap_or_else(|error| {
                storage_problem(error);
                self.state.settings.pace.idle
            });
            tokio::select! {
                _ = stop.changed() => (),
                _ = wake.changed() => (),
                () = self.freed.notified() => (),
                () = tokio::time::sleep(sleep) => (),
            }
        }
    }

    /// Begins what can be begun now; answers how long to sleep.
    async fn round(&mut self) -> Result<Duration, StorageError> {
        let (now, pace) = (self.state.clock.now(), self.state.settings.pace);
        let mut db = self.state.db.reader().await?;
        let outlook = leases::outlook(&mut db, &self.exchange.id, now).await?;
        drop(db);
        if outlook.requested > 0 {
            self.begin(Due::Requested, i64::MAX).await?;
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
                let started = self.begin(Due::Scheduled { except }, allowed).await?;
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

    /// Begins syncs, as many as are allowed and workers are free; answers how many.
    async fn begin(&self, kind: Due, allowed: i64) -> Result<i64, StorageError> {
        let free = i64::try_from(self.permits.available_permits()).unwrap_or(i64::MAX);
        let limit = free.min(allowed);
        if limit == 0 {
            return Ok(0);
        }
        let leases = Lease::take_due(&self.state, &self.exchange.id, kind, limit).await?;
        let mut started = 0;
        for lease in leases {
            // Nobody else takes permits, so there is one for each.
            if let Ok(permit) = Arc::clone(&self.permits).try_acquire_owned() {
                self.begin_one(lease, permit);
                started += 1;
            }
        }
        Ok(started)
    }

    fn begin_one(&self, lease: Lease, permit: OwnedSemaphorePermit) {
        let (state, freed) = (self.state.clone(), Arc::clone(&self.freed));
        let work = async move {
            // What went wrong is on the connection and in the log.
            let _ = sync::run(&state, lease, By::Schedule).await;
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

/// How long until the next one is due.
fn until_due(outlook: Outlook, now: Timestamp) -> Option<Duration> {
    let due = outlook.next_due?;
    let ms = u64::try_from(due.0.saturating_sub(now.0)).unwrap_or_default();
    Some(Duration::from_millis(ms))
}
