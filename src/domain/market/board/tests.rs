//! What stands beside a pair, and what is said where there is no price.

use super::*;
use crate::domain::money::signed_percent;

const NOW: Timestamp = Timestamp(1_767_225_600_000);

fn amount(text: &str) -> Amount {
    Amount::parse(text).unwrap()
}

fn quote(price: &str, age_ms: i64, doubt: Option<Doubt>) -> Quote {
    Quote {
        price: amount(price),
        at: NOW.plus_ms(-age_ms),
        told_at: None,
        doubt,
    }
}

fn name(id: &ExchangeId) -> String {
    id.as_str().to_uppercase()
}

fn told_by(exchange: &str, price: Told) -> Quoted {
    Quoted {
        exchange: ExchangeId::new(exchange),
        price,
        change: None,
        day: None,
    }
}

#[test]
fn a_price_is_shown_until_it_is_too_old_or_doubted() {
    let fresh = Told::of(&quote("1.50", MAX_AGE_MS, None), NOW);
    assert_eq!(fresh.price(), Some(&amount("1.5")));
    assert_eq!(fresh.at(), Some(NOW.plus_ms(-MAX_AGE_MS)));
    // The exchange's own time is its age, however lately it was read.
    let said = NOW.plus_ms(-5 * MAX_AGE_MS);
    let rare = Quote {
        told_at: Some(said),
        ..quote("1.5", 0, None)
    };
    assert_eq!(Told::of(&rare, NOW), Told::Price(amount("1.5"), said));
    for quote in [
        quote("1.5", MAX_AGE_MS + 1, None),
        quote("1.5", 0, Some(Doubt::NotPositive)),
    ] {
        let told = Told::of(&quote, NOW);
        assert_eq!((told.price(), told.at()), (None, None), "{told:?}");
    }
}

#[test]
fn where_there_is_no_price_there_is_a_reason() {
    let pair = Pair::parse("XYZ-USDT").unwrap();
    let okx = ExchangeId::new("okx");
    let reason = |told: Told| told.reason(&okx, &pair, &name, NOW);
    let jumped = Doubt::Jumped {
        from: amount("1"),
        since: NOW,
    };
    let told = [
        Told::NotListed,
        Told::Untold,
        Told::Unread,
        Told::of(&quote("1", MAX_AGE_MS + 1, None), NOW),
        Told::of(&quote("900", 0, Some(jumped)), NOW),
    ];
    assert_eq!(
        told.map(|told| reason(told).unwrap()),
        [
            "OKX does not trade it.",
            "OKX tells no price of it that can be one.",
            "OKX could not be read.",
            "No price for 15 minutes: the last one is of 31 Dec 2025, 23:44 UTC.",
            "Doubted: OKX says XYZ/USDT 900, far from the 1 before. It is used once it has \
             stayed there for a while.",
        ]
    );
    assert_eq!(reason(Told::Price(amount("1"), NOW)), None);
}

#[test]
fn a_difference_is_counted_between_two_prices_only() {
    let one = told_by("binance", Told::Price(amount("64000"), NOW));
    let other = told_by("okx", Told::Price(amount("63936"), NOW));
    let none = told_by("okx", Told::Unread);
    let percent = |a: &Quoted, b: &Quoted| Some(signed_percent(&a.difference_percent(b)?));
    assert_eq!(percent(&other, &one).as_deref(), Some("\u{2212}0.1 %"));
    assert_eq!(percent(&one, &one).as_deref(), Some("0 %"));
    assert_eq!(percent(&none, &one), None);
    assert_eq!(percent(&one, &none), None);
    let worthless = told_by("okx", Told::Price(Amount::zero(), NOW));
    assert_eq!(percent(&one, &worthless), None);
}

fn board(price: Told) -> Board {
    let exchanges = ["binance", "okx"].map(|id| (ExchangeId::new(id), name(&ExchangeId::new(id))));
    Board {
        rows: vec![Row {
            pair: Pair::parse("BTC-USDT").unwrap(),
            quoted: vec![told_by("binance", Told::Unread), told_by("okx", price)],
            spark: None,
        }],
        exchanges: exchanges.to_vec(),
        now: NOW,
    }
}

fn tick(price: &str, age_ms: i64) -> Tick {
    Tick {
        exchange: ExchangeId::new("okx"),
        symbol: Pair::parse("BTC-USDT").unwrap(),
        price: amount(price),
        change_24h_percent: Some(amount("-2.5")),
        at: NOW.plus_ms(-age_ms).rfc3339(),
    }
}

fn priced(board: &Board) -> Option<&str> {
    board.rows[0].quoted[1].price.price().map(Amount::as_str)
}

#[test]
fn what_is_heard_is_shown_unless_it_is_older_or_doubted() {
    let mut shown = board(Told::Price(amount("100"), NOW.plus_ms(-5_000)));
    shown.hear(&tick("99", 6_000));
    assert_eq!(priced(&shown), Some("100"));
    shown.hear(&tick("101.000000000000000001", 1_000));
    assert_eq!(priced(&shown), Some("101.000000000000000001"));
    let change = shown.rows[0].quoted[1].change_percent().unwrap();
    assert_eq!(change.as_str(), "-2.5");
    assert_eq!(shown.rows[0].quoted[0].price, Told::Unread);
    let doubted = board(Told::Doubted(amount("9"), Doubt::NotPositive));
    let mut still = doubted.clone();
    still.hear(&tick("100", 0));
    assert_eq!(still, doubted);
    // What is not on the board changes nothing on it.
    let other = Tick {
        symbol: Pair::parse("ETH-USDT").unwrap(),
        ..tick("1", 0)
    };
    let spoilt = Tick {
        at: "soon".to_owned(),
        ..tick("1", 0)
    };
    let before = shown.clone();
    for tick in [other, spoilt] {
        shown.hear(&tick);
    }
    assert_eq!(shown, before);
}

#[test]
fn what_was_heard_stands_until_something_newer_is_read() {
    let heard = board(Told::Price(amount("101"), NOW));
    let read = |price| heard.renewed_by(board(price));
    let at = |age_ms: i64| NOW.plus_ms(-age_ms);
    assert_eq!(
        priced(&read(Told::Price(amount("100"), at(1)))),
        Some("101")
    );
    assert_eq!(priced(&read(Told::Old(at(MAX_AGE_MS)))), Some("101"));
    assert_eq!(
        priced(&read(Told::Price(amount("102"), at(0)))),
        Some("102")
    );
    let doubted = Told::Doubted(amount("9"), Doubt::NotPositive);
    assert_eq!(priced(&read(doubted)), None);
    assert_eq!(priced(&read(Told::NotListed)), None);
    let mut late = board(Told::Unread);
    late.now = NOW.plus_ms(MAX_AGE_MS + 1);
    assert_eq!(priced(&heard.renewed_by(late)), None);
}

#[test]
fn a_change_stands_beside_a_price_only() {
    let mut quoted = told_by("okx", Told::Price(amount("110"), NOW));
    assert_eq!(quoted.change_percent(), None);
    quoted.change = Some(amount("10"));
    let change = quoted.change_percent().unwrap();
    assert_eq!(signed_percent(&change), "+10 %");
    quoted.price = Told::Unread;
    assert_eq!(quoted.change_percent(), None);
}
