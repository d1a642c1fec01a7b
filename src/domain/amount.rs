//! Amounts: exact decimal text, from the exchange's byte to the page.

use std::cmp::Ordering;
use std::fmt;

use num_bigint::BigInt;
use rust_decimal::Decimal;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// The most digits, whole and fraction together, that an amount told by others may have.
pub const MAX_DIGITS: usize = 100;

/// An exact decimal number in canonical text: no exponent, no leading zeros, no trailing zeros
/// after the point, no negative zero. The unit is the asset's own. Negative when borrowed.
///
/// Sums are exact at any length. Values too long for [`Decimal`] are kept whole.
///
/// What others tell is read by [`Self::parse`], which sets a limit; what this type wrote itself,
/// sums longer than that limit included, by [`Self::parse_own`].
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Amount(String);

/// Why a text is no amount.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AmountError {
    /// Not a decimal number in the closed grammar.
    #[error("not a decimal number")]
    NotANumber,
    /// More than [`MAX_DIGITS`] digits once written out.
    #[error("a number of more than {MAX_DIGITS} digits")]
    TooLong,
}

impl Amount {
    /// Zero.
    #[must_use]
    pub fn zero() -> Self {
        Self("0".to_owned())
    }

    /// Reads `-?digits[.digits][e±digits]` exactly; nothing is ever rounded.
    ///
    /// # Errors
    /// [`AmountError::NotANumber`] for anything else, the empty text included;
    /// [`AmountError::TooLong`] when the written-out number has more than [`MAX_DIGITS`] digits.
    pub fn parse(text: &str) -> Result<Self, AmountError> {
        let (negative, unsigned) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text),
        };
        let (mantissa, exponent) = match unsigned.split_once(['e', 'E']) {
            Some((mantissa, exponent)) => (mantissa, parse_exponent(exponent)?),
            None => (unsigned, 0),
        };
        let (whole, fraction) = split_point(mantissa)?;
        let digits = format!("{whole}{fraction}");
        if digits.len() > MAX_DIGITS {
            return Err(AmountError::TooLong);
        }
        let point = i64::try_from(whole.len()).map_err(|_| AmountError::TooLong)? + exponent;
        place_point(negative, &digits, point)
    }

    /// Reads back what [`Self::as_str`] gave, however long it is.
    ///
    /// # Errors
    /// [`AmountError::NotANumber`] when the text is no canonical one.
    pub fn parse_own(text: &str) -> Result<Self, AmountError> {
        let unsigned = text.strip_prefix('-').unwrap_or(text);
        let (whole, fraction) = split_point(unsigned)?;
        let amount = Self(canonical(text.len() > unsigned.len(), whole, fraction));
        if amount.0 == text {
            Ok(amount)
        } else {
            Err(AmountError::NotANumber)
        }
    }

    /// The canonical text, such as `-0.00100377`.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether this is exactly zero.
    #[must_use]
    pub fn is_zero(&self) -> bool {
        self.0 == "0"
    }

    /// Whether this is below zero.
    #[must_use]
    pub fn is_negative(&self) -> bool {
        self.0.starts_with('-')
    }

    /// The exact sum.
    #[must_use]
    pub fn plus(&self, other: &Self) -> Self {
        let scale = self.scale().max(other.scale());
        let sum = self.scaled(scale) + other.scaled(scale);
        let text = sum.magnitude().to_string();
        let width = scale + 1;
        let digits = format!("{text:0>width$}");
        let (whole, fraction) = digits.split_at(digits.len() - scale);
        Self(canonical(sum < BigInt::ZERO, whole, fraction))
    }

    /// The amount without its sign.
    #[must_use]
    pub fn abs(&self) -> Self {
        Self(self.0.trim_start_matches('-').to_owned())
    }

    /// The value for arithmetic with prices, or `None` when it does not fit without rounding.
    #[must_use]
    pub fn decimal(&self) -> Option<Decimal> {
        Decimal::from_str_exact(&self.0).ok()
    }

    /// All digits, thousands separated by commas: `-1,234,567.000001`.
    #[must_use]
    pub fn grouped(&self) -> String {
        let (sign, rest) = match self.0.strip_prefix('-') {
            Some(rest) => ("-", rest),
            None => ("", self.0.as_str()),
        };
        let (whole, fraction) = rest.split_once('.').unwrap_or((rest, ""));
        let mut out = String::from(sign);
        for (i, digit) in whole.chars().enumerate() {
            if i > 0 && (whole.len() - i) % 3 == 0 {
                out.push(',');
            }
            out.push(digit);
        }
        if !fraction.is_empty() {
            out.push('.');
            out.push_str(fraction);
        }
        out
    }

    /// Digits after the point.
    fn scale(&self) -> usize {
        self.0
            .split_once('.')
            .map_or(0, |(_, fraction)| fraction.len())
    }

    /// The value times ten to the power of `scale`, which is at least the amount's own scale.
    fn scaled(&self, scale: usize) -> BigInt {
        let padding = "0".repeat(scale - self.scale());
        let digits: String = self
            .0
            .chars()
            .filter(|c| *c != '.')
            .chain(padding.chars())
            .collect();
        digits.parse().unwrap_or_default()
    }
}

