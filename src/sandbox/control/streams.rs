//! Looking at the WebSockets that are open, and what is done to them.

use std::time::Duration;

use super::{Control, UnknownKey};
use crate::sandbox::{
    Exchange, okx,
    streams::{Open, Out, Session},
};

/// A WebSocket that is open.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenStream {
    /// The exchange.
    pub exchange: Exchange,
    /// The path it was opened at.
    pub path: String,
    /// What is subscribed to: streams, or pairs; of accounts nothing.
    pub subscribed: Vec<String>,
}

/// Streams.
impl Control {
    /// The WebSockets that are open.
    #[must_use]
    pub fn streams(&self) -> Vec<OpenStream> {
        let shown = |open: &Open| OpenStream {
            exchange: open.exchange,
            path: open.path.clone(),
            subscribed: match &open.session {
                Session::BinancePrices(prices) => prices.streams(),
                Session::OkxPublic(public) => public.pairs(),
                Session::BinanceApi(_) | Session::OkxPrivate(_) => Vec::new(),
            },
        };
        self.state().streams.open.iter().map(shown).collect()
    }

    /// How many WebSockets tell of changes of the account behind a key.
    ///
    /// # Errors
    /// [`UnknownKey`].
    pub fn followers(&self, api_key: &str) -> Result<usize, UnknownKey> {
        let state = self.state();
        let (_, uid) = state.owner(api_key).ok_or(UnknownKey)?;
        let follows = |open: &&Open| match &open.session {
            Session::BinanceApi(api) => api.follows(&uid),
            Session::OkxPrivate(private) => private.follows(&uid),
            _ => false,
        };
        Ok(state.streams.open.iter().filter(follows).count())
    }

    /// How often a WebSocket of an exchange was opened.
    #[must_use]
    pub fn streams_opened(&self, exchange: Exchange) -> usize {
        let state = self.state();
        state
            .streams
            .opened
            .get(&exchange)
            .copied()
            .unwrap_or_default()
    }

    /// How often [`Self::refuse_streams`] had one refused.
    #[must_use]
    pub fn streams_refused(&self, exchange: Exchange) -> usize {
        let state = self.state();
        state
            .streams
            .refusals
            .get(&exchange)
            .copied()
            .unwrap_or_default()
    }

    /// How often the other ends of an exchange's WebSockets said that they are there: answers to Binance,
    /// questions to OKX.
    #[must_use]
    pub fn signs_of_life(&self, exchange: Exchange) -> usize {
        let state = self.state();
        state
            .streams
            .signs
            .get(&exchange)
            .copied()
            .unwrap_or_default()
    }

    /// Cuts off every WebSocket of an exchange, without a word.
    pub fn drop_streams(&self, exchange: Exchange) {
        self.send_to(exchange, &Out::Drop);
    }

    /// Sends a message over every WebSocket of an exchange, as it stands.
    pub fn send_over_streams(&self, exchange: Exchange, message: &str) {
        self.send_to(exchange, &Out::Text(message.to_owned()));
    }

    /// Sends bytes over every WebSocket of an exchange, which no exchange does.
    pub fn send_bytes_over_streams(&self, exchange: Exchange, bytes: &[u8]) {
        self.send_to(exchange, &Out::Binary(bytes.to_vec()));
    }

    /// Announces that every WebSocket of an exchange will be closed.
    pub fn announce_restart(&self, exchange: Exchange) {
        let state = self.state();
        let now_ms = state.clock.now_ms();
        let of_it = state.streams.open.iter();
        for open in of_it.filter(|open| open.exchange == exchange) {
            let out = match &open.session {
                Session::BinancePrices(prices) => prices.shutdown(now_ms),
                Session::BinanceApi(api) => api.shutdown(now_ms),
                Session::OkxPublic(_) | Session::OkxPrivate(_) => okx::notice(),
            };
            open.send(out);
        }
    }

    /// Has Binance tell nothing more of any account, as after a key was deleted.
    pub fn terminate_account_streams(&self) {
        let mut state = self.state();
        let now_ms = state.clock.now_ms();
        for open in &mut state.streams.open {
            if let Session::BinanceApi(api) = &mut open.session {
                for out in api.terminate(now_ms) {
                    open.send(out);
                }
            }
        }
    }

    /// Has an exchange say nothing more over its WebSockets, not even that it is there, or speak again.
    pub fn silence_streams(&self, exchange: Exchange, silent: bool) {
        let mut state = self.state();
        let silenced = &mut state.streams.silent;
        silenced.retain(|other| *other != exchange);
        if silent {
            silenced.push(exchange);
        }
    }

    /// Has an exchange refuse WebSockets with an HTTP status, or open them again.
    pub fn refuse_streams(&self, exchange: Exchange, status: Option<u16>) {
        let mut state = self.state();
        let refused = &mut state.streams.refused;
        match status {
            Some(status) => refused.insert(exchange, status),
            None => refused.remove(&exchange),
        };
    }

    /// Sets how often Binance asks over a WebSocket whether the other end is there, and how long it
    /// waits for the answer; 20 seconds and a minute at the start. Those that are open stay as they are.
    pub fn set_binance_pings(&self, every: Duration, within: Duration) {
        let mut state = self.state();
        let streams = &mut state.streams;
        streams.ping_every = every;
        streams.pong_within = within;
    }

    /// Sets after how long without a word OKX closes a WebSocket; 30 seconds at the start.
    pub fn set_okx_idle(&self, idle: Duration) {
        self.state().streams.idle = idle;
    }

    /// Tells whoever follows the account behind a key that it has changed.
    ///
    /// # Errors
    /// [`UnknownKey`].
    pub fn tell_account_changed(&self, api_key: &str) -> Result<(), UnknownKey> {
        let mut state = self.state();
        let (exchange, uid) = state.owner(api_key).ok_or(UnknownKey)?;
        state.push_account(exchange, &uid);
        Ok(())
    }

    fn send_to(&self, exchange: Exchange, out: &Out) {
        let state = self.state();
        let of_it = state.streams.open.iter();
        for open in of_it.filter(|open| open.exchange == exchange) {
            open.send(out.clone());
        }
    }
}
