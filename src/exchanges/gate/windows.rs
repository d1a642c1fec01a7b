//! One budget over time: what was spent in the window that runs, and whether there is room for more.

use super::lately::{Lately, Minute};
use crate::domain::health::{LONG_WINDOW_MS, Spent};
use crate::exchanges::cost::Budget;

/// A window of [`LONG_WINDOW_MS`] or longer is spent in no less than this many bursts, a second each.
const BURSTS: u64 = 10;
const BURST_MS: i64 = 1_000;

/// What a call wants to spend.
#[derive(Clone, Copy, Debug)]
pub(super) struct Want {
    pub(super) weight: u32,
    /// Whether it leaves one half of a window of [`LONG_WINDOW_MS`] or longer to others.
    pub(super) yields: bool,
}

/// The windows of one budget. All times are the exchange's, in epoch milliseconds, UTC.
#[derive(Debug)]
pub(super) struct Windows {
    limit: u64,
    whole: Window,
    /// The second that runs, for long windows.
    burst: Option<Window>,
    /// How full they were of late, for short windows.
    lately: Option<Lately>,
}

/// A stretch of time as long as others, beginning with a whole multiple of its length.
#[derive(Debug)]
struct Window {
    length_ms: i64,
    index: i64,
    /// Spent by this process.
    own: u64,
    /// Spent by everyone at the address, as far as known.
    all: u64,
}

impl Windows {
    /// The windows of a budget of which nothing is spent.
    pub(super) fn new(budget: Budget) -> Self {
        let length_ms = budget.window_ms.max(1);
        Self {
            limit: budget.limit.into(),
            whole: Window::new(length_ms),
            burst: (length_ms >= LONG_WINDOW_MS).then(|| Window::new(BURST_MS)),
            lately: (length_ms < LONG_WINDOW_MS)
                .then(|| Lately::new(length_ms, budget.limit.into())),
        }
    }

    /// Spends a weight as one of so many processes, which share nine tenths of the limit evenly. A
    /// call is always let through where nothing is spent yet, however small the share.
    ///
    /// # Errors
    /// When the next window begins, if there is no room in this one. Nothing is spent then.
    pub(super) fn take(&mut self, want: Want, sharers: u32, now_ms: i64) -> Result<(), i64> {
        let weight = want.weight;
        let part = if want.yields && self.burst.is_some() {
            2
        } else {
            1
        };
        let most = (self.limit * 9 / 10 / part).max(1);
        let share = (most / u64::from(sharers.max(1))).max(1);
        let share_of_second = (share / BURSTS).max(1);
        self.whole.roll(now_ms);
        let room = self.whole.room(weight, share, most);
        if let (Err(_), Some(lately)) = (room, &mut self.lately) {
            lately.note_full(self.whole.index, now_ms);
        }
        room?;
        if let Some(burst) = &mut self.burst {
            burst.roll(now_ms);
            burst.room(weight, share_of_second, most)?;
            burst.spend(weight);
        }
        self.whole.spend(weight);
        if let Some(lately) = &mut self.lately {
            lately.note_spent(self.whole.index, self.whole.all, now_ms);
        }
        Ok(())
    }

    /// Takes the exchange's word for what was spent by everyone, from the answer to a call made at
    /// `made_ms`. It never lowers the count: calls may be on their way that it does not know of.
    pub(super) fn correct(&mut self, used: u32, made_ms: i64) {
        if self.whole.index_at(made_ms) == self.whole.index {
            self.whole.all = self.whole.all.max(used.into());
        }
    }

    /// What is spent of the window that runs.
    pub(super) fn spent(&self, now_ms: i64) -> Spent {
        let running = self.whole.index_at(now_ms) == self.whole.index;
        Spent {
            weight: if running { self.whole.all } else { 0 },
            limit: self.limit,
            window_ms: self.whole.length_ms,
        }
    }

    /// What was spent of the fullest short window of late, and for how many milliseconds of a minute
    /// such windows were full; `None` for long windows, and when nothing was spent of late.
    pub(super) fn lately(&self, now_ms: i64) -> Option<(Spent, i64)> {
        let minute = self.lately.as_ref()?.fuller(now_ms)?;
        Some((self.short(minute), minute.full_ms))
    }

    /// The same if short windows were full for more than four fifths of the minute that runs.
    pub(super) fn lasting(&self, now_ms: i64) -> Option<Spent> {
        let minute = self.lately.as_ref()?.running(now_ms)?;
        minute.is_full().then(|| self.short(minute))
    }

    fn short(&self, minute: Minute) -> Spent {
        Spent {
            weight: minute.most,
            limit: self.limit,
            window_ms: self.whole.length_ms,
        }
    }

    /// Whether the window that was spent from last is over.
    pub(super) fn is_over(&self, now_ms: i64) -> bool {
        self.whole.end_ms() <= now_ms
    }
}

impl Window {
    fn new(length_ms: i64) -> Self {
        Self {
            length_ms,
            index: i64::MIN,
            own: 0,
            all: 0,
        }
    }

    fn index_at(&self, now_ms: i64) -> i64 {
        now_ms.div_euclid(self.length_ms)
    }

    fn end_ms(&self) -> i64 {
        self.index.saturating_add(1).saturating_mul(self.length_ms)
    }

    /// Begins a new window with its time. A clock that was set back over the edge of a window by a
    /// little does not begin one: what was spent shall not be forgotten.
    fn roll(&mut self, now_ms: i64) {
        let index = self.index_at(now_ms);
        if index > self.index || index.saturating_add(1) < self.index {
            *self = Self {
                index,
                ..Self::new(self.length_ms)
            };
        }
    }

    fn room(&self, weight: u32, share: u64, most: u64) -> Result<(), i64> {
        let fits = |spent: u64, most: u64| spent == 0 || spent + u64::from(weight) <= most;
        if fits(self.own, share) && fits(self.all, most) {
            Ok(())
        } else {
            Err(self.end_ms())
        }
    }

    fn spend(&mut self, weight: u32) {
        self.own += u64::from(weight);
        self.all += u64::from(weight);
    }
}

#[cfg(test)]
mod tests;