fn parse_exponent(text: &str) -> Result<i64, AmountError> {
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return Err(AmountError::NotANumber);
    }
    let value: i64 = text.parse().map_err(|_| AmountError::TooLong)?;
    if value.unsigned_abs() > MAX_DIGITS as u64 {
        Err(AmountError::TooLong)
    } else {
        Ok(value)
    }
}

fn split_point(mantissa: &str) -> Result<(&str, &str), AmountError> {
    let is_digits = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    match mantissa.split_once('.') {
        Some((whole, fraction)) if is_digits(whole) && is_digits(fraction) => Ok((whole, fraction)),
        None if is_digits(mantissa) => Ok((mantissa, "")),
        _ => Err(AmountError::NotANumber),
    }
}

/// Writes `digits` with the point after the first `point` of them, which may lie outside.
fn place_point(negative: bool, digits: &str, point: i64) -> Result<Amount, AmountError> {
    let len = i64::try_from(digits.len()).map_err(|_| AmountError::TooLong)?;
    let pad = |n: i64| "0".repeat(usize::try_from(n).unwrap_or(0));
    let (whole, fraction) = if point <= 0 {
        ("0".to_owned(), format!("{}{digits}", pad(-point)))
    } else if point >= len {
        (format!("{digits}{}", pad(point - len)), String::new())
    } else {
        let (whole, fraction) = digits.split_at(usize::try_from(point).unwrap_or(0));
        (whole.to_owned(), fraction.to_owned())
    };
    let text = canonical(negative, &whole, &fraction);
    if text.bytes().filter(u8::is_ascii_digit).count() > MAX_DIGITS {
        return Err(AmountError::TooLong);
    }
    Ok(Amount(text))
}

fn canonical(negative: bool, whole: &str, fraction: &str) -> String {
    let whole = whole.trim_start_matches('0');
    let fraction = fraction.trim_end_matches('0');
    let whole = if whole.is_empty() { "0" } else { whole };
    let sign = if negative && (whole != "0" || !fraction.is_empty()) {
        "-"
    } else {
        ""
    };
    let point = if fraction.is_empty() { "" } else { "." };
    format!("{sign}{whole}{point}{fraction}")
}

impl Ord for Amount {
    fn cmp(&self, other: &Self) -> Ordering {
        let scale = self.scale().max(other.scale());
        self.scaled(scale).cmp(&other.scaled(scale))
    }
}

impl PartialOrd for Amount {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl fmt::Display for Amount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for Amount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Serialize for Amount {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Amount {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse_own(&text).map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn parsed(text: &str) -> String {
        Amount::parse(text).map_or_else(|e| format!("error: {e}"), |a| a.0)
    }

    #[derive(Deserialize)]
    struct Edge {
        r#in: String,
    }

    #[derive(Deserialize)]
    struct Edges {
        values: Vec<Edge>,
    }

