//! The pairs that are watched, and what was told of them last.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::watch;
use tokio::time::Instant;

use super::LiveTicker;
use crate::domain::exchange::ExchangeId;
use crate::domain::health::StreamState;
use crate::domain::market::{DayTicker, Pair};
use crate::domain::price::Book;
use crate::domain::timestamp::Timestamp;
use crate::services::market::{DayOf, quote};

/// The pairs that are watched, on all exchanges. One slot for each pair and exchange, however many
/// watch it and however often it changes.
#[derive(Debug)]
pub struct Board {
    inner: Mutex<Inner>,
    /// The number of what was told last.
    news: watch::Sender<u64>,
    /// Changes with the pairs that are watched.
    watched: watch::Sender<()>,
}

impl Default for Board {
    fn default() -> Self {
        Self {
            inner: Mutex::default(),
            news: watch::Sender::new(0),
            watched: watch::Sender::new(()),
        }
    }
}

#[derive(Debug, Default)]
struct Inner {
    slots: BTreeMap<Pair, Slot>,
    streams: HashMap<ExchangeId, Line>,
    told: u64,
}

#[derive(Debug)]
struct Slot {
    watchers: usize,
    left_at: Instant,
    /// What each exchange told last.
    told: Vec<Kept>,
}

/// What an exchange told of a pair.
#[derive(Debug)]
struct Kept {
    /// Its number among all that was told.
    number: u64,
    ticker: LiveTicker,
    /// When it was heard, by our clock.
    heard_at: Timestamp,
    /// Whether a stream told it.
    streamed: bool,
}

impl Kept {
    /// Whether it stays when another comes. The exchange's clock and ours may differ, so that what a
    /// stream tells is compared by the exchange's, and what was called for by ours.
    fn outlasts(&self, other: &Self) -> bool {
        match (self.streamed, other.streamed) {
            (true, true) => self.ticker.at > other.ticker.at,
            (_, false) => self.heard_at >= other.heard_at,
            (false, true) => false,
        }
    }
}

#[derive(Debug, Default)]
struct Line {
    connected_since: Option<Timestamp>,
    opened: u64,
    last_message_at: Option<Timestamp>,
    left_out: u64,
}

impl Board {
    /// Changes with everything that is told.
    pub(super) fn news(&self) -> watch::Receiver<u64> {
        self.news.subscribe()
    }

    /// Changes whenever a pair is watched that was not.
    pub(super) fn watched(&self) -> watch::Receiver<()> {
        self.watched.subscribe()
    }

    /// Notes that somebody watches pairs.
    pub(super) fn add(&self, pairs: &[Pair]) {
        let mut inner = self.inner();
        let before = inner.slots.len();
        for pair in pairs {
            let slot = inner.slots.entry(pair.clone()).or_insert_with(|| Slot {
                watchers: 0,
                left_at: Instant::now(),
                told: Vec::new(),
            });
            slot.watchers += 1;
        }
        let is_new = inner.slots.len() != before;
        drop(inner);
        if is_new {
            self.watched.send_replace(());
        }
    }

    /// Notes that somebody watches pairs no longer.
    pub(super) fn remove(&self, pairs: &[Pair]) {
        let mut inner = self.inner();
        for pair in pairs {
            if let Some(slot) = inner.slots.get_mut(pair) {
                slot.watchers = slot.watchers.saturating_sub(1);
                slot.left_at = Instant::now();
            }
        }
    }

    /// The pairs that are watched, or were less than so long ago; the others are forgotten.
    pub(super) fn wanted(&self, linger: Duration) -> BTreeSet<Pair> {
        let mut inner = self.inner();
        inner
            .slots
            .retain(|_, slot| slot.watchers > 0 || slot.left_at.elapsed() < linger);
        inner.slots.keys().cloned().collect()
    }

    /// What was told of pairs, each with its number.
    pub(super) fn told(&self, pairs: &[Pair]) -> Vec<(u64, LiveTicker)> {
        let inner = self.inner();
        let slots = pairs.iter().filter_map(|pair| inner.slots.get(pair));
        let told = slots.flat_map(|slot| &slot.told);
        told.map(|kept| (kept.number, kept.ticker.clone()))
            .collect()
    }

