//! Prices of the market, asked for by the address and by messages.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::remember;
use crate::sandbox::{
    call::decode,
    day,
    pairs::Pair,
    state::State,
    streams::{Address, Out},
};

/// How many streams one connection may carry.
const MOST_STREAMS: usize = 1_024;
/// How many messages may come in a second.
const MOST_A_SECOND: usize = 5;

/// What was asked of the market streams.
#[derive(Debug, Default)]
pub(in crate::sandbox) struct Prices {
    /// Whether messages say of which stream they are.
    combined: bool,
    streams: BTreeSet<String>,
    /// When the last messages came, in milliseconds since the epoch.
    heard_ms: Vec<i64>,
}

impl Prices {
    /// Opens `/stream?streams=a/b`, `/ws/a` or `/ws`; the HTTP status of a refusal otherwise.
    pub(in crate::sandbox) fn open(address: &Address) -> Result<Self, u16> {
        let combined = address.path == "/stream";
        let names = if combined {
            let query = decode(&address.query);
            if query
                .iter()
                .any(|(name, _)| name != "streams" && name != "timeUnit")
            {
                return Err(400);
            }
            let streams = query.into_iter().find(|(name, _)| name == "streams");
            streams.map(|(_, names)| names).unwrap_or_default()
        } else {
            address
                .path
                .strip_prefix("/ws/")
                .unwrap_or_default()
                .to_owned()
        };
        let streams: BTreeSet<_> = names
            .split('/')
            .filter(|name| !name.is_empty())
            .map(str::to_owned)
            .collect();
        if streams.len() > MOST_STREAMS {
            return Err(400);
        }
        Ok(Self {
            combined,
            streams,
            heard_ms: Vec::new(),
        })
    }

    /// The streams that are subscribed to.
    pub(in crate::sandbox) fn streams(&self) -> Vec<String> {
        self.streams.iter().cloned().collect()
    }

    /// Hears a message.
    pub(in crate::sandbox) fn hear(
        &mut self,
        state: &mut State,
        message: &str,
        now_ms: i64,
    ) -> Vec<Out> {
        self.heard_ms.retain(|at| now_ms - at < 1_000);
        self.heard_ms.push(now_ms);
        let told: Result<Value, _> = serde_json::from_str(message);
        let method = told.as_ref().ok().and_then(|told| told["method"].as_str());
        remember(state, "/stream", method, None, now_ms);
        if self.heard_ms.len() > MOST_A_SECOND {
            return vec![Out::Close(1008, "Too many requests")];
        }
        let Ok(told) = told else {
            return vec![refusal(&Value::Null, 3, "Invalid JSON: expected value")];
        };
        let id = told["id"].clone();
        if !(id.is_null() || id.is_u64() || id.is_string()) {
            return vec![refusal(
                &Value::Null,
                2,
                "Invalid request: wrong type of id",
            )];
        }
        let names: Option<Vec<&str>> = told["params"]
            .as_array()
            .map(|names| names.iter().filter_map(Value::as_str).collect());
        match (told["method"].as_str(), names) {
            (Some("SUBSCRIBE"), Some(names)) if !names.is_empty() => {
                self.streams
                    .extend(names.iter().map(|&name| name.to_owned()));
                if self.streams.len() > MOST_STREAMS {
                    return vec![Out::Close(1008, "Too many streams")];
                }
                vec![done(&id, &Value::Null)]
            }
            (Some("UNSUBSCRIBE"), Some(names)) if !names.is_empty() => {
                for name in names {
                    self.streams.remove(name);
                }
                vec![done(&id, &Value::Null)]
            }
            (Some("LIST_SUBSCRIPTIONS"), None) => vec![done(&id, &json!(self.streams()))],
            (Some("SUBSCRIBE" | "UNSUBSCRIBE"), _) => {
                vec![refusal(
                    &id,
                    2,
                    "Invalid request: params must be an array of names",
                )]
            }
            _ => vec![refusal(
                &id,
                2,
                "Invalid request: unknown variant of method",
            )],
        }
    }

    /// What is told of a pair, the same as by calls.
    pub(in crate::sandbox) fn tell(&self, pair: &Pair, now_ms: i64) -> Vec<Out> {
        let figures = day::figures(pair, now_ms);
        let symbol = format!("{}{}", pair.base, pair.quote);
        let name = symbol.to_lowercase();
        let kinds = [("miniTicker", "24hrMiniTicker"), ("ticker", "24hrTicker")];
        let asked = kinds.into_iter().filter_map(|(kind, event)| {
            let stream = format!("{name}@{kind}");
            self.streams.contains(&stream).then_some((stream, event))
        });
        asked
            .map(|(stream, event)| {
                let data = json!({
                    "e": event,
                    "E": now_ms,
                    "s": symbol,
                    "c": pair.price,
                    "o": figures.open,
                    "h": figures.high,
                    "l": figures.low,
                    "v": figures.volume,
                    "q": "18.00000000",
                });
                self.wrap(&stream, &data)
            })
            .collect()
    }

    /// The announcement of a restart.
    pub(in crate::sandbox) fn shutdown(&self, now_ms: i64) -> Out {
        let data = json!({ "e": "serverShutdown", "E": now_ms });
        self.wrap("!serverShutdown", &data)
    }

    fn wrap(&self, stream: &str, data: &Value) -> Out {
        Out::Text(if self.combined {
            json!({ "stream": stream, "data": data }).to_string()
        } else {
            data.to_string()
        })
    }
}

fn done(id: &Value, result: &Value) -> Out {
    Out::Text(json!({ "result": result, "id": id }).to_string())
}

fn refusal(id: &Value, code: i64, msg: &str) -> Out {
    Out::Text(json!({ "error": { "code": code, "msg": msg }, "id": id }).to_string())
}
