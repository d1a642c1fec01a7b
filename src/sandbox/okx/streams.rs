//! The streams: prices by the public channels, an account's changes by the private ones.

mod private;
mod public;

use std::sync::Arc;

pub(in crate::sandbox) use private::Private;
pub(in crate::sandbox) use public::Public;

use serde_json::{Value, json};

use crate::sandbox::{Exchange, Record, state::State, streams::Out};

/// How many messages of a connection may ask for something in an hour.
const MOST_AN_HOUR: usize = 480;
/// What every message of a connection carries.
const CONN_ID: &str = "a4d3ae55";

/// What a message asks for.
struct Asked {
    op: String,
    args: Vec<Value>,
    id: Value,
}

impl Asked {
    /// Reads a message; the answer to one that asks for nothing.
    fn read(message: &str) -> Result<Self, Out> {
        let bad = || error("60012", &format!("Invalid request: {message}"), None);
        let told: Value = serde_json::from_str(message).map_err(|_| bad())?;
        let op = told["op"].as_str().ok_or_else(bad)?.to_owned();
        let args = told["args"].as_array().filter(|args| !args.is_empty());
        Ok(Self {
            op,
            args: args.ok_or_else(bad)?.clone(),
            id: told["id"].clone(),
        })
    }
}

/// The announcement that a connection will be closed.
pub(in crate::sandbox) fn notice() -> Out {
    let msg = "The connection will soon be closed for a service upgrade. Please reconnect.";
    let notice = json!({ "event": "notice", "code": "64008", "msg": msg, "connId": CONN_ID });
    Out::Text(notice.to_string())
}

fn event(name: &str, arg: &Value, id: &Value) -> Out {
    let mut event = json!({ "event": name, "arg": arg, "connId": CONN_ID });
    if !id.is_null() {
        event["id"] = id.clone();
    }
    Out::Text(event.to_string())
}

fn error(code: &str, msg: &str, arg: Option<&Value>) -> Out {
    let mut error = json!({ "event": "error", "code": code, "msg": msg, "connId": CONN_ID });
    if let Some(arg) = arg {
        error["arg"] = arg.clone();
    }
    Out::Text(error.to_string())
}

/// Counts a message that asks for something; `false` when it is one too many.
fn within(asked_ms: &mut Vec<i64>, state: &State, now_ms: i64) -> bool {
    asked_ms.retain(|at| now_ms - at < 3_600_000);
    asked_ms.push(now_ms);
    !state.okx.rates.on || asked_ms.len() <= MOST_AN_HOUR
}

/// Remembers what was asked over a stream: no values.
fn remember(state: &mut State, path: &str, op: &str, uid: Option<Arc<str>>, now_ms: i64) {
    let reads = ["login", "subscribe", "unsubscribe"];
    state.remember(Record {
        exchange: Exchange::Okx,
        method: "WS".to_owned(),
        path: path.to_owned(),
        parameters: vec![op.to_owned()],
        authenticated: uid.is_some(),
        uid: uid.as_deref().map(str::to_owned),
        status: 200,
        attempted_write: !reads.contains(&op),
        at_ms: now_ms,
    });
}

#[cfg(test)]
mod tests;
