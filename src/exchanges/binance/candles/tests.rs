//! Daily prices of Binance, read from servers that say what they are told to.

use super::*;
use crate::domain::asset::AssetCode;
use crate::domain::history::day::DAY_MS;
use crate::domain::problem::ExchangeProblem;
use crate::domain::timestamp::Timestamp;
use crate::exchanges::testing::{Fake, client, fixture, ok, registry, reply};

const KLINES: &str = "GET /api/v3/klines";
/// 3 July 2017.
const DAY: Timestamp = Timestamp(1_499_040_000_000);

async fn ask(fake: &Fake, base: &str) -> Result<Vec<(i64, String)>, ExchangeProblem> {
    let (base, quote) = (
        AssetCode::parse(base).unwrap(),
        AssetCode::parse("BTC").unwrap(),
    );
    let asked = DailyPrices {
        base: &base,
        quote: &quote,
        stretch: (DAY, DAY.plus_ms(29 * DAY_MS - 1)),
    };
    let closes = client(&registry(&fake.url), "binance")
        .closes(asked)
        .await?;
    let told = closes.into_iter();
    Ok(told.map(|c| (c.day.0, c.price.to_string())).collect())
}

#[tokio::test]
async fn the_manuals_candle_is_read_by_its_last_price() {
    let fake = Fake::scripted([(KLINES, reply(200, "binance_klines.json"))]);
    let wanted = [(DAY.0, "0.015771".to_owned())];
    assert_eq!(ask(&fake, "ETH").await.unwrap(), wanted);
    assert!(fixture("binance_klines.json").contains("0.01577100"));
}

#[tokio::test]
async fn a_pair_is_asked_for_once_without_a_key_whatever_it_is_called() {
    let fake = Fake::scripted([(KLINES, ok("[]"))]);
    assert_eq!(ask(&fake, "币安人生").await, Ok(Vec::new()));
    let heads = fake.heads();
    assert_eq!(fake.targets(), [KLINES]);
    let wanted = "GET /api/v3/klines?symbol=%E5%B8%81%E5%AE%89%E4%BA%BA%E7%94%9FBTC&interval=1d\
                  &startTime=1499040000000&endTime=1501545599999&limit=100 HTTP/1.1\r\n";
    assert!(heads[0].starts_with(wanted), "{}", heads[0]);
    let head = heads[0].to_lowercase();
    for secret in ["x-mbx-apikey", "signature", "timestamp", "canary"] {
        assert!(!head.contains(secret), "{head}");
    }
}

#[tokio::test]
async fn what_is_no_list_of_candles_is_a_bad_response() {
    for body in ["", "{}", "<html></html>", "[[1]", "null"] {
        let fake = Fake::scripted([(KLINES, ok(body))]);
        assert_eq!(ask(&fake, "ETH").await, Err(ExchangeProblem::BadResponse));
    }
    let fake = Fake::scripted([(KLINES, reply(400, "binance_error_1121_symbol.json"))]);
    assert_eq!(ask(&fake, "ETH").await, Err(ExchangeProblem::BadResponse));
}
