//! The WebSockets that are open, what was asked over each, and what is sent over it.

mod socket;

pub(super) use socket::{address, serve};

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use tokio::sync::mpsc::UnboundedSender;

use super::{Exchange, binance, okx, state::State};

/// What is done to a socket.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Out {
    /// A message of text.
    Text(String),
    /// A message that is no text, which no exchange sends.
    Binary(Vec<u8>),
    /// The end, with a code and a reason.
    Close(u16, &'static str),
    /// The end without a word.
    Drop,
}

/// What was asked over a socket.
#[derive(Debug)]
pub(super) enum Session {
    /// Binance's market streams.
    BinancePrices(binance::Prices),
    /// Binance's WebSocket API.
    BinanceApi(binance::Api),
    /// OKX's public channels.
    OkxPublic(okx::Public),
    /// OKX's private channels.
    OkxPrivate(okx::Private),
}

/// A socket that is open.
#[derive(Debug)]
pub(super) struct Open {
    id: u64,
    pub(super) exchange: Exchange,
    pub(super) path: String,
    pub(super) session: Session,
    out: UnboundedSender<Out>,
}

impl Open {
    /// Has something sent.
    pub(super) fn send(&self, out: Out) {
        // A socket that is closing takes no more.
        let _ = self.out.send(out);
    }
}

/// All sockets, and how the exchanges treat them.
#[derive(Debug)]
pub(super) struct Streams {
    pub(super) open: Vec<Open>,
    /// How often one was opened, by exchange.
    pub(super) opened: BTreeMap<Exchange, usize>,
    /// How often the other end said that it is there, by exchange: answers to Binance, questions to OKX.
    pub(super) signs: BTreeMap<Exchange, usize>,
    next_id: u64,
    /// How often Binance asks whether the other end is there.
    pub(super) ping_every: Duration,
    /// How long it waits for the answer.
    pub(super) pong_within: Duration,
    /// After how long without a word OKX closes.
    pub(super) idle: Duration,
    /// The exchanges that say nothing any more, not even that they are there.
    pub(super) silent: Vec<Exchange>,
    /// The HTTP status that sockets are refused with.
    pub(super) refused: BTreeMap<Exchange, u16>,
    /// How often one was refused, by exchange.
    pub(super) refusals: BTreeMap<Exchange, usize>,
    /// When OKX's last sockets were opened, in milliseconds since the epoch.
    pub(super) okx_opened_ms: Vec<i64>,
}

impl Default for Streams {
    fn default() -> Self {
        Self {
            open: Vec::new(),
            opened: BTreeMap::new(),
            signs: BTreeMap::new(),
            next_id: 1,
            ping_every: Duration::from_secs(20),
            pong_within: Duration::from_secs(60),
            idle: Duration::from_secs(30),
            silent: Vec::new(),
            refused: BTreeMap::new(),
            refusals: BTreeMap::new(),
            okx_opened_ms: Vec::new(),
        }
    }
}

/// The path and query of a socket that is to be opened.
#[derive(Clone, Debug)]
pub(super) struct Address {
    pub(super) path: String,
    pub(super) query: String,
}

impl Address {
    /// The exchange it belongs to; `None` when there is no such path.
    pub(super) fn exchange(&self) -> Option<Exchange> {
        match self.path.as_str() {
            "/ws/v5/public" | "/ws/v5/private" => Some(Exchange::Okx),
            "/stream" | "/ws" | "/ws-api/v3" => Some(Exchange::Binance),
            path => path
                .strip_prefix("/ws/")
                .filter(|name| !name.is_empty() && !name.contains('/'))
                .map(|_| Exchange::Binance),
        }
    }

    fn session(&self) -> Result<Session, u16> {
        match self.path.as_str() {
            "/ws/v5/public" => Ok(Session::OkxPublic(okx::Public::default())),
            "/ws/v5/private" => Ok(Session::OkxPrivate(okx::Private::default())),
            "/ws-api/v3" => Ok(Session::BinanceApi(binance::Api::default())),
            _ => binance::Prices::open(self).map(Session::BinancePrices),
        }
    }
}

