//! What a portfolio holds at a moment, counted by asset and by wallet.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::domain::amount::Amount;
use crate::domain::asset::AssetCode;
use crate::domain::exchange::ExchangeId;
use crate::domain::wallet::WalletName;

/// A line of everything a person holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// The portfolio.
    pub portfolio_id: String,
    /// The connection and its wallet; `None` for what was entered by hand.
    pub wallet: Option<(String, WalletName)>,
    /// The exchange that calls the asset so.
    pub exchange: Option<ExchangeId>,
    /// The asset.
    pub asset: AssetCode,
    /// How much of it.
    pub quantity: Amount,
    /// The price of one unit in USDT, where there is one.
    pub price: Option<Amount>,
}

/// What is held of one asset.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Position {
    /// The exchange that calls it so.
    #[serde(rename = "e", default, skip_serializing_if = "Option::is_none")]
    pub exchange: Option<ExchangeId>,
    /// The asset.
    #[serde(rename = "a")]
    pub asset: AssetCode,
    /// How much, in all wallets together.
    #[serde(rename = "q")]
    pub quantity: Amount,
    /// The price of one unit in USDT, where there is one.
    #[serde(rename = "p", default, skip_serializing_if = "Option::is_none")]
    pub price: Option<Amount>,
    /// Whether it had a price before, and lost it while it was held.
    #[serde(rename = "l", default, skip_serializing_if = "std::ops::Not::not")]
    pub lost: bool,
}

/// What everything in one wallet is worth.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WalletValue {
    /// The connection.
    #[serde(rename = "c")]
    pub connection_id: String,
    /// The wallet.
    #[serde(rename = "w")]
    pub wallet: WalletName,
    /// The sum of what has a price, in USDT.
    #[serde(rename = "v")]
    pub value: Amount,
}

/// What a portfolio, or all of them, held at a moment.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reading {
    /// One for every exchange and asset, in that order.
    pub positions: Vec<Position>,
    /// One for every wallet that holds anything, in order.
    pub wallets: Vec<WalletValue>,
    /// Whether something could not be read, or is old.
    pub partial: bool,
}

impl Position {
    /// What it is worth in USDT, where it has a price.
    #[must_use]
    pub fn value(&self) -> Option<Amount> {
        Some(self.quantity.times(self.price.as_ref()?))
    }

    /// What tells it from others.
    #[must_use]
    pub fn key(&self) -> (Option<&str>, &AssetCode) {
        (self.exchange.as_ref().map(ExchangeId::as_str), &self.asset)
    }
}

impl Reading {
    /// Counts lines together.
    #[must_use]
    pub fn of<'a>(lines: impl IntoIterator<Item = &'a Line>, partial: bool) -> Self {
        let mut positions: BTreeMap<(Option<&str>, &AssetCode), Position> = BTreeMap::new();
        let mut wallets: BTreeMap<&(String, WalletName), Amount> = BTreeMap::new();
        for line in lines {
            let exchange = line.exchange.as_ref().map(ExchangeId::as_str);
            let position = positions
                .entry((exchange, &line.asset))
                .or_insert_with(|| Position {
                    exchange: line.exchange.clone(),
                    asset: line.asset.clone(),
                    quantity: Amount::zero(),
                    price: line.price.clone(),
                    lost: false,
                });
            position.quantity = position.quantity.plus(&line.quantity);
            if let Some(wallet) = &line.wallet {
                let value = wallets.entry(wallet).or_insert_with(Amount::zero);
                if let Some(price) = &line.price {
                    *value = value.plus(&line.quantity.times(price));
                }
            }
        }
        let wallet =
            |((connection_id, wallet), value): (&(String, WalletName), Amount)| WalletValue {
                connection_id: connection_id.clone(),
                wallet: wallet.clone(),
                value,
            };
        Self {
            positions: positions.into_values().collect(),
            wallets: wallets.into_iter().map(wallet).collect(),
            partial,
        }
    }

    /// The sum of everything that has a price, in USDT.
    #[must_use]
    pub fn value(&self) -> Amount {
        let values = self.positions.iter().filter_map(Position::value);
        values.fold(Amount::zero(), |sum, value| sum.plus(&value))
    }

    /// How many assets have no price.
    #[must_use]
    pub fn unpriced(&self) -> usize {
        let without = self.positions.iter().filter(|one| one.price.is_none());
        without.map(|one| &one.asset).collect::<BTreeSet<_>>().len()
    }

    /// Notes which assets had a price in the reading before, or had lost it there, and have none now.
    pub fn follow(&mut self, before: &Self) {
        let had_one = before
            .positions
            .iter()
            .filter(|one| one.price.is_some() || one.lost);
        let had_one: BTreeSet<_> = had_one.map(Position::key).collect();
        for position in self.positions.iter_mut().filter(|one| one.price.is_none()) {
            position.lost = had_one.contains(&position.key());
        }
    }

    /// Whether its value is not all it should be: something could not be read, is old, or lost its
    /// price.
    #[must_use]
    pub fn is_partial(&self) -> bool {
        self.partial || self.positions.iter().any(|one| one.lost)
    }

    /// Whether nothing at all is known of what it is worth, though something is held.
    #[must_use]
    pub fn is_unknown(&self) -> bool {
        !self.positions.is_empty() && self.positions.iter().all(|one| one.price.is_none())
    }
}

