//! OKX's streams: prices of the spot market, and the word that the trading account changed.

mod account;
mod prices;

use std::time::Duration;

use futures::future::BoxFuture;
use serde::Deserialize;
use serde_json::value::RawValue;

use super::Okx;
use crate::domain::exchange::Environment;
use crate::domain::problem::ExchangeProblem;
use crate::exchanges::Access;
use crate::exchanges::allow::place;
use crate::exchanges::error::ExchangeError;
use crate::exchanges::hosts::Hosts;
use crate::exchanges::rows::{Rows, text};
use crate::exchanges::streams::{
    AccountStream, Door, PriceListener, StreamEnd, StreamPace, StreamSite, listen_to_prices,
};
use account::{Account, why};

/// 3 connections a second may come from one address. Manual: as above, "Connect".
const CONNECTS_APART: Duration = Duration::from_millis(400);
/// What is asked for, and answered, as text. Manual: as above, "Connect".
const PING: &str = "ping";
const PONG: &str = "pong";

/// Where the streams are.
pub(super) struct Streams {
    prices: StreamSite,
    accounts: Vec<Accounts>,
}

/// Where the accounts of one regional site are told of.
struct Accounts {
    region: String,
    live: StreamSite,
    demo: StreamSite,
}

impl Streams {
    /// Takes them from the hosts. Prices are told by the global site for everybody, as by calls.
    ///
    /// # Errors
    /// [`ExchangeError::BadHost`].
    pub(super) fn new(hosts: &Hosts) -> Result<Self, ExchangeError> {
        let sites = hosts.okx_streams()?;
        let calls = hosts.okx()?;
        let door = |region: &str| {
            let mut calls = calls.iter();
            let (_, base) = calls.find(|(id, _)| id == region)?;
            Some(Door {
                exchange: "okx",
                calls: place("okx", base),
                apart: CONNECTS_APART,
                cost: None,
            })
        };
        let (region, global, _) = sites.first().ok_or(ExchangeError::BadHost)?;
        let prices = StreamSite {
            base: global.clone(),
            path: "/ws/v5/public",
            allowed: &["subscribe", "unsubscribe", PING],
            door: door(region).ok_or(ExchangeError::BadHost)?,
        };
        let accounts = sites.into_iter().map(|(region, live, demo)| {
            let account = |base| {
                Ok::<_, ExchangeError>(StreamSite {
                    base,
                    path: "/ws/v5/private",
                    allowed: &["login", "subscribe", PING],
                    door: door(&region).ok_or(ExchangeError::BadHost)?,
                })
            };
            let (live, demo) = (account(live)?, account(demo)?);
            Ok(Accounts { region, live, demo })
        });
        Ok(Self {
            prices,
            accounts: accounts.collect::<Result<_, ExchangeError>>()?,
        })
    }

    fn account(&self, access: &Access<'_>) -> Option<&StreamSite> {
        let accounts = match access.region {
            None => self.accounts.first(),
            Some(region) => self.accounts.iter().find(|site| site.region == region),
        }?;
        Some(match access.environment {
            Environment::Live => &accounts.live,
            Environment::Testnet => &accounts.demo,
        })
    }
}

impl Okx {
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
        let (stream, site) = (self.streams.account(&access), self.site(access.region));
        let (Some(stream), Ok((_, site))) = (stream, site) else {
            return Err(StreamEnd::Refused(ExchangeProblem::WrongRegion));
        };
        let caller = self.caller(site, access.into());
        let offset_ms = caller.ahead_ms().await;
        let offset_ms = offset_ms.map_err(|error| StreamEnd::Refused(error.into_problem()))?;
        let dialect = Account {
            site: stream,
            access,
            offset_ms,
        };
        let entered = AccountStream::enter(&self.shared, &dialect, pace).await;
        if matches!(entered, Err(StreamEnd::Refused(ExchangeProblem::ClockSkew))) {
            caller.forget_time();
        }
        entered
    }
}

/// Whatever comes: prices and accounts have `data`, everything else says what has happened. Manual:
/// OKX API v5, "WebSocket", "Login", "Subscribe" and "Notification"; copy of 2025-08-17.
#[derive(Deserialize)]
struct Message<'a> {
    event: Option<String>,
    #[serde(borrow)]
    code: Option<&'a RawValue>,
    #[serde(borrow)]
    msg: Option<&'a RawValue>,
    #[serde(borrow)]
    arg: Option<Arg<'a>>,
    #[serde(borrow, rename = "eventType")]
    event_type: Option<&'a RawValue>,
    #[serde(borrow)]
    data: Option<Rows<'a>>,
}

#[derive(Deserialize)]
struct Arg<'a> {
    #[serde(borrow)]
    channel: Option<&'a RawValue>,
    #[serde(borrow, rename = "instId")]
    inst_id: Option<&'a RawValue>,
}

impl Message<'_> {
    fn is_of(&self, channel: &str) -> bool {
        let own = self.arg.as_ref().and_then(|arg| arg.channel);
        own.is_some_and(|own| text(Some(own)).ok().flatten().as_deref() == Some(channel))
    }

    fn code(&self) -> u32 {
        let code = text(self.code).ok().flatten();
        code.and_then(|code| code.parse().ok()).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests;
