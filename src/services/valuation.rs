//! What a person holds at this moment, line by line, with what each unit is worth.

use std::collections::{BTreeSet, HashMap};

use super::{State, storage_problem};
use crate::domain::amount::Amount;
use crate::domain::asset::AssetCode;
use crate::domain::connection::{Connection, ConnectionStatus};
use crate::domain::exchange::{Environment, ExchangeId};
use crate::domain::manual::ManualHolding;
use crate::domain::price::route::{Market, NoPrice, Price};
use crate::domain::wallet::WalletName;
use crate::error::Problem;
use crate::storage;

/// What history is counted in: every exchange prices its coins in it.
pub const REFERENCE: &str = "USDT";

/// Everything a person holds, in all portfolios. Money of test environments is left out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sheet {
    /// One line for every asset of every wallet.
    pub lines: Vec<Line>,
    /// The person's portfolios that have a connection or hold anything entered by hand.
    pub portfolios: BTreeSet<String>,
    /// Those of them whose numbers are not whole, or old.
    pub partial: BTreeSet<String>,
}

/// An asset of a wallet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// The portfolio it stands in.
    pub portfolio_id: String,
    /// The connection; `None` for what was entered by hand.
    pub connection_id: Option<String>,
    /// The connection's wallet; `None` for what was entered by hand.
    pub wallet: Option<WalletName>,
    /// The exchange that calls it so; `None` for what was entered by hand.
    pub exchange: Option<ExchangeId>,
    /// The asset.
    pub asset: AssetCode,
    /// How much; below zero when borrowed.
    pub quantity: Amount,
    /// The price of one unit in [`REFERENCE`], where there is a usable one.
    pub price: Option<Amount>,
}

/// Everything a person holds, at the prices of a market.
///
/// # Errors
/// [`Problem::Unavailable`].
pub async fn sheet(state: &State, user_id: &str, market: &Market) -> Result<Sheet, Problem> {
    let mut db = state.db.reader().await.map_err(storage_problem)?;
    let now = state.clock.now();
    let connections = storage::connections::list(&mut db, user_id, now).await;
    let connections = connections.map_err(storage_problem)?;
    let rows = storage::holdings::list_of_user(&mut db, user_id).await;
    let rows = rows.map_err(storage_problem)?;
    let by_hand = storage::manual::list_of_user(&mut db, user_id).await;
    let by_hand = by_hand.map_err(storage_problem)?;
    drop(db);
    let real: HashMap<&str, &Connection> = connections
        .iter()
        .filter(|connection| connection.environment == Environment::Live)
        .map(|connection| (connection.id.as_str(), connection))
        .collect();
    let old_before = state.settings.pace.old_before(now);
    let reference = AssetCode::parse(REFERENCE).map_err(|_| Problem::Internal)?;
    let mut prices = Prices::new(market, reference);
    let mut price = |home: Option<&ExchangeId>, asset: &AssetCode| {
        let price = prices.of(home, asset).ok()?;
        Some(price.amount)
    };
    let lines = rows.into_iter().filter_map(|row| {
        let connection = real.get(row.connection_id.as_str())?;
        Some(Line {
            portfolio_id: connection.portfolio_id.clone(),
            connection_id: Some(row.connection_id),
            wallet: Some(row.wallet),
            exchange: Some(connection.exchange.clone()),
            price: price(Some(&connection.exchange), &row.balance.asset),
            asset: row.balance.asset,
            quantity: row.balance.total,
        })
    });
    let mut lines: Vec<Line> = lines.collect();
    let entered = |holding: ManualHolding| Line {
        price: price(None, &holding.entry.asset),
        portfolio_id: holding.portfolio_id,
        connection_id: None,
        wallet: None,
        exchange: None,
        asset: holding.entry.asset,
        quantity: holding.entry.quantity,
    };
    lines.extend(by_hand.into_iter().map(entered));
    let portfolios = |which: &dyn Fn(&Connection) -> bool| {
        let some = real.values().filter(|connection| which(connection));
        some.map(|connection| connection.portfolio_id.clone())
            .collect()
    };
    let mut all: BTreeSet<String> = portfolios(&|_| true);
    all.extend(lines.iter().map(|line| line.portfolio_id.clone()));
    Ok(Sheet {
        lines,
        portfolios: all,
        partial: portfolios(&|connection| {
            connection.status != ConnectionStatus::Ok || connection.has_old(old_before)
        }),
    })
}

/// Prices in one asset, each looked for once.
pub(super) struct Prices<'a> {
    market: &'a Market,
    target: AssetCode,
    known: HashMap<(Option<ExchangeId>, AssetCode), Result<Price, NoPrice>>,
}

impl<'a> Prices<'a> {
    pub(super) fn new(market: &'a Market, target: AssetCode) -> Self {
        Self {
            market,
            target,
            known: HashMap::new(),
        }
    }

    pub(super) fn of(
        &mut self,
        home: Option<&ExchangeId>,
        asset: &AssetCode,
    ) -> Result<Price, NoPrice> {
        let look = || self.market.price_in(home, asset, &self.target);
        let key = (home.cloned(), asset.clone());
        self.known.entry(key).or_insert_with(look).clone()
    }
}
