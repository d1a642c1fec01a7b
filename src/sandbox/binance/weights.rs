//! Weight: what each request costs, counted by fixed minutes of the clock.

use std::collections::HashMap;

use super::Refusal;
use crate::sandbox::{fault::banned_text, reply::Reply};

const MINUTE_MS: i64 = 60_000;
/// The first ban lasts this long, in milliseconds; each further one twice as long.
const FIRST_BAN_MS: i64 = 120_000;
/// The longest ban, in milliseconds.
const LONGEST_BAN_MS: i64 = 3 * 24 * 3_600_000;

/// What a weight is counted against.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Limit {
    /// All of /api together, by address.
    Api,
    /// One path of /sapi, by address.
    SapiIp,
    /// One path of /sapi, by account.
    SapiUid,
}

impl Limit {
    /// The headers that tell the weight used.
    pub(super) fn headers(self) -> &'static [&'static str] {
        match self {
            Self::Api => &["x-mbx-used-weight", "x-mbx-used-weight-1m"],
            Self::SapiIp => &["x-sapi-used-ip-weight-1m"],
            Self::SapiUid => &["x-sapi-used-uid-weight-1m"],
        }
    }
}

/// The weight used in this minute, and the limits.
#[derive(Debug)]
pub(in crate::sandbox) struct Weights {
    /// For /api, by the minute.
    pub(in crate::sandbox) api_limit: u32,
    /// For each path of /sapi, by the minute.
    pub(in crate::sandbox) sapi_limit: u32,
    /// How many refusals a minute may see before the address is banned.
    pub(in crate::sandbox) refusals_before_ban: u32,
    minute: i64,
    used: HashMap<(Limit, &'static str), u32>,
    refusals: u32,
    bans: u32,
    banned_until_ms: Option<i64>,
}

impl Default for Weights {
    fn default() -> Self {
        Self {
            api_limit: 6000,
            sapi_limit: 12_000,
            refusals_before_ban: 10,
            minute: 0,
            used: HashMap::new(),
            refusals: 0,
            bans: 0,
            banned_until_ms: None,
        }
    }
}

/// A request's weight, counted.
#[derive(Debug)]
pub(super) struct Charge {
    /// The weight used in this minute, this request's included.
    pub(super) used: u32,
    pub(super) refused: Option<Overrun>,
}

/// Why a request went over the limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Overrun {
    /// The minute's weight is used up.
    TooMuch { limit: u32 },
    /// The address is banned.
    Banned { until_ms: i64 },
}

impl Overrun {
    /// The answer, with the seconds to wait.
    pub(super) fn reply(self, now_ms: i64) -> Reply {
        let (status, msg, until_ms) = match self {
            Self::TooMuch { limit } => {
                let msg = format!(
                    "Too much request weight used; current limit is {limit} request weight per \
                     1 MINUTE. Please use WebSocket Streams for live updates to avoid polling the \
                     API."
                );
                (429, msg, (now_ms.div_euclid(MINUTE_MS) + 1) * MINUTE_MS)
            }
            Self::Banned { until_ms } => (418, banned_text(until_ms), until_ms),
        };
        let seconds = (until_ms - now_ms + 999).div_euclid(1000);
        Reply::from(Refusal::new(status, -1003, msg)).with_header("retry-after", seconds)
    }
}

impl Weights {
    /// Counts a request against its limit.
    pub(super) fn charge(
        &mut self,
        limit: Limit,
        path: &'static str,
        weight: u32,
        now_ms: i64,
    ) -> Charge {
        self.turn_to(now_ms.div_euclid(MINUTE_MS));
        let bucket = if limit == Limit::Api { "" } else { path };
        let used = self.used.entry((limit, bucket)).or_default();
        *used = used.saturating_add(weight);
        let used = *used;
        Charge {
            used,
            refused: self.refuse(limit, used, now_ms),
        }
    }

    /// Lifts the ban and forgets what was used; the limits stay.
    pub(in crate::sandbox) fn clear(&mut self) {
        *self = Self {
            api_limit: self.api_limit,
            sapi_limit: self.sapi_limit,
            refusals_before_ban: self.refusals_before_ban,
            ..Self::default()
        };
    }

