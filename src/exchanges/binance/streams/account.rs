//! The word that an account changed, as Binance streams it.

use std::sync::Arc;

use secrecy::ExposeSecret;
use serde::Deserialize;
use serde_json::json;
use serde_json::value::RawValue;
use zeroize::Zeroizing;

use super::super::{refusals, sign};
use crate::domain::problem::ExchangeProblem;
use crate::exchanges::Access;
use crate::exchanges::clock::Clock;
use crate::exchanges::error::ExchangeError;
use crate::exchanges::rows::text;
use crate::exchanges::streams::{AccountDialect, AccountMessage, Reader, StreamSite};
use crate::exchanges::transport::Answer;

/// What asks for the changes of an account.
pub(super) const SUBSCRIBE: &str = "userDataStream.subscribe.signature";

/// The stream of one account.
pub(super) struct Account<'a> {
    pub(super) site: &'a StreamSite,
    pub(super) access: Access<'a>,
    /// How far the exchange's clock is ahead of ours, in milliseconds.
    pub(super) offset_ms: i64,
    pub(super) clock: Clock,
}

/// Manual: binance-spot-api-docs, web-socket-api.md, "Response format", and user-data-stream.md; state
/// of 2026-07-21.
#[derive(Deserialize)]
struct Spoken<'a> {
    status: Option<u16>,
    #[serde(borrow)]
    result: Option<&'a RawValue>,
    #[serde(borrow)]
    error: Option<&'a RawValue>,
    #[serde(borrow)]
    event: Option<Event<'a>>,
}

#[derive(Deserialize)]
struct Event<'a> {
    #[serde(borrow)]
    e: Option<&'a RawValue>,
}

impl AccountDialect for Account<'_> {
    fn site(&self) -> &StreamSite {
        self.site
    }

    fn ahead_ms(&self) -> i64 {
        self.offset_ms
    }

    /// Manual: web-socket-api.md, "Subscribe to User Data Stream through signature subscription"; state
    /// of 2026-07-21.
    fn steps(&self, local_ms: i64) -> Result<Vec<Zeroizing<String>>, ExchangeError> {
        let key = self.access.credentials;
        let now_ms = local_ms.saturating_add(self.offset_ms);
        let signed = sign::signed_stream(&key.secret_key, &key.api_key, now_ms)?;
        let message = json!({
            "id": "1",
            "method": SUBSCRIBE,
            "params": {
                "apiKey": key.api_key.expose_secret(),
                "recvWindow": sign::RECV_WINDOW_MS,
                "signature": signed,
                "timestamp": now_ms,
            },
        });
        Ok(vec![Zeroizing::new(message.to_string())])
    }

    fn ping(&self) -> Option<&'static str> {
        None
    }

    fn reader(&self) -> Reader {
        let (clock, offset_ms) = (Arc::clone(&self.clock), self.offset_ms);
        Box::new(move |message| read(message, || clock().saturating_add(offset_ms)))
    }
}

/// What a message says. `now_ms` tells the exchange's time in epoch milliseconds, UTC.
fn read(message: &str, now_ms: impl Fn() -> i64) -> AccountMessage {
    let Ok(told) = serde_json::from_str::<Spoken<'_>>(message) else {
        return AccountMessage::Odd;
    };
    if let Some(event) = told.event {
        let kind = text(event.e).ok().flatten();
        return match kind.as_deref() {
            Some("outboundAccountPosition" | "balanceUpdate" | "externalLockUpdate") => {
                AccountMessage::Changed
            }
            Some("eventStreamTerminated" | "serverShutdown") => AccountMessage::Leaving,
            // Orders change balances by events of their own.
            Some(_) => AccountMessage::Nothing,
            None => AccountMessage::Odd,
        };
    }
    match (told.status, told.result, told.error) {
        (Some(200), Some(_), None) => AccountMessage::Accepted,
        (Some(status), _, Some(error)) => AccountMessage::Refused(why(status, error, now_ms())),
        _ => AccountMessage::Odd,
    }
}

/// Until when is to be waited, as an error says it. Manual: web-socket-api.md, "IP limits"; state of
/// 2026-07-21.
#[derive(Deserialize)]
struct Limited<'a> {
    #[serde(borrow)]
    data: Option<Until<'a>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Until<'a> {
    /// In epoch milliseconds.
    #[serde(borrow)]
    retry_after: Option<&'a RawValue>,
}

/// Why something was refused, by the same codes as of calls. `now_ms` is the exchange's time.
fn why(status: u16, error: &RawValue, now_ms: i64) -> ExchangeProblem {
    let answer = Answer {
        status,
        retry_after: seconds_left(error, now_ms),
        body: error.get().as_bytes().to_vec(),
        ..Answer::default()
    };
    let refusal = refusals::refusal(&answer, now_ms);
    refusal.map_or(ExchangeProblem::BadResponse, ExchangeError::into_problem)
}

fn seconds_left(error: &RawValue, now_ms: i64) -> Option<u64> {
    let limited: Limited<'_> = serde_json::from_str(error.get()).ok()?;
    let until: i64 = text(limited.data?.retry_after).ok()??.parse().ok()?;
    let left_ms = u64::try_from(until.saturating_sub(now_ms)).ok()?;
    Some(left_ms.div_ceil(1_000))
}
