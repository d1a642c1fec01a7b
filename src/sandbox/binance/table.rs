//! Which paths there are.

use super::{
    Context, Refusal, earn,
    endpoints::{Endpoint, Security},
    klines, margin, market, overview, past, rights, wallets,
    weights::Limit::{self, Api, SapiIp, SapiUid},
    writes,
};
use crate::sandbox::reply::Reply;

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

/// Every endpoint, a row each.
pub(super) const ENDPOINTS: &[Endpoint] = &[
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
    public(
        "/api/v3/ticker/24hr",
        2,
        Api,
        klines::DAY_PARAMS,
        klines::ticker_24hr,
    ),
    public(
        "/api/v3/klines",
        2,
        Api,
        klines::KLINE_PARAMS,
        klines::klines,
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
        "/sapi/v1/simple-earn/flexible/position",
        150,
        SapiIp,
        earn::FLEXIBLE_PARAMS,
        earn::flexible,
    ),
    read(
        "GET",
        "/sapi/v1/simple-earn/locked/position",
        150,
        SapiIp,
        earn::LOCKED_PARAMS,
        earn::locked,
    ),
    read(
        "GET",
        "/sapi/v1/simple-earn/account",
        150,
        SapiIp,
        &[],
        earn::totals,
    ),
    read(
        "GET",
        "/sapi/v1/margin/account",
        10,
        SapiIp,
        &[],
        margin::account,
    ),
    read(
        "GET",
        "/sapi/v1/asset/wallet/balance",
        60,
        SapiIp,
        overview::PARAMS,
        overview::wallet_balance,
    ),
    read(
        "GET",
        "/sapi/v1/accountSnapshot",
        2_400,
        SapiIp,
        past::SNAPSHOT_PARAMS,
        past::account_snapshot,
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
