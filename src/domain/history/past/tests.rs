//! Days before a connection: which prices they need, what they were worth, and where they end.

use proptest::prelude::*;

use super::super::samples::amount;
use super::*;

/// The beginning of a day that is no special one.
const DAY: Timestamp = Timestamp(20_000 * DAY_MS);

fn code(text: &str) -> AssetCode {
    AssetCode::parse(text).unwrap()
}

fn usdt() -> AssetCode {
    code("USDT")
}

fn binance() -> ExchangeId {
    ExchangeId::new("binance")
}

fn pair(exchange: &str, base: &str, quote: &str) -> Pair {
    Pair {
        exchange: ExchangeId::new(exchange),
        base: code(base),
        quote: code(quote),
    }
}

fn close(day: i64, price: &str) -> Close {
    Close {
        day: DAY.plus_ms(day * DAY_MS),
        price: amount(price),
    }
}

fn day(held: &[(&str, &str)]) -> PastDay {
    let balance = |(asset, total): &(&str, &str)| Balance {
        asset: code(asset),
        free: None,
        locked: None,
        total: amount(total),
    };
    PastDay {
        day: DAY,
        balances: held.iter().map(balance).collect(),
    }
}

/// Pairs of both exchanges as of one day.
fn both(closes: &[(&str, &str, &str, &str)]) -> Market {
    let closes = closes
        .iter()
        .map(|(exchange, base, quote, price)| (pair(exchange, base, quote), vec![close(0, price)]))
        .collect();
    market(&[binance(), ExchangeId::new("okx")], &closes, DAY)
}

fn valued(held: &[(&str, &str)], market: &Market) -> Option<(String, usize)> {
    let valued = day(held).valued(market, &binance(), &usdt())?;
    assert_eq!(valued.at, DAY.plus_ms(DAY_MS - 1));
    Some((valued.value.to_string(), valued.unpriced))
}

#[test]
fn a_snapshot_is_of_the_day_at_whose_end_it_was_taken() {
    let midnight = DAY.plus_ms(DAY_MS);
    for late in [-HOUR_MS, -1_000, -1, 0, 1, HOUR_MS] {
        assert_eq!(day_ended_at(midnight.plus_ms(late)), Some(DAY), "{late}");
    }
    for odd in [-HOUR_MS - 1, HOUR_MS + 1, DAY_MS / 2] {
        assert_eq!(day_ended_at(midnight.plus_ms(odd)), None, "{odd}");
    }
    assert_eq!(day_ended_at(Timestamp(i64::MAX)), None);
    // 13 December 2019, 23:59:59, as the manual has it.
    let wanted = Some(Timestamp(1_576_195_200_000));
    assert_eq!(day_ended_at(Timestamp(1_576_281_599_000)), wanted);
}

#[test]
fn what_is_asked_for_ends_before_the_connection_and_is_shorter_than_thirty_days() {
    for now in [0, 1, DAY_MS - 1] {
        let now = DAY.plus_ms(now);
        let (from, to) = stretch(now, now).unwrap();
        assert_eq!(to, DAY.plus_ms(-1));
        assert_eq!(from, DAY.plus_ms(-29 * DAY_MS));
        assert!(to.0 - from.0 < 30 * DAY_MS);
        // Tried again days later, the exchange has forgotten the first of them.
        let later = stretch(now, now.plus_ms(3 * DAY_MS)).unwrap();
        assert_eq!(later, (from.plus_ms(3 * DAY_MS), to));
        assert_eq!(stretch(now, now.plus_ms(29 * DAY_MS)), None);
        // A clock that was set back does not ask for the future.
        let earlier = stretch(now.plus_ms(9 * DAY_MS), now).unwrap();
        assert_eq!(earlier, (from, to));
    }
}

#[test]
fn a_day_is_valued_over_the_ways_that_todays_prices_go() {
    let market = both(&[
        ("binance", "BTC", "USDT", "100"),
        ("binance", "LDO", "BTC", "0.5"),
        ("okx", "OKB", "USDT", "7"),
        ("okx", "BTC", "USDT", "999"),
    ]);
    let held = [("BTC", "2"), ("LDO", "1"), ("OKB", "1"), ("USDT", "3")];
    assert_eq!(valued(&held, &market), Some(("260".to_owned(), 0)));
    // A code without a market of its own has the price of what it stands for.
    assert_eq!(
        valued(&[("LDBTC", "1")], &market),
        Some(("100".to_owned(), 0))
    );
}

