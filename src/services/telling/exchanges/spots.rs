//! The sites that people are told of, and whom each concerns.

use crate::domain::event::Place;
use crate::domain::exchange::{Environment, ExchangeId, ExchangeProfile};
use crate::exchanges::Exchange;
use crate::services::State;
use crate::storage::outages::Beyond;

/// A site of an exchange that live accounts or prices are asked at.
#[derive(Debug)]
pub(super) struct Spot {
    pub(super) exchange: ExchangeId,
    /// Exchange and host.
    pub(super) place: String,
    /// The regions it stands for; an empty name for connections without one.
    pub(super) regions: Vec<String>,
    /// Whether prices come from it.
    pub(super) is_market: bool,
    pub(super) told_as: Place,
}

impl Spot {
    /// Whom an outage concerns besides those with an account there.
    pub(super) fn beyond_in_outages(&self) -> Beyond {
        match self.is_market {
            true => Beyond::Watchers,
            false => Beyond::Nobody,
        }
    }

    /// The same of its budget and its clock.
    pub(super) fn beyond(&self) -> Beyond {
        match self.is_market {
            true => Beyond::Accounts,
            false => Beyond::Nobody,
        }
    }
}

/// The sites that live accounts and prices are asked at, each once.
pub(super) fn spots(state: &State) -> Vec<Spot> {
    let profiles = state.registry.profiles();
    let all = profiles.iter().filter_map(|profile| {
        let exchange = state.registry.find(&profile.id)?;
        Some(spots_of(profile, exchange))
    });
    all.flatten().collect()
}

fn spots_of(profile: &ExchangeProfile, exchange: &dyn Exchange) -> Vec<Spot> {
    let regions = profile.regions.iter().map(|region| region.id.as_str());
    let mut spots: Vec<Spot> = Vec::new();
    for region in std::iter::once("").chain(regions) {
        let named = Some(region).filter(|region| !region.is_empty());
        let place = exchange.place(Environment::Live, named);
        spot_at(&mut spots, profile, place)
            .regions
            .push(region.to_owned());
    }
    spot_at(&mut spots, profile, exchange.market_place()).is_market = true;
    spots
}

/// The spot of a place, a new one where there is none.
fn spot_at<'a>(spots: &'a mut Vec<Spot>, profile: &ExchangeProfile, place: String) -> &'a mut Spot {
    let known = spots.iter().position(|spot| spot.place == place);
    let index = known.unwrap_or(spots.len());
    if known.is_none() {
        spots.push(Spot {
            exchange: profile.id.clone(),
            regions: Vec::new(),
            is_market: false,
            told_as: Place {
                exchange: profile.name.clone(),
                host: place.split(' ').nth(1).unwrap_or_default().to_owned(),
            },
            place,
        });
    }
    &mut spots[index]
}
