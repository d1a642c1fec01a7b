//! What Binance's streams say, and what is said to them.

use serde_json::Value;

use super::account::Account;
use super::prices::AT_ONCE;
use super::*;
use crate::domain::market::Pair;
use crate::domain::problem::BadKey;
use crate::domain::timestamp::Timestamp;
use crate::exchanges::Credentials;
use crate::exchanges::streams::{AccountDialect, AccountMessage, PriceDialect, PriceMessage};
use crate::exchanges::testing::{
    API_KEY, NOW_MS, PASSPHRASE, SECRET_KEY, credentials, fixture, live,
};

fn streams() -> Streams {
    Streams::new(&Hosts::live()).unwrap()
}

fn told(text: &str) -> PriceMessage<'_> {
    streams().read(text)
}

fn said(name: &str) -> AccountMessage {
    let (streams, key) = (streams(), credentials());
    account(&streams, &key).reader()(&fixture(name))
}

fn account<'a>(streams: &'a Streams, key: &'a Credentials) -> Account<'a> {
    Account {
        site: &streams.live,
        access: live(key),
        offset_ms: 7,
        clock: Arc::new(|| NOW_MS),
    }
}

#[test]
fn the_manuals_ticker_is_read_digit_by_digit() {
    let text = fixture("binance_ws_miniTicker_combined_constructed.json");
    let PriceMessage::Tickers(rows) = told(&text) else {
        panic!("no tickers");
    };
    let row = rows[0].0.as_ref().unwrap();
    assert_eq!((row.name.as_str(), row.last.as_str()), ("BNBBTC", "0.0025"));
    assert_eq!((row.open.as_str(), row.volume.as_str()), ("0.001", "10000"));
    assert_eq!(row.at, Timestamp(1_672_515_782_136));
}

