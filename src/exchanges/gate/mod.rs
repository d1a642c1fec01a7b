//! The gate before every exchange: nobody passes while a host asks to wait, nor beyond its budget.

mod lately;
mod purses;
#[cfg(test)]
mod tests;
mod windows;

use std::sync::Arc;
use std::time::Duration;

use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};

use super::cost::{Cost, Scope};
use super::error::ExchangeError;
use super::neighbours::{Alone, Unreachable};
use super::registry::Surroundings;
use super::retry::TimeLeft;
use crate::domain::health::{Fullest, LONG_WINDOW_MS, Spent};
use crate::domain::problem::ExchangeProblem;
use purses::{AccountMark, Purse, PurseKey, Purses};
use windows::{Want, Windows};

/// A pause that has no more than this left is waited for, where patience allows it.
const SHORT_PAUSE_MS: i64 = 1_000;

/// A call that wants to pass.
pub(super) struct Charge<'a> {
    /// Exchange and host, as [`Neighbours`] name them.
    pub(super) place: &'a str,
    pub(super) path: &'static str,
    pub(super) cost: Cost,
    /// The key that stands for the account; `None` for a call that anybody may make.
    pub(super) api_key: Option<&'a SecretString>,
    /// How far the exchange's clock is ahead of ours, as far as known.
    pub(super) offset_ms: i64,
    /// Whether others go first: it may spend of a long window only what leaves them the other half.
    pub(super) yields: bool,
}

/// A call that has passed and is paid for.
pub(super) struct Passed {
    purse: Arc<Purse>,
    paid_ms: i64,
    has_waited: bool,
}

/// The gate of all exchanges.
pub(super) struct Gate {
    surroundings: Surroundings,
    purses: Purses,
    /// The pauses learnt here, for when the neighbours could not be told.
    learnt: Alone,
}

impl Gate {
    /// An open gate.
    pub(super) fn new(surroundings: Surroundings) -> Self {
        Self {
            surroundings,
            purses: Purses::new(),
            learnt: Alone::default(),
        }
    }

    /// Lets a call pass, in its turn and as soon as the place and its budget allow it. A call that
    /// is given up while it waits has spent nothing.
    ///
    /// # Errors
    /// [`ExchangeProblem::RateLimited`] when that takes longer than patience lasts or the place
    /// asks to wait; [`ExchangeProblem::Unavailable`] when the neighbours cannot be asked. The
    /// call must not be sent then.
    pub(super) async fn pass(
        &self,
        charge: &Charge<'_>,
        patience: &mut TimeLeft,
    ) -> Result<Passed, ExchangeError> {
        self.outwait_pause(charge.place, patience).await?;
        let passed = self.pay(charge, patience).await?;
        if passed.has_waited {
            self.outwait_pause(charge.place, patience).await?;
        }
        Ok(passed)
    }

    /// What is spent of the budget that all calls to a place share, by our clock.
    pub(super) fn spent(&self, place: &str) -> Option<Spent> {
        let key = PurseKey {
            place: place.to_owned(),
            path: None,
            account: None,
        };
        let purse = self.purses.known_as(&key)?;
        Some(purse.windows().spent(self.local_ms()))
    }

    /// The budget of an exchange that is used most, by our clock: at the moment, of those whose window
    /// is a minute or longer; where there is none, over the last minute, of the shorter ones. `None` when
    /// there never was one.
    pub(super) fn fullest(&self, exchange: &str) -> Option<Fullest> {
        let now_ms = self.local_ms();
        let all = self.purses.all().into_iter();
        let used = all.filter_map(|(key, purse)| {
            let (name, host) = key.place.split_once(' ')?;
            (name == exchange).then(|| fullest(host, key.path, &purse.windows(), now_ms))
        });
        used.max_by_key(|one| {
            let Spent { weight, .. } = one.spent;
            let full_ms = one.full_ms.unwrap_or_default();
            let percent = one.spent.percent();
            (
                one.full_ms.is_none(),
                full_ms,
                percent,
                weight,
                one.path.clone(),
            )
        })
    }

    /// Has nobody call a place for so many seconds. Once begun, the neighbours are told even if
    /// whoever called is gone.
    pub(super) async fn pause(&self, place: &str, seconds: u64) {
        let wait_ms = i64::try_from(seconds.saturating_mul(1_000)).unwrap_or(i64::MAX);
        let until = self.local_ms().saturating_add(wait_ms);
        self.learnt.note(place, until);
        let neighbours = Arc::clone(&self.surroundings.neighbours);
        let place = place.to_owned();
        let telling = tokio::spawn(async move { neighbours.pause(&place, until).await });
        if !matches!(telling.await, Ok(Ok(()))) {
            tracing::warn!("other processes could not be told of a pause");
        }
    }

