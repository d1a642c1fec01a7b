//! What an account holds, as the text an exchange would print.

use super::decimal;

/// A place within an account where assets lie.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Wallet {
    /// Binance: the spot wallet. What lies in [`Wallet::EarnFlexible`] shows here once more.
    Spot,
    /// OKX: the trading account.
    Trading,
    /// Binance and OKX: the funding wallet.
    Funding,
    /// Binance: simple earn, flexible. Each holding is a position, its total the amount.
    EarnFlexible,
    /// Binance: simple earn, locked. Each holding is a position, its total the amount.
    EarnLocked,
    /// Binance: the cross margin account, which an account has once anything was put here.
    Margin,
    /// OKX: simple earn, flexible. Free is what is lent, locked what waits to be.
    Savings,
    /// OKX: on-chain earn. Each holding is an order, its total what was put in.
    OnchainEarn,
    /// OKX: what can no longer be traded.
    NonTradable,
}

/// An asset and its amounts, in decimal text that nothing rewrites.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Holding {
    /// The exchange's own code.
    pub asset: String,
    /// All of it: free and locked together, less what is owed.
    pub total: String,
    /// What may be used at once.
    pub free: String,
    /// What open orders and the like hold back.
    pub locked: String,
    /// What was borrowed.
    pub borrowed: String,
    /// What the loan cost so far.
    pub interest: String,
}

impl Holding {
    /// A holding whose total is the exact sum of its two parts.
    #[must_use]
    pub fn new(asset: &str, free: &str, locked: &str) -> Self {
        Self::owing(asset, free, locked, "0", "0")
    }

    /// A holding with a loan on it: its total may well be below zero.
    #[must_use]
    pub fn owing(asset: &str, free: &str, locked: &str, borrowed: &str, interest: &str) -> Self {
        let parts = [
            (free, true),
            (locked, true),
            (borrowed, false),
            (interest, false),
        ];
        Self {
            asset: asset.to_owned(),
            total: decimal::sum(&parts).unwrap_or_else(|| free.to_owned()),
            free: free.to_owned(),
            locked: locked.to_owned(),
            borrowed: borrowed.to_owned(),
            interest: interest.to_owned(),
        }
    }

    /// Whether there is nothing of it.
    pub(super) fn is_zero(&self) -> bool {
        !self
            .total
            .contains(|digit: char| ('1'..='9').contains(&digit))
    }
}

/// A line of a wallet's answer.
#[derive(Clone, Debug)]
pub(super) enum Row {
    /// A line written from its amounts.
    Holding(Holding),
    /// A line sent as it stands, well formed or not.
    Raw(String),
}

impl Row {
    /// The amounts a row is written from, where it is not a raw one.
    pub(super) fn holding(&self) -> Option<&Holding> {
        match self {
            Self::Holding(holding) => Some(holding),
            Self::Raw(_) => None,
        }
    }

    /// The asset a row is about, where it is not a raw one.
    pub(super) fn asset(&self) -> Option<&str> {
        self.holding().map(|holding| holding.asset.as_str())
    }

    /// The line's text: a raw one as it stands, a holding as `write` has it, or nothing at all
    /// where `write` leaves it out.
    pub(super) fn text(&self, write: impl FnOnce(&Holding) -> Option<String>) -> Option<String> {
        match self {
            Self::Holding(holding) => write(holding),
            Self::Raw(text) => Some(text.clone()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_total_is_the_exact_sum_of_its_parts() {
        let total = |free, locked| Holding::new("X", free, locked).total;
        assert_eq!(total("0.412345678901234567", "0.1"), "0.512345678901234567");
        assert_eq!(total("250.12345678", "49.87654322"), "300.00000000");
        assert_eq!(total("1", "2"), "3");
        assert_eq!(total("0", "0.000000000000000001"), "0.000000000000000001");
        assert_eq!(total("-150.5", "0"), "-150.5");
        assert_eq!(total("-0.25", "0"), "-0.25");
    }

    #[test]
    fn what_is_owed_is_taken_off_the_total() {
        let holding = Holding::owing("USDT", "120.5", "0", "400", "0.25");
        assert_eq!(holding.total, "-279.75");
    }

    #[test]
    fn zero_is_told_by_its_digits() {
        assert!(Holding::new("X", "0.00000000", "0").is_zero());
        assert!(!Holding::new("X", "0.00000000", "0.00000001").is_zero());
    }
}
