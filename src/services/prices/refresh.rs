//! Reading prices again: from what another process has read, or else from the exchange.

use std::sync::Arc;

use super::cache::{Flight, Need, is_fresh};
use super::{ids, others};
use crate::domain::exchange::ExchangeId;
use crate::domain::price::{Book, guard};
use crate::domain::timestamp::Timestamp;
use crate::services::{State, storage_problem};
use crate::storage::{StorageError, price_books};

/// Begins to read whatever prices are old, and gives what there is to wait for.
pub(super) fn begin(state: &State) -> Vec<Flight> {
    let now = state.clock.now();
    let begun = ids(state).into_iter().filter_map(|exchange| {
        match state.prices.need(&exchange, now) {
            Need::None => None,
            Need::Wait(flight) => Some(flight),
            Need::Read(flight, done) => {
                let own = state.clone();
                let work = async move {
                    read(&own, &exchange).await;
                    drop(done);
                };
                // Refused when the program is stopping.
                state.tasks.spawn(work).map(|_| flight)
            }
        }
    });
    begun.collect()
}

/// Waits until prices have been read, or could not be.
pub(super) async fn ended(mut flight: Flight) {
    // Nothing is ever sent: the channel closes.
    while flight.changed().await.is_ok() {}
}

async fn read(state: &State, exchange: &ExchangeId) {
    let kept = find(state, exchange).await.unwrap_or_else(|error| {
        storage_problem(error);
        None
    });
    let before = newest(kept.map(Arc::new), own(state, exchange));
    let now = state.clock.now();
    if let Some(book) = &before {
        state.prices.know(Arc::clone(book));
    }
    match before {
        Some(book) if is_fresh(&book, now) => state.prices.keep(book),
        before => ask(state, exchange, before.as_deref(), now).await,
    }
}

async fn find(state: &State, exchange: &ExchangeId) -> Result<Option<Book>, StorageError> {
    let mut db = state.db.reader().await?;
    price_books::find(&mut db, exchange).await
}

fn own(state: &State, exchange: &ExchangeId) -> Option<Arc<Book>> {
    let mut books = state.prices.books(std::slice::from_ref(exchange));
    books.pop()
}

fn newest(one: Option<Arc<Book>>, other: Option<Arc<Book>>) -> Option<Arc<Book>> {
    [one, other]
        .into_iter()
        .flatten()
        .max_by_key(|book| book.taken_at)
}

/// Asks an exchange at a moment, which its prices are then of: they are told later than that.
async fn ask(state: &State, exchange: &ExchangeId, before: Option<&Book>, now: Timestamp) {
    let Some(client) = state.registry.find(exchange) else {
        return;
    };
    let told = match client.tickers().await {
        Ok(told) => told,
        Err(problem) => {
            tracing::warn!(%exchange, code = problem.code(), "prices could not be read");
            return state.prices.fail(exchange, problem, state.clock.now());
        }
    };
    let others = others(state, exchange);
    let book = Arc::new(guard::next(exchange, &told, before, &others, now));
    state.prices.keep(Arc::clone(&book));
    let kept = state.db.write::<_, StorageError, _>(move |db| {
        Box::pin(async move { price_books::upsert(db, &book).await })
    });
    if let Err(error) = kept.await {
        storage_problem(error);
    }
}
