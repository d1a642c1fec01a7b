//! Why a value changed: by balances, by prices, or because a price came or went.

use std::collections::BTreeMap;

use super::reading::{Position, Reading};
use crate::domain::amount::Amount;
use crate::domain::asset::AssetCode;

/// The change from one reading to the next, in USDT. The three parts add up to it exactly.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// What balances did, at the new prices. What appeared or vanished counts here.
    pub moved: Amount,
    /// What assets added by gaining their price, or took away by losing it.
    pub covered: Amount,
    /// What prices did to what was held before.
    pub priced: Amount,
    /// The part of [`Self::priced`] and [`Self::covered`] of every asset whose price changed, came
    /// or went.
    pub by_price: BTreeMap<AssetCode, Amount>,
}

impl Change {
    /// The change from one reading to another.
    #[must_use]
    pub fn between(before: &Reading, after: &Reading) -> Self {
        let mut change = Self {
            moved: Amount::zero(),
            covered: Amount::zero(),
            priced: Amount::zero(),
            by_price: BTreeMap::new(),
        };
        let mut old: BTreeMap<_, &Position> = before
            .positions
            .iter()
            .map(|position| (position.key(), position))
            .collect();
        for new in &after.positions {
            match old.remove(&new.key()) {
                Some(earlier) => change.follow(earlier, new),
                None => change.add_moved(new.value()),
            }
        }
        for gone in old.into_values() {
            change.add_moved(gone.value().map(|value| value.negated()));
        }
        change
    }

    /// The whole of it.
    #[must_use]
    pub fn total(&self) -> Amount {
        self.moved.plus(&self.covered).plus(&self.priced)
    }

    fn follow(&mut self, before: &Position, after: &Position) {
        match (&before.price, &after.price) {
            (Some(earlier), Some(later)) => {
                let moved = after.quantity.minus(&before.quantity).times(later);
                self.moved = self.moved.plus(&moved);
                if earlier != later {
                    let priced = before.quantity.times(&later.minus(earlier));
                    self.priced = self.priced.plus(&priced);
                    self.add_by_price(&after.asset, &priced);
                }
            }
            (Some(_), None) => {
                self.add_covered(&after.asset, before.value().map(|value| value.negated()));
            }
            (None, Some(_)) => self.add_covered(&after.asset, after.value()),
            (None, None) => (),
        }
    }

    fn add_moved(&mut self, value: Option<Amount>) {
        if let Some(value) = value {
            self.moved = self.moved.plus(&value);
        }
    }

    fn add_covered(&mut self, asset: &AssetCode, value: Option<Amount>) {
        if let Some(value) = value {
            self.covered = self.covered.plus(&value);
            self.add_by_price(asset, &value);
        }
    }

    fn add_by_price(&mut self, asset: &AssetCode, part: &Amount) {
        let sum = self
            .by_price
            .entry(asset.clone())
            .or_insert_with(Amount::zero);
        *sum = sum.plus(part);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::samples::{amount, line};
    use super::*;

    fn reading(held: &[(&str, &str, Option<&str>)]) -> Reading {
        let lines: Vec<_> = held
            .iter()
            .map(|(asset, quantity, price)| line("a spot", asset, quantity, *price))
            .collect();
        Reading::of(&lines, false)
    }

    fn parts(
        before: &[(&str, &str, Option<&str>)],
        after: &[(&str, &str, Option<&str>)],
    ) -> [String; 3] {
        let change = Change::between(&reading(before), &reading(after));
        [change.moved, change.covered, change.priced].map(|part| part.to_string())
    }

    #[test]
    fn what_was_bought_counts_at_the_new_price_and_the_rest_is_price() {
        let before = [("BTC", "2", Some("100"))];
        assert_eq!(
            parts(&before, &[("BTC", "3", Some("110"))]),
            ["110", "0", "20"]
        );
        assert_eq!(
            parts(&before, &[("BTC", "1", Some("90"))]),
            ["-90", "0", "-20"]
        );
    }

    #[test]
    fn what_appears_or_vanishes_is_balance() {
        let (btc, eth) = (("BTC", "2", Some("100")), ("ETH", "1", Some("7")));
        assert_eq!(parts(&[btc], &[btc, eth]), ["7", "0", "0"]);
        assert_eq!(parts(&[btc, eth], &[btc]), ["-7", "0", "0"]);
    }

    #[test]
    fn a_price_that_comes_or_goes_is_no_gain_and_no_loss() {
        let (priced, unpriced) = (("NEW", "5", Some("4")), ("NEW", "5", None));
        assert_eq!(parts(&[unpriced], &[priced]), ["0", "20", "0"]);
        assert_eq!(parts(&[priced], &[unpriced]), ["0", "-20", "0"]);
        assert_eq!(parts(&[unpriced], &[("NEW", "9", None)]), ["0", "0", "0"]);
    }

    prop_compose! {
        fn held()(rows in proptest::collection::vec(
            (0_usize..6, -50_i64..50, proptest::option::of(0_i64..1000)), 0..8
        )) -> Reading {
            let lines: Vec<_> = rows.iter().map(|(asset, quantity, price)| {
                let price = price.map(|price| format!("0.{price:03}"));
                line("a spot", &format!("A{asset}"), &quantity.to_string(), price.as_deref())
            }).collect();
            // One price for each asset, as in every market.
            let mut reading = Reading::of(&lines, false);
            reading.positions.iter_mut().for_each(|p| p.quantity = p.quantity.plus(&amount("0.5")));
            reading
        }
    }

    proptest! {
        #[test]
        fn the_parts_add_up_to_the_change_exactly(before in held(), after in held()) {
            let change = Change::between(&before, &after);
            prop_assert_eq!(change.total(), after.value().minus(&before.value()));
            let by_price = change.by_price.values().fold(Amount::zero(), |sum, part| sum.plus(part));
            prop_assert_eq!(by_price, change.priced.plus(&change.covered));
        }
    }
}
