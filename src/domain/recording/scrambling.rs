//! Amounts with other digits in the same places.

/// Tells bytes that nobody can guess, the same ones for the same text; at least one.
pub type Noise<'a> = dyn Fn(&str) -> Vec<u8> + Sync + 'a;

/// Another amount of the same length, sign, point and exponent. Zero stays zero and nothing else
/// becomes it; the whole part keeps its number of digits.
pub(super) fn scrambled(amount: &str, noise: &Noise<'_>) -> String {
    let exponent = amount.find(['e', 'E']).unwrap_or(amount.len());
    let (mantissa, exponent) = amount.split_at(exponent);
    if !has_value(mantissa) {
        return amount.to_owned();
    }
    let noise = noise(amount);
    let mut noise = noise.iter().cycle();
    let mut draw = |from: u8| {
        let drawn = noise.next().copied().unwrap_or_default();
        char::from(b'0' + from + drawn % (10 - from))
    };
    let mut leading = true;
    let digit = |c: char| match c {
        '0' if leading => c,
        '0'..='9' => draw(u8::from(std::mem::take(&mut leading))),
        '.' => {
            leading = false;
            c
        }
        _ => c,
    };
    let mut out: Vec<char> = mantissa.chars().map(digit).collect();
    if !has_value(&out.iter().collect::<String>())
        && let Some(last) = out.iter_mut().rfind(|c| c.is_ascii_digit())
    {
        *last = draw(1);
    }
    out.into_iter().chain(exponent.chars()).collect()
}

fn has_value(mantissa: &str) -> bool {
    mantissa.contains(|c| ('1'..='9').contains(&c))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn noise(bytes: Vec<u8>) -> impl Fn(&str) -> Vec<u8> {
        move |_| bytes.clone()
    }

    /// The text with every digit but those of the exponent and of a zero whole part made the same.
    fn shape(amount: &str) -> String {
        let (mantissa, exponent) = amount.split_once('e').unwrap_or((amount, ""));
        let mut shape = String::new();
        let mut leading = true;
        for c in mantissa.chars() {
            leading &= !matches!(c, '1'..='9' | '.');
            shape.push(match c {
                '0' if leading => '0',
                '0'..='9' => '9',
                _ => c,
            });
        }
        format!("{shape}e{exponent}")
    }

    #[test]
    fn zero_stays_zero_however_it_is_written() {
        for zero in ["0", "0.00000000", "-0.0", "0e5", "00"] {
            assert_eq!(scrambled(zero, &noise(vec![7])), zero);
        }
    }

    #[test]
    fn an_amount_never_becomes_zero() {
        for (amount, becomes) in [("0.5", "0.1"), ("0.50", "0.01"), ("7", "1"), ("-10", "-10")] {
            assert_eq!(scrambled(amount, &noise(vec![0])), becomes);
        }
        assert_eq!(scrambled("0.5", &|_| Vec::new()), "0.1");
    }

    #[test]
    fn digits_come_from_the_noise_and_exponents_stay() {
        let noise = noise(vec![1, 2, 3, 4]);
        assert_eq!(scrambled("-1050.25", &noise), "-2234.12");
        assert_eq!(scrambled("1.5e-8", &noise), "2.2e-8");
    }

    proptest! {
        #[test]
        fn the_shape_stays_and_the_digits_do_not(
            amount in "-?(0|[1-9][0-9]{0,20})\\.[0-9]{18,30}(e-?[1-9])?",
            bytes in prop::collection::vec(any::<u8>(), 64),
        ) {
            let scrambled = scrambled(&amount, &noise(bytes));
            prop_assert_eq!(shape(&scrambled), shape(&amount));
            let mantissa = amount.split('e').next().unwrap();
            prop_assert_eq!(scrambled == amount, !has_value(mantissa));
        }
    }
}
