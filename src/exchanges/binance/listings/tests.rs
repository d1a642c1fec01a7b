//! What Binance lists, read from the manual's own example and from odder ones.

use super::*;
use crate::domain::market::candle::Fault;
use crate::exchanges::testing::{Fake, client, fixture, judged, registry, reply};

const INFO: &str = "GET /api/v3/exchangeInfo";
const TIME: &str = "GET /api/v3/time";

fn listing_of<'a>(listings: &'a Listings, pair: &str) -> &'a Listing {
    &listings.pairs[&Pair::parse(pair).unwrap()]
}

#[tokio::test]
async fn the_manuals_pair_is_read_and_only_traded_ones_are_asked_for() {
    let fake = Fake::scripted([
        (INFO, reply(200, "binance_exchangeInfo.json")),
        (TIME, reply(200, "binance_time.json")),
    ]);
    let registry = registry(&fake.url);
    let listings = client(&registry, "binance").listings().await.unwrap();
    let listing = listing_of(&listings, "ETH-BTC");
    assert_eq!(listing.status, ListingStatus::Trading);
    assert_eq!((&listing.tick_size, &listing.min_notional), (&None, &None));
    assert_eq!((listings.pairs.len(), listings.unreadable), (1, 0));
    let wanted =
        "GET /api/v3/exchangeInfo?symbolStatus=TRADING&showPermissionSets=false HTTP/1.1\r\n";
    assert!(fake.heads()[0].starts_with(wanted), "{}", fake.heads()[0]);
    assert_eq!(fake.targets(), [INFO, TIME]);
}

#[test]
fn filters_and_limits_are_read_and_what_is_no_longer_traded_is_told_as_such() {
    let name = "binance_exchangeInfo_mixed_status_constructed.json";
    let (listings, faults) = judged(|reader| read(reader, &fixture(name)).unwrap());
    assert_eq!(faults, []);
    assert_eq!((listings.pairs.len(), listings.unreadable), (12, 0));
    let bitcoin = listing_of(&listings, "BTC-USDT");
    let text = |amount: &Option<_>| amount.as_ref().map(ToString::to_string);
    assert_eq!(text(&bitcoin.tick_size).as_deref(), Some("0.01"));
    assert_eq!(text(&bitcoin.step_size).as_deref(), Some("0.00001"));
    assert_eq!(text(&bitcoin.min_quantity).as_deref(), Some("0.00001"));
    for (pair, trades) in [
        ("BTC-USDT", true),
        ("币安人生-USDT", true),
        ("MATIC-USDT", false),
        ("DOGE-USDT", false),
    ] {
        assert_eq!(
            listings.trades(&Pair::parse(pair).unwrap()),
            trades,
            "{pair}"
        );
    }
    let weight = &listings.limits[0];
    assert_eq!(
        (weight.kind.as_str(), weight.window_ms, weight.limit),
        ("REQUEST_WEIGHT", 60_000, 6_000)
    );
    assert_eq!(listings.limits.len(), 4);
}

#[test]
fn a_pair_that_cannot_be_read_takes_no_other_with_it() {
    let row = |symbol: &str, base: &str| {
        format!(
            r#"{{"symbol":"{symbol}","status":"TRADING","baseAsset":"{base}","quoteAsset":"USDT",
            "filters":[7,{{"filterType":"NOTIONAL","minNotional":"5.00000000"}},
            {{"filterType":"PRICE_FILTER","tickSize":"0.00000000"}}]}}"#
        )
    };
    let rows = [
        row("AUSDT", "A"),
        row("OTHERUSDT", "B"),
        row("CUSDT", ""),
        row("DUSDT", "D"),
        row("DUSDT", "D"),
        "{}".to_owned(),
        "null".to_owned(),
    ];
    let body = format!(
        r#"{{"symbols":[{}],"rateLimits":[{{}},{{"rateLimitType":"X","interval":"EON",
        "intervalNum":1,"limit":1}}]}}"#,
        rows.join(",")
    );
    let (listings, faults) = judged(|reader| read(reader, &body).unwrap());
    assert_eq!((listings.pairs.len(), listings.unreadable), (1, 6));
    assert_eq!(faults, [(Fault::Unreadable, 4), (Fault::Twice, 1)]);
    let listing = listing_of(&listings, "A-USDT");
    let notional = listing.min_notional.as_ref().map(ToString::to_string);
    assert_eq!(
        (notional.as_deref(), &listing.tick_size),
        (Some("5"), &None)
    );
    assert_eq!(listings.limits, []);
}

#[test]
fn what_is_no_market_is_a_bad_response() {
    for body in [
        "",
        "{}",
        "[]",
        r#"{"symbols":[]}"#,
        r#"{"symbols":[{}]}"#,
        "<html>",
    ] {
        let (problem, _) = judged(|reader| read(reader, body));
        let problem = problem.map_err(ExchangeError::into_problem);
        assert_eq!(problem, Err(ExchangeProblem::BadResponse), "{body}");
    }
}
