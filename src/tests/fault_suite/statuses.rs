//! Every HTTP status that an exchange, its gateway or its firewall may answer with.

use coffer::sandbox::{Effect, Exchange};

use super::meaning::{BLOCKED, Meaning};
use super::row::{Row, Strike};

/// Statuses of the manuals, and those that gateways send on a bad day.
const STATUSES: [(u16, Meaning); 27] = [
    (300, Meaning::Odd),
    (301, Meaning::Odd),
    (302, Meaning::Odd),
    (307, Meaning::Odd),
    (308, Meaning::Odd),
    (400, Meaning::Odd),
    (401, Meaning::Odd),
    // A firewall names no time; five minutes is what clients found to do.
    (403, Meaning::Wait(300)),
    (404, Meaning::NotThere),
    (405, Meaning::Odd),
    (408, Meaning::AwayAtOnce),
    (409, Meaning::Odd),
    (410, Meaning::NotThere),
    (413, Meaning::Odd),
    (418, Meaning::Wait(120)),
    (422, Meaning::Odd),
    (451, Meaning::Attention(BLOCKED)),
    (500, Meaning::Away),
    (501, Meaning::Away),
    (502, Meaning::Away),
    (503, Meaning::Away),
    (504, Meaning::Away),
    (520, Meaning::Away),
    (521, Meaning::Away),
    (522, Meaning::Away),
    (524, Meaning::Away),
    (599, Meaning::Away),
];

/// What such answers are made of.
const BODIES: [(&str, &str, &str); 3] = [
    (
        "with HTML",
        "text/html",
        "<html><body><h1>canary</h1></body></html>",
    ),
    ("with JSON", "application/json", r#"{"message":"canary"}"#),
    ("empty", "text/plain", ""),
];

/// `Retry-After`, and for how many seconds nobody asks then; without a number it is the exchange's
/// floor.
const WAITS: [(u16, Option<&str>, Option<u64>); 9] = [
    (429, Some("60"), Some(60)),
    (429, Some("3600"), Some(3_600)),
    (429, Some("0"), None),
    (429, Some("-5"), None),
    (429, Some("soon"), None),
    (429, Some("Wed, 21 Oct 2099 07:28:00 GMT"), None),
    (429, None, None),
    // Nothing that an exchange asks for lasts longer than Binance's longest ban.
    (429, Some("99999999999"), Some(3 * 24 * 60 * 60)),
    (418, Some("0"), Some(120)),
];

/// Each status with each kind of body; where it strikes goes round.
pub fn rows(exchange: Exchange) -> Vec<Row> {
    let place = ("HTTP statuses", exchange);
    let mut rows = Vec::new();
    for (index, (status, meaning)) in STATUSES.iter().enumerate() {
        for (turn, (kind, content_type, body)) in BODIES.iter().enumerate() {
            let strike = Strike::ALL[(index + turn) % Strike::ALL.len()];
            let effect = Effect::answer(*status, content_type, body);
            let name = format!("HTTP {status} {kind}");
            rows.push(Row::new(place, name, strike, effect, meaning.clone()));
        }
    }
    rows
}

/// Each wish to wait, wherever it strikes.
pub fn waits(exchange: Exchange) -> Vec<Row> {
    let place = ("Wishes to wait", exchange);
    let floor = match exchange {
        Exchange::Binance => 1,
        Exchange::Okx => 2,
    };
    let mut rows = Vec::new();
    for (status, header, seconds) in WAITS {
        for strike in Strike::ALL {
            let effect = Effect::answer(status, "text/html", "<html>canary</html>");
            let (name, effect) = match header {
                Some(value) => (
                    format!("HTTP {status}, Retry-After {value}"),
                    effect.with_header("Retry-After", value),
                ),
                None => (format!("HTTP {status} without Retry-After"), effect),
            };
            let meaning = Meaning::Wait(seconds.unwrap_or(floor));
            rows.push(Row::new(place, name, strike, effect, meaning));
        }
    }
    rows
}
