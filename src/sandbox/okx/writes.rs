//! Orders, transfers and withdrawals: refused whatever the key may do, for nothing is held to back
//! them.

use serde_json::json;

use super::{Context, Refusal};
use crate::sandbox::reply::Reply;

/// Orders and the like, refused one by one inside an answer of status 200.
pub(super) fn order(_: &Context<'_>) -> Result<Reply, Refusal> {
    let body = json!({
        "code": "1",
        "data": [{
            "clOrdId": "",
            "ordId": "",
            "sCode": "51008",
            "sMsg": "Order failed. Insufficient account balance.",
            "tag": "",
        }],
        "msg": "All operations failed",
    });
    Ok(Reply::json(200, body))
}

/// `POST /api/v5/asset/withdrawal`.
pub(super) fn withdrawal(_: &Context<'_>) -> Result<Reply, Refusal> {
    Err(Refusal::enveloped(200, "58350", "Insufficient balance"))
}
