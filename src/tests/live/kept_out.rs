//! What a stream tells that cannot be: it is left out, counted by its reason, and takes nothing with it.

use super::troubles::{BTC, streaming};
use super::*;

/// Price, opening, highest, lowest, volume: figures that can be, but for one.
const FAULTY: [([&str; 5], &str); 8] = [
    (["0", "64000", "65000", "63000", "1"], "no_price"),
    (["-1", "64000", "65000", "63000", "1"], "no_price"),
    (["64000", "0", "65000", "63000", "1"], "no_price"),
    (["65001", "64000", "65000", "63000", "1"], "high_too_low"),
    (["64000", "64000", "63000", "65000", "1"], "high_too_low"),
    (["62999", "64000", "65000", "63000", "1"], "low_too_high"),
    (
        ["64000", "64000", "65000", "63000", "-1"],
        "negative_volume",
    ),
    (["1e400", "64000", "65000", "63000", "1"], "unreadable"),
];

/// Figures that can be.
const GOOD: [&str; 5] = ["64000", "64000", "65000", "63000", "1"];

/// A message of an exchange's stream.
fn message(exchange: Exchange, base: &str, figures: [&str; 5], at: i64) -> String {
    let [last, open, high, low, volume] = figures;
    match exchange {
        Exchange::Binance => format!(
            r#"{{"stream":"x","data":{{"e":"24hrMiniTicker","E":{at},"s":"{base}USDT","c":"{last}","o":"{open}","h":"{high}","l":"{low}","v":"{volume}","q":"1"}}}}"#
        ),
        Exchange::Okx => format!(
            r#"{{"arg":{{"channel":"tickers","instId":"{base}-USDT"}},"data":[{{"instType":"SPOT","instId":"{base}-USDT","last":"{last}","open24h":"{open}","high24h":"{high}","low24h":"{low}","vol24h":"{volume}","ts":"{at}"}}]}}"#
        ),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_is_left_out_of_both_streams_and_counted_by_its_reason() {
    let (app, mut watching) = streaming(setup().await).await;
    let now = app.state.clock.now().0;
    for exchange in BOTH {
        let faulty = FAULTY.map(|(figures, _)| message(exchange, "BTC", figures, now + 1));
        let other = [
            message(exchange, "BTC", GOOD, now - 16 * 60_000),
            message(exchange, "BTC", GOOD, now + 3_600_000),
            message(exchange, "ETH", GOOD, now + 1),
            "no json".to_owned(),
            "{}".to_owned(),
        ];
        let bad = faulty.iter().chain(&other);
        for message in bad.clone() {
            control(&app).send_over_streams(exchange, message);
        }
        control(&app).set_price(exchange, BTC, "64302.5");
        hear(&mut watching, exchange, "64302.5").await;
        let stands = stands(&app, exchange);
        let left_out = u64::try_from(bad.count()).unwrap();
        assert_eq!((stands.left_out, stands.reconnects), (left_out, 0));
        let refused = app.state.registry.refused(&id(exchange)).into_iter();
        let refused = refused.map(|(fault, count)| (fault.as_str(), count));
        let wanted = [
            ("unreadable", 3),
            ("unknown_pair", 1),
            ("in_future", 1),
            ("stale", 1),
            ("no_price", 3),
            ("high_too_low", 2),
            ("low_too_high", 1),
            ("negative_volume", 1),
        ];
        assert_eq!(refused.collect::<Vec<_>>(), wanted, "{exchange}");
    }
    let latest = live::latest(&app.state, &[Pair::parse("BTC-USDT").unwrap()]);
    assert_eq!(latest.len(), 2);
    assert!(
        latest.iter().all(|told| told.price.as_str() == "64302.5"),
        "{latest:?}"
    );
}
