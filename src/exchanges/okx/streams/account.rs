//! The word that the trading account changed, as OKX streams it.

use secrecy::ExposeSecret;
use serde_json::json;
use zeroize::Zeroizing;

use super::super::sign;
use super::{Message, PING, PONG};
use crate::domain::problem::{BadKey, ExchangeProblem};
use crate::exchanges::Access;
use crate::exchanges::error::ExchangeError;
use crate::exchanges::rows::text;
use crate::exchanges::streams::{AccountDialect, AccountMessage, Reader, StreamSite};

/// Seconds to wait after too many messages.
const FLOOR_SECONDS: u64 = 60;

/// The stream of one account.
pub(super) struct Account<'a> {
    pub(super) site: &'a StreamSite,
    pub(super) access: Access<'a>,
    /// How far the exchange's clock is ahead of ours, in milliseconds.
    pub(super) offset_ms: i64,
}

impl AccountDialect for Account<'_> {
    fn site(&self) -> &StreamSite {
        self.site
    }

    fn ahead_ms(&self) -> i64 {
        self.offset_ms
    }

    /// Manual: OKX API v5, "WebSocket", "Login", and "Account channel", of which only events are asked
    /// for and no repetition; copy of 2025-08-17.
    fn steps(&self, local_ms: i64) -> Result<Vec<Zeroizing<String>>, ExchangeError> {
        let key = self.access.credentials;
        let passphrase = key.passphrase.as_ref();
        let passphrase = passphrase.ok_or(ExchangeProblem::WrongPassphrase)?;
        let seconds = local_ms
            .saturating_add(self.offset_ms)
            .div_euclid(1_000)
            .to_string();
        let sign = sign::login_signature(&key.secret_key, &seconds)?;
        let login = json!({
            "op": "login",
            "args": [{
                "apiKey": key.api_key.expose_secret(),
                "passphrase": passphrase.expose_secret(),
                "timestamp": seconds,
                "sign": sign,
            }],
        });
        let only_events = json!({ "updateInterval": "0" }).to_string();
        let subscribe = json!({
            "op": "subscribe",
            "args": [{ "channel": "account", "extraParams": only_events }],
        });
        Ok(vec![
            Zeroizing::new(login.to_string()),
            Zeroizing::new(subscribe.to_string()),
        ])
    }

    fn ping(&self) -> Option<&'static str> {
        Some(PING)
    }

    fn reader(&self) -> Reader {
        Box::new(read)
    }
}

/// What a message says.
fn read(message: &str) -> AccountMessage {
    if message == PONG {
        return AccountMessage::Nothing;
    }
    let Ok(heard) = serde_json::from_str::<Message<'_>>(message) else {
        return AccountMessage::Odd;
    };
    match (heard.event.as_deref(), &heard.data) {
        (None, Some(_)) if heard.is_of("account") => {
            match text(heard.event_type).ok().flatten().as_deref() {
                // As it was when the stream was opened, which is read then anyway.
                Some("snapshot") => AccountMessage::Nothing,
                _ => AccountMessage::Changed,
            }
        }
        (Some("login"), _) if heard.code() == 0 => AccountMessage::Accepted,
        (Some("subscribe"), _) => AccountMessage::Accepted,
        (Some("channel-conn-count"), _) => AccountMessage::Nothing,
        (Some("notice"), _) => AccountMessage::Leaving,
        (Some("login" | "error" | "channel-conn-count-error"), _) => {
            AccountMessage::Refused(why(heard.code()))
        }
        _ => AccountMessage::Odd,
    }
}

/// Why something was refused. Manual: OKX API v5, "Error Code", "WebSocket"; copy of 2025-08-17.
pub(super) fn why(code: u32) -> ExchangeProblem {
    use BadKey::{Malformed, Unknown, WrongSecret};
    match code {
        60004 | 60006 => ExchangeProblem::ClockSkew,
        60005 => ExchangeProblem::InvalidCredentials(Malformed),
        60007 => ExchangeProblem::InvalidCredentials(WrongSecret),
        60009 | 60032 => ExchangeProblem::InvalidCredentials(Unknown),
        60024 => ExchangeProblem::WrongPassphrase,
        60014 => ExchangeProblem::RateLimited {
            seconds: FLOOR_SECONDS,
        },
        63999 => ExchangeProblem::Unavailable,
        code => {
            tracing::warn!(exchange = "okx", code, "a stream was refused");
            ExchangeProblem::BadResponse
        }
    }
}
