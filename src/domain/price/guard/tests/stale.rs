//! Prices that were said long ago.

use super::*;

#[test]
fn a_price_that_was_said_more_than_a_day_ago_is_doubted_and_says_so() {
    let told = |age_ms: i64| {
        let ticker = Ticker {
            base: code("XYZ"),
            quote: code("USDT"),
            price: amount("2"),
            at: Some(START.plus_ms(-age_ms)),
        };
        let book = next(&ExchangeId::new("okx"), &[ticker], None, &[], START);
        book.quote(&code("XYZ"), &code("USDT")).unwrap().clone()
    };
    // Where little is traded the last price may be hours old, and is the last one all the same.
    let old = told(MAX_SAID_MS);
    assert!(old.is_usable(START));
    assert_eq!(
        (old.at, old.said_at()),
        (START, START.plus_ms(-MAX_SAID_MS))
    );
    let stale = told(MAX_SAID_MS + 1);
    let said_at = START.plus_ms(-MAX_SAID_MS - 1);
    assert_eq!(stale.doubt, Some(Doubt::Stale { said_at }));
    assert!(!stale.is_usable(START));
}
