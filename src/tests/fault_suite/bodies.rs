//! Answers that are JSON, but no wallet, or one that lies.

use coffer::sandbox::{Effect, Exchange};
use serde_json::{Value, json};

use super::meaning::Meaning;
use super::row::{Row, Strike};

/// The most rows of a wallet that are read.
const MANY: usize = 1_000_000;
const THREE_MEGABYTES: usize = 3 << 20;
const FIVE_MEGABYTES: usize = 5 << 20;

/// Whole answers that are none of a wallet.
const SHAPES: [&str; 12] = [
    "null",
    "true",
    "0",
    "\"canary\"",
    "{}",
    r#"{"data":null}"#,
    r#"{"code":"0","msg":""}"#,
    r#"{"code":"0","msg":"","data":{}}"#,
    r#"{"code":"0","msg":"","data":"canary"}"#,
    r#"{"balances":[]}"#,
    "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[",
    "[]garbage",
];

/// Symbols that nobody should see, with what hides in them.
const SYMBOLS: [(&str, &str); 7] = [
    ("a line break", "B\nTC"),
    ("NUL", "B\0TC"),
    ("an escape", "B\u{1b}[31mTC"),
    ("text from right to left", "\u{202e}CTB"),
    ("no width", "B\u{200b}TC"),
    ("a blank", "B TC"),
    ("nothing", ""),
];

/// Wrong shapes, lists beyond all measure, and rows that cannot be.
pub fn rows(exchange: Exchange) -> Vec<Row> {
    let mut rows = shapes(exchange);
    let place = ("Bodies", exchange);
    let mut wallet = |name: String, rows_of_body: &[String], meaning| {
        let effect = Effect::json(200, &body(exchange, rows_of_body));
        rows.push(Row::new(place, name, Strike::Wallet, effect, meaning));
    };
    let good = row(exchange, &json!("ETH"), &json!("7"));
    let twice = vec![good.clone(), good.clone()];
    wallet("an asset twice".to_owned(), &twice, Meaning::Odd);
    let many = vec!["{}".to_owned(); MANY];
    wallet("a million rows".to_owned(), &many, Meaning::Odd);
    let long = row(exchange, &json!("ETH"), &json!("7".repeat(THREE_MEGABYTES)));
    let name = "an amount of three megabytes".to_owned();
    wallet(name, &[long], Meaning::Rows(1, held(&[("ETH", BEFORE)])));
    let long = row(exchange, &json!("E".repeat(FIVE_MEGABYTES)), &json!("7"));
    // It may be about any asset, so nothing is taken for sold.
    let name = "a symbol of five megabytes".to_owned();
    let all = held(&[("BTC", BEFORE), ("ETH", BEFORE)]);
    wallet(name, &[long], Meaning::Rows(1, all));
    for (hidden, symbol) in SYMBOLS {
        let bad = row(exchange, &json!(symbol), &json!("7"));
        let meaning = Meaning::Rows(1, held(&[("BTC", BEFORE), ("ETH", "7")]));
        wallet(
            format!("{hidden} in a symbol"),
            &[good.clone(), bad],
            meaning,
        );
    }
    rows
}

/// Stands for the total that was held before.
pub const BEFORE: &str = "before";

/// Assets and totals.
pub fn held(rows: &[(&str, &str)]) -> Vec<(String, String)> {
    let owned = |(asset, total): &(&str, &str)| ((*asset).to_owned(), (*total).to_owned());
    rows.iter().map(owned).collect()
}

fn shapes(exchange: Exchange) -> Vec<Row> {
    let place = ("Bodies", exchange);
    let wrong = |shape: &&&str| {
        let okx_wallet = exchange == Exchange::Okx && shape.contains(r#""data":[]"#);
        !okx_wallet
    };
    let one = |shape: &&str| {
        let effect = Effect::json(200, shape);
        let name = format!("the body {shape}");
        Row::new(place, name, Strike::Wallet, effect, Meaning::Odd)
    };
    SHAPES.iter().filter(wrong).map(one).collect()
}

/// A row of the funding wallet with this symbol and amount.
pub fn row(exchange: Exchange, asset: &Value, amount: &Value) -> String {
    match exchange {
        Exchange::Binance => json!({ "asset": asset, "free": amount, "locked": "0" }),
        Exchange::Okx => {
            json!({ "ccy": asset, "bal": amount, "availBal": amount, "frozenBal": "0" })
        }
    }
    .to_string()
}

/// An answer of the funding wallet with these rows.
pub fn body(exchange: Exchange, rows: &[String]) -> String {
    let rows = rows.join(",");
    match exchange {
        Exchange::Binance => format!("[{rows}]"),
        Exchange::Okx => format!(r#"{{"code":"0","msg":"","data":[{rows}]}}"#),
    }
}