    /// Keeps what a stream told at a moment.
    pub(super) fn tell(&self, exchange: &ExchangeId, ticker: &DayTicker, now: Timestamp) {
        let mut inner = self.inner();
        inner.line(exchange).last_message_at = Some(now);
        let ticker = LiveTicker {
            exchange: exchange.clone(),
            pair: ticker.pair.clone(),
            price: ticker.last.clone(),
            change_24h_percent: ticker.change_percent(),
            at: ticker.at,
        };
        inner.put(ticker, now, true);
        self.publish(inner);
    }

    /// The pairs that are watched, or were lately.
    pub(super) fn pairs(&self) -> Vec<Pair> {
        self.inner().slots.keys().cloned().collect()
    }

    /// Keeps what was read by calls of the pairs that are watched, where nothing newer was told: by the
    /// list of prices, or by the figures of the day.
    pub(super) fn tell_called(&self, book: &Book, days: &[DayOf], now: Timestamp) {
        let mut inner = self.inner();
        let pairs: Vec<_> = inner.slots.keys().cloned().collect();
        for pair in pairs {
            let day = days.iter().find(|day| day.pair == pair);
            if let Some((ticker, read_at)) = called(book, day, pair, now) {
                inner.put(ticker, read_at, false);
            }
        }
        self.publish(inner);
    }

    /// Notes that the stream of an exchange is open.
    pub(super) fn opened(&self, exchange: &ExchangeId, now: Timestamp) {
        let mut inner = self.inner();
        let line = inner.line(exchange);
        line.connected_since = Some(now);
        line.opened += 1;
    }

    /// Notes that it is not.
    pub(super) fn closed(&self, exchange: &ExchangeId) {
        self.inner().line(exchange).connected_since = None;
    }

    /// Notes that it told something that was left out.
    pub(super) fn left_out(&self, exchange: &ExchangeId) {
        self.inner().line(exchange).left_out += 1;
    }

    /// How the stream of an exchange stands.
    pub(super) fn state_of(&self, exchange: &ExchangeId) -> StreamState {
        let mut inner = self.inner();
        let pairs = inner
            .slots
            .values()
            .filter(|slot| slot.watchers > 0)
            .count();
        let line = inner.line(exchange);
        StreamState {
            connected_since: line.connected_since,
            reconnects: line.opened.saturating_sub(1),
            last_message_at: line.last_message_at,
            left_out: line.left_out,
            falling_back: pairs > 0 && line.connected_since.is_none(),
            pairs,
        }
    }

    /// Lets listeners know, once nobody is kept from looking.
    fn publish(&self, inner: MutexGuard<'_, Inner>) {
        let told = inner.told;
        drop(inner);
        self.news.send_if_modified(|last| {
            let is_new = *last < told;
            *last = told.max(*last);
            is_new
        });
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Inner {
    fn line(&mut self, exchange: &ExchangeId) -> &mut Line {
        self.streams.entry(exchange.clone()).or_default()
    }

    /// Keeps a price of a pair that is watched, unless a newer one is known.
    fn put(&mut self, ticker: LiveTicker, heard_at: Timestamp, streamed: bool) {
        let Some(slot) = self.slots.get_mut(&ticker.pair) else {
            return;
        };
        let mut kept = slot.told.iter_mut();
        let place = kept.find(|kept| kept.ticker.exchange == ticker.exchange);
        let new = Kept {
            number: self.told + 1,
            ticker,
            heard_at,
            streamed,
        };
        match place {
            Some(known) if known.outlasts(&new) => return,
            Some(known) => *known = new,
            None => slot.told.push(new),
        }
        self.told += 1;
    }
}

/// The price that was read last of a pair, and when that was. How it changed over 24 hours is told only of
/// the price that the day's figures are of.
fn called(
    book: &Book,
    day: Option<&DayOf>,
    pair: Pair,
    now: Timestamp,
) -> Option<(LiveTicker, Timestamp)> {
    let first = quote(Some(book), day, &pair).filter(|quote| quote.is_usable(now))?;
    let later = day.and_then(|day| day.quote.as_ref());
    let later = later.filter(|quote| quote.is_usable(now) && quote.at >= first.at);
    let last = later.unwrap_or(first);
    let day = day.filter(|day| day.quote.as_ref().is_some_and(|it| it.price == last.price));
    let ticker = LiveTicker {
        exchange: book.exchange.clone(),
        price: last.price.clone(),
        change_24h_percent: day.and_then(|day| day.change_percent(now)),
        at: last.said_at(),
        pair,
    };
    Some((ticker, last.at))
}
