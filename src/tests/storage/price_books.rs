//! Books of prices: the newest of each exchange, to the last digit.

use coffer::domain::amount::Amount;
use coffer::domain::asset::AssetCode;
use coffer::domain::exchange::ExchangeId;
use coffer::domain::price::{Book, Doubt, Good, Level, Memory, Quote};
use coffer::domain::timestamp::Timestamp;
use coffer::storage::{StorageError, price_books};

use super::opened::Opened;
use crate::support::{Kind, on_both_databases};

on_both_databases![
    a_book_is_read_as_it_was_kept,
    an_older_book_never_takes_the_place_of_a_newer_one,
    a_spoilt_book_is_none,
];

fn code(text: &str) -> AssetCode {
    AssetCode::parse(text).unwrap()
}

fn amount(text: &str) -> Amount {
    Amount::parse(text).unwrap()
}

fn book(exchange: &str, taken_at: i64, price: &str) -> Book {
    let (price, at) = (amount(price), Timestamp(taken_at));
    let mut book = Book::empty(ExchangeId::new(exchange), at);
    let doubt = Some(Doubt::Disagrees {
        exchange: ExchangeId::new("other"),
        price: amount("0.000000000000000000000000000001"),
        since: Timestamp(3),
    });
    let good = Some(Good {
        price: price.clone(),
        at,
    });
    let level = Some(Level {
        price: price.clone(),
        since: at,
        readings: 2,
    });
    let quote = Quote {
        price: price.clone(),
        at,
        told_at: Some(at.plus_ms(-5)),
        doubt: None,
    };
    book.put(code("币安人生"), code("USDT"), quote.clone());
    book.put(code("\"'"), code("USDT"), Quote { doubt, ..quote });
    book.remember(code("\"'"), code("USDT"), Memory { good, level });
    book
}

async fn keep(opened: &Opened, book: &Book) {
    let mut db = opened.db.reader().await.unwrap();
    price_books::upsert(&mut db, book).await.unwrap();
}

async fn find(opened: &Opened, exchange: &str) -> Result<Option<Book>, StorageError> {
    let mut db = opened.db.reader().await.unwrap();
    price_books::find(&mut db, &ExchangeId::new(exchange)).await
}

async fn a_book_is_read_as_it_was_kept(kind: Kind) {
    let opened = Opened::new(kind).await;
    assert_eq!(find(&opened, "binance").await.unwrap(), None);
    let long = "123456789012345678901234567890.123456789012345678901234567891";
    let books = [book("binance", 5, long), book("okx", 7, "-1")];
    for book in &books {
        keep(&opened, book).await;
    }
    for book in books {
        let found = find(&opened, book.exchange.as_str()).await.unwrap();
        assert_eq!(found, Some(book));
    }
    assert_eq!(find(&opened, "kraken").await.unwrap(), None);
}

async fn an_older_book_never_takes_the_place_of_a_newer_one(kind: Kind) {
    let opened = Opened::new(kind).await;
    for (taken_at, expected) in [(50, 50), (40, 50), (60, 60), (0, 60)] {
        keep(&opened, &book("okx", taken_at, &format!("{taken_at}.5"))).await;
        let found = find(&opened, "okx").await.unwrap();
        assert_eq!(found, Some(book("okx", expected, &format!("{expected}.5"))));
    }
    assert_eq!(opened.count("price_books").await, "1");
}

async fn a_spoilt_book_is_none(kind: Kind) {
    let opened = Opened::new(kind).await;
    keep(&opened, &book("okx", 5, "1")).await;
    keep(&opened, &book("binance", 5, "1")).await;
    for spoil in [
        "UPDATE price_books SET book = '{}' WHERE exchange = 'okx'",
        "UPDATE price_books SET book = (SELECT book FROM price_books WHERE exchange = 'binance') \
         WHERE exchange = 'okx'",
        "UPDATE price_books SET book = '' WHERE exchange = 'okx'",
    ] {
        opened.execute(spoil).await.unwrap();
        let found = find(&opened, "okx").await;
        assert!(matches!(found, Err(StorageError::Corrupt(_))), "{spoil}");
    }
    assert!(find(&opened, "binance").await.unwrap().is_some());
}
