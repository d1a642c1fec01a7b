//! Which pairs are traded, as far as that is known.

use std::sync::Arc;

use tokio::sync::OnceCell;

use crate::domain::market::Pair;
use crate::domain::market::listing::Listings;
use crate::domain::market::watchlist::meant;
use crate::domain::price::route::Market;
use crate::domain::text::list;
use crate::services::{State, market, prices};

const NO_PAIR: &str = "Write a pair such as BTC-USDT.";
const NOT_TRADED: &str = "No exchange here trades this pair.";

/// What is known of the pairs that are traded at one moment.
pub(super) struct Traded<'a> {
    state: &'a State,
    prices: Market,
    lists: OnceCell<Vec<Listed>>,
}

/// What an exchange lists.
struct Listed {
    name: String,
    /// `None` when it could not be asked.
    listings: Option<Arc<Listings>>,
}

impl<'a> Traded<'a> {
    /// What prices tell: what has one is traded. The lists of the exchanges are asked for where that
    /// does not say enough.
    pub(super) async fn now(state: &'a State) -> Self {
        Self {
            state,
            prices: prices::market(state).await,
            lists: OnceCell::new(),
        }
    }

    /// The pair that is meant by what was typed.
    ///
    /// # Errors
    /// Why it is none that can be watched, in a sentence or two.
    pub(super) async fn find(&self, typed: &str) -> Result<Pair, String> {
        let pairs = meant(typed);
        if pairs.is_empty() {
            return Err(NO_PAIR.to_owned());
        }
        if let Some(pair) = pairs.iter().find(|pair| self.is_priced(pair)) {
            return Ok(pair.clone());
        }
        let lists = self.lists.get_or_init(|| ask(self.state)).await;
        let known = || lists.iter().filter_map(|one| one.listings.as_ref());
        let is_listed = |pair: &&Pair| known().any(|listings| listings.trades(pair));
        let listed = pairs.iter().find(is_listed).cloned();
        listed.ok_or_else(|| Self::refusal(lists))
    }

    fn is_priced(&self, pair: &Pair) -> bool {
        let mut books = self.prices.books().iter();
        books.any(|book| book.quote(&pair.base, &pair.quote).is_some())
    }

    /// Why a pair is not taken, with the exchanges that could not be asked.
    fn refusal(lists: &[Listed]) -> String {
        let silent = lists.iter().filter(|one| one.listings.is_none());
        let silent: Vec<String> = silent.map(|one| one.name.clone()).collect();
        if silent.is_empty() {
            return NOT_TRADED.to_owned();
        }
        format!(
            "{} could not be asked whether this pair is traded there. Try again in a while.",
            list(&silent)
        )
    }
}

async fn ask(state: &State) -> Vec<Listed> {
    let profiles = state.registry.profiles().into_iter();
    let asked = profiles.map(async |profile| Listed {
        listings: market::listings(state, &profile.id).await.ok(),
        name: profile.name,
    });
    futures::future::join_all(asked).await
}
