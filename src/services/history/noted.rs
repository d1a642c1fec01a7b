//! Whose history is to be brought up to date: noted at every sync, done once for many of them.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::watch;

use crate::domain::timestamp::Timestamp;

/// The least time between two points of a person, in milliseconds.
const APART_MS: i64 = 10_000;
/// How often that time doubles when a turn came to nothing: up to some five minutes.
const MOST_DOUBLINGS: u32 = 5;

/// People whose syncs ended.
#[derive(Debug, Default)]
pub struct Noted {
    people: Mutex<HashMap<String, Turn>>,
    news: watch::Sender<()>,
}

#[derive(Clone, Copy, Debug, Default)]
struct Turn {
    /// When it was last begun.
    begun_at: Option<Timestamp>,
    /// Whether something happened since.
    waits: bool,
    /// How many turns in a row came to nothing.
    failed: u32,
}

impl Turn {
    /// How long until it may be begun again, in milliseconds; none when the clock was set back.
    fn rest_ms(self, now: Timestamp) -> i64 {
        let since = self.begun_at.map(|at| now.0.saturating_sub(at.0));
        let apart_ms = APART_MS << self.failed.min(MOST_DOUBLINGS);
        since
            .filter(|since| *since >= 0)
            .map_or(0, |since| apart_ms.saturating_sub(since).max(0))
    }
}

impl Noted {
    /// Notes that something changed for a person.
    pub fn note(&self, user_id: &str) {
        let mut people = self.people();
        let turn = people.entry(user_id.to_owned()).or_default();
        (turn.waits, turn.failed) = (true, 0);
        drop(people);
        self.news.send_replace(());
    }

    /// Notes that a person's turn came to nothing: there is another, ever later, or soon after
    /// something else changes.
    pub fn note_again(&self, user_id: &str) {
        let mut people = self.people();
        let turn = people.entry(user_id.to_owned()).or_default();
        // What was noted meanwhile is as new as can be.
        if !turn.waits {
            (turn.waits, turn.failed) = (true, turn.failed.saturating_add(1));
        }
    }

    /// Changes with every call of [`Self::note`].
    #[must_use]
    pub fn news(&self) -> watch::Receiver<()> {
        self.news.subscribe()
    }

    /// The people whose turn has come; it begins now. A turn of which nothing more is noted came to
    /// something.
    #[must_use]
    pub fn take_due(&self, now: Timestamp) -> Vec<String> {
        let mut people = self.people();
        people.retain(|_, turn| turn.waits || turn.rest_ms(now) > 0);
        let mut due = Vec::new();
        for (user_id, turn) in people.iter_mut() {
            if turn.waits && turn.rest_ms(now) == 0 {
                (turn.begun_at, turn.waits) = (Some(now), false);
                due.push(user_id.clone());
            }
        }
        due
    }

    /// How long until somebody's turn comes, if somebody waits.
    #[must_use]
    pub fn until_next(&self, now: Timestamp) -> Option<Duration> {
        let people = self.people();
        let waiting = people.values().filter(|turn| turn.waits);
        let rest = waiting.map(|turn| turn.rest_ms(now)).min()?;
        Some(Duration::from_millis(
            u64::try_from(rest).unwrap_or_default(),
        ))
    }

    fn people(&self) -> MutexGuard<'_, HashMap<String, Turn>> {
        self.people.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> Timestamp {
        Timestamp(seconds * 1000)
    }

    #[test]
    fn a_thousand_syncs_are_a_turn_every_ten_seconds_and_one_after_the_last() {
        let noted = Noted::default();
        let mut turns = 0;
        for tenth in 0..1000 {
            noted.note("u");
            turns += noted.take_due(Timestamp(tenth * 25)).len();
        }
        assert_eq!(turns, 3);
        assert_eq!(noted.until_next(at(25)), Some(Duration::from_secs(5)));
        assert_eq!(noted.take_due(at(30)), ["u"]);
        assert_eq!(noted.until_next(at(30)), None);
        assert_eq!(noted.take_due(at(90)), Vec::<String>::new());
        assert!(noted.people().is_empty());
    }

    #[test]
    fn a_turn_that_came_to_nothing_is_taken_again_ever_later() {
        let noted = Noted::default();
        noted.note("u");
        let mut moments = Vec::new();
        for second in 0..1200 {
            for user_id in noted.take_due(at(second)) {
                noted.note_again(&user_id);
                moments.push(second);
            }
        }
        assert_eq!(moments, [0, 20, 60, 140, 300, 620, 940]);
        // Whatever changes is taken up soon, and what came to something is forgotten.
        noted.note("u");
        assert_eq!(noted.take_due(at(1200)), ["u"]);
        assert_eq!(noted.until_next(at(1200)), None);
        assert_eq!(noted.take_due(at(1210)), Vec::<String>::new());
        noted.note("u");
        assert_eq!(noted.until_next(at(1210)), Some(Duration::ZERO));
    }

    #[test]
    fn what_is_noted_during_a_turn_that_comes_to_nothing_does_not_wait_longer() {
        let noted = Noted::default();
        noted.note("u");
        assert_eq!(noted.take_due(at(0)), ["u"]);
        noted.note("u");
        noted.note_again("u");
        assert_eq!(noted.take_due(at(10)), ["u"]);
    }

    #[test]
    fn people_do_not_wait_for_each_other() {
        let noted = Noted::default();
        noted.note("u");
        assert_eq!(noted.take_due(at(0)), ["u"]);
        noted.note("v");
        noted.note("u");
        assert_eq!(noted.until_next(at(1)), Some(Duration::ZERO));
        assert_eq!(noted.take_due(at(1)), ["v"]);
    }

    #[test]
    fn a_clock_that_was_set_back_holds_nobody_up() {
        let noted = Noted::default();
        noted.note("u");
        assert_eq!(noted.take_due(at(1000)), ["u"]);
        noted.note("u");
        assert_eq!(noted.take_due(at(10)), ["u"]);
    }
}
