//! OKX as a whole: keys, rights, accounts and limits, asked the way a client asks.

use std::collections::BTreeSet;

use axum::http::Method;
use base64::{Engine, engine::general_purpose::STANDARD};
use serde_json::Value;

use super::*;
use crate::sandbox::{DemoKey, catalog::MANY_ASSETS, keys::okx as ready, mac::sign};

const STAMP: &str = "2026-12-08T09:08:57.715Z";
const CONFIG: &str = "/api/v5/account/config";
const BALANCE: &str = "/api/v5/account/balance";

fn now_ms() -> i64 {
    timestamp::parse_ms(STAMP).unwrap()
}

pub(super) fn ask(state: &mut State, key: DemoKey, method: Method, target: &str) -> Verdict {
    let signature = STANDARD.encode(sign(key.secret_key, &format!("{STAMP}{method}{target}")));
    let mut headers = vec![
        ("ok-access-key", key.api_key),
        ("ok-access-sign", signature.as_str()),
        ("ok-access-timestamp", STAMP),
        ("ok-access-passphrase", key.passphrase.unwrap()),
    ];
    if key == ready::DEMO {
        headers.push(("x-simulated-trading", "1"));
    }
    judge(state, &Call::made(method, target, &headers, ""), now_ms())
}

pub(super) fn read(state: &mut State, key: DemoKey, target: &str) -> (u16, Value) {
    let reply = ask(state, key, Method::GET, target).reply;
    (reply.status, serde_json::from_str(&reply.body).unwrap())
}

pub(super) fn code(state: &mut State, key: DemoKey, target: &str) -> (u16, String) {
    let (status, body) = read(state, key, target);
    (status, body["code"].as_str().unwrap().to_owned())
}

pub(super) fn said(status: u16, code: &str) -> (u16, String) {
    (status, code.to_owned())
}

#[test]
fn each_key_tells_its_own_rights() {
    let mut state = State::new(None);
    let mut perm = |key| read(&mut state, key, CONFIG).1["data"][0]["perm"].clone();
    assert_eq!(perm(ready::READ_ONLY), "read_only");
    assert_eq!(perm(ready::TRADING), "read_only,trade");
    assert_eq!(perm(ready::WITHDRAWING), "read_only,withdraw,trade");
    assert_eq!(perm(ready::NEW_RIGHT), "read_only,earn");
    assert_eq!(perm(ready::RIGHT_MISSING), Value::Null);
}

#[test]
fn a_sub_account_names_its_main_account() {
    let mut state = State::new(None);
    let config = read(&mut state, ready::SUB_ACCOUNT, CONFIG).1["data"][0].clone();
    assert_eq!(
        (&config["type"], &config["mainUid"]),
        (&"1".into(), &"44705892343619584".into())
    );
    assert_ne!(config["uid"], config["mainUid"]);
}

#[test]
fn amounts_keep_every_digit() {
    let mut state = State::new(None);
    let body = read(&mut state, ready::READ_ONLY, BALANCE).1;
    let details = body["data"][0]["details"].as_array().unwrap();
    let pepe = details.iter().find(|row| row["ccy"] == "PEPE").unwrap();
    assert_eq!(pepe["eq"], "123456789.123456789012345678");
    assert_eq!((&pepe["liab"], &pepe["upl"]), (&"".into(), &"".into()));
    assert!(
        details
            .iter()
            .any(|row| row["ccy"] == "DOGE" && row["eq"] == "0")
    );
}

#[test]
fn balances_may_be_asked_for_by_coin() {
    let mut state = State::new(None);
    let mut rows = |target: &str| {
        let body = read(&mut state, ready::READ_ONLY, target).1;
        body["data"][0]["details"].as_array().map(Vec::len)
    };
    assert_eq!(rows("/api/v5/account/balance?ccy=BTC%2CETH"), Some(2));
    assert_eq!(rows("/api/v5/account/balance?ccy=XRP"), Some(0));
    let many = vec!["BTC"; 21].join(",");
    let refused = code(
        &mut state,
        ready::READ_ONLY,
        &format!("{BALANCE}?ccy={many}"),
    );
    assert_eq!(refused, said(400, "51000"));
}

#[test]
fn the_account_of_many_shows_all_of_them() {
    let mut state = State::new(None);
    let body = read(&mut state, ready::MANY, BALANCE).1;
    assert_eq!(
        body["data"][0]["details"].as_array().map(Vec::len),
        Some(MANY_ASSETS)
    );
}

#[test]
fn an_empty_account_is_not_an_error() {
    let mut state = State::new(None);
    let (status, body) = read(&mut state, ready::EMPTY, "/api/v5/asset/balances");
    assert_eq!(
        (status, &body["code"], &body["data"]),
        (200, &"0".into(), &json!([]))
    );
}

