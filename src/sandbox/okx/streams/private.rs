//! An account's changes by the private channels.

use std::sync::Arc;

use base64::{Engine, engine::general_purpose::STANDARD};
use serde_json::{Value, json};

use super::{Asked, CONN_ID, error, event, remember, within};
use crate::sandbox::{
    Exchange,
    account::Account,
    mac,
    okx::{Key, auth::is_key, trading},
    state::State,
    streams::Out,
};

/// How far from the server's time a login may be dated, in seconds.
const WINDOW_S: i64 = 30;
/// What was asked of the private channels.
#[derive(Debug, Default)]
pub(in crate::sandbox) struct Private {
    /// The account that is signed in.
    uid: Option<Arc<str>>,
    /// Whether its changes are told.
    subscribed: bool,
    asked_ms: Vec<i64>,
}

impl Private {
    /// Whether an account's changes are told here.
    pub(in crate::sandbox) fn follows(&self, uid: &str) -> bool {
        self.subscribed && self.uid.as_deref() == Some(uid)
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
        if !within(&mut self.asked_ms, state, now_ms) {
            return vec![error("60014", "Requests too frequent", None)];
        }
        let answers = match asked.op.as_str() {
            "login" => self.login(state, &asked.args, now_ms),
            "subscribe" | "unsubscribe" if self.uid.is_none() => {
                vec![error("60011", "Please log in", None)]
            }
            "subscribe" => self.subscribe(state, &asked, now_ms),
            "unsubscribe" => {
                self.subscribed = false;
                let args = asked.args.iter();
                args.map(|arg| event("unsubscribe", arg, &asked.id))
                    .collect()
            }
            _ => vec![error("60012", "Invalid request", None)],
        };
        remember(state, "/ws/v5/private", &asked.op, self.uid.clone(), now_ms);
        answers
    }

    fn login(&mut self, state: &State, args: &[Value], now_ms: i64) -> Vec<Out> {
        let arg = args.first().cloned().unwrap_or_default();
        match signed_in(state, &arg, now_ms) {
            Ok(key) => {
                self.uid = Some(Arc::clone(&key.uid));
                let login = json!({ "event": "login", "code": "0", "msg": "", "connId": CONN_ID });
                vec![Out::Text(login.to_string())]
            }
            Err((code, words)) => vec![error(code, words, None), Out::Close(4001, "Login failed")],
        }
    }

    fn subscribe(&mut self, state: &State, asked: &Asked, now_ms: i64) -> Vec<Out> {
        let [arg] = asked.args.as_slice() else {
            return vec![error("60012", "Invalid request", None)];
        };
        if arg["channel"] != "account" {
            return vec![error("60018", "Wrong URL or channel", Some(arg))];
        }
        self.subscribed = true;
        let uid = self.uid.clone().unwrap_or_default();
        let account = state.accounts.get(Exchange::Okx, &uid);
        let snapshot = account.map(|account| told(account, "snapshot", now_ms));
        let count = json!({
            "event": "channel-conn-count",
            "channel": "account",
            "connCount": "1",
            "connId": CONN_ID,
        });
        let mut out = vec![
            event("subscribe", arg, &asked.id),
            Out::Text(count.to_string()),
        ];
        out.extend(snapshot);
        out
    }

    /// What is told of a change of an account.
    pub(in crate::sandbox) fn tell(&self, account: &Account, now_ms: i64) -> Vec<Out> {
        let follows = self.follows(&account.uid);
        let update = || told(account, "event_update", now_ms);
        follows.then(update).into_iter().collect()
    }
}

/// The key that signed a login.
fn signed_in<'a>(
    state: &'a State,
    arg: &Value,
    now_ms: i64,
) -> Result<&'a Arc<Key>, (&'static str, &'static str)> {
    let text = |name: &str| arg[name].as_str().filter(|text| !text.is_empty());
    let missing = ("60009", "Login failed.");
    let stamp = text("timestamp").ok_or(("60004", "Invalid timestamp"))?;
    let digits = stamp.len() == 10 && stamp.bytes().all(|byte| byte.is_ascii_digit());
    let seconds: Option<i64> = digits.then(|| stamp.parse().ok()).flatten();
    let seconds = seconds.ok_or(("60004", "Invalid timestamp"))?;
    if now_ms.div_euclid(1_000).abs_diff(seconds) > WINDOW_S.unsigned_abs() {
        return Err(("60006", "Timestamp request expired"));
    }
    let api_key = text("apiKey").filter(|key| is_key(key));
    let api_key = api_key.ok_or(("60005", "Invalid apiKey"))?;
    let key = state.okx.key(api_key);
    let key = key.ok_or(("60032", "API key doesn't exist"))?;
    if !key.answers_to(&state.seen_address) || !key.may("read_only") {
        return Err(missing);
    }
    if text("passphrase") != Some(key.passphrase.as_str()) {
        return Err(("60024", "Wrong passphrase"));
    }
    let sign = text("sign").and_then(|sign| STANDARD.decode(sign).ok());
    let signed = [stamp.as_bytes(), b"GET", b"/users/self/verify"];
    if sign.is_some_and(|sign| mac::signed_by(&key.secret, &signed, &sign)) {
        Ok(key)
    } else {
        Err(("60007", "Invalid sign"))
    }
}

/// The message that tells of an account.
fn told(account: &Account, kind: &str, now_ms: i64) -> Out {
    let arg = json!({ "channel": "account", "uid": &*account.uid });
    let row = trading::row_of(account, now_ms);
    Out::Text(format!(
        r#"{{"arg":{arg},"eventType":"{kind}","curPage":1,"lastPage":true,"data":[{row}]}}"#
    ))
}