    fn turn_to(&mut self, minute: i64) {
        if self.minute != minute {
            self.minute = minute;
            self.used.clear();
            self.refusals = 0;
        }
    }

    /// Only /api escalates to a ban.
    fn refuse(&mut self, limit: Limit, used: u32, now_ms: i64) -> Option<Overrun> {
        if limit != Limit::Api {
            let limit = self.sapi_limit;
            return (used > limit).then_some(Overrun::TooMuch { limit });
        }
        if let Some(until_ms) = self.banned_until_ms.filter(|&until_ms| now_ms < until_ms) {
            return Some(Overrun::Banned { until_ms });
        }
        if used <= self.api_limit {
            return None;
        }
        self.refusals += 1;
        if self.refusals <= self.refusals_before_ban {
            return Some(Overrun::TooMuch {
                limit: self.api_limit,
            });
        }
        let length_ms = FIRST_BAN_MS
            .saturating_mul(1 << self.bans.min(20))
            .min(LONGEST_BAN_MS);
        self.bans += 1;
        let until_ms = now_ms + length_ms;
        self.banned_until_ms = Some(until_ms);
        Some(Overrun::Banned { until_ms })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(weights: &mut Weights, now_ms: i64) -> Option<Overrun> {
        weights
            .charge(Limit::Api, "/api/v3/account", 20, now_ms)
            .refused
    }

    #[test]
    fn weight_is_counted_by_minutes_of_the_clock() {
        let mut weights = Weights {
            api_limit: 40,
            ..Weights::default()
        };
        let used = |charge: Charge| charge.used;
        assert_eq!(used(weights.charge(Limit::Api, "/a", 20, 59_000)), 20);
        assert_eq!(used(weights.charge(Limit::Api, "/b", 20, 59_999)), 40);
        assert_eq!(
            refused(&mut weights, 59_999),
            Some(Overrun::TooMuch { limit: 40 })
        );
        assert_eq!(used(weights.charge(Limit::Api, "/a", 20, 60_000)), 20);
    }

    #[test]
    fn each_path_of_sapi_has_a_count_of_its_own() {
        let mut weights = Weights {
            sapi_limit: 1,
            ..Weights::default()
        };
        assert_eq!(weights.charge(Limit::SapiIp, "/a", 1, 0).refused, None);
        assert_eq!(weights.charge(Limit::SapiIp, "/b", 1, 0).refused, None);
        for _ in 0..50 {
            let refused = weights.charge(Limit::SapiIp, "/a", 1, 0).refused;
            assert_eq!(refused, Some(Overrun::TooMuch { limit: 1 }));
        }
    }

    #[test]
    fn going_on_after_a_refusal_ends_in_bans_that_grow() {
        let mut weights = Weights {
            api_limit: 0,
            refusals_before_ban: 1,
            ..Weights::default()
        };
        assert_eq!(
            refused(&mut weights, 0),
            Some(Overrun::TooMuch { limit: 0 })
        );
        assert_eq!(
            refused(&mut weights, 1),
            Some(Overrun::Banned { until_ms: 120_001 })
        );
        assert_eq!(
            refused(&mut weights, 120_000),
            Some(Overrun::Banned { until_ms: 120_001 })
        );
        assert_eq!(
            refused(&mut weights, 120_001),
            Some(Overrun::TooMuch { limit: 0 })
        );
        assert_eq!(
            refused(&mut weights, 120_002),
            Some(Overrun::Banned { until_ms: 360_002 })
        );
    }

    #[test]
    fn the_answer_to_a_refusal_says_how_long_to_wait() {
        let reply = Overrun::TooMuch { limit: 6000 }.reply(59_001);
        assert_eq!((reply.status, reply.headers[0].1.as_str()), (429, "1"));
        let reply = Overrun::Banned { until_ms: 120_001 }.reply(1);
        assert_eq!((reply.status, reply.headers[0].1.as_str()), (418, "120"));
        assert!(reply.body.contains("IP banned until 120001."));
    }
}
