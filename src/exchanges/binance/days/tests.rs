//! Figures of 24 hours of Binance, read from servers that say what they are told to.

use super::*;
use crate::domain::problem::ExchangeProblem;
use crate::exchanges::testing::{Fake, NOW_MS, client, fixture, ok, registry, reply};

const DAY: &str = "GET /api/v3/ticker/24hr";

fn pairs(names: &[&str]) -> Vec<Pair> {
    let pair = |name: &&str| Pair::parse(name).unwrap();
    names.iter().map(pair).collect()
}

/// A fixture as if it had been told just now.
fn today(name: &str) -> String {
    fixture(name).replace("1499869899040", &NOW_MS.to_string())
}

#[tokio::test]
async fn the_manuals_figures_are_read_to_the_last_digit_in_both_forms() {
    let mini = format!("[{}]", today("binance_ticker_24hr_mini_one.json"));
    let one = format!("[{}]", today("binance_ticker_24hr_full_one.json"));
    for body in [today("binance_ticker_24hr_full_many.json"), mini, one] {
        let fake = Fake::scripted([(DAY, ok(&body))]);
        let registry = registry(&fake.url);
        let asked = pairs(&["BNB-BTC"]);
        let days = client(&registry, "binance").day_tickers(&asked).await;
        let days = days.unwrap();
        let [day] = &days[..] else {
            panic!("{days:?}");
        };
        let figures = [&day.last, &day.open, &day.high, &day.low, &day.volume];
        let wanted = ["4.000002", "99", "100", "0.1", "8913.3"];
        assert_eq!(figures.map(|one| one.as_str()), wanted);
        assert_eq!((&day.pair, day.at), (&asked[0], Timestamp(NOW_MS)));
        assert_eq!(day.change_percent().unwrap().as_str(), "-95.96");
    }
}

#[tokio::test]
async fn figures_of_years_ago_are_kept_out() {
    let fake = Fake::scripted([(DAY, reply(200, "binance_ticker_24hr_full_many.json"))]);
    let registry = registry(&fake.url);
    let binance = client(&registry, "binance");
    let days = binance.day_tickers(&pairs(&["BNB-BTC"])).await;
    assert_eq!(days, Ok(Vec::new()));
    let refused = registry.refused(&binance.profile().id);
    assert_eq!(refused, [(Fault::Stale, 1)]);
}

#[tokio::test]
async fn twenty_pairs_are_asked_for_in_a_call_by_a_query_that_is_plain() {
    let fake = Fake::scripted([(DAY, ok("[]"))]);
    let registry = registry(&fake.url);
    let binance = client(&registry, "binance");
    let asked = pairs(&["币安人生-USDT"]);
    assert_eq!(binance.day_tickers(&asked).await, Ok(Vec::new()));
    let wanted = "GET /api/v3/ticker/24hr?symbols=%5B%22%E5%B8%81%E5%AE%89%E4%BA%BA%E7%94%9FUSDT%22%5D\
                  &type=MINI&symbolStatus=TRADING HTTP/1.1\r\n";
    assert!(fake.heads()[0].starts_with(wanted), "{}", fake.heads()[0]);
    assert!(!fake.heads()[0].to_lowercase().contains("x-mbx-apikey"));
    let names: Vec<_> = (0..41).map(|n| format!("A{n}-USDT")).collect();
    let names: Vec<_> = names.iter().map(String::as_str).collect();
    assert_eq!(binance.day_tickers(&pairs(&names)).await, Ok(Vec::new()));
    let heads = fake.heads();
    let counts = heads[1..].iter().map(|head| head.matches("USDT").count());
    let mut counts: Vec<_> = counts.collect();
    counts.sort_unstable();
    assert_eq!(counts, [1, 20, 20]);
    assert_eq!(binance.day_tickers(&[]).await, Ok(Vec::new()));
    assert_eq!(fake.heads().len(), 4, "nothing is asked about nothing");
}

#[tokio::test]
async fn rows_that_cannot_be_are_counted_and_take_no_other_with_them() {
    let row = |symbol: &str, last: &str| {
        format!(
            r#"{{"symbol":"{symbol}","lastPrice":"{last}","openPrice":"2","highPrice":"3",
            "lowPrice":"1","volume":"5","closeTime":{NOW_MS}}}"#
        )
    };
    let rows = [
        row("AUSDT", "2"),
        row("BUSDT", "4"),
        row("CUSDT", "0"),
        row("DUSDT", "NaN"),
        row("EUSDT", "2"),
        row("EUSDT", "2"),
        row("FUSDT", "2"),
        "{}".to_owned(),
        "7".to_owned(),
    ];
    let fake = Fake::scripted([(DAY, ok(&format!("[{}]", rows.join(","))))]);
    let registry = registry(&fake.url);
    let binance = client(&registry, "binance");
    let asked = pairs(&["A-USDT", "B-USDT", "C-USDT", "D-USDT", "E-USDT"]);
    let days = binance.day_tickers(&asked).await.unwrap();
    assert_eq!(days.len(), 1);
    let wanted = [
        (Fault::Unreadable, 3),
        (Fault::Twice, 1),
        (Fault::UnknownPair, 1),
        (Fault::NoPrice, 1),
        (Fault::HighTooLow, 1),
    ];
    assert_eq!(registry.refused(&binance.profile().id), wanted);
}

#[tokio::test]
async fn a_pair_that_is_unknown_fails_the_call() {
    let fake = Fake::scripted([(DAY, reply(400, "binance_error_1121_symbol.json"))]);
    let registry = registry(&fake.url);
    let told = client(&registry, "binance")
        .day_tickers(&pairs(&["A-B"]))
        .await;
    assert_eq!(told, Err(ExchangeProblem::BadResponse));
}
