//! Signatures of Binance's REST interface and of its streams.

use secrecy::{ExposeSecret, SecretString};
use zeroize::Zeroizing;

use crate::exchanges::error::ExchangeError;
use crate::exchanges::signing::hmac_sha256;

/// How many milliseconds old a request may be when it arrives, the manual's advice.
pub(super) const RECV_WINDOW_MS: u32 = 5_000;

/// The hex signature of a percent-encoded query and form body. The two are joined without a
/// separator. Manual: binance-spot-api-docs, rest-api.md, "SIGNED Endpoint security"; state of
/// 2026-07-21.
///
/// # Errors
/// When the secret cannot sign.
pub fn signature(secret: &SecretString, query: &str, body: &str) -> Result<String, ExchangeError> {
    Ok(hex::encode(hmac_sha256(secret, &[query, body])?))
}

/// The query to send: `parameters`, percent-encoded already, with window, time (epoch milliseconds,
/// UTC) and signature.
///
/// # Errors
/// When the secret cannot sign.
pub(super) fn signed_query(
    secret: &SecretString,
    parameters: &str,
    now_ms: i64,
) -> Result<String, ExchangeError> {
    let joint = if parameters.is_empty() { "" } else { "&" };
    let query = format!("{parameters}{joint}recvWindow={RECV_WINDOW_MS}&timestamp={now_ms}");
    let signature = signature(secret, &query, "")?;
    Ok(format!("{query}&signature={signature}"))
}

/// The hex signature that has an account's changes streamed: over the parameters in the order of their
/// names, the key among them, as they stand and not percent-encoded. Manual: binance-spot-api-docs,
/// web-socket-api.md, "SIGNED request example (HMAC)"; state of 2026-07-21.
///
/// # Errors
/// When the secret cannot sign.
pub(super) fn signed_stream(
    secret: &SecretString,
    api_key: &SecretString,
    now_ms: i64,
) -> Result<String, ExchangeError> {
    let api_key = api_key.expose_secret();
    let payload = Zeroizing::new(format!(
        "apiKey={api_key}&recvWindow={RECV_WINDOW_MS}&timestamp={now_ms}"
    ));
    signature(secret, &payload, "")
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;
    use crate::exchanges::testing::{fixture, secret};

    #[derive(Deserialize)]
    struct File {
        binance: Vectors,
    }

    #[derive(Deserialize)]
    struct Vectors {
        api_key: String,
        secret: String,
        rest_hmac_sha256_hex: Vec<Vector>,
        ws_api_hmac_sha256_hex: Vec<Vector>,
    }

    #[derive(Deserialize)]
    struct Vector {
        payload: String,
        signature: String,
        symbol_decoded: Option<String>,
        query: Option<String>,
        body: Option<String>,
    }

    fn vectors() -> Vectors {
        let file: File = serde_json::from_str(&fixture("signature_vectors.json")).unwrap();
        file.binance
    }

    #[test]
    fn signatures_equal_the_manuals_examples() {
        let vectors = vectors();
        let key = secret(&vectors.secret);
        for vector in &vectors.rest_hmac_sha256_hex {
            let made = signature(&key, &vector.payload, "").unwrap();
            assert_eq!(made, vector.signature, "{}", vector.payload);
        }
        assert!(vectors.rest_hmac_sha256_hex.len() >= 8);
    }

    #[test]
    fn streams_are_signed_like_the_manuals_examples_without_percent_encoding() {
        let vectors = vectors();
        let key = secret(&vectors.secret);
        for vector in &vectors.ws_api_hmac_sha256_hex {
            let made = signature(&key, &vector.payload, "").unwrap();
            assert_eq!(made, vector.signature, "{}", vector.payload);
        }
        let payload = format!(
            "apiKey={}&recvWindow=5000&timestamp=1747385641636",
            vectors.api_key
        );
        let wanted = signature(&key, &payload, "").unwrap();
        let made = signed_stream(&key, &secret(&vectors.api_key), 1_747_385_641_636);
        assert_eq!(made.unwrap(), wanted);
    }

    #[test]
    fn query_and_body_are_signed_without_a_separator() {
        let vectors = vectors();
        let split: Vec<_> = vectors
            .rest_hmac_sha256_hex
            .iter()
            .filter_map(|v| Some((v.query.as_ref()?, v.body.as_ref()?, &v.signature)))
            .collect();
        assert!(!split.is_empty());
        for (query, body, wanted) in split {
            assert_eq!(
                signature(&secret(&vectors.secret), query, body).unwrap(),
                *wanted
            );
        }
    }

    #[test]
    fn a_symbol_of_another_script_is_encoded_before_it_is_signed() {
        let vectors = vectors();
        let vector = vectors
            .rest_hmac_sha256_hex
            .iter()
            .find(|v| v.symbol_decoded.is_some())
            .unwrap();
        let symbol = vector.symbol_decoded.as_deref().unwrap();
        let encoded = serde_urlencoded::to_string([("symbol", symbol)]).unwrap();
        let rest = vector.payload.split_once('&').unwrap().1;
        let made = signature(&secret(&vectors.secret), &format!("{encoded}&{rest}"), "").unwrap();
        assert_eq!(made, vector.signature);
    }

    #[test]
    fn the_query_sent_is_the_query_signed() {
        let vectors = vectors();
        let key = secret(&vectors.secret);
        for parameters in ["", "omitZeroBalances=true", "needBtcValuation=false"] {
            let query = signed_query(&key, parameters, 1_499_827_319_559).unwrap();
            let (payload, sent) = query.split_once("&signature=").unwrap();
            let vector = vectors
                .rest_hmac_sha256_hex
                .iter()
                .find(|v| v.payload == payload)
                .unwrap();
            assert_eq!(sent, vector.signature);
        }
    }
}
