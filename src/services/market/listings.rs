//! What exchanges list, kept for an hour.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;
use std::time::Duration;

use futures::future::join_all;

use super::shelf::{Seen, Shelf, is_fresh};
use super::{client, trouble};
use crate::domain::asset::AssetCode;
use crate::domain::exchange::ExchangeId;
use crate::domain::history::day::HOUR_MS;
use crate::domain::market::Pair;
use crate::domain::market::listing::Listings;
use crate::domain::price::{Book, Quote};
use crate::domain::problem::ExchangeProblem;
use crate::error::Problem;
use crate::services::{PATIENCE, State, prices};

/// What an exchange lists, kept for an hour. Old listings stand while there are no newer ones.
///
/// # Errors
/// [`Problem::Invalid`] with the field `exchange` for one that is none, [`Problem::Exchange`].
pub async fn listings(state: &State, exchange: &ExchangeId) -> Result<Arc<Listings>, Problem> {
    let client = client(state, exchange)?;
    let seen = seen(state, exchange, PATIENCE).await;
    let problem = seen.problem.unwrap_or(ExchangeProblem::Unavailable);
    let kept = seen.kept.map(|(listings, _)| listings);
    kept.ok_or_else(|| trouble(client, problem))
}

/// What is known of listings after waiting at most so long.
pub(super) async fn seen(state: &State, exchange: &ExchangeId, wait: Duration) -> Seen<Listings> {
    let now = state.clock.now();
    let id = exchange.clone();
    let read = move |state: State| async move {
        let client = state.registry.find(&id);
        let client = client.ok_or(ExchangeProblem::Unavailable)?;
        let listings = client.listings().await?;
        let (pairs, unreadable) = (listings.pairs.len(), listings.unreadable);
        tracing::debug!(exchange = %id, pairs, unreadable, "listings were read");
        Ok(listings)
    };
    let is_good = |_: &Listings, at| is_fresh(at, now, HOUR_MS);
    Shelf::see(
        state,
        |state| &state.market.listings,
        exchange,
        is_good,
        read,
        wait,
    )
    .await
}

/// The pair that an exchange lists by a symbol: `BTC-USDT` as it stands, or `BTCUSDT` by its listings.
///
/// # Errors
/// [`Problem::Invalid`] with the field `exchange` or `symbol`, [`Problem::Exchange`].
pub async fn pair(state: &State, exchange: &ExchangeId, symbol: &str) -> Result<Pair, Problem> {
    client(state, exchange)?;
    if let Ok(pair) = Pair::parse(symbol) {
        return Ok(pair);
    }
    let listings = listings(state, exchange).await?;
    let fits = |pair: &&Pair| {
        let quote = symbol.strip_prefix(pair.base.as_str());
        quote == Some(pair.quote.as_str())
    };
    let mut found = listings.pairs.keys().filter(fits);
    // A word that could be two pairs is none.
    match (found.next(), found.next()) {
        (Some(pair), None) => Ok(pair.clone()),
        _ => Err(not_listed(symbol)),
    }
}

/// The pairs that are meant by symbols: `BTC-USDT` as it stands, `BTCUSDT` every pair that an exchange
/// tells a price of by that word, or else lists by it.
pub async fn meant(state: &State, symbols: &[String]) -> Vec<Pair> {
    let known = prices::market(state).await;
    let mut meant = BTreeSet::new();
    let mut words = Vec::new();
    for symbol in symbols {
        let told = known.books().iter().flat_map(|book| spelled(book, symbol));
        let own = Pair::parse(symbol).ok().into_iter();
        let pairs: Vec<Pair> = own.chain(told).collect();
        if pairs.is_empty() {
            words.push(symbol);
        }
        meant.extend(pairs);
    }
    let profiles = state.registry.profiles();
    for profile in &profiles {
        let listed = words.iter().map(|word| pair(state, &profile.id, word));
        meant.extend(join_all(listed).await.into_iter().flatten());
    }
    meant.into_iter().collect()
}

/// The pairs of a book that one word stands for.
fn spelled(book: &Book, word: &str) -> Vec<Pair> {
    let pair = |(base, quotes): (&AssetCode, &HashMap<AssetCode, Quote>)| {
        let rest = word.strip_prefix(base.as_str())?;
        let quote = AssetCode::parse(rest)
            .ok()
            .filter(|quote| quotes.contains_key(quote))?;
        let base = base.clone();
        Some(Pair { base, quote })
    };
    book.quotes.iter().filter_map(pair).collect()
}

/// What is said of a symbol that an exchange does not list.
pub(super) fn not_listed(symbol: &str) -> Problem {
    let shown: String = symbol
        .chars()
        .filter(|c| c.is_alphanumeric() || *c == '-')
        .take(40)
        .collect();
    let sentence = format!(
        "The exchange lists no pair {shown}: write one as BTC-USDT, and see /api/v1/market/symbols \
         for all there are."
    );
    Problem::field("symbol", &sentence)
}
