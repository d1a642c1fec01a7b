//! The WebSocket API, as far as it tells of accounts.

use std::sync::Arc;

use serde_json::{Map, Value, json};

use super::remember;
use crate::sandbox::{
    Holding, Wallet,
    account::Account,
    binance::{
        Refusal,
        auth::{check_time, is_key, timestamp_us, window_us},
    },
    mac,
    state::State,
    streams::Out,
    wallet::Row,
};

/// What was asked of the WebSocket API.
#[derive(Debug, Default)]
pub(in crate::sandbox) struct Api {
    /// The accounts whose changes are told, by the number of the subscription.
    accounts: Vec<Arc<str>>,
}

impl Api {
    /// Whether an account's changes are told here.
    pub(in crate::sandbox) fn follows(&self, uid: &str) -> bool {
        self.accounts.iter().any(|own| &**own == uid)
    }

    /// Hears a message.
    pub(in crate::sandbox) fn hear(
        &mut self,
        state: &mut State,
        message: &str,
        now_ms: i64,
    ) -> Vec<Out> {
        let told: Value = serde_json::from_str(message).unwrap_or_default();
        let method = told["method"].as_str();
        let id = told["id"].clone();
        let known_id = id.is_string() || id.is_i64() || id.is_null();
        let result = match method {
            _ if !told.is_object() || !known_id => {
                Err(Refusal::new(400, -1135, "Invalid JSON Request"))
            }
            Some("ping") => Ok(json!({})),
            Some("time") => Ok(json!({ "serverTime": now_ms })),
            Some("userDataStream.subscribe.signature") => {
                self.subscribe(state, &told["params"], now_ms)
            }
            Some("userDataStream.subscribe" | "session.logon") => Err(Refusal::new(
                400,
                -4056,
                "HMAC_SHA256 API key is not supported.",
            )),
            _ => Err(Refusal::new(400, -1020, "This operation is not supported.")),
        };
        let uid = result
            .is_ok()
            .then(|| self.accounts.last().cloned())
            .flatten();
        remember(state, "/ws-api/v3", method, uid, now_ms);
        let limits = json!([{
            "rateLimitType": "REQUEST_WEIGHT",
            "interval": "MINUTE",
            "intervalNum": 1,
            "limit": state.binance.weights.api_limit,
            "count": 2,
        }]);
        let answer = match result {
            Ok(result) => {
                json!({ "id": id, "status": 200, "result": result, "rateLimits": limits })
            }
            Err(refusal) => json!({
                "id": id,
                "status": refusal.status,
                "error": { "code": refusal.code, "msg": refusal.msg },
                "rateLimits": limits,
            }),
        };
        vec![Out::Text(answer.to_string())]
    }

    /// `userDataStream.subscribe.signature`: signed over all other parameters in the order of their
    /// names, as they stand.
    fn subscribe(&mut self, state: &State, params: &Value, now_ms: i64) -> Result<Value, Refusal> {
        let params = params
            .as_object()
            .ok_or_else(|| Refusal::mandatory("apiKey"))?;
        let known = ["apiKey", "recvWindow", "signature", "timestamp"];
        let read = params
            .keys()
            .filter(|name| known.contains(&name.as_str()))
            .count();
        if read != params.len() {
            return Err(Refusal::unread(read, params.len()));
        }
        let text = |name: &str| text(params, name);
        let (api_key, signature) = (text("apiKey")?, text("signature")?);
        if !is_key(&api_key) {
            return Err(Refusal::key_format());
        }
        let sent_us = timestamp_us(&text("timestamp")?)?;
        let window = text("recvWindow").unwrap_or_else(|_| "5000".to_owned());
        let window_us = window_us(&window)?;
        let key = state.binance.key(&api_key).ok_or_else(Refusal::key)?;
        if !key.answers_to(&state.seen_address) || !key.may("enableReading") {
            return Err(Refusal::key());
        }
        let payload = payload(params)?;
        let signature = hex::decode(signature).map_err(|_| Refusal::signature())?;
        if !mac::signed_by(&key.secret, &[payload.as_bytes()], &signature) {
            return Err(Refusal::signature());
        }
        check_time(sent_us, window_us, i128::from(now_ms) * 1000)?;
        if self.follows(&key.uid) {
            let msg = "User Data Stream subscription already active.";
            return Err(Refusal::new(400, -2035, msg));
        }
        self.accounts.push(Arc::clone(&key.uid));
        Ok(json!({ "subscriptionId": self.accounts.len() - 1 }))
    }

    /// What is told of a change of an account: what lies in the spot wallet then.
    pub(in crate::sandbox) fn tell(&self, account: &Account, now_ms: i64) -> Vec<Out> {
        let balance = |holding: &Holding| json!({ "a": holding.asset, "f": holding.free, "l": holding.locked });
        let rows = account.rows(Wallet::Spot).iter();
        let balances: Vec<_> = rows.filter_map(Row::holding).map(balance).collect();
        let own = self.accounts.iter().enumerate();
        own.filter(|(_, uid)| **uid == account.uid)
            .map(|(number, _)| {
                let event = json!({
                    "e": "outboundAccountPosition",
                    "E": now_ms,
                    "u": now_ms,
                    "B": balances,
                });
                Out::Text(json!({ "subscriptionId": number, "event": event }).to_string())
            })
            .collect()
    }

    /// The word that nothing more is told of the accounts.
    pub(in crate::sandbox) fn terminate(&mut self, now_ms: i64) -> Vec<Out> {
        let own = std::mem::take(&mut self.accounts).into_iter().enumerate();
        own.map(|(number, _)| {
            let event = json!({ "e": "eventStreamTerminated", "E": now_ms });
            Out::Text(json!({ "subscriptionId": number, "event": event }).to_string())
        })
        .collect()
    }

    /// The announcement of a restart.
    pub(in crate::sandbox) fn shutdown(&self, now_ms: i64) -> Out {
        let event = json!({ "e": "serverShutdown", "E": now_ms });
        Out::Text(json!({ "event": event }).to_string())
    }
}

/// A parameter that must be there, as text.
fn text(params: &Map<String, Value>, name: &str) -> Result<String, Refusal> {
    match params.get(name) {
        Some(Value::String(text)) if !text.is_empty() => Ok(text.clone()),
        Some(Value::Number(number)) => Ok(number.to_string()),
        _ => Err(Refusal::mandatory(name)),
    }
}

/// What is signed: every parameter but the signature, in the order of their names, as they stand.
fn payload(params: &Map<String, Value>) -> Result<String, Refusal> {
    let mut names: Vec<_> = params.keys().filter(|name| *name != "signature").collect();
    names.sort_unstable();
    let pairs: Result<Vec<_>, Refusal> = names
        .into_iter()
        .map(|name| Ok(format!("{name}={}", text(params, name)?)))
        .collect();
    Ok(pairs?.join("&"))
}
