//! What a call costs, and which of the exchange's budgets pays for it.

/// An allowance that is renewed with every window. Windows are those of the exchange's clock: a
/// window of a minute begins with the minute.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Budget {
    /// The most weight in one window.
    pub(super) limit: u32,
    /// The window's length in milliseconds.
    pub(super) window_ms: i64,
}

/// What a budget is counted by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Scope {
    /// All calls from one address to the host together.
    Address,
    /// Each path on its own, by address.
    PathByAddress,
    /// Each path on its own, by account of the exchange.
    PathByAccount,
}

/// What one call costs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Cost {
    /// The weight by the manual; 1 where the exchange counts calls.
    pub(super) weight: u32,
    /// What pays for it.
    pub(super) budget: Budget,
    /// What it is counted by.
    pub(super) scope: Scope,
}
