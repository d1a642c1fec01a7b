//! Binance's budgets. Manual: binance-spot-api-docs, rest-api.md, "LIMITS" (state of 2026-07-21), and
//! the general information of the wallet interface (copy of 2026). What a call weighs stands beside
//! its path.

use crate::exchanges::cost::{Budget, Cost, Scope};

const MINUTE_MS: i64 = 60_000;

/// A call under `/api`: all of them share one budget by address.
pub(super) const fn api(weight: u32) -> Cost {
    Cost {
        weight,
        budget: Budget {
            limit: 6_000,
            window_ms: MINUTE_MS,
        },
        scope: Scope::Address,
    }
}

/// A call under `/sapi` that is counted by address: each path has a budget of its own.
pub(super) const fn sapi(weight: u32) -> Cost {
    Cost {
        weight,
        budget: Budget {
            limit: 12_000,
            window_ms: MINUTE_MS,
        },
        scope: Scope::PathByAddress,
    }
}
