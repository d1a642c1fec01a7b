//! What pairs did over the last 24 hours: the same by calls and by streams.

use super::{
    course::{Course, DAY_MS, Figures},
    pairs::Pair,
};

/// What a pair did until a moment. One that nobody has traded yet, or trades any more, did nothing, at the
/// last price it had.
pub(super) fn figures(pair: &Pair, now_ms: i64) -> Figures {
    let told = Course::of(pair).figures((now_ms - DAY_MS, now_ms + 1), now_ms);
    let last = || pair.price.clone();
    let figures = told.unwrap_or_else(|| Figures {
        open: last(),
        high: last(),
        low: last(),
        close: last(),
        volume: "0.00000000".to_owned(),
    });
    let before = pair.before.clone();
    Figures {
        open: before.unwrap_or(figures.open),
        ..figures
    }
}
