//! Which paths there are, what they cost and what they ask of a key.

use super::{
    Context, Key, Refusal, market, rights, wallets,
    weights::Limit::{self, Api, SapiIp, SapiUid},
    writes,
};
use crate::sandbox::{call::Call, reply::Reply};

/// One path with one method.
pub(super) struct Endpoint {
    pub(super) method: &'static str,
    pub(super) path: &'static str,
    pub(super) weight: u32,
    pub(super) limit: Limit,
    pub(super) security: Security,
    /// The parameters it reads besides those of the signature.
    pub(super) params: &'static [&'static str],
    pub(super) serve: fn(&Context<'_>) -> Result<Reply, Refusal>,
}

/// What a path asks of the caller.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Security {
    /// Nothing.
    None,
    /// A signature by a key with any rights.
    Signed,
    /// A signature by a key that may read.
    Read,
    /// A signature by a key with this right; what it does is more than reading.
    Write(&'static str),
}

impl Security {
    /// Whether the key has the right the path asks for.
    pub(super) fn permit(self, key: Option<&Key>) -> Result<(), Refusal> {
        let right = match self {
            Self::None | Self::Signed => return Ok(()),
            Self::Read => "enableReading",
            Self::Write(right) => right,
        };
        match key {
            Some(key) if key.may(right) => Ok(()),
            _ => Err(Refusal::key()),
        }
    }
}

impl Endpoint {
    /// Whether it does more than read.
    pub(super) fn writes(&self) -> bool {
        matches!(self.security, Security::Write(_))
    }
}

/// The endpoint a request is for.
pub(super) fn find(call: &Call) -> Option<&'static Endpoint> {
    let method = call.method.as_str();
    ENDPOINTS
        .iter()
        .find(|endpoint| endpoint.path == call.path && endpoint.method == method)
}

/// The status for a request that is for no endpoint: another method, or no such path.
pub(super) fn status_of_unknown(call: &Call) -> u16 {
    if ENDPOINTS.iter().any(|endpoint| endpoint.path == call.path) {
        405
    } else {
        404
    }
}

type Serve = fn(&Context<'_>) -> Result<Reply, Refusal>;

const fn public(
    path: &'static str,
    weight: u32,
    limit: Limit,
    params: &'static [&'static str],
    serve: Serve,
) -> Endpoint {
    Endpoint {
        method: "GET",
        path,
        weight,
        limit,
        security: Security::None,
        params,
        serve,
    }
}

const fn read(
    method: &'static str,
    path: &'static str,
    weight: u32,
    limit: Limit,
    params: &'static [&'static str],
    serve: Serve,
) -> Endpoint {
    Endpoint {
        method,
        path,
        weight,
        limit,
        security: Security::Read,
        params,
        serve,
    }
}

const fn write(
    method: &'static str,
    path: &'static str,
    limit: Limit,
    right: &'static str,
    params: &'static [&'static str],
    serve: Serve,
) -> Endpoint {
    Endpoint {
        method,
        path,
        weight: 1,
        limit,
        security: Security::Write(right),
        params,
        serve,
    }
}

/// A table, though a long one: a row is an endpoint.
const ENDPOINTS: &[Endpoint] = &[
    public("/api/v3/ping", 1, Api, &[], market::ping),
    public("/api/v3/time", 1, Api, &[], market::time),
    public(
        "/api/v3/exchangeInfo",
        20,
        Api,
        market::INFO_PARAMS,
        market::exchange_info,
    ),
    public(
        "/api/v3/ticker/price",
        4,
        Api,
        market::PRICE_PARAMS,
        market::ticker_price,
    ),
    public(rights::SYSTEM_STATUS, 1, SapiIp, &[], rights::system_status),
    read(
        "GET",
        "/api/v3/account",
        20,
        Api,
        &["omitZeroBalances"],
        wallets::account,
    ),
    read(
        "POST",
        "/sapi/v3/asset/getUserAsset",
        5,
        SapiIp,
        wallets::ASSET_PARAMS,
        wallets::user_asset,
    ),
    read(
        "POST",
        "/sapi/v1/asset/get-funding-asset",
        1,
        SapiIp,
        wallets::ASSET_PARAMS,
        wallets::funding_asset,
    ),
    read(
        "GET",
        "/sapi/v1/capital/config/getall",
        10,
        SapiIp,
        &[],
        wallets::coins,
    ),
    read(
        "GET",
        "/sapi/v1/margin/allPairs",
        1,
        SapiIp,
        &["symbol"],
        market::margin_pairs,
    ),
    read(
        "GET",
        "/sapi/v1/margin/isolated/allPairs",
        10,
        SapiIp,
        &["symbol"],
        market::margin_pairs,
    ),
    Endpoint {
        security: Security::Signed,
        ..read(
            "GET",
            "/sapi/v1/account/apiRestrictions",
            1,
            SapiIp,
            &[],
            rights::api_restrictions,
        )
    },
    read(
        "GET",
        "/sapi/v1/account/info",
        1,
        SapiIp,
        &[],
        rights::account_info,
    ),
    read(
        "GET",
        "/sapi/v1/account/status",
        1,
        SapiIp,
        &[],
        rights::account_status,
    ),
    read(
        "GET",
        "/sapi/v1/account/apiTradingStatus",
        1,
        SapiIp,
        &[],
        rights::trading_status,
    ),
    write(
        "POST",
        "/api/v3/order",
        Api,
        writes::TRADE,
        writes::ORDER_PARAMS,
        writes::order,
    ),
    write(
        "POST",
        "/api/v3/order/test",
        Api,
        writes::TRADE,
        writes::ORDER_PARAMS,
        writes::order,
    ),
    write(
        "DELETE",
        "/api/v3/order",
        Api,
        writes::TRADE,
        writes::CANCEL_PARAMS,
        writes::cancel,
    ),
    write(
        "DELETE",
        "/api/v3/openOrders",
        Api,
        writes::TRADE,
        &["symbol"],
        writes::cancel,
    ),
    write(
        "POST",
        "/sapi/v1/capital/withdraw/apply",
        SapiUid,
        writes::WITHDRAW,
        writes::WITHDRAW_PARAMS,
        writes::withdraw,
    ),
    write(
        "POST",
        "/sapi/v1/asset/transfer",
        SapiUid,
        writes::TRANSFER,
        writes::TRANSFER_PARAMS,
        writes::withdraw,
    ),
];
