//! Amounts: exact decimal text, from the exchange's answer to the page.

mod number;

use std::cmp::Ordering;
use std::fmt;
use std::iter::Sum;

use number::Number;
use rust_decimal::Decimal;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// The most digits, whole and fraction together, that an amount told by others may have.
pub const MAX_DIGITS: usize = 100;

/// How many digits a quotient has at least: more than any value that is shown.
pub const SIGNIFICANT: usize = 40;

/// An exact decimal number in canonical text: no exponent, no leading zeros, no trailing zeros
/// after the point, no negative zero. The unit is the asset's own. Negative when borrowed.
///
/// Sums and products are exact at any length. Values too long for [`Decimal`] are kept whole.
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

    /// One.
    #[must_use]
    pub fn one() -> Self {
        Self("1".to_owned())
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
        let is_negative_zero = unsigned == "0" && text != unsigned;
        let is_padded = whole.starts_with('0') && whole != "0" || fraction.ends_with('0');
        if is_negative_zero || is_padded {
            Err(AmountError::NotANumber)
        } else {
            Ok(Self(text.to_owned()))
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
        Self::of(&self.number().plus(other.number()))
    }

    /// The exact difference.
    #[must_use]
    pub fn minus(&self, other: &Self) -> Self {
        self.plus(&other.negated())
    }

    /// The exact product.
    #[must_use]
    pub fn times(&self, other: &Self) -> Self {
        Self::of(&self.number().times(other.number()))
    }

    /// The exact product, rounded half to even to so many digits after the point.
    #[must_use]
    pub fn times_rounded(&self, other: &Self, places: usize) -> Self {
        Self::of(&self.number().times(other.number()).rounded(places))
    }

    /// The quotient, with [`SIGNIFICANT`] digits at least, rounded half to even. `None` when the
    /// divisor is zero.
    #[must_use]
    pub fn over(&self, divisor: &Self) -> Option<Self> {
        if divisor.is_zero() {
            return None;
        }
        let quotient = self.number().over(divisor.number(), SIGNIFICANT);
        Some(Self::of(&quotient))
    }

    /// Rounded half to even, to so many digits after the point.
    #[must_use]
    pub fn rounded(&self, places: usize) -> Self {
        if self.fraction().len() <= places {
            return self.clone();
        }
        Self::of(&self.number().rounded(places))
    }

    /// The amount below zero that was above, and the other way round.
    #[must_use]
    pub fn negated(&self) -> Self {
        match self.0.strip_prefix('-') {
            Some(rest) => Self(rest.to_owned()),
            None if self.is_zero() => self.clone(),
            None => Self(format!("-{}", self.0)),
        }
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

    /// The digits after the point.
    fn fraction(&self) -> &str {
        self.parts().1
    }

    /// The digits before the point and those after it, without the sign.
    fn parts(&self) -> (&str, &str) {
        let unsigned = self.0.strip_prefix('-').unwrap_or(&self.0);
        unsigned.split_once('.').unwrap_or((unsigned, ""))
    }

    fn number(&self) -> Number {
        Number::read(&self.0)
    }

    fn of(number: &Number) -> Self {
        let (negative, digits) = number.written();
        let (whole, fraction) = digits.split_at(digits.len() - number.scale());
        Self(canonical(negative, whole, fraction))
    }

    /// The order of the values without their signs. Canonical text of the same length before the
    /// point is in the order of its letters.
    fn cmp_size(&self, other: &Self) -> Ordering {
        let ((whole, fraction), (others, other_fraction)) = (self.parts(), other.parts());
        let length = whole.len().cmp(&others.len());
        length.then_with(|| (whole, fraction).cmp(&(others, other_fraction)))
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
    let mut text = String::with_capacity(whole.len() + fraction.len() + 2);
    if negative && (whole != "0" || !fraction.is_empty()) {
        text.push('-');
    }
    text.push_str(whole);
    if !fraction.is_empty() {
        text.push('.');
        text.push_str(fraction);
    }
    text
}

impl From<i64> for Amount {
    fn from(number: i64) -> Self {
        Self(number.to_string())
    }
}

/// The exact sum.
impl<'a> Sum<&'a Self> for Amount {
    fn sum<I: Iterator<Item = &'a Self>>(amounts: I) -> Self {
        let sum = amounts.map(Self::number).reduce(Number::plus);
        sum.map_or_else(Self::zero, |sum| Self::of(&sum))
    }
}

impl Ord for Amount {
    fn cmp(&self, other: &Self) -> Ordering {
        match (self.is_negative(), other.is_negative()) {
            (false, false) => self.cmp_size(other),
            (true, true) => other.cmp_size(self),
            (true, false) => Ordering::Less,
            (false, true) => Ordering::Greater,
        }
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
mod tests;
