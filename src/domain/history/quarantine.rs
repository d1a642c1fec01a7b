//! Holding back what looks like a mistake: a jump by one price or one wallet alone.
//!
//! A value more than half above or below the last one is a jump. When it would be none without what
//! a single asset's price did, or without what came to or went from one wallet, it is shown, but not
//! recorded until it is borne out: the one by a later price, the other by that wallet read again.
//! What a person does is no mistake: what a connection brings that is new, or moved to another
//! portfolio, may come, and what one that was deleted or moved away held may go.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::change::Change;
use super::day::MINUTE_MS;
use super::reading::Reading;
use super::{Point, Source};
use crate::domain::amount::Amount;
use crate::domain::asset::AssetCode;
use crate::domain::timestamp::Timestamp;
use crate::domain::wallet::WalletName;

/// How much later a price has to be to confirm another, in milliseconds: prices of the same minute
/// may be the same prices.
pub const CONFIRMED_AFTER_MS: i64 = MINUTE_MS;

/// Connections, and when each of their wallets was last read.
pub type ReadTimes = BTreeMap<String, BTreeMap<WalletName, Timestamp>>;

/// What a jump came from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Cause {
    /// The price of one asset.
    Price(AssetCode),
    /// One wallet of which much is gone, or to which much came.
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
    /// The connections that belonged to the series then. Readings of earlier versions tell none.
    #[serde(default)]
    pub connections: ReadTimes,
}

/// A reading that is held back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Candidate {
    /// The reading.
    pub taken: Taken,
    /// Why.
    pub cause: Cause,
    /// The connection of the wallet that is the cause. Candidates of earlier versions tell none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub connection_id: Option<String>,
}

/// Where a series stands.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Standing {
    /// What its newest point was made of.
    pub latest: Option<Taken>,
    /// A newer reading of which nothing had a price, so that no point was made of it.
    pub unvalued: Option<Taken>,
    /// What is held back.
    pub candidate: Option<Candidate>,
}

impl Taken {
    /// Whether a connection belonged to the series then.
    #[must_use]
    pub fn knows(&self, connection_id: &str) -> bool {
        let mut wallets = self.reading.wallets.iter();
        self.connections.contains_key(connection_id)
            || wallets.any(|one| one.connection_id == connection_id)
    }

    fn read_at(&self, connection_id: &str, wallet: &WalletName) -> Option<Timestamp> {
        self.connections.get(connection_id)?.get(wallet).copied()
    }
}

impl Candidate {
    /// Whether another reading tells of the same: about the same value, from the same cause.
    fn is_like(&self, other: &Self) -> bool {
        let same_place = self.connection_id.is_none() || self.connection_id == other.connection_id;
        self.cause == other.cause && same_place && agrees(&self.taken.reading, &other.taken.reading)
    }

    /// Whether what caused it was asked for again before another reading.
    fn is_confirmed_by(&self, later: &Taken) -> bool {
        match (&self.cause, &self.connection_id) {
            (Cause::Wallet(wallet), Some(id)) => {
                later.read_at(id, wallet) > self.taken.read_at(id, wallet)
            }
            _ => later.at.0.saturating_sub(self.taken.at.0) >= CONFIRMED_AFTER_MS,
        }
    }
}

impl Standing {
    /// The newest reading that was no jump, whether or not a point was made of it.
    #[must_use]
    pub fn seen(&self) -> Option<&Taken> {
        self.unvalued.as_ref().or(self.latest.as_ref())
    }

    /// Takes a reading in: gives the points to record, none while it is held back or where nothing
    /// has a price. A reading that is not newer changes nothing.
    pub fn take(&mut self, taken: Taken) -> Vec<Point> {
        if self.seen().is_some_and(|seen| taken.at <= seen.at) {
            return Vec::new();
        }
        if taken.reading.is_unknown() {
            self.unvalued = Some(taken);
            return Vec::new();
        }
        let suspicion = self
            .latest
            .as_ref()
            .and_then(|latest| suspicion(latest, &taken));
        let Some((cause, connection_id)) = suspicion else {
            return vec![self.record(taken)];
        };
        let new = Candidate {
            taken,
            cause,
            connection_id,
        };
        match self.candidate.take() {
            Some(held) if held.is_like(&new) && held.is_confirmed_by(&new.taken) => {
                vec![self.record(held.taken), self.record(new.taken)]
            }
            Some(held) if held.is_like(&new) => {
                self.candidate = Some(held);
                Vec::new()
            }
            _ => {
                self.candidate = Some(new);
                Vec::new()
            }
        }
    }

    fn record(&mut self, mut taken: Taken) -> Point {
        let (mut moved, mut covered) = (Amount::zero(), Amount::zero());
        if let Some(latest) = &self.latest {
            taken.reading.follow(&latest.reading);
            let change = Change::between(&latest.reading, &taken.reading);
            (moved, covered) = (change.moved, change.covered);
        }
        let reading = &taken.reading;
        let point = Point {
            at: taken.at,
            value: reading.value(),
            moved,
            covered,
            unpriced: reading.unpriced(),
            partial: reading.is_partial(),
            source: taken.source,
        };
        *self = Self {
            latest: Some(taken),
            ..Self::default()
        };
        point
    }
}

/// The one thing without which the change would be no jump, and whose wallet it is.
fn suspicion(before: &Taken, after: &Taken) -> Option<(Cause, Option<String>)> {
    let base = before.reading.value();
    let change = Change::between(&before.reading, &after.reading);
    let total = change.total();
    if !is_jump(&base, &total) {
        return None;
    }
    let explains = |part: &Amount| !is_jump(&base, &total.minus(part));
    let mut prices = change.by_price.iter();
    if let Some((asset, _)) = prices.find(|(_, part)| explains(part)) {
        return Some((Cause::Price(asset.clone()), None));
    }
    // What prices did to all that is in one wallet is no doing of that wallet.
    if !explains(&change.moved) {
        return None;
    }
    let mut wallets = wallet_changes(&before.reading, &after.reading).into_iter();
    let stays = |id: &str| before.knows(id) && after.knows(id);
    let ((id, wallet), _) = wallets.find(|((id, _), part)| stays(id) && explains(part))?;
    Some((Cause::Wallet(wallet.clone()), Some(id.to_owned())))
}

/// By how much the value of every wallet changed.
fn wallet_changes<'a>(
    before: &'a Reading,
    after: &'a Reading,
) -> BTreeMap<(&'a str, &'a WalletName), Amount> {
    let mut changes: BTreeMap<_, Amount> = BTreeMap::new();
    let old = before.wallets.iter().map(|one| (one, one.value.negated()));
    let new = after.wallets.iter().map(|one| (one, one.value.clone()));
    for (one, value) in old.chain(new) {
        let key = (one.connection_id.as_str(), &one.wallet);
        let sum = changes.entry(key).or_insert_with(Amount::zero);
        *sum = sum.plus(&value);
    }
    changes
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
mod tests;
