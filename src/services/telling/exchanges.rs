//! What people are told of the exchanges themselves: that one does not answer and answers again, that
//! its budget is nearly used up, that its clock is not ours. Told to those with a live account there, and
//! that there are no prices also to those who have chosen what to watch.

mod spots;

use std::collections::{HashMap, HashSet};

use futures::future::BoxFuture;
use tokio::sync::watch;

use super::{news, tell};
use crate::domain::event::Event;
use crate::domain::health::ClockReading;
use crate::domain::timestamp::Timestamp;
use crate::error::Problem;
use crate::exchanges::{Busy, Failing, Site};
use crate::services::{State, WriteError, storage_problem};
use crate::storage::{Connection as Db, StorageError, notices, outages, pauses};
use spots::{Spot, spots};

/// For how long a site must not have answered, in milliseconds, before that is told.
const FAILING_MS: i64 = 10 * 60_000;
/// How long after an outage the next one of the same site is told, in milliseconds: processes may
/// differ in what they reach.
const REST_MS: i64 = 60 * 60_000;

/// Looks again and again at what this process has seen of the exchanges.
#[derive(Debug)]
pub struct Watch {
    state: State,
    /// What was told already, so that the database need not be asked: it would say so too.
    told: HashSet<(String, &'static str, String)>,
}

/// Looks until it is told to stop. Trouble with the database is waited out.
pub async fn run(state: State, mut stop: watch::Receiver<bool>) {
    let every = state.settings.pace.watch;
    let mut watch = Watch::new(state);
    while !*stop.borrow() {
        // What went wrong is in the log, and looked at again the next time.
        let _ = watch.look().await;
        tokio::select! {
            _ = stop.changed() => (),
            () = tokio::time::sleep(every) => (),
        }
    }
}

impl Watch {
    /// One who has told nothing yet.
    #[must_use]
    pub fn new(state: State) -> Self {
        Self {
            state,
            told: HashSet::new(),
        }
    }

    /// Looks once, and tells what is news.
    ///
    /// # Errors
    /// [`Problem::Unavailable`], [`Problem::Internal`].
    pub async fn look(&mut self) -> Result<(), Problem> {
        let (pauses, open) = known(&self.state).await.map_err(storage_problem)?;
        for spot in spots(&self.state) {
            let Some(site) = self.state.registry.site(&spot.place) else {
                continue;
            };
            let paused = pauses.contains_key(&spot.place);
            self.outage(&spot, &site, paused, open.get(&spot.place))
                .await?;
            self.budget(&spot, &site).await?;
            self.clock(&spot, &site).await?;
        }
        Ok(())
    }

    async fn outage(
        &self,
        spot: &Spot,
        site: &Site,
        paused: bool,
        open: Option<&Timestamp>,
    ) -> Result<(), Problem> {
        let now = self.state.clock.now();
        match (site.failing, site.answered_at) {
            (Some(failing), _) if open.is_none() => {
                // While it is left alone nothing is sent, and nothing can be answered.
                let until = if paused { now } else { failing.last };
                let lasted_ms = until.0.saturating_sub(failing.since.0);
                if lasted_ms >= FAILING_MS {
                    self.begin(spot, failing, lasted_ms, now).await?;
                }
            }
            (None, Some(answered)) if open.is_some_and(|began| *began < answered) => {
                self.end(spot, answered, now).await?;
            }
            _ => {}
        }
        Ok(())
    }

    /// The outage is noted and everybody told in one transaction, by one process of many.
    async fn begin(
        &self,
        spot: &Spot,
        failing: Failing,
        lasted_ms: i64,
        now: Timestamp,
    ) -> Result<(), Problem> {
        let event = Event::ExchangeFailing {
            place: spot.told_as.clone(),
            reason: failing.outcome.as_str().to_owned(),
            explanation: failing.outcome.sentence().to_owned(),
            minutes: u32::try_from(lasted_ms / 60_000).unwrap_or(u32::MAX),
        };
        let (exchange, regions) = (spot.exchange.clone(), spot.regions.clone());
        let (place, beyond) = (spot.place.clone(), spot.beyond_in_outages());
        let work = async move |db: &mut Db| {
            let rested = now.plus_ms(-REST_MS);
            if outages::begin(db, &place, now, rested).await? {
                let people = outages::list_concerned(db, &exchange, &regions, beyond).await?;
                tell_all(db, &people, &event, &occasion(now), now).await?;
            }
            Ok(())
        };
        write(&self.state, |db| Box::pin(async move { work(db).await })).await
    }

