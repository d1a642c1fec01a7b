//! One budget over time: what was spent in the window that runs, and whether there is room for more.

use super::Spent;
use crate::exchanges::cost::Budget;

/// Windows of this length or longer are not spent in one burst.
const LONG_WINDOW_MS: i64 = 60_000;
/// Such a window is spent in no less than this many bursts, a second each.
const BURSTS: u64 = 10;
const BURST_MS: i64 = 1_000;

/// The windows of one budget. All times are the exchange's, in epoch milliseconds, UTC.
#[derive(Debug)]
pub(super) struct Windows {
    limit: u64,
    whole: Window,
    /// The second that runs, for long windows.
    burst: Option<Window>,
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
        }
    }

    /// Spends a weight as one of so many processes, which share nine tenths of the limit evenly. A
    /// call is always let through where nothing is spent yet, however small the share.
    ///
    /// # Errors
    /// When the next window begins, if there is no room in this one. Nothing is spent then.
    pub(super) fn take(&mut self, weight: u32, sharers: u32, now_ms: i64) -> Result<(), i64> {
        let most = (self.limit * 9 / 10).max(1);
        let share = (most / u64::from(sharers.max(1))).max(1);
        let share_of_second = (share / BURSTS).max(1);
        self.whole.roll(now_ms);
        self.whole.room(weight, share, most)?;
        if let Some(burst) = &mut self.burst {
            burst.roll(now_ms);
            burst.room(weight, share_of_second, most)?;
            burst.spend(weight);
        }
        self.whole.spend(weight);
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
mod tests {
    use super::*;

    /// The beginning of a minute.
    const MINUTE: i64 = 29_453_760 * 60_000;

    fn windows(limit: u32, window_ms: i64) -> Windows {
        Windows::new(Budget { limit, window_ms })
    }

    /// How many calls of a weight pass at that time.
    fn passing(windows: &mut Windows, weight: u32, sharers: u32, now_ms: i64) -> u32 {
        let mut passed = 0;
        while windows.take(weight, sharers, now_ms).is_ok() {
            passed += 1;
        }
        passed
    }

    #[test]
    fn a_minute_is_spent_to_nine_tenths_over_ten_seconds_and_begins_with_the_minute() {
        let mut windows = windows(6_000, 60_000);
        for second in 0..10 {
            let now = MINUTE + second * 1_000 + 7;
            assert_eq!(passing(&mut windows, 20, 1, now), 27, "{second}");
            let next = if second < 9 {
                now - 7 + 1_000
            } else {
                MINUTE + 60_000
            };
            assert_eq!(windows.take(20, 1, now), Err(next));
        }
        assert_eq!(windows.take(1, 1, MINUTE + 59_999), Err(MINUTE + 60_000));
        assert_eq!(windows.take(1, 1, MINUTE + 60_000), Ok(()));
    }

    #[test]
    fn a_short_window_is_spent_to_nine_tenths_at_once() {
        let mut windows = windows(10, 2_000);
        assert_eq!(passing(&mut windows, 1, 1, MINUTE + 1_500), 9);
        assert_eq!(windows.take(1, 1, MINUTE + 1_999), Err(MINUTE + 2_000));
        assert_eq!(passing(&mut windows, 1, 1, MINUTE + 2_000), 9);
    }

    #[test]
    fn a_call_that_outweighs_its_share_passes_alone() {
        let mut windows = windows(6_000, 60_000);
        assert_eq!(windows.take(4_000, 60, MINUTE), Ok(()));
        assert_eq!(windows.take(1, 60, MINUTE + 1_000), Err(MINUTE + 60_000));
        let mut scarce = self::windows(1, 1_000);
        assert_eq!(passing(&mut scarce, 1, 9, MINUTE), 1);
    }

    #[test]
    fn processes_at_one_address_share_the_limit_evenly() {
        for (sharers, calls) in [(1, 90), (2, 45), (4, 22), (1_000, 1)] {
            let mut windows = windows(100, 1_000);
            assert_eq!(
                passing(&mut windows, 1, sharers, MINUTE),
                calls,
                "{sharers}"
            );
        }
    }

    #[test]
    fn the_exchanges_count_raises_ours_and_never_lowers_it() {
        let mut windows = windows(100, 1_000);
        assert_eq!(windows.take(30, 1, MINUTE), Ok(()));
        windows.correct(80, MINUTE);
        assert_eq!(windows.take(11, 1, MINUTE + 1), Err(MINUTE + 1_000));
        windows.correct(0, MINUTE);
        assert_eq!(windows.take(11, 1, MINUTE + 2), Err(MINUTE + 1_000));
        assert_eq!(windows.take(10, 1, MINUTE + 3), Ok(()));
        assert_eq!(passing(&mut windows, 1, 1, MINUTE + 1_000), 90);
    }

    #[test]
    fn what_others_spent_does_not_come_off_our_share() {
        let mut windows = windows(100, 1_000);
        assert_eq!(windows.take(10, 3, MINUTE), Ok(()));
        windows.correct(60, MINUTE);
        assert_eq!(passing(&mut windows, 1, 3, MINUTE), 20);
    }

    #[test]
    fn a_count_of_a_window_that_is_over_says_nothing_of_the_next() {
        let mut windows = windows(100, 1_000);
        assert_eq!(windows.take(1, 1, MINUTE), Ok(()));
        assert_eq!(windows.take(1, 1, MINUTE + 1_000), Ok(()));
        windows.correct(u32::MAX, MINUTE + 999);
        assert_eq!(passing(&mut windows, 1, 1, MINUTE + 1_001), 89);
        windows.correct(u32::MAX, MINUTE + 1_001);
        assert!(windows.take(1, 1, MINUTE + 1_999).is_err());
    }

    #[test]
    fn a_clock_that_is_set_back_a_little_forgets_nothing_and_one_set_back_far_blocks_nothing() {
        let mut windows = windows(10, 1_000);
        assert_eq!(passing(&mut windows, 1, 1, MINUTE), 9);
        assert_eq!(windows.take(1, 1, MINUTE - 1), Err(MINUTE + 1_000));
        assert_eq!(windows.take(1, 1, MINUTE - 3_600_000), Ok(()));
    }

    #[test]
    fn no_time_and_no_weight_makes_the_count_panic() {
        for limit in [0, 1, u32::MAX] {
            for window_ms in [i64::MIN, 0, 1, 60_000, i64::MAX] {
                let mut windows = windows(limit, window_ms);
                for now in [i64::MIN, -1, 0, MINUTE, i64::MAX] {
                    let _ = windows.take(u32::MAX, u32::MAX, now);
                    windows.correct(u32::MAX, now);
                    let _ = (windows.take(1, 0, now), windows.is_over(now));
                }
            }
        }
    }
}
