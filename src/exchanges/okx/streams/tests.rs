//! What OKX's streams say, and what is said to them.

use serde_json::Value;

use super::*;
use crate::domain::problem::BadKey;
use crate::domain::timestamp::Timestamp;
use crate::exchanges::Credentials;
use crate::exchanges::streams::{AccountDialect, AccountMessage, PriceDialect, PriceMessage};
use crate::exchanges::testing::{
    API_KEY, PASSPHRASE, SECRET_KEY, credentials, fixture, live, testnet,
};

fn streams() -> Streams {
    Streams::new(&Hosts::live()).unwrap()
}

fn account<'a>(streams: &'a Streams, key: &'a Credentials) -> Account<'a> {
    Account {
        site: &streams.accounts[0].live,
        access: live(key),
        offset_ms: 2_000,
    }
}

fn said(name: &str) -> AccountMessage {
    let (streams, key) = (streams(), credentials());
    account(&streams, &key).reader()(&fixture(name))
}

#[test]
fn the_manuals_ticker_is_read_digit_by_digit() {
    let text = fixture("okx_ws_tickers.json");
    let PriceMessage::Tickers(rows) = streams().read(&text) else {
        panic!("no tickers");
    };
    let row = rows[0].0.as_ref().unwrap();
    assert_eq!(
        (row.name.as_str(), row.last.as_str()),
        ("BTC-USDT", "9999.99")
    );
    assert_eq!((row.open.as_str(), row.low.as_str()), ("9000", "8888.88"));
    assert_eq!(row.at, Timestamp(1_597_026_383_085));
}

#[test]
fn a_market_in_its_first_seconds_has_no_price() {
    let text = fixture("okx_ws_tickers.json").replace(r#""last": "9999.99""#, r#""last": """#);
    let PriceMessage::Tickers(rows) = streams().read(&text) else {
        panic!("no tickers");
    };
    assert_eq!((rows.len(), &rows[0].0), (1, &None));
}

#[test]
fn what_happens_to_a_stream_is_told_apart() {
    let streams = streams();
    for (name, meaning) in [
        ("okx_ws_notice_64008.json", PriceMessage::Leaving),
        ("okx_ws_conn_count.json", PriceMessage::Nothing),
        ("okx_ws_pong.txt", PriceMessage::Nothing),
        (
            "okx_ws_subscribe_error_60012.json",
            PriceMessage::Refused(ExchangeProblem::BadResponse),
        ),
    ] {
        assert_eq!(streams.read(fixture(name).trim()), meaning, "{name}");
    }
    let unlisted = r#"{"event":"error","code":"60018","msg":"Wrong URL or channel:tickers,instId:BTC-NOPE doesn't exist. Please use the correct URL.","connId":"a"}"#;
    assert_eq!(
        streams.read(unlisted),
        PriceMessage::Unlisted("BTC-NOPE".into())
    );
    for message in [
        "",
        "no json",
        "[]",
        "{}",
        "null",
        r#"{"data":[]}"#,
        r#"{"event":"x"}"#,
    ] {
        assert_eq!(streams.read(message), PriceMessage::Odd, "{message}");
    }
}

#[test]
fn pairs_are_asked_for_and_left_by_their_names() {
    let streams = streams();
    for (message, op) in [
        (streams.ask(1, &["BTC-USDT", "ETH-USDT"]), "subscribe"),
        (streams.leave(2, &["BTC-USDT", "ETH-USDT"]), "unsubscribe"),
    ] {
        assert!(streams.prices.check(&message).is_ok());
        let message: Value = serde_json::from_str(&message).unwrap();
        assert_eq!(message["op"], op);
        assert_eq!(message["args"][1]["instId"], "ETH-USDT");
        assert_eq!(message["args"][1]["channel"], "tickers");
    }
    assert_eq!(streams.first(&["BTC-USDT"]), (String::new(), 0));
}

#[test]
fn an_account_is_opened_by_a_login_and_asked_for_events_alone() {
    let (streams, key) = (streams(), credentials());
    let account = account(&streams, &key);
    let steps = account.steps(1_704_876_945_999).unwrap();
    let [login, subscribe] = steps.as_slice() else {
        panic!("two steps");
    };
    for step in [login, subscribe] {
        assert!(account.site.check(step).is_ok());
        assert!(streams.prices.check(r#"{"op":"login"}"#).is_err());
    }
    assert!(!login.contains(SECRET_KEY));
    let login: Value = serde_json::from_str(login).unwrap();
    let arg = &login["args"][0];
    assert_eq!(arg["timestamp"], "1704876947");
    assert_eq!(
        (&arg["apiKey"], &arg["passphrase"]),
        (&API_KEY.into(), &PASSPHRASE.into())
    );
    assert!(
        subscribe.contains(r#"\"updateInterval\":\"0\""#),
        "{}",
        subscribe.as_str()
    );
    for op in ["order", "batch-orders", "cancel-order", "amend-order"] {
        let message = format!(r#"{{"op":"{op}","args":[]}}"#);
        assert!(account.site.check(&message).is_err(), "{op}");
    }
}

#[test]
fn a_key_is_sent_to_the_site_that_knows_it() {
    let (streams, key) = (streams(), credentials());
    let host = |access: &Access<'_>| streams.account(access).map(StreamSite::host);
    assert_eq!(host(&live(&key)).unwrap(), "ws.okx.com:8443");
    assert_eq!(host(&testnet(&key)).unwrap(), "wspap.okx.com:8443");
    let of = |region| Access {
        region: Some(region),
        ..live(&key)
    };
    assert_eq!(host(&of("eea")).unwrap(), "wseea.okx.com:8443");
    assert_eq!(host(&of("us")).unwrap(), "wsus.okx.com:8443");
    assert_eq!(host(&of("moon")), None);
}

#[test]
fn changes_of_an_account_are_heard_and_its_snapshot_is_none() {
    assert_eq!(said("okx_ws_account_docs.json"), AccountMessage::Nothing);
    for name in [
        "okx_ws_account_recorded.json",
        "okx_ws_account_empty_recorded.json",
    ] {
        assert_eq!(said(name), AccountMessage::Changed, "{name}");
    }
    for name in ["okx_ws_login_ok.json", "okx_ws_account_subscribe_ok.json"] {
        assert_eq!(said(name), AccountMessage::Accepted, "{name}");
    }
    assert_eq!(said("okx_ws_notice_64008.json"), AccountMessage::Leaving);
    assert_eq!(said("okx_ws_conn_count.json"), AccountMessage::Nothing);
}

#[test]
fn a_refused_login_says_why() {
    assert_eq!(
        said("okx_ws_login_fail.json"),
        AccountMessage::Refused(ExchangeProblem::InvalidCredentials(BadKey::Unknown))
    );
    for (code, problem) in [
        (60004, ExchangeProblem::ClockSkew),
        (60006, ExchangeProblem::ClockSkew),
        (60024, ExchangeProblem::WrongPassphrase),
        (
            60007,
            ExchangeProblem::InvalidCredentials(BadKey::WrongSecret),
        ),
        (60014, ExchangeProblem::RateLimited { seconds: 60 }),
        (60011, ExchangeProblem::BadResponse),
    ] {
        assert_eq!(why(code), problem, "{code}");
    }
}
