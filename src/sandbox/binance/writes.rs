//! Orders, withdrawals and transfers: refused whatever the key may do, for nothing is held to back
//! them.

use super::{Context, Refusal};
use crate::sandbox::reply::Reply;

/// The right that orders ask for.
pub(super) const TRADE: &str = "enableSpotAndMarginTrading";
/// The right that withdrawals ask for.
pub(super) const WITHDRAW: &str = "enableWithdrawals";
/// The right that transfers ask for.
pub(super) const TRANSFER: &str = "permitsUniversalTransfer";

/// What an order reads.
pub(super) const ORDER_PARAMS: &[&str] = &[
    "symbol",
    "side",
    "type",
    "timeInForce",
    "quantity",
    "quoteOrderQty",
    "price",
    "newClientOrderId",
    "stopPrice",
    "icebergQty",
    "newOrderRespType",
];
/// What a cancellation reads.
pub(super) const CANCEL_PARAMS: &[&str] = &["symbol", "orderId", "origClientOrderId"];
/// What a withdrawal reads.
pub(super) const WITHDRAW_PARAMS: &[&str] = &[
    "coin",
    "network",
    "address",
    "addressTag",
    "amount",
    "withdrawOrderId",
    "name",
    "walletType",
];
/// What a transfer reads.
pub(super) const TRANSFER_PARAMS: &[&str] = &["type", "asset", "amount", "fromSymbol", "toSymbol"];

/// `POST /api/v3/order`.
pub(super) fn order(_: &Context<'_>) -> Result<Reply, Refusal> {
    Err(Refusal::new(
        400,
        -2010,
        "Account has insufficient balance for requested action.",
    ))
}

/// `DELETE /api/v3/order`.
pub(super) fn cancel(_: &Context<'_>) -> Result<Reply, Refusal> {
    Err(Refusal::new(400, -2011, "Unknown order sent."))
}

/// `POST /sapi/v1/capital/withdraw/apply`, and transfers.
pub(super) fn withdraw(_: &Context<'_>) -> Result<Reply, Refusal> {
    Err(Refusal::new(400, -4026, "User has insufficient balance."))
}
