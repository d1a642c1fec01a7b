//! What this process knows of prices, and who is reading them at the moment.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::watch;

use super::{FRESH_MS, PriceTrouble};
use crate::domain::exchange::ExchangeId;
use crate::domain::price::Book;
use crate::domain::problem::ExchangeProblem;
use crate::domain::timestamp::Timestamp;

/// Somebody reads the prices of an exchange. It ends when the other end is dropped.
pub(super) type Flight = watch::Receiver<()>;

/// The prices that are known, by exchange.
#[derive(Debug, Default)]
pub struct Cache(Mutex<HashMap<ExchangeId, Slot>>);

#[derive(Debug, Default)]
struct Slot {
    book: Option<Arc<Book>>,
    flight: Option<Flight>,
    trouble: Option<Trouble>,
}

#[derive(Clone, Debug)]
struct Trouble {
    problem: ExchangeProblem,
    since: Timestamp,
    /// Until when the exchange is left alone.
    until: Timestamp,
}

/// What has to be done for the prices of an exchange.
pub(super) enum Need {
    /// Nothing: they are fresh, or cannot be had at the moment.
    None,
    /// Wait for whoever reads them.
    Wait(Flight),
    /// Read them, keeping this until it is done.
    Read(Flight, watch::Sender<()>),
}

impl Cache {
    /// What has to be done for the prices of an exchange. Of all who ask at once, one is told to
    /// read.
    pub(super) fn need(&self, exchange: &ExchangeId, now: Timestamp) -> Need {
        let mut slots = self.slots();
        let slot = slots.entry(exchange.clone()).or_default();
        let running = slot
            .flight
            .as_ref()
            .filter(|flight| flight.has_changed().is_ok());
        if let Some(flight) = running {
            return Need::Wait(flight.clone());
        }
        if !slot.is_due(now) {
            return Need::None;
        }
        let (done, flight) = watch::channel(());
        slot.flight = Some(flight.clone());
        Need::Read(flight, done)
    }

    /// The books of exchanges, as far as there are any.
    pub(super) fn books(&self, exchanges: &[ExchangeId]) -> Vec<Arc<Book>> {
        let slots = self.slots();
        let book = |exchange| slots.get(exchange)?.book.clone();
        exchanges.iter().filter_map(book).collect()
    }

    /// Keeps a book that may be old, for as long as there is no other.
    pub(super) fn know(&self, book: Arc<Book>) {
        let mut slots = self.slots();
        let slot = slots.entry(book.exchange.clone()).or_default();
        slot.book = Some(book);
    }

    /// Keeps a book that is fresh; whatever was wrong with the exchange is over.
    pub(super) fn keep(&self, book: Arc<Book>) {
        let mut slots = self.slots();
        let slot = slots.entry(book.exchange.clone()).or_default();
        slot.book = Some(book);
        slot.trouble = None;
    }

    /// Notes that an exchange gave no prices: it is left alone for a minute, or as long as it asked.
    pub(super) fn fail(&self, exchange: &ExchangeId, problem: ExchangeProblem, now: Timestamp) {
        let asked_ms = match problem {
            ExchangeProblem::RateLimited { seconds } => {
                i64::try_from(seconds.saturating_mul(1_000)).unwrap_or(i64::MAX)
            }
            _ => 0,
        };
        let mut slots = self.slots();
        let slot = slots.entry(exchange.clone()).or_default();
        let since = slot.trouble.as_ref().map_or(now, |before| before.since);
        slot.trouble = Some(Trouble {
            problem,
            since,
            until: now.plus_ms(asked_ms.max(FRESH_MS)),
        });
    }

    /// What is wrong with the prices of an exchange.
    pub(super) fn trouble(&self, exchange: &ExchangeId) -> Option<PriceTrouble> {
        let slots = self.slots();
        let slot = slots.get(exchange)?;
        let trouble = slot.trouble.clone()?;
        Some(PriceTrouble {
            exchange: exchange.clone(),
            problem: trouble.problem,
            since: trouble.since,
            prices_of: slot.book.as_ref().map(|book| book.taken_at),
        })
    }

    fn slots(&self) -> MutexGuard<'_, HashMap<ExchangeId, Slot>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Slot {
    fn is_due(&self, now: Timestamp) -> bool {
        let left_alone = self.trouble.as_ref().is_some_and(|it| now < it.until);
        let fresh = self.book.as_ref().is_some_and(|book| is_fresh(book, now));
        !left_alone && !fresh
    }
}

/// Whether prices may be used as they are. Those of a moment that is yet to come, by more than clocks
/// differ, were read before a clock was set back.
pub(super) fn is_fresh(book: &Book, now: Timestamp) -> bool {
    let age_ms = now.0.saturating_sub(book.taken_at.0);
    (-FRESH_MS..FRESH_MS).contains(&age_ms)
}
