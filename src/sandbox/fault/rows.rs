//! An answer whose list has far more rows than any account.

use std::convert::Infallible;

use axum::body::{Body, Bytes};
use futures::stream;
use serde_json::Value;

/// The names a list of holdings goes by; the innermost first.
const LISTS: [&str; 5] = [
    "\"details\":",
    "\"balances\":",
    "\"userAssets\":",
    "\"rows\":",
    "\"data\":",
];
/// Stands where each row has its own code.
const CODE: &str = "CODE-OF-THIS-ROW";
/// How many rows are sent at once.
const CHUNK: usize = 1000;

/// The answer with its list made this long, each row like the first one but for its code; as it
/// was when it has no list, or an empty one.
pub(super) fn lengthened(body: String, count: usize) -> Body {
    let Some((head, row, tail)) = around_rows(&body) else {
        return Body::from(body);
    };
    let first = Bytes::copy_from_slice(head.as_bytes());
    let last = Bytes::copy_from_slice(tail.as_bytes());
    let rows = (0..count).step_by(CHUNK).map(move |start| {
        let numbers = start..(start + CHUNK).min(count);
        let texts = numbers.map(|number| {
            let comma = if number == 0 { "" } else { "," };
            format!("{comma}{}", row.replace(CODE, &format!("A{number}")))
        });
        Bytes::from(texts.collect::<String>())
    });
    let parts = [first].into_iter().chain(rows).chain([last]);
    Body::from_stream(stream::iter(parts.map(Ok::<_, Infallible>)))
}

/// What comes before the rows, one row to repeat, and what comes after them.
fn around_rows(body: &str) -> Option<(&str, String, &str)> {
    let named = LISTS.iter().find_map(|name| {
        let start = body.find(name)? + name.len();
        body.get(start..)?.starts_with('[').then_some(start)
    });
    let start = named.unwrap_or(0);
    let mut values =
        serde_json::Deserializer::from_str(body.get(start..)?).into_iter::<Vec<Value>>();
    let mut row = values.next()?.ok()?.into_iter().next()?;
    let end = start + values.byte_offset();
    for name in ["asset", "ccy"] {
        if let Some(code) = row.get_mut(name) {
            *code = CODE.into();
        }
    }
    Some((body.get(..=start)?, row.to_string(), body.get(end - 1..)?))
}

#[cfg(test)]
mod tests {
    use axum::body::to_bytes;

    use super::*;

    async fn made(body: &str, count: usize) -> String {
        let bytes = to_bytes(lengthened(body.to_owned(), count), 1 << 20).await;
        String::from_utf8(bytes.unwrap().to_vec()).unwrap()
    }

    #[tokio::test]
    async fn a_list_gets_longer_where_the_exchange_has_it() {
        for (body, expected) in [
            (r#"[{"asset":"X"}]"#, r#"[{"asset":"A0"},{"asset":"A1"}]"#),
            (
                r#"{"rows":[{"asset":"X"}],"total":1}"#,
                r#"{"rows":[{"asset":"A0"},{"asset":"A1"}],"total":1}"#,
            ),
            (
                r#"{"data":[{"details":[{"ccy":"X"},{"ccy":"Y"}]}]}"#,
                r#"{"data":[{"details":[{"ccy":"A0"},{"ccy":"A1"}]}]}"#,
            ),
            (r#"{"rows":[]}"#, r#"{"rows":[]}"#),
            (r#"{"serverTime":1}"#, r#"{"serverTime":1}"#),
        ] {
            assert_eq!(made(body, 2).await, expected);
        }
    }

    #[tokio::test]
    async fn every_row_has_a_code_of_its_own() {
        let body = made(r#"[{"asset":"X"}]"#, 2500).await;
        let rows: Vec<Value> = serde_json::from_str(&body).unwrap();
        let codes: std::collections::HashSet<_> = rows.iter().map(|row| &row["asset"]).collect();
        assert_eq!((rows.len(), codes.len()), (2500, 2500));
    }
}
