//! What an HTTP status means when the body says nothing better, and how long to wait.

use std::net::IpAddr;

use super::error::ExchangeError;
use crate::domain::problem::ExchangeProblem;

/// Seconds to stay away after a firewall's page. Manual: binance-spot-api-docs, rest-api.md, "HTTP
/// Return Codes" (state of 2026-07-21) names no time; five minutes is what clients found to do.
const FIREWALL_SECONDS: u64 = 300;
/// Binance's shortest ban. Manual: binance-spot-api-docs, rest-api.md, "IP Limits"; state of
/// 2026-07-21.
pub(super) const BAN_SECONDS: u64 = 120;
/// Binance's longest ban, as there. Nothing that an exchange asks for lasts longer.
const MAX_WAIT_SECONDS: u64 = 3 * 24 * 60 * 60;

/// What a status means; `speaks` tells whether the body was one of the exchange's own refusals,
/// `floor_seconds` is the shortest pause after too many requests.
pub(super) fn by_status(
    status: u16,
    speaks: bool,
    retry_after: Option<u64>,
    floor_seconds: u64,
) -> ExchangeError {
    match status {
        403 if speaks => ExchangeError::NoPermission,
        403 => wait(retry_after, FIREWALL_SECONDS),
        404 | 410 => ExchangeError::NotAvailable,
        418 => wait(retry_after, BAN_SECONDS),
        429 => wait(retry_after, floor_seconds),
        451 => ExchangeProblem::RegionBlocked.into(),
        408 => ExchangeProblem::Unavailable.into(),
        500..=599 => ExchangeError::Transient,
        _ => ExchangeProblem::BadResponse.into(),
    }
}

/// The wait that is asked for, but never a shorter one than `floor_seconds`.
pub(super) fn wait(asked_seconds: Option<u64>, floor_seconds: u64) -> ExchangeError {
    let seconds = asked_seconds.unwrap_or(0);
    ExchangeProblem::RateLimited {
        seconds: seconds.clamp(floor_seconds, MAX_WAIT_SECONDS),
    }
    .into()
}

/// The address that a message names, read as an address and nothing else.
pub(super) fn named_address(message: &str) -> Option<IpAddr> {
    message
        .split(|c: char| !(c.is_ascii_hexdigit() || matches!(c, '.' | ':')))
        .find_map(|word| word.trim_end_matches(['.', ':']).parse().ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_read_out_of_sentences() {
        let seen = |text| named_address(text).map(|ip: IpAddr| ip.to_string());
        assert_eq!(seen("request ip: 203.0.113.7").unwrap(), "203.0.113.7");
        assert_eq!(seen("Your IP 203.0.113.9.").unwrap(), "203.0.113.9");
        assert_eq!(seen("Your IP 2001:db8::1 is not").unwrap(), "2001:db8::1");
        assert_eq!(seen("Your IP 999.0.0.1 is not"), None);
        assert_eq!(seen("Invalid API-key, IP, or permissions"), None);
    }

    #[test]
    fn a_wait_is_never_shorter_than_its_floor_nor_endless() {
        let seconds = |asked, floor| match wait(asked, floor) {
            ExchangeError::Problem(ExchangeProblem::RateLimited { seconds }) => seconds,
            other => panic!("{other}"),
        };
        assert_eq!(seconds(None, 1), 1);
        assert_eq!(seconds(Some(0), 2), 2);
        assert_eq!(seconds(Some(60), 1), 60);
        assert_eq!(seconds(Some(u64::MAX), 1), 259_200);
    }
}
