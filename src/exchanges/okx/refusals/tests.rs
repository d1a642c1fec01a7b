//! What every documented code, status and recorded refusal of OKX means.

use proptest::prelude::*;

use super::*;
use crate::exchanges::testing::{fixture, fixtures};
use ExchangeProblem::{
    BadResponse, ClockSkew, InvalidCredentials, IpNotAllowed, RateLimited, RegionBlocked,
    WrongPassphrase, WrongRegion,
};

/// What a refusal comes to, in a form that can be compared.
#[derive(Debug, PartialEq)]
enum Meaning {
    /// The only meaning that is worth another try.
    Transient,
    Problem(ExchangeProblem),
    NoPermission,
    NotAvailable,
    NoRefusal,
}

const WAIT: Meaning = Meaning::Problem(RateLimited { seconds: 2 });

fn meaning(status: u16, retry_after: Option<u64>, body: &str) -> Meaning {
    let answer = Answer {
        status,
        retry_after,
        body: body.as_bytes().to_vec(),
        ..Answer::default()
    };
    match refusal(&answer) {
        Some(ExchangeError::Transient) => Meaning::Transient,
        Some(ExchangeError::Problem(problem)) => Meaning::Problem(problem),
        Some(ExchangeError::NoPermission) => Meaning::NoPermission,
        Some(ExchangeError::NotAvailable) => Meaning::NotAvailable,
        Some(other) => panic!("{other}"),
        None => Meaning::NoRefusal,
    }
}

