//! What every documented code, status and recorded refusal of Binance means.

use proptest::prelude::*;

use super::*;
use crate::exchanges::testing::{NOW_MS, fixture, fixtures};
use ExchangeProblem::{
    BadResponse, ClockSkew, InvalidCredentials, IpNotAllowed, RateLimited, RegionBlocked,
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

fn meaning(status: u16, retry_after: Option<u64>, body: &str) -> Meaning {
    let answer = Answer {
        status,
        retry_after,
        body: body.as_bytes().to_vec(),
        ..Answer::default()
    };
    match refusal(&answer, NOW_MS) {
        Some(ExchangeError::Transient) => Meaning::Transient,
        Some(ExchangeError::Problem(problem)) => Meaning::Problem(problem),
        Some(ExchangeError::NoPermission) => Meaning::NoPermission,
        Some(ExchangeError::NotAvailable) => Meaning::NotAvailable,
        Some(other) => panic!("{other}"),
        None => Meaning::NoRefusal,
    }
}

fn of_code(status: u16, code: i64) -> Meaning {
    let body = format!(r#"{{"code":{code},"msg":"text that does not matter"}}"#);
    meaning(status, None, &body)
}

#[test]
fn every_code_of_the_manual_has_a_meaning() {
    let bad_key = |bad| Meaning::Problem(InvalidCredentials(bad));
    for code in [-1000, -1001, -1006, -1007, -1008, -1016] {
        assert_eq!(of_code(400, code), Meaning::Transient, "{code}");
    }
    for code in [-1003, -1015, -1034] {
        let wait = Meaning::Problem(RateLimited { seconds: 1 });
        assert_eq!(of_code(400, code), wait, "{code}");
    }
    for code in [-1002, -2015] {
        assert_eq!(of_code(401, code), Meaning::NoPermission, "{code}");
    }
    for code in [-1020, -3003, -6001] {
        assert_eq!(of_code(400, code), Meaning::NotAvailable, "{code}");
    }
    assert_eq!(of_code(400, -1021), Meaning::Problem(ClockSkew));
    assert_eq!(of_code(400, -1022), bad_key(BadKey::WrongSecret));
    assert_eq!(of_code(401, -2008), bad_key(BadKey::Unknown));
    assert_eq!(of_code(401, -2014), bad_key(BadKey::Malformed));
}

#[test]
fn codes_of_malformed_requests_orders_streams_and_prices_are_bad_responses() {
    let ours = [
        -1100, -1101, -1102, -1103, -1104, -1105, -1106, -1108, -1111, -1112, -1114, -1115, -1116,
        -1117, -1118, -1119, -1120, -1121, -1122, -1125, -1127, -1128, -1130, -1135, -1139, -1151,
        -1194, -1220, -2016, -2035, -2036, -2042, -2043, -6021,
    ];
    for code in ours {
        assert!(is_our_mistake(code), "{code}");
        assert_eq!(of_code(400, code), Meaning::Problem(BadResponse), "{code}");
    }
}

#[test]
fn an_unheard_of_code_is_judged_by_its_status() {
    for (status, wanted) in [
        (400, Meaning::Problem(BadResponse)),
        (401, Meaning::Problem(BadResponse)),
        (403, Meaning::NoPermission),
        (404, Meaning::NotAvailable),
        (500, Meaning::Transient),
    ] {
        assert_eq!(of_code(status, -99_999), wanted, "{status}");
    }
}

#[test]
fn a_status_without_a_code_has_a_meaning() {
    let wait = |seconds| Meaning::Problem(RateLimited { seconds });
    for (status, wanted) in [
        (301, Meaning::Problem(BadResponse)),
        (307, Meaning::Problem(BadResponse)),
        (400, Meaning::Problem(BadResponse)),
        (401, Meaning::Problem(BadResponse)),
        (403, wait(300)),
        (404, Meaning::NotAvailable),
        (418, wait(120)),
        (429, wait(1)),
        (451, Meaning::Problem(RegionBlocked)),
        (500, Meaning::Transient),
        (502, Meaning::Transient),
        (503, Meaning::Transient),
        (504, Meaning::Transient),
    ] {
        for body in ["", "<html></html>", "[]", "{}", "{\"code\""] {
            assert_eq!(meaning(status, None, body), wanted, "{status} {body}");
        }
    }
}

#[test]
fn every_recorded_refusal_has_a_meaning() {
    let bad_key = |bad| Meaning::Problem(InvalidCredentials(bad));
    let wait = |seconds| Meaning::Problem(RateLimited { seconds });
    let seen = "203.0.113.7".parse().ok();
    let table = [
        ("1000_unknown.json", 500, Meaning::Transient),
        ("1001_disconnected.json", 503, Meaning::Transient),
        // The ban of the recording ended long ago.
        ("1003_banned_418.json", 418, wait(120)),
        ("1003_weight_429.json", 429, wait(1)),
        ("1007_timeout.json", 504, Meaning::Transient),
        ("1008_busy.json", 503, Meaning::Transient),
        ("1021_ahead.json", 400, Meaning::Problem(ClockSkew)),
        (
            "1021_outside_recvWindow.json",
            400,
            Meaning::Problem(ClockSkew),
        ),
        ("1022_signature.json", 400, bad_key(BadKey::WrongSecret)),
        ("1100_illegal.json", 400, Meaning::Problem(BadResponse)),
        ("1102_mandatory.json", 400, Meaning::Problem(BadResponse)),
        ("1121_symbol.json", 400, Meaning::Problem(BadResponse)),
        ("1220_status.json", 400, Meaning::Problem(BadResponse)),
        ("2008_key_id.json", 401, bad_key(BadKey::Unknown)),
        ("2014_key_format.json", 401, bad_key(BadKey::Malformed)),
        ("2015_key_ip_perm.json", 401, Meaning::NoPermission),
        ("403_waf.html", 403, wait(300)),
        ("451_region.json", 451, Meaning::Problem(RegionBlocked)),
        ("503_cloudfront.html", 503, Meaning::Transient),
        ("6021_earn_range.json", 400, Meaning::Problem(BadResponse)),
        (
            "fapi_2015_with_ip.json",
            401,
            Meaning::Problem(IpNotAllowed { seen }),
        ),
    ];
    for (name, status, wanted) in &table {
        let body = fixture(&format!("binance_error_{name}"));
        assert_eq!(meaning(*status, None, &body), *wanted, "{name}");
    }
    assert_eq!(fixtures("binance_error_").len(), table.len());
    let missing = meaning(404, None, &fixture("binance_testnet_sapi_404.html"));
    assert_eq!(missing, Meaning::NotAvailable);
}

#[test]
fn a_wait_is_as_long_as_the_exchange_says_and_no_shorter_than_its_floor() {
    let wait = |seconds| Meaning::Problem(RateLimited { seconds });
    let until =
        |ms: i64| format!(r#"{{"code":-1003,"msg":"Way too much; IP banned until {ms}."}}"#);
    assert_eq!(meaning(429, Some(60), ""), wait(60));
    assert_eq!(meaning(429, Some(0), ""), wait(1));
    assert_eq!(meaning(418, Some(5), ""), wait(120));
    assert_eq!(meaning(418, Some(600), ""), wait(600));
    assert_eq!(meaning(403, Some(60), "<html>"), wait(300));
    assert_eq!(meaning(418, None, &until(NOW_MS + 180_001)), wait(181));
    assert_eq!(meaning(418, Some(240), &until(NOW_MS + 180_000)), wait(240));
    assert_eq!(meaning(400, None, &until(NOW_MS + 200_000)), wait(200));
    assert_eq!(meaning(400, None, &until(NOW_MS - 1)), wait(120));
    assert_eq!(meaning(418, None, &until(i64::MAX)), wait(259_200));
}

#[test]
fn a_success_is_a_refusal_only_with_a_negative_code() {
    for body in [
        "{}",
        "[]",
        "",
        r#"{"code":0}"#,
        r#"{"code":"000000","success":true}"#,
    ] {
        assert_eq!(meaning(200, None, body), Meaning::NoRefusal, "{body}");
    }
    assert_eq!(of_code(200, -1022), of_code(400, -1022));
    assert_eq!(of_code(200, -99_999), Meaning::Problem(BadResponse));
}

proptest! {
    #[test]
    fn no_answer_makes_the_mapping_panic(status in 0_u16..999, body in any::<Vec<u8>>(), code in any::<i64>(), msg in "\\PC{0,40}") {
        let retry_after = u64::try_from(code).ok();
        let _ = refusal(&Answer { status, retry_after, body, ..Answer::default() }, code);
        let body = serde_json::json!({"code": code, "msg": msg}).to_string().into_bytes();
        let _ = refusal(&Answer { status, retry_after, body, ..Answer::default() }, code);
    }

    #[test]
    fn no_end_of_a_ban_makes_the_mapping_panic(until in "[0-9a-z]{0,25}", now_ms in any::<i64>()) {
        let body = format!(r#"{{"code":-1003,"msg":"IP banned until {until}."}}"#);
        let (status, retry_after) = (418, None);
        let _ = refusal(&Answer { status, retry_after, body: body.into_bytes(), ..Answer::default() }, now_ms);
    }
}