#[cfg(test)]
mod tests {
    use super::super::samples::{amount, line};
    use super::*;

    #[test]
    fn lines_are_counted_by_asset_and_by_wallet() {
        let lines = [
            line("a spot", "BTC", "1", Some("100")),
            line("a funding", "BTC", "0.5", Some("100")),
            line("a spot", "OBSCURE", "7", None),
            line("a spot", "USDT", "-20", Some("1")),
        ];
        let reading = Reading::of(&lines, false);
        assert_eq!(reading.value(), amount("130"));
        assert_eq!(reading.unpriced(), 1);
        let quantities: Vec<_> = reading
            .positions
            .iter()
            .map(|p| (p.asset.as_str(), p.quantity.as_str()))
            .collect();
        assert_eq!(
            quantities,
            [("BTC", "1.5"), ("OBSCURE", "7"), ("USDT", "-20")]
        );
        let wallets: Vec<_> = reading
            .wallets
            .iter()
            .map(|w| (w.wallet.as_str(), w.value.as_str()))
            .collect();
        assert_eq!(wallets, [("funding", "50"), ("spot", "80")]);
    }

    #[test]
    fn one_code_on_two_exchanges_is_two_positions() {
        let mut other = line("b spot", "BTC", "1", Some("101"));
        other.exchange = Some(ExchangeId::new("okx"));
        let lines = [line("a spot", "BTC", "1", Some("100")), other];
        assert_eq!(Reading::of(&lines, false).positions.len(), 2);
    }

    #[test]
    fn what_has_no_price_at_all_is_unknown_and_nothing_is_worth_nothing() {
        assert!(Reading::of(&[line("a spot", "X", "1", None)], false).is_unknown());
        let nothing = Reading::default();
        assert!(!nothing.is_unknown());
        assert_eq!(nothing.value(), Amount::zero());
    }

    #[test]
    fn a_lost_price_is_remembered_until_it_is_back_or_the_asset_is_gone() {
        let held = |rare: &[(&str, Option<&str>)]| {
            let lines = rare
                .iter()
                .map(|(asset, price)| line("a spot", asset, "1", *price));
            Reading::of(&lines.collect::<Vec<_>>(), false)
        };
        let mut before = held(&[("BTC", Some("9")), ("RARE", Some("1")), ("NEVER", None)]);
        for (rare, partial) in [
            (&[("BTC", Some("9")), ("NEVER", None)][..], false),
            (
                &[("BTC", Some("9")), ("RARE", None), ("NEVER", None)],
                false,
            ),
            (&[("BTC", Some("9")), ("RARE", Some("1"))], false),
            (&[("BTC", Some("9")), ("RARE", None)], true),
            (&[("BTC", Some("8")), ("RARE", None)], true),
            (&[("BTC", Some("8")), ("RARE", Some("2"))], false),
        ] {
            let mut reading = held(rare);
            reading.follow(&before);
            assert_eq!(reading.is_partial(), partial, "{rare:?}");
            let json = serde_json::to_string(&reading).unwrap();
            assert_eq!(json.contains("\"l\":true"), partial, "{json}");
            before = serde_json::from_str(&json).unwrap();
        }
    }

    #[test]
    fn a_reading_is_kept_exactly() {
        let lines = [
            line("a spot", "币安人生", "0.000000000000000001", None),
            line("a spot", "BTC", "1", Some("0.1")),
        ];
        let reading = Reading::of(&lines, true);
        let json = serde_json::to_string(&reading).unwrap();
        assert_eq!(serde_json::from_str::<Reading>(&json).unwrap(), reading);
    }
}
