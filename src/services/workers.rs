//! What runs by itself as long as the program serves: a scheduler and a stream of prices per
//! exchange, the following of accounts, the courier of webhooks, the watch over exchanges and their
//! clocks, the recorder of history, the fetching of days before a connection, the keeping of
//! candles, and the heartbeat.

use std::time::Duration;

use futures::future::BoxFuture;
use tokio::sync::watch;
use tokio::task::JoinSet;

use super::health::keep_clocks;
use super::history::backfill;
use super::market::{self, keeper, live};
use super::scheduler::Scheduler;
use super::telling::{courier, watch_exchanges};
use super::{State, following, heartbeat, history, storage_problem};
use crate::domain::price::route::Market;
use crate::error::Problem;
use crate::storage::{self, StorageError, backfills, candle_backfills, deliveries};
use crate::storage::{followings, leases};

/// How long the database may take at each step of a stop that needs it.
const GOODBYE: Duration = Duration::from_secs(3);

/// Does one thing that waits to be done, and answers whether there was one.
type TakeUp = fn(&State) -> BoxFuture<'_, Result<bool, Problem>>;

/// Everything that runs by itself. Dropped without a stop, it ends as if the process were killed.
#[derive(Debug)]
pub struct Workers {
    state: State,
    schedulers: JoinSet<()>,
    heartbeat: JoinSet<()>,
    stop: watch::Sender<bool>,
}

impl Workers {
    /// Looks after what an earlier run left behind, and begins.
    pub async fn start(state: State) -> Self {
        if let Err(error) = take_over(&state).await {
            storage_problem(error);
        }
        beat(&state).await;
        let (stop, stopped) = watch::channel(false);
        let mut schedulers = JoinSet::new();
        for profile in state.registry.profiles() {
            schedulers.spawn(live::run(
                state.clone(),
                profile.id.clone(),
                stopped.clone(),
            ));
            let scheduler = Scheduler::new(state.clone(), profile);
            schedulers.spawn(scheduler.run(stopped.clone()));
        }
        schedulers.spawn(following::run(state.clone(), stopped.clone()));
        schedulers.spawn(courier::run(state.clone(), stopped.clone()));
        schedulers.spawn(keep_clocks(state.clone(), stopped.clone()));
        schedulers.spawn(watch_exchanges(state.clone(), stopped));
        let mut heartbeat = JoinSet::new();
        heartbeat.spawn(beat_on(state.clone()));
        Self {
            state,
            schedulers,
            heartbeat,
            stop,
        }
    }

    /// Begins to record what everybody's holdings are worth, at the prices that `market` gives, and
    /// to fetch the days before connections were made.
    pub fn keep_history<F, P>(&mut self, market: F)
    where
        F: Fn(State) -> P + Send + Sync + 'static,
        P: Future<Output = Option<Market>> + Send + 'static,
    {
        let recorder = history::run(self.state.clone(), market, self.stop.subscribe());
        self.schedulers.spawn(recorder);
        self.work_off(|state| Box::pin(backfill::take_up(state)));
    }

    /// Begins to keep candles current, and to fetch those of past days.
    pub fn keep_candles(&mut self) {
        let keeper = keeper::run(self.state.clone(), self.stop.subscribe());
        self.schedulers.spawn(keeper);
        self.work_off(|state| Box::pin(market::backfill::take_up(state)));
    }

    fn work_off(&mut self, take_up: TakeUp) {
        let work = work_off(self.state.clone(), take_up, self.stop.subscribe());
        self.schedulers.spawn(work);
    }

    /// Begins nothing more, lets syncs end, at most so long, and gives back what is left.
    pub async fn stop(mut self, at_most: Duration) {
        self.stop.send_replace(true);
        let schedulers = async { while self.schedulers.join_next().await.is_some() {} };
        // One that waits for the database has begun nothing yet.
        let _ = tokio::time::timeout(GOODBYE, schedulers).await;
        self.schedulers.shutdown().await;
        self.state.tasks.stop(at_most).await;
        self.heartbeat.shutdown().await;
        let goodbye = tokio::time::timeout(GOODBYE, heartbeat::end(&self.state));
        if let Ok(Err(error)) = goodbye.await {
            storage_problem(error);
        }
    }
}

/// Does what there is to do, one after another, until it is told to stop. What a stop breaks off is taken
/// up by the next start.
async fn work_off(state: State, take_up: TakeUp, mut stop: watch::Receiver<bool>) {
    let mut wake = state.woken();
    while !*stop.borrow() {
        let took_up = tokio::select! {
            _ = stop.changed() => return,
            took_up = take_up(&state) => took_up,
        };
        if took_up == Ok(true) {
            continue;
        }
        tokio::select! {
            _ = stop.changed() => (),
            _ = wake.changed() => (),
            () = tokio::time::sleep(state.settings.pace.idle) => (),
        }
    }
}

/// On a database that no other process uses, every lease is of a process that died.
async fn take_over(state: &State) -> Result<(), StorageError> {
    let own = state.clone();
    let work = async move |db: &mut storage::Connection| {
        if !own.db.is_shared() {
            leases::end_all(db).await?;
            deliveries::end_leases(db).await?;
            backfills::end_leases(db).await?;
            candle_backfills::end_leases(db).await?;
            followings::end_all(db).await?;
        }
        let now = own.clock.now();
        match own.settings.pace.interval_from(now) {
            Some(latest) => leases::adopt_interval(db, now, latest).await,
            None => Ok(()),
        }
    };
    state
        .db
        .write(move |db| Box::pin(async move { work(db).await }))
        .await
}

async fn beat_on(state: State) {
    loop {
        tokio::time::sleep(state.settings.pace.heartbeat).await;
        beat(&state).await;
    }
}

/// A heartbeat that fails is missed; leases outlive two of them.
async fn beat(state: &State) {
    if let Err(error) = heartbeat::beat(state).await {
        storage_problem(error);
    }
}
