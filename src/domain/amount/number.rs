//! Amounts as numbers while they are counted with: in a machine's number where that holds them, and
//! at any length where it does not.

use std::cmp::Ordering;

use num_bigint::{BigInt, Sign};

/// So many digits fit into an `i128`, whatever they are.
const SHORT_DIGITS: usize = 38;

/// An exact decimal number: all its digits as one whole number, and how many stand after the point.
#[derive(Clone, Debug)]
pub(super) struct Number {
    digits: Digits,
    scale: usize,
}

#[derive(Clone, Debug)]
enum Digits {
    Short(i128),
    Long(BigInt),
}

impl Number {
    /// Reads canonical text.
    pub(super) fn read(text: &str) -> Self {
        let unsigned = text.strip_prefix('-').unwrap_or(text);
        let (whole, fraction) = unsigned.split_once('.').unwrap_or((unsigned, ""));
        let digits = if whole.len() + fraction.len() <= SHORT_DIGITS {
            let size = appended(appended(0, whole), fraction);
            let negative = text.len() > unsigned.len();
            Digits::Short(if negative { -size } else { size })
        } else {
            Digits::Long(text.replace('.', "").parse().unwrap_or_default())
        };
        Self {
            digits,
            scale: fraction.len(),
        }
    }

    /// The exact sum.
    pub(super) fn plus(self, other: Self) -> Self {
        let scale = self.scale.max(other.scale);
        let (a, b) = (self.at_scale(scale), other.at_scale(scale));
        let short = match (&a, &b) {
            (Digits::Short(a), Digits::Short(b)) => a.checked_add(*b),
            _ => None,
        };
        let digits = short.map_or_else(|| Digits::Long(a.long() + b.long()), Digits::Short);
        Self { digits, scale }
    }

    /// The exact product.
    pub(super) fn times(self, other: Self) -> Self {
        let scale = self.scale + other.scale;
        let short = match (&self.digits, &other.digits) {
            (Digits::Short(a), Digits::Short(b)) => a.checked_mul(*b),
            _ => None,
        };
        let long = || Digits::Long(self.digits.long() * other.digits.long());
        Self {
            digits: short.map_or_else(long, Digits::Short),
            scale,
        }
    }

    /// The quotient by what is not zero, with so many digits at least, rounded half to even.
    pub(super) fn over(self, divisor: Self, significant: usize) -> Self {
        let wanted = significant + divisor.digits.length() + self.scale;
        let scale = wanted.saturating_sub(self.digits.length() + divisor.scale);
        // Tens that both would be multiplied by change nothing.
        let (up, down) = (divisor.scale + scale, self.scale);
        let common = up.min(down);
        let dividend = self.digits.long() * tenfold(up - common);
        let divisor = divisor.digits.long() * tenfold(down - common);
        Self {
            digits: Digits::Long(half_even(&dividend, &divisor)),
            scale,
        }
    }

    /// Rounded half to even, to so many digits after the point.
    pub(super) fn rounded(self, places: usize) -> Self {
        let Some(surplus) = self.scale.checked_sub(places) else {
            return self;
        };
        let digits = match (&self.digits, short_tenfold(surplus)) {
            (Digits::Short(number), Some(tenfold)) => {
                Digits::Short(short_half_even(*number, tenfold))
            }
            _ => Digits::Long(half_even(&self.digits.long(), &tenfold(surplus))),
        };
        Self {
            digits,
            scale: places,
        }
    }

    /// The digits alone and the sign, with at least one digit before the point: `-0.05` is `005`
    /// below zero.
    pub(super) fn written(&self) -> (bool, String) {
        let width = self.scale + 1;
        match &self.digits {
            Digits::Short(number) => {
                let digits = format!("{:0>width$}", number.unsigned_abs());
                (*number < 0, digits)
            }
            Digits::Long(number) => {
                let digits = format!("{:0>width$}", number.magnitude().to_string());
                (number.sign() == Sign::Minus, digits)
            }
        }
    }

    /// How many of the digits stand after the point.
    pub(super) fn scale(&self) -> usize {
        self.scale
    }

    /// The value times ten to the power of `scale`, which is at least its own.
    fn at_scale(&self, scale: usize) -> Digits {
        let missing = scale - self.scale;
        let short = match &self.digits {
            Digits::Short(number) => {
                short_tenfold(missing).and_then(|tenfold| number.checked_mul(tenfold))
            }
            Digits::Long(_) => None,
        };
        let long = || Digits::Long(self.digits.long() * tenfold(missing));
        short.map_or_else(long, Digits::Short)
    }
}

