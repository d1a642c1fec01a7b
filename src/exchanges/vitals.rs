//! How each exchange has fared: figures of the calls of this process, in memory that does not grow
//! with them. A call costs the same few steps however many there were.

mod fares;
mod histogram;
mod sites;
#[cfg(test)]
mod tests;

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::domain::exchange::Environment;
use crate::domain::health::{CallClass, ClockReading, Figures, Outcome, Outcomes, Spent};
use crate::domain::timestamp::Timestamp;
use fares::{Counts, Fares};
pub use sites::{Busy, Failing, Site};

/// The most milliseconds of each step that totals are told in: every doubling up to 32.768 seconds.
const DOUBLINGS_MS: std::ops::RangeInclusive<u32> = 0..=15;

/// The calls by exchange, and what is known of its sites.
#[derive(Debug, Default)]
pub(super) struct Vitals(Mutex<Known>);

#[derive(Debug, Default)]
struct Known {
    exchanges: HashMap<String, Both>,
    sites: HashMap<String, Site>,
}

/// The calls to live and to test environments.
#[derive(Debug, Default)]
struct Both {
    live: ByClass,
    test: ByClass,
}

type ByClass = [Fares; CallClass::ALL.len()];

/// A call that has ended.
#[derive(Clone, Copy, Debug)]
pub(super) struct Ended<'a> {
    /// Exchange and host.
    pub(super) place: &'a str,
    /// Whether it was made for a live account, or for nobody's.
    pub(super) environment: Environment,
    pub(super) class: CallClass,
    pub(super) weight: u32,
    pub(super) outcome: Outcome,
    /// How long its answer took, if it was one.
    pub(super) took: Option<Duration>,
    /// What is spent of the budget that paid for it, if its windows are long.
    pub(super) spent: Option<Spent>,
    /// The same if its windows are short and were full for most of the minute.
    pub(super) lasting: Option<Spent>,
    /// The path, where each has a budget of its own.
    pub(super) path: Option<&'static str>,
}

/// What the calls of one kind came to since the process began.
#[derive(Clone, Debug)]
pub struct Totals {
    /// Live or test.
    pub environment: Environment,
    /// The kind.
    pub class: CallClass,
    /// How they ended.
    pub outcomes: Outcomes,
    /// What they weighed.
    pub weight: u64,
    /// How many answers took at most so many milliseconds, for every power of two there is.
    pub at_most_ms: Vec<(u64, u64)>,
    /// How many answers were timed.
    pub timed: u64,
    /// How long these took together, in microseconds.
    pub time_us: u64,
    /// When a call last worked.
    pub last_good_at: Option<Timestamp>,
}

impl Vitals {
    /// Notes a call.
    pub(super) fn note(&self, call: &Ended<'_>, at_ms: i64) {
        let mut known = self.known();
        let fares = known.fares(exchange(call.place), call.environment, call.class);
        fares.note(at_ms, call.outcome, call.weight, call.took);
        let site = known.site(call.place);
        site.note(Timestamp(at_ms), call.outcome);
        site.note_use(Timestamp(at_ms), call.class, call.environment);
        if let Some(spent) = call.spent {
            site.note_spent(Timestamp(at_ms), spent, call.path);
        }
        if let Some(spent) = call.lasting {
            site.note_lasting(Timestamp(at_ms), spent, call.path);
        }
    }

    /// Notes what the clock of a place showed.
    pub(super) fn note_clock(&self, place: &str, reading: ClockReading) {
        self.known().site(place).clock = Some(reading);
    }

    /// What the calls to an exchange came to in the last quarter of an hour.
    pub(super) fn figures(&self, exchange: &str, environment: Environment, now_ms: i64) -> Figures {
        let known = self.known();
        let Some(both) = known.exchanges.get(exchange) else {
            return Figures::default();
        };
        let mut all = Counts::default();
        let mut last_good_at = None;
        let mut by_class = Vec::with_capacity(CallClass::ALL.len());
        for (class, fares) in CallClass::ALL.into_iter().zip(both.of(environment)) {
            let lately = fares.lately(now_ms);
            all.merge(&lately);
            last_good_at = last_good_at.max(fares.last_good_at());
            by_class.push((class, lately.figures(fares.last_good_at())));
        }
        Figures {
            all: all.figures(last_good_at),
            by_class,
        }
    }

    /// What the calls to an exchange came to since the process began: every kind of a live
    /// environment, and those of test environments that were made.
    pub(super) fn totals(&self, exchange: &str) -> Vec<Totals> {
        let known = self.known();
        let unused = Both::default();
        let both = known.exchanges.get(exchange).unwrap_or(&unused);
        let environments = Environment::ALL.into_iter();
        let all = environments.flat_map(|environment| {
            let classes = CallClass::ALL.into_iter().zip(both.of(environment));
            classes.map(move |(class, fares)| totals(environment, class, fares))
        });
        all.filter(|one| one.environment == Environment::Live || one.outcomes.calls() > 0)
            .collect()
    }

    /// What was seen of a place; `None` when it was never called.
    pub(super) fn site(&self, place: &str) -> Option<Site> {
        self.known().sites.get(place).cloned()
    }

    fn known(&self) -> MutexGuard<'_, Known> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Known {
    /// Only exchanges and places that the program itself names come here, so that there are few.
    fn fares(&mut self, exchange: &str, environment: Environment, class: CallClass) -> &mut Fares {
        let both = self.exchanges.entry(exchange.to_owned()).or_default();
        let by_class = match environment {
            Environment::Live => &mut both.live,
            Environment::Testnet => &mut both.test,
        };
        &mut by_class[class.index()]
    }

    fn site(&mut self, place: &str) -> &mut Site {
        self.sites.entry(place.to_owned()).or_default()
    }
}

impl Both {
    fn of(&self, environment: Environment) -> &ByClass {
        match environment {
            Environment::Live => &self.live,
            Environment::Testnet => &self.test,
        }
    }
}

fn totals(environment: Environment, class: CallClass, fares: &Fares) -> Totals {
    let Counts {
        outcomes,
        times,
        weight,
        time_us,
    } = &fares.since_start;
    let most = DOUBLINGS_MS.map(|power| 1_u64 << power);
    Totals {
        environment,
        class,
        outcomes: *outcomes,
        weight: *weight,
        at_most_ms: most.map(|ms| (ms, times.at_most(ms))).collect(),
        timed: times.total(),
        time_us: *time_us,
        last_good_at: fares.last_good_at(),
    }
}

/// The exchange of a place: its first word.
fn exchange(place: &str) -> &str {
    place.split(' ').next().unwrap_or_default()
}
