//! What a recording keeps, and what never gets into one.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::domain::timestamp::Timestamp;

const AT: Timestamp = Timestamp(1_767_225_600_000);

fn heard<'a>(path: &'a str, body: &'a str) -> Heard<'a> {
    Heard {
        method: "GET",
        path,
        parameters: "",
        status: 200,
        body,
    }
}

fn redacted(exchange: &str, body: &str) -> Answer {
    Redactor::new(&ExchangeId::new(exchange)).answer(&heard("/", body), AT)
}

/// What is kept of a body, which has to be JSON.
fn kept(exchange: &str, body: &str) -> String {
    match redacted(exchange, body).content() {
        Content::Json(json) => json.to_owned(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn amounts_and_codes_stay_as_they_were_written() {
    let row = r#"{"asset":"币安人生","free":"0.10000000","locked":1e-8,"freeze":"-0","withdrawing":"1,5"}"#;
    let body = format!(r#"{{"balances":[{row}],"canTrade":true,"updateTime":1767225600000}}"#);
    assert_eq!(kept("binance", &body), body);
    let escaped = r#"[{"asset":"\u0042TC","free":"1"}]"#;
    assert_eq!(kept("binance", escaped), escaped);
    let row =
        r#"{"ccy":"BTC","eq":"-0.00100377","availBal":"","state":"8","uTime":"1744498994783"}"#;
    let body = format!(r#"{{"code":"0","data":[{{"details":[{row}]}}]}}"#);
    assert_eq!(kept("okx", &body), body);
}

#[test]
fn what_is_not_listed_leaves_its_shape_only() {
    let body = r#"{"label":"my key","ip":"203.0.113.7","level":3,"x":null,"y":false,
        "address":{"tag":["a",7,{"memo":"b","free":"2"}]},"msg":"for 203.0.113.7"}"#;
    let left = r#"{"label":"","ip":"","level":0,"x":null,"y":false,"#.to_owned()
        + r#""address":{"tag":["",0,{"memo":"","free":"2"}]},"msg":""}"#;
    assert_eq!(kept("binance", body), left);
    assert_eq!(kept("binance", r#""a text alone""#), r#""""#);
    assert_eq!(kept("binance", "20"), "0");
}

#[test]
fn a_listed_field_keeps_only_what_it_should_hold() {
    let body = r#"{"asset":"me@example.org","free":"secret","walletName":"0x12","code":"123456789",
        "asset":["BTC","a b"],"total":12,"createTime":"yesterday","coin":{"asset":"ETH"}}"#;
    let left = r#"{"asset":"","free":"","walletName":"","code":"","#.to_owned()
        + r#""asset":["BTC",""],"total":12,"createTime":"","coin":{"asset":"ETH"}}"#;
    assert_eq!(kept("binance", body), left);
}

#[test]
fn a_name_that_is_no_word_may_be_data_and_is_not_kept() {
    let body =
        r#"{"me@example.org":"1","3J98t1Wp":{"free":"1"},"fre\u0065":"2","\ud800":"3","":4}"#;
    let left = r#"{"?":"","?":{"free":"1"},"free":"2","?":"","?":0}"#;
    assert_eq!(kept("binance", body), left);
}

#[test]
fn accounts_and_positions_are_told_apart_by_stand_ins() {
    let exchange = ExchangeId::new("okx");
    let mut redactor = Redactor::new(&exchange);
    let mut next = |body: &str| {
        let answer = redactor.answer(&heard("/", body), AT);
        answer.body.get().to_owned()
    };
    let config = r#"{"mainUid":"44705892343619584","uid":"44705892343619584","ordId":""}"#;
    assert_eq!(next(config), r#"{"mainUid":"1","uid":"1","ordId":""}"#);
    let orders = r#"[{"ordId":8},{"ordId":9},{"uid":44705892343619584}]"#;
    assert_eq!(next(orders), r#"[{"ordId":2},{"ordId":3},{"uid":1}]"#);
}

#[test]
fn nothing_is_kept_of_an_exchange_nobody_has_listed() {
    let body = r#"{"asset":"BTC","free":"1","uid":7}"#;
    assert_eq!(kept("kraken", body), r#"{"asset":"","free":"","uid":0}"#);
}

#[test]
fn a_body_that_is_no_json_is_counted_and_not_kept() {
    for body in ["", "<html>me@example.org</html>", r#"{"free":"#, "{} {}"] {
        let answer = redacted("binance", body);
        assert_eq!(answer.content(), Content::NotJson, "{body}");
        let stub = format!(r#"{{"not_json":true,"bytes":{}}}"#, body.len());
        assert_eq!(answer.body.get(), stub);
    }
}

#[test]
fn a_list_is_never_taken_for_a_body_that_is_not_kept() {
    for body in ["[true]", "[true,true,7]", "{}", r#"{"bytes":7}"#] {
        assert!(matches!(redacted("okx", body).content(), Content::Json(_)));
    }
}

#[test]
fn only_what_was_asked_for_is_kept_of_a_request() {
    let exchange = ExchangeId::new("binance");
    let mut redactor = Redactor::new(&exchange);
    let heard = Heard {
        path: "/sapi/v1/simple-earn/flexible/position?apiKey=k",
        parameters: "current=2&timestamp=1&size=100&signature=ab&recvWindow=5000&asset=a%40b&ccy",
        ..heard("/", "[]")
    };
    let answer = redactor.answer(&heard, AT);
    assert_eq!(answer.path, "/sapi/v1/simple-earn/flexible/position");
    assert_eq!(answer.parameters, "current=2&size=100&ccy");
    assert_eq!(answer.taken_at, "2026-01-01T00:00:00Z");
}

#[test]
fn redacting_again_changes_nothing() {
    let exchange = ExchangeId::new("okx");
    for body in [r#"{"uid":"77","ccy":"BTC","eq":"1.50"}"#, "<html>"] {
        let once = redacted("okx", body);
        let again = Redactor::new(&exchange).again(once.clone());
        assert_eq!(again.body.get(), once.body.get());
    }
}

#[test]
fn scrambling_changes_amounts_and_nothing_else() {
    let exchange = ExchangeId::new("binance");
    let noise = |text: &str| vec![3 + u8::try_from(text.len()).unwrap()];
    let body = r#"{"asset":"1000SATS","free":"12.50","locked":12.50,"total":150,"balance":"0.0",
        "freeze":"12.50","updateTime":1767225600000,"code":-1003}"#;
    let answer = Redactor::scrambling(&exchange, &noise).answer(&heard("/", body), AT);
    let expected = r#"{"asset":"1000SATS","free":"98.88","locked":98.88,"total":150,"#.to_owned()
        + r#""balance":"0.0","freeze":"98.88","updateTime":1767225600000,"code":-1003}"#;
    assert_eq!(answer.body.get(), expected);
}

#[test]
fn a_path_that_was_asked_anew_has_its_new_answers_only() {
    let of = |path: &str, parameters: &str, free: &str| Answer {
        path: path.to_owned(),
        parameters: parameters.to_owned(),
        ..redacted("binance", &format!(r#"[{{"free":"{free}"}}]"#))
    };
    let before = vec![
        of("/a", "", "1"),
        of("/b", "current=1", "2"),
        of("/b", "current=2", "3"),
    ];
    let now = vec![
        of("/b", "current=1", "4"),
        of("/c", "", "5"),
        of("/c", "", "6"),
    ];
    let all = renewed(before, now);
    let told: Vec<_> = all
        .iter()
        .map(|a| format!("{} {} {}", a.path, a.parameters, a.body))
        .collect();
    let expected = [
        r#"/a  [{"free":"1"}]"#,
        r#"/b current=1 [{"free":"4"}]"#,
        r#"/c  [{"free":"6"}]"#,
    ];
    assert_eq!(told, expected);
}

#[test]
fn the_largest_bodies_are_left_out_of_what_is_too_large() {
    let of = |path: &str, rows: usize| Answer {
        path: path.to_owned(),
        ..redacted("binance", &format!("[{}0]", "0,".repeat(rows)))
    };
    let (small, large) = (100_000, 180_000);
    let all = renewed(
        Vec::new(),
        vec![of("/a", small), of("/b", large), of("/c", small)],
    );
    let stub = format!(r#"{{"left_out":true,"bytes":{}}}"#, 2 * large + 3);
    assert_eq!(all[1].body.get(), stub);
    assert_eq!(all[1].content(), Content::LeftOut);
    assert!(matches!(all[0].content(), Content::Json(_)));
    assert!(matches!(all[2].content(), Content::Json(_)));
    assert!(serde_json::to_string(&all).unwrap().len() <= MAX_BYTES);
    assert_eq!(of("/d", MAX_BYTES).content(), Content::LeftOut);
}

#[test]
fn only_this_format_is_read() {
    let recording = |format: &str| {
        json!({"format": format, "exchange": "okx", "taken_at": "", "amounts": "kept",
            "answers": []})
        .to_string()
    };
    assert!(Recording::parse(&recording(FORMAT)).is_ok());
    for other in ["", "{}", "[]", &recording("coffer-recording-2")] {
        assert_eq!(Recording::parse(other).unwrap_err(), BadRecording);
    }
}

const CANARY: &str = "canary-77345112@example.org";

/// Any JSON, sown with canaries, under names of the lists and others.
fn sown() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        Just(json!(CANARY)),
        "\\PC{0,12}".prop_map(|text| json!(format!("{text}{CANARY}"))),
        "[0-9]{1,9}\\.[0-9]{1,9}".prop_map(Value::from),
    ];
    let name = prop_oneof![
        Just("free".to_owned()),
        Just("asset".to_owned()),
        Just("perm".to_owned()),
        Just("walletName".to_owned()),
        Just("uid".to_owned()),
        Just("msg".to_owned()),
        Just(CANARY.to_owned()),
        "\\PC{0,8}",
    ];
    leaf.prop_recursive(6, 64, 6, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
            prop::collection::vec((name.clone(), inner), 0..6)
                .prop_map(|fields| Value::Object(fields.into_iter().collect())),
        ]
    })
}

/// Values without what stands in the leaves.
fn shape(value: &Value) -> Value {
    match value {
        Value::Array(list) => list.iter().map(shape).collect(),
        Value::Object(fields) => fields.values().map(shape).collect(),
        Value::String(_) => json!(""),
        Value::Number(_) => json!(0),
        other => other.clone(),
    }
}

proptest! {
    #[test]
    fn no_canary_survives_under_any_name(value in sown(), at in 0..2_usize) {
        let kept = kept(["binance", "okx"][at], &value.to_string());
        prop_assert!(!kept.contains("canary") && !kept.contains("example"), "{}", kept);
        prop_assert!(!kept.contains("77345112"), "{}", kept);
    }

    #[test]
    fn a_number_of_a_field_that_is_not_listed_becomes_zero(
        name in "[a-zA-Z]{1,12}",
        number in any::<i64>(),
    ) {
        let exchange = ExchangeId::new("binance");
        prop_assume!(fields::kind(&exchange, &name) == fields::Kind::Other);
        let body = format!(r#"{{"{name}":{number}}}"#);
        prop_assert_eq!(kept("binance", &body), format!(r#"{{"{name}":0}}"#));
    }

    #[test]
    fn lists_keep_their_length_and_leaves_their_kind(
        rows in prop::collection::vec(sown(), 0..6)
    ) {
        // Names that are no words fall together: only lists are compared.
        let lists: Value = rows.into_iter().filter(|row| !row.is_object()).collect();
        prop_assume!(!lists.to_string().contains('{'));
        let kept: Value = serde_json::from_str(&kept("okx", &lists.to_string())).unwrap();
        prop_assert_eq!(shape(&kept), shape(&lists));
    }

    #[test]
    fn every_number_of_an_amount_survives_byte_for_byte(
        amounts in prop::collection::vec("-?[0-9]{1,40}(\\.[0-9]{1,40})?(e-?[0-9]{1,2})?", 1..20)
    ) {
        let rows: Vec<_> = amounts.iter().map(|a| format!(r#"{{"ccy":"X","bal":"{a}"}}"#)).collect();
        let body = format!(r#"{{"code":"0","data":[{}]}}"#, rows.join(","));
        prop_assert_eq!(kept("okx", &body), body);
    }

    #[test]
    fn no_text_makes_the_redactor_panic(text in "\\PC{0,200}") {
        let _ = redacted("binance", &text);
        let _ = redacted("okx", &format!(r#"{{"ccy":{text}}}"#));
    }
}