#[test]
fn a_restart_is_heard_and_other_streams_are_none_of_our_business() {
    assert_eq!(
        told(&fixture("binance_ws_serverShutdown_combined.json")),
        PriceMessage::Leaving
    );
    for name in ["binance_ws_kline.json", "binance_ws_avgPrice.json"] {
        let wrapped = format!(r#"{{"stream":"x","data":{}}}"#, fixture(name));
        assert_eq!(told(&wrapped), PriceMessage::Nothing, "{name}");
    }
    assert_eq!(
        streams().read(r#"{"result":null,"id":3}"#),
        PriceMessage::Nothing
    );
}

#[test]
fn what_no_stream_says_is_odd_and_a_row_that_cannot_be_read_is_left_out() {
    for message in [
        "",
        "no json",
        "[]",
        "{}",
        "null",
        r#"{"data":{}}"#,
        "{\"data\":",
    ] {
        assert_eq!(streams().read(message), PriceMessage::Odd, "{message}");
    }
    let good = r#""e":"24hrMiniTicker","E":1,"s":"BNBBTC","c":"1","o":"1","h":"1","l":"1","v":"1""#;
    for (part, bad) in [
        (r#""c":"1""#, r#""c":"NaN""#),
        (r#""c":"1""#, r#""c":"""#),
        (r#""c":"1""#, r#""c":"1e400""#),
        (r#""c":"1""#, r#""c":["1"]"#),
        (r#""c":"1","#, ""),
        (r#""E":1"#, r#""E":"now""#),
        (r#""s":"BNBBTC""#, r#""s":null"#),
    ] {
        let row = good.replace(part, bad);
        let message = format!(r#"{{"stream":"x","data":{{{row}}}}}"#);
        assert_eq!(
            streams().read(&message),
            PriceMessage::Tickers(vec![(None, message.as_str())]),
            "{row}"
        );
    }
}

#[test]
fn pairs_are_asked_for_in_small_letters_of_any_script() {
    let streams = streams();
    let pair = Pair::parse("币安人生-USDT").unwrap();
    let name = streams.name(&pair);
    assert_eq!(name, "币安人生USDT");
    let (query, first) = streams.first(&[&name, "BTCUSDT"]);
    let encoded = "%E5%B8%81%E5%AE%89%E4%BA%BA%E7%94%9Fusdt@miniTicker/btcusdt@miniTicker";
    assert_eq!((query, first), (format!("streams={encoded}"), 2));
    assert!(streams.prices.url(&streams.first(&[&name]).0).is_ok());
    let ask: Value = serde_json::from_str(&streams.ask(4, &[&name])).unwrap();
    assert_eq!(ask["params"][0], "币安人生usdt@miniTicker");
    assert_eq!(
        (&ask["method"], &ask["id"]),
        (&"SUBSCRIBE".into(), &4.into())
    );
    let many: Vec<_> = (0..300).map(|n| format!("A{n}USDT")).collect();
    let many: Vec<_> = many.iter().map(String::as_str).collect();
    assert_eq!(streams.first(&many).1, AT_ONCE);
}

#[test]
fn everything_that_is_said_is_on_the_list_and_nothing_else_passes() {
    let (streams, key) = (streams(), credentials());
    for message in [streams.ask(1, &["A"]), streams.leave(2, &["A"])] {
        assert!(streams.prices.check(&message).is_ok(), "{message}");
        assert!(streams.live.check(&message).is_err(), "{message}");
    }
    for step in account(&streams, &key).steps(0).unwrap() {
        assert!(streams.live.check(&step).is_ok());
    }
    for method in [
        "order.place",
        "order.cancel",
        "session.logon",
        "sor.order.place",
    ] {
        let message = format!(r#"{{"id":1,"method":"{method}","params":{{}}}}"#);
        assert!(streams.live.check(&message).is_err(), "{method}");
        assert!(streams.prices.check(&message).is_err(), "{method}");
    }
}

#[test]
fn an_account_is_asked_for_by_the_exchanges_time_and_without_its_secret() {
    let (streams, key) = (streams(), credentials());
    let steps = account(&streams, &key).steps(1_000).unwrap();
    let [step] = steps.as_slice() else {
        panic!("one step");
    };
    let step: Value = serde_json::from_str(step).unwrap();
    assert_eq!(step["params"]["timestamp"], 1_007);
    assert_eq!(step["params"]["apiKey"], API_KEY);
    assert_eq!(step["params"]["signature"].as_str().unwrap().len(), 64);
    let text = step.to_string();
    assert!(!text.contains(SECRET_KEY) && !text.contains(PASSPHRASE));
}

#[test]
fn changes_of_an_account_are_heard_whatever_they_are() {
    for name in [
        "outboundAccountPosition",
        "balanceUpdate",
        "externalLockUpdate",
    ] {
        let message = said(&format!("binance_uds_{name}.json"));
        assert_eq!(message, AccountMessage::Changed, "{name}");
    }
    assert_eq!(
        said("binance_uds_eventStreamTerminated.json"),
        AccountMessage::Leaving
    );
    assert_eq!(
        said("binance_wsapi_subscribe_signature_response.json"),
        AccountMessage::Accepted
    );
}

#[test]
fn a_refusal_means_what_it_means_for_calls() {
    let (streams, key) = (streams(), credentials());
    let account = account(&streams, &key);
    let refused = |status: u16, code: i32| {
        let error = format!(r#"{{"code":{code},"msg":"m"}}"#);
        account.reader()(&format!(
            r#"{{"id":"1","status":{status},"error":{error}}}"#
        ))
    };
    let skew = AccountMessage::Refused(ExchangeProblem::ClockSkew);
    assert_eq!(refused(400, -1021), skew);
    let secret = ExchangeProblem::InvalidCredentials(BadKey::WrongSecret);
    assert_eq!(refused(400, -1022), AccountMessage::Refused(secret));
    let limited = refused(429, -1003);
    assert!(matches!(
        limited,
        AccountMessage::Refused(ExchangeProblem::RateLimited { .. })
    ));
    for message in ["", "[]", "{}", r#"{"id":1}"#, r#"{"event":{}}"#] {
        assert_eq!(account.reader()(message), AccountMessage::Odd, "{message}");
    }
}

#[test]
fn how_long_to_wait_is_told_by_the_moment_that_the_wait_is_over() {
    let (streams, key) = (streams(), credentials());
    let waits = |status: u16, message: &str, data: &str| {
        let said = format!(
            r#"{{"id":"1","status":{status},"error":{{"code":-1003,"msg":"{message}"{data}}}}}"#
        );
        match account(&streams, &key).reader()(&said) {
            AccountMessage::Refused(ExchangeProblem::RateLimited { seconds }) => seconds,
            other => panic!("{other:?}"),
        }
    };
    let until = |seconds: i64| NOW_MS + 7 + seconds * 1_000;
    let data = |seconds| {
        format!(
            r#","data":{{"serverTime":1,"retryAfter":{}}}"#,
            until(seconds)
        )
    };
    assert_eq!(waits(429, "Too much request weight used.", &data(40)), 40);
    assert_eq!(waits(418, "Way too much.", &data(300)), 300);
    let banned = format!("Way too much; IP banned until {}.", until(400));
    assert_eq!(waits(418, &banned, ""), 400);
    // A moment that is past, or nonsense, is no reason to come back at once or never.
    assert_eq!(waits(418, "Way too much.", &data(-5)), 120);
    assert_eq!(
        waits(429, "Too much.", r#","data":{"retryAfter":"soon"}"#),
        1
    );
}
