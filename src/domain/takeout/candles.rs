//! Candles as rows.

use super::cell::Cell;
use crate::domain::market::candle::Candle;

/// The names of the columns.
pub const COLUMNS: [&str; 8] = [
    "open_time",
    "open",
    "high",
    "low",
    "close",
    "volume",
    "close_time",
    "final",
];

/// The row of a candle.
#[must_use]
pub fn row(candle: &Candle) -> [Cell; 8] {
    [
        Cell::Moment(candle.open_time),
        Cell::Number(candle.open.clone()),
        Cell::Number(candle.high.clone()),
        Cell::Number(candle.low.clone()),
        Cell::Number(candle.close.clone()),
        Cell::Number(candle.volume.clone()),
        Cell::Moment(candle.close_time),
        Cell::Flag(candle.is_final),
    ]
}
