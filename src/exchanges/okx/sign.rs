//! Signatures and timestamps of OKX's REST interface, and the signature that opens a stream.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use secrecy::SecretString;
use time::OffsetDateTime;
use time::macros::format_description;

use crate::domain::problem::ExchangeProblem;
use crate::exchanges::error::ExchangeError;
use crate::exchanges::signing::hmac_sha256;

/// The base64 signature of a request. `path` holds the query as it is sent, `body` is empty for a
/// GET. Manual: OKX API v5, "REST Authentication"; copy of 2025-08-17.
///
/// # Errors
/// When the secret cannot sign.
pub fn signature(
    secret: &SecretString,
    timestamp: &str,
    method: &str,
    path: &str,
    body: &str,
) -> Result<String, ExchangeError> {
    let mac = hmac_sha256(secret, &[timestamp, method, path, body])?;
    Ok(STANDARD.encode(mac))
}

/// The base64 signature that opens the stream of an account; `timestamp` is in seconds. Manual: OKX API
/// v5, "WebSocket", "Login"; copy of 2025-08-17.
///
/// # Errors
/// When the secret cannot sign.
pub(super) fn login_signature(
    secret: &SecretString,
    timestamp: &str,
) -> Result<String, ExchangeError> {
    signature(secret, timestamp, "GET", "/users/self/verify", "")
}

/// A time (epoch milliseconds, UTC) as OKX takes it: `2020-12-08T09:08:57.715Z`.
///
/// # Errors
/// [`ExchangeProblem::ClockSkew`] for a time that no calendar has.
pub(super) fn timestamp(now_ms: i64) -> Result<String, ExchangeError> {
    let format =
        format_description!("[year]-[month]-[day]T[hour]:[minute]:[second].[subsecond digits:3]Z");
    let nanoseconds = i128::from(now_ms) * 1_000_000;
    OffsetDateTime::from_unix_timestamp_nanos(nanoseconds)
        .ok()
        .and_then(|time| time.format(format).ok())
        .ok_or_else(|| ExchangeProblem::ClockSkew.into())
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;
    use crate::exchanges::testing::{fixture, secret};

    #[derive(Deserialize)]
    struct File {
        okx: Vectors,
    }

    #[derive(Deserialize)]
    struct Vectors {
        secret: String,
        rest_hmac_sha256_base64: Vec<Vector>,
        ws_login: Vec<Login>,
    }

    #[derive(Deserialize)]
    struct Login {
        timestamp: String,
        sign: String,
    }

    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Vector {
        timestamp: String,
        method: String,
        request_path: String,
        body: String,
        sign: String,
    }

    #[test]
    fn signatures_equal_the_examples() {
        let file: File = serde_json::from_str(&fixture("signature_vectors.json")).unwrap();
        let key = secret(&file.okx.secret);
        for v in &file.okx.rest_hmac_sha256_base64 {
            let made = signature(&key, &v.timestamp, &v.method, &v.request_path, &v.body).unwrap();
            assert_eq!(made, v.sign, "{} {}", v.method, v.request_path);
        }
        let has = |part: &str| {
            let mut vectors = file.okx.rest_hmac_sha256_base64.iter();
            vectors.any(|v| v.request_path.contains(part) || v.method == part)
        };
        assert!(has("ccy=BTC,ETH") && has("ccy=BTC%2CETH") && has("POST"));
    }

    #[test]
    fn signatures_of_streams_equal_the_examples() {
        let file: File = serde_json::from_str(&fixture("signature_vectors.json")).unwrap();
        let key = secret(&file.okx.secret);
        for login in &file.okx.ws_login {
            assert_eq!(login_signature(&key, &login.timestamp).unwrap(), login.sign);
        }
        assert_eq!(file.okx.ws_login.len(), 2);
    }

    #[test]
    fn timestamps_have_milliseconds_and_a_z() {
        let text = |ms| timestamp(ms).unwrap();
        assert_eq!(text(1_607_418_537_715), "2020-12-08T09:08:57.715Z");
        assert_eq!(text(1_767_225_600_000), "2026-01-01T00:00:00.000Z");
        assert_eq!(text(1_767_225_600_007), "2026-01-01T00:00:00.007Z");
        assert!(timestamp(i64::MAX).is_err());
        assert!(timestamp(i64::MIN).is_err());
    }
}
