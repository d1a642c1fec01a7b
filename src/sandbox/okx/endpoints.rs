//! Which paths there are, how often they may be called and what they ask of a key.

use super::{Context, Key, Refusal, candles, earn, funding, public, trading, valuation, writes};
use crate::sandbox::{call::Call, reply::Reply};

/// One path with one method.
pub(super) struct Endpoint {
    pub(super) method: &'static str,
    pub(super) path: &'static str,
    /// How many requests, and in how many milliseconds.
    pub(super) rate: (u32, i64),
    pub(super) right: Right,
    pub(super) serve: fn(&Context<'_>) -> Result<Reply, Refusal>,
}

/// What a path asks of the caller.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Right {
    /// Nothing.
    Public,
    /// A signature by a key that may read.
    Read,
    /// A signature by a key with this right; what it does is more than reading.
    Write(&'static str),
}

impl Right {
    /// Whether the key has the right.
    pub(super) fn permit(self, key: Option<&Key>) -> Result<(), Refusal> {
        let word = match self {
            Self::Public => return Ok(()),
            Self::Read => "read_only",
            Self::Write(word) => word,
        };
        match key {
            Some(key) if key.may(word) => Ok(()),
            _ => Err(Refusal::right()),
        }
    }
}

impl Endpoint {
    /// Whether it does more than read.
    pub(super) fn writes(&self) -> bool {
        matches!(self.right, Right::Write(_))
    }
}

/// The endpoint a request is for.
pub(super) fn find(call: &Call) -> Option<&'static Endpoint> {
    let method = call.method.as_str();
    ENDPOINTS
        .iter()
        .find(|endpoint| endpoint.path == call.path && endpoint.method == method)
}

/// Whether there is such a path, with another method.
pub(super) fn is_known_path(call: &Call) -> bool {
    ENDPOINTS.iter().any(|endpoint| endpoint.path == call.path)
}

type Serve = fn(&Context<'_>) -> Result<Reply, Refusal>;

const fn public(path: &'static str, rate: (u32, i64), serve: Serve) -> Endpoint {
    Endpoint {
        method: "GET",
        path,
        rate,
        right: Right::Public,
        serve,
    }
}

const fn read(path: &'static str, rate: (u32, i64), serve: Serve) -> Endpoint {
    Endpoint {
        method: "GET",
        path,
        rate,
        right: Right::Read,
        serve,
    }
}

const fn write(path: &'static str, right: &'static str, serve: Serve) -> Endpoint {
    Endpoint {
        method: "POST",
        path,
        rate: (60, 2000),
        right: Right::Write(right),
        serve,
    }
}

/// A table: a row is an endpoint.
const ENDPOINTS: &[Endpoint] = &[
    public("/api/v5/public/time", (10, 2000), public::time),
    public(
        "/api/v5/public/instruments",
        (20, 2000),
        public::instruments,
    ),
    public("/api/v5/market/tickers", (20, 2000), public::tickers),
    public("/api/v5/market/candles", (40, 2000), candles::candles),
    public(
        "/api/v5/market/history-candles",
        (20, 2000),
        candles::history_candles,
    ),
    public(public::SYSTEM_STATUS, (1, 5000), public::system_status),
    read("/api/v5/account/config", (5, 2000), trading::config),
    read("/api/v5/account/balance", (10, 2000), trading::balance),
    read("/api/v5/asset/balances", (6, 1000), funding::balances),
    read(
        "/api/v5/asset/asset-valuation",
        (1, 1000),
        valuation::asset_valuation,
    ),
    read(
        "/api/v5/asset/non-tradable-assets",
        (6, 1000),
        funding::non_tradable,
    ),
    read("/api/v5/finance/savings/balance", (6, 1000), earn::savings),
    read(
        "/api/v5/finance/staking-defi/orders-active",
        (3, 1000),
        earn::orders_active,
    ),
    read("/api/v5/asset/currencies", (6, 1000), funding::currencies),
    write("/api/v5/trade/order", "trade", writes::order),
    write("/api/v5/trade/cancel-order", "trade", writes::order),
    write("/api/v5/account/set-leverage", "trade", writes::order),
    write("/api/v5/asset/transfer", "trade", writes::order),
    write("/api/v5/asset/withdrawal", "withdraw", writes::withdrawal),
];
