//! OKX: its five wallets, read with keys whose only permission is "Read".

mod account;
mod call;
mod candles;
mod days;
mod limits;
mod listings;
mod profile;
mod refusals;
pub mod sign;
mod streams;
mod tickers;
mod wire;

#[cfg(test)]
mod tests;

use std::sync::Arc;

use futures::future::BoxFuture;

use super::allow::{Endpoint, Site};
use super::clock::SiteClocks;
use super::error::ExchangeError;
use super::hosts::{Host, Hosts};
use super::registry::Shared;
use super::streams::{AccountStream, PriceListener, StreamEnd, StreamPace};
use super::{Access, AccountReading, Candles, CandlesAsked, Exchange, KeyReport};
use crate::domain::exchange::{Environment, ExchangeProfile};
use crate::domain::health::CallClass;
use crate::domain::market::interval::Interval;
use crate::domain::market::listing::Listings;
use crate::domain::market::{DayTicker, Pair};
use crate::domain::price::Ticker;
use crate::domain::problem::{BadKey, ExchangeProblem};
use crate::domain::timestamp::Timestamp;
use account::{FUNDING, NON_TRADABLE, ONCHAIN_EARN, SAVINGS, TRADING, VALUATION};
use limits::{by_account, by_address};
use profile::profile;

const TIME: Endpoint = Endpoint::get(
    "/api/v5/public/time",
    by_address(10, 2_000),
    CallClass::Time,
);
const CONFIG: Endpoint = Endpoint::get(
    "/api/v5/account/config",
    by_account(5, 2_000),
    CallClass::Rights,
);

/// Everything that OKX is ever asked about an account. Manual: OKX API v5, "Public Data", "Trading
/// Account", "Funding Account", "Financial Product"; copy of 2025-08-17.
const ALLOWED: &[Endpoint] = &[
    TIME,
    CONFIG,
    TRADING,
    FUNDING,
    SAVINGS,
    ONCHAIN_EARN,
    NON_TRADABLE,
    VALUATION,
];

/// Everything that the global site is asked besides what accounts are asked for. Manual: OKX API v5,
/// "Market Data"; copy of 2025-08-17.
const MARKET_ALLOWED: &[Endpoint] = &[
    TIME,
    tickers::PRICES,
    candles::NEWEST,
    candles::CANDLES,
    listings::LISTINGS,
];

/// The client of OKX.
pub(super) struct Okx {
    profile: ExchangeProfile,
    /// The regional sites by name, the default first.
    sites: Vec<(String, Site)>,
    /// Where everybody's prices come from.
    market: Site,
    streams: streams::Streams,
    clocks: SiteClocks,
    shared: Arc<Shared>,
}

impl Okx {
    /// Sets the client up.
    ///
    /// # Errors
    /// [`ExchangeError::BadHost`] for a base URL that keys must not be sent to.
    pub(super) fn new(hosts: &Hosts, shared: Arc<Shared>) -> Result<Self, ExchangeError> {
        let allowed = ALLOWED;
        let bases = hosts.okx()?;
        let (_, global) = bases.first().ok_or(ExchangeError::BadHost)?;
        Ok(Self {
            profile: profile(),
            market: Site {
                base: global.clone(),
                allowed: MARKET_ALLOWED,
            },
            sites: bases
                .into_iter()
                .map(|(region, base)| (region, Site { base, allowed }))
                .collect(),
            streams: streams::Streams::new(hosts)?,
            clocks: SiteClocks::new(Arc::clone(&shared.surroundings.clock)),
            shared,
        })
    }

    /// The site of a region, or the default one.
    fn site(&self, region: Option<&str>) -> Result<&(String, Site), ExchangeProblem> {
        match region {
            None => self.sites.first(),
            Some(region) => self.sites.iter().find(|(id, _)| id == region),
        }
        .ok_or(ExchangeProblem::WrongRegion)
    }

    /// Asks the given site first. A site that does not know a key answers as if it did not exist, so
    /// the others are asked before the key is blamed; a site that cannot be asked says nothing.
    async fn key(&self, access: Access<'_>) -> Result<KeyReport, ExchangeProblem> {
        let first = self.site(access.region)?;
        let mut verdict = match self.key_at(first, access).await {
            Err(problem) if is_stranger(&problem) => problem,
            known => return known,
        };
        let mut asked = vec![&first.1.base];
        for other in &self.sites {
            if asked.contains(&&other.1.base) {
                continue;
            }
            asked.push(&other.1.base);
            match self.key_at(other, access).await {
                Err(problem) if is_stranger(&problem) => verdict = graver(verdict, problem),
                Err(problem) if !is_about_the_key(&problem) => {}
                known => return known,
            }
        }
        Err(verdict)
    }