impl Digits {
    fn long(&self) -> BigInt {
        match self {
            Self::Short(number) => BigInt::from(*number),
            Self::Long(number) => number.clone(),
        }
    }

    /// How many there are; zero is one digit.
    fn length(&self) -> usize {
        match self {
            Self::Short(number) => number
                .unsigned_abs()
                .checked_ilog10()
                .map_or(1, |log| log as usize + 1),
            Self::Long(number) => number.magnitude().to_string().len(),
        }
    }
}

/// A number with more digits behind it.
fn appended(number: i128, digits: &str) -> i128 {
    let digits = digits.bytes();
    digits.fold(number, |number, digit| {
        number * 10 + i128::from(digit - b'0')
    })
}

fn tenfold(times: usize) -> BigInt {
    match short_tenfold(times) {
        Some(tenfold) => BigInt::from(tenfold),
        None => BigInt::from(10).pow(u32::try_from(times).unwrap_or(u32::MAX)),
    }
}

fn short_tenfold(times: usize) -> Option<i128> {
    10_i128.checked_pow(u32::try_from(times).ok()?)
}

/// The whole quotient nearest to the true one, the even one of two that are as near.
fn half_even(dividend: &BigInt, divisor: &BigInt) -> BigInt {
    let negative = dividend.sign() * divisor.sign() == Sign::Minus;
    let (dividend, divisor) = (dividend.magnitude(), divisor.magnitude());
    let quotient = dividend / divisor;
    let rest = dividend - &quotient * divisor;
    let up = match (rest * 2_u32).cmp(divisor) {
        Ordering::Less => false,
        Ordering::Greater => true,
        Ordering::Equal => quotient.bit(0),
    };
    let quotient = BigInt::from(if up { quotient + 1_u32 } else { quotient });
    if negative { -quotient } else { quotient }
}

/// The same for a divisor above zero.
fn short_half_even(dividend: i128, divisor: i128) -> i128 {
    let (quotient, rest) = (dividend / divisor, dividend % divisor);
    // The divisor less the rest is how far it is to the next one, and needs no more room.
    let up = match rest.abs().cmp(&(divisor - rest.abs())) {
        Ordering::Less => false,
        Ordering::Greater => true,
        Ordering::Equal => quotient % 2 != 0,
    };
    if up {
        quotient + dividend.signum()
    } else {
        quotient
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The same number, counted with at any length.
    fn long(number: &Number) -> Number {
        Number {
            digits: Digits::Long(number.digits.long()),
            scale: number.scale,
        }
    }

    fn told(number: &Number) -> (bool, String, usize) {
        let (negative, digits) = number.written();
        (negative, digits, number.scale())
    }

    /// Numbers at the edge of what is short, and on both sides of it.
    fn numbers() -> impl Strategy<Value = Number> {
        let text = "-?(0|[1-9][0-9]{0,24})\\.[0-9]{0,24}[1-9]|-?[1-9][0-9]{30,40}|0";
        text.prop_map(|text| Number::read(&text))
    }

    proptest! {
        #[test]
        fn short_numbers_come_to_what_long_ones_come_to(a in numbers(), b in numbers(), places in 0_usize..30) {
            let plus = |a: Number, b: Number| told(&a.plus(b));
            prop_assert_eq!(plus(a.clone(), b.clone()), plus(long(&a), long(&b)));
            let times = |a: Number, b: Number| told(&a.times(b));
            prop_assert_eq!(times(a.clone(), b.clone()), times(long(&a), long(&b)));
            let rounded = |a: Number| told(&a.rounded(places));
            prop_assert_eq!(rounded(a.clone()), rounded(long(&a)));
            if b.written().1.bytes().any(|digit| digit != b'0') {
                let over = |a: Number, b: Number| told(&a.over(b, 40));
                prop_assert_eq!(over(a.clone(), b.clone()), over(long(&a), long(&b)));
            }
        }
    }

    #[test]
    fn the_largest_short_numbers_are_held_and_go_on_as_long_ones() {
        let most = "9".repeat(SHORT_DIGITS);
        let number = Number::read(&most);
        assert!(matches!(number.digits, Digits::Short(_)));
        let twice = number.clone().plus(number.clone()).plus(number.clone());
        assert_eq!(twice.written().1, format!("2{}7", "9".repeat(37)));
        let one = Number::read("-1");
        assert_eq!(number.times(one).written(), (true, most));
        let half = Number::read(&format!("0.{}", "5".repeat(37)));
        assert_eq!(half.rounded(0).written(), (false, "1".to_owned()));
    }
}
