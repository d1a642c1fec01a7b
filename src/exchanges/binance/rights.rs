//! What a Binance key may do.

use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

use crate::domain::problem::{BadKey, ExchangeProblem};
use crate::domain::rights::{KeyRights, KnownRight, Right};
use crate::exchanges::transport::Answer;

const READING: &str = "enableReading";
/// Says where the key works from, which is not a right.
const IP_LIST: &str = "ipRestrict";

/// Far more fields than a key has rights: such an answer is no answer.
const MAX_FIELDS: usize = 100;

/// Every right of a key. Manual: the wallet catalogue of binance-connector-rust, "Get API Key
/// Permission"; state of 2026-07-22.
const KNOWN: [KnownRight; 11] = [
    harmless(READING, "reading"),
    harmless("enableFixReadOnly", "reading over FIX"),
    beyond_reading("enableSpotAndMarginTrading", "spot and margin trading"),
    beyond_reading("enableWithdrawals", "withdrawals"),
    beyond_reading("enableInternalTransfer", "internal transfers"),
    beyond_reading("permitsUniversalTransfer", "universal transfers"),
    beyond_reading("enableMargin", "margin loans and transfers"),
    beyond_reading("enableFutures", "futures trading"),
    beyond_reading("enableVanillaOptions", "options trading"),
    beyond_reading("enableFixApiTrade", "trading over FIX"),
    beyond_reading("enablePortfolioMarginTrading", "portfolio margin trading"),
];

const fn harmless(name: &'static str, words: &'static str) -> KnownRight {
    KnownRight {
        name,
        words,
        harmless: true,
        always_listed: true,
    }
}

const fn beyond_reading(name: &'static str, words: &'static str) -> KnownRight {
    KnownRight {
        harmless: false,
        ..harmless(name, words)
    }
}

/// Judges the answer of `apiRestrictions`.
///
/// # Errors
/// [`ExchangeProblem::BadResponse`] when it is no JSON object, and [`BadKey::CannotRead`] when
/// reading is off.
pub(super) fn read(answer: &Answer) -> Result<KeyRights, ExchangeProblem> {
    let body = std::str::from_utf8(&answer.body).map_err(|_| ExchangeProblem::BadResponse)?;
    judge(body)
}

fn judge(body: &str) -> Result<KeyRights, ExchangeProblem> {
    let Fields(fields) = serde_json::from_str(body).map_err(|_| ExchangeProblem::BadResponse)?;
    if fields.len() > MAX_FIELDS {
        return Err(ExchangeProblem::BadResponse);
    }
    let flag = |name: &str| {
        let field = fields.iter().find(|(field, _)| field == name);
        field.and_then(|(_, value)| as_bool(value))
    };
    if flag(READING) == Some(false) {
        return Err(ExchangeProblem::InvalidCredentials(BadKey::CannotRead));
    }
    let listed: Vec<_> = fields
        .iter()
        .filter(|(name, _)| name != IP_LIST)
        .filter_map(|(name, value)| right(name, value))
        .collect();
    Ok(KeyRights::judge(&listed, &KNOWN, flag(IP_LIST)))
}

/// A field as a right. Times and the like are none. A known right that is no plain yes or no counts
/// as not told; an unknown one that is named like a right counts as granted.
fn right<'a>(name: &'a str, value: &RawValue) -> Option<Right<'a>> {
    let known = KNOWN.iter().any(|known| known.name == name);
    let named_like_one = name.starts_with("enable") || name.starts_with("permits");
    let granted = match as_bool(value) {
        Some(granted) => granted,
        None if !known && named_like_one => true,
        None => return None,
    };
    Some(Right { name, granted })
}

fn as_bool(value: &RawValue) -> Option<bool> {
    value.get().parse().ok()
}

/// The fields of a JSON object in their order. A field that comes twice is there twice, so that a
/// second `false` does not hide a `true`.
struct Fields<'a>(Vec<(String, &'a RawValue)>);

impl<'de: 'a, 'a> Deserialize<'de> for Fields<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(FieldsVisitor)
    }
}

struct FieldsVisitor;

impl<'de> Visitor<'de> for FieldsVisitor {
    type Value = Fields<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Fields<'de>, A::Error> {
        let mut fields = Vec::new();
        while let Some(field) = map.next_entry()? {
            fields.push(field);
        }
        Ok(Fields(fields))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::rights::RightsState;
    use crate::exchanges::testing::fixture;

    fn judged(name: &str) -> KeyRights {
        judge(&fixture(name)).unwrap()
    }

