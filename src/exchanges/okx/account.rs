//! An account of OKX, read wallet by wallet, all of them at once.

use futures::future::{join, join_all};

use super::limits::by_account;
use super::{Okx, wire};
use crate::domain::exchange::Environment;
use crate::domain::health::CallClass;
use crate::domain::problem::ExchangeProblem;
use crate::domain::timestamp::Timestamp;
use crate::domain::wallet::{Outcome, Overview, WalletRead, WalletReading};
use crate::exchanges::allow::{Endpoint, Site};
use crate::exchanges::error::ExchangeError;
use crate::exchanges::{Access, AccountReading};

// Manual: OKX API v5, "Trading Account", "Funding Account", "Financial Product"; copy of 2025-08-17.
pub(super) const TRADING: Endpoint = Endpoint::get(
    "/api/v5/account/balance",
    by_account(10, 2_000),
    CallClass::Account,
);
pub(super) const FUNDING: Endpoint = Endpoint::get(
    "/api/v5/asset/balances",
    by_account(6, 1_000),
    CallClass::Account,
);
pub(super) const SAVINGS: Endpoint = Endpoint::get(
    "/api/v5/finance/savings/balance",
    by_account(6, 1_000),
    CallClass::Account,
);
pub(super) const ONCHAIN_EARN: Endpoint = Endpoint::get(
    "/api/v5/finance/staking-defi/orders-active",
    by_account(3, 1_000),
    CallClass::Account,
);
pub(super) const NON_TRADABLE: Endpoint = Endpoint::get(
    "/api/v5/asset/non-tradable-assets",
    by_account(6, 1_000),
    CallClass::Account,
);
/// Asked without a unit, it answers in BTC.
pub(super) const VALUATION: Endpoint = Endpoint::get(
    "/api/v5/asset/asset-valuation",
    by_account(1, 1_000),
    CallClass::Account,
);

/// A wallet and how it is read.
struct Wallet {
    name: &'static str,
    endpoint: Endpoint,
    read: fn(&str) -> Result<WalletRead, ExchangeError>,
    absence: Absence,
}

/// What it means when a wallet is said not to be there.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Absence {
    /// Every live account has the wallet, so such an answer is a failure.
    Unbelievable,
    /// The account may open the wallet any day, so it is asked for every time.
    Passing,
    /// It is a matter of the site, or of the kind of account, so only a thorough reading asks again.
    Lasting,
}

/// The wallets in the order people expect.
static WALLETS: [Wallet; 5] = [
    Wallet {
        name: "trading",
        endpoint: TRADING,
        read: wire::trading,
        absence: Absence::Unbelievable,
    },
    Wallet {
        name: "funding",
        endpoint: FUNDING,
        read: wire::funding,
        absence: Absence::Unbelievable,
    },
    Wallet {
        name: "savings",
        endpoint: SAVINGS,
        read: wire::savings,
        absence: Absence::Passing,
    },
    Wallet {
        name: "onchain_earn",
        endpoint: ONCHAIN_EARN,
        read: wire::onchain_earn,
        absence: Absence::Lasting,
    },
    Wallet {
        name: "non_tradable",
        endpoint: NON_TRADABLE,
        read: wire::non_tradable,
        absence: Absence::Lasting,
    },
];

impl Okx {
    /// Reads all wallets, and the overview when the reading is a thorough one.
    pub(super) async fn account(&self, access: Access<'_>) -> AccountReading {
        let wallets = WALLETS.iter().map(|wallet| self.wallet(access, wallet));
        let (wallets, overview) = join(join_all(wallets), self.overview(access)).await;
        AccountReading {
            wallets,
            uid: None,
            overview,
        }
    }

    async fn wallet(&self, access: Access<'_>, wallet: &Wallet) -> WalletReading {
        let read = match wallet.kept(access) {
            Some(outcome) => WalletRead::Kept(outcome),
            None => match self.asked(access, wallet).await {
                Ok(read) => read,
                Err(error) => wallet.unread(access.environment, error),
            },
        };
        WalletReading::new(wallet.name, read)
    }

    async fn asked(
        &self,
        access: Access<'_>,
        wallet: &Wallet,
    ) -> Result<WalletRead, ExchangeError> {
        let site = self.own_site(access)?;
        let answer = self.signed(site, access, &wallet.endpoint).await?;
        answer.text().and_then(wallet.read)
    }

    /// What OKX itself says the account is worth. It is a hint, so whatever goes wrong here is
    /// nobody's trouble.
    async fn overview(&self, access: Access<'_>) -> Option<Overview> {
        if !access.thorough {
            return None;
        }
        let site = self.own_site(access).ok()?;
        let answer = self.signed(site, access, &VALUATION).await.ok()?;
        let now = Timestamp((self.shared.surroundings.clock)());
        wire::valuation(answer.text().ok()?, now).ok()
    }

    fn own_site(&self, access: Access<'_>) -> Result<&Site, ExchangeProblem> {
        self.site(access.region).map(|(_, site)| site)
    }
}

impl Wallet {
    /// The earlier outcome that stands, where the wallet need not be asked for again.
    fn kept(&self, access: Access<'_>) -> Option<Outcome> {
        let known = access.known.iter();
        let mut known = known.filter(|known| known.wallet.as_str() == self.name);
        let outcome = known.next()?.outcome;
        let absent = matches!(outcome, Outcome::NotAvailable | Outcome::NoPermission);
        let stands = absent && self.absence == Absence::Lasting && !access.thorough;
        stands.then_some(outcome)
    }

    /// The outcome when the wallet was asked for in vain.
    fn unread(&self, environment: Environment, error: ExchangeError) -> WalletRead {
        let everywhere = self.absence == Absence::Unbelievable;
        match error {
            ExchangeError::NotAvailable if everywhere && environment == Environment::Live => {
                WalletRead::Failed(ExchangeProblem::BadResponse)
            }
            // The site has just told what the key may do: it serves this place, but not with this.
            ExchangeError::Problem(ExchangeProblem::RegionBlocked) if !everywhere => {
                WalletRead::NotAvailable
            }
            error => error.into_read(),
        }
    }
}

#[cfg(test)]
mod tests;
