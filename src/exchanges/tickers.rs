//! Lists of prices, read row by row, so that a bad row never takes the good ones with it.

use std::collections::HashMap;
use std::time::Duration;

use serde_json::value::RawValue;

use super::Journal;
use super::calling::Terms;
use super::error::ExchangeError;
use super::rows::Rows;
use crate::domain::amount::Amount;
use crate::domain::asset::AssetCode;
use crate::domain::price::Ticker;
use crate::domain::problem::ExchangeProblem;

/// How long a call for prices waits for the exchange's budget: prices of a little later are as good.
const PATIENCE: Duration = Duration::from_secs(5);

/// How prices are asked for: without a key.
pub(super) fn terms(journal: &Journal) -> Terms<'_> {
    Terms {
        api_key: None,
        patience: PATIENCE,
        journal,
    }
}

/// What a row of prices is.
pub(super) enum Row {
    /// The price of a pair.
    Priced(Ticker),
    /// Nothing that is asked for: a pair in a currency that leads nowhere, or one of another market.
    Other,
    /// A pair without a price, a placeholder, or a row of another shape.
    Unreadable,
}

/// Reads the prices of a list. Of a pair that comes twice neither price can be trusted.
///
/// # Errors
/// [`ExchangeProblem::BadResponse`] when not one price can be read: that is no market.
pub(super) fn read<'a>(
    exchange: &'static str,
    rows: &Rows<'a>,
    read_row: fn(&'a RawValue) -> Row,
) -> Result<Vec<Ticker>, ExchangeError> {
    let mut prices: HashMap<(AssetCode, AssetCode), Option<Amount>> = HashMap::new();
    let mut skipped = 0_usize;
    for raw in rows.iter() {
        match read_row(raw) {
            Row::Priced(told) => {
                let pair = prices.entry((told.base, told.quote));
                pair.and_modify(|price| *price = None)
                    .or_insert(Some(told.price));
            }
            Row::Other => {}
            Row::Unreadable => skipped += 1,
        }
    }
    let pairs = prices.len();
    let tickers: Vec<_> = prices.into_iter().filter_map(ticker).collect();
    skipped += pairs - tickers.len();
    tracing::debug!(
        exchange,
        priced = tickers.len(),
        skipped,
        "prices were read"
    );
    if tickers.is_empty() {
        return Err(ExchangeProblem::BadResponse.into());
    }
    Ok(tickers)
}

fn ticker(((base, quote), price): ((AssetCode, AssetCode), Option<Amount>)) -> Option<Ticker> {
    let price = price?;
    Some(Ticker { base, quote, price })
}
