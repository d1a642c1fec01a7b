//! How full short windows were of late: that one is full is nothing, that most of a minute's are tells
//! that calls wait all the time.

use crate::domain::health::HIGH_PERCENT;

const MINUTE_MS: i64 = 60_000;

/// The windows of one short budget in the minute that runs and in the one before.
#[derive(Debug)]
pub(super) struct Lately {
    window_ms: i64,
    limit: u64,
    running: Minute,
    before: Minute,
    /// The number of the window that was found full last.
    last_full: i64,
}

/// The windows that began in one minute.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Minute {
    index: i64,
    /// What was spent of the fullest of them.
    pub(super) most: u64,
    /// For how long they were full, in milliseconds.
    pub(super) full_ms: i64,
}

impl Minute {
    const fn new(index: i64) -> Self {
        Self {
            index,
            most: 0,
            full_ms: 0,
        }
    }

    /// Whether more than four fifths of it were full.
    pub(super) fn is_full(&self) -> bool {
        let high = i64::try_from(HIGH_PERCENT).unwrap_or(100);
        self.full_ms.saturating_mul(100) > MINUTE_MS * high
    }
}

impl Lately {
    /// Nothing was spent of late.
    pub(super) fn new(window_ms: i64, limit: u64) -> Self {
        let never = Minute::new(i64::MIN);
        Self {
            window_ms,
            limit,
            running: never,
            before: never,
            last_full: i64::MIN,
        }
    }

    /// Notes what is spent of a window by now. More than four fifths are full.
    pub(super) fn note_spent(&mut self, window: i64, spent: u64, now_ms: i64) {
        self.roll(now_ms);
        self.running.most = self.running.most.max(spent);
        if spent.saturating_mul(100) > self.limit.saturating_mul(HIGH_PERCENT) {
            self.note_full(window, now_ms);
        }
    }

    /// Notes that a window has no room for a call: where processes share a limit, or it is a small one,
    /// its share is used up before four fifths of all are.
    pub(super) fn note_full(&mut self, window: i64, now_ms: i64) {
        self.roll(now_ms);
        if self.last_full != window {
            self.last_full = window;
            self.running.full_ms = self.running.full_ms.saturating_add(self.window_ms);
        }
    }

    /// The minute that runs.
    pub(super) fn running(&self, now_ms: i64) -> Option<Minute> {
        (self.running.index == minute(now_ms)).then_some(self.running)
    }

    /// The fuller one of the minute that runs and the one before.
    pub(super) fn fuller(&self, now_ms: i64) -> Option<Minute> {
        let index = minute(now_ms);
        let both = [self.running, self.before].into_iter();
        let known = both.filter(|one| one.index == index || one.index.saturating_add(1) == index);
        known.max_by_key(|one| (one.full_ms, one.most))
    }

    /// Begins a new minute with its time; a clock that is set back a little begins none.
    fn roll(&mut self, now_ms: i64) {
        let index = minute(now_ms);
        if index > self.running.index || index.saturating_add(1) < self.running.index {
            self.before = self.running;
            self.running = Minute::new(index);
        }
    }
}

fn minute(now_ms: i64) -> i64 {
    now_ms.div_euclid(MINUTE_MS)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The beginning of a minute.
    const MINUTE: i64 = 29_453_760 * 60_000;

    /// Spends of so many windows of two seconds in a row.
    fn spend(lately: &mut Lately, spent: u64, windows: i64) {
        for window in 0..windows {
            let now = MINUTE + window * 2_000;
            lately.note_spent(now / 2_000, spent, now);
        }
    }

    #[test]
    fn one_full_window_is_nothing_and_most_of_a_minutes_are_much() {
        for (spent, windows, is_full) in
            [(9, 1, false), (9, 24, false), (9, 25, true), (8, 30, false)]
        {
            let mut lately = Lately::new(2_000, 10);
            spend(&mut lately, spent, windows);
            let minute = lately.running(MINUTE + 59_999).unwrap();
            assert_eq!(minute.is_full(), is_full, "{spent} {windows}");
            assert_eq!(minute.most, spent);
        }
    }

    #[test]
    fn a_window_that_somebody_waits_for_is_full_and_counts_once() {
        let mut lately = Lately::new(2_000, 5);
        for window in 0..30 {
            let now = MINUTE + window * 2_000;
            lately.note_spent(now / 2_000, 4, now);
            lately.note_full(now / 2_000, now);
            lately.note_full(now / 2_000, now + 1);
        }
        let minute = lately.running(MINUTE + 59_999).unwrap();
        assert_eq!((minute.full_ms, minute.is_full()), (60_000, true));
    }

    #[test]
    fn a_minute_is_told_until_the_next_is_over_and_starts_from_nothing() {
        let mut lately = Lately::new(2_000, 10);
        assert_eq!(lately.fuller(MINUTE), None);
        spend(&mut lately, 9, 30);
        assert_eq!(lately.running(MINUTE + 60_000), None);
        assert_eq!(lately.fuller(MINUTE + 119_999).unwrap().full_ms, 60_000);
        assert_eq!(lately.fuller(MINUTE + 120_000), None);
        lately.note_spent(0, 1, MINUTE + 60_000);
        assert!(!lately.running(MINUTE + 60_000).unwrap().is_full());
        assert_eq!(lately.fuller(MINUTE + 60_000).unwrap().most, 9);
    }

    #[test]
    fn no_time_makes_it_panic() {
        let mut lately = Lately::new(i64::MAX, u64::MAX);
        for now in [i64::MIN, -1, 0, MINUTE, i64::MAX] {
            lately.note_spent(now, u64::MAX, now);
            let _ = (lately.running(now), lately.fuller(now));
        }
    }
}
