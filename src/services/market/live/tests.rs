//! Facts of watching prices.

use std::sync::Arc;

use tokio::time::timeout;

use super::*;
use crate::domain::market::DayTicker;
use crate::domain::price::{Book, Doubt, Quote};
use crate::services::market::DayOf;

const NOW: Timestamp = Timestamp(1_767_225_600_000);
const LONG: Duration = Duration::from_secs(3_600);

fn pair(text: &str) -> Pair {
    Pair::parse(text).unwrap()
}

fn binance() -> ExchangeId {
    ExchangeId::new("binance")
}

fn ticker(of: &str, last: &str, at: i64) -> DayTicker {
    let amount = |text| Amount::parse(text).unwrap();
    DayTicker {
        pair: pair(of),
        last: amount(last),
        open: amount("100"),
        high: amount(last),
        low: amount(last),
        volume: amount("1"),
        at: NOW.plus_ms(at),
    }
}

fn watching(board: &Arc<Board>, pairs: &[&str]) -> Watching {
    let pairs: Vec<_> = pairs.iter().map(|text| pair(text)).collect();
    board.add(&pairs);
    Watching {
        news: board.news(),
        board: Arc::clone(board),
        pairs,
        heard: HashMap::new(),
        quiet_until: Instant::now(),
    }
}

fn shown(told: &[LiveTicker]) -> Vec<String> {
    let shown = told.iter().map(|it| format!("{} {}", it.pair, it.price));
    shown.collect()
}

/// Whether nothing comes, however long one waits.
async fn hears_nothing(watching: &mut Watching) -> bool {
    timeout(Duration::from_millis(30), watching.next())
        .await
        .is_err()
}

#[tokio::test]
async fn a_slow_listener_hears_the_newest_price_of_each_pair_alone() {
    let board = Arc::new(Board::default());
    let mut slow = watching(&board, &["BTC-USDT", "ETH-USDT"]);
    for n in 0..10_000 {
        board.tell(
            &binance(),
            &ticker("BTC-USDT", &(n + 1).to_string(), n),
            NOW,
        );
    }
    board.tell(&binance(), &ticker("ETH-USDT", "3", 0), NOW);
    assert_eq!(shown(&slow.next().await), ["BTC-USDT 10000", "ETH-USDT 3"]);
    assert_eq!(slow.heard.len(), 2);
    assert!(hears_nothing(&mut slow).await);
}

#[tokio::test]
async fn a_listener_hears_of_its_own_pairs_alone_and_of_each_change_once() {
    let board = Arc::new(Board::default());
    let (mut one, mut other) = (
        watching(&board, &["BTC-USDT"]),
        watching(&board, &["ETH-USDT"]),
    );
    board.tell(&binance(), &ticker("BTC-USDT", "110", 0), NOW);
    let told = one.next().await;
    assert_eq!(shown(&told), ["BTC-USDT 110"]);
    assert_eq!(
        told[0].change_24h_percent.as_ref().unwrap().to_string(),
        "10"
    );
    assert!(hears_nothing(&mut other).await);
    // A price that nobody watches is not kept.
    board.tell(&binance(), &ticker("SOL-USDT", "1", 0), NOW);
    assert!(board.told(&[pair("SOL-USDT")]).is_empty());
}

#[tokio::test]
async fn an_older_price_never_takes_the_place_of_a_newer_one() {
    let board = Arc::new(Board::default());
    let mut one = watching(&board, &["BTC-USDT"]);
    board.tell(&binance(), &ticker("BTC-USDT", "2", 1_000), NOW);
    board.tell(&binance(), &ticker("BTC-USDT", "1", 999), NOW);
    assert_eq!(shown(&one.next().await), ["BTC-USDT 2"]);
    let mut book = Book::empty(binance(), NOW);
    let quote = |price: &str, at| Quote {
        price: Amount::parse(price).unwrap(),
        at: NOW.plus_ms(at),
        told_at: None,
        doubt: None,
    };
    let of = pair("BTC-USDT");
    book.put(of.base.clone(), of.quote.clone(), quote("3", -500));
    board.tell_called(&book, &[], NOW);
    assert_eq!(shown(&latest_of(&board)), ["BTC-USDT 2"]);
    book.put(of.base.clone(), of.quote.clone(), quote("4", 2_000));
    board.tell_called(&book, &[], NOW);
    let now = latest_of(&board);
    assert_eq!(
        (shown(&now), &now[0].change_24h_percent),
        (vec!["BTC-USDT 4".to_owned()], &None)
    );
    // A stream goes on, however far the exchange's clock is behind ours.
    board.tell(
        &binance(),
        &ticker("BTC-USDT", "5", -60_000),
        NOW.plus_ms(2_001),
    );
    assert_eq!(shown(&latest_of(&board)), ["BTC-USDT 5"]);
}

