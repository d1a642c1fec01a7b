//! What somebody may have to be told of a site: that it fails, that its budget is nearly used up, that
//! its clock is not ours.

use crate::domain::exchange::Environment;
use crate::domain::health::{CallClass, ClockReading, HIGH_PERCENT, Outcome, Spent};
use crate::domain::timestamp::Timestamp;

/// How old the reading of a clock becomes while its site is in use, in milliseconds.
const ASK_AGAIN_MS: i64 = 15 * 60_000;
/// How long after a call a site counts as in use, in milliseconds: connections are synced every hour
/// unless somebody wants it otherwise.
const IN_USE_MS: i64 = 2 * 60 * 60_000;

/// What this process has seen of a site since it began.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Site {
    /// The calls without an answer since the last one that had one.
    pub failing: Option<Failing>,
    /// When a call was last answered.
    pub answered_at: Option<Timestamp>,
    /// When one of its budgets was last nearly used up.
    pub busy: Option<Busy>,
    /// What its clock showed when it last told its time.
    pub clock: Option<ClockReading>,
    /// When it was last called for anything but its time, and for which environment.
    pub used: Option<(Timestamp, Environment)>,
    /// When it was last asked for its time, answered or not.
    pub time_asked_at: Option<Timestamp>,
}

/// A budget that is nearly used up: more than four fifths of a window of a minute or longer, or shorter
/// windows that were full for more than four fifths of a minute.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Busy {
    /// When that was so.
    pub at: Timestamp,
    /// What was spent of a window; of short ones, of the fullest.
    pub spent: Spent,
    /// The path, where each has a budget of its own.
    pub path: Option<&'static str>,
}

/// Calls in a row that were not answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Failing {
    /// When the first of them ended.
    pub since: Timestamp,
    /// When the last of them ended.
    pub last: Timestamp,
    /// How the last of them ended.
    pub outcome: Outcome,
}

impl Site {
    /// Notes how a call ended.
    pub(super) fn note(&mut self, at: Timestamp, outcome: Outcome) {
        if outcome.is_answer() {
            self.failing = None;
            self.answered_at = Some(at);
            return;
        }
        let since = self.failing.map_or(at, |failing| failing.since);
        self.failing = Some(Failing {
            since,
            last: at,
            outcome,
        });
    }

    /// Notes what it was called for.
    pub(super) fn note_use(&mut self, at: Timestamp, class: CallClass, environment: Environment) {
        match class {
            CallClass::Time => self.time_asked_at = Some(at),
            _ => self.used = Some((at, environment)),
        }
    }

    /// For which environment its clock is to be looked at again: it is in use, and was not asked for its
    /// time for a while. `None` while it need not be.
    #[must_use]
    pub fn wants_time(&self, now: Timestamp) -> Option<Environment> {
        let (used_at, environment) = self.used?;
        let asked_at = self.time_asked_at;
        let is_old = asked_at.is_none_or(|at| now.0.saturating_sub(at.0) >= ASK_AGAIN_MS);
        let in_use = now.0.saturating_sub(used_at.0) <= IN_USE_MS;
        (is_old && in_use).then_some(environment)
    }

    /// Notes what is spent of a budget with long windows.
    pub(super) fn note_spent(&mut self, at: Timestamp, spent: Spent, path: Option<&'static str>) {
        if spent.percent() > HIGH_PERCENT {
            self.busy = Some(Busy { at, spent, path });
        }
    }

    /// Notes that short windows were full for most of a minute.
    pub(super) fn note_lasting(&mut self, at: Timestamp, spent: Spent, path: Option<&'static str>) {
        self.busy = Some(Busy { at, spent, path });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_spell_of_failing_begins_once_and_ends_with_an_answer() {
        let mut site = Site::default();
        for (at, outcome) in [
            (1, Outcome::Ok),
            (2, Outcome::Timeout),
            (5, Outcome::Banned),
        ] {
            site.note(Timestamp(at), outcome);
        }
        let spell = Failing {
            since: Timestamp(2),
            last: Timestamp(5),
            outcome: Outcome::Banned,
        };
        assert_eq!(site.failing, Some(spell));
        assert_eq!(site.answered_at, Some(Timestamp(1)));
        // A refusal is an answer.
        site.note(Timestamp(6), Outcome::Refused);
        assert_eq!((site.failing, site.answered_at), (None, Some(Timestamp(6))));
    }

    #[test]
    fn the_clock_of_a_site_in_use_is_asked_every_quarter_of_an_hour() {
        const MINUTE: i64 = 60_000;
        let (live, test) = (Environment::Live, Environment::Testnet);
        let mut site = Site::default();
        assert_eq!(site.wants_time(Timestamp(0)), None, "nobody calls it");
        site.note_use(Timestamp(0), CallClass::Market, live);
        assert_eq!(site.wants_time(Timestamp(0)), Some(live), "never asked");
        site.note_use(Timestamp(0), CallClass::Time, live);
        assert_eq!(site.wants_time(Timestamp(15 * MINUTE - 1)), None);
        assert_eq!(site.wants_time(Timestamp(15 * MINUTE)), Some(live));
        // To be asked for its time is no use of it.
        site.note_use(Timestamp(100 * MINUTE), CallClass::Time, live);
        assert_eq!(site.wants_time(Timestamp(120 * MINUTE)), Some(live));
        assert_eq!(site.wants_time(Timestamp(120 * MINUTE + 1)), None);
        site.note_use(Timestamp(121 * MINUTE), CallClass::Account, test);
        assert_eq!(site.wants_time(Timestamp(121 * MINUTE)), Some(test));
    }

    #[test]
    fn a_budget_is_busy_above_four_fifths() {
        let spent = |weight| Spent {
            weight,
            limit: 1_000,
            window_ms: 60_000,
        };
        let mut site = Site::default();
        site.note_spent(Timestamp(1), spent(809), None);
        assert_eq!(site.busy, None);
        site.note_spent(Timestamp(2), spent(810), Some("/a"));
        site.note_spent(Timestamp(3), spent(10), None);
        let busy = Busy {
            at: Timestamp(2),
            spent: spent(810),
            path: Some("/a"),
        };
        assert_eq!(site.busy, Some(busy));
    }
}
