//! OKX's budgets: so many calls in so much time, each path on its own; by address for public paths, by
//! account for the others. Manual: OKX API v5, "Rate Limits"; copy of 2025-08-17. The numbers stand
//! beside the paths.

use crate::exchanges::cost::{Budget, Cost, Scope};

/// A public call.
pub(super) const fn by_address(limit: u32, window_ms: i64) -> Cost {
    Cost {
        weight: 1,
        budget: Budget { limit, window_ms },
        scope: Scope::PathByAddress,
    }
}

/// A signed call.
pub(super) const fn by_account(limit: u32, window_ms: i64) -> Cost {
    Cost {
        weight: 1,
        budget: Budget { limit, window_ms },
        scope: Scope::PathByAccount,
    }
}
