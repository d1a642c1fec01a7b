//! Lists of prices, read row by row: what cannot be is kept out and counted, and takes no other with it.

use std::time::Duration;

use serde_json::value::RawValue;

use super::Journal;
use super::calling::Terms;
use super::candles::Reader;
use super::error::ExchangeError;
use super::rows::Rows;
use super::singles::Singles;
use crate::domain::exchange::Environment;
use crate::domain::market::Pair;
use crate::domain::market::candle::{AHEAD_MS, Fault};
use crate::domain::price::Ticker;
use crate::domain::problem::ExchangeProblem;

/// How long a call for prices waits for the exchange's budget: prices of a little later are as good.
const PATIENCE: Duration = Duration::from_secs(5);

/// How prices are asked for: without a key.
pub(super) fn terms(journal: &Journal) -> Terms<'_> {
    Terms {
        api_key: None,
        environment: Environment::Live,
        patience: PATIENCE,
        journal,
    }
}

/// What a row of prices is.
pub(super) enum Row {
    /// The price of a pair.
    Priced(Ticker),
    /// Nothing that is asked for: a pair that is told by its name elsewhere, one of another market, or
    /// one that nobody has traded yet.
    Other,
    /// It cannot be used.
    Faulty(Fault),
}

impl Reader<'_> {
    /// The prices of a list. Of a pair that comes twice neither price can be trusted. What is zero or
    /// below, and what was said long ago, is told as it is: that is judged with every price.
    ///
    /// # Errors
    /// [`ExchangeProblem::BadResponse`] when not one price can be read: that is no market.
    pub(super) fn tickers<'a>(
        &self,
        rows: &Rows<'a>,
        read_row: fn(&'a RawValue) -> Row,
    ) -> Result<Vec<Ticker>, ExchangeError> {
        let mut told = Singles::new(self);
        for raw in rows.iter() {
            match read_row(raw) {
                Row::Priced(ticker) if self.is_to_come(&ticker) => {
                    self.refuse(Fault::InFuture, raw);
                }
                Row::Priced(ticker) => {
                    let (base, quote) = (ticker.base.clone(), ticker.quote.clone());
                    told.keep(Pair { base, quote }, ticker, raw);
                }
                Row::Other => {}
                Row::Faulty(fault) => self.refuse(fault, raw),
            }
        }
        let tickers: Vec<_> = told.into_values().collect();
        let (exchange, priced) = (self.exchange, tickers.len());
        tracing::debug!(exchange, priced, "prices were read");
        if tickers.is_empty() {
            return Err(ExchangeProblem::BadResponse.into());
        }
        Ok(tickers)
    }

    fn is_to_come(&self, ticker: &Ticker) -> bool {
        ticker.at.is_some_and(|at| at > self.now.plus_ms(AHEAD_MS))
    }
}
