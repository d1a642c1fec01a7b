//! Clocks that go wrong between two syncs.

use coffer::sandbox::Exchange;

use super::meaning::Meaning;
use super::row::{How, Row, Strike};

/// By how many milliseconds the exchange's clock goes before ours.
const SKEWS_MS: [i64; 4] = [10_000, -10_000, 3_600_000, -3_600_000];

/// Each skew: it is noticed at the first call, and mended by asking for the time.
pub fn rows(exchange: Exchange) -> Vec<Row> {
    let one = |ms: i64| {
        // OKX bears 30 seconds either way.
        let borne = exchange == Exchange::Okx && ms.abs() < 30_000;
        Row {
            group: "Clocks",
            exchange,
            name: format!("the exchange {} s ahead", ms / 1_000),
            strike: Strike::Key,
            how: How::Clock(ms),
            meaning: Meaning::Mended(if borne { 1 } else { 2 }),
        }
    };
    SKEWS_MS.map(one).to_vec()
}
