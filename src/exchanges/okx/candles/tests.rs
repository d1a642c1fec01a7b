//! Daily prices of OKX, read from servers that say what they are told to.

use super::*;
use crate::domain::asset::AssetCode;
use crate::domain::history::day::DAY_MS;
use crate::domain::problem::ExchangeProblem;
use crate::domain::timestamp::Timestamp;
use crate::exchanges::testing::{Fake, client, fixture, ok, registry, reply};

const CANDLES: &str = "GET /api/v5/market/history-candles";
/// 10 August 2020.
const DAY: Timestamp = Timestamp(1_597_017_600_000);

async fn ask(fake: &Fake) -> Result<Vec<(i64, String)>, ExchangeProblem> {
    let code = |text| AssetCode::parse(text).unwrap();
    let asked = DailyPrices {
        base: &code("OKB"),
        quote: &code("USDT"),
        stretch: (DAY, DAY.plus_ms(2 * DAY_MS - 1)),
    };
    let closes = client(&registry(&fake.url), "okx").closes(asked).await?;
    let told = closes.into_iter();
    Ok(told.map(|c| (c.day.0, c.price.to_string())).collect())
}

#[tokio::test]
async fn the_manuals_rows_are_read_where_they_are_of_whole_days() {
    // The manual's own rows begin in the middle of a day, and both at once.
    let fake = Fake::scripted([(CANDLES, reply(200, "okx_market_history_candles.json"))]);
    assert_eq!(ask(&fake).await, Ok(Vec::new()));
    let of_days = fixture("okx_market_history_candles.json")
        .replacen("1597026383085", "1597104000000", 1)
        .replacen("1597026383085", "1597017600000", 1);
    let fake = Fake::scripted([(CANDLES, ok(&of_days))]);
    let wanted = [
        (DAY.0, "3.72".to_owned()),
        (DAY.0 + DAY_MS, "3.708".to_owned()),
    ];
    assert_eq!(ask(&fake).await.unwrap(), wanted);
}

#[tokio::test]
async fn days_of_utc_are_asked_for_without_a_key() {
    let fake = Fake::scripted([(CANDLES, reply(200, "okx_market_history_candles.json"))]);
    ask(&fake).await.unwrap();
    let heads = fake.heads();
    let wanted = "GET /api/v5/market/history-candles?instId=OKB-USDT&bar=1Dutc\
                  &after=1597190399999&before=1597017599999&limit=100 HTTP/1.1\r\n";
    assert!(heads[0].starts_with(wanted), "{}", heads[0]);
    assert!(!heads[0].to_lowercase().contains("ok-access"));
}

#[tokio::test]
async fn a_pair_that_is_not_listed_is_a_bad_response() {
    let fake = Fake::scripted([(CANDLES, reply(200, "okx_error_51001_instrument.json"))]);
    assert_eq!(ask(&fake).await, Err(ExchangeProblem::BadResponse));
    let fake = Fake::scripted([(CANDLES, ok(r#"{"code":"0","msg":""}"#))]);
    assert_eq!(ask(&fake).await, Err(ExchangeProblem::BadResponse));
}
