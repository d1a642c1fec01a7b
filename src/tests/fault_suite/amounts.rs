//! Amounts at the edge of what can be written: taken exactly, or not at all.

use coffer::sandbox::{Effect, Exchange};
use serde_json::{Value, json};

use super::bodies::{BEFORE, body, held, row};
use super::fixture;
use super::meaning::Meaning;
use super::row::{Row, Strike};

/// What is stored where it is not the text as it came: shorter, for the same number. Empty for
/// what is no amount.
const STORED: [(&str, &str); 6] = [
    ("0.1040000000000000000000000000000000", "0.104"),
    ("9999999999.0000000000000000", "9999999999"),
    ("0E-8", "0"),
    ("1e-8", "0.00000001"),
    ("1_000", ""),
    ("", ""),
];

/// Further texts that are no amounts.
const NONE: [&str; 10] = [
    "NaN", "-", "1e400", "1e-400", "1.", ".5", "+1", "0x10", "1,5", "1abc",
];

/// One row for each amount.
pub fn rows(exchange: Exchange) -> Vec<Row> {
    let file: Value = serde_json::from_str(&fixture("decimal_edge_values.json")).unwrap();
    let values = file["values"].as_array().unwrap().iter();
    let edges = values.map(|value| value["in"].as_str().unwrap().to_owned());
    let none = NONE.iter().map(|text| (*text).to_owned());
    let place = ("Amounts", exchange);
    edges
        .chain(none)
        .map(|text| {
            let told = row(exchange, &json!("ETH"), &json!(text));
            let effect = Effect::json(200, &body(exchange, &[told]));
            let name = format!("the amount “{text}”");
            Row::new(place, name, Strike::Wallet, effect, meaning(&text))
        })
        .collect()
}

fn meaning(text: &str) -> Meaning {
    let known = STORED.iter().find(|(told, _)| *told == text);
    let stored = match known {
        Some((_, stored)) => stored,
        None if NONE.contains(&text) => "",
        None => text,
    };
    match stored {
        "" => Meaning::Rows(1, held(&[("ETH", BEFORE)])),
        // A row of nothing is no holding.
        "0" => Meaning::Rows(0, Vec::new()),
        exact => Meaning::Rows(0, held(&[("ETH", exact)])),
    }
}
