//! Whose history is to be brought up to date: noted at every sync, done once for many of them.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::watch;

use crate::domain::timestamp::Timestamp;

/// The least time between two points of a person, in milliseconds.
const APART_MS: i64 = 10_000;

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
}

impl Turn {
    /// How long until it may be begun again, in milliseconds; none when the clock was set back.
    fn rest_ms(self, now: Timestamp) -> i64 {
        let since = self.begun_at.map(|at| now.0.saturating_sub(at.0));
        since
            .filter(|since| *since >= 0)
            .map_or(0, |since| APART_MS.saturating_sub(since).max(0))
    }
}

impl Noted {
    /// Notes that something changed for a person.
    pub fn note(&self, user_id: &str) {
        self.people().entry(user_id.to_owned()).or_default().waits = true;
        self.news.send_replace(());
    }

    /// Changes with every call of [`Self::note`].
    #[must_use]
    pub fn news(&self) -> watch::Receiver<()> {
        self.news.subscribe()
    }

    /// The people whose turn has come; it begins now.
    #[must_use]
    pub fn take_due(&self, now: Timestamp) -> Vec<String> {
        let mut people = self.people();
        people.retain(|_, turn| turn.waits || turn.rest_ms(now) > 0);
        let mut due = Vec::new();
        for (user_id, turn) in people.iter_mut() {
            if turn.waits && turn.rest_ms(now) == 0 {
                *turn = Turn {
                    begun_at: Some(now),
                    waits: false,
                };
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
