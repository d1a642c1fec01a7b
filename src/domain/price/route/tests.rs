//! Prices found over the pairs that are listed, and none made up where there are none.

use super::*;
use crate::domain::price::{MAX_AGE_MS, Quote};

const NOW: Timestamp = Timestamp(1_767_225_600_000);

fn code(text: &str) -> AssetCode {
    AssetCode::parse(text).unwrap()
}

fn quote(price: &str) -> Quote {
    Quote {
        price: Amount::parse(price).unwrap(),
        at: NOW,
        told_at: None,
        doubt: None,
    }
}

fn book(exchange: &str, pairs: &[(&str, &str, &str)]) -> Book {
    let mut book = Book::empty(ExchangeId::new(exchange), NOW);
    for (base, quoted, price) in pairs {
        book.put(code(base), code(quoted), quote(price));
    }
    book
}

fn market(books: Vec<Book>) -> Market {
    Market::new(books.into_iter().map(Arc::new).collect(), NOW)
}

fn usual() -> Vec<Book> {
    let binance = [
        ("BTC", "USDT", "64000"),
        ("ETH", "BTC", "0.05"),
        ("EUR", "USDT", "1.08"),
        ("USDT", "TRY", "40"),
        ("POL", "USDT", "0.22"),
        ("HOT", "ETH", "0.001"),
        ("BNB", "FDUSD", "600"),
        ("FDUSD", "USDT", "0.999"),
    ];
    let okx = [
        ("BTC", "USDT", "64100"),
        ("USDT", "USD", "0.9991"),
        ("OKB", "USDT", "47.2"),
    ];
    vec![book("binance", &binance), book("okx", &okx)]
}

/// The price on Binance and its way, as `ETH/BTC binance`; a slash backwards is written `\`.
fn told(market: &Market, asset: &str, currency: Currency) -> (String, Vec<String>) {
    let home = ExchangeId::new("binance");
    let price = market.price(Some(&home), &code(asset), currency).unwrap();
    let way = price.steps.iter().map(|step| {
        let slash = if step.backwards { '\\' } else { '/' };
        format!("{}{slash}{} {}", step.base, step.quote, step.exchange)
    });
    (price.amount.as_str().to_owned(), way.collect())
}

#[test]
fn a_direct_pair_is_the_whole_way() {
    let (price, way) = told(&market(usual()), "ETH", Currency::Btc);
    assert_eq!(
        (price.as_str(), way),
        ("0.05", vec!["ETH/BTC binance".to_owned()])
    );
}

#[test]
fn the_dollar_is_reached_over_the_pair_that_the_other_exchange_lists() {
    let (price, way) = told(&market(usual()), "BTC", Currency::Usd);
    assert_eq!(price, "63942.4");
    assert_eq!(way, ["BTC/USDT binance", "USDT/USD okx"]);
}

#[test]
fn a_coin_without_a_dollar_pair_is_priced_over_the_hubs() {
    let market = market(usual());
    let (price, way) = told(&market, "HOT", Currency::Btc);
    assert_eq!(price, "0.00005");
    assert_eq!(way, ["HOT/ETH binance", "ETH/BTC binance"]);
    let (_, way) = told(&market, "BNB", Currency::Try);
    assert_eq!(
        way,
        [
            "BNB/FDUSD binance",
            "FDUSD/USDT binance",
            "USDT/TRY binance"
        ]
    );
}

#[test]
fn a_pair_is_read_backwards_by_dividing() {
    let market = market(usual());
    let (price, way) = told(&market, "USDT", Currency::Eur);
    assert_eq!(way, ["EUR\\USDT binance"]);
    let shown = Amount::parse_own(&price).unwrap().rounded(12);
    assert_eq!(shown.as_str(), "0.925925925926");
    let (price, _) = told(&market, "TRY", Currency::Usd);
    assert_eq!(price, "0.0249775");
}

#[test]
fn a_currency_is_worth_one_of_itself() {
    let (price, way) = told(&market(usual()), "EUR", Currency::Eur);
    assert_eq!((price.as_str(), way.len()), ("1", 0));
}

