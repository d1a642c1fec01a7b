//! OKX's error codes and statuses, and what they mean for a reader.

use serde::Deserialize;
use serde_json::value::RawValue;

use crate::domain::problem::{BadKey, ExchangeProblem};
use crate::exchanges::error::ExchangeError;
use crate::exchanges::refusal::{by_status, named_address, wait};
use crate::exchanges::rows::text;
use crate::exchanges::transport::Answer;

/// Seconds to wait at least after too many requests; OKX promises no `Retry-After`.
const FLOOR_SECONDS: u64 = 2;

/// What every answer says of itself. Manual: OKX API v5, "Error Code"; copy of 2025-08-17.
#[derive(Deserialize)]
struct Body<'a> {
    #[serde(borrow)]
    code: Option<&'a RawValue>,
    #[serde(borrow)]
    msg: Option<&'a RawValue>,
}

/// Why an answer is a refusal; `None` when it is none. The status is 200 for many refusals.
pub(super) fn refusal(answer: &Answer) -> Option<ExchangeError> {
    let told = told(answer);
    let code = told.as_ref().map_or(0, |(code, _)| *code);
    if answer.is_success() && told.is_some() && code == 0 {
        return None;
    }
    let status = || by_status(answer.status, code != 0, answer.retry_after, FLOOR_SECONDS);
    let by_code = match (&told, answer.status) {
        (_, 300..=399) | (None, _) => None,
        (Some((code, message)), _) => by_code(*code, message, answer.retry_after),
    };
    Some(by_code.unwrap_or_else(status))
}

fn told(answer: &Answer) -> Option<(u32, String)> {
    let body: Body<'_> = serde_json::from_slice(&answer.body).ok()?;
    let code = text(body.code).ok()??.parse().ok()?;
    Some((code, text(body.msg).ok().flatten().unwrap_or_default()))
}

/// What a code means; `None` leaves it to the status.
fn by_code(code: u32, message: &str, retry_after: Option<u64>) -> Option<ExchangeError> {
    use BadKey::{Frozen, Malformed, Unknown, WrongEnvironment, WrongSecret};
    let bad_key = |bad| ExchangeProblem::InvalidCredentials(bad).into();
    Some(match code {
        50001 | 50004 | 50013 | 50026 | 58007 => ExchangeError::Transient,
        50011 | 50040 | 50061 | 58102 => wait(retry_after, FLOOR_SECONDS),
        50120 => ExchangeError::NoPermission,
        50005 | 50030 | 50035 | 50038 | 50053 => ExchangeError::NotAvailable,
        // Earn is not open to this account, and sub-accounts are none of a sub-account's business.
        51734 | 51735 | 51737 | 58002 | 58011 | 59500 | 59604 => ExchangeError::NotAvailable,
        50007 | 50009 | 50012 | 50019 | 50059 | 50060 | 50100 | 51738 | 58004 => bad_key(Frozen),
        50067 => ExchangeProblem::WrongRegion.into(),
        50101 => bad_key(WrongEnvironment),
        50102 => ExchangeProblem::ClockSkew.into(),
        50105 => ExchangeProblem::WrongPassphrase.into(),
        50110 | 50118 => ExchangeProblem::IpNotAllowed {
            seen: named_address(message),
        }
        .into(),
        50111 => bad_key(Malformed),
        50113 | 50114 => bad_key(WrongSecret),
        50116 | 50119 => bad_key(Unknown),
        50051 | 50052 | 50121 => ExchangeProblem::RegionBlocked.into(),
        code if is_our_mistake(code) => {
            tracing::warn!(exchange = "okx", code, "a request was malformed");
            ExchangeProblem::BadResponse.into()
        }
        0 => return None,
        code => {
            tracing::warn!(exchange = "okx", code, "an unheard-of refusal");
            return None;
        }
    })
}

/// Codes for requests that this client would have to have built wrongly, and for orders and prices,
/// which it never asks for.
fn is_our_mistake(code: u32) -> bool {
    matches!(
        code,
        1 | 2
            | 50000
            | 50002
            | 50006
            | 50014..=50016
            | 50103
            | 50104
            | 50106..=50109
            | 50112
            | 50115
            | 50122
            | 51001
    )
}

#[cfg(test)]
mod tests;
