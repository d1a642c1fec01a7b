//! Binance as a whole: keys, rights, wallets and limits, asked the way a client asks.

use std::collections::BTreeSet;

use axum::http::Method;
use serde_json::Value;

use super::*;
use crate::sandbox::{DemoKey, catalog::MANY_ASSETS, keys::binance as ready, mac::sign};

const NOW_MS: i64 = 1_800_000_000_000;

pub(super) fn ask(
    state: &mut State,
    key: DemoKey,
    method: Method,
    path: &str,
    text: &str,
) -> Verdict {
    let text = format!("{text}timestamp={NOW_MS}");
    let signature = hex::encode(sign(key.secret_key, &text));
    let target = format!("{path}?{text}&signature={signature}");
    let call = Call::made(method, &target, &[(auth::KEY_HEADER, key.api_key)], "");
    judge(state, &call, NOW_MS)
}

pub(super) fn read(state: &mut State, key: DemoKey, path: &str) -> (u16, Value) {
    let reply = ask(state, key, Method::GET, path, "").reply;
    (
        reply.status,
        serde_json::from_str(&reply.body).unwrap_or_default(),
    )
}

pub(super) fn code(state: &mut State, key: DemoKey, path: &str) -> (u16, Option<i64>) {
    let (status, body) = read(state, key, path);
    (status, body["code"].as_i64())
}

const ACCOUNT: &str = "/api/v3/account";
const RIGHTS: &str = "/sapi/v1/account/apiRestrictions";

#[test]
fn zero_rows_are_left_out_on_demand() {
    let mut state = State::new(None);
    let mut rows = |text: &str| {
        let reply = ask(&mut state, ready::READ_ONLY, Method::GET, ACCOUNT, text).reply;
        let body: Value = serde_json::from_str(&reply.body).unwrap();
        body["balances"].as_array().unwrap().len()
    };
    assert_eq!(rows("omitZeroBalances=true&"), 10);
    assert!(rows("") > 11);
}

#[test]
fn the_account_of_many_shows_all_of_them() {
    let mut state = State::new(None);
    let (_, body) = read(&mut state, ready::MANY, ACCOUNT);
    assert!(body["balances"].as_array().unwrap().len() >= MANY_ASSETS);
}

#[test]
fn each_key_tells_its_own_rights() {
    let mut state = State::new(None);
    let mut rights = |key| read(&mut state, key, RIGHTS).1;
    assert_eq!(rights(ready::READ_ONLY)["enableWithdrawals"], false);
    assert_eq!(rights(ready::WITHDRAWING)["enableWithdrawals"], true);
    assert_eq!(rights(ready::TRADING)["enableSpotAndMarginTrading"], true);
    assert_eq!(rights(ready::NEW_RIGHT)["enableSomethingNew"], true);
    assert_eq!(rights(ready::NO_READING)["enableReading"], false);
    assert_eq!(rights(ready::RIGHT_MISSING).get("enableWithdrawals"), None);
}

#[test]
fn a_key_with_hidden_rights_still_reads_its_account() {
    let mut state = State::new(None);
    assert_eq!(
        code(&mut state, ready::RIGHTS_HIDDEN, RIGHTS),
        (401, Some(-2015))
    );
    let (status, body) = read(&mut state, ready::RIGHTS_HIDDEN, ACCOUNT);
    assert_eq!((status, body["uid"].as_i64()), (200, Some(831_992_046)));
}

#[test]
fn a_key_that_may_not_read_is_refused_its_account() {
    let mut state = State::new(None);
    assert_eq!(
        code(&mut state, ready::NO_READING, ACCOUNT),
        (401, Some(-2015))
    );
}

#[test]
fn a_bound_key_answers_to_its_address_alone() {
    let mut state = State::new(None);
    assert_eq!(
        code(&mut state, ready::IP_BOUND, ACCOUNT),
        (401, Some(-2015))
    );
    "203.0.113.7".clone_into(&mut state.seen_address);
    assert_eq!(code(&mut state, ready::IP_BOUND, ACCOUNT), (200, None));
}

#[test]
fn the_test_network_has_no_sapi() {
    let mut state = State::new(None);
    assert_eq!(code(&mut state, ready::TESTNET, ACCOUNT), (200, None));
    let reply = ask(&mut state, ready::TESTNET, Method::GET, RIGHTS, "").reply;
    assert_eq!(
        (reply.status, reply.content_type.as_str()),
        (404, "text/html")
    );
}

#[test]
fn no_key_can_trade_and_every_attempt_is_noticed() {
    let mut state = State::new(None);
    let mut order = |key| {
        let text = "symbol=BTCUSDT&side=BUY&type=MARKET&quantity=1&";
        let verdict = ask(&mut state, key, Method::POST, "/api/v3/order", text);
        assert!(verdict.attempted_write);
        let body: Value = serde_json::from_str(&verdict.reply.body).unwrap();
        (verdict.reply.status, body["code"].as_i64())
    };
    assert_eq!(order(ready::READ_ONLY), (401, Some(-2015)));
    assert_eq!(order(ready::TRADING), (400, Some(-2010)));
    let verdict = ask(
        &mut state,
        ready::READ_ONLY,
        Method::POST,
        "/sapi/v1/no/such/path",
        "",
    );
    assert!(verdict.attempted_write);
}

