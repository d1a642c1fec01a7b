//! Binance's error codes and statuses, and what they mean for a reader.

use serde::Deserialize;
use serde_json::value::RawValue;

use crate::domain::problem::{BadKey, ExchangeProblem};
use crate::exchanges::error::ExchangeError;
use crate::exchanges::refusal::{BAN_SECONDS, by_status, named_address, wait};
use crate::exchanges::rows::text;
use crate::exchanges::transport::Answer;

/// Seconds to wait at least after too many requests.
const FLOOR_SECONDS: u64 = 1;

/// The body of a refusal. Manual: binance-spot-api-docs, errors.md; state of 2026-07-21.
#[derive(Deserialize)]
struct Body<'a> {
    #[serde(borrow)]
    code: Option<&'a RawValue>,
    #[serde(borrow)]
    msg: Option<&'a RawValue>,
}

/// What the exchange says of itself.
struct Told {
    code: i64,
    message: String,
}

/// Why an answer is a refusal; `None` when it is none. `now_ms` is the exchange's time in epoch
/// milliseconds, UTC.
pub(super) fn refusal(answer: &Answer, now_ms: i64) -> Option<ExchangeError> {
    let told = told(answer);
    // A success may carry fields of that name; only the codes of the manual's list are below zero.
    if answer.is_success() && told.as_ref().is_none_or(|told| told.code >= 0) {
        return None;
    }
    let until = told
        .as_ref()
        .and_then(|told| seconds_until(&told.message, now_ms));
    let asked = answer.retry_after.max(until);
    let status = || by_status(answer.status, told.is_some(), asked, FLOOR_SECONDS);
    let by_code = match (&told, answer.status) {
        (_, 300..=399 | 418 | 429 | 451) | (None, _) => None,
        (Some(told), _) => by_code(told, asked),
    };
    Some(by_code.unwrap_or_else(status))
}

fn told(answer: &Answer) -> Option<Told> {
    let body: Body<'_> = serde_json::from_slice(&answer.body).ok()?;
    Some(Told {
        code: text(body.code).ok()??.parse().ok()?,
        message: text(body.msg).ok().flatten().unwrap_or_default(),
    })
}

/// What a code means; `None` leaves it to the status.
fn by_code(told: &Told, asked_seconds: Option<u64>) -> Option<ExchangeError> {
    use BadKey::{Malformed, Unknown, WrongSecret};
    let bad_key = |bad| ExchangeProblem::InvalidCredentials(bad).into();
    Some(match told.code {
        -1000 | -1001 | -1006 | -1007 | -1008 | -1016 => ExchangeError::Transient,
        -1003 if told.message.contains("banned") => wait(asked_seconds, BAN_SECONDS),
        -1003 | -1015 | -1034 => wait(asked_seconds, FLOOR_SECONDS),
        -1002 => ExchangeError::NoPermission,
        // Of the margin catalogue: the margin account does not exist.
        -1020 | -3003 | -6001 => ExchangeError::NotAvailable,
        -1021 => ExchangeProblem::ClockSkew.into(),
        -1022 => bad_key(WrongSecret),
        -2008 => bad_key(Unknown),
        -2014 => bad_key(Malformed),
        -2015 => rejected(&told.message),
        code if is_our_mistake(code) => {
            tracing::warn!(exchange = "binance", code, "a request was malformed");
            ExchangeProblem::BadResponse.into()
        }
        code => {
            tracing::warn!(exchange = "binance", code, "an unheard-of refusal");
            return None;
        }
    })
}

/// One code for an unknown key, another environment, an unlisted address and a missing right; only
/// some variants name the address they saw.
fn rejected(message: &str) -> ExchangeError {
    match message.split_once("request ip:") {
        Some((_, address)) => ExchangeProblem::IpNotAllowed {
            seen: named_address(address),
        }
        .into(),
        None => ExchangeError::NoPermission,
    }
}

/// Codes for requests that this client would have to have built wrongly, and for orders, streams and
/// prices, which it never asks for.
fn is_our_mistake(code: i64) -> bool {
    matches!(
        code,
        -1199..=-1100 | -1220 | -2016 | -2035 | -2036 | -2042 | -2043 | -6021
    )
}

/// Seconds until the end of a ban: `…IP banned until 1659146400000…`, epoch milliseconds.
fn seconds_until(message: &str, now_ms: i64) -> Option<u64> {
    let rest = message.split_once("banned until ")?.1;
    let digits = rest.split(|c: char| !c.is_ascii_digit()).next()?;
    let until_ms: i64 = digits.parse().ok()?;
    let left_ms = u64::try_from(until_ms.saturating_sub(now_ms)).ok()?;
    Some(left_ms.div_ceil(1_000))
}

#[cfg(test)]
mod tests;
