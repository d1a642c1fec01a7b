//! The list of exchanges that can be connected.

use std::sync::Arc;
use std::time::Duration;

use super::Exchange;
use super::binance::Binance;
use super::clock::Clock;
use super::error::ExchangeError;
use super::gate::Gate;
use super::hosts::Hosts;
use super::neighbours::Neighbours;
use super::okx::Okx;
use super::refused::Refusals;
use super::streams::{Connects, Outlet};
use super::transport::Transport;
use super::vitals::{Site, Totals, Vitals};
use crate::domain::exchange::{Environment, ExchangeId, ExchangeProfile};
use crate::domain::health::{Figures, Fullest, Spent};
use crate::domain::market::candle::Fault;

/// Every exchange, in the order forms show them.
pub struct Registry {
    exchanges: Vec<Box<dyn Exchange>>,
    shared: Arc<Shared>,
}

/// Tells a random number.
pub type Dice = Arc<dyn Fn() -> u64 + Send + Sync>;

/// What the clients need from the process they run in.
#[derive(Clone)]
pub struct Surroundings {
    /// Tells epoch milliseconds, UTC.
    pub clock: Clock,
    /// Tells random numbers, for the time between tries.
    pub dice: Dice,
    /// The most time between the first try and the second; it doubles with every other one.
    pub pace: Duration,
    /// The most time from sending a call to having read its answer. Half of it may pass without a
    /// byte, a quarter without a connection.
    pub answer_time: Duration,
    /// What all processes behind the address know together.
    pub neighbours: Arc<dyn Neighbours>,
}

/// What all clients share.
pub(super) struct Shared {
    pub(super) transport: Transport,
    pub(super) gate: Gate,
    pub(super) vitals: Vitals,
    pub(super) refusals: Refusals,
    pub(super) outlet: Outlet,
    pub(super) connects: Connects,
    pub(super) surroundings: Surroundings,
}

impl Shared {
    /// Sets up what is shared.
    ///
    /// # Errors
    /// [`ExchangeError::NoClient`], [`ExchangeError::NoTls`] when TLS cannot be set up.
    pub(super) fn new(hosts: &Hosts, surroundings: Surroundings) -> Result<Self, ExchangeError> {
        Ok(Self {
            transport: Transport::new(hosts, surroundings.answer_time)?,
            outlet: Outlet::new(hosts)?,
            connects: Connects::default(),
            gate: Gate::new(surroundings.clone()),
            vitals: Vitals::default(),
            refusals: Refusals::default(),
            surroundings,
        })
    }
}

impl Registry {
    /// Sets up a client for every exchange.
    ///
    /// # Errors
    /// [`ExchangeError::BadHost`] for a base URL that keys must not be sent to,
    /// [`ExchangeError::NoClient`], [`ExchangeError::NoTls`] when TLS cannot be set up.
    pub fn new(hosts: Hosts, surroundings: Surroundings) -> Result<Self, ExchangeError> {
        let shared = Arc::new(Shared::new(&hosts, surroundings)?);
        Ok(Self {
            exchanges: vec![
                Box::new(Binance::new(&hosts, Arc::clone(&shared))?),
                Box::new(Okx::new(&hosts, Arc::clone(&shared))?),
            ],
            shared,
        })
    }

    /// The client of an exchange.
    #[must_use]
    pub fn find(&self, id: &ExchangeId) -> Option<&dyn Exchange> {
        self.exchanges
            .iter()
            .map(AsRef::as_ref)
            .find(|exchange| exchange.profile().id == *id)
    }

    /// What the calls of this process to an exchange came to in the last quarter of an hour.
    #[must_use]
    pub fn figures(&self, id: &ExchangeId, environment: Environment) -> Figures {
        let now_ms = (self.shared.surroundings.clock)();
        let vitals = &self.shared.vitals;
        vitals.figures(id.as_str(), environment, now_ms)
    }

    /// What the calls of this process to an exchange came to since it began, by kind.
    #[must_use]
    pub fn totals(&self, id: &ExchangeId) -> Vec<Totals> {
        self.shared.vitals.totals(id.as_str())
    }

    /// What this process has seen of a place; `None` when it never called there.
    #[must_use]
    pub fn site(&self, place: &str) -> Option<Site> {
        self.shared.vitals.site(place)
    }

    /// How much of what an exchange told of the market was kept out since this process began, by
    /// reason.
    #[must_use]
    pub fn refused(&self, id: &ExchangeId) -> Vec<(Fault, u64)> {
        self.shared.refusals.counts(id.as_str())
    }

    /// Counts what an exchange told of the market and was kept out. `raw` is public.
    pub fn refuse(&self, id: &ExchangeId, fault: Fault, raw: &str) {
        let now_ms = (self.shared.surroundings.clock)();
        self.shared.refusals.note(id.as_str(), fault, raw, now_ms);
    }

    /// What is spent of the budget that all calls to a place share; `None` where there is no such
    /// budget, or nobody has called since this process began.
    #[must_use]
    pub fn spent(&self, place: &str) -> Option<Spent> {
        self.shared.gate.spent(place)
    }

    /// The budget of an exchange that is used most: at the moment, of those with windows of a minute or
    /// longer; where there is none, over the last minute. `None` when this process never used one.
    #[must_use]
    pub fn fullest(&self, id: &ExchangeId) -> Option<Fullest> {
        self.shared.gate.fullest(id.as_str())
    }

    /// What the connect form asks for and tells, for every exchange.
    #[must_use]
    pub fn profiles(&self) -> Vec<ExchangeProfile> {
        self.exchanges
            .iter()
            .map(|exchange| exchange.profile().clone())
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn registry() -> Registry {
        let surroundings = crate::exchanges::testing::surroundings();
        Registry::new(Hosts::live(), surroundings).unwrap()
    }

    #[test]
    fn every_listed_exchange_is_found_by_its_name_and_no_other() {
        let registry = registry();
        let profiles = registry.profiles();
        let names: Vec<_> = profiles.iter().map(|p| p.id.as_str()).collect();
        assert_eq!(names, ["binance", "okx"]);
        for profile in &profiles {
            assert_eq!(registry.find(&profile.id).unwrap().profile(), profile);
        }
        assert!(registry.find(&ExchangeId::new("OKX")).is_none());
    }

    #[test]
    fn every_region_of_the_form_has_a_host() {
        let profiles = registry().profiles();
        let okx = profiles.iter().find(|p| p.id.as_str() == "okx").unwrap();
        let regions: Vec<_> = okx.regions.iter().map(|region| &region.id).collect();
        let sites = Hosts::live().okx().unwrap();
        assert_eq!(regions, sites.iter().map(|(id, _)| id).collect::<Vec<_>>());
    }

    #[test]
    fn keys_are_made_on_the_exchanges_own_pages() {
        for profile in registry().profiles() {
            let place = format!("https://www.{}.com/", profile.id);
            assert!(profile.key_page.starts_with(&place), "{}", profile.key_page);
            assert!(!profile.key_advice.is_empty());
        }
    }
}
