//! Figures of 24 hours of OKX, read from servers that say what they are told to.

use super::*;
use crate::exchanges::testing::{Fake, client, ok, registry, reply};

const TICKERS: &str = "GET /api/v5/market/tickers";

/// Pairs and how much they changed.
type Changes = Vec<(String, String)>;

async fn told(answer: Vec<u8>) -> (Changes, Vec<(Fault, u64)>) {
    let fake = Fake::scripted([(TICKERS, answer)]);
    let registry = registry(&fake.url);
    let okx = client(&registry, "okx");
    let days = okx.day_tickers(&[]).await.unwrap();
    assert!(fake.heads()[0].starts_with("GET /api/v5/market/tickers?instType=SPOT HTTP/1.1\r\n"));
    let days = days.iter().map(|one| {
        let change = one.change_percent().unwrap();
        (one.pair.to_string(), change.to_string())
    });
    (days.collect(), registry.refused(&okx.profile().id))
}

#[tokio::test]
async fn all_pairs_are_told_in_one_call_and_those_that_cannot_be_are_counted() {
    let (days, refused) = told(reply(200, "okx_market_tickers_spot_constructed.json")).await;
    let change = |pair: &str| {
        let day = days.iter().find(|(name, _)| name == pair);
        day.map(|(_, change)| change.as_str())
    };
    assert_eq!(change("BTC-USDT"), Some("2.24"));
    assert_eq!(change("OKB-USDT"), Some("2.55"));
    // Its highest price is below its lowest one.
    assert_eq!(change("USDT-USD"), None);
    assert_eq!(refused, [(Fault::HighTooLow, 1)]);
}

#[tokio::test]
async fn what_is_of_another_market_or_has_no_price_yet_is_no_fault() {
    let (days, refused) = told(reply(200, "okx_market_tickers_empty_last_recorded.json")).await;
    assert_eq!((days, refused), (Vec::new(), Vec::new()));
    let row = r#"{"instType":"SPOT","instId":"LISTING-SPOT-SLX-USDT","last":"1"}"#;
    let body = format!(r#"{{"code":"0","msg":"","data":[{row},7]}}"#);
    let (_, refused) = told(ok(&body)).await;
    assert_eq!(refused, [(Fault::Unreadable, 1), (Fault::UnknownPair, 1)]);
}
