//! Candles of OKX, read from servers that say what they are told to.

use super::*;
use crate::domain::history::day::DAY_MS;
use crate::domain::market::Pair;
use crate::domain::market::candle::Fault;
use crate::domain::problem::ExchangeProblem;
use crate::exchanges::DailyPrices;
use crate::exchanges::testing::{Fake, NOW_MS, client, fixture, ok, registry, reply};

const HISTORY: &str = "GET /api/v5/market/history-candles";
const NEWEST_PATH: &str = "GET /api/v5/market/candles";
/// 10 August 2020.
const DAY: Timestamp = Timestamp(1_597_017_600_000);

fn pair() -> Pair {
    Pair::parse("OKB-USDT").unwrap()
}

async fn ask(
    fake: &Fake,
    interval: Interval,
    from: Timestamp,
) -> Result<Vec<Candle>, ExchangeProblem> {
    let pair = pair();
    let asked = CandlesAsked {
        pair: &pair,
        interval,
        from,
        to: interval.after(from, 1),
        around: &[],
        believed: &[],
    };
    let told = client(&registry(&fake.url), "okx").candles(asked).await;
    told.map(|told| told.candles)
}

#[tokio::test]
async fn the_manuals_rows_are_read_where_they_begin_with_a_candle() {
    // The manual's own rows begin in the middle of a minute, and both at once.
    for (path, file) in [
        (HISTORY, "okx_market_history_candles.json"),
        (HISTORY, "okx_market_candles.json"),
    ] {
        let fake = Fake::scripted([(path, reply(200, file))]);
        assert_eq!(ask(&fake, Interval::Day1, DAY).await, Ok(Vec::new()));
        let of_days = fixture(file)
            .replacen("1597026383085", "1597104000000", 1)
            .replacen("1597026383085", "1597017600000", 1);
        let fake = Fake::scripted([(path, ok(&of_days))]);
        let candles = ask(&fake, Interval::Day1, DAY).await.unwrap();
        let told: Vec<_> = candles
            .iter()
            .map(|one| {
                (
                    one.open_time,
                    one.close.as_str(),
                    one.volume.as_str(),
                    one.is_final,
                )
            })
            .collect();
        let newest_is_final = file.contains("history");
        let wanted = [
            (DAY, "3.72", "24912403", true),
            (DAY.plus_ms(DAY_MS), "3.708", "8422410", newest_is_final),
        ];
        assert_eq!(told, wanted, "{file}");
        assert_eq!(candles[0].close_time, DAY.plus_ms(DAY_MS - 1));
    }
}

#[tokio::test]
async fn old_candles_are_asked_for_elsewhere_than_new_ones_and_neither_with_a_key() {
    let empty = || ok(r#"{"code":"0","msg":"","data":[]}"#);
    let fake = Fake::scripted([(HISTORY, empty()), (NEWEST_PATH, empty())]);
    let now = Timestamp(NOW_MS);
    for (interval, from) in [
        (Interval::Day1, DAY),
        (Interval::Minute1, now.plus_ms(-1_439 * 60_000)),
        (Interval::Minute1, now.plus_ms(-1_440 * 60_000)),
        // Seconds are told with the history alone.
        (Interval::Second1, now.plus_ms(-60_000)),
    ] {
        assert_eq!(ask(&fake, interval, from).await, Ok(Vec::new()));
    }
    assert_eq!(fake.targets(), [HISTORY, NEWEST_PATH, HISTORY, HISTORY]);
    let head = &fake.heads()[0];
    let wanted = "GET /api/v5/market/history-candles?instId=OKB-USDT&bar=1Dutc\
                  &after=1597104000001&before=1597017599999&limit=300 HTTP/1.1\r\n";
    assert!(head.starts_with(wanted), "{head}");
    assert!(!head.to_lowercase().contains("ok-access"));
}

#[tokio::test]
async fn intervals_from_six_hours_on_are_those_of_utc() {
    let empty = || ok(r#"{"code":"0","msg":"","data":[]}"#);
    let fake = Fake::scripted([(HISTORY, empty()), (NEWEST_PATH, empty())]);
    for interval in INTERVALS {
        assert_eq!(ask(&fake, interval, DAY).await, Ok(Vec::new()));
    }
    let bar = |head: &String| {
        head.split("&bar=")
            .nth(1)
            .unwrap()
            .split('&')
            .next()
            .unwrap()
            .to_owned()
    };
    for (interval, bar) in INTERVALS.iter().zip(fake.heads().iter().map(bar)) {
        let long = interval.shortest_ms() >= 6 * 3_600_000;
        assert_eq!(bar.ends_with("utc"), long, "{bar}");
        let name = bar.trim_end_matches("utc");
        let months = interval.as_str().ends_with('M');
        let wanted = if months {
            name.to_owned()
        } else {
            name.to_lowercase()
        };
        assert_eq!(interval.as_str(), wanted);
    }
    // What OKX does not have is not asked for.
    let asked = fake.heads().len();
    assert_eq!(ask(&fake, Interval::Hour8, DAY).await, Ok(Vec::new()));
    assert_eq!(fake.heads().len(), asked);
}

#[tokio::test]
async fn a_row_that_does_not_say_whether_it_is_over_is_kept_out() {
    let row = |confirm: &str| format!(r#"["1597017600000","2","3","1","2","5","5","5"{confirm}]"#);
    for confirm in ["", r#","""#, r#","2""#] {
        let body = format!(r#"{{"code":"0","msg":"","data":[{}]}}"#, row(confirm));
        let fake = Fake::scripted([(HISTORY, ok(&body))]);
        let registry = registry(&fake.url);
        let okx = client(&registry, "okx");
        let pair = pair();
        let asked = CandlesAsked {
            pair: &pair,
            interval: Interval::Day1,
            from: DAY,
            to: DAY,
            around: &[],
            believed: &[],
        };
        assert_eq!(
            okx.candles(asked).await,
            Ok(Candles::default()),
            "{confirm}"
        );
        assert_eq!(
            registry.refused(&okx.profile().id),
            [(Fault::Unreadable, 1)]
        );
    }
}

#[tokio::test]
async fn the_last_prices_of_days_are_those_of_utc() {
    let rows = r#"["1597017600000","2","3","1","2.50","5","5","5","1"]"#;
    let body = format!(r#"{{"code":"0","msg":"","data":[{rows}]}}"#);
    let fake = Fake::scripted([(HISTORY, ok(&body))]);
    let pair = pair();
    let asked = DailyPrices {
        pair: &pair,
        stretch: (DAY, DAY.plus_ms(2 * DAY_MS - 1)),
    };
    let registry = registry(&fake.url);
    let closes = client(&registry, "okx").closes(asked).await.unwrap();
    let told: Vec<_> = closes
        .iter()
        .map(|one| (one.day, one.price.as_str()))
        .collect();
    assert_eq!(told, [(DAY, "2.5")]);
    assert!(fake.heads()[0].contains("&bar=1Dutc&"));
}

#[tokio::test]
async fn a_pair_that_is_not_listed_is_a_bad_response() {
    let fake = Fake::scripted([(HISTORY, reply(200, "okx_error_51001_instrument.json"))]);
    let told = ask(&fake, Interval::Day1, DAY).await;
    assert_eq!(told, Err(ExchangeProblem::BadResponse));
    let fake = Fake::scripted([(HISTORY, ok(r#"{"code":"0","msg":""}"#))]);
    let told = ask(&fake, Interval::Day1, DAY).await;
    assert_eq!(told, Err(ExchangeProblem::BadResponse));
}
