//! Holdings of many wallets gathered into one table.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::amount::Amount;
use super::asset::AssetCode;
use super::timestamp::Timestamp;
use super::wallet::{Balance, WalletName};

/// What one wallet holds of an asset, and where the figure comes from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Part {
    /// The connection.
    pub connection_id: String,
    /// Its label.
    pub label: String,
    /// The exchange's name.
    pub exchange: String,
    /// Whether its key was accepted though nobody can tell what it may do.
    pub unproven: bool,
    /// The wallet.
    pub wallet: WalletName,
    /// The balance.
    pub balance: Balance,
    /// When the wallet last said so.
    pub read_at: Timestamp,
}

/// All that is held of one asset.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Holding {
    /// The asset.
    pub asset: AssetCode,
    /// The exact sum of the parts.
    pub quantity: Amount,
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
    /// The currency values are told in: `USD`.
    pub base_currency: String,
    /// One row per asset.
    pub holdings: Vec<Holding>,
    /// The age of the oldest figure.
    pub as_of: Option<Timestamp>,
    /// Connections whose numbers are not whole or not fresh, each with the reason.
    pub gaps: Vec<Gap>,
    /// Balances not shown because they are below their connection's limit.
    pub hidden: usize,
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
    /// What is missing or old: `Funding failed`.
    pub reason: String,
}

impl Portfolio {
    /// Whether every wallet of every connection answered the last time.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        self.gaps.is_empty()
    }
}

/// Gathers parts by asset, in the order of the codes, with exact sums.
#[must_use]
pub fn gather(parts: Vec<Part>) -> Vec<Holding> {
    let mut by_asset: BTreeMap<AssetCode, Vec<Part>> = BTreeMap::new();
    for part in parts {
        by_asset
            .entry(part.balance.asset.clone())
            .or_default()
            .push(part);
    }
    by_asset
        .into_iter()
        .map(|(asset, parts)| {
            let add = |sum: Amount, part: &Part| sum.plus(&part.balance.total);
            let quantity = parts.iter().fold(Amount::zero(), add);
            Holding {
                asset,
                quantity,
                parts,
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn part(asset: &str, wallet: &str, total: &str) -> Part {
        let total = Amount::parse(total).unwrap();
        Part {
            connection_id: "c".into(),
            label: "Binance".into(),
            exchange: "Binance".into(),
            unproven: false,
            wallet: WalletName::new(wallet),
            balance: Balance {
                asset: AssetCode::parse(asset).unwrap(),
                free: None,
                locked: None,
                total,
            },
            read_at: Timestamp(0),
        }
    }

    #[test]
    fn wallets_of_one_asset_are_summed_to_the_last_digit() {
        let held = gather(vec![
            part("ETH", "spot", "1"),
            part("BTC", "spot", "123456789012.123456789012345678"),
            part("BTC", "funding", "0.000000000000000001"),
        ]);
        let rows: Vec<_> = held
            .iter()
            .map(|h| (h.asset.as_str(), h.quantity.as_str()))
            .collect();
        assert_eq!(
            rows,
            [("BTC", "123456789012.123456789012345679"), ("ETH", "1")]
        );
        assert_eq!(held[0].parts.len(), 2);
    }
}
