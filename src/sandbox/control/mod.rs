//! The handle that reads what was asked of the exchanges and changes what they answer.

mod accounts;
mod making;
mod prices;
mod streams;

pub use streams::OpenStream;

use std::{
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use super::{
    Exchange, Fault, OkxRegion, Record,
    call::Call,
    flight::Lane,
    state::{Outcome, State},
};

/// No ready-made key has this API key, or it was revoked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the sandbox has no such key")]
pub struct UnknownKey;

/// A handle on a running sandbox; its clones all reach the same one.
#[derive(Clone)]
pub struct Control {
    state: Arc<Mutex<State>>,
}

impl fmt::Debug for Control {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Control").finish_non_exhaustive()
    }
}

impl Control {
    pub(super) fn new(region: Option<OkxRegion>) -> Self {
        Self {
            state: Arc::new(Mutex::new(State::new(region))),
        }
    }

    pub(super) fn answer(&self, call: &Call) -> Outcome {
        self.state().answer(call)
    }

    pub(super) fn land(&self, lanes: &[Lane]) {
        self.state().flights.land(lanes);
    }

    pub(super) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What was asked.
impl Control {
    /// Every request since the start or the last clearing, in the order received; of more than a
    /// hundred thousand the latest.
    #[must_use]
    pub fn records(&self) -> Vec<Record> {
        self.state().records.iter().cloned().collect()
    }

    /// How many requests went to paths that begin with `prefix`.
    #[must_use]
    pub fn count(&self, prefix: &str) -> usize {
        self.state()
            .records
            .iter()
            .filter(|record| record.path.starts_with(prefix))
            .count()
    }

    /// The requests that tried to do more than read.
    #[must_use]
    pub fn attempted_writes(&self) -> Vec<Record> {
        self.records()
            .into_iter()
            .filter(|record| record.attempted_write)
            .collect()
    }

    /// The most requests to an exchange that were under way at once.
    #[must_use]
    pub fn max_in_flight(&self, exchange: Exchange) -> usize {
        self.state().flights.highest(&Lane::Exchange(exchange))
    }

    /// The most requests of an account, whichever of its keys signed, that were under way at once.
    ///
    /// # Errors
    /// [`UnknownKey`].
    pub fn max_in_flight_of(&self, api_key: &str) -> Result<usize, UnknownKey> {
        let state = self.state();
        let (exchange, uid) = state.owner(api_key).ok_or(UnknownKey)?;
        Ok(state.flights.highest(&Lane::Account(exchange, uid)))
    }

    /// The most requests of an account for one path that were under way at once: two, and somebody
    /// read the same thing twice over.
    ///
    /// # Errors
    /// [`UnknownKey`].
    pub fn max_in_flight_for(&self, api_key: &str, path: &str) -> Result<usize, UnknownKey> {
        let state = self.state();
        let (exchange, uid) = state.owner(api_key).ok_or(UnknownKey)?;
        let lane = Lane::Path(exchange, uid, path.to_owned());
        Ok(state.flights.highest(&lane))
    }

    /// Forgets the requests so far; what is under way stays counted.
    pub fn clear_records(&self) {
        let mut state = self.state();
        state.records.clear();
        state.flights.clear();
    }
}

/// Trouble on the way.
impl Control {
    /// Puts a fault in force; of several for one path, the one set first comes first.
    pub fn inject(&self, fault: Fault) {
        self.state().faults.push(fault);
    }

    /// Lifts every fault.
    pub fn clear_faults(&self) {
        self.state().faults.clear();
    }

    /// Sets how long every answer of an exchange takes; nothing at the start. Holding one answer
    /// back holds up no other.
    pub fn set_latency(&self, exchange: Exchange, latency: Duration) {
        self.state().latency.insert(exchange, latency);
    }

    /// Holds back every answer to paths that begin with `prefix`.
    pub fn delay(&self, prefix: &str, delay: Duration) {
        self.state().delays.push((prefix.to_owned(), delay));
    }

    /// Lifts every delay.
    pub fn clear_delays(&self) {
        self.state().delays.clear();
    }

    /// Closes an exchange for maintenance, or opens it again.
    pub fn set_maintenance(&self, exchange: Exchange, closed: bool) {
        let mut state = self.state();
        state.maintenance.retain(|&other| other != exchange);
        if closed {
            state.maintenance.push(exchange);
        }
    }
}

/// The clock, and where requests seem to come from.
impl Control {
    /// The exchanges' time, in milliseconds since the epoch.
    #[must_use]
    pub fn now_ms(&self) -> i64 {
        self.state().clock.now_ms()
    }

    /// Sets the exchanges' clock ahead of the machine's, or back with a number below zero.
    pub fn skew_clock(&self, ms: i64) {
        self.state().clock.skew(ms);
    }

    /// Stops the exchanges' clock at an instant in milliseconds since the epoch; `None` lets it run.
    pub fn hold_clock(&self, at_ms: Option<i64>) {
        self.state().clock.hold(at_ms);
    }

    /// Sets the address that requests seem to come from; 127.0.0.1 at the start.
    pub fn set_seen_address(&self, address: &str) {
        address.clone_into(&mut self.state().seen_address);
    }
}

/// Limits.
impl Control {
    /// Sets Binance's weight for one minute on /api; 6000 at the start.
    pub fn set_binance_weight_limit(&self, weight: u32) {
        self.state().binance.weights.api_limit = weight;
    }

    /// Sets Binance's weight for one minute on each path under /sapi; 12000 at the start.
    pub fn set_binance_sapi_weight_limit(&self, weight: u32) {
        self.state().binance.weights.sapi_limit = weight;
    }

    /// Sets how many refusals in one minute Binance lets pass before a ban; 10 at the start.
    pub fn set_binance_refusals_before_ban(&self, count: u32) {
        self.state().binance.weights.refusals_before_ban = count;
    }

    /// Lifts a ban of Binance's and empties its counters.
    pub fn clear_binance_weights(&self) {
        self.state().binance.weights.clear();
    }

    /// Turns OKX's limits on or off; on at the start.
    pub fn set_okx_limits(&self, on: bool) {
        self.state().okx.rates.on = on;
    }
}

#[cfg(test)]
mod tests {
    use axum::http::Method;

    use super::*;

    #[test]
    fn requests_are_remembered_without_their_values() {
        let control = Control::new(None);
        let target = "/api/v3/account?recvWindow=5000&signature=c0ffee";
        control.answer(&Call::made(Method::GET, target, &[], ""));
        control.answer(&Call::made(Method::DELETE, "/api/v3/openOrders", &[], ""));
        let records = control.records();
        assert_eq!(records[0].parameters, ["recvWindow", "signature"]);
        assert!(!format!("{records:?}").contains("c0ffee"));
        assert_eq!(control.attempted_writes(), [records[1].clone()]);
        control.clear_records();
        assert_eq!(control.count("/"), 0);
    }

    #[test]
    fn the_clock_can_be_held_and_moved() {
        let control = Control::new(None);
        control.hold_clock(Some(1_000_000));
        control.skew_clock(-500);
        assert_eq!(control.now_ms(), 999_500);
    }
}
