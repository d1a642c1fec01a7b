//! What the streams accept, and what they refuse.

use base64::{Engine, engine::general_purpose::STANDARD};

use super::*;
use crate::sandbox::{keys::okx, mac};

const NOW_MS: i64 = 1_704_876_947_400;

fn texts(out: &[Out]) -> Vec<Value> {
    let texts = out.iter().filter_map(|out| match out {
        Out::Text(text) => serde_json::from_str(text).ok(),
        _ => None,
    });
    texts.collect()
}

fn login(changed: &[(&str, &str)]) -> String {
    let mut arg = json!({
        "apiKey": okx::READ_ONLY.api_key,
        "passphrase": okx::READ_ONLY.passphrase,
        "timestamp": "1704876947",
    });
    for (name, value) in changed {
        arg[*name] = (*value).into();
    }
    if arg["sign"].is_null() {
        let text = format!(
            "{}GET/users/self/verify",
            arg["timestamp"].as_str().unwrap()
        );
        arg["sign"] = STANDARD
            .encode(mac::sign(okx::READ_ONLY.secret_key, &text))
            .into();
    }
    json!({ "op": "login", "args": [arg] }).to_string()
}

const ACCOUNT: &str = r#"{"op":"subscribe","args":[{"channel":"account"}]}"#;

#[test]
fn a_pair_is_told_at_once_and_whenever_it_changes() {
    let (mut state, mut public) = (State::new(None), Public::default());
    let ask = r#"{"op":"subscribe","args":[{"channel":"tickers","instId":"BTC-USDT"},{"channel":"tickers","instId":"BTC-NOPE"}]}"#;
    let told = texts(&public.hear(&mut state, ask, NOW_MS));
    assert_eq!(told[0]["event"], "subscribe");
    assert_eq!(told[1]["data"][0]["last"], "64198.3");
    assert_eq!(
        (&told[2]["event"], &told[2]["code"]),
        (&"error".into(), &"60018".into())
    );
    assert_eq!(public.pairs(), ["BTC-USDT"]);
    let documented: Value =
        serde_json::from_str(include_str!("../../../tests/fixtures/okx_ws_tickers.json")).unwrap();
    let names = |row: &Value| row.as_object().unwrap().keys().cloned().collect::<Vec<_>>();
    assert_eq!(names(&told[1]), names(&documented));
    assert_eq!(names(&told[1]["data"][0]), names(&documented["data"][0]));
    public.hear(&mut state, &ask.replace("subscribe", "unsubscribe"), NOW_MS);
    assert!(public.pairs().is_empty());
    assert_eq!(
        public.hear(&mut state, "ping", NOW_MS),
        [Out::Text("pong".into())]
    );
}

#[test]
fn an_account_is_told_of_after_a_login() {
    let (mut state, mut private) = (State::new(None), Private::default());
    let refused = texts(&private.hear(&mut state, ACCOUNT, NOW_MS));
    assert_eq!(refused[0]["code"], "60011");
    let told = texts(&private.hear(&mut state, &login(&[]), NOW_MS));
    assert_eq!(
        told[0],
        serde_json::from_str::<Value>(include_str!("../../../tests/fixtures/okx_ws_login_ok.json"))
            .unwrap()
    );
    let told = texts(&private.hear(&mut state, ACCOUNT, NOW_MS));
    assert_eq!(told[2]["eventType"], "snapshot");
    assert!(!told[2]["data"][0]["details"].as_array().unwrap().is_empty());
    let uid = state.okx.uid(okx::READ_ONLY.api_key).unwrap();
    let account = state.accounts.get(Exchange::Okx, &uid).unwrap();
    let told = texts(&private.tell(account, NOW_MS));
    assert_eq!(told[0]["eventType"], "event_update");
}

#[test]
fn each_way_of_being_wrong_has_its_code() {
    let mut state = State::new(None);
    for (changed, code) in [
        (("timestamp", "1704876947400"), "60004"),
        (("timestamp", "1704876916"), "60006"),
        (("apiKey", "no key"), "60005"),
        (("apiKey", "00000000-57ce-40fb-b714-afc0b9787083"), "60032"),
        (("passphrase", "another"), "60024"),
        (("sign", "AAAA"), "60007"),
    ] {
        let out = Private::default().hear(&mut state, &login(&[changed]), NOW_MS);
        assert_eq!(texts(&out)[0]["code"], code, "{changed:?}");
        assert_eq!(out[1], Out::Close(4001, "Login failed"));
    }
    for message in [
        "no json",
        "{}",
        r#"{"op":"subscribe"}"#,
        r#"{"op":"order","args":[{}]}"#,
    ] {
        let out = Public::default().hear(&mut state, message, NOW_MS);
        assert_eq!(texts(&out)[0]["code"], "60012", "{message}");
    }
    assert!(state.records.iter().any(|record| record.attempted_write));
}

#[test]
fn too_many_messages_in_an_hour_are_refused() {
    let (mut state, mut public) = (State::new(None), Public::default());
    let ask = r#"{"op":"subscribe","args":[{"channel":"tickers","instId":"BTC-USDT"}]}"#;
    for _ in 0..MOST_AN_HOUR {
        assert_eq!(
            texts(&public.hear(&mut state, ask, NOW_MS))[0]["event"],
            "subscribe"
        );
    }
    assert_eq!(
        texts(&public.hear(&mut state, ask, NOW_MS))[0]["code"],
        "60014"
    );
    let later = NOW_MS + 3_600_000;
    assert_eq!(
        texts(&public.hear(&mut state, ask, later))[0]["event"],
        "subscribe"
    );
}
