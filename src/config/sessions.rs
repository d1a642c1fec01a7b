//! How long browser sessions live.

use std::time::Duration;

use super::{duration, reader::Reader};

const DEFAULT_IDLE: Duration = Duration::from_secs(2 * 60 * 60);
const DEFAULT_MAX: Duration = Duration::from_secs(7 * 24 * 60 * 60);

/// Limits of a browser session.
#[derive(Clone, Copy, Debug)]
pub struct SessionConfig {
    /// `SESSION_IDLE`: how long it lives unused; never over `max`.
    pub idle: Duration,
    /// `SESSION_MAX`: how long it lives at most.
    pub max: Duration,
}

impl SessionConfig {
    pub(super) fn read(reader: &mut Reader<'_>) -> Self {
        let expected = "a duration is expected, such as 30m, 2h or 7d";
        let idle = reader.parsed("SESSION_IDLE", expected, duration::parse);
        let max = reader
            .parsed("SESSION_MAX", expected, duration::parse)
            .unwrap_or(DEFAULT_MAX);
        let idle = idle.unwrap_or(DEFAULT_IDLE.min(max));
        if idle > max {
            let together = "SESSION_IDLE and SESSION_MAX";
            reader.wrong(
                together,
                "SESSION_IDLE can be at most as long as SESSION_MAX",
            );
        }
        Self { idle, max }
    }
}
