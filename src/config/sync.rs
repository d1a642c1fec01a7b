//! The scheduled sync.

use std::time::Duration;

use super::{duration, reader::Reader};

const DEFAULT_INTERVAL: Duration = Duration::from_secs(60 * 60);

/// The scheduled sync of every connection.
#[derive(Clone, Copy, Debug)]
pub struct SyncConfig {
    /// `SYNC_INTERVAL`: time between two syncs of a connection; `None` when it is `off`.
    pub interval: Option<Duration>,
}

impl SyncConfig {
    pub(super) fn read(reader: &mut Reader<'_>) -> Self {
        let expected = "a duration is expected, such as 30m, 1h or 1d, or off";
        let interval = reader
            .parsed("SYNC_INTERVAL", expected, |text| match text {
                "off" => Some(None),
                _ => duration::parse(text).map(Some),
            })
            .unwrap_or(Some(DEFAULT_INTERVAL));
        Self { interval }
    }
}
