//! What exchanges list, read row by row: what cannot be is kept out and counted, and takes no other with
//! it.

use serde_json::value::RawValue;

use super::candles::Reader;
use super::error::ExchangeError;
use super::rows::Rows;
use super::singles::Singles;
use crate::domain::market::candle::Fault;
use crate::domain::market::listing::{Listing, Listings};
use crate::domain::problem::ExchangeProblem;

impl Reader<'_> {
    /// The pairs of a list. Of a pair that comes twice neither row can be trusted.
    ///
    /// # Errors
    /// [`ExchangeProblem::BadResponse`] when not one pair can be read: that is no market.
    pub(super) fn listings(
        &self,
        rows: &Rows<'_>,
        listing: impl Fn(&RawValue) -> Option<Listing>,
    ) -> Result<Listings, ExchangeError> {
        let mut told = Singles::new(self);
        for raw in rows.iter() {
            match listing(raw) {
                Some(listing) => told.keep(listing.pair.clone(), listing, raw),
                None => self.refuse(Fault::Unreadable, raw),
            }
        }
        let pairs = told.into_values().map(|one| (one.pair.clone(), one));
        let listings = Listings {
            pairs: pairs.collect(),
            ..Listings::default()
        };
        if listings.pairs.is_empty() {
            return Err(ExchangeProblem::BadResponse.into());
        }
        Ok(Listings {
            unreadable: rows.iter().len() - listings.pairs.len(),
            ..listings
        })
    }
}
