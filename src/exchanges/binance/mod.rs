//! Binance: spot, funding, earn and cross margin, read with keys that have "Enable Reading" only.

mod account;
mod call;
mod candles;
mod days;
mod earn;
mod earn_tokens;
mod limits;
mod listings;
mod margin;
mod overview;
mod past;
mod positions;
mod profile;
mod refusals;
mod rights;
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
use crate::domain::history::past::PastDays;
use crate::domain::market::interval::Interval;
use crate::domain::market::listing::Listings;
use crate::domain::market::{DayTicker, Pair};
use crate::domain::price::Ticker;
use crate::domain::problem::{BadKey, ExchangeProblem};
use crate::domain::rights::KeyRights;
use crate::domain::timestamp::Timestamp;
use account::Reading;
use limits::{api, sapi};
use profile::profile;

const TIME: Endpoint = Endpoint::get("/api/v3/time", api(1), CallClass::Time);
const ACCOUNT: Endpoint = Endpoint::get("/api/v3/account", api(20), CallClass::Account);
const RESTRICTIONS: Endpoint = Endpoint::get(
    "/sapi/v1/account/apiRestrictions",
    sapi(1),
    CallClass::Rights,
);
/// A POST by the manual, which only reads.
const USER_ASSETS: Endpoint =
    Endpoint::post("/sapi/v3/asset/getUserAsset", sapi(5), CallClass::Account);
/// A POST by the manual, which only reads.
const FUNDING: Endpoint = Endpoint::post(
    "/sapi/v1/asset/get-funding-asset",
    sapi(1),
    CallClass::Account,
);
const FLEXIBLE: Endpoint = Endpoint::get(
    "/sapi/v1/simple-earn/flexible/position",
    sapi(150),
    CallClass::Account,
);
const LOCKED: Endpoint = Endpoint::get(
    "/sapi/v1/simple-earn/locked/position",
    sapi(150),
    CallClass::Account,
);
const MARGIN: Endpoint = Endpoint::get("/sapi/v1/margin/account", sapi(10), CallClass::Account);
/// A fifth of its own budget in one call.
const SNAPSHOTS: Endpoint =
    Endpoint::get("/sapi/v1/accountSnapshot", sapi(2_400), CallClass::History);
const OVERVIEW: Endpoint = Endpoint::get(
    "/sapi/v1/asset/wallet/balance",
    sapi(60),
    CallClass::Account,
);

/// Everything that Binance is ever asked about an account. Manual: binance-spot-api-docs,
/// rest-api.md (state of 2026-07-21) and the wallet, margin and simple earn catalogues of
/// binance-connector-rust (state of 2026-07-22).
const ALLOWED: &[Endpoint] = &[
    TIME,
    ACCOUNT,
    RESTRICTIONS,
    USER_ASSETS,
    FUNDING,
    FLEXIBLE,
    LOCKED,
    MARGIN,
    OVERVIEW,
    SNAPSHOTS,
];

/// Everything that the host for market data is ever asked. Manual: binance-spot-api-docs, faqs,
/// "Market Data Only URLs"; state of 2026-07-21.
const MARKET_ALLOWED: &[Endpoint] = &[
    TIME,
    tickers::PRICES,
    candles::CANDLES,
    days::DAYS,
    listings::LISTINGS,
];

/// The names that wallets are stored by.
const SPOT_WALLET: &str = "spot";
const FUNDING_WALLET: &str = "funding";
const FLEXIBLE_WALLET: &str = "earn_flexible";
const LOCKED_WALLET: &str = "earn_locked";
const MARGIN_WALLET: &str = "margin";

/// The client of Binance.
pub(super) struct Binance {
    profile: ExchangeProfile,
    live: Site,
    testnet: Site,
    /// Where everybody's prices come from.
    market: Site,
    streams: streams::Streams,
    clocks: SiteClocks,
    shared: Arc<Shared>,
}

impl Binance {
    /// Sets the client up.
    ///
    /// # Errors
    /// [`ExchangeError::BadHost`] for a base URL that keys must not be sent to.
    pub(super) fn new(hosts: &Hosts, shared: Arc<Shared>) -> Result<Self, ExchangeError> {
        let site = |environment| {
            Ok::<_, ExchangeError>(Site {
                base: hosts.binance(environment)?,
                allowed: ALLOWED,
            })
        };
        Ok(Self {
            profile: profile(),
            live: site(Environment::Live)?,
            testnet: site(Environment::Testnet)?,
            market: Site {
                base: hosts.binance_market()?,
                allowed: MARKET_ALLOWED,
            },
            streams: streams::Streams::new(hosts)?,
            clocks: SiteClocks::new(Arc::clone(&shared.surroundings.clock)),
            shared,
        })
    }

    fn site(&self, environment: Environment) -> &Site {
        match environment {
            Environment::Live => &self.live,
            Environment::Testnet => &self.testnet,
        }
    }

    async fn key(&self, access: Access<'_>) -> Result<KeyReport, ExchangeProblem> {
        // The test network has no /sapi and says so; any other host that stands for it is judged.
        let report = |rights| KeyReport {
            rights,
            region: None,
            uid: None,
        };
        match self.signed(access, &RESTRICTIONS, "").await {
            Ok(answer) => Ok(report(rights::read(&answer)?)),
            Err(ExchangeError::NoPermission | ExchangeError::NotAvailable) => {
                self.prove(access).await
            }
            Err(error) => Err(error.into_problem()),
        }
    }

    /// Proves a key whose rights cannot be asked by reading the account with it.
    async fn prove(&self, access: Access<'_>) -> Result<KeyReport, ExchangeProblem> {
        match Reading::new(self, access).account().await {
            Ok((_, uid)) => Ok(KeyReport {
                rights: KeyRights::unknown(),
                region: None,
                uid,
            }),
            Err(ExchangeError::NoPermission) => {
                Err(ExchangeProblem::InvalidCredentials(BadKey::Unknown))
            }
            Err(error) => Err(error.into_problem()),
        }
    }
}

impl Exchange for Binance {
    fn profile(&self) -> &ExchangeProfile {
        &self.profile
    }

    fn place(&self, environment: Environment, _region: Option<&str>) -> String {
        self.site(environment).place("binance")
    }

    fn market_place(&self) -> String {
        self.market.place("binance")
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
        Box::pin(async move { Reading::new(self, access).wallets().await })
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
        pairs: &'a [Pair],
    ) -> BoxFuture<'a, Result<Vec<DayTicker>, ExchangeProblem>> {
        Box::pin(async move { self.days(pairs).await.map_err(ExchangeError::into_problem) })
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

    fn tells_past_days(&self) -> bool {
        true
    }

    fn past_days<'a>(
        &'a self,
        access: Access<'a>,
        stretch: (Timestamp, Timestamp),
    ) -> BoxFuture<'a, Result<Option<PastDays>, ExchangeProblem>> {
        Box::pin(self.snapshots(access, stretch))
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
