//! Holding back what looks like a mistake: a jump by one price or one vanished wallet alone.
//!
//! A value more than half above or below the last one is a jump. When it would be none without what
//! a single asset's price did, or without the one wallet that is gone, it is shown, but not
//! recorded until a later reading says about the same. What a person does is no mistake: holdings
//! of a connection that was deleted, or moved to another portfolio, may go.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::change::Change;
use super::day::MINUTE_MS;
use super::reading::Reading;
use super::{Point, Source};
use crate::domain::amount::Amount;
use crate::domain::asset::AssetCode;
use crate::domain::timestamp::Timestamp;
use crate::domain::wallet::WalletName;

/// How much later a reading has to be to confirm another, in milliseconds: prices of the same
/// minute may be the same prices.
pub const CONFIRMED_AFTER_MS: i64 = MINUTE_MS;

/// What a jump came from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Cause {
    /// The price of one asset.
    Price(AssetCode),
    /// One wallet that holds nothing any more.
    Wallet(WalletName),
}

/// A reading of a moment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Taken {
    /// The moment.
    pub at: Timestamp,
    /// How it came to be taken.
    pub source: Source,
    /// What was held.
    pub reading: Reading,
}

/// A reading that is held back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Candidate {
    /// The reading.
    pub taken: Taken,
    /// Why.
    pub cause: Cause,
}

/// Where a series stands.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Standing {
    /// What its newest point was made of.
    pub latest: Option<Taken>,
    /// What is held back.
    pub candidate: Option<Candidate>,
}

impl Standing {
    /// Takes a reading in: gives the points to record, none while it is held back. `present` are
    /// the connections that belong to the series now. A reading that is not newer changes nothing.
    pub fn take(&mut self, taken: Taken, present: &BTreeSet<String>) -> Vec<Point> {
        let Some(latest) = &self.latest else {
            return vec![self.record(taken)];
        };
        if taken.at <= latest.at {
            return Vec::new();
        }
        let Some(cause) = suspicion(&latest.reading, &taken.reading, present) else {
            return vec![self.record(taken)];
        };
        match self.candidate.take() {
            Some(held) if agrees(&held.taken.reading, &taken.reading) => {
                if taken.at.0.saturating_sub(held.taken.at.0) < CONFIRMED_AFTER_MS {
                    self.candidate = Some(held);
                    return Vec::new();
                }
                vec![self.record(held.taken), self.record(taken)]
            }
            _ => {
                self.candidate = Some(Candidate { taken, cause });
                Vec::new()
            }
        }
    }

    fn record(&mut self, taken: Taken) -> Point {
        let reading = &taken.reading;
        let change = self
            .latest
            .as_ref()
            .map(|latest| Change::between(&latest.reading, reading));
        let (moved, covered) = change.map_or_else(
            || (Amount::zero(), Amount::zero()),
            |change| (change.moved, change.covered),
        );
        let point = Point {
            at: taken.at,
            value: reading.value(),
            moved,
            covered,
            unpriced: reading.unpriced(),
            partial: reading.partial,
            source: taken.source,
        };
        self.latest = Some(taken);
        self.candidate = None;
        point
    }
}

/// The one thing without which the change would be no jump.
fn suspicion(before: &Reading, after: &Reading, present: &BTreeSet<String>) -> Option<Cause> {
    let (base, change) = (before.value(), Change::between(before, after));
    let total = change.total();
    if !is_jump(&base, &total) {
        return None;
    }
    let explains = |part: &Amount| !is_jump(&base, &total.minus(part));
    let mut by_asset: BTreeMap<&AssetCode, Amount> = BTreeMap::new();
    for (asset, part) in &change.by_asset {
        let sum = by_asset.entry(asset).or_insert_with(Amount::zero);
        *sum = sum.plus(part);
    }
    if let Some((asset, _)) = by_asset.into_iter().find(|(_, part)| explains(part)) {
        return Some(Cause::Price(asset.clone()));
    }
    let held = |connection_id: &str, wallet: &WalletName| {
        let mut wallets = after.wallets.iter();
        wallets.any(|one| one.connection_id == connection_id && one.wallet == *wallet)
    };
    let mut gone = before.wallets.iter().filter(|one| {
        present.contains(&one.connection_id) && !held(&one.connection_id, &one.wallet)
    });
    gone.find(|one| explains(&one.value.negated()))
        .map(|one| Cause::Wallet(one.wallet.clone()))
}

/// Whether a change is more than half of what there was.
fn is_jump(base: &Amount, change: &Amount) -> bool {
    change.plus(change).abs() > base.abs()
}

/// Whether a reading is within a fifth of the one before.
fn agrees(before: &Reading, after: &Reading) -> bool {
    let (before, after) = (before.value(), after.value());
    after.minus(&before).abs().times(&Amount::from(5)) <= before.abs()
}

#[cfg(test)]
mod tests {
    use super::super::reading::Line;
    use super::super::samples::{amount, line};
    use super::*;

    fn taken(minute: i64, lines: &[Line]) -> Taken {
        Taken {
            at: Timestamp(minute * MINUTE_MS),
            source: Source::Sync,
            reading: Reading::of(lines, false),
        }
    }

    fn present() -> BTreeSet<String> {
        BTreeSet::from(["a".to_owned()])
    }

