//! The exchanges' clock: the machine's, moved or held still on demand.

use std::time::{SystemTime, UNIX_EPOCH};

/// The time the exchanges go by.
#[derive(Debug, Default)]
pub(super) struct Clock {
    skew_ms: i64,
    held_ms: Option<i64>,
}

impl Clock {
    /// Milliseconds since the epoch, in UTC.
    pub(super) fn now_ms(&self) -> i64 {
        self.held_ms
            .unwrap_or_else(machine_ms)
            .saturating_add(self.skew_ms)
    }

    /// Moves the clock ahead (or, below zero, back) of the machine's.
    pub(super) fn skew(&mut self, ms: i64) {
        self.skew_ms = ms;
    }

    /// Stops the clock at an instant, or lets it run again.
    pub(super) fn hold(&mut self, at_ms: Option<i64>) {
        self.held_ms = at_ms;
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "an exchange has a clock of its own: this is the one place that reads it"
)]
fn machine_ms() -> i64 {
    let since = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}
