//! When a connection is synced next, and how fast syncs are started. Chance is an argument.

use std::time::Duration;

use super::problem::ExchangeProblem;
use super::report::Failure;
use super::timestamp::Timestamp;

/// The longest that a failing connection waits, unless syncs are further apart than this.
const SLOWEST_MS: i64 = 24 * 60 * 60 * 1000;
/// How much later than asked a connection of an exchange that wants rest is synced, at most.
const AFTER_REST_MS: i64 = 30_000;
/// The least syncs started a second, in thousandths.
const LEAST_STARTS: i64 = 1_000;
/// How much faster than they come due late syncs are started.
const CATCH_UP: i64 = 4;

/// What is known when a sync ended.
#[derive(Clone, Copy, Debug)]
pub struct Ended<'a> {
    /// Why nothing was read, if so.
    pub failure: Option<&'a Failure>,
    /// How many syncs before this one failed in a row.
    pub failures: u32,
    /// Until when nobody may ask the exchange, if it wants rest.
    pub paused_until: Option<Timestamp>,
    /// When it ended.
    pub now: Timestamp,
}

/// What follows from how a sync ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Plan {
    /// When to sync next; `None` when only the owner can say.
    pub due_at: Option<Timestamp>,
    /// How many syncs failed in a row.
    pub failures: u32,
}

/// Plans the next sync after one ended. `interval` is the time between two syncs, `None` when
/// nothing is synced by itself; `dice` is any number, and decides within the limits.
#[must_use]
pub fn plan(ended: Ended<'_>, interval: Option<Duration>, dice: u64) -> Plan {
    let interval = interval.map(in_ms);
    let (failures, wait) = match ended.failure {
        None => (0, interval.map(|ms| about(ms, dice))),
        Some(failure) => match rest(failure) {
            Some(ms) => {
                let wait = ms.saturating_add(below(dice, AFTER_REST_MS));
                (ended.failures, interval.map(|_| wait))
            }
            None => {
                let slowed = interval.map(|ms| about(slowed(ms, ended.failures), dice));
                let wait = slowed.filter(|_| !failure.stops_syncing());
                (ended.failures.saturating_add(1), wait)
            }
        },
    };
    let after_pause = |due: Timestamp| match ended.paused_until {
        Some(until) if until > due => until.plus_ms(below(dice, AFTER_REST_MS)),
        _ => due,
    };
    Plan {
        due_at: wait.map(|ms| after_pause(ended.now.plus_ms(ms))),
        failures,
    }
}

/// How long an exchange wants rest, if that is why it failed: in milliseconds.
fn rest(failure: &Failure) -> Option<i64> {
    match failure {
        Failure::Exchange {
            problem: ExchangeProblem::RateLimited { seconds },
            ..
        } => Some(in_ms(Duration::from_secs(*seconds))),
        _ => None,
    }
}

/// Twice as long after every failure, up to a day.
fn slowed(interval_ms: i64, failures: u32) -> i64 {
    let doubled = interval_ms.saturating_mul(1 << failures.min(20));
    doubled.min(SLOWEST_MS.max(interval_ms))
}

/// A time within a tenth of the one given, so that syncs do not come in crowds.
fn about(ms: i64, dice: u64) -> i64 {
    let tenth = ms / 10;
    ms.saturating_sub(tenth)
        .saturating_add(below(dice, tenth.saturating_mul(2)))
}

/// A number from 0 to `most`.
fn below(dice: u64, most: i64) -> i64 {
    let sides = u64::try_from(most).unwrap_or_default().saturating_add(1);
    i64::try_from(dice % sides).unwrap_or_default()
}

fn in_ms(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}

/// How many scheduled syncs may be started: a few more with every moment that passes, so that many
/// which are late do not all start at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Starts {
    thousandths: i64,
    at: Timestamp,
}

impl Starts {
    /// One may be started.
    #[must_use]
    pub fn new(now: Timestamp) -> Self {
        Self {
            thousandths: 1_000,
            at: now,
        }
    }

    /// Adds what the time since the last call allows for, and tells how many may be started now.
    pub fn allowed(&mut self, now: Timestamp, connections: i64, interval: Duration) -> i64 {
        let rate = rate(connections, interval);
        let passed = now.0.saturating_sub(self.at.0).max(0);
        let earned = rate.saturating_mul(passed) / 1_000;
        // What is too little to count is earned with the next call.
        if earned > 0 {
            self.thousandths = self.thousandths.saturating_add(earned).min(rate);
            self.at = now;
        }
        self.thousandths / 1_000
    }

    /// Notes that so many were started.
    pub fn take(&mut self, started: i64) {
        self.thousandths -= started.saturating_mul(1_000);
    }
}

/// Syncs to start a second, in thousandths: one, or four times as many as come due.
fn rate(connections: i64, interval: Duration) -> i64 {
    let interval_ms = in_ms(interval).max(1);
    let due = connections.saturating_mul(1_000_000) / interval_ms;
    due.saturating_mul(CATCH_UP).max(LEAST_STARTS)
}

#[cfg(test)]
mod tests;
