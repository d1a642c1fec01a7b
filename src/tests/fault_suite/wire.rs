//! What happens to an answer on its way.

use std::time::Duration;

use coffer::sandbox::{Effect, Exchange};

use super::meaning::Meaning;
use super::row::{Row, Strike};

/// Answers that are no answers, each at the key call, at one wallet and everywhere. `elsewhere` is
/// another host.
pub fn rows(exchange: Exchange, elsewhere: &str) -> Vec<Row> {
    let text = |kind: &str, body: &str| Effect::answer(200, kind, body);
    let page = "<!DOCTYPE html><html><body>canary</body></html>";
    let faults = [
        ("dropped before the answer", Effect::Drop, Meaning::Away),
        ("broken off in the middle", Effect::BreakOff, Meaning::Away),
        ("cut in half", Effect::Truncate, Meaning::Odd),
        ("HTML as a success", text("text/html", page), Meaning::Odd),
        ("HTML as JSON", text("application/json", page), Meaning::Odd),
        (
            "plain text",
            text("text/plain", "Unauthorized canary"),
            Meaning::Odd,
        ),
        ("an empty body", text("application/json", ""), Meaning::Odd),
        (
            "a gzip bomb",
            Effect::GzipBomb { megabytes: 64 },
            Meaning::Odd,
        ),
        ("a body without end", Effect::Endless, Meaning::Odd),
        (
            "a redirect elsewhere",
            Effect::redirect(elsewhere),
            Meaning::Odd,
        ),
    ];
    everywhere(exchange, &faults)
}

/// Answers that take longer than anybody waits.
pub fn slow_rows(exchange: Exchange) -> Vec<Row> {
    let drip = Effect::Drip(Duration::from_millis(100));
    let faults = [
        ("no answer, ever", Effect::Hang, Meaning::Away),
        ("ten bytes a second", drip, Meaning::Away),
    ];
    everywhere(exchange, &faults)
}

fn everywhere(exchange: Exchange, faults: &[(&str, Effect, Meaning)]) -> Vec<Row> {
    let mut rows = Vec::new();
    for strike in Strike::ALL {
        for (name, effect, meaning) in faults {
            let place = ("On the way", exchange);
            let (effect, meaning) = (effect.clone(), meaning.clone());
            rows.push(Row::new(place, *name, strike, effect, meaning));
        }
    }
    rows
}
