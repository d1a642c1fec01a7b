//! Looking at everything that is held, and what it is worth.

use std::collections::HashMap;

use super::valuation::Prices;
use super::{State, prices, storage_problem};
use crate::domain::connection::Connection;
use crate::domain::exchange::Environment;
use crate::domain::manual::ManualHolding;
use crate::domain::portfolio::gaps::{Freshness, gaps};
use crate::domain::portfolio::{
    Gap, Holding, Part, Place, Portfolio, PortfolioName, gather, total, unpriced,
};
use crate::domain::price::route::{Market, NoPrice, Price};
use crate::domain::timestamp::Timestamp;
use crate::domain::wallet::Balance;
use crate::error::Problem;
use crate::services::accounts::User;
use crate::storage::{self, holdings::HeldRow};

/// A person's portfolio, or all of them together, at the prices of this moment.
///
/// # Errors
/// [`Problem::NotFound`], [`Problem::Unavailable`].
pub async fn view(state: &State, user: &User, id: Option<&str>) -> Result<Portfolio, Problem> {
    id.map_or(Ok(()), super::connections::known_form)?;
    let stored = Stored::find(state, user, id).await?;
    let market = stored.market(state).await;
    Ok(stored.valued(state, user, &market))
}

/// Some of a person's portfolios, each valued by itself, by one look at what is stored and at the
/// prices.
///
/// # Errors
/// [`Problem::Unavailable`].
pub async fn view_each(
    state: &State,
    user: &User,
    names: Vec<PortfolioName>,
) -> Result<Vec<Portfolio>, Problem> {
    if names.is_empty() {
        return Ok(Vec::new());
    }
    let all = Stored::find(state, user, None).await?;
    let market = all.market(state).await;
    let valued = |name| all.only(name).valued(state, user, &market);
    Ok(names.into_iter().map(valued).collect())
}

/// A person's portfolios, by name.
///
/// # Errors
/// [`Problem::Unavailable`].
pub async fn list(state: &State, user: &User) -> Result<Vec<PortfolioName>, Problem> {
    let mut db = state.db.reader().await.map_err(storage_problem)?;
    storage::portfolios::list(&mut db, &user.id)
        .await
        .map_err(storage_problem)
}

/// What keeps prices from being read at this moment, in sentences.
#[must_use]
pub fn price_troubles(state: &State) -> Vec<String> {
    let now = state.clock.now();
    let sentence = |trouble: prices::PriceTrouble| {
        let exchange = super::connections::exchange_name(state, &trouble.exchange);
        let since = trouble.since.readable_near(now);
        let known = match trouble.prices_of {
            Some(at) => format!(
                "those of {} are used while they are not too old",
                at.readable_near(now)
            ),
            None => "none of them are known".to_owned(),
        };
        format!("Prices of {exchange} could not be read since {since}; {known}.")
    };
    prices::troubles(state).into_iter().map(sentence).collect()
}

/// The moment, and from when on figures are old at it.
pub(super) fn freshness(state: &State) -> Freshness {
    let now = state.clock.now();
    Freshness {
        now,
        old_before: state.settings.pace.old_before(now),
    }
}

/// What is stored of a portfolio.
struct Stored {
    name: Option<PortfolioName>,
    connections: Vec<Connection>,
    rows: Vec<HeldRow>,
    by_hand: Vec<ManualHolding>,
    read_times: HashMap<String, Timestamp>,
}

impl Stored {
    /// Everything that stands in a portfolio, by a fixed number of queries.
    async fn find(state: &State, user: &User, id: Option<&str>) -> Result<Self, Problem> {
        let mut db = state.db.reader().await.map_err(storage_problem)?;
        let name = match id {
            Some(id) => {
                let found = storage::portfolios::find(&mut db, &user.id, id).await;
                Some(found.map_err(storage_problem)?.ok_or(Problem::NotFound)?)
            }
            None => None,
        };
        let connections = storage::connections::list(&mut db, &user.id, state.clock.now()).await;
        let mut connections = connections.map_err(storage_problem)?;
        if let Some(name) = &name {
            connections.retain(|connection| connection.portfolio_id == name.id);
        }
        let rows = storage::holdings::list_of_user(&mut db, &user.id).await;
        let read_times = storage::holdings::list_read_times(&mut db, &user.id).await;
        let by_hand = storage::manual::list_of_user(&mut db, &user.id).await;
        let mut by_hand = by_hand.map_err(storage_problem)?;
        if let Some(name) = &name {
            by_hand.retain(|holding| holding.portfolio_id == name.id);
        }
        Ok(Self {
            name,
            connections,
            rows: rows.map_err(storage_problem)?,
            by_hand,
            read_times: read_times.map_err(storage_problem)?,
        })
    }

