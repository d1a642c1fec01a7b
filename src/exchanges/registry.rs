//! The list of exchanges that can be connected.

use std::sync::Arc;

use super::Exchange;
use super::binance::Binance;
use super::clock::{Clock, SiteClocks};
use super::error::ExchangeError;
use super::hosts::Hosts;
use super::okx::Okx;
use super::transport::Transport;
use crate::domain::exchange::{ExchangeId, ExchangeProfile};

/// Every exchange, in the order forms show them.
pub struct Registry {
    exchanges: Vec<Box<dyn Exchange>>,
}

/// What all clients share.
pub(super) struct Shared {
    pub(super) transport: Transport,
    pub(super) clocks: SiteClocks,
}

impl Registry {
    /// Sets up a client for every exchange. `clock` tells epoch milliseconds, UTC.
    ///
    /// # Errors
    /// [`ExchangeError::BadHost`] for a base URL that keys must not be sent to,
    /// [`ExchangeError::NoClient`] when TLS cannot be set up.
    pub fn new(hosts: Hosts, clock: Clock) -> Result<Self, ExchangeError> {
        let shared = Arc::new(Shared {
            transport: Transport::new(&hosts)?,
            clocks: SiteClocks::new(clock),
        });
        Ok(Self {
            exchanges: vec![
                Box::new(Binance::new(&hosts, Arc::clone(&shared))?),
                Box::new(Okx::new(&hosts, shared)?),
            ],
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

    /// What the connect form asks for and tells, for every exchange.
    #[must_use]
    pub fn profiles(&self) -> Vec<ExchangeProfile> {
        self.exchanges
            .iter()
            .map(|exchange| exchange.profile().clone())
            .collect()
    }
}
