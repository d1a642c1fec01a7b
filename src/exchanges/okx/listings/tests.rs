//! What OKX lists, read from the manual's own example, a recording, and a placeholder.

use super::*;
use crate::domain::market::candle::Fault;
use crate::exchanges::ExchangeProblem;
use crate::exchanges::testing::{Fake, client, fixture, judged, registry, reply};

const INSTRUMENTS: &str = "GET /api/v5/public/instruments";

#[tokio::test]
async fn the_manuals_pair_is_read_with_its_rules() {
    let fake = Fake::scripted([(INSTRUMENTS, reply(200, "okx_public_instruments_spot.json"))]);
    let registry = registry(&fake.url);
    let listings = client(&registry, "okx").listings().await.unwrap();
    let bitcoin = &listings.pairs[&Pair::parse("BTC-USDT").unwrap()];
    let text = |amount: &Option<_>| amount.as_ref().map(ToString::to_string);
    assert_eq!(bitcoin.status, ListingStatus::Trading);
    assert_eq!(text(&bitcoin.tick_size).as_deref(), Some("0.1"));
    assert_eq!(text(&bitcoin.step_size).as_deref(), Some("0.00000001"));
    assert_eq!(text(&bitcoin.min_quantity).as_deref(), Some("0.00001"));
    assert_eq!(bitcoin.min_notional, None);
    assert_eq!(bitcoin.listed_at, Some(Timestamp(1_606_468_572_000)));
    let wanted = "GET /api/v5/public/instruments?instType=SPOT HTTP/1.1\r\n";
    assert!(fake.heads()[0].starts_with(wanted), "{}", fake.heads()[0]);
}

#[test]
fn every_recorded_pair_is_read() {
    let text = fixture("okx_public_instruments_spot_recorded.json");
    let (listings, faults) = judged(|reader| read(reader, &text).unwrap());
    assert_eq!(faults, []);
    assert!(listings.pairs.len() > 2);
    assert_eq!(listings.unreadable, 0);
    assert!(listings.trades(&Pair::parse("SOL-USD").unwrap()));
}

#[test]
fn a_placeholder_is_no_pair_and_takes_no_other_with_it() {
    let placeholder = fixture("okx_public_instruments_listing_placeholder_constructed.json");
    let (problem, _) = judged(|reader| read(reader, &placeholder));
    let problem = problem.map_err(ExchangeError::into_problem);
    assert_eq!(problem, Err(ExchangeProblem::BadResponse));
    let row = |state: &str, base: &str| {
        format!(
            r#"{{"instId":"{base}-USDT","baseCcy":"{base}","quoteCcy":"USDT","state":"{state}",
            "tickSz":"","lotSz":"0","listTime":""}}"#
        )
    };
    let rows = [
        row("preopen", "A"),
        row("suspend", "B"),
        row("test", "C"),
        row("live", "D E"),
        row("live", "F"),
        row("live", "F"),
        "{}".to_owned(),
    ];
    let body = format!(r#"{{"code":"0","data":[{}],"msg":""}}"#, rows.join(","));
    let (listings, faults) = judged(|reader| read(reader, &body).unwrap());
    assert_eq!(faults, [(Fault::Unreadable, 2), (Fault::Twice, 1)]);
    assert_eq!((listings.pairs.len(), listings.unreadable), (3, 4));
    let status = |pair| listings.pairs[&Pair::parse(pair).unwrap()].status;
    assert_eq!(status("A-USDT"), ListingStatus::Upcoming);
    assert_eq!(status("B-USDT"), ListingStatus::Halted);
    let first = &listings.pairs[&Pair::parse("A-USDT").unwrap()];
    assert_eq!((&first.tick_size, &first.step_size), (&None, &None));
    assert_eq!(first.listed_at, None);
}
