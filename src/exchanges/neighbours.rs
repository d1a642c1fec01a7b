//! What all processes that speak from one address know together: who asked them to wait, and how
//! many they are.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use futures::future::BoxFuture;

/// What is known could not be asked or told. Nothing may be sent then.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("what other processes know could not be asked")]
pub struct Unreachable;

/// What the processes know together. A place is an exchange and one of its hosts:
/// `binance api.binance.com`, or `okx wss://ws.okx.com:8443` for streams. Times are epoch milliseconds, UTC.
pub trait Neighbours: Send + Sync {
    /// Until when nobody may call a place; `None` when nobody has been asked to wait.
    ///
    /// # Errors
    /// [`Unreachable`].
    fn paused_until<'a>(
        &'a self,
        place: &'a str,
    ) -> BoxFuture<'a, Result<Option<i64>, Unreachable>>;

    /// Has nobody call a place until then. A pause is never shortened by another.
    ///
    /// # Errors
    /// [`Unreachable`].
    fn pause<'a>(&'a self, place: &'a str, until: i64) -> BoxFuture<'a, Result<(), Unreachable>>;

    /// How many processes share the address, this one included; at least 1.
    fn count(&self) -> u32;
}

/// A process that is alone, and forgets when it ends.
#[derive(Debug, Default)]
pub struct Alone(Mutex<HashMap<String, i64>>);

impl Alone {
    /// Until when nobody may call a place.
    pub fn until(&self, place: &str) -> Option<i64> {
        self.places().get(place).copied()
    }

    /// Has nobody call a place until then, or for as long as was asked for before.
    pub fn note(&self, place: &str, until: i64) {
        let mut places = self.places();
        let known = places.entry(place.to_owned()).or_insert(until);
        *known = until.max(*known);
    }

    fn places(&self) -> MutexGuard<'_, HashMap<String, i64>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Neighbours for Alone {
    fn paused_until<'a>(
        &'a self,
        place: &'a str,
    ) -> BoxFuture<'a, Result<Option<i64>, Unreachable>> {
        Box::pin(std::future::ready(Ok(self.until(place))))
    }

    fn pause<'a>(&'a self, place: &'a str, until: i64) -> BoxFuture<'a, Result<(), Unreachable>> {
        self.note(place, until);
        Box::pin(std::future::ready(Ok(())))
    }

    fn count(&self) -> u32 {
        1
    }
}