    /// The read-only answer with one piece of text replaced.
    fn with(old: &str, new: &str) -> Result<KeyRights, ExchangeProblem> {
        let body = fixture("binance_sapi_apiRestrictions_read_only_constructed.json");
        assert!(body.contains(old));
        judge(&body.replace(old, new))
    }

    #[test]
    fn a_key_that_only_reads_is_read_only() {
        let rights = judged("binance_sapi_apiRestrictions_read_only_constructed.json");
        assert_eq!(rights.state, RightsState::ReadOnly);
        assert_eq!(rights.granted, ["reading"]);
        assert_eq!(rights.ip_restricted, Some(true));
    }

    #[test]
    fn an_answer_with_a_flood_of_rights_is_a_bad_response() {
        let flood: Vec<_> = (0..101).map(|n| format!("\"enable{n}\": true")).collect();
        let body = format!("{{{}}}", flood.join(", "));
        assert_eq!(judge(&body), Err(ExchangeProblem::BadResponse));
    }

    #[test]
    fn every_right_beyond_reading_is_named() {
        let rights = judged("binance_sapi_apiRestrictions_excess_constructed.json");
        assert_eq!(rights.state, RightsState::Excess);
        assert_eq!(
            rights.excess,
            [
                "withdrawals",
                "internal transfers",
                "futures trading",
                "universal transfers",
                "spot and margin trading"
            ]
        );
        assert_eq!(rights.ip_restricted, Some(false));
    }

    #[test]
    fn the_manuals_example_can_do_more_than_read() {
        let rights = judged("binance_sapi_apiRestrictions_docs.json");
        assert_eq!(
            rights.excess,
            [
                "internal transfers",
                "universal transfers",
                "portfolio margin trading"
            ]
        );
    }

    #[test]
    fn a_right_nobody_has_heard_of_is_excess() {
        let rights = judged("binance_sapi_apiRestrictions_unknown_flag_constructed.json");
        assert_eq!(
            rights.excess,
            ["a right unknown to Coffer (enableSomethingNew)"]
        );
        let told_oddly = with("{", r#"{"enableSomethingNew": "true","#).unwrap();
        assert_eq!(told_oddly.state, RightsState::Excess);
    }

    #[test]
    fn each_right_alone_is_judged() {
        for known in KNOWN {
            let (off, on) = (
                format!("\"{}\": false", known.name),
                format!("\"{}\": true", known.name),
            );
            if known.name != READING {
                let state = with(&off, &on).unwrap().state;
                assert_eq!(state == RightsState::Excess, !known.harmless, "{off}");
            }
        }
    }

    #[test]
    fn a_right_that_is_not_told_leaves_the_rights_unknown() {
        for (old, new) in [
            (r#""enableWithdrawals": false,"#, ""),
            (
                r#""enableWithdrawals": false"#,
                r#""enableWithdrawals": "false""#,
            ),
            (
                r#""enableWithdrawals": false"#,
                r#""enableWithdrawals": null"#,
            ),
            (r#""enableReading": true,"#, ""),
        ] {
            let rights = with(old, new).unwrap();
            assert_eq!(rights.state, RightsState::Unknown, "{new}");
        }
        assert_eq!(judge("{}").unwrap().state, RightsState::Unknown);
    }

    #[test]
    fn a_right_told_twice_counts_when_it_is_granted_once() {
        let twice = r#""enableWithdrawals": true, "enableWithdrawals": false"#;
        let rights = with(r#""enableWithdrawals": false"#, twice).unwrap();
        assert_eq!(rights.state, RightsState::Excess);
    }

    #[test]
    fn fields_that_are_no_rights_change_nothing() {
        let rights = with("{", r#"{"tradingAuthorityExpirationTime": 1, "note": "x","#).unwrap();
        assert_eq!(rights.state, RightsState::ReadOnly);
    }

    #[test]
    fn a_key_that_cannot_read_is_refused() {
        let problem = with(r#""enableReading": true"#, r#""enableReading": false"#).unwrap_err();
        assert_eq!(
            problem,
            ExchangeProblem::InvalidCredentials(BadKey::CannotRead)
        );
    }

    #[test]
    fn what_is_no_object_is_a_bad_response() {
        for body in ["", "[]", "null", "true", "<html>", "{\"enableReading\":"] {
            assert_eq!(judge(body), Err(ExchangeProblem::BadResponse), "{body}");
        }
    }

    proptest::proptest! {
        #[test]
        fn no_text_makes_the_judge_panic(text in "\\PC{0,200}", name in "\\PC{0,20}", value in "\\PC{0,8}") {
            let _ = judge(&text);
            let _ = judge(&format!(r#"{{"{name}":{value}}}"#));
        }
    }
}
