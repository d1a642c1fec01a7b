//! Prices as Binance streams them.

use std::time::Duration;

use serde::Deserialize;
use serde_json::json;
use serde_json::value::RawValue;

use super::Streams;
use crate::domain::market::Pair;
use crate::domain::problem::ExchangeProblem;
use crate::domain::timestamp::Timestamp;
use crate::exchanges::rows::{amount, text};
use crate::exchanges::streams::{PriceDialect, PriceMessage, Rate, StreamSite, Told};

/// How many streams one connection may carry is 1,024, and 5 messages a second may come in, pongs
/// included. Manual: binance-spot-api-docs, web-socket-streams.md, "Websocket Limits"; state of
/// 2026-07-21.
const MOST: usize = 1_000;
pub(super) const AT_ONCE: usize = 100;
const RATE: Rate = Rate {
    at_once: 1,
    every: Duration::from_millis(400),
};
/// The price of 24 hours, once a second as long as it changes. Manual: as above, "Individual Symbol
/// Mini Ticker Stream".
const STREAM: &str = "@miniTicker";

/// What prices come as: `{"stream": …, "data": {"e": "24hrMiniTicker", …}}`.
#[derive(Deserialize)]
struct Combined<'a> {
    #[serde(borrow)]
    data: Option<Data<'a>>,
    /// In answers to what was asked for.
    #[serde(borrow)]
    id: Option<&'a RawValue>,
    #[serde(borrow)]
    error: Option<&'a RawValue>,
}

/// Manual: web-socket-streams.md, "Individual Symbol Mini Ticker Stream"; state of 2026-07-21.
#[derive(Deserialize)]
struct Data<'a> {
    #[serde(borrow)]
    e: Option<&'a RawValue>,
    #[serde(borrow, rename = "E")]
    at: Option<&'a RawValue>,
    #[serde(borrow)]
    s: Option<&'a RawValue>,
    #[serde(borrow)]
    c: Option<&'a RawValue>,
    #[serde(borrow)]
    o: Option<&'a RawValue>,
    #[serde(borrow)]
    h: Option<&'a RawValue>,
    #[serde(borrow)]
    l: Option<&'a RawValue>,
    #[serde(borrow)]
    v: Option<&'a RawValue>,
}

impl Data<'_> {
    fn told(&self) -> Option<Told> {
        let number = |field| amount(field).ok().flatten();
        Some(Told {
            name: text(self.s).ok()??,
            last: number(self.c)?,
            open: number(self.o)?,
            high: number(self.h)?,
            low: number(self.l)?,
            volume: number(self.v)?,
            at: Timestamp(text(self.at).ok()??.parse().ok()?),
        })
    }
}

fn stream_of(name: &str) -> String {
    format!("{}{STREAM}", name.to_lowercase())
}

fn message(id: u64, method: &str, names: &[&str]) -> String {
    let streams: Vec<_> = names.iter().map(|name| stream_of(name)).collect();
    json!({ "id": id, "method": method, "params": streams }).to_string()
}

impl PriceDialect for Streams {
    fn exchange(&self) -> &'static str {
        "binance"
    }

    fn site(&self) -> &StreamSite {
        &self.prices
    }

    fn rate(&self) -> Rate {
        RATE
    }

    fn most(&self) -> (usize, usize) {
        (MOST, AT_ONCE)
    }

    fn name(&self, pair: &Pair) -> String {
        format!("{}{}", pair.base, pair.quote)
    }

    fn first(&self, names: &[&str]) -> (String, usize) {
        let first = &names[..names.len().min(AT_ONCE)];
        let streams: Vec<_> = first.iter().map(|name| stream_of(name)).collect();
        (
            format!("streams={}", encoded(&streams.join("/"))),
            first.len(),
        )
    }

    fn ask(&self, id: u64, names: &[&str]) -> String {
        message(id, "SUBSCRIBE", names)
    }

    fn leave(&self, id: u64, names: &[&str]) -> String {
        message(id, "UNSUBSCRIBE", names)
    }

    fn ping(&self) -> Option<&'static str> {
        None
    }

    fn read<'m>(&self, message: &'m str) -> PriceMessage<'m> {
        let Ok(told) = serde_json::from_str::<Combined<'_>>(message) else {
            return PriceMessage::Odd;
        };
        if let Some(data) = told.data {
            let kind = text(data.e).ok().flatten();
            return match kind.as_deref() {
                Some("24hrMiniTicker") => PriceMessage::Tickers(vec![(data.told(), message)]),
                Some("serverShutdown") => PriceMessage::Leaving,
                Some(_) => PriceMessage::Nothing,
                None => PriceMessage::Odd,
            };
        }
        match (told.id, told.error) {
            (_, Some(_)) => PriceMessage::Refused(ExchangeProblem::BadResponse),
            (Some(_), None) => PriceMessage::Nothing,
            (None, None) => PriceMessage::Odd,
        }
    }
}

/// Stream names as they stand in a query: letters of other scripts are encoded.
fn encoded(names: &str) -> String {
    let plain = |b: u8| b.is_ascii_alphanumeric() || b"@/".contains(&b);
    let byte = |b: u8| {
        if plain(b) {
            char::from(b).to_string()
        } else {
            format!("%{b:02X}")
        }
    };
    names.bytes().map(byte).collect()
}