#[test]
fn reading_by_post_is_no_attempt_to_write() {
    let mut state = State::new(None);
    let path = "/sapi/v1/asset/get-funding-asset";
    let verdict = ask(
        &mut state,
        ready::READ_ONLY,
        Method::POST,
        path,
        "asset=BNB&",
    );
    assert_eq!(
        (verdict.reply.status, verdict.attempted_write),
        (200, false)
    );
    let body: Value = serde_json::from_str(&verdict.reply.body).unwrap();
    assert_eq!(
        (&body[0]["free"], &body[0]["locked"]),
        (&"0.31".into(), &"0.02".into())
    );
    let wrong = ask(&mut state, ready::READ_ONLY, Method::GET, path, "");
    assert_eq!(wrong.reply.status, 405);
}

#[test]
fn every_answer_tells_the_weight_used() {
    let mut state = State::new(None);
    let mut used = |path: &str| {
        let reply = ask(&mut state, ready::READ_ONLY, Method::GET, path, "").reply;
        reply.headers.last().cloned().unwrap()
    };
    assert_eq!(
        used(ACCOUNT),
        ("x-mbx-used-weight-1m".to_owned(), "20".to_owned())
    );
    assert_eq!(used(ACCOUNT).1, "40");
    assert_eq!(
        used(RIGHTS),
        ("x-sapi-used-ip-weight-1m".to_owned(), "1".to_owned())
    );
    let call = Call::made(Method::GET, ACCOUNT, &[], "");
    assert_eq!(
        judge(&mut state, &call, NOW_MS)
            .reply
            .headers
            .last()
            .unwrap()
            .1,
        "60"
    );
}

#[test]
fn maintenance_closes_all_but_its_notice() {
    let mut state = State::new(None);
    state.maintenance.push(Exchange::Binance);
    assert_eq!(
        code(&mut state, ready::READ_ONLY, ACCOUNT),
        (503, Some(-1001))
    );
    let call = Call::made(Method::GET, rights::SYSTEM_STATUS, &[], "");
    assert!(
        judge(&mut state, &call, NOW_MS)
            .reply
            .body
            .contains("\"status\":1")
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
                "../../tests/fixtures/binance_",
                $name,
                ".json"
            )))
            .unwrap()
        };
    }
    let mut state = State::new(None);
    let account = read(&mut state, ready::READ_ONLY, ACCOUNT).1;
    let documented = fixture!("account");
    assert_eq!(names(&account), names(&documented));
    assert_eq!(
        names(&account["balances"][0]),
        names(&documented["balances"][0])
    );
    let rights = read(&mut state, ready::READ_ONLY, RIGHTS).1;
    assert_eq!(
        names(&rights),
        names(&fixture!("sapi_apiRestrictions_docs"))
    );
    for (path, documented) in [
        ("/sapi/v3/asset/getUserAsset", fixture!("sapi_getUserAsset")),
        (
            "/sapi/v1/asset/get-funding-asset",
            fixture!("sapi_get_funding_asset"),
        ),
    ] {
        let reply = ask(&mut state, ready::READ_ONLY, Method::POST, path, "").reply;
        let rows: Value = serde_json::from_str(&reply.body).unwrap();
        assert_eq!(names(&rows[0]), names(&documented[0]), "{path}");
    }
    for (path, documented) in [
        ("/sapi/v1/account/info", fixture!("sapi_account_info")),
        ("/sapi/v1/account/status", fixture!("sapi_account_status")),
        (
            "/sapi/v1/account/apiTradingStatus",
            fixture!("sapi_account_apiTradingStatus"),
        ),
    ] {
        assert_eq!(
            names(&read(&mut state, ready::READ_ONLY, path).1),
            names(&documented),
            "{path}"
        );
    }
}

#[test]
fn parameters_count_only_where_they_belong() {
    let mut state = State::new(None);
    let text = format!("timestamp={NOW_MS}");
    let signature = hex::encode(sign(ready::READ_ONLY.secret_key, &text));
    let form = format!("{text}&signature={signature}");
    let mut code = |method, path, content_type| {
        let key = (auth::KEY_HEADER, ready::READ_ONLY.api_key);
        let headers = [key, ("content-type", content_type)];
        let reply = judge(
            &mut state,
            &Call::made(method, path, &headers, &form),
            NOW_MS,
        )
        .reply;
        let body: Value = serde_json::from_str(&reply.body).unwrap();
        (reply.status, body["code"].as_i64())
    };
    const FORM: &str = "application/x-www-form-urlencoded";
    let funding = "/sapi/v1/asset/get-funding-asset";
    assert_eq!(code(Method::POST, funding, FORM), (200, None));
    assert_eq!(
        code(Method::POST, funding, "application/json"),
        (400, Some(-1102))
    );
    assert_eq!(code(Method::GET, ACCOUNT, FORM), (400, Some(-1102)));
}
