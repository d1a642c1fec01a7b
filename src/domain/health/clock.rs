//! How far the clocks of exchanges are from ours, and how sure that is.

use serde::{Deserialize, Serialize};

use super::{CLOCK_OFF_MS, seconds};
use crate::domain::exchange::Environment;
use crate::domain::timestamp::Timestamp;

/// How far a clock was from ours when it was asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClockReading {
    /// When it was asked, by our clock.
    pub at: Timestamp,
    /// How far it is ahead of ours, in milliseconds.
    pub offset_ms: i64,
    /// How many milliseconds that may be wrong by: nobody knows how long the answer was on its way.
    pub give_or_take_ms: i64,
}

impl ClockReading {
    /// Whether it is off by more than [`CLOCK_OFF_MS`], however long the answer was on its way.
    #[must_use]
    pub fn is_off(&self) -> bool {
        let far = self.offset_ms.checked_abs().unwrap_or(i64::MAX);
        far.saturating_sub(self.give_or_take_ms) > CLOCK_OFF_MS
    }
}

/// The clock of one host of an exchange.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HostClock {
    /// What the host is for, in a word.
    pub site: String,
    /// The host.
    pub host: String,
    /// Whether it is a test environment's alone.
    pub environment: Environment,
    /// What it showed.
    pub reading: ClockReading,
}

/// How far a clock is ahead or behind, in a few words: `0.250 s ahead`.
#[must_use]
pub fn clock_words(offset_ms: i64) -> String {
    let far = seconds(offset_ms.checked_abs().unwrap_or(i64::MAX));
    match offset_ms {
        0 => "the same as ours".to_owned(),
        1.. => format!("{far} s ahead of ours"),
        _ => format!("{far} s behind ours"),
    }
}

/// How far clocks are ahead or behind, and when they were asked, in a few words.
#[must_use]
pub fn clocks_words(clocks: &[HostClock], now: Timestamp) -> String {
    let told = |clock: &HostClock| {
        let HostClock { host, reading, .. } = clock;
        let (words, age) = (clock_words(reading.offset_ms), reading.at.age(now));
        format!("{host} {words}, asked {age}")
    };
    let told: Vec<_> = clocks.iter().map(told).collect();
    match told.is_empty() {
        true => "Not asked yet".to_owned(),
        false => told.join("; "),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reading(offset_ms: i64, give_or_take_ms: i64) -> ClockReading {
        ClockReading {
            at: Timestamp(0),
            offset_ms,
            give_or_take_ms,
        }
    }

    #[test]
    fn a_clock_is_off_only_where_the_time_on_the_way_does_not_explain_it() {
        for (offset_ms, give_or_take_ms, is_off) in [
            (1_000, 0, false),
            (1_001, 0, true),
            (-1_001, 0, true),
            (-2_400, 2_400, false),
            (-3_500, 2_400, true),
            (i64::MIN, 0, true),
            (1_001, i64::MAX, false),
        ] {
            let told = reading(offset_ms, give_or_take_ms);
            assert_eq!(told.is_off(), is_off, "{told:?}");
        }
    }

    #[test]
    fn clocks_are_told_by_host_with_their_age() {
        let clock = |host: &str, offset_ms| HostClock {
            site: "live".into(),
            host: host.into(),
            environment: Environment::Live,
            reading: reading(offset_ms, 0),
        };
        let now = Timestamp(300_000);
        assert_eq!(clocks_words(&[], now), "Not asked yet");
        let told = clocks_words(&[clock("a.example", -12), clock("b.example", 0)], now);
        let words = "a.example 0.012 s behind ours, asked 5 minutes ago; \
                     b.example the same as ours, asked 5 minutes ago";
        assert_eq!(told, words);
    }
}
