//! Prices for everybody: read from the exchanges while somebody looks, and shared by all processes.

mod cache;
mod refresh;

use std::sync::Arc;
use std::time::Duration;

pub(super) use cache::Cache;
use futures::future::join_all;

use super::State;
use crate::domain::exchange::ExchangeId;
use crate::domain::price::Book;
use crate::domain::price::route::Market;
use crate::domain::problem::ExchangeProblem;
use crate::domain::timestamp::Timestamp;

/// How old prices may get before they are read again, and how long an exchange that did not give any
/// is left alone, in milliseconds.
const FRESH_MS: i64 = 60_000;
/// How long somebody who looks waits for prices that are being read.
const WAIT: Duration = Duration::from_secs(2);

/// An exchange whose prices could not be read the last time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PriceTrouble {
    /// The exchange.
    pub exchange: ExchangeId,
    /// What went wrong the last time.
    pub problem: ExchangeProblem,
    /// Since when no prices could be read.
    pub since: Timestamp,
    /// Of when its prices are that are still known, however old.
    pub prices_of: Option<Timestamp>,
}

/// The prices to show somebody now. Those older than a minute are read again, which is waited for at
/// most two seconds and goes on behind; until then, and where it does not work, those that are known
/// stand. Without any the market is empty.
pub async fn market(state: &State) -> Market {
    let flights = refresh::begin(state);
    // What takes longer goes on without anybody waiting.
    let _ = tokio::time::timeout(WAIT, join_all(flights.into_iter().map(refresh::ended))).await;
    known(state)
}

/// The prices for what must be done with fresh ones: reads again those that are older than a minute,
/// and waits until every exchange has answered or failed.
pub async fn refresh(state: &State) -> Market {
    let flights = refresh::begin(state);
    join_all(flights.into_iter().map(refresh::ended)).await;
    known(state)
}

/// The exchanges whose prices could not be read the last time, in the order they are listed; as far
/// as this process knows.
#[must_use]
pub fn troubles(state: &State) -> Vec<PriceTrouble> {
    let exchanges = ids(state).into_iter();
    exchanges
        .filter_map(|exchange| state.prices.trouble(&exchange))
        .collect()
}

/// Of when the prices of an exchange are that this process knows.
#[must_use]
pub fn taken_at(state: &State, exchange: &ExchangeId) -> Option<Timestamp> {
    let books = state.prices.books(std::slice::from_ref(exchange));
    books.first().map(|book| book.taken_at)
}

/// The prices that are known of all exchanges but one, without asking anybody.
pub(super) fn others(state: &State, exchange: &ExchangeId) -> Vec<Arc<Book>> {
    let mut others = ids(state);
    others.retain(|other| other != exchange);
    state.prices.books(&others)
}

/// What is known, without asking anybody.
fn known(state: &State) -> Market {
    Market::new(state.prices.books(&ids(state)), state.clock.now())
}

/// Every exchange, in the order prices are looked up.
fn ids(state: &State) -> Vec<ExchangeId> {
    let profiles = state.registry.profiles().into_iter();
    profiles.map(|profile| profile.id).collect()
}
