//! How often, how fast and how long things are done.

use std::time::Duration;

use crate::domain::timestamp::Timestamp;
use crate::exchanges::StreamPace;

/// How long figures are never called old, however often connections are synced.
const FRESH: Duration = Duration::from_secs(24 * 60 * 60);

/// How often, how fast and how long things are done, mostly in the background.
#[derive(Clone, Copy, Debug)]
pub struct Pace {
    /// Time between two syncs of a connection; `None` when nothing is synced by itself.
    pub interval: Option<Duration>,
    /// How long a lease lasts unless it is renewed.
    pub lease: Duration,
    /// Time between two renewals.
    pub heartbeat: Duration,
    /// How long reading one account may take altogether.
    pub deadline: Duration,
    /// How long the scheduler sleeps at most.
    pub idle: Duration,
    /// How often it is looked for news while somebody listens, and whether they still may.
    pub look: Duration,
    /// How often it is looked whether somebody has to be told how exchanges fare.
    pub watch: Duration,
    /// How many connections of one exchange are synced at once.
    pub at_once: usize,
    /// Whether what holdings are worth is recorded by itself.
    pub records: bool,
    /// How long streams may take for what.
    pub streams: StreamPace,
    /// How long a pair stays on a stream that nobody watches any more.
    pub linger: Duration,
    /// Time between two syncs of a connection that its exchange's stream asks for.
    pub resync: Duration,
    /// How many calls a minute one caller of the API may make; an address twice as many.
    pub calls_a_minute: u32,
}

impl Pace {
    /// The usual pace, with this time between two syncs of a connection.
    #[must_use]
    pub fn every(interval: Option<Duration>) -> Self {
        Self {
            interval,
            lease: Duration::from_secs(30),
            heartbeat: Duration::from_secs(10),
            deadline: Duration::from_secs(120),
            idle: Duration::from_secs(5),
            look: Duration::from_secs(1),
            watch: Duration::from_secs(30),
            at_once: 32,
            records: true,
            streams: StreamPace::default(),
            linger: Duration::from_secs(60),
            resync: Duration::from_secs(10),
            calls_a_minute: 300,
        }
    }

    /// When a lease taken or renewed now ends.
    #[must_use]
    pub fn lease_from(&self, now: Timestamp) -> Timestamp {
        after(now, self.lease)
    }

    /// When something ends that begins now and lasts so long.
    #[must_use]
    pub fn interval_from(&self, now: Timestamp) -> Option<Timestamp> {
        self.interval.map(|interval| after(now, interval))
    }

    /// Before when a wallet must have been read last to be called old: a day ago, or two syncs ago
    /// where those are further apart.
    #[must_use]
    pub fn old_before(&self, now: Timestamp) -> Timestamp {
        let two_syncs = self.interval.map(|interval| interval.saturating_mul(2));
        let fresh = two_syncs.unwrap_or_default().max(FRESH);
        Timestamp(now.0.saturating_sub(in_ms(fresh)))
    }

    /// Before when a process must have been seen last to be taken for dead.
    #[must_use]
    pub fn dead_before(&self, now: Timestamp) -> Timestamp {
        Timestamp(now.0.saturating_sub(in_ms(self.heartbeat * 3)))
    }
}

fn after(now: Timestamp, duration: Duration) -> Timestamp {
    now.plus_ms(in_ms(duration))
}

fn in_ms(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR: Duration = Duration::from_secs(60 * 60);

    #[test]
    fn figures_are_old_after_a_day_or_after_two_syncs() {
        let now = after(Timestamp(0), HOUR * 10_000);
        for (interval, hours) in [
            (None, 24),
            (Some(HOUR), 24),
            (Some(HOUR * 12), 24),
            (Some(HOUR * 20), 40),
            (Some(HOUR * 72), 144),
        ] {
            let old_before = Pace::every(interval).old_before(now);
            let expected = Timestamp(now.0 - in_ms(HOUR * hours));
            assert_eq!(old_before, expected, "{interval:?}");
        }
    }
}