    /// Waits until nobody is asked to wait at a place, if that is soon.
    ///
    /// # Errors
    /// As of [`Self::pass`].
    pub(super) async fn outwait_pause(
        &self,
        place: &str,
        patience: &mut TimeLeft,
    ) -> Result<(), ExchangeError> {
        loop {
            let until = self.paused_until(place).await;
            let until = until.map_err(|Unreachable| ExchangeProblem::Unavailable)?;
            let left_ms = until.map_or(0, |until| until.saturating_sub(self.local_ms()));
            if left_ms <= 0 {
                return Ok(());
            }
            if left_ms > SHORT_PAUSE_MS || !patience.sleep(millis(left_ms)).await {
                return Err(limited(left_ms));
            }
        }
    }

    async fn paused_until(&self, place: &str) -> Result<Option<i64>, Unreachable> {
        let told = self.surroundings.neighbours.paused_until(place).await?;
        Ok(told.max(self.learnt.until(place)))
    }

    async fn pay(
        &self,
        charge: &Charge<'_>,
        patience: &mut TimeLeft,
    ) -> Result<Passed, ExchangeError> {
        let budget = charge.cost.budget;
        let purse = self.purses.find(key(charge), budget, self.now_ms(charge));
        let (turn, mut has_waited) = match purse.turn.try_lock() {
            Ok(turn) => (turn, false),
            Err(_) => match patience.within(purse.turn.lock()).await {
                Some(turn) => (turn, true),
                None => return Err(limited(left_of_window(charge, self.now_ms(charge)))),
            },
        };
        let mut turn = Some(turn);
        loop {
            let now_ms = self.now_ms(charge);
            let sharers = self.surroundings.neighbours.count();
            let want = Want {
                weight: charge.cost.weight,
                yields: charge.yields,
            };
            let taken = purse.windows().take(want, sharers, now_ms);
            let Err(next_ms) = taken else {
                let purse = Arc::clone(&purse);
                return Ok(Passed {
                    purse,
                    paid_ms: now_ms,
                    has_waited,
                });
            };
            let wait_ms = next_ms.saturating_sub(now_ms);
            if charge.yields {
                // Whoever may spend more does not wait behind it.
                drop(turn.take());
            }
            if !patience.sleep(millis(wait_ms)).await {
                return Err(limited(wait_ms));
            }
            has_waited = true;
        }
    }

    fn local_ms(&self) -> i64 {
        (self.surroundings.clock)()
    }

    /// The exchange's time, in epoch milliseconds, UTC.
    fn now_ms(&self, charge: &Charge<'_>) -> i64 {
        self.local_ms().saturating_add(charge.offset_ms)
    }
}

impl Passed {
    /// Takes the exchange's word for what everybody has spent of the budget.
    pub(super) fn learn(&self, used: u32) {
        self.purse.windows().correct(used, self.paid_ms);
    }

    /// What is spent of the budget, by our clock.
    pub(super) fn spent(&self, now_ms: i64) -> Spent {
        self.purse.windows().spent(now_ms)
    }

    /// What is spent of the budget, if its windows are short and were full for most of the minute.
    pub(super) fn lasting(&self) -> Option<Spent> {
        self.purse.windows().lasting(self.paid_ms)
    }
}

fn fullest(host: &str, path: Option<&str>, windows: &Windows, now_ms: i64) -> Fullest {
    let spent = windows.spent(now_ms);
    let is_short = spent.window_ms < LONG_WINDOW_MS;
    let (spent, full_ms) = windows.lately(now_ms).unwrap_or((spent, 0));
    Fullest {
        host: host.to_owned(),
        path: path.map(str::to_owned),
        spent,
        full_ms: is_short.then_some(full_ms),
    }
}

fn key(charge: &Charge<'_>) -> PurseKey {
    let by_path = charge.cost.scope != Scope::Address;
    let by_account = charge.cost.scope == Scope::PathByAccount;
    PurseKey {
        place: charge.place.to_owned(),
        path: by_path.then_some(charge.path),
        account: charge
            .api_key
            .filter(|_| by_account)
            .map(|api_key| mark(charge.place, api_key)),
    }
}

fn mark(place: &str, api_key: &SecretString) -> AccountMark {
    let digest = Sha256::new()
        .chain_update(place)
        .chain_update([0])
        .chain_update(api_key.expose_secret())
        .finalize();
    let mut mark = [0; 16];
    mark.copy_from_slice(&digest[..16]);
    AccountMark(mark)
}

fn left_of_window(charge: &Charge<'_>, now_ms: i64) -> i64 {
    let window_ms = charge.cost.budget.window_ms.max(1);
    window_ms - now_ms.rem_euclid(window_ms)
}

/// A time to wait, never none at all.
fn millis(ms: i64) -> Duration {
    Duration::from_millis(u64::try_from(ms).unwrap_or(0).max(1))
}

/// The word that a call has to wait so long, in whole seconds, rounded up.
fn limited(wait_ms: i64) -> ExchangeError {
    let seconds = u64::try_from(wait_ms).unwrap_or(0).div_ceil(1_000).max(1);
    ExchangeProblem::RateLimited { seconds }.into()
}
