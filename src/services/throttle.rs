//! How often something may be done by one source: so many times in a while, all at once or spread.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::domain::timestamp::Timestamp;

/// How many sources are remembered at most.
const MOST: usize = 10_000;

/// Counts calls by their source. Of each source it keeps one moment, in microseconds: when all of
/// its calls will be forgotten, each of them lasting a part of the while. A process counts by itself.
#[derive(Debug)]
pub struct Throttle {
    calls: u32,
    step_us: i64,
    free_at_us: Mutex<HashMap<String, i64>>,
}

/// What a source may do from now on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Allowance {
    /// Calls that may come in the while.
    pub limit: u32,
    /// Calls that may come at once.
    pub remaining: u32,
    /// Seconds until all of them may come again.
    pub reset_seconds: u64,
}

/// Too many calls.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TooMany {
    /// What the source may do.
    pub allowance: Allowance,
    /// Seconds until the next call may come, at least one.
    pub retry_after_seconds: u64,
}

impl Throttle {
    /// Lets through so many calls in a while from every source.
    #[must_use]
    pub fn new(calls: u32, within: Duration) -> Self {
        let calls = calls.max(1);
        let within_us = i64::try_from(within.as_micros()).unwrap_or(i64::MAX);
        Self {
            calls,
            step_us: (within_us / i64::from(calls)).max(1),
            free_at_us: Mutex::default(),
        }
    }

    /// Counts a call.
    ///
    /// # Errors
    /// [`TooMany`].
    pub fn count(&self, source: &str, now: Timestamp) -> Result<Allowance, TooMany> {
        let (now_us, step_us) = (now.0.saturating_mul(1000), self.step_us);
        let mut free_at = self.sources();
        if !free_at.contains_key(source) {
            make_room(&mut free_at, now_us);
        }
        let free_at_us = free_at.entry(source.to_owned()).or_insert(now_us);
        let next_us = (*free_at_us).max(now_us) + step_us;
        let wait_us = next_us - now_us - step_us * i64::from(self.calls);
        if wait_us > 0 {
            return Err(TooMany {
                allowance: self.allowance(*free_at_us - now_us),
                retry_after_seconds: seconds(wait_us).max(1),
            });
        }
        *free_at_us = next_us;
        Ok(self.allowance(next_us - now_us))
    }

    /// Forgets one counted call of a source.
    pub fn give_back(&self, source: &str) {
        if let Some(free_at_us) = self.sources().get_mut(source) {
            *free_at_us -= self.step_us;
        }
    }

    fn sources(&self) -> MutexGuard<'_, HashMap<String, i64>> {
        self.free_at_us
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    fn allowance(&self, used_us: i64) -> Allowance {
        let used = (used_us + self.step_us - 1) / self.step_us;
        let used = u32::try_from(used).unwrap_or(u32::MAX);
        Allowance {
            limit: self.calls,
            remaining: self.calls.saturating_sub(used),
            reset_seconds: seconds(used_us),
        }
    }
}

/// Forgets sources whose calls are all over; if that is not enough, the one nearest to it.
fn make_room(free_at: &mut HashMap<String, i64>, now_us: i64) {
    if free_at.len() < MOST {
        return;
    }
    free_at.retain(|_, free_at_us| *free_at_us > now_us);
    if free_at.len() >= MOST {
        let nearest = free_at.iter().min_by_key(|(_, free_at_us)| **free_at_us);
        let nearest = nearest.map(|(source, _)| source.clone());
        nearest.and_then(|source| free_at.remove(&source));
    }
}

/// Microseconds as whole seconds, rounded up.
fn seconds(us: i64) -> u64 {
    u64::try_from(us).unwrap_or_default().div_ceil(1_000_000)
}

#[cfg(test)]
mod tests {
    use super::*;

    const MINUTE: Duration = Duration::from_secs(60);

    #[test]
    fn calls_beyond_the_limit_wait_until_one_is_over() {
        let throttle = Throttle::new(3, MINUTE);
        let at = |ms: i64| throttle.count("a", Timestamp(1_000_000 + ms));
        let remaining = [at(0), at(0), at(0)].map(|allowance| allowance.unwrap().remaining);
        assert_eq!(remaining, [2, 1, 0]);
        let refused = at(0).unwrap_err();
        assert_eq!(refused.retry_after_seconds, 20);
        assert_eq!(refused.allowance.reset_seconds, 60);
        assert_eq!(at(19_999).unwrap_err().retry_after_seconds, 1);
        assert_eq!(at(20_000).unwrap().remaining, 0);
        assert_eq!(at(120_000).unwrap().remaining, 2);
    }

    #[test]
    fn sources_do_not_count_for_each_other() {
        let throttle = Throttle::new(1, MINUTE);
        assert!(throttle.count("a", Timestamp(0)).is_ok());
        assert!(throttle.count("b", Timestamp(0)).is_ok());
        assert!(throttle.count("a", Timestamp(0)).is_err());
    }

    #[test]
    fn ever_more_sources_do_not_take_ever_more_room() {
        let throttle = Throttle::new(2, MINUTE);
        for number in 0..MOST + 50 {
            let _ = throttle.count(&number.to_string(), Timestamp(0));
        }
        assert_eq!(throttle.free_at_us.lock().unwrap().len(), MOST);
    }

    #[test]
    fn what_is_given_back_may_come_again() {
        let throttle = Throttle::new(1, MINUTE);
        for _ in 0..3 {
            assert!(throttle.count("a", Timestamp(0)).is_ok());
            throttle.give_back("a");
        }
        throttle.give_back("b");
        assert!(throttle.count("a", Timestamp(0)).is_ok());
        assert!(throttle.count("a", Timestamp(0)).is_err());
    }

    #[test]
    fn more_calls_than_microseconds_are_no_fault() {
        let throttle = Throttle::new(u32::MAX, MINUTE);
        assert!(throttle.count("a", Timestamp(0)).is_ok());
    }

    #[test]
    fn a_clock_that_goes_back_is_no_fault() {
        let throttle = Throttle::new(1, MINUTE);
        assert!(throttle.count("a", Timestamp(60_000)).is_ok());
        assert_eq!(
            throttle
                .count("a", Timestamp(0))
                .unwrap_err()
                .retry_after_seconds,
            120
        );
    }
}
