//! The accounts of both exchanges and what lies in them.

use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
};

use super::{Exchange, Wallet, catalog::Coin, decimal::Worth, wallet::Row};

/// An account and what lies in it.
#[derive(Debug)]
pub(super) struct Account {
    pub(super) exchange: Exchange,
    pub(super) uid: Arc<str>,
    pub(super) wallets: BTreeMap<Wallet, Vec<Row>>,
    /// What else the exchange's own overview tells of, by the overview's name for it, in USDT.
    pub(super) elsewhere: BTreeMap<String, String>,
    /// OKX: whether savings were never opened, so that asking for them is an error.
    pub(super) savings_closed: bool,
}

impl Account {
    /// An account with these wallets.
    pub(super) fn new(
        exchange: Exchange,
        uid: &str,
        wallets: impl IntoIterator<Item = (Wallet, Vec<Row>)>,
    ) -> Self {
        Self {
            exchange,
            uid: uid.into(),
            wallets: wallets.into_iter().collect(),
            elsewhere: BTreeMap::new(),
            savings_closed: false,
        }
    }

    /// The rows of a wallet, none when it was never used.
    pub(super) fn rows(&self, wallet: Wallet) -> &[Row] {
        self.wallets.get(&wallet).map_or(&[], Vec::as_slice)
    }

    /// What the wallets hold at the catalogue's prices; what has none counts for nothing.
    pub(super) fn worth(&self, wallets: &[Wallet], coins: &[Coin]) -> Worth {
        let mut worth = Worth::default();
        let rows = wallets.iter().flat_map(|&wallet| self.rows(wallet));
        for holding in rows.filter_map(Row::holding) {
            if let Some(price) = price(coins, &holding.asset) {
                worth.add(&holding.total, price);
            }
        }
        worth
    }

    /// What else there is in one part of the exchange's overview.
    pub(super) fn worth_elsewhere(&self, part: &str) -> Worth {
        let mut worth = Worth::default();
        if let Some(amount) = self.elsewhere.get(part) {
            worth.add(amount, "1");
        }
        worth
    }
}

/// A coin's price in USDT, of which one costs one.
pub(super) fn price<'a>(coins: &'a [Coin], code: &str) -> Option<&'a str> {
    if code == "USDT" {
        return Some("1");
    }
    coins.iter().find(|coin| coin.code == code)?.price
}

/// Every account, found by exchange and number.
#[derive(Debug, Default)]
pub(super) struct Accounts(BTreeMap<Exchange, HashMap<Arc<str>, Account>>);

impl Accounts {
    /// Opens an account, in place of one with the same number.
    pub(super) fn insert(&mut self, account: Account) {
        let own = self.0.entry(account.exchange).or_default();
        own.insert(Arc::clone(&account.uid), account);
    }

    /// The account with this number.
    pub(super) fn get(&self, exchange: Exchange, uid: &str) -> Option<&Account> {
        self.0.get(&exchange)?.get(uid)
    }

    /// The account with this number, to change.
    pub(super) fn get_mut(&mut self, exchange: Exchange, uid: &str) -> Option<&mut Account> {
        self.0.get_mut(&exchange)?.get_mut(uid)
    }
}