fn latest_of(board: &Board) -> Vec<LiveTicker> {
    let told = board.told(&[pair("BTC-USDT")]).into_iter();
    told.map(|(_, ticker)| ticker).collect()
}

#[tokio::test]
async fn a_price_that_is_doubted_or_old_is_not_told() {
    let board = Arc::new(Board::default());
    let _one = watching(&board, &["BTC-USDT"]);
    let of = pair("BTC-USDT");
    let mut book = Book::empty(binance(), NOW);
    let quote = Quote {
        price: Amount::parse("0").unwrap(),
        at: NOW,
        told_at: None,
        doubt: Some(Doubt::NotPositive),
    };
    book.put(of.base.clone(), of.quote.clone(), quote.clone());
    board.tell_called(&book, &[], NOW);
    let quote = Quote {
        doubt: None,
        at: NOW.plus_ms(-16 * 60_000),
        ..quote
    };
    book.put(of.base.clone(), of.quote.clone(), quote);
    board.tell_called(&book, &[], NOW);
    assert!(latest_of(&board).is_empty());
}

#[tokio::test]
async fn a_pair_is_wanted_until_the_last_one_has_left_and_a_while_longer() {
    let board = Arc::new(Board::default());
    let (one, other) = (
        watching(&board, &["BTC-USDT", "ETH-USDT"]),
        watching(&board, &["BTC-USDT"]),
    );
    drop(one);
    assert_eq!(board.wanted(LONG).len(), 2);
    let left: Vec<_> = board.wanted(Duration::ZERO).into_iter().collect();
    assert_eq!(left, [pair("BTC-USDT")]);
    assert_eq!(board.state_of(&binance()).pairs, 1);
    drop(other);
    assert!(board.wanted(Duration::ZERO).is_empty());
    assert!(!board.state_of(&binance()).falling_back);
}

#[tokio::test]
async fn how_a_stream_stands_is_told() {
    let board = Arc::new(Board::default());
    let _one = watching(&board, &["BTC-USDT"]);
    assert!(board.state_of(&binance()).falling_back);
    for _ in 0..3 {
        board.opened(&binance(), NOW);
    }
    board.left_out(&binance());
    board.tell(&binance(), &ticker("BTC-USDT", "2", 0), NOW);
    let stands = board.state_of(&binance());
    let expected = StreamState {
        connected_since: Some(NOW),
        reconnects: 2,
        last_message_at: Some(NOW),
        left_out: 1,
        falling_back: false,
        pairs: 1,
    };
    assert_eq!(stands, expected);
    board.closed(&binance());
    assert!(board.state_of(&binance()).falling_back);
}

/// What calls told of the day of Bitcoin, so long ago.
fn day(age_ms: i64) -> DayOf {
    DayOf {
        exchange: binance(),
        pair: pair("BTC-USDT"),
        ticker: Some(ticker("BTC-USDT", "110", -age_ms)),
        quote: Some(Quote {
            price: Amount::parse("110").unwrap(),
            at: NOW.plus_ms(-age_ms),
            told_at: None,
            doubt: None,
        }),
        problem: None,
    }
}

#[tokio::test]
async fn a_price_by_a_call_has_its_change_where_the_day_is_known_and_none_made_up() {
    let board = Arc::new(Board::default());
    let _one = watching(&board, &["BTC-USDT"]);
    let change = |board: &Board| {
        let change = latest_of(board)[0].change_24h_percent.clone();
        change.map(|change| change.to_string())
    };
    let of = pair("BTC-USDT");
    let book = |after_ms: i64| {
        let mut book = Book::empty(binance(), NOW.plus_ms(after_ms));
        let quote = Quote {
            price: Amount::parse("109").unwrap(),
            at: NOW.plus_ms(after_ms),
            told_at: None,
            doubt: None,
        };
        book.put(of.base.clone(), of.quote.clone(), quote);
        book
    };
    let told = |board: &Board| (shown(&latest_of(board)).concat(), change(board));
    let ten = Some("10".to_owned());
    board.tell_called(&book(0), &[day(30_000)], NOW);
    let listed = ("BTC-USDT 109".to_owned(), None);
    assert_eq!(told(&board), listed, "the change is one of another price");
    let now = NOW.plus_ms(60_000);
    board.tell_called(&book(0), &[day(-60_000)], now);
    assert_eq!(told(&board), ("BTC-USDT 110".to_owned(), ten));
    let late = 16 * 60_000;
    board.tell_called(&book(late), &[day(0)], NOW.plus_ms(late));
    assert_eq!(told(&board), listed, "the day was read too long ago");
    // What the list does not tell has the price it was told by name.
    let empty = Book::empty(binance(), NOW);
    let other = Arc::new(Board::default());
    let _two = watching(&other, &["BTC-USDT"]);
    other.tell_called(&empty, &[day(0)], NOW);
    assert_eq!(shown(&latest_of(&other)), ["BTC-USDT 110"]);
}
