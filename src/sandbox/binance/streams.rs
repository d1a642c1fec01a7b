//! The streams: prices of the market, and the WebSocket API as far as it tells of accounts.

mod api;
mod prices;

use std::sync::Arc;

pub(in crate::sandbox) use api::Api;
pub(in crate::sandbox) use prices::Prices;

use crate::sandbox::{Exchange, Record, state::State};

/// Remembers what was asked over a stream: no values.
fn remember(
    state: &mut State,
    path: &str,
    method: Option<&str>,
    uid: Option<Arc<str>>,
    now_ms: i64,
) {
    let method = method.unwrap_or_default();
    let writes = ["order", "sor.", "openOrders.cancel"];
    state.remember(Record {
        exchange: Exchange::Binance,
        method: "WS".to_owned(),
        path: path.to_owned(),
        parameters: vec![method.to_owned()],
        authenticated: uid.is_some(),
        uid: uid.as_deref().map(str::to_owned),
        status: 200,
        attempted_write: writes.iter().any(|write| method.starts_with(write)),
        at_ms: now_ms,
    });
}

#[cfg(test)]
mod tests;