    /// Those are told who know that it began.
    async fn end(&self, spot: &Spot, answered: Timestamp, now: Timestamp) -> Result<(), Problem> {
        let place = spot.place.clone();
        let mark = Event::failing_mark(&spot.told_as);
        let over = Event::ExchangeRecovered {
            place: spot.told_as.clone(),
        };
        let work = async move |db: &mut Db| {
            if let Some(since) = outages::end(db, &place, answered, now).await? {
                let known = news(&mark, &occasion(since));
                let people = notices::list_told(db, &known).await?;
                tell_all(db, &people, &over, &occasion(since), now).await?;
            }
            Ok(())
        };
        write(&self.state, |db| Box::pin(async move { work(db).await })).await
    }

    /// Told at most once a day.
    async fn budget(&mut self, spot: &Spot, site: &Site) -> Result<(), Problem> {
        let Some(Busy { at, spent, path }) = site.busy else {
            return Ok(());
        };
        let event = Event::WeightHigh {
            place: spot.told_as.clone(),
            weight: spent.weight,
            limit: spent.limit,
            window_ms: Some(spent.window_ms),
            path: path.map(str::to_owned),
        };
        self.daily(spot, event, at).await
    }

    /// Told at most once a day.
    async fn clock(&mut self, spot: &Spot, site: &Site) -> Result<(), Problem> {
        let Some(reading) = site.clock.filter(ClockReading::is_off) else {
            return Ok(());
        };
        let ClockReading { at, offset_ms, .. } = reading;
        let event = Event::ClockOff {
            place: spot.told_as.clone(),
            offset_ms,
        };
        self.daily(spot, event, at).await
    }

    /// Tells what was seen at a moment, unless the same was told of that day before.
    async fn daily(&mut self, spot: &Spot, event: Event, at: Timestamp) -> Result<(), Problem> {
        let day = at.day();
        let key = (spot.place.clone(), event.code(), day.clone());
        if self.told.contains(&key) {
            return Ok(());
        }
        let (exchange, regions) = (spot.exchange.clone(), spot.regions.clone());
        let (now, beyond) = (self.state.clock.now(), spot.beyond());
        let work = async move |db: &mut Db| {
            let people = outages::list_concerned(db, &exchange, &regions, beyond).await?;
            tell_all(db, &people, &event, &day, now).await
        };
        write(&self.state, |db| Box::pin(async move { work(db).await })).await?;
        self.told
            .retain(|(place, code, _)| *place != key.0 || *code != key.1);
        self.told.insert(key);
        Ok(())
    }
}

/// Until when nobody asks which place, and since when which place does not answer.
async fn known(
    state: &State,
) -> Result<(HashMap<String, Timestamp>, HashMap<String, Timestamp>), StorageError> {
    let mut db = state.db.reader().await?;
    let pauses = pauses::list(&mut db, state.clock.now()).await?;
    Ok((pauses, outages::list_open(&mut db).await?))
}

async fn tell_all(
    db: &mut Db,
    people: &[String],
    event: &Event,
    occasion: &str,
    now: Timestamp,
) -> Result<(), WriteError> {
    for user_id in people {
        tell(db, user_id, event.clone(), occasion, now).await?;
    }
    Ok(())
}

async fn write<F>(state: &State, work: F) -> Result<(), Problem>
where
    F: for<'a> FnOnce(&'a mut Db) -> BoxFuture<'a, Result<(), WriteError>> + Send + 'static,
{
    let written = state.db.write::<_, WriteError, _>(work);
    written.await.map_err(Problem::from)
}

fn occasion(began: Timestamp) -> String {
    began.0.to_string()
}
