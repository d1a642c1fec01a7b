//! What pairs did over the last 24 hours, read row by row: what cannot be is kept out and counted, and
//! takes no other with it.

use serde_json::value::RawValue;

use super::candles::Reader;
use super::rows::Rows;
use super::singles::Singles;
use crate::domain::market::DayTicker;
use crate::domain::market::candle::Fault;

/// What a row of these figures is.
pub(super) enum Row {
    /// Those of a pair.
    Told(Box<DayTicker>),
    /// A placeholder, or a pair of another market.
    Other,
    /// It cannot be used.
    Faulty(Fault),
}

impl Reader<'_> {
    /// The figures of an answer; of a pair that comes twice neither can be trusted.
    pub(super) fn days(&self, rows: &Rows<'_>, row: impl Fn(&RawValue) -> Row) -> Vec<DayTicker> {
        let mut days = Singles::new(self);
        for raw in rows.iter() {
            let told = match row(raw) {
                Row::Told(told) => told,
                Row::Other => continue,
                Row::Faulty(fault) => {
                    self.refuse(fault, raw);
                    continue;
                }
            };
            if let Err(fault) = told.check(self.now) {
                self.refuse(fault, raw);
                continue;
            }
            days.keep(told.pair.clone(), *told, raw);
        }
        days.into_values().collect()
    }
}
