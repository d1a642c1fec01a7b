//! How much has to change before a person is told: exact arithmetic, nothing else.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::amount::Amount;
use super::asset::AssetCode;

/// An amount that became another.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    /// The amount before.
    pub before: Amount,
    /// The amount after.
    pub after: Amount,
    /// By how many percent of the amount before, rounded half to even to one digit after the point;
    /// none where there was nothing before.
    pub percent: Option<Amount>,
}

impl Change {
    /// ` (+12.5 %)`; empty where there was nothing before.
    #[must_use]
    pub fn by(&self) -> String {
        let signed = |percent: &Amount| {
            let plus = if percent.is_negative() { "" } else { "+" };
            format!(" ({plus}{} %)", percent.grouped())
        };
        self.percent.as_ref().map(signed).unwrap_or_default()
    }

    /// Whether it is more than so many percent of the amount before. What came from nothing, and
    /// what is gone altogether, always is.
    fn exceeds(&self, percent: &Amount) -> bool {
        if self.before == self.after {
            return false;
        }
        if self.before.is_zero() || self.after.is_zero() {
            return true;
        }
        let moved = self.after.minus(&self.before).abs();
        moved.times(&hundred()) > self.before.abs().times(percent)
    }
}

/// What one amount did to become the other.
#[must_use]
pub fn change(before: &Amount, after: &Amount) -> Change {
    let moved = after.minus(before).times(&hundred());
    Change {
        before: before.clone(),
        after: after.clone(),
        percent: moved.over(&before.abs()).map(|exact| exact.rounded(1)),
    }
}

/// The change of a value, if it is more than so many percent of what it was.
#[must_use]
pub fn value_change(before: &Amount, after: &Amount, percent: &Amount) -> Option<Change> {
    Some(change(before, after)).filter(|change| change.exceeds(percent))
}

/// The assets of which more than so many percent came or went, in the order of their codes. An asset
/// that is missing on one side was held by nobody then: holdings that could not be read must stand
/// on both sides as they were last read.
#[must_use]
pub fn balance_changes(
    before: &BTreeMap<AssetCode, Amount>,
    after: &BTreeMap<AssetCode, Amount>,
    percent: &Amount,
) -> Vec<(AssetCode, Change)> {
    let none = Amount::zero();
    let all: BTreeSet<_> = before.keys().chain(after.keys()).collect();
    all.into_iter()
        .filter_map(|asset| {
            let held =
                |side: &BTreeMap<AssetCode, Amount>| side.get(asset).unwrap_or(&none).clone();
            let change = value_change(&held(before), &held(after), percent)?;
            Some((asset.clone(), change))
        })
        .collect()
}

fn hundred() -> Amount {
    Amount::from(100)
}

#[cfg(test)]
mod tests;
