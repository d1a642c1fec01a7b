//! A connection whose account holds the same number of everything, so that a torn reading shows.

use std::collections::BTreeSet;

use coffer::sandbox::{Control, DemoKey, Holding, Wallet};
use sqlx::AnyConnection;

use super::ledger;
use crate::scene;
use crate::support::Browser;

/// An account and its connection.
pub struct Numbered {
    pub key: DemoKey,
    pub id: String,
    /// Wallet and asset of everything in it.
    assets: Vec<(String, String)>,
}

impl Numbered {
    /// Connects the account, and sees what it holds.
    pub async fn connect(browser: &Browser, key: DemoKey, db: &mut AnyConnection) -> Self {
        let id = scene::connect(browser, &key, &[]).await;
        let held = ledger::held(db, &id).await;
        let assets = held.into_iter().map(|row| (row.0, row.1)).collect();
        Self { key, id, assets }
    }

    /// Gives everything in the account this number as its amount.
    pub fn set(&self, control: &Control, number: u32) {
        let amount = number.to_string();
        for (wallet, asset) in &self.assets {
            let wallet = match wallet.as_str() {
                "spot" => Wallet::Spot,
                "trading" => Wallet::Trading,
                _ => Wallet::Funding,
            };
            let holding = Holding::new(asset, &amount, "0");
            control
                .set_asset(self.key.api_key, wallet, holding)
                .unwrap();
        }
    }

    /// The number that everything has which is stored.
    ///
    /// # Errors
    /// What is stored, when it is of more than one reading.
    pub async fn number(&self, db: &mut AnyConnection) -> Result<u32, String> {
        let held = ledger::held(db, &self.id).await;
        let numbers: BTreeSet<_> = held.iter().map(|row| row.4.as_str()).collect();
        let assets: Vec<_> = held
            .iter()
            .map(|row| (row.0.clone(), row.1.clone()))
            .collect();
        let number = match numbers.first() {
            Some(number) if numbers.len() == 1 && assets == self.assets => number.parse().ok(),
            _ => None,
        };
        number.ok_or_else(|| format!("{} of {} rows: {numbers:?}", held.len(), self.assets.len()))
    }
}