    fn btc(price: &str) -> Line {
        line("a spot", "BTC", "1", Some(price))
    }

    fn eth(quantity: &str) -> Line {
        line("a funding", "ETH", quantity, Some("10"))
    }

    /// A series whose last value is 1 010.
    fn settled() -> Standing {
        let mut standing = Standing::default();
        let first = standing.take(taken(0, &[btc("1000"), eth("1")]), &present());
        assert_eq!(first[0].value, amount("1010"));
        assert_eq!(first[0].moved, Amount::zero());
        standing
    }

    fn cause(standing: &Standing) -> Option<Cause> {
        standing.candidate.as_ref().map(|held| held.cause.clone())
    }

    #[test]
    fn a_jump_by_one_price_waits_until_the_next_reading_says_so_too() {
        let mut standing = settled();
        assert_eq!(
            standing.take(taken(60, &[btc("3000"), eth("1")]), &present()),
            []
        );
        let asset = AssetCode::parse("BTC").unwrap();
        assert_eq!(cause(&standing), Some(Cause::Price(asset)));
        let points = standing.take(taken(120, &[btc("2900"), eth("2")]), &present());
        let values: Vec<_> = points.iter().map(|point| point.value.as_str()).collect();
        assert_eq!(values, ["3010", "2920"]);
        assert_eq!(points[0].at, Timestamp(60 * MINUTE_MS));
        assert_eq!(points[1].moved, amount("10"));
        assert_eq!(standing.candidate, None);
    }

    #[test]
    fn a_mistake_that_is_over_leaves_no_trace() {
        let mut standing = settled();
        standing.take(taken(60, &[btc("3000"), eth("1")]), &present());
        let points = standing.take(taken(120, &[btc("1001"), eth("1")]), &present());
        assert_eq!(points.len(), 1);
        assert_eq!(points[0].value, amount("1011"));
        assert_eq!(standing.candidate, None);
    }

    #[test]
    fn another_jump_takes_the_place_of_the_first() {
        let mut standing = settled();
        standing.take(taken(60, &[btc("3000"), eth("1")]), &present());
        assert_eq!(
            standing.take(taken(120, &[btc("9000"), eth("1")]), &present()),
            []
        );
        let held = &standing.candidate.as_ref().unwrap().taken;
        assert_eq!(held.at, Timestamp(120 * MINUTE_MS));
    }

    #[test]
    fn prices_of_the_same_minute_confirm_nothing() {
        let mut standing = settled();
        standing.take(taken(60, &[btc("3000"), eth("1")]), &present());
        let mut soon = taken(60, &[btc("3000"), eth("1")]);
        soon.at = soon.at.plus_ms(CONFIRMED_AFTER_MS - 1);
        assert_eq!(standing.take(soon, &present()), []);
        let held = &standing.candidate.as_ref().unwrap().taken;
        assert_eq!(held.at, Timestamp(60 * MINUTE_MS));
    }

    #[test]
    fn a_wallet_that_vanishes_alone_is_held_back() {
        let mut standing = settled();
        assert_eq!(standing.take(taken(60, &[eth("1")]), &present()), []);
        let spot = Cause::Wallet(WalletName::new("spot"));
        assert_eq!(cause(&standing), Some(spot));
        let points = standing.take(taken(120, &[eth("1")]), &present());
        assert_eq!(points.len(), 2);
        assert_eq!(points[0].moved, amount("-1000"));
    }

    #[test]
    fn what_a_person_does_is_recorded_at_once() {
        // The connection was deleted or moved.
        let mut standing = settled();
        let points = standing.take(taken(60, &[]), &BTreeSet::new());
        assert_eq!(points[0].value, Amount::zero());
        // Assets were bought and sold, in a wallet that is still there.
        let mut standing = settled();
        let much = line("a spot", "BTC", "9", Some("1000"));
        assert_eq!(standing.take(taken(60, &[much]), &present()).len(), 1);
        // They went from one wallet to another.
        let mut standing = settled();
        let moved = line("a earn", "BTC", "1", Some("1000"));
        assert_eq!(standing.take(taken(60, &[moved]), &present()).len(), 1);
    }

    #[test]
    fn a_market_that_moves_as_a_whole_is_no_mistake() {
        let held = |price| {
            let both = ["BTC", "ETH"].map(|asset| line("a spot", asset, "1", Some(price)));
            Vec::from(both)
        };
        let mut standing = Standing::default();
        standing.take(taken(0, &held("100")), &present());
        // Without either, the other one alone would still be a jump.
        assert_eq!(standing.take(taken(60, &held("250")), &present()).len(), 1);
        assert_eq!(standing.take(taken(120, &held("200")), &present()).len(), 1);
    }

    #[test]
    fn exactly_half_is_no_jump_and_a_reading_of_the_past_is_none() {
        let mut standing = Standing::default();
        standing.take(taken(0, &[btc("100")]), &present());
        assert_eq!(standing.take(taken(60, &[btc("150")]), &present()).len(), 1);
        assert_eq!(standing.take(taken(60, &[btc("150")]), &present()), []);
        assert_eq!(standing.take(taken(59, &[btc("150")]), &present()), []);
        assert_eq!(standing.take(taken(61, &[btc("225.01")]), &present()), []);
    }
}
