//! Exact arithmetic on decimal texts: whole numbers and a count of decimals.

use num_bigint::BigInt;

/// How many decimals of an amount or a price go into a worth; what lies beyond is cut off.
const SCALE: usize = 24;
/// How many decimals a worth is told with.
const TOLD: usize = 8;

/// The exact sum of decimal texts, those marked `false` taken off, to the longest one's decimals;
/// `None` when one of them is no plain decimal.
pub(super) fn sum(parts: &[(&str, bool)]) -> Option<String> {
    let scale = parts.iter().map(|(text, _)| decimals(text)).max()?;
    let mut sum = BigInt::ZERO;
    for (text, added) in parts {
        let value = scaled(text, scale)?;
        if *added {
            sum += value;
        } else {
            sum -= value;
        }
    }
    Some(written(&sum, scale))
}

/// So many thousandths of a decimal text, cut off at its own decimals; `None` when it is no plain
/// decimal.
pub(super) fn share(text: &str, thousandths: i64) -> Option<String> {
    let scale = decimals(text);
    let value = scaled(text, scale)? * thousandths / 1000;
    Some(written(&value, scale))
}

/// So many millionths of a decimal text, cut off at its own decimals; `None` when it is no plain
/// decimal.
pub(super) fn part(text: &str, millionths: i64) -> Option<String> {
    let scale = decimals(text);
    let value = scaled(text, scale)? * millionths / 1_000_000;
    Some(written(&value, scale))
}

/// So many of the smallest unit that decimals of that count can tell.
pub(super) fn units(count: i64, decimals: usize) -> String {
    written(&BigInt::from(count), decimals)
}

/// Whether one text is a smaller number than another; not when one of them is no plain decimal.
pub(super) fn is_less(one: &str, other: &str) -> bool {
    let scale = decimals(one).max(decimals(other));
    let plain = |text: &str| !text.is_empty() && !text.starts_with(['-', '.']);
    let both = scaled(one, scale).zip(scaled(other, scale));
    plain(one) && plain(other) && both.is_some_and(|(one, other)| one < other)
}

/// A sum of amounts at their prices.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Worth(BigInt);

impl Worth {
    /// Adds so much of something at a price; texts that are no plain decimals add nothing.
    pub(super) fn add(&mut self, amount: &str, price: &str) {
        if let (Some(amount), Some(price)) = (cut(amount), cut(price)) {
            self.0 += amount * price;
        }
    }

    /// The sum in units of something with a price, to eight decimals, zeros at the end left off;
    /// `None` when the price is nought or no plain decimal.
    pub(super) fn at(&self, price: &str) -> Option<String> {
        let price = cut(price).filter(|price| *price != BigInt::ZERO)?;
        let worth = &self.0 / price;
        let worth = worth / BigInt::from(10).pow(u32::try_from(SCALE - TOLD).ok()?);
        let text = written(&worth, TOLD);
        Some(text.trim_end_matches('0').trim_end_matches('.').to_owned())
    }
}

impl std::ops::Add for Worth {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self(self.0 + other.0)
    }
}

fn decimals(text: &str) -> usize {
    text.split_once('.')
        .map_or(0, |(_, fraction)| fraction.len())
}

fn scaled(text: &str, scale: usize) -> Option<BigInt> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    format!("{whole}{fraction:0<scale$}").parse().ok()
}

fn cut(text: &str) -> Option<BigInt> {
    let end = text.find('.').map_or(text.len(), |dot| dot + 1 + SCALE);
    scaled(text.get(..end).unwrap_or(text), SCALE)
}

fn written(value: &BigInt, scale: usize) -> String {
    let text = value.to_string();
    let (sign, digits) = match text.strip_prefix('-') {
        Some(digits) => ("-", digits),
        None => ("", text.as_str()),
    };
    if scale == 0 {
        return format!("{sign}{digits}");
    }
    let padded = format!("{digits:0>width$}", width = scale + 1);
    let (whole, fraction) = padded.split_at(padded.len() - scale);
    format!("{sign}{whole}.{fraction}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sum_is_exact_and_keeps_its_sign() {
        let text = |parts| sum(parts).unwrap();
        assert_eq!(
            text(&[("0.412345678901234567", true), ("0.1", true)]),
            "0.512345678901234567"
        );
        assert_eq!(text(&[("120.5", true), ("400.25", false)]), "-279.75");
        assert_eq!(text(&[("1", true), ("2", true)]), "3");
        assert_eq!(sum(&[("a lot", true)]), None);
    }

    #[test]
    fn a_share_keeps_its_decimals() {
        assert_eq!(share("2.50000000", 900).as_deref(), Some("2.25000000"));
        assert_eq!(share("7", 500).as_deref(), Some("3"));
        assert_eq!(share("0.001", 1).as_deref(), Some("0.000"));
        assert_eq!(share("much", 900), None);
    }

    #[test]
    fn parts_and_comparisons_are_exact() {
        assert_eq!(part("100.00", 1_012_345).as_deref(), Some("101.23"));
        assert_eq!(part("much", 1), None);
        assert_eq!(units(150_000_001, 8), "1.50000001");
        assert!(is_less("0.5", "0.50000001") && is_less("9", "10"));
        assert!(!is_less("1.0", "1") && !is_less("-1", "1") && !is_less("", "1"));
        assert!(!is_less("0", "NaN") && !is_less("0", ""));
    }

    #[test]
    fn a_worth_is_told_to_eight_decimals() {
        let mut worth = Worth::default();
        worth.add("2", "64210.55000000");
        worth.add("0.000000000000000000000000000001", "1");
        worth.add("much", "1");
        assert_eq!(worth.at("64210.55000000").as_deref(), Some("2"));
        assert_eq!(worth.at("3").as_deref(), Some("42807.03333333"));
        assert_eq!(worth.at("0"), None);
        assert_eq!(Worth::default().at("3").as_deref(), Some("0"));
        let mut debt = Worth::default();
        debt.add("-1.5", "3");
        assert_eq!((debt + worth).at("1").as_deref(), Some("128416.6"));
    }
}
