//! Whether a key signed a request, and in time.

use super::{Key, Params, Refusal, params};
use crate::sandbox::{call::Call, mac, state::State};

/// The header a key comes in.
pub(super) const KEY_HEADER: &str = "x-mbx-apikey";
/// How long a request stays valid unless it says otherwise, in microseconds.
const DEFAULT_WINDOW_US: i128 = 5_000_000;
/// The longest it may ask for, in milliseconds.
const LONGEST_WINDOW_MS: u32 = 60_000;
/// How far ahead of the server a request may be dated, in microseconds.
const AHEAD_US: i128 = 1_000_000;

/// The key that signed the request.
///
/// The manual does not tell in which order the checks are made; here what is wrong with the request
/// comes first, then the key, the signature and the time.
pub(super) fn authenticate<'a>(
    state: &'a State,
    call: &Call,
    params: &Params,
    now_ms: i64,
) -> Result<&'a Key, Refusal> {
    let api_key = call.header(KEY_HEADER).ok_or_else(Refusal::key_format)?;
    if !is_key(api_key) {
        return Err(Refusal::key_format());
    }
    params.mandatory("signature")?;
    let sent_us = timestamp_us(params.mandatory("timestamp")?)?;
    let window_us = params
        .get("recvWindow")
        .map_or(Ok(DEFAULT_WINDOW_US), window_us)?;
    let key = state.binance.key(api_key).ok_or_else(Refusal::key)?;
    if !key.answers_to(&state.seen_address) {
        return Err(Refusal::key());
    }
    check_signature(call, key)?;
    check_time(sent_us, window_us, i128::from(now_ms) * 1000)?;
    Ok(key)
}

/// Whether a text has the form of a key.
pub(super) fn is_key(text: &str) -> bool {
    text.len() == 64 && text.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

fn check_signature(call: &Call, key: &Key) -> Result<(), Refusal> {
    let (signed, signature) = params::signed_text(call)?;
    let signature = hex::decode(signature).map_err(|_| Refusal::signature())?;
    if mac::signed_by(&key.secret, &signed, &signature) {
        Ok(())
    } else {
        Err(Refusal::signature())
    }
}

/// Refuses a time that is ahead, or too old, all in microseconds.
pub(super) fn check_time(sent_us: i128, window_us: i128, now_us: i128) -> Result<(), Refusal> {
    if sent_us >= now_us + AHEAD_US {
        return Err(Refusal::ahead());
    }
    if now_us - sent_us > window_us {
        return Err(Refusal::outside_window());
    }
    Ok(())
}

/// Milliseconds, or microseconds when there are 16 digits, as microseconds.
pub(super) fn timestamp_us(text: &str) -> Result<i128, Refusal> {
    let digits = (1..=20).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
    let value = if digits {
        text.parse::<i128>().ok()
    } else {
        None
    };
    let value = value.ok_or_else(|| Refusal::illegal("timestamp", "^[0-9]{1,20}$"))?;
    Ok(if text.len() == 16 {
        value
    } else {
        value * 1000
    })
}

/// Milliseconds with up to three decimals, as microseconds.
pub(super) fn window_us(text: &str) -> Result<i128, Refusal> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, "0"));
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if !digits(whole) || !digits(fraction) || fraction.len() > 3 || whole.len() > 9 {
        return Err(Refusal::mandatory("recvWindow"));
    }
    let text = format!("{whole}{fraction:0<3}");
    let window = text
        .parse::<i128>()
        .map_err(|_| Refusal::mandatory("recvWindow"))?;
    if window > i128::from(LONGEST_WINDOW_MS) * 1000 {
        return Err(Refusal::too_great("recvWindow", LONGEST_WINDOW_MS));
    }
    Ok(window)
}

#[cfg(test)]
mod tests {
    use axum::http::Method;

    use super::{super::judge, *};
    use crate::sandbox::mac::sign;

