//! Every budget that is being spent from, with the queue before it.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::windows::Windows;
use crate::exchanges::cost::Budget;

/// As many budgets may be known before those that nobody needs any more are looked for.
const MANY: usize = 1_024;

/// Stands for an account of an exchange. It is made of a key, and never shown.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct AccountMark(pub(super) [u8; 16]);

/// What tells one budget from all others.
#[derive(Clone, PartialEq, Eq, Hash)]
pub(super) struct PurseKey {
    /// Exchange and host.
    pub(super) place: String,
    /// For budgets of one path.
    pub(super) path: Option<&'static str>,
    /// For budgets of one account.
    pub(super) account: Option<AccountMark>,
}

/// One budget. Whoever has the turn waits until there is room; the others wait for the turn, first
/// come, first served.
pub(super) struct Purse {
    pub(super) turn: tokio::sync::Mutex<()>,
    windows: Mutex<Windows>,
}

impl Purse {
    /// The windows, for a moment.
    pub(super) fn windows(&self) -> MutexGuard<'_, Windows> {
        self.windows.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// All budgets.
pub(super) struct Purses(Mutex<Known>);

struct Known {
    purses: HashMap<PurseKey, Arc<Purse>>,
    sweep_at: usize,
}

impl Purses {
    /// Knows no budget yet.
    pub(super) fn new() -> Self {
        Self(Mutex::new(Known {
            purses: HashMap::new(),
            sweep_at: MANY,
        }))
    }

    /// The budget of that key, a new one where it is not known.
    pub(super) fn find(&self, key: PurseKey, budget: Budget, now_ms: i64) -> Arc<Purse> {
        let mut known = self.known();
        if known.purses.len() >= known.sweep_at {
            let is_needed = |purse: &Arc<Purse>| {
                Arc::strong_count(purse) > 1 || !purse.windows().is_over(now_ms)
            };
            known.purses.retain(|_, purse| is_needed(purse));
            known.sweep_at = MANY.max(2 * known.purses.len());
        }
        let new = || {
            Arc::new(Purse {
                turn: tokio::sync::Mutex::default(),
                windows: Mutex::new(Windows::new(budget)),
            })
        };
        Arc::clone(known.purses.entry(key).or_insert_with(new))
    }

    /// The budget of that key, if it was ever spent from.
    pub(super) fn known_as(&self, key: &PurseKey) -> Option<Arc<Purse>> {
        self.known().purses.get(key).cloned()
    }

    /// Every budget that was ever spent from and is not dropped.
    pub(super) fn all(&self) -> Vec<(PurseKey, Arc<Purse>)> {
        let known = self.known();
        let all = known.purses.iter();
        all.map(|(key, purse)| (key.clone(), Arc::clone(purse)))
            .collect()
    }

    fn known(&self) -> MutexGuard<'_, Known> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exchanges::gate::windows::Want;

    const BUDGET: Budget = Budget {
        limit: 10,
        window_ms: 1_000,
    };

    fn key(number: u32) -> PurseKey {
        let mut mark = [0; 16];
        mark[..4].copy_from_slice(&number.to_le_bytes());
        PurseKey {
            place: "exchange.example".into(),
            path: Some("/read"),
            account: Some(AccountMark(mark)),
        }
    }

    fn want(weight: u32) -> Want {
        Want {
            weight,
            yields: false,
        }
    }

    /// Spends the whole budget of an account.
    fn spend(purses: &Purses, number: u32, now_ms: i64) {
        let purse = purses.find(key(number), BUDGET, now_ms);
        assert_eq!(purse.windows().take(want(9), 1, now_ms), Ok(()), "{number}");
    }

    #[test]
    fn budgets_of_windows_long_past_are_dropped() {
        let purses = Purses::new();
        for number in 0..20_000 {
            spend(&purses, number, i64::from(number));
        }
        let known = purses.known().purses.len();
        assert!(known <= 2 * MANY, "{known}");
    }

    #[test]
    fn budgets_of_the_window_that_runs_are_never_dropped() {
        let purses = Purses::new();
        for number in 0..20_000 {
            spend(&purses, number, 500);
        }
        for number in 0..20_000 {
            let purse = purses.find(key(number), BUDGET, 999);
            assert_eq!(purse.windows().take(want(1), 1, 999), Err(1_000));
        }
    }

    #[test]
    fn a_budget_that_somebody_waits_for_is_not_dropped() {
        let purses = Purses::new();
        let waited_for = purses.find(key(0), BUDGET, 0);
        for number in 1..5_000 {
            spend(&purses, number, i64::from(number) * 1_000);
        }
        let again = purses.find(key(0), BUDGET, 9_000_000);
        assert!(Arc::ptr_eq(&waited_for, &again));
    }
}
