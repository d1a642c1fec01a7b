//! How often a call is made again, after how long, and how long all of it may take.

use std::time::Duration;

use tokio::time::{Instant, sleep, timeout};

/// The most times a request is sent, the first one included.
pub(super) const MAX_TRIES: u32 = 3;
/// The longest time between two tries.
const MAX_DELAY: Duration = Duration::from_secs(8);
/// What all tries of a call and the times between them take at most. Waiting for the exchange's
/// budget is limited by the caller's patience instead.
const MAX_TIME: Duration = Duration::from_secs(60);

/// How long to wait after so many tries: by chance between nothing and `pace`, doubled with every
/// try, so that those who failed together do not come back together.
pub(super) fn delay(tries: u32, pace: Duration, dice: u64) -> Duration {
    delay_up_to(MAX_DELAY, tries, pace, dice)
}

/// The same with another longest time.
pub(super) fn delay_up_to(longest: Duration, tries: u32, pace: Duration, dice: u64) -> Duration {
    let doublings = tries.saturating_sub(1).min(31);
    let most = pace.saturating_mul(1 << doublings).min(longest);
    let most = u64::try_from(most.as_micros()).unwrap_or(u64::MAX);
    Duration::from_micros(dice % most.saturating_add(1))
}

/// Time that may be spent, and gets less.
#[derive(Debug)]
pub(super) struct TimeLeft(Duration);

impl TimeLeft {
    /// As much as that.
    pub(super) fn new(left: Duration) -> Self {
        Self(left)
    }

    /// Sleeps, if time is left afterwards; else it says no at once.
    pub(super) async fn sleep(&mut self, time: Duration) -> bool {
        if time >= self.0 {
            return false;
        }
        self.within(sleep(time)).await;
        true
    }

    /// Waits for something; `None` when the time runs out. What is there already is always had.
    pub(super) async fn within<T>(&mut self, work: impl Future<Output = T>) -> Option<T> {
        let started = Instant::now();
        let done = timeout(self.0, work).await.ok();
        self.0 = self.0.saturating_sub(started.elapsed());
        done
    }
}

/// What one call may take.
#[derive(Debug)]
pub(super) struct Limits {
    /// For waiting for budget.
    pub(super) patience: TimeLeft,
    /// For everything else.
    pub(super) time: TimeLeft,
}

impl Limits {
    /// For a caller of that patience.
    pub(super) fn new(patience: Duration) -> Self {
        Self {
            patience: TimeLeft::new(patience),
            time: TimeLeft::new(MAX_TIME),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PACE: Duration = Duration::from_millis(500);

    #[test]
    fn delays_lie_anywhere_between_nothing_and_twice_the_one_before() {
        let ms = Duration::from_millis;
        for (tries, most) in [(1, 500), (2, 1_000), (3, 2_000), (5, 8_000), (40, 8_000)] {
            let dice_of_most = u64::try_from(ms(most).as_micros()).unwrap();
            assert_eq!(delay(tries, PACE, 0), Duration::ZERO);
            assert_eq!(delay(tries, PACE, dice_of_most), ms(most), "{tries}");
            assert_eq!(delay(tries, PACE, dice_of_most + 1), Duration::ZERO);
            assert!(delay(tries, PACE, u64::MAX) <= ms(most));
        }
        assert_eq!(delay(u32::MAX, Duration::MAX, 8_000_000), MAX_DELAY);
        assert_eq!(delay(3, Duration::ZERO, u64::MAX), Duration::ZERO);
    }

    #[tokio::test]
    async fn a_sleep_that_is_too_long_is_not_begun() {
        let mut left = TimeLeft::new(Duration::from_millis(20));
        assert!(!left.sleep(Duration::from_secs(3_600)).await);
        assert!(left.sleep(Duration::from_millis(15)).await);
        assert!(!left.sleep(Duration::from_millis(15)).await);
        assert!(!TimeLeft::new(Duration::ZERO).sleep(Duration::ZERO).await);
    }

    #[tokio::test]
    async fn what_is_there_is_had_without_any_time_left() {
        let mut left = TimeLeft::new(Duration::ZERO);
        assert_eq!(left.within(async { 7 }).await, Some(7));
        assert_eq!(left.within(std::future::pending::<()>()).await, None);
    }
}
