//! The market for everybody: candles, figures of the day and listings, read without a key and shared
//! by all who look.

pub mod backfill;
mod candles;
mod days;
mod fill;
pub mod keeper;
mod known;
mod listings;
pub mod live;
mod series;
mod shelf;

pub use candles::{Asked, Shown, candles};
pub use days::{DayOf, day_tickers, quote};
pub(super) use known::Known;
pub use listings::{listings, meant, pair};

use super::State;
use crate::domain::exchange::ExchangeId;
use crate::domain::problem::ExchangeProblem;
use crate::domain::report::{Failure, Step};
use crate::domain::text;
use crate::error::Problem;
use crate::exchanges::Exchange;

/// The client of an exchange.
///
/// # Errors
/// [`Problem::Invalid`] with the field `exchange` when there is none of that name.
fn client<'a>(state: &'a State, exchange: &ExchangeId) -> Result<&'a dyn Exchange, Problem> {
    state.registry.find(exchange).ok_or_else(|| {
        let known = state.registry.profiles().into_iter();
        let known: Vec<_> = known.map(|one| one.id.to_string()).collect();
        let sentence = format!(
            "There is no such exchange: use one of {}.",
            text::list(&known)
        );
        Problem::field("exchange", &sentence)
    })
}

/// What people are told when an exchange cannot be read.
fn trouble(exchange: &dyn Exchange, problem: ExchangeProblem) -> Problem {
    Problem::Exchange {
        exchange: exchange.profile().name.clone(),
        failure: Failure::Exchange {
            step: Step::ReadMarket,
            problem,
        },
    }
}
