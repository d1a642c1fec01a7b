//! How calls of one kind fared: of the last quarter of an hour minute by minute, and since the start.

use std::time::Duration;

use super::histogram::Histogram;
use crate::domain::health::{CallFigures, NEWS_MS, Outcome, Outcomes, ResponseTimes};
use crate::domain::timestamp::Timestamp;

const MINUTE_MS: i64 = 60_000;
/// How many minutes are remembered, the running one included.
const MINUTES: usize = (NEWS_MS / MINUTE_MS) as usize;

/// The calls of one kind.
#[derive(Debug)]
pub(super) struct Fares {
    /// Every minute has its place by its number.
    minutes: Box<[Minute]>,
    pub(super) since_start: Counts,
    last_good_at: Option<Timestamp>,
}

/// What calls came to.
#[derive(Clone, Debug, Default)]
pub(super) struct Counts {
    pub(super) outcomes: Outcomes,
    pub(super) times: Histogram,
    pub(super) weight: u64,
    /// All times together, in microseconds.
    pub(super) time_us: u64,
}

#[derive(Clone, Debug, Default)]
struct Minute {
    number: i64,
    counts: Counts,
}

impl Default for Fares {
    fn default() -> Self {
        Self {
            minutes: vec![Minute::default(); MINUTES].into(),
            since_start: Counts::default(),
            last_good_at: None,
        }
    }
}

impl Fares {
    /// Notes a call, and how long its answer took if it was one.
    pub(super) fn note(
        &mut self,
        at_ms: i64,
        outcome: Outcome,
        weight: u32,
        took: Option<Duration>,
    ) {
        let number = at_ms.div_euclid(MINUTE_MS);
        let place = number.rem_euclid(MINUTES as i64) as usize;
        if let Some(minute) = self.minutes.get_mut(place) {
            if minute.number != number {
                *minute = Minute {
                    number,
                    ..Minute::default()
                };
            }
            minute.counts.note(outcome, weight, took);
        }
        self.since_start.note(outcome, weight, took);
        if outcome == Outcome::Ok {
            self.last_good_at = Some(Timestamp(at_ms));
        }
    }

    /// What the calls of the last quarter of an hour came to.
    pub(super) fn lately(&self, now_ms: i64) -> Counts {
        let last = now_ms.div_euclid(MINUTE_MS);
        let first = last.saturating_sub(MINUTES as i64 - 1);
        let mut sum = Counts::default();
        for minute in &self.minutes {
            if (first..=last).contains(&minute.number) {
                sum.merge(&minute.counts);
            }
        }
        sum
    }

    /// When a call last worked.
    pub(super) fn last_good_at(&self) -> Option<Timestamp> {
        self.last_good_at
    }
}

impl Counts {
    fn note(&mut self, outcome: Outcome, weight: u32, took: Option<Duration>) {
        self.outcomes.add(outcome);
        self.weight = self.weight.saturating_add(weight.into());
        if let Some(took) = took {
            let us = u64::try_from(took.as_micros()).unwrap_or(u64::MAX);
            self.times.add(us.div_ceil(1_000));
            self.time_us = self.time_us.saturating_add(us);
        }
    }

    /// Adds what was counted elsewhere.
    pub(super) fn merge(&mut self, other: &Self) {
        self.outcomes.merge(&other.outcomes);
        self.times.merge(&other.times);
        self.weight = self.weight.saturating_add(other.weight);
        self.time_us = self.time_us.saturating_add(other.time_us);
    }

    /// The figures to show.
    pub(super) fn figures(&self, last_good_at: Option<Timestamp>) -> CallFigures {
        let percentile = |of_hundred| self.times.percentile(of_hundred);
        let times = match (percentile(50), percentile(95), percentile(99)) {
            (Some(p50_ms), Some(p95_ms), Some(p99_ms)) => Some(ResponseTimes {
                p50_ms,
                p95_ms,
                p99_ms,
            }),
            _ => None,
        };
        CallFigures {
            outcomes: self.outcomes,
            times,
            weight: self.weight,
            last_good_at,
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::*;

    use super::*;

    fn note(fares: &mut Fares, at_ms: i64) {
        fares.note(at_ms, Outcome::Ok, 2, Some(Duration::from_micros(1_500)));
    }

    #[test]
    fn a_call_is_news_for_fifteen_minutes_and_counts_for_good() {
        let mut fares = Fares::default();
        note(&mut fares, 60_000);
        for (now_ms, calls) in [
            (0, 0),
            (60_000, 1),
            (959_999, 1),
            (960_000, 0),
            (i64::MAX, 0),
        ] {
            assert_eq!(fares.lately(now_ms).outcomes.calls(), calls, "{now_ms}");
        }
        // Its minute's place is taken by another.
        note(&mut fares, 960_000);
        let lately = fares.lately(960_000);
        assert_eq!((lately.outcomes.calls(), lately.weight), (1, 2));
        let ever = &fares.since_start;
        assert_eq!(
            (ever.outcomes.calls(), ever.weight, ever.time_us),
            (2, 4, 3_000)
        );
        assert_eq!(fares.last_good_at(), Some(Timestamp(960_000)));
    }

    #[test]
    fn a_time_is_rounded_up_to_a_millisecond() {
        let mut fares = Fares::default();
        note(&mut fares, 0);
        let told = fares.lately(0).figures(None).times.unwrap();
        assert_eq!((told.p50_ms, told.p99_ms), (2, 2));
    }

    proptest! {
        #[test]
        fn what_is_told_is_what_a_list_of_all_calls_would_tell(
            mut at in vec(0_i64..3_600_000, 0..200),
            later in 0_i64..1_000_000,
        ) {
            at.sort_unstable();
            let mut fares = Fares::default();
            at.iter().for_each(|at| note(&mut fares, *at));
            let now = at.last().copied().unwrap_or_default() + later;
            let first = now / 60_000 - 14;
            let exact = at.iter().filter(|at| **at / 60_000 >= first).count();
            prop_assert_eq!(fares.lately(now).outcomes.calls(), exact as u64);
        }

        #[test]
        fn a_clock_that_jumps_breaks_nothing(at in vec(any::<i64>(), 0..50), now in any::<i64>()) {
            let mut fares = Fares::default();
            at.iter().for_each(|at| note(&mut fares, *at));
            prop_assert!(fares.lately(now).outcomes.calls() <= at.len() as u64);
            prop_assert_eq!(fares.since_start.outcomes.calls(), at.len() as u64);
        }
    }
}
