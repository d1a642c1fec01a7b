//! Candles and figures of a day, asked the way a client asks.

use axum::http::Method;

use super::super::tests::names;
use super::*;
use crate::sandbox::{binance::judge, call::Call, state::State};

/// The moment of every request here, and the day it is of.
const NOW_MS: i64 = 1_800_000_000_000;
const TODAY_MS: i64 = NOW_MS - NOW_MS % DAY_MS;

fn told(path: &str, query: &str) -> (u16, Value) {
    let call = Call::made(Method::GET, &format!("/api/v3/{path}?{query}"), &[], "");
    let reply = judge(&mut State::new(None), &call, NOW_MS).reply;
    (reply.status, serde_json::from_str(&reply.body).unwrap())
}

fn rows_of(query: &str) -> Vec<Value> {
    let (status, rows) = told("klines", query);
    assert_eq!(status, 200, "{rows}");
    rows.as_array().unwrap().clone()
}

fn opens(rows: &[Value]) -> Vec<i64> {
    rows.iter().map(|row| row[0].as_i64().unwrap()).collect()
}

#[test]
fn candles_have_the_documented_fields_and_end_with_the_price_of_the_moment() {
    let from = TODAY_MS - 2 * DAY_MS;
    let rows = rows_of(&format!("symbol=BTCUSDT&interval=1d&startTime={from}"));
    assert_eq!(opens(&rows), [from, from + DAY_MS, TODAY_MS]);
    let text = include_str!("../../../tests/fixtures/binance_klines.json");
    let documented: Value = serde_json::from_str(text).unwrap();
    let width = |row: &Value| row.as_array().unwrap().len();
    assert!(rows.iter().all(|row| width(row) == width(&documented[0])));
    assert_eq!(rows[0][6], json!(from + DAY_MS - 1));
    assert_eq!(rows[2][4], "64210.55000000");
    assert_eq!(rows[0][4], rows[1][1]);
}

#[test]
fn every_interval_is_told_and_the_newest_come_without_a_beginning() {
    for interval in INTERVALS {
        let rows = rows_of(&format!("symbol=BTCUSDT&interval={interval}&limit=3"));
        let opens = opens(&rows);
        assert_eq!(opens.len(), 3, "{interval}");
        assert!(opens.is_sorted() && opens[2] <= NOW_MS, "{interval}");
        let end = rows[1][6].as_i64().unwrap();
        assert_eq!(end + 1, opens[2], "{interval}");
    }
    let before = TODAY_MS - 1;
    let rows = rows_of(&format!(
        "symbol=BTCUSDT&interval=1m&limit=2&endTime={before}"
    ));
    assert_eq!(opens(&rows), [TODAY_MS - 120_000, TODAY_MS - 60_000]);
    let first = rows_of("symbol=BTCUSDT&interval=1d&startTime=0&limit=1");
    assert_eq!(opens(&first), [BEGIN_MS]);
    assert_eq!(rows_of("symbol=BAKEUSDT&interval=1d"), [Value::Null; 0]);
}

#[test]
fn what_binance_does_not_know_it_refuses_by_its_own_errors() {
    for (query, code) in [
        ("interval=1d", -1102),
        ("symbol=NOPEUSDT&interval=1d", -1121),
        ("symbol=BTCUSDT", -1102),
        ("symbol=BTCUSDT&interval=1D", -1120),
        ("symbol=BTCUSDT&interval=2d", -1120),
        ("symbol=BTCUSDT&interval=1d&limit=1001", -1130),
        ("symbol=BTCUSDT&interval=1d&limit=0", -1130),
        ("symbol=BTCUSDT&interval=1d&startTime=x", -1100),
        ("symbol=BTCUSDT&interval=1d&timeZone=8", -1130),
        ("symbol=BTCUSDT&interval=1d&bar=1", -1104),
    ] {
        let (status, body) = told("klines", query);
        let seen = (status, body["code"].as_i64());
        assert_eq!(seen, (400, Some(code)), "{query}");
    }
}

#[test]
fn figures_of_a_day_have_the_documented_fields_in_both_forms() {
    for (form, text) in [
        (
            "FULL",
            include_str!("../../../tests/fixtures/binance_ticker_24hr_full_one.json"),
        ),
        (
            "MINI",
            include_str!("../../../tests/fixtures/binance_ticker_24hr_mini_one.json"),
        ),
    ] {
        let (_, own) = told("ticker/24hr", &format!("symbol=BTCUSDT&type={form}"));
        let documented: Value = serde_json::from_str(text).unwrap();
        assert_eq!(names(&own), names(&documented), "{form}");
        assert_eq!(own["lastPrice"], "64210.55000000");
        assert_ne!(own["openPrice"], own["lastPrice"]);
    }
}

#[test]
fn one_pair_that_is_unknown_fails_all_and_those_of_another_status_are_left_out() {
    let list = |symbols: &str| format!("symbols=%5B{symbols}%5D&type=MINI&symbolStatus=TRADING");
    let (status, body) = told("ticker/24hr", &list("%22BTCUSDT%22,%22BAKEUSDT%22"));
    assert_eq!((status, body.as_array().unwrap().len()), (200, 1));
    for (query, code) in [
        (list("%22BTCUSDT%22,%22NOPEUSDT%22"), -1121),
        ("symbol=BTCUSDT&type=FISH".to_owned(), -1130),
        ("symbol=BAKEUSDT&symbolStatus=TRADING".to_owned(), -1220),
        ("symbol=BTCUSDT&interval=1d".to_owned(), -1104),
    ] {
        let (status, body) = told("ticker/24hr", &query);
        assert_eq!(
            (status, body["code"].as_i64()),
            (400, Some(code)),
            "{query}"
        );
    }
}
