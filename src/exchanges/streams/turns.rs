//! Whose turn it is: how often messages may be sent over a stream, and streams be opened at a host.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

/// How often something may be done.
#[derive(Clone, Copy, Debug)]
pub(in crate::exchanges) struct Rate {
    /// How often at once.
    pub(in crate::exchanges) at_once: u32,
    /// After how long it may be done once more.
    pub(in crate::exchanges) every: Duration,
}

/// Turns that are used up and come back.
#[derive(Debug)]
pub(super) struct Turns {
    rate: Rate,
    /// When all turns are back.
    full_at: Instant,
}

impl Turns {
    /// All turns are there.
    pub(super) fn new(rate: Rate) -> Self {
        Self {
            rate,
            full_at: Instant::now(),
        }
    }

    /// When the next turn is there.
    pub(super) fn next(&self) -> Instant {
        let all = self.rate.every * self.rate.at_once.saturating_sub(1);
        self.full_at.checked_sub(all).unwrap_or(self.full_at)
    }

    /// Takes a turn.
    pub(super) fn take(&mut self) {
        self.full_at = self.full_at.max(Instant::now()) + self.rate.every;
    }
}

/// When a stream may be opened at each host: one after the other, never many at once.
#[derive(Debug, Default)]
pub(in crate::exchanges) struct Connects(Mutex<HashMap<String, Instant>>);

impl Connects {
    /// Takes the next turn at a host, and says when it is. `apart` is the time between two.
    pub(in crate::exchanges) fn take(&self, host: &str, apart: Duration) -> Instant {
        let now = Instant::now();
        let mut hosts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let next = hosts.entry(host.to_owned()).or_insert(now);
        let turn = (*next).max(now);
        *next = turn + apart;
        turn
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RATE: Rate = Rate {
        at_once: 3,
        every: Duration::from_secs(10),
    };

    #[tokio::test]
    async fn so_many_go_at_once_and_then_one_after_the_other() {
        let begun = Instant::now();
        let mut turns = Turns::new(RATE);
        for _ in 0..3 {
            assert!(turns.next() <= Instant::now());
            turns.take();
        }
        assert!(turns.next() >= begun + RATE.every);
        turns.take();
        assert!(turns.next() >= begun + RATE.every * 2);
    }

    #[tokio::test]
    async fn streams_at_one_host_are_opened_apart_and_others_do_not_wait() {
        let connects = Connects::default();
        let apart = Duration::from_secs(1);
        let first = connects.take("a", apart);
        assert!(connects.take("a", apart) >= first + apart);
        assert!(connects.take("a", apart) >= first + apart * 2);
        assert!(connects.take("b", apart) <= Instant::now());
    }
}
