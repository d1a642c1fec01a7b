//! What amounts promise, for hostile text and for every digit.

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
    let edges: Edges = serde_json::from_str(include_str!(
        "../../tests/fixtures/decimal_edge_values.json"
    ))
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
        "NaN", "inf", "1.", ".5", "+1", "1,5", " 1", "1 ", "0x1", "--1", "-", "1e", "1e+", "1.2.3",
        "1.5abc", "１",
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

fn amount(text: &str) -> Amount {
    Amount::parse(text).unwrap()
}

#[test]
fn products_are_exact_to_the_last_digit() {
    let product = amount("123456789012.123456789012345678").times(&amount("0.000000000000000001"));
    assert_eq!(product.as_str(), "0.000000123456789012123456789012345678");
    assert_eq!(amount("-2.5").times(&amount("4")).as_str(), "-10");
    assert_eq!(amount("-2.5").times(&Amount::zero()).as_str(), "0");
}

#[test]
fn quotients_have_more_digits_than_are_ever_shown() {
    let third = amount("1").over(&amount("3")).unwrap();
    assert_eq!(third.as_str(), format!("0.{}", "3".repeat(SIGNIFICANT)));
    assert_eq!(amount("10").over(&amount("-4")).unwrap().as_str(), "-2.5");
    let small = amount("1").over(&amount("64000000000")).unwrap();
    assert_eq!(small.as_str(), "0.000000000015625");
    assert_eq!(amount("1").over(&Amount::zero()), None);
    assert_eq!(Amount::zero().over(&amount("7")).unwrap().as_str(), "0");
}

#[test]
fn rounding_takes_the_even_neighbour_of_two_that_are_as_near() {
    let cases = [
        ("0.125", "0.12"),
        ("0.135", "0.14"),
        ("0.1250000001", "0.13"),
        ("-0.125", "-0.12"),
        ("-0.135", "-0.14"),
        ("0.004", "0"),
        ("-0.004", "0"),
        ("1.5", "1.5"),
        ("999.995", "1000"),
    ];
    for (exact, shown) in cases {
        assert_eq!(amount(exact).rounded(2).as_str(), shown, "{exact}");
    }
    assert_eq!(amount("2.5").rounded(0).as_str(), "2");
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
    fn products_agree_with_integers(a in any::<i64>(), b in any::<i64>(), s in 0_u32..9, t in 0_u32..9) {
        let at = |n: i64, scale| amount(&Decimal::new(n, scale).to_string());
        let exact = i128::from(a) * i128::from(b);
        let expected = amount(&exact.to_string()).times(&amount(&format!("1e-{}", s + t)));
        prop_assert_eq!(at(a, s).times(&at(b, t)), expected);
    }

    #[test]
    fn a_quotient_times_its_divisor_is_the_dividend_again(
        a in 1_i64.., b in 1_i64.., s in 0_u32..18, t in 0_u32..18
    ) {
        let at = |n: i64, scale| amount(&Decimal::new(n, scale).to_string());
        let (a, b) = (at(a, s), at(b, t));
        prop_assert_eq!(a.over(&b).unwrap().times(&b).rounded(18), a);
    }

    #[test]
    fn rounding_agrees_with_decimals(n in any::<i64>(), scale in 0_u32..18, places in 0_u32..18) {
        let exact = Decimal::new(n, scale);
        let rounded = amount(&exact.to_string()).rounded(places as usize);
        prop_assert_eq!(rounded, amount(&exact.round_dp(places).to_string()));
    }

    #[test]
    fn no_text_makes_the_parser_panic(text in "\\PC{0,60}") {
        let _ = Amount::parse(&text);
    }
}
