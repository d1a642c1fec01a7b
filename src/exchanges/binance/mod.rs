//! Binance: spot and funding wallets, read with keys that have "Enable Reading" only.

mod call;
mod limits;
mod refusals;
mod rights;
mod sign;
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
use super::{Access, AccountReading, Exchange, KeyReport};
use crate::domain::exchange::{Environment, ExchangeId, ExchangeProfile};
use crate::domain::problem::{BadKey, ExchangeProblem};
use crate::domain::rights::KeyRights;
use crate::domain::wallet::{WalletRead, WalletReading};
use limits::{api, sapi};

const TIME: Endpoint = Endpoint::get("/api/v3/time", api(1));
const ACCOUNT: Endpoint = Endpoint::get("/api/v3/account", api(20));
const RESTRICTIONS: Endpoint = Endpoint::get("/sapi/v1/account/apiRestrictions", sapi(1));
/// A POST by the manual, which only reads.
const FUNDING: Endpoint = Endpoint::post("/sapi/v1/asset/get-funding-asset", sapi(1));

/// Everything that Binance is ever asked. Manual: binance-spot-api-docs, rest-api.md (state of
/// 2026-07-21) and the wallet catalogue of binance-connector-rust (state of 2026-07-22).
const ALLOWED: &[Endpoint] = &[TIME, ACCOUNT, RESTRICTIONS, FUNDING];

/// The client of Binance.
pub(super) struct Binance {
    profile: ExchangeProfile,
    live: Site,
    testnet: Site,
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
        match self.spot(access).await {
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

    async fn account(&self, access: Access<'_>) -> AccountReading {
        let (spot, uid) = match self.spot(access).await {
            Ok((read, uid)) => (read, uid),
            // Every account has a spot wallet: a missing one is an answer from the wrong place.
            Err(ExchangeError::NotAvailable) => {
                (WalletRead::Failed(ExchangeProblem::BadResponse), None)
            }
            Err(error) => (error.into_read(), None),
        };
        let funding = match (&spot, access.environment) {
            (_, Environment::Testnet) => WalletRead::NotAvailable,
            // Limits count per address: asking on lengthens the ban for everyone here.
            (WalletRead::Failed(limited @ ExchangeProblem::RateLimited { .. }), _) => {
                WalletRead::Failed(limited.clone())
            }
            _ => self
                .funding(access)
                .await
                .unwrap_or_else(ExchangeError::into_read),
        };
        AccountReading {
            wallets: vec![
                WalletReading::new("spot", spot),
                WalletReading::new("funding", funding),
            ],
            uid,
            overview: None,
        }
    }

    async fn spot(
        &self,
        access: Access<'_>,
    ) -> Result<(WalletRead, Option<String>), ExchangeError> {
        let answer = self
            .signed(access, &ACCOUNT, "omitZeroBalances=true")
            .await?;
        wire::spot(answer.text()?)
    }

    async fn funding(&self, access: Access<'_>) -> Result<WalletRead, ExchangeError> {
        let answer = self.signed(access, &FUNDING, "").await?;
        wire::funding(answer.text()?)
    }
}

impl Exchange for Binance {
    fn profile(&self) -> &ExchangeProfile {
        &self.profile
    }

    fn place(&self, environment: Environment, _region: Option<&str>) -> String {
        self.site(environment).place("binance")
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
}

fn profile() -> ExchangeProfile {
    ExchangeProfile {
        id: ExchangeId::new("binance"),
        name: "Binance".to_owned(),
        has_passphrase: false,
        regions: Vec::new(),
        key_page: "https://www.binance.com/en/my/settings/api-management".to_owned(),
        key_advice: [
            "Tick “Enable Reading” and nothing else.",
            "Leave spot and margin trading, futures, options and the FIX API off.",
            "Leave withdrawals, internal transfers and universal transfers off.",
            "A list of allowed addresses is not needed for a key that only reads, but recommended.",
        ]
        .map(str::to_owned)
        .to_vec(),
    }
}
