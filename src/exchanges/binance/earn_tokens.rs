//! Earn tokens: flexible earn positions that spot lists a second time, `BTC` as `LDBTC`.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::domain::amount::Amount;
use crate::domain::asset::AssetCode;
use crate::domain::wallet::{KnownWallet, WalletRead};

/// What all earn tokens begin with.
const PREFIX: &str = "LD";
/// A coin that only looks like an earn token.
const COIN: &str = "LDO";
/// Earn tokens that are not called after their asset, with the asset.
const ODD_NAMES: [(&str, &str); 2] = [("LDBAKET", "BAKE"), ("LDSHIB2", "SHIB")];

/// The rows of spot that look like earn tokens, by what they are called; without an amount where
/// that could not be read.
pub(super) type Tokens = BTreeMap<AssetCode, Option<Amount>>;

/// What is noted whenever the flexible positions are read.
#[derive(Debug, Default, Serialize, Deserialize)]
struct Note {
    /// The assets that are stored of the positions.
    positions: BTreeSet<AssetCode>,
    /// What spot listed then.
    tokens: Tokens,
}

/// What is known of the flexible positions from before.
#[derive(Debug, Default)]
pub(super) struct Before(Note);

impl Before {
    /// Reads what was noted; nothing, if the positions were never read.
    pub(super) fn of(flexible: Option<&KnownWallet>) -> Self {
        let note = flexible.and_then(|known| known.note.as_deref());
        let mut note: Note = note
            .and_then(|note| serde_json::from_str(note).ok())
            .unwrap_or_default();
        if flexible.is_none_or(|known| known.holdings == 0) {
            note.positions.clear();
        }
        Self(note)
    }

    /// Whether the tokens are others than those noted, or the amount of one moved by more than a
    /// thousandth: interest alone, which moves them all the time, is no sign of a change.
    pub(super) fn differs_from(&self, tokens: &Tokens) -> bool {
        let noted = &self.0.tokens;
        let mut pairs = noted.values().zip(tokens.values());
        !noted.keys().eq(tokens.keys()) || pairs.any(|(then, now)| has_moved(then, now))
    }

    /// The assets that are stored of the positions after they fared so: those that were not read
    /// stay as they were, and so do all while the asset of a bad row is not known.
    fn stored_after(&self, flexible: &WalletRead) -> BTreeSet<AssetCode> {
        let before = &self.0.positions;
        let WalletRead::Read {
            balances,
            unreadable,
        } = flexible
        else {
            return before.clone();
        };
        let stays = |asset: &&AssetCode| {
            let mut bad = unreadable.iter().map(|row| row.asset.as_ref());
            bad.any(|bad| bad.is_none_or(|bad| bad == *asset))
        };
        let read = balances.iter().map(|balance| &balance.asset);
        read.chain(before.iter().filter(stays)).cloned().collect()
    }
}

/// The tokens in spot, the unreadable ones included; `None` when spot was not read.
pub(super) fn tokens(spot: &WalletRead) -> Option<Tokens> {
    let WalletRead::Read {
        balances,
        unreadable,
    } = spot
    else {
        return None;
    };
    let read = balances.iter().map(|b| (&b.asset, Some(b.total.clone())));
    let bad = unreadable.iter().filter_map(|row| row.asset.as_ref());
    let rows = read.chain(bad.map(|asset| (asset, None)));
    let tokens = rows.filter(|(asset, _)| is_token(asset));
    Some(
        tokens
            .map(|(asset, total)| (asset.clone(), total))
            .collect(),
    )
}

/// Leaves those tokens out of spot whose asset is stored of the flexible positions once this reading
/// is: never both, never neither. Gives what is to be noted if the positions were read.
///
/// | the flexible positions were | and the token's asset | spot is |
/// |---|---|---|
/// | read | is among them | without the token |
/// | read | is not among them | with it |
/// | read, but not the row of this asset, or of one unknown | is stored from before, and stays | without it |
/// | | is not | with it |
/// | kept, failed, refused or not available | is stored from before, and stays | without it |
/// | | is not, as when they were never read | with it |
///
/// `LDO` is a coin and no token. A token that stands for no asset that is stored counts in spot,
/// whatever it is.
pub(super) fn settle(
    spot: &mut WalletRead,
    flexible: &WalletRead,
    before: &Before,
) -> Option<String> {
    let tokens = tokens(spot).unwrap_or_default();
    let positions = before.stored_after(flexible);
    if let WalletRead::Read {
        balances,
        unreadable,
    } = spot
    {
        let counts = |asset: &AssetCode| {
            !tokens.contains_key(asset) || !positions.iter().any(|p| stands_for(asset, p))
        };
        balances.retain(|balance| counts(&balance.asset));
        unreadable.retain(|row| row.asset.as_ref().is_none_or(counts));
    }
    let was_read = matches!(flexible, WalletRead::Read { .. });
    let note = Note { positions, tokens };
    was_read
        .then(|| serde_json::to_string(&note).ok())
        .flatten()
}

fn is_token(code: &AssetCode) -> bool {
    let code = code.as_str();
    code.starts_with(PREFIX) && code != PREFIX && code != COIN
}

fn stands_for(token: &AssetCode, asset: &AssetCode) -> bool {
    let (token, asset) = (token.as_str(), asset.as_str());
    token.strip_prefix(PREFIX) == Some(asset) || ODD_NAMES.contains(&(token, asset))
}

fn has_moved(then: &Option<Amount>, now: &Option<Amount>) -> bool {
    let (Some(then), Some(now)) = (then, now) else {
        return false;
    };
    let (Some(thousand_then), Some(thousand_now)) = (thousandfold(then), thousandfold(now)) else {
        return then != now;
    };
    thousand_now > thousand_then.plus(then) || thousand_now.plus(then) < thousand_then
}

/// `None` for an amount longer than others may tell.
fn thousandfold(amount: &Amount) -> Option<Amount> {
    Amount::parse(&format!("{amount}e3")).ok()
}

#[cfg(test)]
mod tests;