    /// What of it stands in one portfolio.
    fn only(&self, name: PortfolioName) -> Self {
        let connections = self.connections.iter();
        let connections: Vec<_> = connections
            .filter(|connection| connection.portfolio_id == name.id)
            .cloned()
            .collect();
        let by_hand = self.by_hand.iter();
        let by_hand = by_hand.filter(|holding| holding.portfolio_id == name.id);
        let feeds = |row: &&HeldRow| connections.iter().any(|one| one.id == row.connection_id);
        Self {
            rows: self.rows.iter().filter(feeds).cloned().collect(),
            by_hand: by_hand.cloned().collect(),
            read_times: self.read_times.clone(),
            name: Some(name),
            connections,
        }
    }

    /// The prices of this moment. They are not asked for what is not there.
    async fn market(&self, state: &State) -> Market {
        if self.rows.is_empty() && self.by_hand.is_empty() {
            Market::new(Vec::new(), state.clock.now())
        } else {
            prices::market(state).await
        }
    }

    fn valued(self, state: &State, user: &User, market: &Market) -> Portfolio {
        let mut prices = Prices::new(market, user.base_currency.asset());
        let holdings = gather(self.parts(state, &mut prices));
        Portfolio {
            currency: user.base_currency,
            currency_is_priced: holdings.is_empty() || market.offers(user.base_currency),
            total: total(&holdings),
            unpriced: unpriced(&holdings),
            as_of: oldest(&holdings, self.oldest()),
            prices_as_of: oldest_price(&holdings),
            gaps: self.gaps(state),
            connections: self.connections.len(),
            name: self.name,
            holdings,
        }
    }

    /// When the wallets were read, the oldest time; an empty wallet is a figure as well.
    fn oldest(&self) -> Option<Timestamp> {
        let times = self
            .connections
            .iter()
            .filter_map(|c| self.read_times.get(&c.id));
        times.min().copied()
    }

    fn gaps(&self, state: &State) -> Vec<Gap> {
        let freshness = freshness(state);
        let gaps = |connection: &Connection| {
            let name = super::connections::exchange_name(state, &connection.exchange);
            gaps(connection, &name, freshness)
        };
        self.connections.iter().flat_map(gaps).collect()
    }

    fn parts(&self, state: &State, prices: &mut Prices<'_>) -> Vec<Part> {
        let by_id: HashMap<_, _> = self
            .connections
            .iter()
            .map(|c| (c.id.as_str(), c))
            .collect();
        let profiles = state.registry.profiles().into_iter();
        let names: HashMap<_, _> = profiles.map(|p| (p.id, p.name)).collect();
        let part = |row: &HeldRow| {
            let connection = by_id.get(row.connection_id.as_str())?;
            let exchange = names.get(&connection.exchange).cloned().unwrap_or_default();
            Some(held(connection, exchange, row, prices))
        };
        let mut parts: Vec<Part> = self.rows.iter().filter_map(part).collect();
        parts.extend(self.by_hand.iter().map(|holding| entered(holding, prices)));
        parts
    }
}

/// What was entered by hand, at the price of whichever exchange has one.
fn entered(holding: &ManualHolding, prices: &mut Prices<'_>) -> Part {
    let entry = &holding.entry;
    let place = Place::Hand {
        id: holding.id.clone(),
        label: entry.label.clone(),
        note: entry.note.clone(),
    };
    let balance = Balance {
        asset: entry.asset.clone(),
        free: None,
        locked: None,
        total: entry.quantity.clone(),
    };
    let price = prices.of(None, &balance.asset);
    Part::priced(place, balance, holding.updated_at, price)
}

fn held(connection: &Connection, exchange: String, row: &HeldRow, prices: &mut Prices<'_>) -> Part {
    let place = Place::Wallet {
        connection_id: connection.id.clone(),
        label: connection.label.clone(),
        exchange,
        unproven: connection.is_unproven(),
        wallet: row.wallet.clone(),
    };
    let price = match connection.environment {
        Environment::Live => prices.of(Some(&connection.exchange), &row.balance.asset),
        Environment::Testnet => Err(NoPrice::TestMoney),
    };
    let part = Part::priced(place, row.balance.clone(), row.read_at, price);
    Part {
        small: part
            .value
            .as_ref()
            .is_some_and(|value| connection.ignores(value)),
        ..part
    }
}

/// The age of the oldest figure shown.
fn oldest(holdings: &[Holding], wallets: Option<Timestamp>) -> Option<Timestamp> {
    let parts = holdings.iter().flat_map(|holding| &holding.parts);
    parts.map(|part| part.read_at).chain(wallets).min()
}

fn oldest_price(holdings: &[Holding]) -> Option<Timestamp> {
    let parts = holdings.iter().flat_map(|holding| &holding.parts);
    let prices = parts.filter_map(|part| part.price.as_ref().ok());
    prices.filter_map(Price::as_of).min()
}
