//! What a person holds at this moment, line by line, with what each unit is worth.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::{State, storage_problem};
use crate::domain::amount::Amount;
use crate::domain::asset::AssetCode;
use crate::domain::connection::{Connection, ConnectionStatus};
use crate::domain::exchange::{Environment, ExchangeId};
use crate::domain::manual::ManualHolding;
use crate::domain::price::route::{Market, NoPrice, Price};
use crate::domain::report::WalletSummary;
use crate::domain::timestamp::Timestamp;
use crate::domain::wallet::WalletName;
use crate::error::Problem;
use crate::storage::holdings::HeldRow;
use crate::storage::{self, StorageError};

/// How often it is read anew when syncs come between.
const TRIES: usize = 3;

/// Everything a person holds, in all portfolios. Money of test environments is left out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sheet {
    /// One line for every asset of every wallet.
    pub lines: Vec<Line>,
    /// The person's portfolios that have a connection or hold anything entered by hand.
    pub portfolios: BTreeSet<String>,
    /// Those of them whose numbers are not whole, or old.
    pub partial: BTreeSet<String>,
    /// The person's connections, those of test environments left out.
    pub connected: Vec<Connected>,
}

/// A connection, and how old what it told is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Connected {
    /// Its id.
    pub id: String,
    /// The portfolio it stands in.
    pub portfolio_id: String,
    /// When each of its wallets was last read, at least; those that never were are left out.
    pub read_at: BTreeMap<WalletName, Timestamp>,
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
    /// The price of one unit in USDT, where there is a usable one.
    pub price: Option<Amount>,
}

/// Everything a person holds, at the prices of a market.
///
/// # Errors
/// [`Problem::Unavailable`].
pub async fn sheet(state: &State, user_id: &str, market: &Market) -> Result<Sheet, Problem> {
    let mut db = state.db.reader().await.map_err(storage_problem)?;
    let now = state.clock.now();
    let stored = stored(&mut db, user_id, now).await;
    let (connections, rows) = stored.map_err(storage_problem)?;
    let by_hand = storage::manual::list_of_user(&mut db, user_id).await;
    let by_hand = by_hand.map_err(storage_problem)?;
    drop(db);
    let real: HashMap<&str, &Connection> = connections
        .iter()
        .filter(|connection| connection.environment == Environment::Live)
        .map(|connection| (connection.id.as_str(), connection))
        .collect();
    let old_before = state.settings.pace.old_before(now);
    let mut prices = Prices::new(market, AssetCode::usdt());
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
        connected: real.into_values().map(connected).collect(),
    })
}

/// A person's connections and what they hold. Where a sync came between the two, both are read again:
/// else a balance could pass for older than it is.
async fn stored(
    db: &mut storage::Connection,
    user_id: &str,
    now: Timestamp,
) -> Result<(Vec<Connection>, Vec<HeldRow>), StorageError> {
    let mut tries = 0;
    loop {
        let connections = storage::connections::list(db, user_id, now).await?;
        let rows = storage::holdings::list_of_user(db, user_id).await?;
        let wallets = connections.iter().flat_map(|connection| {
            let wallets = connection.wallets.iter();
            wallets.map(|wallet| (connection.id.as_str(), wallet))
        });
        tries += 1;
        if tries == TRIES || belong_together(wallets, &rows) {
            return Ok((connections, rows));
        }
    }
}

/// Whether balances are of the same syncs that the wallets of connections tell of.
fn belong_together<'a>(
    mut wallets: impl Iterator<Item = (&'a str, &'a WalletSummary)>,
    rows: &[HeldRow],
) -> bool {
    let of_one =
        |a: &HeldRow, b: &HeldRow| (&a.connection_id, &a.wallet) == (&b.connection_id, &b.wallet);
    let mut held = HashMap::new();
    for rows in rows.chunk_by(of_one) {
        if let Some(first) = rows.first() {
            let place = (first.connection_id.as_str(), &first.wallet);
            held.insert(place, (rows.len(), first.read_at));
        }
    }
    let as_told = wallets.all(|(id, wallet)| match held.remove(&(id, &wallet.name)) {
        Some((holdings, at)) => {
            (holdings, at) == (wallet.holdings, wallet.read_at.unwrap_or(Timestamp(0)))
        }
        None => wallet.holdings == 0,
    });
    as_told && held.is_empty()
}

fn connected(connection: &Connection) -> Connected {
    let wallets = connection.wallets.iter();
    Connected {
        id: connection.id.clone(),
        portfolio_id: connection.portfolio_id.clone(),
        read_at: wallets
            .filter_map(|wallet| Some((wallet.name.clone(), wallet.read_at?)))
            .collect(),
    }
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::wallet::{Balance, Outcome};

    fn wallet(holdings: usize, read_at: Option<i64>) -> WalletSummary {
        WalletSummary {
            name: WalletName::new("spot"),
            outcome: Outcome::Read,
            holdings,
            unreadable: 0,
            problem: None,
            read_at: read_at.map(Timestamp),
        }
    }

    fn row(asset: &str, read_at: i64) -> HeldRow {
        let amount = Amount::parse("1").unwrap();
        HeldRow {
            connection_id: "c".to_owned(),
            wallet: WalletName::new("spot"),
            balance: Balance {
                asset: AssetCode::parse(asset).unwrap(),
                free: None,
                locked: None,
                total: amount,
            },
            read_at: Timestamp(read_at),
        }
    }

    #[test]
    fn balances_of_another_sync_than_their_wallets_are_noticed() {
        let both = [row("BTC", 5), row("ETH", 5)];
        for (wallet, rows, wanted) in [
            (wallet(2, Some(5)), &both[..], true),
            (wallet(0, None), &[], true),
            (wallet(2, Some(4)), &both, false),
            (wallet(1, Some(5)), &both, false),
            (wallet(2, Some(5)), &[], false),
            (wallet(0, Some(5)), &both, false),
        ] {
            let told = belong_together([("c", &wallet)].into_iter(), rows);
            assert_eq!(told, wanted, "{wallet:?}");
        }
        assert!(!belong_together(std::iter::empty(), &both));
    }
}