#[test]
fn a_key_is_known_to_its_own_site_alone() {
    let mut global = State::new(Some(OkxRegion::Global));
    let mut eea = State::new(Some(OkxRegion::Eea));
    assert_eq!(code(&mut global, ready::READ_ONLY, CONFIG), said(200, "0"));
    assert_eq!(code(&mut global, ready::EEA, CONFIG), said(401, "50119"));
    assert_eq!(code(&mut eea, ready::EEA, CONFIG), said(200, "0"));
    assert_eq!(code(&mut eea, ready::READ_ONLY, CONFIG), said(401, "50119"));
    assert_eq!(
        code(&mut State::new(None), ready::EEA, CONFIG),
        said(200, "0")
    );
}

#[test]
fn a_bound_key_answers_to_its_address_alone() {
    let mut state = State::new(None);
    "203.0.113.9".clone_into(&mut state.seen_address);
    let (status, body) = read(&mut state, ready::IP_BOUND, CONFIG);
    let msg = "Your IP 203.0.113.9 is not included in your API key's IP whitelist.";
    assert_eq!(
        (status, body),
        (401, json!({ "code": "50110", "msg": msg }))
    );
    "203.0.113.7".clone_into(&mut state.seen_address);
    let (_, body) = read(&mut state, ready::IP_BOUND, CONFIG);
    assert_eq!(body["data"][0]["ip"], "203.0.113.7");
}

#[test]
fn a_key_without_the_right_is_refused_within_status_200() {
    let mut state = State::new(None);
    assert_eq!(
        code(&mut state, ready::NO_READING, BALANCE),
        said(200, "50120")
    );
}

#[test]
fn demo_keys_ask_for_the_demo_header() {
    let mut state = State::new(None);
    assert_eq!(code(&mut state, ready::DEMO, CONFIG), said(200, "0"));
}

#[test]
fn no_key_can_trade_and_every_attempt_is_noticed() {
    let mut state = State::new(None);
    let mut order = |key| {
        let verdict = ask(&mut state, key, Method::POST, "/api/v5/trade/order");
        assert!(verdict.attempted_write);
        let body: Value = serde_json::from_str(&verdict.reply.body).unwrap();
        body["code"].as_str().unwrap().to_owned()
    };
    assert_eq!(order(ready::READ_ONLY), "50120");
    assert_eq!(order(ready::TRADING), "1");
    let verdict = ask(&mut state, ready::READ_ONLY, Method::POST, BALANCE);
    assert_eq!((verdict.reply.status, verdict.attempted_write), (405, true));
}

#[test]
fn calls_are_counted_by_account_and_path() {
    let mut state = State::new(None);
    for _ in 0..5 {
        assert_eq!(code(&mut state, ready::READ_ONLY, CONFIG), said(200, "0"));
    }
    assert_eq!(
        code(&mut state, ready::SAME_ACCOUNT, CONFIG),
        said(429, "50011")
    );
    assert_eq!(code(&mut state, ready::SECOND, CONFIG), said(200, "0"));
    assert_eq!(code(&mut state, ready::READ_ONLY, BALANCE), said(200, "0"));
    state.okx.rates.on = false;
    assert_eq!(code(&mut state, ready::READ_ONLY, CONFIG), said(200, "0"));
}

#[test]
fn maintenance_closes_all_but_its_notice() {
    let mut state = State::new(None);
    state.maintenance.push(Exchange::Okx);
    assert_eq!(
        code(&mut state, ready::READ_ONLY, BALANCE),
        said(503, "50001")
    );
    let call = Call::made(Method::GET, public::SYSTEM_STATUS, &[], "");
    assert!(
        judge(&mut state, &call, now_ms())
            .reply
            .body
            .contains("ongoing")
    );
}

/// The names of an object's fields.
pub(super) fn names(value: &Value) -> BTreeSet<&str> {
    value
        .as_object()
        .unwrap()
        .keys()
        .map(String::as_str)
        .collect()
}

#[test]
fn answers_have_the_documented_fields() {
    macro_rules! fixture {
        ($name:literal) => {
            serde_json::from_str::<Value>(include_str!(concat!(
                "../../tests/fixtures/okx_",
                $name,
                ".json"
            )))
            .unwrap()
        };
    }
    let mut state = State::new(None);
    let config = read(&mut state, ready::READ_ONLY, CONFIG).1;
    let documented = fixture!("account_config_read_only_constructed");
    assert_eq!(names(&config["data"][0]), names(&documented["data"][0]));
    let balance = read(&mut state, ready::READ_ONLY, BALANCE).1;
    let documented = fixture!("account_balance_docs");
    let (own, documented) = (&balance["data"][0], &documented["data"][0]);
    assert_eq!(names(own), names(documented));
    assert_eq!(names(&own["details"][0]), names(&documented["details"][0]));
    let funding = read(&mut state, ready::READ_ONLY, "/api/v5/asset/balances").1;
    let documented = fixture!("asset_balances_docs");
    assert_eq!(names(&funding["data"][0]), names(&documented["data"][0]));
}