#[test]
fn stable_coins_are_priced_like_everything_else_and_by_the_shortest_way() {
    let mut books = usual();
    books[0].put(code("USDC"), code("USDT"), quote("0.9998"));
    books[1].put(code("USDC"), code("USD"), quote("0.99"));
    let market = market(books);
    let (price, way) = told(&market, "USDT", Currency::Usd);
    assert_eq!((price.as_str(), way.len()), ("0.9991", 1));
    let (price, way) = told(&market, "USDC", Currency::Usd);
    assert_eq!((price.as_str(), way.len()), ("0.99", 1));
    let (_, way) = told(&market, "FDUSD", Currency::Usd);
    assert_eq!(way, ["FDUSD/USDT binance", "USDT/USD okx"]);
}

#[test]
fn the_exchange_of_the_holding_is_asked_first_and_the_other_last() {
    let market = market(usual());
    let okx = ExchangeId::new("okx");
    let price = market
        .price(Some(&okx), &code("BTC"), Currency::Usd)
        .unwrap();
    assert_eq!(price.amount.as_str(), "64042.31");
    let (price, way) = told(&market, "OKB", Currency::Usd);
    assert_eq!(
        (price.as_str(), way[0].as_str()),
        ("47.15752", "OKB/USDT okx")
    );
}

#[test]
fn what_has_no_market_of_its_own_has_the_price_of_what_it_stands_for() {
    let market = market(usual());
    let home = ExchangeId::new("binance");
    let price = market
        .price(Some(&home), &code("MATIC"), Currency::Usd)
        .unwrap();
    assert_eq!(price.amount.as_str(), "0.219802");
    assert_eq!(price.stands_for.unwrap().code, code("POL"));
    assert!(
        market
            .price(Some(&home), &code("LDBTC"), Currency::Btc)
            .is_ok()
    );
    let unknown = market.price(Some(&home), &code("LDX"), Currency::Usd);
    assert_eq!(unknown, Err(NoPrice::NotListed));
}

#[test]
fn a_code_with_a_market_of_its_own_has_its_own_price() {
    let mut books = usual();
    books[0].put(code("MATIC"), code("USDT"), quote("0.5"));
    let home = ExchangeId::new("binance");
    let price = market(books).price(Some(&home), &code("MATIC"), Currency::Usd);
    assert_eq!(price.unwrap().stands_for, None);
}

#[test]
fn a_doubtful_price_is_not_used_and_says_so() {
    let mut books = usual();
    let doubt = Some(Doubt::NotPositive);
    let doubtful = Quote {
        doubt: doubt.clone(),
        ..quote("0")
    };
    books[0].put(code("POL"), code("USDT"), doubtful);
    let home = ExchangeId::new("binance");
    let none = market(books).price(Some(&home), &code("POL"), Currency::Usd);
    let Err(NoPrice::Doubtful(told)) = none else {
        panic!("{none:?}");
    };
    let Doubtful {
        base,
        quote,
        doubt: why,
        ..
    } = *told;
    assert_eq!((base, quote, Some(why)), (code("POL"), code("USDT"), doubt));
}

#[test]
fn a_price_is_used_for_a_quarter_of_an_hour_and_no_longer() {
    let price = |age_ms: i64| {
        let books = usual().into_iter().map(Arc::new).collect();
        let home = ExchangeId::new("binance");
        Market::new(books, NOW.plus_ms(age_ms)).price(Some(&home), &code("BTC"), Currency::Usd)
    };
    assert!(price(MAX_AGE_MS).is_ok());
    assert_eq!(price(MAX_AGE_MS + 1), Err(NoPrice::Stale(NOW)));
}

#[test]
fn a_currency_is_offered_only_while_there_is_a_way_to_it() {
    let market = market(usual());
    let offered: Vec<_> = Currency::ALL
        .into_iter()
        .filter(|c| market.offers(*c))
        .collect();
    let expected = [
        Currency::Usd,
        Currency::Eur,
        Currency::Try,
        Currency::Btc,
        Currency::Eth,
    ];
    assert_eq!(offered, expected);
    assert!(!Market::new(Vec::new(), NOW).offers(Currency::Usd));
}