fn of_code(status: u16, code: u32) -> Meaning {
    let body = format!(r#"{{"msg":"text that does not matter","code":"{code}"}}"#);
    meaning(status, None, &body)
}

fn bad_key(bad: BadKey) -> Meaning {
    Meaning::Problem(InvalidCredentials(bad))
}

#[test]
fn every_code_of_the_manual_has_a_meaning() {
    for (codes, wanted) in [
        (&[50001, 50004, 50013, 50026, 58007][..], Meaning::Transient),
        (&[50011, 50040, 50061, 58102], WAIT),
        (&[50120], Meaning::NoPermission),
        (
            &[
                50005, 50030, 50035, 50038, 50053, 51734, 51735, 51737, 58002, 58011, 59500, 59604,
            ],
            Meaning::NotAvailable,
        ),
        (
            &[
                50007, 50009, 50012, 50019, 50059, 50060, 50100, 51738, 58004,
            ],
            bad_key(BadKey::Frozen),
        ),
        (&[50067], Meaning::Problem(WrongRegion)),
        (&[50101], bad_key(BadKey::WrongEnvironment)),
        (&[50102], Meaning::Problem(ClockSkew)),
        (&[50105], Meaning::Problem(WrongPassphrase)),
        (
            &[50110, 50118],
            Meaning::Problem(IpNotAllowed { seen: None }),
        ),
        (&[50111], bad_key(BadKey::Malformed)),
        (&[50113, 50114], bad_key(BadKey::WrongSecret)),
        (&[50116, 50119], bad_key(BadKey::Unknown)),
        (&[50051, 50052, 50121], Meaning::Problem(RegionBlocked)),
    ] {
        for code in codes {
            for status in [200, 400, 401, 429] {
                assert_eq!(of_code(status, *code), wanted, "{status} {code}");
            }
        }
    }
}

#[test]
fn codes_of_malformed_requests_orders_and_prices_are_bad_responses() {
    for code in [
        1, 2, 50000, 50002, 50006, 50014, 50015, 50016, 50103, 50104, 50106, 50107, 50108, 50109,
        50112, 50115, 50122, 51001,
    ] {
        assert!(is_our_mistake(code), "{code}");
        assert_eq!(of_code(400, code), Meaning::Problem(BadResponse), "{code}");
    }
}

#[test]
fn an_unheard_of_code_is_judged_by_its_status() {
    for (status, wanted) in [
        (200, Meaning::Problem(BadResponse)),
        (400, Meaning::Problem(BadResponse)),
        (403, Meaning::NoPermission),
        (404, Meaning::NotAvailable),
        (429, WAIT),
        (503, Meaning::Transient),
    ] {
        assert_eq!(of_code(status, 999_999), wanted, "{status}");
    }
}

#[test]
fn a_status_without_a_code_has_a_meaning() {
    let wait = |seconds| Meaning::Problem(RateLimited { seconds });
    for (status, wanted) in [
        (200, Meaning::Problem(BadResponse)),
        (302, Meaning::Problem(BadResponse)),
        (400, Meaning::Problem(BadResponse)),
        (401, Meaning::Problem(BadResponse)),
        (403, wait(300)),
        (404, Meaning::NotAvailable),
        (410, Meaning::NotAvailable),
        (429, WAIT),
        (451, Meaning::Problem(RegionBlocked)),
        (502, Meaning::Transient),
    ] {
        for body in [
            "",
            "<html></html>",
            "[]",
            "{}",
            "{\"code\"",
            r#"{"code":""}"#,
        ] {
            assert_eq!(meaning(status, None, body), wanted, "{status} {body}");
        }
    }
}

#[test]
fn every_recorded_refusal_has_a_meaning() {
    let seen = "203.0.113.9".parse().ok();
    let table = [
        ("50001_unavailable", 503, Meaning::Transient),
        ("50004_timeout", 400, Meaning::Transient),
        ("50011_rate_200", 200, WAIT),
        ("50011_rate_429", 429, WAIT),
        ("50013_busy", 429, Meaning::Transient),
        ("50026_system", 500, Meaning::Transient),
        ("50030_endpoint_permission", 200, Meaning::NotAvailable),
        ("50038_demo", 200, Meaning::NotAvailable),
        ("50051_region", 200, Meaning::Problem(RegionBlocked)),
        ("50060_kyc", 200, bad_key(BadKey::Frozen)),
        ("50100_frozen", 400, bad_key(BadKey::Frozen)),
        ("50101_environment", 401, bad_key(BadKey::WrongEnvironment)),
        ("50102_timestamp_expired", 401, Meaning::Problem(ClockSkew)),
        ("50103_key_header_empty", 401, Meaning::Problem(BadResponse)),
        ("50105_passphrase", 401, Meaning::Problem(WrongPassphrase)),
        (
            "50110_ip_not_listed",
            401,
            Meaning::Problem(IpNotAllowed { seen }),
        ),
        ("50111_invalid_key", 401, bad_key(BadKey::Malformed)),
        ("50112_bad_timestamp", 401, Meaning::Problem(BadResponse)),
        ("50113_bad_sign", 401, bad_key(BadKey::WrongSecret)),
        ("50114_authorization", 401, bad_key(BadKey::WrongSecret)),
        ("50119_key_missing", 401, bad_key(BadKey::Unknown)),
        ("50120_no_permission", 200, Meaning::NoPermission),
        ("50121_ip_blocked", 200, Meaning::Problem(RegionBlocked)),
        ("51001_instrument", 200, Meaning::Problem(BadResponse)),
        ("51735_subaccount_earn", 200, Meaning::NotAvailable),
        ("58002_activate_savings", 200, Meaning::NotAvailable),
        ("58007_assets_unavailable", 200, Meaning::Transient),
        ("58102_rate_429", 429, WAIT),
    ];
    for (name, status, wanted) in &table {
        let body = fixture(&format!("okx_error_{name}.json"));
        assert_eq!(meaning(*status, None, &body), *wanted, "{name}");
    }
    assert_eq!(fixtures("okx_error_").len(), table.len());
}

#[test]
fn a_wait_is_as_long_as_the_exchange_says_and_no_shorter_than_its_floor() {
    let wait = |seconds| Meaning::Problem(RateLimited { seconds });
    let body = fixture("okx_error_50011_rate_429.json");
    assert_eq!(meaning(429, Some(30), &body), wait(30));
    assert_eq!(meaning(429, Some(0), &body), WAIT);
    assert_eq!(meaning(429, Some(u64::MAX), &body), wait(259_200));
}

#[test]
fn an_answer_without_trouble_is_no_refusal() {
    for body in [
        r#"{"code":"0","data":[]}"#,
        r#"{"code":0,"data":[]}"#,
        r#"{"code":"0","data":[],"inTime":"1","outTime":"2","msg":""}"#,
    ] {
        assert_eq!(meaning(200, None, body), Meaning::NoRefusal, "{body}");
        assert_eq!(meaning(500, None, body), Meaning::Transient);
    }
}

proptest! {
    #[test]
    fn no_answer_makes_the_mapping_panic(status in 0_u16..999, body in any::<Vec<u8>>(), code in any::<u32>(), msg in "\\PC{0,40}") {
        let retry_after = Some(u64::from(code));
        let _ = refusal(&Answer { status, retry_after, body, ..Answer::default() });
        let body = serde_json::json!({"code": code.to_string(), "msg": msg}).to_string();
        let _ = refusal(&Answer { status, retry_after, body: body.into_bytes(), ..Answer::default() });
    }
}