    const KEY: &str = "vmPUZE6mv9SD5VNHk4HlWFsOr6aKE2zvsw0MuIgwCIPy6utIco14y7Ju91duEh8A";
    const SECRET: &str = "NhqPtmdSJYdKjVHjA7PZj4Mge3R5YNiP1e3UZjInClVN65XAbvqqM6A7H5fATj0j";
    const SENT_MS: i64 = 1_499_827_319_559;
    const FORM: (&str, &str) = ("content-type", "application/x-www-form-urlencoded");

    fn state() -> State {
        let mut state = State::new(None);
        state.binance.add_key(KEY, SECRET, "418230571");
        state
    }

    fn checked(state: &State, call: &Call, now_ms: i64) -> Result<(), Refusal> {
        let params = Params::read(call)?;
        authenticate(state, call, &params, now_ms).map(|_| ())
    }

    fn query(text: &str) -> Call {
        let target = format!("/api/v3/account?{text}");
        Call::made(Method::GET, &target, &[(KEY_HEADER, KEY)], "")
    }

    fn signed(text: &str) -> Call {
        query(&format!(
            "{text}&signature={}",
            hex::encode(sign(SECRET, text))
        ))
    }

    #[test]
    fn the_manuals_signatures_are_accepted() {
        let state = state();
        for (text, signature) in [
            (
                "symbol=LTCBTC&side=BUY&type=LIMIT&timeInForce=GTC&quantity=1&price=0.1\
                 &recvWindow=5000&timestamp=1499827319559",
                "c8db56825ae71d6d79447849e617115f4a920fa2acdcab2b053c4b2838bd6b71",
            ),
            (
                "symbol=%EF%BC%91%EF%BC%92%EF%BC%93%EF%BC%94%EF%BC%95%EF%BC%96&side=BUY&type=LIMIT\
                 &timeInForce=GTC&quantity=1&price=0.1&recvWindow=5000&timestamp=1499827319559",
                "e1353ec6b14d888f1164ae9af8228a3dbd508bc82eb867db8ab6046442f33ef3",
            ),
            (
                "omitZeroBalances=true&recvWindow=5000&timestamp=1499827319559",
                "807e9f33e2180fee3162aaa9fddb73c600a957ca7e8353e2c50ba2a31430a41f",
            ),
        ] {
            let call = query(&format!("{text}&signature={signature}"));
            assert_eq!(checked(&state, &call, SENT_MS), Ok(()));
            let call = query(&format!("{text}&signature={}", signature.to_uppercase()));
            assert_eq!(checked(&state, &call, SENT_MS), Ok(()));
        }
    }

    #[test]
    fn query_and_form_are_signed_without_a_separator() {
        let target = "/api/v3/order?symbol=LTCBTC&side=BUY&type=LIMIT&timeInForce=GTC";
        let form = "quantity=1&price=0.1&recvWindow=5000&timestamp=1499827319559&signature=\
                    0fd168b8ddb4876a0358a8d14d0c9f3da0e9b20c5d52b2a00fcf7d1c602f9a77";
        let call = Call::made(Method::POST, target, &[(KEY_HEADER, KEY), FORM], form);
        assert_eq!(checked(&state(), &call, SENT_MS), Ok(()));
    }

    #[test]
    fn the_bytes_sent_must_be_the_bytes_signed() {
        let state = state();
        let ordered = "807e9f33e2180fee3162aaa9fddb73c600a957ca7e8353e2c50ba2a31430a41f";
        for text in [
            "recvWindow=5000&omitZeroBalances=true&timestamp=1499827319559",
            "omitZeroBalances=true&recvWindow=5000.0&timestamp=1499827319559",
            "omitZeroBalances=tru%65&recvWindow=5000&timestamp=1499827319559",
        ] {
            let call = query(&format!("{text}&signature={ordered}"));
            assert_eq!(checked(&state, &call, SENT_MS), Err(Refusal::signature()));
        }
    }