    #[test]
    fn every_edge_value_is_read_exactly_or_refused() {
        let edges: Edges =
            serde_json::from_str(include_str!("../tests/fixtures/decimal_edge_values.json"))
                .unwrap();
        let read: Vec<_> = edges
            .values
            .iter()
            .map(|e| (e.r#in.as_str(), parsed(&e.r#in)))
            .collect();
        let refused = "error: not a decimal number";
        for (text, got) in read {
            let wanted = match text {
                "" | "1_000" => refused,
                "0.1040000000000000000000000000000000" => "0.104",
                "9999999999.0000000000000000" => "9999999999",
                "0E-8" => "0",
                "1e-8" => "0.00000001",
                exact => exact,
            };
            assert_eq!(got, wanted, "{text}");
        }
    }

    #[test]
    fn hostile_numbers_are_refused() {
        for text in [
            "NaN", "inf", "1.", ".5", "+1", "1,5", " 1", "1 ", "0x1", "--1", "-", "1e", "1e+",
            "1.2.3", "1.5abc", "１",
        ] {
            assert_eq!(Amount::parse(text), Err(AmountError::NotANumber), "{text}");
        }
        for text in ["1e400", "1e99999999999999999999", "1e101", &"9".repeat(101)] {
            assert_eq!(Amount::parse(text), Err(AmountError::TooLong), "{text}");
        }
    }

    #[test]
    fn long_values_stay_whole_though_no_decimal_holds_them() {
        let long = Amount::parse("123456789012.123456789012345678").unwrap();
        assert_eq!(long.decimal(), None);
        let sum = long.plus(&Amount::parse("0.000000000000000001").unwrap());
        assert_eq!(sum.as_str(), "123456789012.123456789012345679");
    }

    #[test]
    fn digits_are_grouped_by_thousands() {
        let grouped = |text| Amount::parse(text).unwrap().grouped();
        assert_eq!(grouped("1234567.891"), "1,234,567.891");
        assert_eq!(grouped("-1000"), "-1,000");
        assert_eq!(grouped("-0.00100377"), "-0.00100377");
        assert_eq!(grouped("999"), "999");
    }

    #[test]
    fn a_debt_takes_away() {
        let sum = Amount::parse("1")
            .unwrap()
            .plus(&Amount::parse("-1.5").unwrap());
        assert_eq!(sum.as_str(), "-0.5");
    }

    proptest! {
        #[test]
        fn canonical_text_reads_back_unchanged(text in "-?[0-9]{1,40}(\\.[0-9]{1,40})?") {
            let amount = Amount::parse(&text).unwrap();
            prop_assert_eq!(&Amount::parse(amount.as_str()).unwrap(), &amount);
        }

        #[test]
        fn sums_agree_with_integers(a in any::<i64>(), b in any::<i64>(), scale in 0_u32..18) {
            let at = |n: i128| {
                Amount::parse(&Decimal::from_i128_with_scale(n, scale).to_string()).unwrap()
            };
            let sum = at(a.into()).plus(&at(b.into()));
            prop_assert_eq!(sum, at(i128::from(a) + i128::from(b)));
        }

        #[test]
        fn order_agrees_with_decimals(a in any::<i64>(), b in any::<i64>(), s in 0_u32..9, t in 0_u32..9) {
            let (x, y) = (Decimal::new(a, s), Decimal::new(b, t));
            let (p, q) = (Amount::parse(&x.to_string()).unwrap(), Amount::parse(&y.to_string()).unwrap());
            prop_assert_eq!(p.cmp(&q), x.cmp(&y));
        }

        #[test]
        fn every_sum_reads_back_whatever_its_length(
            a in "-?[0-9]{1,100}", b in "-?0\\.[0-9]{1,99}", c in "-?[0-9]{1,50}\\.[0-9]{1,50}"
        ) {
            let read = |text: &str| Amount::parse(text).unwrap();
            let sum = read(&a).plus(&read(&b)).plus(&read(&c));
            prop_assert_eq!(Amount::parse_own(sum.as_str()), Ok(sum));
        }

        #[test]
        fn no_text_makes_the_parser_panic(text in "\\PC{0,60}") {
            let _ = Amount::parse(&text);
        }
    }
}
