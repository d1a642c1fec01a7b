//! What an account holds, as the text an exchange would print.

use num_bigint::BigInt;

/// A place within an account where assets lie.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Wallet {
    /// Binance: the spot wallet.
    Spot,
    /// OKX: the trading account.
    Trading,
    /// Binance and OKX: the funding wallet.
    Funding,
}

/// An asset and its amounts, in decimal text that nothing rewrites.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Holding {
    /// The exchange's own code.
    pub asset: String,
    /// All of it: free and locked together.
    pub total: String,
    /// What may be used at once.
    pub free: String,
    /// What open orders and the like hold back.
    pub locked: String,
}

impl Holding {
    /// A holding whose total is the exact sum of its two parts.
    #[must_use]
    pub fn new(asset: &str, free: &str, locked: &str) -> Self {
        let total = add(free, locked).unwrap_or_else(|| free.to_owned());
        Self {
            asset: asset.to_owned(),
            total,
            free: free.to_owned(),
            locked: locked.to_owned(),
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
    /// The asset a row is about, where it is not a raw one.
    pub(super) fn asset(&self) -> Option<&str> {
        match self {
            Self::Holding(holding) => Some(&holding.asset),
            Self::Raw(_) => None,
        }
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

/// The exact sum of two decimal texts, to the longer one's decimals; `None` when either is no
/// plain decimal.
fn add(left: &str, right: &str) -> Option<String> {
    let scale = decimals(left).max(decimals(right));
    let sum = scaled(left, scale)? + scaled(right, scale)?;
    let (sign, digits) = match sum.to_string().strip_prefix('-') {
        Some(digits) => ("-", digits.to_owned()),
        None => ("", sum.to_string()),
    };
    if scale == 0 {
        return Some(format!("{sign}{digits}"));
    }
    let padded = format!("{digits:0>width$}", width = scale + 1);
    let (whole, fraction) = padded.split_at(padded.len() - scale);
    Some(format!("{sign}{whole}.{fraction}"))
}

fn decimals(text: &str) -> usize {
    text.split_once('.')
        .map_or(0, |(_, fraction)| fraction.len())
}

fn scaled(text: &str, scale: usize) -> Option<BigInt> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    format!("{whole}{fraction:0<scale$}").parse().ok()
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
    fn zero_is_told_by_its_digits() {
        assert!(Holding::new("X", "0.00000000", "0").is_zero());
        assert!(!Holding::new("X", "0.00000000", "0.00000001").is_zero());
    }
}