#[test]
fn an_asset_without_a_candle_stands_beside_the_value_and_is_never_nothing() {
    let market = both(&[("binance", "BTC", "USDT", "100")]);
    let held = [("BTC", "1"), ("NOPE", "5")];
    assert_eq!(valued(&held, &market), Some(("100".to_owned(), 1)));
    assert_eq!(valued(&[("NOPE", "5")], &market), None);
    // An empty wallet is known to be worth nothing.
    assert_eq!(valued(&[], &market), Some(("0".to_owned(), 0)));
    // A candle of another day says nothing of this one.
    let closes = Closes::from([(pair("binance", "BTC", "USDT"), vec![close(1, "100")])]);
    let other = super::market(&[binance()], &closes, DAY);
    assert_eq!(valued(&[("BTC", "1")], &other), None);
}

#[test]
fn pairs_are_asked_of_where_prices_come_from_today() {
    let market = both(&[
        ("binance", "BTC", "USDT", "100"),
        ("binance", "LDO", "BTC", "0.5"),
        ("binance", "SOL", "USDT", "3"),
        ("okx", "USDT", "USD", "1"),
        ("okx", "OKB", "USDT", "7"),
    ]);
    let days = [day(&[("LDO", "1"), ("OKB", "1"), ("NOPE", "9")])];
    let wanted = BTreeSet::from([
        pair("binance", "BTC", "USDT"),
        pair("binance", "LDO", "BTC"),
        pair("okx", "OKB", "USDT"),
        pair("okx", "USDT", "USD"),
    ]);
    assert_eq!(pairs(&market, &binance(), &days, &usdt()), wanted);
}

#[test]
fn beyond_the_most_pairs_those_worth_least_are_left_out() {
    let names: Vec<String> = (0..MOST_PAIRS * 2).map(|n| format!("A{n:03}")).collect();
    let quantities: Vec<String> = (0..names.len()).map(|n| n.to_string()).collect();
    let listed: Vec<_> = names
        .iter()
        .map(|name| ("binance", name.as_str(), "USDT", "1"))
        .chain([("binance", "BTC", "USDT", "1")])
        .collect();
    let held: Vec<_> = names
        .iter()
        .zip(&quantities)
        .map(|(name, quantity)| (name.as_str(), quantity.as_str()))
        .collect();
    let chosen = pairs(&both(&listed), &binance(), &[day(&held)], &usdt());
    assert_eq!(chosen.len(), MOST_PAIRS);
    assert!(chosen.contains(&pair("binance", "A119", "USDT")));
    assert!(chosen.contains(&pair("binance", "BTC", "USDT")));
    assert!(!chosen.contains(&pair("binance", "A060", "USDT")));
}

fn on(day: i64, value: &str) -> (ValuedDay, Option<Amount>) {
    let valued = ValuedDay {
        at: end_of_day(DAY.plus_ms(day * DAY_MS)),
        value: amount(value),
        unpriced: 1,
    };
    (valued, Some(Amount::one()))
}

#[test]
fn days_of_two_connections_are_added_up_and_end_before_the_first_point() {
    let first = DAY.plus_ms(2 * DAY_MS);
    let days = vec![on(0, "1"), on(1, "2"), on(1, "4"), on(2, "8"), on(3, "16")];
    let told = before(days, Some(first));
    let values: Vec<_> = told.iter().map(|one| one.point.value.as_str()).collect();
    assert_eq!(values, ["1", "6"]);
    assert_eq!(told[1].point.unpriced, 2);
    assert!(told.iter().all(|one| one.point.partial));
    assert_eq!(before(vec![on(0, "1")], None).len(), 1);
}

proptest! {
    #[test]
    fn days_are_told_in_order_and_none_from_the_first_point_on(
        days in proptest::collection::vec(0_i64..40, 0..40),
        begin in proptest::option::of(0_i64..40 * 24),
    ) {
        let mut days = days;
        days.sort_unstable();
        let days: Vec<_> = days.into_iter().map(|day| on(day, "3")).collect();
        let begin = begin.map(|hour| DAY.plus_ms(hour * HOUR_MS));
        let earlier = days.iter().filter(|day| begin.is_none_or(|begin| day.0.at < begin)).count();
        let told = before(days, begin);
        prop_assert!(told.windows(2).all(|two| two[0].point.at < two[1].point.at));
        prop_assert!(told.iter().all(|one| begin.is_none_or(|begin| one.point.at < begin)));
        let filled = |one: &Rated| one.point.source == Source::Backfill;
        prop_assert!(told.iter().all(filled));
        let three = Amount::from(3);
        let sum: Amount = told.iter().map(|one| &one.point.value).sum();
        prop_assert_eq!(sum, three.times(&Amount::from(i64::try_from(earlier).unwrap())));
    }
}
