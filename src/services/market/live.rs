//! Live prices: what the exchanges' streams tell, for as long as somebody watches.
//!
//! They are for showing only: what holdings are worth is told from [`crate::services::prices`].

mod board;
mod run;

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;
use tokio::time::{Instant, sleep_until};

pub use board::Board;
pub(in crate::services) use run::run;

use crate::domain::amount::Amount;
use crate::domain::exchange::ExchangeId;
pub use crate::domain::health::StreamState;
use crate::domain::market::Pair;
use crate::domain::timestamp::Timestamp;
use crate::services::State;

/// How many pairs one listener may watch.
pub const MOST_PAIRS: usize = 100;
/// How long a listener is left alone after it was told something: of what came meanwhile it hears the
/// newest.
const EVERY: Duration = Duration::from_millis(500);

/// The price of a pair on an exchange, as it was told last.
///
/// To listeners of `/api/v1/events?symbols=BTC-USDT` it comes as the event `ticker`, which has no id:
///
/// ```json
/// {"exchange": "binance", "symbol": "BTC-USDT", "price": "82300.5",
///  "change_24h_percent": "1.5", "at": "2026-01-01T00:00:00Z"}
/// ```
///
/// `price` and `change_24h_percent` are decimal text, the latter null while it is not known; `at` is
/// when the exchange said so, RFC 3339 in UTC, or when it was read where the exchange tells no time. What
/// a stream tells is of about now, and can be what it says; what is read by calls while there is no stream
/// was read about now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LiveTicker {
    /// The exchange.
    pub exchange: ExchangeId,
    /// The pair.
    pub pair: Pair,
    /// The last price of one unit of the base asset, in units of the quote asset; above zero.
    pub price: Amount,
    /// How it changed over 24 hours, in percent; `None` while that is not known.
    pub change_24h_percent: Option<Amount>,
    /// When the exchange said so; where it does not tell that, when it was read.
    pub at: Timestamp,
}

/// Watches pairs from now on, on every exchange that lists them. While nobody watches, no exchange is
/// connected. What is known of them already is told first.
#[must_use]
pub fn watch(state: &State, mut pairs: Vec<Pair>) -> Watching {
    pairs.sort_unstable();
    pairs.dedup();
    pairs.truncate(MOST_PAIRS);
    let board = Arc::clone(&state.live);
    board.add(&pairs);
    Watching {
        news: board.news(),
        board,
        pairs,
        heard: HashMap::new(),
        quiet_until: Instant::now(),
    }
}

/// What is known of pairs that somebody watches, without asking anybody.
#[must_use]
pub fn latest(state: &State, pairs: &[Pair]) -> Vec<LiveTicker> {
    let known = state.live.told(pairs).into_iter();
    known.map(|(_, ticker)| ticker).collect()
}

/// How the stream of an exchange stands, in this process.
#[must_use]
pub fn stream_state(state: &State, exchange: &ExchangeId) -> StreamState {
    state.live.state_of(exchange)
}

/// Somebody who watches pairs, until it is dropped. However slow it is, it keeps no more than one
/// number for each pair and exchange.
#[derive(Debug)]
pub struct Watching {
    board: Arc<Board>,
    pairs: Vec<Pair>,
    /// The number of the price that was told last, by pair and exchange.
    heard: HashMap<(Pair, ExchangeId), u64>,
    news: watch::Receiver<u64>,
    quiet_until: Instant,
}

impl Watching {
    /// Waits for what is new, and gives the newest price of each pair that has one. Nothing is lost
    /// when it is given up and called again.
    pub async fn next(&mut self) -> Vec<LiveTicker> {
        loop {
            sleep_until(self.quiet_until).await;
            self.news.mark_unchanged();
            let new = self.take();
            if !new.is_empty() {
                self.quiet_until = Instant::now() + EVERY;
                return new;
            }
            if self.news.changed().await.is_err() {
                std::future::pending::<()>().await;
            }
        }
    }

    fn take(&mut self) -> Vec<LiveTicker> {
        let mut new = Vec::new();
        for (number, ticker) in self.board.told(&self.pairs) {
            let place = (ticker.pair.clone(), ticker.exchange.clone());
            let heard = self.heard.entry(place).or_default();
            if *heard < number {
                *heard = number;
                new.push(ticker);
            }
        }
        new
    }
}

impl Drop for Watching {
    fn drop(&mut self) {
        self.board.remove(&self.pairs);
    }
}

#[cfg(test)]
mod tests;
