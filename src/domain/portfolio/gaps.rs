//! What keeps a connection's figures from being whole and fresh, in sentences.

use super::Gap;
use crate::domain::connection::{Connection, ConnectionStatus};
use crate::domain::report::WalletSummary;
use crate::domain::text::{count, list};
use crate::domain::timestamp::Timestamp;
use crate::domain::wallet::Outcome;

/// The moment, and from when on figures are old at it.
#[derive(Clone, Copy, Debug)]
pub struct Freshness {
    /// The moment.
    pub now: Timestamp,
    /// What was read before this is old.
    pub old_before: Timestamp,
}

/// What keeps a connection's figures from being whole and fresh. `exchange` is its exchange's name.
#[must_use]
pub fn gaps(connection: &Connection, exchange: &str, freshness: Freshness) -> Vec<Gap> {
    let gap = |reason: String| Gap {
        connection_id: connection.id.clone(),
        label: connection.label.clone(),
        reason,
        only_old: false,
    };
    let mut gaps: Vec<Gap> = match (connection.status, &connection.last_failure) {
        (ConnectionStatus::Ok, _) => Vec::new(),
        (ConnectionStatus::NeverSynced, _) => return vec![gap("Never synced.".to_owned())],
        (_, Some(failure)) => vec![gap(format!(
            "Not read the last time. {}",
            failure.sentence(exchange)
        ))],
        (_, None) => {
            let lacking = |wallet| lacking(wallet, freshness);
            let lacking = connection.wallets.iter().filter_map(lacking);
            lacking.map(gap).collect()
        }
    };
    // A wallet whose own sentence tells its age is not named twice.
    let told_by_themselves = connection.last_failure.is_none();
    let old = connection.wallets.iter().filter(|wallet| {
        wallet.is_old(freshness.old_before)
            && !(told_by_themselves && lacking(wallet, freshness).is_some())
    });
    let old = ages(old, freshness.now).into_iter().map(|reason| Gap {
        only_old: true,
        ..gap(reason)
    });
    gaps.extend(old);
    gaps
}

/// What is missing of a wallet that was asked, with the age of what is shown instead if it is old.
fn lacking(wallet: &WalletSummary, freshness: Freshness) -> Option<String> {
    let title = wallet.name.title();
    let old = wallet.read_at.filter(|at| *at < freshness.old_before);
    let age = old.map(|at| format!(", as of {}", at.age(freshness.now)));
    let age = age.unwrap_or_default();
    match wallet.outcome {
        Outcome::Failed => Some(format!(
            "{title} could not be read; its last balances are shown{age}."
        )),
        Outcome::NotAvailable if wallet.holdings > 0 => Some(format!(
            "{title} is not available any more; its last balances are shown{age}."
        )),
        Outcome::NoPermission if wallet.holdings > 0 => Some(format!(
            "The key may no longer read {title}; its last balances are shown{age}."
        )),
        Outcome::NoPermission => Some(format!("The key may not read {title}.")),
        Outcome::Read if wallet.unreadable > 0 => {
            let rows = count(wallet.unreadable, "row");
            Some(format!(
                "{rows} of {title} could not be read; what was known before stays{age}."
            ))
        }
        Outcome::Read | Outcome::NotAvailable => None,
    }
}

/// Wallets with how old they are, those of one age in one sentence.
fn ages<'a>(wallets: impl Iterator<Item = &'a WalletSummary>, now: Timestamp) -> Vec<String> {
    let mut by_age: Vec<(String, Vec<String>)> = Vec::new();
    for wallet in wallets {
        let Some(age) = wallet.read_at.map(|at| at.age(now)) else {
            continue;
        };
        let title = wallet.name.title();
        match by_age.iter_mut().find(|(known, _)| *known == age) {
            Some((_, titles)) => titles.push(title),
            None => by_age.push((age, vec![title])),
        }
    }
    let sentence = |(age, titles): (String, Vec<String>)| {
        let verb = if titles.len() == 1 { "is" } else { "are" };
        format!("{} {verb} as of {age}.", list(&titles))
    };
    by_age.into_iter().map(sentence).collect()
}

#[cfg(test)]
mod tests;
