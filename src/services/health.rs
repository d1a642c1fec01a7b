//! How the exchanges fare, as far as this process knows: nobody is asked anything for it.

use std::collections::HashMap;

use super::{State, connections, prices};
use crate::domain::exchange::{Environment, ExchangeId, ExchangeProfile};
use crate::domain::problem::ExchangeProblem;
use crate::domain::timestamp::Timestamp;
use crate::error::Problem;
use crate::exchanges::{Exchange, Figures, Spent};

/// Whether an exchange can be read at the moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fitness {
    /// Most of its calls were answered lately.
    Ok,
    /// Fewer than half of them were.
    Failing,
    /// It asked to be left alone.
    Paused,
    /// It was not called lately.
    Unknown,
}

/// How an exchange fares.
#[derive(Clone, Debug)]
pub struct Health {
    /// The exchange.
    pub exchange: ExchangeId,
    /// Whether it can be read.
    pub fitness: Fitness,
    /// What the last calls came to.
    pub figures: Figures,
    /// What is spent of its budget, where all calls share one.
    pub spent: Option<Spent>,
    /// How far its clock is ahead of ours, in milliseconds.
    pub clock_offset_ms: Option<i64>,
    /// Until when nobody asks one of its sites, at its own wish.
    pub paused_until: Option<Timestamp>,
    /// What keeps its prices from being read.
    pub price_problem: Option<ExchangeProblem>,
}

/// How every exchange fares, in the order forms show them.
///
/// # Errors
/// [`Problem::Unavailable`].
pub async fn exchanges(state: &State) -> Result<Vec<Health>, Problem> {
    let pauses = connections::pauses(state).await?;
    let profiles = state.registry.profiles();
    let known = profiles.iter().filter_map(|profile| {
        let exchange = state.registry.find(&profile.id)?;
        Some(health(state, profile, exchange, &pauses))
    });
    Ok(known.collect())
}

fn health(
    state: &State,
    profile: &ExchangeProfile,
    exchange: &dyn Exchange,
    pauses: &HashMap<String, Timestamp>,
) -> Health {
    let live = |region| exchange.place(Environment::Live, region);
    let regions = profile.regions.iter().map(|region| live(Some(&region.id)));
    let pause = regions
        .chain([live(None)])
        .filter_map(|place| pauses.get(&place));
    let paused_until = pause.max().copied();
    let figures = state.registry.figures(&profile.id);
    let troubles = prices::troubles(state);
    let trouble = troubles.into_iter().find(|it| it.exchange == profile.id);
    Health {
        exchange: profile.id.clone(),
        fitness: fitness(figures, paused_until.is_some()),
        figures,
        spent: state.registry.spent(&live(None)),
        clock_offset_ms: exchange.clock_offset_ms(),
        paused_until,
        price_problem: trouble.map(|trouble| trouble.problem),
    }
}

fn fitness(figures: Figures, paused: bool) -> Fitness {
    match figures {
        _ if paused => Fitness::Paused,
        Figures { calls: 0, .. } => Fitness::Unknown,
        Figures {
            calls, answered, ..
        } if answered * 2 < calls => Fitness::Failing,
        Figures { .. } => Fitness::Ok,
    }
}

impl Fitness {
    /// The fixed name in answers to programs.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Failing => "failing",
            Self::Paused => "paused",
            Self::Unknown => "unknown",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_exchange_that_was_not_called_is_neither_well_nor_ill() {
        let of = |calls, answered| Figures {
            calls,
            answered,
            latency_ms: None,
        };
        assert_eq!(fitness(of(0, 0), false), Fitness::Unknown);
        assert_eq!(fitness(of(2, 1), false), Fitness::Ok);
        assert_eq!(fitness(of(3, 1), false), Fitness::Failing);
        assert_eq!(fitness(of(3, 3), true), Fitness::Paused);
    }
}
