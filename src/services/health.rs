//! How the exchanges and this process fare, as far as this process knows: no exchange is asked anything
//! for it.

mod clocks;
mod counts;
mod process;
mod ready;
mod runs;

use std::collections::HashMap;

pub use clocks::ask as ask_clocks;
pub(super) use clocks::run as keep_clocks;
pub use counts::{Counts, counts};
pub use process::process;
pub use ready::{Readiness, ready};
pub(super) use runs::Runs;

use super::market::live;
use super::{State, prices, storage_problem};
use crate::domain::exchange::{Environment, ExchangeId, ExchangeProfile};
use crate::domain::health::{AccountStreams, ExchangeHealth, Fitness};
use crate::domain::timestamp::Timestamp;
use crate::error::Problem;
use crate::exchanges::Exchange;
use crate::storage::{StorageError, followings, pauses};

/// What all processes know of the exchanges together.
#[derive(Clone, Debug, Default)]
pub struct Shared {
    /// Until when nobody asks which place.
    pub pauses: HashMap<String, Timestamp>,
    /// How the streams of followed accounts stand.
    pub account_streams: HashMap<ExchangeId, AccountStreams>,
}

/// How every exchange fares, in the order forms show them.
///
/// # Errors
/// [`Problem::Unavailable`].
pub async fn exchanges(state: &State) -> Result<Vec<ExchangeHealth>, Problem> {
    let shared = shared(state).await.map_err(storage_problem)?;
    Ok(exchanges_with(state, &shared))
}

async fn shared(state: &State) -> Result<Shared, StorageError> {
    let now = state.clock.now();
    let mut db = state.db.reader().await?;
    Ok(Shared {
        pauses: pauses::list(&mut db, now).await?,
        account_streams: followings::count(&mut db, now).await?,
    })
}

/// The same with what is known by the database already.
#[must_use]
pub fn exchanges_with(state: &State, shared: &Shared) -> Vec<ExchangeHealth> {
    let profiles = state.registry.profiles();
    let known = profiles.iter().filter_map(|profile| {
        let exchange = state.registry.find(&profile.id)?;
        Some(health(state, profile, exchange, shared))
    });
    known.collect()
}

fn health(
    state: &State,
    profile: &ExchangeProfile,
    exchange: &dyn Exchange,
    shared: &Shared,
) -> ExchangeHealth {
    let live = |region| exchange.place(Environment::Live, region);
    let regions = profile.regions.iter().map(|region| live(Some(&region.id)));
    let pause = regions
        .chain([live(None), exchange.market_place()])
        .filter_map(|place| shared.pauses.get(&place));
    let paused_until = pause.max().copied();
    let figures = |environment| state.registry.figures(&profile.id, environment);
    let lately = figures(Environment::Live);
    let troubles = prices::troubles(state);
    let trouble = troubles.into_iter().find(|it| it.exchange == profile.id);
    ExchangeHealth {
        exchange: profile.id.clone(),
        name: profile.name.clone(),
        fitness: Fitness::of(&lately.all, paused_until.is_some()),
        figures: lately,
        test_figures: figures(Environment::Testnet),
        spent: state.registry.spent(&live(None)),
        fullest: state.registry.fullest(&profile.id),
        clocks: clocks::known(state, exchange),
        paused_until,
        price_problem: trouble.map(|trouble| trouble.problem),
        prices_of: prices::taken_at(state, &profile.id),
        stream: live::stream_state(state, &profile.id),
        account_streams: shared
            .account_streams
            .get(&profile.id)
            .copied()
            .unwrap_or_default(),
        kept_out: state.registry.refused(&profile.id),
    }
}
