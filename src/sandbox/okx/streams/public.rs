//! Prices by the public channels.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::{Asked, error, event, remember, within};
use crate::sandbox::{Exchange, okx::public, pairs::Pair, state::State, streams::Out};

/// What was asked of the public channels.
#[derive(Debug, Default)]
pub(in crate::sandbox) struct Public {
    pairs: BTreeSet<String>,
    asked_ms: Vec<i64>,
}

impl Public {
    /// The pairs whose prices are told.
    pub(in crate::sandbox) fn pairs(&self) -> Vec<String> {
        self.pairs.iter().cloned().collect()
    }

    /// Hears a message.
    pub(in crate::sandbox) fn hear(
        &mut self,
        state: &mut State,
        message: &str,
        now_ms: i64,
    ) -> Vec<Out> {
        if message == "ping" {
            return vec![Out::Text("pong".to_owned())];
        }
        let asked = match Asked::read(message) {
            Ok(asked) => asked,
            Err(refusal) => return vec![refusal],
        };
        remember(state, "/ws/v5/public", &asked.op, None, now_ms);
        if !within(&mut self.asked_ms, state, now_ms) {
            return vec![error("60014", "Requests too frequent", None)];
        }
        match asked.op.as_str() {
            "subscribe" => {
                let answers = asked.args.iter();
                answers
                    .flat_map(|arg| self.subscribe(state, arg, &asked.id, now_ms))
                    .collect()
            }
            "unsubscribe" => {
                let args = asked.args.iter();
                args.map(|arg| {
                    self.pairs
                        .remove(arg["instId"].as_str().unwrap_or_default());
                    event("unsubscribe", arg, &asked.id)
                })
                .collect()
            }
            _ => vec![error("60012", &format!("Invalid request: {message}"), None)],
        }
    }

    fn subscribe(&mut self, state: &State, arg: &Value, id: &Value, now_ms: i64) -> Vec<Out> {
        let name = arg["instId"].as_str().unwrap_or_default();
        let listed = state.markets.pairs(Exchange::Okx).iter();
        let pair = listed
            .filter(|pair| pair.traded)
            .find(|pair| format!("{}-{}", pair.base, pair.quote) == name);
        let (Some("tickers"), Some(pair)) = (arg["channel"].as_str(), pair) else {
            let channel = arg["channel"].as_str().unwrap_or_default();
            let words = format!(
                "Wrong URL or channel:{channel},instId:{name} doesn't exist. Please use the correct URL, channel and parameters referring to API document."
            );
            return vec![error("60018", &words, None)];
        };
        self.pairs.insert(name.to_owned());
        let mut out = vec![event("subscribe", arg, id)];
        out.extend(self.tell(pair, now_ms));
        out
    }

    /// What is told of a pair, the same as by calls.
    pub(in crate::sandbox) fn tell(&self, pair: &Pair, now_ms: i64) -> Vec<Out> {
        let name = format!("{}-{}", pair.base, pair.quote);
        if !self.pairs.contains(&name) {
            return Vec::new();
        }
        let row = public::ticker(pair, now_ms);
        let arg = json!({ "channel": "tickers", "instId": name });
        vec![Out::Text(json!({ "arg": arg, "data": [row] }).to_string())]
    }
}
