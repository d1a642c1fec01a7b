//! What is told of an exchange besides what its calls came to.

use serde::Serialize;
use utoipa::ToSchema;

use crate::domain::health::{AccountStreams, Fullest, HostClock, StreamState};
use crate::domain::timestamp::Timestamp;

/// How a stream of prices stands.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PriceStream)]
pub(super) struct Stream {
    /// `open`, `falling_back`: it is not open, and prices are read by calls meanwhile, or `idle`: nobody
    /// watches.
    #[schema(example = "open")]
    state: &'static str,
    /// Since when it is open, RFC 3339 in UTC; null while it is not.
    #[schema(example = "2026-01-01T00:00:00Z")]
    connected_since: Option<String>,
    /// How often it was opened again since the process began.
    #[schema(example = 1)]
    reconnects: u64,
    /// When it told a price last, RFC 3339 in UTC; null when it never did.
    #[schema(example = "2026-01-01T00:00:59.250Z")]
    last_message_at: Option<String>,
    /// How many of its messages were left out, as they told no price that can be.
    #[schema(example = 0)]
    left_out: u64,
    /// How many pairs are watched.
    #[schema(example = 5)]
    pairs: usize,
}

/// How many accounts are followed, over everybody and all processes.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = AccountStreams)]
pub(super) struct Followed {
    /// Their streams are open.
    #[schema(example = 2)]
    open: u64,
    /// Their streams are to be open and are not.
    #[schema(example = 0)]
    broken: u64,
    /// They are not followed before their owners mend something.
    #[schema(example = 0)]
    waiting: u64,
}

/// The clock of one host.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = HostClock)]
pub(super) struct Clock {
    /// What the host is for: `live`, `market` or `testnet`, or the region of the site.
    #[schema(example = "live")]
    site: String,
    /// The host.
    #[schema(example = "api.binance.com")]
    host: String,
    /// How far its clock is ahead of this server's, in milliseconds.
    #[schema(example = -12)]
    offset_ms: i64,
    /// How many milliseconds that may be wrong by, as the answer was on its way.
    #[schema(example = 40)]
    give_or_take_ms: i64,
    /// When it was asked, RFC 3339 in UTC.
    #[schema(example = "2026-01-01T00:00:00Z")]
    asked_at: String,
}

/// What is used of a budget.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Budget {
    /// The host that it is for.
    #[schema(example = "api.binance.com")]
    host: String,
    /// The path that it is for; null when it is for all paths that have none of their own.
    #[schema(example = "/sapi/v1/accountSnapshot")]
    path: Option<String>,
    /// What calls weighed in the window that runs; of windows shorter than a minute, in the fullest of the
    /// last minute.
    #[schema(example = 2400)]
    used: u64,
    /// The most that they may weigh.
    #[schema(example = 12000)]
    limit: u64,
    /// The window's length in milliseconds.
    #[schema(example = 60000)]
    window_ms: i64,
    /// For how many milliseconds of the last minute its windows were full: more than four fifths used, or
    /// without room for a call; null for windows of a minute or longer. Over 48000 is told of.
    #[schema(example = json!(null))]
    full_ms: Option<i64>,
}

/// How a stream of prices stands, as it is told.
pub(super) fn stream(stands: &StreamState) -> Stream {
    Stream {
        state: stands.as_str(),
        connected_since: stands.connected_since.map(Timestamp::rfc3339),
        reconnects: stands.reconnects,
        last_message_at: stands.last_message_at.map(Timestamp::rfc3339),
        left_out: stands.left_out,
        pairs: stands.pairs,
    }
}

/// The counts, as they are told.
pub(super) fn followed(streams: AccountStreams) -> Followed {
    Followed {
        open: streams.open,
        broken: streams.broken,
        waiting: streams.waiting,
    }
}

/// A clock, as it is told.
pub(super) fn clock(clock: &HostClock) -> Clock {
    Clock {
        site: clock.site.clone(),
        host: clock.host.clone(),
        offset_ms: clock.reading.offset_ms,
        give_or_take_ms: clock.reading.give_or_take_ms,
        asked_at: clock.reading.at.rfc3339(),
    }
}

/// A budget, as it is told.
pub(super) fn budget(fullest: Fullest) -> Budget {
    Budget {
        host: fullest.host,
        path: fullest.path,
        used: fullest.spent.weight,
        limit: fullest.spent.limit,
        window_ms: fullest.spent.window_ms,
        full_ms: fullest.full_ms,
    }
}
