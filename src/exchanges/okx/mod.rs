//! OKX: its five wallets, read with keys whose only permission is "Read".

mod account;
mod call;
mod candles;
mod limits;
mod refusals;
pub mod sign;
mod tickers;
mod wire;

#[cfg(test)]
mod tests;

use std::sync::Arc;

use futures::future::BoxFuture;

use super::allow::{Endpoint, Site};
use super::clock::SiteClocks;
use super::error::ExchangeError;
use super::hosts::Hosts;
use super::registry::Shared;
use super::{Access, AccountReading, DailyPrices, Exchange, KeyReport};
use crate::domain::exchange::{Environment, ExchangeId, ExchangeProfile, RegionProfile};
use crate::domain::price::Ticker;
use crate::domain::price::daily::Close;
use crate::domain::problem::{BadKey, ExchangeProblem};
use account::{FUNDING, NON_TRADABLE, ONCHAIN_EARN, SAVINGS, TRADING, VALUATION};
use limits::{by_account, by_address};

const TIME: Endpoint = Endpoint::get("/api/v5/public/time", by_address(10, 2_000));
const CONFIG: Endpoint = Endpoint::get("/api/v5/account/config", by_account(5, 2_000));

/// Everything that OKX is ever asked about an account. Manual: OKX API v5, "Public Data", "Trading Account", "Funding
/// Account", "Financial Product"; copy of 2025-08-17.
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
const MARKET_ALLOWED: &[Endpoint] = &[tickers::PRICES, candles::CANDLES];

/// The client of OKX.
pub(super) struct Okx {
    profile: ExchangeProfile,
    /// The regional sites by name, the default first.
    sites: Vec<(String, Site)>,
    /// Where everybody's prices come from.
    market: Site,
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

    fn clock_offset_ms(&self) -> Option<i64> {
        let mut sites = self.sites.iter();
        sites.find_map(|(_, site)| self.clocks.known_ms(site.base.as_str()))
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

    fn closes<'a>(
        &'a self,
        asked: DailyPrices<'a>,
    ) -> BoxFuture<'a, Result<Vec<Close>, ExchangeProblem>> {
        let closes = self.daily_prices(asked);
        Box::pin(async move { closes.await.map_err(ExchangeError::into_problem) })
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

fn profile() -> ExchangeProfile {
    let region = |id: &str, title: &str| RegionProfile {
        id: id.to_owned(),
        title: title.to_owned(),
    };
    ExchangeProfile {
        id: ExchangeId::new("okx"),
        name: "OKX".to_owned(),
        has_passphrase: true,
        regions: vec![
            region("global", "Global (www.okx.com)"),
            region("eea", "Europe (my.okx.com)"),
            region("us", "United States and Australia (app.okx.com)"),
        ],
        key_page: "https://www.okx.com/account/my-api".to_owned(),
        key_advice: [
            "Under Permissions, tick “Read” only.",
            "Leave “Trade” and “Withdraw” off.",
            "Make the key on the site you sign in to, and keep its passphrase: it cannot be shown again.",
            "A list of allowed addresses is not needed for a key that only reads, but recommended.",
        ]
        .map(str::to_owned)
        .to_vec(),
    }
}
