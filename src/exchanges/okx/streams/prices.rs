//! Prices as OKX streams them.

use std::time::Duration;

use serde::Deserialize;
use serde_json::json;
use serde_json::value::RawValue;

use super::{Message, PING, PONG, Streams, why};
use crate::domain::market::Pair;
use crate::domain::timestamp::Timestamp;
use crate::exchanges::rows::{amount, text};
use crate::exchanges::streams::{PriceDialect, PriceMessage, Rate, StreamSite, Told};

/// How many pairs one connection carries here; a message may be 64 KB long, which is far more than the
/// most that one asks for. Manual: OKX API v5, "WebSocket", "Subscribe"; copy of 2025-08-17.
const MOST: usize = 1_000;
const AT_ONCE: usize = 100;
/// 480 messages an hour may ask for something, or for it no longer. Manual: as above, "Connect".
const RATE: Rate = Rate {
    at_once: 20,
    every: Duration::from_secs(8),
};
/// Manual: OKX API v5, "Tickers channel"; copy of 2025-08-17.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Ticker<'a> {
    #[serde(borrow)]
    inst_id: Option<&'a RawValue>,
    #[serde(borrow)]
    last: Option<&'a RawValue>,
    #[serde(borrow)]
    open24h: Option<&'a RawValue>,
    #[serde(borrow)]
    high24h: Option<&'a RawValue>,
    #[serde(borrow)]
    low24h: Option<&'a RawValue>,
    #[serde(borrow)]
    vol24h: Option<&'a RawValue>,
    #[serde(borrow)]
    ts: Option<&'a RawValue>,
}

fn told(raw: &RawValue) -> Option<Told> {
    let ticker: Ticker<'_> = serde_json::from_str(raw.get()).ok()?;
    let number = |field| amount(field).ok().flatten();
    Some(Told {
        name: text(ticker.inst_id).ok()??,
        last: number(ticker.last)?,
        open: number(ticker.open24h)?,
        high: number(ticker.high24h)?,
        low: number(ticker.low24h)?,
        volume: number(ticker.vol24h)?,
        at: Timestamp(text(ticker.ts).ok()??.parse().ok()?),
    })
}

fn message(op: &str, names: &[&str]) -> String {
    let arg = |name: &&str| json!({ "channel": "tickers", "instId": name });
    let args: Vec<_> = names.iter().map(arg).collect();
    json!({ "op": op, "args": args }).to_string()
}

impl PriceDialect for Streams {
    fn exchange(&self) -> &'static str {
        "okx"
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
        pair.to_string()
    }

    fn first(&self, _names: &[&str]) -> (String, usize) {
        (String::new(), 0)
    }

    fn ask(&self, _id: u64, names: &[&str]) -> String {
        message("subscribe", names)
    }

    fn leave(&self, _id: u64, names: &[&str]) -> String {
        message("unsubscribe", names)
    }

    fn ping(&self) -> Option<&'static str> {
        Some(PING)
    }

    fn read<'m>(&self, message: &'m str) -> PriceMessage<'m> {
        if message == PONG {
            return PriceMessage::Nothing;
        }
        let Ok(heard) = serde_json::from_str::<Message<'_>>(message) else {
            return PriceMessage::Odd;
        };
        match (heard.event.as_deref(), &heard.data) {
            (None, Some(rows)) if heard.is_of("tickers") => {
                PriceMessage::Tickers(rows.iter().map(|raw| (told(raw), raw.get())).collect())
            }
            (Some("subscribe" | "unsubscribe" | "channel-conn-count"), _) => PriceMessage::Nothing,
            (Some("notice"), _) => PriceMessage::Leaving,
            (Some("error"), _) => match (heard.code(), unlisted(&heard)) {
                (60018, Some(name)) => PriceMessage::Unlisted(name),
                (code, _) => PriceMessage::Refused(why(code)),
            },
            _ => PriceMessage::Odd,
        }
    }
}

/// The pair that is not listed: in the argument, or in the words
/// `Wrong URL or channel:tickers,instId:BTC-NOPE doesn't exist.`
fn unlisted(heard: &Message<'_>) -> Option<String> {
    if let Some(arg) = &heard.arg {
        return text(arg.inst_id).ok()?;
    }
    let words = text(heard.msg).ok()??;
    let (_, rest) = words.split_once("instId:")?;
    rest.split_whitespace().next().map(str::to_owned)
}
