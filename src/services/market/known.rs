//! What this process knows of the market, and who is reading at the moment.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::OwnedMutexGuard;

use super::days::Days;
use super::shelf::{Shelf, is_fresh, rest_ms};
use crate::domain::exchange::ExchangeId;
use crate::domain::market::Pair;
use crate::domain::market::candle::Candle;
use crate::domain::market::gaps::Stretch;
use crate::domain::market::interval::Interval;
use crate::domain::market::listing::Listings;
use crate::domain::problem::ExchangeProblem;
use crate::domain::timestamp::Timestamp;

/// How long the newest candles are used as they are, in milliseconds.
const NEW_MS: i64 = 3_000;
/// How long a pair is looked after whose figures of the day somebody wanted, in milliseconds.
const WANTED_MS: i64 = 10 * 60_000;

/// A pair on an exchange at one length.
pub(super) type Key = (ExchangeId, Pair, Interval);

/// What is known.
#[derive(Debug, Default)]
pub struct Known {
    /// What exchanges list.
    pub(super) listings: Shelf<ExchangeId, Listings>,
    /// What pairs did over the last 24 hours.
    pub(super) days: Shelf<ExchangeId, Days>,
    wanted: Mutex<HashMap<ExchangeId, HashMap<Pair, Timestamp>>>,
    turns: Mutex<HashMap<Key, Arc<tokio::sync::Mutex<()>>>>,
    tails: Mutex<HashMap<Key, Tail>>,
    rests: Mutex<HashMap<ExchangeId, (ExchangeProblem, Timestamp)>>,
}

/// The newest candles of a series, as they were told last.
#[derive(Clone, Debug)]
pub(super) struct Tail {
    /// From when on they were asked for.
    pub(super) from: Timestamp,
    /// When that was.
    pub(super) at: Timestamp,
    /// The candle that runs.
    pub(super) running: Option<Candle>,
}

impl Tail {
    /// The stretch that need not be asked for again yet.
    pub(super) fn settled(&self, now: Timestamp) -> Option<Stretch> {
        is_fresh(self.at, now, NEW_MS).then_some((self.from, Timestamp(i64::MAX)))
    }
}

impl Known {
    /// Notes that somebody wants the figures of pairs; gives all that somebody wanted lately.
    pub(super) fn want(&self, exchange: &ExchangeId, pairs: &[Pair], now: Timestamp) -> Vec<Pair> {
        let mut wanted = lock(&self.wanted);
        let own = wanted.entry(exchange.clone()).or_default();
        own.retain(|_, at| is_fresh(*at, now, WANTED_MS));
        own.extend(pairs.iter().map(|pair| (pair.clone(), now)));
        own.keys().cloned().collect()
    }

    /// Waits for the turn of a series: what one has fetched, the next finds stored.
    pub(super) async fn turn(&self, key: &Key) -> OwnedMutexGuard<()> {
        let turn = {
            let mut turns = lock(&self.turns);
            turns.retain(|_, turn| Arc::strong_count(turn) > 1);
            Arc::clone(turns.entry(key.clone()).or_default())
        };
        turn.lock_owned().await
    }

    /// The newest candles of a series, as they were told last.
    pub(super) fn tail(&self, key: &Key) -> Option<Tail> {
        lock(&self.tails).get(key).cloned()
    }

    /// Keeps the newest candles of a series; those that nobody asked for lately go.
    pub(super) fn keep_tail(&self, key: &Key, tail: Tail) {
        let mut tails = lock(&self.tails);
        let now = tail.at;
        tails.retain(|_, one| is_fresh(one.at, now, WANTED_MS));
        tails.insert(key.clone(), tail);
    }

    /// Why an exchange is left alone at the moment.
    pub(super) fn rest(&self, exchange: &ExchangeId, now: Timestamp) -> Option<ExchangeProblem> {
        let rests = lock(&self.rests);
        let (problem, until) = rests.get(exchange)?;
        (now < *until).then(|| problem.clone())
    }

    /// Leaves an exchange alone after a problem.
    pub(super) fn let_rest(
        &self,
        exchange: &ExchangeId,
        problem: &ExchangeProblem,
        now: Timestamp,
    ) {
        let until = now.plus_ms(rest_ms(problem));
        let mut rests = lock(&self.rests);
        rests.insert(exchange.clone(), (problem.clone(), until));
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