    #[test]
    fn a_signature_anywhere_but_last_is_refused() {
        let signature = hex::encode(sign(SECRET, "timestamp=1499827319559&recvWindow=5000"));
        let text = format!("timestamp=1499827319559&signature={signature}&recvWindow=5000");
        assert_eq!(
            checked(&state(), &query(&text), SENT_MS),
            Err(Refusal::signature())
        );
    }

    #[test]
    fn time_is_checked_to_the_millisecond() {
        let state = state();
        let call = signed("timestamp=1499827319559");
        let at = |now_ms| checked(&state, &call, now_ms);
        assert_eq!(at(SENT_MS - 999), Ok(()));
        assert_eq!(at(SENT_MS - 1000), Err(Refusal::ahead()));
        assert_eq!(at(SENT_MS + 5000), Ok(()));
        assert_eq!(at(SENT_MS + 5001), Err(Refusal::outside_window()));
    }

    #[test]
    fn the_window_may_be_chosen_up_to_a_minute() {
        let state = state();
        let at = |text: &str, now_ms| checked(&state, &signed(text), now_ms);
        let wide = "recvWindow=60000&timestamp=1499827319559";
        assert_eq!(at(wide, SENT_MS + 60_000), Ok(()));
        assert_eq!(at(wide, SENT_MS + 60_001), Err(Refusal::outside_window()));
        assert_eq!(at(wide, SENT_MS - 1000), Err(Refusal::ahead()));
        let wider = "recvWindow=60001&timestamp=1499827319559";
        assert_eq!(
            at(wider, SENT_MS),
            Err(Refusal::too_great("recvWindow", 60_000))
        );
        let fine = "recvWindow=0.5&timestamp=1499827319559000";
        assert_eq!(at(fine, SENT_MS), Ok(()));
        assert_eq!(at(fine, SENT_MS + 1), Err(Refusal::outside_window()));
        let malformed = "recvWindow=soon&timestamp=1499827319559";
        assert_eq!(
            at(malformed, SENT_MS),
            Err(Refusal::mandatory("recvWindow"))
        );
    }

    #[test]
    fn each_way_of_being_wrong_has_its_code() {
        let mut state = state();
        let mut seen = |call: &Call| {
            let reply = judge(&mut state, call, SENT_MS).reply;
            let body: serde_json::Value = serde_json::from_str(&reply.body).unwrap();
            (reply.status, body["code"].as_i64())
        };
        let other_key = |api_key: &str| {
            let headers = if api_key.is_empty() {
                vec![]
            } else {
                vec![(KEY_HEADER, api_key)]
            };
            let target = "/api/v3/account?timestamp=1499827319559&signature=00";
            Call::made(Method::GET, target, &headers, "")
        };
        assert_eq!(seen(&other_key("")), (401, Some(-2014)));
        assert_eq!(seen(&other_key("too-short")), (401, Some(-2014)));
        assert_eq!(seen(&other_key(&KEY.replace('v', "w"))), (401, Some(-2015)));
        assert_eq!(seen(&query("timestamp=1499827319559")), (400, Some(-1102)));
        assert_eq!(seen(&query("signature=00")), (400, Some(-1102)));
        assert_eq!(
            seen(&query("timestamp=now&signature=00")),
            (400, Some(-1100))
        );
        assert_eq!(
            seen(&query("timestamp=1499827319559&signature=00")),
            (400, Some(-1022))
        );
        assert_eq!(
            seen(&query("timestamp=1499827319559&signature=zz")),
            (400, Some(-1022))
        );
        assert_eq!(seen(&signed("timestamp=1499827319")), (400, Some(-1021)));
        assert_eq!(
            seen(&signed("timestamp=1499827319559&timestamp=1499827319559")),
            (400, Some(-1101))
        );
        assert_eq!(
            seen(&signed("colour=red&timestamp=1499827319559")),
            (400, Some(-1104))
        );
        assert_eq!(
            seen(&signed("omitZeroBalances=&timestamp=1499827319559")),
            (400, Some(-1105))
        );
        assert_eq!(seen(&signed("timestamp=1499827319559")), (200, None));
    }
}
