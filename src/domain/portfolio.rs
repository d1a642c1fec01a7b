//! Holdings of many wallets gathered into one table, valued as far as there are prices.

pub mod gaps;
pub mod table;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::amount::Amount;
use super::asset::AssetCode;
use super::currency::Currency;
use super::price::route::{NoPrice, Price};
use super::timestamp::Timestamp;
use super::wallet::{Balance, WalletName};

/// What lies in one place of an asset, where the figure comes from, and what it is worth.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Part {
    /// Where it lies.
    pub place: Place,
    /// The balance.
    pub balance: Balance,
    /// When the wallet last said so, or when it was entered.
    pub read_at: Timestamp,
    /// Whether it is money of a test environment.
    pub test_money: bool,
    /// The price of one unit, or why there is none.
    pub price: Result<Price, NoPrice>,
    /// The exact product of quantity and price.
    pub value: Option<Amount>,
    /// Whether its value is below the limit of its connection.
    pub small: bool,
}

/// Where something lies.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Place {
    /// In a wallet of an exchange.
    Wallet {
        /// The connection.
        connection_id: String,
        /// Its label.
        label: String,
        /// The exchange's name.
        exchange: String,
        /// Whether its key was accepted though nobody can tell what it may do.
        unproven: bool,
        /// The wallet.
        wallet: WalletName,
    },
    /// Where its owner says: it was entered by hand.
    Hand {
        /// Its id.
        id: String,
        /// What its owner calls it.
        label: String,
        /// What its owner noted.
        note: String,
    },
}

/// All that is held of one asset.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Holding {
    /// The asset.
    pub asset: AssetCode,
    /// Whether it is money of a test environment, which is worth nothing.
    pub test_money: bool,
    /// The exact sum of the parts.
    pub quantity: Amount,
    /// The price of one unit: the one price of the parts, or what they are worth on average.
    pub price: Option<Amount>,
    /// The exact sum of the values of the parts that have one.
    pub value: Option<Amount>,
    /// The value as a part of the whole, where the whole is above zero: `0.25` is a quarter.
    pub share: Option<Amount>,
    /// How many parts have no price.
    pub unpriced: usize,
    /// The wallets it lies in.
    pub parts: Vec<Part>,
}

/// A portfolio as a list: its name and how much stands in it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PortfolioName {
    /// Its id.
    pub id: String,
    /// The name.
    pub name: String,
}

/// Everything that stands in a portfolio, or in all of them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Portfolio {
    /// The portfolio, or `None` for all of them together.
    pub name: Option<PortfolioName>,
    /// The currency values are told in.
    pub currency: Currency,
    /// Whether a price of that currency can be had at this moment.
    pub currency_is_priced: bool,
    /// One row per asset.
    pub holdings: Vec<Holding>,
    /// The exact sum of all values; `None` while nothing that is held has a price.
    pub total: Option<Amount>,
    /// How many assets have no price, or not in every wallet; test money is not counted.
    pub unpriced: usize,
    /// The age of the oldest figure.
    pub as_of: Option<Timestamp>,
    /// The age of the oldest price that was used.
    pub prices_as_of: Option<Timestamp>,
    /// Connections whose numbers are not whole or not fresh, each with the reason.
    pub gaps: Vec<Gap>,
    /// How many connections feed it.
    pub connections: usize,
}

/// Why a portfolio may not be whole.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Gap {
    /// The connection.
    pub connection_id: String,
    /// Its label.
    pub label: String,
    /// What is missing or old: `Funding is as of 3 days ago.`
    pub reason: String,
    /// Whether nothing is missing, and the figures are only old.
    pub only_old: bool,
}

impl Portfolio {
    /// Whether every wallet of every connection answered the last time, and none is old.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        self.gaps.is_empty()
    }

    /// Whether nothing is missing, though some of it is old.
    #[must_use]
    pub fn is_only_old(&self) -> bool {
        !self.is_complete() && self.gaps.iter().all(|gap| gap.only_old)
    }

    /// Whether nothing stands in it, and nothing can.
    #[must_use]
    pub fn is_untouched(&self) -> bool {
        self.connections == 0 && self.holdings.is_empty()
    }
}

