//! How values, prices and shares are shown: rounded half to even, and only here.

use super::amount::Amount;
use super::currency::Currency;

/// The digits of a price that are shown at least.
const PRICE_DIGITS: usize = 6;

/// A value in its currency, such as `1,234.50`; what is not zero and would be rounded to it stands
/// as `< 0.01` or `> −0.01`.
#[must_use]
pub fn value(exact: &Amount, currency: Currency) -> String {
    let places = currency.digits();
    let shown = exact.rounded(places);
    if shown.is_zero() && !exact.is_zero() {
        let least = least(places);
        return if exact.is_negative() {
            format!("> {}", fixed(&least.negated(), places))
        } else {
            format!("< {}", fixed(&least, places))
        };
    }
    fixed(&shown, places)
}

/// The price of one unit: the digits of its currency, and more for what costs little.
#[must_use]
pub fn price(exact: &Amount, currency: Currency) -> String {
    let whole_digits = exact.abs().rounded(0).as_str().len();
    let places = if exact.abs() < Amount::one() {
        zeros_after_point(exact) + PRICE_DIGITS
    } else {
        PRICE_DIGITS.saturating_sub(whole_digits)
    };
    let places = places.max(currency.digits());
    let shown = exact.rounded(places).grouped();
    match shown.split_once('.') {
        Some((_, fraction)) if fraction.len() >= currency.digits() => signed(&shown),
        _ => fixed(exact, currency.digits()),
    }
}

/// A part of the whole in percent: `12.5 %`.
#[must_use]
pub fn percent(part: &Amount) -> String {
    let hundredfold = part.times(&Amount::from(100));
    let shown = hundredfold.rounded(1);
    if shown.is_zero() && !part.is_zero() {
        return "< 0.1 %".to_owned();
    }
    format!("{} %", fixed(&shown, 1))
}

/// A change in percent with its sign and all its digits: `+1.25 %`, `−0.4 %`, `0 %`.
#[must_use]
pub fn signed_percent(change: &Amount) -> String {
    let rises = !change.is_negative() && !change.is_zero();
    let sign = if rises { "+" } else { "" };
    format!("{sign}{} %", signed(&change.grouped()))
}

/// So many digits after the point, thousands separated, below zero with a true minus sign.
fn fixed(amount: &Amount, places: usize) -> String {
    let shown = amount.rounded(places).grouped();
    let (whole, fraction) = shown.split_once('.').unwrap_or((&shown, ""));
    if places == 0 {
        return signed(whole);
    }
    signed(&format!("{whole}.{fraction:0<places$}"))
}

fn signed(text: &str) -> String {
    text.replace('-', "\u{2212}")
}

fn least(places: usize) -> Amount {
    (0..places).fold(Amount::one(), |least, _| {
        least.over(&Amount::from(10)).unwrap_or(least)
    })
}

fn zeros_after_point(amount: &Amount) -> usize {
    let fraction = amount.as_str().split_once('.').map_or("", |(_, f)| f);
    fraction.len() - fraction.trim_start_matches('0').len()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn amount(text: &str) -> Amount {
        Amount::parse(text).unwrap()
    }

    #[test]
    fn values_have_the_digits_of_their_currency() {
        let shown = |text, currency| value(&amount(text), currency);
        assert_eq!(shown("1234.5", Currency::Usd), "1,234.50");
        assert_eq!(shown("1234.565", Currency::Usd), "1,234.56");
        assert_eq!(shown("-1234.5", Currency::Jpy), "\u{2212}1,234");
        assert_eq!(shown("0.123456789", Currency::Btc), "0.12345679");
        assert_eq!(shown("0", Currency::Usd), "0.00");
    }

    #[test]
    fn little_is_not_shown_as_nothing() {
        assert_eq!(value(&amount("0.004"), Currency::Usd), "< 0.01");
        assert_eq!(value(&amount("-0.004"), Currency::Usd), "> \u{2212}0.01");
        assert_eq!(value(&amount("0.4"), Currency::Jpy), "< 1");
        assert_eq!(percent(&amount("0.0004")), "< 0.1 %");
    }

    #[test]
    fn prices_show_more_digits_the_less_a_unit_costs() {
        let shown = |text| price(&amount(text), Currency::Usd);
        assert_eq!(shown("64210.55"), "64,210.55");
        assert_eq!(shown("64210.55123"), "64,210.55");
        assert_eq!(shown("151.3"), "151.30");
        assert_eq!(shown("1.0842345678"), "1.08423");
        assert_eq!(shown("0.99912"), "0.99912");
        assert_eq!(shown("0.0000091240"), "0.000009124");
        assert_eq!(shown("1"), "1.00");
    }

    #[test]
    fn changes_have_their_sign() {
        let shown = ["1234.5", "-0.4", "0"].map(|text| signed_percent(&amount(text)));
        assert_eq!(shown, ["+1,234.5 %", "\u{2212}0.4 %", "0 %"]);
    }

    #[test]
    fn shares_are_told_in_percent() {
        assert_eq!(percent(&amount("0.1255")), "12.6 %");
        assert_eq!(percent(&amount("1")), "100.0 %");
        assert_eq!(percent(&amount("-0.2")), "\u{2212}20.0 %");
        assert_eq!(percent(&Amount::zero()), "0.0 %");
    }
}
