//! Past days, asked the way a client asks.

use axum::http::Method;
use serde_json::Value;

use super::super::tests::{ask, names};
use super::*;
use crate::sandbox::{
    keys::binance::{NO_READING, READ_ONLY, TESTNET},
    state::State,
};

const SNAPSHOT: &str = "/sapi/v1/accountSnapshot";
/// The moment of every signed request here, and the day it is of.
const NOW_MS: i64 = 1_800_000_000_000;
const TODAY_MS: i64 = NOW_MS - NOW_MS % DAY_MS;

fn snapshots_of(state: &mut State, text: &str) -> (u16, Value) {
    let reply = ask(state, READ_ONLY, Method::GET, SNAPSHOT, text).reply;
    (reply.status, serde_json::from_str(&reply.body).unwrap())
}

#[test]
fn snapshots_have_the_documented_fields_and_are_of_days_ends() {
    let mut state = State::new(None);
    let (status, own) = snapshots_of(&mut state, "type=SPOT&");
    let text = include_str!("../../../tests/fixtures/binance_sapi_accountSnapshot.json");
    let documented: Value = serde_json::from_str(text).unwrap();
    assert_eq!((status, names(&own)), (200, names(&documented)));
    let days = own["snapshotVos"].as_array().unwrap();
    assert_eq!(days.len(), 7);
    let first = &documented["snapshotVos"][0];
    assert_eq!(names(&days[0]), names(first));
    let row = &days[6]["data"]["balances"][0];
    assert_eq!(names(row), names(&first["data"]["balances"][0]));
    assert_eq!(days[6]["updateTime"], TODAY_MS - 1_000);
    assert_eq!(row["free"], "0.01222221");
}

#[test]
fn a_stretch_is_shorter_than_a_month_and_begins_in_the_last_one() {
    let mut state = State::new(None);
    let (from, to) = (TODAY_MS - 29 * DAY_MS, TODAY_MS - 1);
    let text = format!("type=SPOT&startTime={from}&endTime={to}&limit=30&");
    let (_, body) = snapshots_of(&mut state, &text);
    assert_eq!(body["snapshotVos"].as_array().unwrap().len(), 29);
    let cases = [
        ("".to_owned(), -1102),
        ("type=FISH&".to_owned(), -3026),
        ("type=SPOT&limit=6&".to_owned(), -1130),
        ("type=SPOT&limit=31&".to_owned(), -1130),
        ("type=SPOT&limit=x&".to_owned(), -1100),
        ("type=SPOT&days=7&".to_owned(), -1104),
        (format!("type=SPOT&startTime={to}&endTime={from}&"), -1130),
        (
            format!("type=SPOT&startTime={}&", NOW_MS - 30 * DAY_MS),
            -1127,
        ),
        (
            format!("type=SPOT&startTime={}&endTime={from}&", from - 9 * DAY_MS),
            -1127,
        ),
    ];
    for (text, code) in cases {
        state.binance.weights.clear();
        let (status, body) = snapshots_of(&mut state, &text);
        assert_eq!((status, body["code"].as_i64()), (400, Some(code)), "{text}");
    }
}

#[test]
fn a_snapshot_weighs_a_fifth_of_its_own_budget() {
    let mut state = State::new(None);
    for tries in 1..=6 {
        let reply = ask(&mut state, READ_ONLY, Method::GET, SNAPSHOT, "type=SPOT&").reply;
        assert_eq!(reply.status, if tries <= 5 { 200 } else { 429 });
        let used = reply
            .headers
            .iter()
            .find(|(name, _)| *name == "x-sapi-used-ip-weight-1m");
        assert_eq!(used.unwrap().1, (tries * 2_400).to_string());
    }
    let rights = "/sapi/v1/account/apiRestrictions";
    let reply = ask(&mut state, READ_ONLY, Method::GET, rights, "").reply;
    assert_eq!(reply.status, 200);
    for (key, status) in [(NO_READING, 401), (TESTNET, 404)] {
        state.binance.weights.clear();
        let reply = ask(&mut state, key, Method::GET, SNAPSHOT, "type=SPOT&").reply;
        assert_eq!(reply.status, status);
    }
}
