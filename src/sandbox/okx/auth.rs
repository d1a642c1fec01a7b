//! Whether a key signed a request, and in time.

use std::sync::Arc;

use base64::{Engine, engine::general_purpose::STANDARD};

use super::{Key, Refusal, timestamp};
use crate::sandbox::{call::Call, mac, state::State};

/// How far from the server's time a request may be dated, in milliseconds.
const WINDOW_MS: i64 = 30_000;

/// The key that signed the request.
///
/// The manual does not tell in which order the checks are made; here the headers come first, then
/// the time, the key, its passphrase and the signature.
pub(super) fn authenticate<'a>(
    state: &'a State,
    call: &Call,
    now_ms: i64,
) -> Result<&'a Arc<Key>, Refusal> {
    let api_key = header(call, "OK-ACCESS-KEY", "50103")?;
    let sign = header(call, "OK-ACCESS-SIGN", "50106")?;
    let stamp = header(call, "OK-ACCESS-TIMESTAMP", "50107")?;
    let passphrase = header(call, "OK-ACCESS-PASSPHRASE", "50104")?;
    let sent_ms = timestamp::parse_ms(stamp).ok_or_else(Refusal::timestamp)?;
    if now_ms.abs_diff(sent_ms) > WINDOW_MS.unsigned_abs() {
        return Err(Refusal::expired());
    }
    if !is_key(api_key) {
        return Err(Refusal::key_format());
    }
    let key = state.okx.key(api_key).ok_or_else(Refusal::no_such_key)?;
    if key.demo != (call.header("x-simulated-trading") == Some("1")) {
        return Err(Refusal::environment());
    }
    if !key.answers_to(&state.seen_address) {
        return Err(Refusal::address(&state.seen_address));
    }
    if passphrase != key.passphrase {
        return Err(Refusal::passphrase());
    }
    check_signature(call, key, stamp, sign)?;
    Ok(key)
}

fn header<'a>(call: &'a Call, name: &str, code: &'static str) -> Result<&'a str, Refusal> {
    call.header(name)
        .ok_or_else(|| Refusal::empty_header(code, name))
}

/// Whether a text has the form of a key: five groups of hexadecimal digits.
pub(super) fn is_key(text: &str) -> bool {
    let lengths = text.split('-').map(str::len);
    lengths.eq([8, 4, 4, 4, 12])
        && text
            .bytes()
            .all(|byte| byte == b'-' || byte.is_ascii_hexdigit())
}

fn check_signature(call: &Call, key: &Key, stamp: &str, sign: &str) -> Result<(), Refusal> {
    let signature = STANDARD.decode(sign).map_err(|_| Refusal::signature())?;
    let method = call.method.as_str().as_bytes();
    let signed = [
        stamp.as_bytes(),
        method,
        call.target.as_bytes(),
        call.body.as_ref(),
    ];
    if mac::signed_by(&key.secret, &signed, &signature) {
        Ok(())
    } else {
        Err(Refusal::signature())
    }
}

#[cfg(test)]
mod tests {
    use axum::http::Method;

    use super::*;
    use crate::sandbox::mac;

    const KEY: &str = "985d5b66-57ce-40fb-b714-afc0b9787083";
    const SECRET: &str = "22582BD0CFF14C41EDBF1AB98506286D";
    const STAMP: &str = "2020-12-08T09:08:57.715Z";
    const SENT_MS: i64 = 1_607_418_537_715;
    const PASSPHRASE: &str = "amber-Lantern-27";

    fn state() -> State {
        let mut state = State::new(None);
        let parts = [KEY, SECRET, PASSPHRASE];
        state.okx.add_key(parts, "44705892343619584");
        state
    }

    fn call(target: &str, sign: &str) -> Call {
        let headers = [
            ("OK-ACCESS-KEY", KEY),
            ("OK-ACCESS-SIGN", sign),
            ("OK-ACCESS-TIMESTAMP", STAMP),
            ("OK-ACCESS-PASSPHRASE", PASSPHRASE),
        ];
        Call::made(Method::GET, target, &headers, "")
    }

    fn signed(target: &str) -> Call {
        call(
            target,
            &STANDARD.encode(mac::sign(SECRET, &format!("{STAMP}GET{target}"))),
        )
    }

    fn checked(state: &State, call: &Call, now_ms: i64) -> Result<(), Refusal> {
        authenticate(state, call, now_ms).map(|_| ())
    }

    /// The request with one header changed, or taken out.
    fn changed(name: &'static str, value: &str) -> Call {
        let mut call = signed("/api/v5/account/balance");
        if value.is_empty() {
            call.headers.remove(name);
        } else {
            call.headers.insert(name, value.parse().unwrap());
        }
        call
    }