    async fn key_at(
        &self,
        (region, site): &(String, Site),
        access: Access<'_>,
    ) -> Result<KeyReport, ExchangeProblem> {
        let config = match self.signed(site, access, &CONFIG).await {
            Ok(answer) => answer
                .text()
                .and_then(wire::config)
                .map_err(ExchangeError::into_problem)?,
            // Every key that may read may ask this.
            Err(ExchangeError::NoPermission) => {
                return Err(ExchangeProblem::InvalidCredentials(BadKey::CannotRead));
            }
            Err(error) => return Err(error.into_problem()),
        };
        Ok(KeyReport {
            rights: config.rights,
            region: Some(region.clone()),
            uid: config.uid,
        })
    }
}

impl Exchange for Okx {
    fn profile(&self) -> &ExchangeProfile {
        &self.profile
    }

    fn place(&self, _environment: Environment, region: Option<&str>) -> String {
        self.site(region)
            .map_or_else(|_| "okx".to_owned(), |(_, site)| site.place("okx"))
    }

    fn market_place(&self) -> String {
        self.market.place("okx")
    }

    fn hosts(&self) -> Vec<Host> {
        self.all_hosts()
    }

    fn read_key<'a>(
        &'a self,
        access: Access<'a>,
    ) -> BoxFuture<'a, Result<KeyReport, ExchangeProblem>> {
        Box::pin(self.key(access))
    }

    fn read_account<'a>(&'a self, access: Access<'a>) -> BoxFuture<'a, AccountReading> {
        Box::pin(self.account(access))
    }

    fn tickers(&self) -> BoxFuture<'_, Result<Vec<Ticker>, ExchangeProblem>> {
        Box::pin(async move { self.prices().await.map_err(ExchangeError::into_problem) })
    }

    fn server_time<'a>(
        &'a self,
        host: &'a Host,
        environment: Environment,
    ) -> BoxFuture<'a, Result<Timestamp, ExchangeProblem>> {
        Box::pin(self.time_of(host, environment))
    }

    fn listings(&self) -> BoxFuture<'_, Result<Listings, ExchangeProblem>> {
        Box::pin(async move { self.listed().await.map_err(ExchangeError::into_problem) })
    }

    fn day_tickers<'a>(
        &'a self,
        _pairs: &'a [Pair],
    ) -> BoxFuture<'a, Result<Vec<DayTicker>, ExchangeProblem>> {
        Box::pin(async move { self.days().await.map_err(ExchangeError::into_problem) })
    }

    fn intervals(&self) -> &'static [Interval] {
        &candles::INTERVALS
    }

    fn candles_at_once(&self) -> usize {
        candles::AT_ONCE
    }

    fn candles<'a>(
        &'a self,
        asked: CandlesAsked<'a>,
    ) -> BoxFuture<'a, Result<Candles, ExchangeProblem>> {
        let candles = self.market_candles(asked);
        Box::pin(async move { candles.await.map_err(ExchangeError::into_problem) })
    }

    fn stream_prices<'a>(&'a self, listener: PriceListener<'a>) -> BoxFuture<'a, StreamEnd> {
        self.stream_prices(listener)
    }

    fn enter_account<'a>(
        &'a self,
        access: Access<'a>,
        pace: StreamPace,
    ) -> BoxFuture<'a, Result<AccountStream, StreamEnd>> {
        Box::pin(self.account_stream(access, pace))
    }
}

/// Whether a site says that a key is none of its own.
fn is_stranger(problem: &ExchangeProblem) -> bool {
    matches!(
        problem,
        ExchangeProblem::WrongRegion
            | ExchangeProblem::InvalidCredentials(BadKey::Unknown | BadKey::Malformed)
    )
}

/// Whether a problem tells something of the key, so that the site must know it.
fn is_about_the_key(problem: &ExchangeProblem) -> bool {
    matches!(
        problem,
        ExchangeProblem::InvalidCredentials(_)
            | ExchangeProblem::WrongPassphrase
            | ExchangeProblem::IpNotAllowed { .. }
    )
}

/// Of two sites that do not know a key, the answer that says more.
fn graver(one: ExchangeProblem, other: ExchangeProblem) -> ExchangeProblem {
    let malformed = ExchangeProblem::InvalidCredentials(BadKey::Malformed);
    if one == malformed || other == ExchangeProblem::WrongRegion {
        other
    } else {
        one
    }
}
