//! Candles of Binance, read from servers that say what they are told to.

use super::*;
use crate::domain::history::day::DAY_MS;
use crate::domain::market::Pair;
use crate::domain::market::candle::Fault;
use crate::domain::problem::ExchangeProblem;
use crate::exchanges::DailyPrices;
use crate::exchanges::testing::{Fake, client, fixture, ok, registry, reply};

const KLINES: &str = "GET /api/v3/klines";
const TIME: &str = "GET /api/v3/time";
/// 3 July 2017, a Monday. The server's time is of 12 July.
const MONDAY: Timestamp = Timestamp(1_499_040_000_000);

fn fake(klines: Vec<u8>) -> Fake {
    Fake::scripted([(TIME, reply(200, "binance_time.json")), (KLINES, klines)])
}

fn asked(pair: &Pair, interval: Interval) -> CandlesAsked<'_> {
    CandlesAsked {
        pair,
        interval,
        from: MONDAY,
        to: MONDAY.plus_ms(14 * DAY_MS),
        around: &[],
        believed: &[],
    }
}

async fn ask(fake: &Fake, base: &str, interval: Interval) -> Result<Vec<Candle>, ExchangeProblem> {
    let pair = Pair::parse(&format!("{base}-BTC")).unwrap();
    let registry = registry(&fake.url);
    let binance = client(&registry, "binance");
    let told = binance.candles(asked(&pair, interval)).await;
    told.map(|told| told.candles)
}

#[tokio::test]
async fn the_manuals_candle_is_read_to_the_last_digit() {
    let fake = fake(reply(200, "binance_klines.json"));
    let candles = ask(&fake, "ETH", Interval::Week1).await.unwrap();
    let [candle] = &candles[..] else {
        panic!("{candles:?}");
    };
    assert_eq!(candle.open_time, MONDAY);
    assert_eq!(candle.close_time, MONDAY.plus_ms(7 * DAY_MS - 1));
    let figures = [
        &candle.open,
        &candle.high,
        &candle.low,
        &candle.close,
        &candle.volume,
    ];
    let wanted = [
        "0.0163479",
        "0.8",
        "0.015758",
        "0.015771",
        "148976.11427815",
    ];
    assert_eq!(figures.map(|one| one.as_str()), wanted);
    assert!(candle.is_final);
}

#[tokio::test]
async fn a_candle_is_over_once_it_is_so_by_the_clock_of_the_host() {
    let week = r#"[[1499644800000,"2","3","1","2","1",1500249599999,"1",1,"1","1","0"]]"#;
    let fake = fake(ok(week));
    let candles = ask(&fake, "ETH", Interval::Week1).await.unwrap();
    assert_eq!(candles.len(), 1);
    assert!(!candles[0].is_final);
}

#[tokio::test]
async fn a_candle_of_another_length_is_kept_out_and_counted() {
    let fake = fake(reply(200, "binance_klines.json"));
    let registry = registry(&fake.url);
    let binance = client(&registry, "binance");
    let pair = Pair::parse("ETH-BTC").unwrap();
    let candles = binance.candles(asked(&pair, Interval::Day1)).await;
    assert_eq!(candles, Ok(Candles::default()));
    let refused = registry.refused(&binance.profile().id);
    assert_eq!(refused, [(Fault::WrongEnd, 1)]);
}

#[tokio::test]
async fn candles_are_asked_for_once_without_a_key_whatever_the_pair_is_called() {
    let fake = fake(ok("[]"));
    let candles = ask(&fake, "币安人生", Interval::Month1).await;
    assert_eq!(candles, Ok(Vec::new()));
    let heads = fake.heads();
    assert_eq!(fake.targets(), [TIME, KLINES]);
    let wanted = "GET /api/v3/klines?symbol=%E5%B8%81%E5%AE%89%E4%BA%BA%E7%94%9FBTC&interval=1M\
                  &startTime=1499040000000&endTime=1500249600000&limit=1000 HTTP/1.1\r\n";
    assert!(heads[1].starts_with(wanted), "{}", heads[1]);
    let head = heads[1].to_lowercase();
    for secret in ["x-mbx-apikey", "signature", "timestamp", "canary"] {
        assert!(!head.contains(secret), "{head}");
    }
}

#[tokio::test]
async fn the_last_price_of_a_day_is_that_of_its_candle() {
    let day = r#"[[1499040000000,"2","3","1","2.50000000","1",1499126399999,"1",1,"1","1","0"]]"#;
    let fake = fake(ok(day));
    let pair = Pair::parse("ETH-BTC").unwrap();
    let asked = DailyPrices {
        pair: &pair,
        stretch: (MONDAY, MONDAY.plus_ms(29 * DAY_MS - 1)),
    };
    let registry = registry(&fake.url);
    let closes = client(&registry, "binance").closes(asked).await.unwrap();
    let told: Vec<_> = closes
        .iter()
        .map(|one| (one.day, one.price.as_str()))
        .collect();
    assert_eq!(told, [(MONDAY, "2.5")]);
    assert!(fake.heads()[1].contains("&interval=1d&"));
}

#[tokio::test]
async fn what_is_no_list_of_candles_is_a_bad_response() {
    for body in ["", "{}", "<html></html>", "[[1]", "null"] {
        let told = ask(&fake(ok(body)), "ETH", Interval::Week1).await;
        assert_eq!(told, Err(ExchangeProblem::BadResponse), "{body}");
    }
    let unknown = fake(reply(400, "binance_error_1121_symbol.json"));
    let told = ask(&unknown, "ETH", Interval::Week1).await;
    assert_eq!(told, Err(ExchangeProblem::BadResponse));
    assert!(fixture("binance_error_1121_symbol.json").contains("-1121"));
}