impl State {
    /// Opens a socket; the HTTP status of a refusal otherwise.
    pub(super) fn open_stream(
        &mut self,
        address: &Address,
        out: UnboundedSender<Out>,
    ) -> Result<(u64, Exchange), u16> {
        let exchange = address.exchange().ok_or(404_u16)?;
        if let Some(status) = self.streams.refused.get(&exchange).copied() {
            *self.streams.refusals.entry(exchange).or_default() += 1;
            return Err(status);
        }
        if self.maintenance.contains(&exchange) {
            return Err(503);
        }
        let now_ms = self.clock.now_ms();
        if exchange == Exchange::Okx && !self.within_connects(now_ms) {
            return Err(429);
        }
        let session = address.session()?;
        let id = self.streams.next_id;
        self.streams.next_id += 1;
        *self.streams.opened.entry(exchange).or_default() += 1;
        self.streams.open.push(Open {
            id,
            exchange,
            path: address.path.clone(),
            session,
            out,
        });
        Ok((id, exchange))
    }

    /// Whether OKX opens one more: 3 in a second.
    fn within_connects(&mut self, now_ms: i64) -> bool {
        let opened = &mut self.streams.okx_opened_ms;
        opened.retain(|at| now_ms - at < 1_000);
        opened.push(now_ms);
        !self.okx.rates.on || opened.len() <= 3
    }

    /// Hears a message over a socket and answers it.
    pub(super) fn hear_stream(&mut self, id: u64, message: &str) {
        let now_ms = self.clock.now_ms();
        if message == "ping" {
            self.note_sign(Exchange::Okx);
        }
        let Some(place) = self.streams.open.iter().position(|open| open.id == id) else {
            return;
        };
        let mut open = self.streams.open.swap_remove(place);
        let answers = match &mut open.session {
            Session::BinancePrices(prices) => prices.hear(self, message, now_ms),
            Session::BinanceApi(api) => api.hear(self, message, now_ms),
            Session::OkxPublic(public) => public.hear(self, message, now_ms),
            Session::OkxPrivate(private) => private.hear(self, message, now_ms),
        };
        for answer in answers {
            open.send(answer);
        }
        self.streams.open.push(open);
    }

    /// Notes that the other end said that it is there.
    pub(super) fn note_sign(&mut self, exchange: Exchange) {
        *self.streams.signs.entry(exchange).or_default() += 1;
    }

    /// Forgets a socket that is closed.
    pub(super) fn forget_stream(&mut self, id: u64) {
        self.streams.open.retain(|open| open.id != id);
    }

    /// Tells everybody who asked for it that a pair has another price.
    pub(super) fn push_price(&mut self, exchange: Exchange, base: &str, quote: &str) {
        let now_ms = self.clock.now_ms();
        let pairs = self.markets.pairs(exchange).iter();
        let mut traded = pairs.filter(|pair| pair.traded);
        let Some(pair) = traded.find(|pair| pair.base == base && pair.quote == quote) else {
            return;
        };
        for open in &self.streams.open {
            let told = match &open.session {
                Session::BinancePrices(prices) if exchange == Exchange::Binance => {
                    prices.tell(pair, now_ms)
                }
                Session::OkxPublic(public) if exchange == Exchange::Okx => {
                    public.tell(pair, now_ms)
                }
                _ => Vec::new(),
            };
            for out in told {
                open.send(out);
            }
        }
    }

    /// Tells everybody who listens to an account that it has changed.
    pub(super) fn push_account(&mut self, exchange: Exchange, uid: &Arc<str>) {
        let now_ms = self.clock.now_ms();
        let Some(account) = self.accounts.get(exchange, uid) else {
            return;
        };
        for open in &self.streams.open {
            let told = match &open.session {
                Session::BinanceApi(api) if exchange == Exchange::Binance => {
                    api.tell(account, now_ms)
                }
                Session::OkxPrivate(private) if exchange == Exchange::Okx => {
                    private.tell(account, now_ms)
                }
                _ => Vec::new(),
            };
            for out in told {
                open.send(out);
            }
        }
    }
}
