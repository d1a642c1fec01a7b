//! What the streams accept, and what they refuse.

use serde_json::{Value, json};

use super::*;
use crate::sandbox::{
    keys::binance,
    mac,
    streams::{Address, Out},
};

const NOW_MS: i64 = 1_747_385_641_636;

fn text(out: &[Out]) -> Value {
    let [Out::Text(text)] = out else {
        panic!("{out:?}");
    };
    serde_json::from_str(text).unwrap()
}

fn prices(query: &str) -> Prices {
    let address = Address {
        path: "/stream".to_owned(),
        query: query.to_owned(),
    };
    Prices::open(&address).unwrap()
}

#[test]
fn streams_are_asked_for_by_the_address_and_by_messages() {
    let mut state = State::new(None);
    let mut prices = prices("streams=btcusdt@miniTicker/%E5%B8%81usdt@miniTicker");
    assert_eq!(
        prices.streams(),
        ["btcusdt@miniTicker", "币usdt@miniTicker"]
    );
    let ask = r#"{"id":7,"method":"SUBSCRIBE","params":["ethusdt@ticker"]}"#;
    let answer = text(&prices.hear(&mut state, ask, NOW_MS));
    assert_eq!(answer, json!({ "result": null, "id": 7 }));
    let leave = r#"{"id":8,"method":"UNSUBSCRIBE","params":["btcusdt@miniTicker"]}"#;
    prices.hear(&mut state, leave, NOW_MS);
    assert_eq!(prices.streams(), ["ethusdt@ticker", "币usdt@miniTicker"]);
}

#[test]
fn what_is_asked_for_wrongly_is_refused_and_too_much_ends_the_stream() {
    let mut state = State::new(None);
    let mut prices = prices("");
    for (message, code) in [
        ("no json", 3),
        (r#"{"id":1,"method":"ORDER","params":["a"]}"#, 2),
        (r#"{"id":1,"method":"SUBSCRIBE","params":"a"}"#, 2),
        (r#"{"id":{},"method":"SUBSCRIBE","params":["a"]}"#, 2),
    ] {
        let answer = text(&prices.hear(&mut state, message, NOW_MS));
        assert_eq!(answer["error"]["code"], code, "{message}");
    }
    let ask = r#"{"id":7,"method":"SUBSCRIBE","params":["a@ticker"]}"#;
    prices.hear(&mut state, ask, NOW_MS + 999);
    let sixth = prices.hear(&mut state, ask, NOW_MS + 999);
    assert_eq!(sixth, [Out::Close(1008, "Too many requests")]);
    let names: Vec<_> = (0..1_025).map(|n| format!("a{n}@ticker")).collect();
    let many = json!({ "id": 1, "method": "SUBSCRIBE", "params": names }).to_string();
    let over = prices.hear(&mut state, &many, NOW_MS + 9_999);
    assert_eq!(over, [Out::Close(1008, "Too many streams")]);
}

#[test]
fn a_price_is_told_as_the_manual_has_it() {
    let documented: Value = serde_json::from_str(include_str!(
        "../../../tests/fixtures/binance_ws_miniTicker.json"
    ))
    .unwrap();
    let state = State::new(None);
    let pair = state.markets.pairs(Exchange::Binance)[0].clone();
    let told = text(&prices("streams=btcusdt@miniTicker").tell(&pair, NOW_MS));
    let names = |row: &Value| row.as_object().unwrap().keys().cloned().collect::<Vec<_>>();
    assert_eq!(told["stream"], "btcusdt@miniTicker");
    assert_eq!(names(&told["data"]), names(&documented));
    assert!(
        prices("streams=BTCUSDT@miniTicker")
            .tell(&pair, NOW_MS)
            .is_empty()
    );
}

/// A subscription to an account, its parameters changed before they are signed, or after.
fn subscribe(sign: &[(&str, Value)], after: &[(&str, Value)]) -> String {
    let mut params = json!({
        "apiKey": binance::READ_ONLY.api_key,
        "recvWindow": 5_000,
        "timestamp": NOW_MS,
    });
    for (name, value) in sign {
        params[*name] = value.clone();
    }
    let map = params.as_object().unwrap();
    let payload: Vec<_> = map
        .iter()
        .map(|(name, value)| {
            format!(
                "{name}={}",
                value.as_str().map_or(value.to_string(), str::to_owned)
            )
        })
        .collect();
    let signature = mac::sign(binance::READ_ONLY.secret_key, &payload.join("&"));
    params["signature"] = hex::encode(signature).into();
    for (name, value) in after {
        params[*name] = value.clone();
    }
    let method = "userDataStream.subscribe.signature";
    json!({ "id": "a", "method": method, "params": params }).to_string()
}

#[test]
fn an_account_is_subscribed_to_by_a_signature_over_its_sorted_parameters() {
    let (mut state, mut api) = (State::new(None), Api::default());
    let answer = text(&api.hear(&mut state, &subscribe(&[], &[]), NOW_MS));
    assert_eq!(
        (&answer["status"], &answer["result"]["subscriptionId"]),
        (&200.into(), &0.into())
    );
    let uid = state.binance.uid(binance::READ_ONLY.api_key).unwrap();
    assert!(api.follows(&uid));
    let account = state.accounts.get(Exchange::Binance, &uid).unwrap();
    let told = text(&api.tell(account, NOW_MS));
    assert_eq!(told["event"]["e"], "outboundAccountPosition");
    let again = text(&api.hear(&mut state, &subscribe(&[], &[]), NOW_MS));
    assert_eq!(again["error"]["code"], -2035);
}

#[test]
fn each_way_of_being_wrong_has_its_code() {
    let mut state = State::new(None);
    let mut code = |message: &str| {
        let answer = text(&Api::default().hear(&mut state, message, NOW_MS));
        answer["error"]["code"].as_i64()
    };
    for (sign, after, wanted) in [
        (vec![], vec![("signature", json!("00"))], -1022),
        (vec![], vec![("timestamp", json!(NOW_MS + 1))], -1022),
        (vec![("timestamp", json!(NOW_MS - 5_001))], vec![], -1021),
        (vec![("timestamp", json!(NOW_MS + 1_000))], vec![], -1021),
        (vec![("apiKey", json!("short"))], vec![], -2014),
        (vec![("apiKey", json!("w".repeat(64)))], vec![], -2015),
        (vec![("apiKey", json!(""))], vec![], -1102),
        (vec![("colour", json!("red"))], vec![], -1104),
    ] {
        assert_eq!(
            code(&subscribe(&sign, &after)),
            Some(wanted),
            "{sign:?} {after:?}"
        );
    }
    assert_eq!(code("no json"), Some(-1135));
    assert_eq!(
        code(r#"{"id":1,"method":"order.place","params":{}}"#),
        Some(-1020)
    );
    assert_eq!(code(r#"{"id":1,"method":"time"}"#), None);
    assert!(state.records.iter().any(|record| record.attempted_write));
}

#[test]
fn the_time_is_told_as_the_manual_has_it() {
    let answer = text(&Api::default().hear(
        &mut State::new(None),
        r#"{"id":"x","method":"time"}"#,
        NOW_MS,
    ));
    assert_eq!(answer["result"]["serverTime"], NOW_MS);
    let documented: Value = serde_json::from_str(include_str!(
        "../../../tests/fixtures/binance_wsapi_time_with_rateLimits.json"
    ))
    .unwrap();
    let names = |row: &Value| row.as_object().unwrap().keys().cloned().collect::<Vec<_>>();
    assert_eq!(names(&answer), names(&documented));
}