    #[test]
    fn the_known_signatures_are_accepted() {
        let state = state();
        for (target, sign) in [
            (
                "/api/v5/account/balance?ccy=BTC",
                "HiZhvSfMtWJA3uUIVXV3a/bSXNPCWvYFXoGCVS8V4zY=",
            ),
            (
                "/api/v5/account/balance",
                "AkD5YszBhggtIyjDlmTy/9PpNVntel+1Lff8wh0qpQw=",
            ),
            (
                "/api/v5/account/config",
                "Kr/8IrbDYujS4cg2KkmB+tO2HMUXxyayG6ZwNb4H/yA=",
            ),
            (
                "/api/v5/asset/balances",
                "tD2JyPoMgjlc4YSaUuw6rMf5ZQyhDkotKh9nVXDVJ4c=",
            ),
            (
                "/api/v5/account/balance?ccy=BTC,ETH",
                "oah2EOT2Fnz1bjkgiAnuKl+zFQzDG3/nqPUqyYzArrE=",
            ),
            (
                "/api/v5/account/balance?ccy=BTC%2CETH",
                "X/i/q53ENYaVFJP/x3gMqfyuIw8hS3HPa3eFxfQQFaY=",
            ),
        ] {
            assert_eq!(
                checked(&state, &call(target, sign), SENT_MS),
                Ok(()),
                "{target}"
            );
        }
    }

    #[test]
    fn a_body_is_signed_as_it_was_sent() {
        let body = r#"{"instId":"BTC-USDT","lever":"5","mgnMode":"isolated"}"#;
        let mut call = call(
            "/api/v5/account/set-leverage",
            "eCnnCgWLjlQ9XnpUkrcny3qNq3WW/81KNrDr/XR6Xv8=",
        );
        call.method = Method::POST;
        call.body = body.into();
        assert_eq!(checked(&state(), &call, SENT_MS), Ok(()));
        call.body = body.replace(',', ", ").into();
        assert_eq!(checked(&state(), &call, SENT_MS), Err(Refusal::signature()));
    }

    #[test]
    fn the_query_is_signed_byte_for_byte() {
        let sign = "oah2EOT2Fnz1bjkgiAnuKl+zFQzDG3/nqPUqyYzArrE=";
        for target in [
            "/api/v5/account/balance?ccy=BTC%2CETH",
            "/api/v5/account/balance?ccy=ETH,BTC",
        ] {
            assert_eq!(
                checked(&state(), &call(target, sign), SENT_MS),
                Err(Refusal::signature())
            );
        }
    }

    #[test]
    fn a_request_may_be_thirty_seconds_off() {
        let state = state();
        let at = |now_ms| checked(&state, &signed("/api/v5/account/config"), now_ms);
        assert_eq!(at(SENT_MS + 30_000), Ok(()));
        assert_eq!(at(SENT_MS - 30_000), Ok(()));
        assert_eq!(at(SENT_MS + 30_001), Err(Refusal::expired()));
        assert_eq!(at(SENT_MS - 30_001), Err(Refusal::expired()));
    }

    #[test]
    fn each_way_of_being_wrong_has_its_code() {
        let state = state();
        let code = |call: &Call| {
            let refusal = checked(&state, call, SENT_MS).unwrap_err();
            assert_eq!((refusal.status, refusal.with_data), (401, false));
            refusal.code
        };
        assert_eq!(code(&changed("ok-access-key", "")), "50103");
        assert_eq!(code(&changed("ok-access-sign", "")), "50106");
        assert_eq!(code(&changed("ok-access-timestamp", "")), "50107");
        assert_eq!(code(&changed("ok-access-passphrase", "")), "50104");
        assert_eq!(
            code(&changed("ok-access-timestamp", "1607418537715")),
            "50112"
        );
        assert_eq!(
            code(&changed("ok-access-timestamp", "2020-12-08T09:00:00.000Z")),
            "50102"
        );
        assert_eq!(code(&changed("ok-access-key", "not-a-key")), "50111");
        assert_eq!(
            code(&changed("ok-access-key", &KEY.replace('9', "8"))),
            "50119"
        );
        assert_eq!(code(&changed("x-simulated-trading", "1")), "50101");
        assert_eq!(code(&changed("ok-access-passphrase", "another")), "50105");
        assert_eq!(code(&changed("ok-access-sign", "AAAA")), "50113");
        assert_eq!(
            code(&changed("ok-access-sign", "no base64 at all")),
            "50113"
        );
    }
}