impl Part {
    /// The balance at a price, or without one.
    #[must_use]
    pub fn priced(
        place: Place,
        balance: Balance,
        read_at: Timestamp,
        price: Result<Price, NoPrice>,
    ) -> Self {
        let value = price.as_ref().ok();
        Self {
            value: value.map(|price| balance.total.times(&price.amount)),
            test_money: price == Err(NoPrice::TestMoney),
            small: false,
            place,
            balance,
            read_at,
            price,
        }
    }
}

impl Holding {
    /// Whether all of it is below the limits of its connections.
    #[must_use]
    pub fn is_small(&self) -> bool {
        self.parts.iter().all(|part| part.small)
    }

    fn of(asset: AssetCode, test_money: bool, parts: Vec<Part>) -> Self {
        let quantity = sum(parts.iter().map(|part| &part.balance.total));
        let values = || parts.iter().filter_map(|part| part.value.as_ref());
        let value = values().next().map(|_| sum(values()));
        Self {
            price: price(&parts, value.as_ref()),
            unpriced: parts.iter().filter(|part| part.value.is_none()).count(),
            asset,
            test_money,
            quantity,
            value,
            share: None,
            parts,
        }
    }
}

/// The price that all priced parts share, or else their value by their quantity.
fn price(parts: &[Part], value: Option<&Amount>) -> Option<Amount> {
    let priced = || parts.iter().filter(|part| part.value.is_some());
    let mut prices = priced().filter_map(|part| part.price.as_ref().ok());
    let first = &prices.next()?.amount;
    if prices.all(|price| price.amount == *first) {
        return Some(first.clone());
    }
    let quantity = sum(priced().map(|part| &part.balance.total));
    let average = value.and_then(|value| value.over(&quantity))?;
    // Debts in one place and means in another have no price in common that would say anything.
    let no_debts = priced().all(|part| !part.balance.total.is_negative());
    no_debts.then_some(average)
}

/// Gathers parts by asset, in the order of the codes, with exact sums. Money of test environments
/// stands apart from real money.
#[must_use]
pub fn gather(parts: Vec<Part>) -> Vec<Holding> {
    let mut by_asset: BTreeMap<(AssetCode, bool), Vec<Part>> = BTreeMap::new();
    for part in parts {
        let key = (part.balance.asset.clone(), part.test_money);
        by_asset.entry(key).or_default().push(part);
    }
    let holding = |((asset, test_money), parts)| Holding::of(asset, test_money, parts);
    let mut holdings: Vec<Holding> = by_asset.into_iter().map(holding).collect();
    if let Some(total) = total(&holdings) {
        share_out(&mut holdings, &total);
    }
    holdings
}

/// The exact sum of what has a value; `None` when something is held and nothing of it has one.
#[must_use]
pub fn total(holdings: &[Holding]) -> Option<Amount> {
    let values = || holdings.iter().filter_map(|holding| holding.value.as_ref());
    let nothing_real = holdings.iter().all(|holding| holding.test_money);
    (nothing_real || values().next().is_some()).then(|| sum(values()))
}

/// How many assets have no price, or not everywhere.
#[must_use]
pub fn unpriced(holdings: &[Holding]) -> usize {
    let lacks = |holding: &&Holding| holding.unpriced > 0 && !holding.test_money;
    holdings.iter().filter(lacks).count()
}

fn share_out(holdings: &mut [Holding], total: &Amount) {
    if total.is_zero() || total.is_negative() {
        return;
    }
    for holding in holdings {
        let value = holding.value.as_ref();
        holding.share = value.and_then(|value| value.over(total));
    }
}

/// The exact sum.
pub fn sum<'a>(amounts: impl Iterator<Item = &'a Amount>) -> Amount {
    amounts.sum()
}

#[cfg(test)]
mod tests;
