//! Binance's streams: prices of the spot market, and the word that an account changed.

mod account;
mod prices;

use std::sync::Arc;
use std::time::Duration;

use futures::future::BoxFuture;
use reqwest::Url;

use super::Binance;
use super::limits::api;
use crate::domain::exchange::Environment;
use crate::domain::problem::ExchangeProblem;
use crate::exchanges::Access;
use crate::exchanges::allow::place;
use crate::exchanges::cost::Cost;
use crate::exchanges::error::ExchangeError;
use crate::exchanges::hosts::Hosts;
use crate::exchanges::streams::{
    AccountStream, Door, PriceListener, StreamEnd, StreamPace, StreamSite, listen_to_prices,
};
use account::{Account, SUBSCRIBE};

/// 300 connections in 5 minutes may come from one address. Manual: as above.
const CONNECTS_APART: Duration = Duration::from_millis(1_100);

/// What the account's stream weighs with the calls of the same address: two for connecting, and two for
/// asking for the account's changes. Manual: web-socket-api.md, "IP limits" and "Subscribe to User Data
/// Stream through signature subscription"; state of 2026-07-21.
const OPENING: Cost = api(4);

/// Where the streams are.
pub(super) struct Streams {
    prices: StreamSite,
    live: StreamSite,
    testnet: StreamSite,
}

impl Streams {
    /// Takes them from the hosts.
    ///
    /// # Errors
    /// [`ExchangeError::BadHost`].
    pub(super) fn new(hosts: &Hosts) -> Result<Self, ExchangeError> {
        let door = |calls: &Url, cost| Door {
            exchange: "binance",
            calls: place("binance", calls),
            apart: CONNECTS_APART,
            cost,
        };
        let account = |environment| {
            Ok::<_, ExchangeError>(StreamSite {
                base: hosts.binance_account_stream(environment)?,
                path: "/ws-api/v3",
                allowed: &[SUBSCRIBE],
                door: door(&hosts.binance(environment)?, Some(OPENING)),
            })
        };
        Ok(Self {
            prices: StreamSite {
                base: hosts.binance_price_stream()?,
                path: "/stream",
                allowed: &["SUBSCRIBE", "UNSUBSCRIBE"],
                door: door(&hosts.binance_market()?, None),
            },
            live: account(Environment::Live)?,
            testnet: account(Environment::Testnet)?,
        })
    }
}

impl Binance {
    /// Listens to the stream of prices until it ends.
    pub(super) fn stream_prices<'a>(
        &'a self,
        listener: PriceListener<'a>,
    ) -> BoxFuture<'a, StreamEnd> {
        Box::pin(listen_to_prices(&self.shared, &self.streams, listener))
    }

    /// Enters the stream of an account.
    pub(super) async fn account_stream(
        &self,
        access: Access<'_>,
        pace: StreamPace,
    ) -> Result<AccountStream, StreamEnd> {
        let site = match access.environment {
            Environment::Live => &self.streams.live,
            Environment::Testnet => &self.streams.testnet,
        };
        let caller = self.caller(self.site(access.environment), access.into());
        let offset_ms = caller.ahead_ms().await;
        let offset_ms = offset_ms.map_err(|error| StreamEnd::Refused(error.into_problem()))?;
        let dialect = Account {
            site,
            access,
            offset_ms,
            clock: Arc::clone(&self.shared.surroundings.clock),
        };
        let entered = AccountStream::enter(&self.shared, &dialect, pace).await;
        if matches!(entered, Err(StreamEnd::Refused(ExchangeProblem::ClockSkew))) {
            caller.forget_time();
        }
        entered
    }
}

#[cfg(test)]
mod tests;
