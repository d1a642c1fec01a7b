//! What is missing from what was read: wallets, and whatever the exchange counts besides.

use super::amount::Amount;
use super::report::WalletSummary;
use super::text::{count, list};
use super::wallet::{Outcome, Overview, OverviewPart, WalletName};

/// How many BTC a part must be worth to be spoken of, and how much of any other unit. Overviews use
/// prices of their own and leave small sums out, so the margin is wide.
const MARGIN_BTC: &str = "0.0005";
const MARGIN: &str = "10";
/// Digits of an amount that is told as "about".
const DIGITS: usize = 2;

/// The parts of an overview that no wallet itemises, as none of theirs was read and holds something.
/// A part within the margin is left out; so is a debt within it.
#[must_use]
pub fn not_itemised<'a>(
    overview: &'a Overview,
    wallets: &[WalletSummary],
) -> Vec<&'a OverviewPart> {
    let text = if overview.unit.as_str() == "BTC" {
        MARGIN_BTC
    } else {
        MARGIN
    };
    let margin = Amount::parse(text).unwrap_or_else(|_| Amount::zero());
    let itemises = |name: &WalletName| {
        let read = find(wallets, name).filter(|wallet| wallet.outcome == Outcome::Read);
        read.is_some_and(|wallet| wallet.holdings > 0)
    };
    let parts = overview.parts.iter();
    parts
        .filter(|part| part.amount.abs() > margin && !part.wallets.iter().any(itemises))
        .collect()
}

/// What the exchange counts and no wallet itemises, in one sentence or two; `None` when there is
/// nothing to say. Amounts are rounded down to two digits.
#[must_use]
pub fn hint(overview: &Overview, wallets: &[WalletSummary], exchange: &str) -> Option<String> {
    let failed = |name: &WalletName| {
        let outcome = find(wallets, name).map(|wallet| wallet.outcome);
        !matches!(outcome, Some(Outcome::Read | Outcome::NotAvailable))
    };
    let (unread, unknown): (Vec<_>, Vec<_>) = not_itemised(overview, wallets)
        .into_iter()
        .partition(|part| part.wallets.iter().any(failed));
    let sentence = |parts: &[&OverviewPart], why: &str| {
        let parts: Vec<_> = parts.iter().map(|part| worth(part, overview)).collect();
        let parts = Some(parts).filter(|parts| !parts.is_empty())?;
        Some(format!(
            "{exchange} itself also counts {}, {why}.",
            list(&parts)
        ))
    };
    let sentences = [
        sentence(&unknown, "which Coffer does not read"),
        sentence(&unread, "which could not be read this time"),
    ];
    let sentences: Vec<_> = sentences.into_iter().flatten().collect();
    (!sentences.is_empty()).then(|| sentences.join(" "))
}

/// How much of an account was read: `3 of 4 wallets read; funding failed; on-chain earn not
/// available`. What the account does not have is named, but not counted; unless it was there before.
#[must_use]
pub fn completeness(wallets: &[WalletSummary]) -> String {
    let names = |outcome: Outcome| {
        let such = wallets.iter().filter(|wallet| wallet.outcome == outcome);
        let name = |wallet: &WalletSummary| wallet.name.title().to_lowercase();
        such.map(name).collect::<Vec<_>>()
    };
    let read = names(Outcome::Read).len();
    let mut line = format!("{read} of {} read", count(to_read(wallets), "wallet"));
    for (outcome, words) in [
        (Outcome::NoPermission, "refused (no permission)"),
        (Outcome::Failed, "failed"),
        (Outcome::NotAvailable, "not available"),
    ] {
        let names = names(outcome);
        if !names.is_empty() {
            line.push_str(&format!("; {} {words}", list(&names)));
        }
    }
    line
}

/// How many wallets there are to read: those that an account does not have are none of them, unless
/// they held something before.
#[must_use]
pub fn to_read(wallets: &[WalletSummary]) -> usize {
    let absent = |w: &&WalletSummary| w.outcome == Outcome::NotAvailable && w.holdings == 0;
    wallets.len() - wallets.iter().filter(absent).count()
}

fn find<'a>(wallets: &'a [WalletSummary], name: &WalletName) -> Option<&'a WalletSummary> {
    wallets.iter().find(|wallet| wallet.name == *name)
}

/// `about 0.12 BTC in Trading Bots`.
fn worth(part: &OverviewPart, overview: &Overview) -> String {
    let debt = if part.amount.is_negative() {
        "a debt of "
    } else {
        ""
    };
    let amount = about(&part.amount.abs());
    format!("{debt}about {amount} {} in {}", overview.unit, part.name)
}

/// The first digits of an amount, the others zero: `1,100` for 1122.73.
fn about(amount: &Amount) -> String {
    let mut kept = 0;
    let digit = |c: char| match c {
        '1'..='9' if kept < DIGITS => {
            kept += 1;
            c
        }
        '0'..='9' => {
            // Zeros count once a digit before them did.
            kept += usize::from(kept > 0);
            '0'
        }
        other => other,
    };
    let rounded: String = amount.as_str().chars().map(digit).collect();
    Amount::parse(&rounded).map_or(rounded, |amount| amount.grouped())
}

#[cfg(test)]
mod tests;
