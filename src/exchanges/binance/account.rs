//! Reading all wallets of one account, each by the cheapest call that tells the truth.

use std::sync::OnceLock;

use futures::future::join4;

use super::earn::{Earn, Kind, Signs, is_refusal};
use super::positions::{MAX_PAGES, PAGE_ROWS, Positions};
use super::{
    ACCOUNT, Binance, FLEXIBLE_WALLET, FUNDING, FUNDING_WALLET, LOCKED_WALLET, MARGIN,
    MARGIN_WALLET, OVERVIEW, SPOT_WALLET, USER_ASSETS, margin, overview, wire,
};
use crate::domain::exchange::Environment;
use crate::domain::problem::ExchangeProblem;
use crate::domain::timestamp::Timestamp;
use crate::domain::wallet::{KnownWallet, Overview, WalletRead, WalletReading};
use crate::exchanges::allow::Endpoint;
use crate::exchanges::error::ExchangeError;
use crate::exchanges::transport::Answer;
use crate::exchanges::{Access, AccountReading};

const WALLETS: [&str; 5] = [
    SPOT_WALLET,
    FUNDING_WALLET,
    FLEXIBLE_WALLET,
    LOCKED_WALLET,
    MARGIN_WALLET,
];

/// A wallet and the account's number, where the call tells it.
type SpotAndUid = (WalletRead, Option<String>);

/// One reading of one account. What its calls weigh, by the manual:
///
/// | | first | thorough | light |
/// |---|---|---|---|
/// | spot | 20, which tells the account's number | 5 | 5 |
/// | funding | 1 | 1 | 1 |
/// | cross margin | 10 | 10 | 10, or 0 where there is none |
/// | overview | 60 | 60 | 0 |
/// | earn, flexible and locked, each page | 150 each on a sign of earn | the same | 150 each on a sign of a change |
///
/// The rights of the key weigh 1 more. Where the cheap call for spot is missing or not permitted,
/// its 5 are followed by 20.
pub(super) struct Reading<'a> {
    binance: &'a Binance,
    access: Access<'a>,
    thorough: bool,
    /// The pause that the exchange asked for during this reading.
    pause: OnceLock<ExchangeProblem>,
}

impl<'a> Reading<'a> {
    /// Prepares a reading. It is thorough if that is asked for, or if a wallet was never read.
    pub(super) fn new(binance: &'a Binance, access: Access<'a>) -> Self {
        let never_read = |wallet: &&str| known(access, wallet).is_none();
        Self {
            binance,
            access,
            thorough: access.thorough || WALLETS.iter().any(never_read),
            pause: OnceLock::new(),
        }
    }

    /// Reads every wallet there is in this environment. Spot and earn hold some of the same things
    /// and are settled together, the others are read at the same time as spot.
    pub(super) async fn wallets(&self) -> AccountReading {
        if self.access.environment == Environment::Testnet {
            return self.test_wallets().await;
        }
        let (spot, funding, margin, overview) = join4(
            self.spot(),
            self.whole(FUNDING_WALLET, &FUNDING, wire::assets),
            self.whole(MARGIN_WALLET, &MARGIN, margin::read),
            self.overview(),
        )
        .await;
        let (spot, uid) = spot;
        let earn = self.earn(spot, overview.as_ref()).await;
        AccountReading {
            wallets: vec![
                WalletReading::new(SPOT_WALLET, earn.spot),
                WalletReading::new(FUNDING_WALLET, funding),
                WalletReading {
                    note: earn.note,
                    ..WalletReading::new(FLEXIBLE_WALLET, earn.flexible)
                },
                WalletReading::new(LOCKED_WALLET, earn.locked),
                WalletReading::new(MARGIN_WALLET, margin),
            ],
            uid,
            overview,
        }
    }

    /// The spot wallet by the call that also tells the account's number.
    ///
    /// # Errors
    /// Why the call failed.
    pub(super) async fn account(&self) -> Result<SpotAndUid, ExchangeError> {
        let answer = self.ask(&ACCOUNT, "omitZeroBalances=true").await?;
        wire::spot(answer.text()?)
    }

    /// The test network has no /sapi, and with it no wallet but spot.
    async fn test_wallets(&self) -> AccountReading {
        let (spot, uid) = settle_spot(self.account().await);
        let missing = |name: &&str| WalletReading::new(name, WalletRead::NotAvailable);
        let spot = WalletReading::new(SPOT_WALLET, spot);
        let others = WALLETS.iter().skip(1).map(missing);
        AccountReading {
            wallets: std::iter::once(spot).chain(others).collect(),
            uid,
            overview: None,
        }
    }

    async fn spot(&self) -> SpotAndUid {
        // Connections to the same account are told by its number, which is asked for once.
        let read = if self.access.known.is_empty() {
            self.account().await
        } else {
            self.cheap_spot().await
        };
        settle_spot(read)
    }

    async fn cheap_spot(&self) -> Result<SpotAndUid, ExchangeError> {
        match self.ask(&USER_ASSETS, "").await {
            Ok(answer) => Ok((wire::assets(answer.text()?)?, None)),
            Err(ExchangeError::NotAvailable | ExchangeError::NoPermission) => self.account().await,
            Err(error) => Err(error),
        }
    }

    /// A wallet that one call tells whole.
    async fn whole(
        &self,
        wallet: &str,
        endpoint: &Endpoint,
        read: fn(&str) -> Result<WalletRead, ExchangeError>,
    ) -> WalletRead {
        match self.known(wallet).map(|known| known.outcome) {
            Some(refusal) if !self.thorough && is_refusal(refusal) => WalletRead::Kept(refusal),
            _ => {
                let answer = self.ask(endpoint, "").await;
                answer
                    .and_then(|answer| read(answer.text()?))
                    .unwrap_or_else(ExchangeError::into_read)
            }
        }
    }

    /// What the exchange says of the whole account; no wallet fails with it.
    async fn overview(&self) -> Option<Overview> {
        if !self.thorough {
            return None;
        }
        let answer = self.ask(&OVERVIEW, "").await.ok()?;
        let now = (self.binance.shared.surroundings.clock)();
        overview::read(answer.text().ok()?, Timestamp(now))
    }

    async fn earn(&self, spot: WalletRead, overview: Option<&Overview>) -> Earn {
        let signs = Signs {
            thorough: self.thorough,
            nothing_told: overview.is_some_and(overview::tells_no_earn),
            flexible: self.known(FLEXIBLE_WALLET),
            locked: self.known(LOCKED_WALLET),
        };
        signs.read(spot, |kind| self.positions(kind)).await
    }

    async fn positions(&self, kind: Kind) -> WalletRead {
        let read = self.pages(kind).await;
        read.unwrap_or_else(ExchangeError::into_read)
    }

    /// All pages of an earn wallet; one that fails fails the wallet.
    async fn pages(&self, kind: Kind) -> Result<WalletRead, ExchangeError> {
        let mut positions = Positions::new(kind);
        for page in 1..=MAX_PAGES {
            let parameters = format!("current={page}&size={PAGE_ROWS}");
            let answer = self.ask(&kind.endpoint(), &parameters).await?;
            if positions.add(answer.text()?)? {
                return Ok(positions.into_read());
            }
        }
        Err(ExchangeProblem::BadResponse.into())
    }

    /// Asks, unless the exchange asked to wait: limits count per address, and asking on lengthens
    /// the ban for everyone here.
    async fn ask(&self, endpoint: &Endpoint, parameters: &str) -> Result<Answer, ExchangeError> {
        if let Some(pause) = self.pause.get() {
            return Err(pause.clone().into());
        }
        let answer = self.binance.signed(self.access, endpoint, parameters).await;
        if let Err(ExchangeError::Problem(pause @ ExchangeProblem::RateLimited { .. })) = &answer {
            self.pause.get_or_init(|| pause.clone());
        }
        answer
    }

    fn known(&self, wallet: &str) -> Option<&'a KnownWallet> {
        known(self.access, wallet)
    }
}

/// Every account has a spot wallet: a missing one is an answer from the wrong place.
fn settle_spot(read: Result<SpotAndUid, ExchangeError>) -> SpotAndUid {
    read.unwrap_or_else(|error| match error {
        ExchangeError::NotAvailable => (WalletRead::Failed(ExchangeProblem::BadResponse), None),
        error => (error.into_read(), None),
    })
}

fn known<'a>(access: Access<'a>, wallet: &str) -> Option<&'a KnownWallet> {
    let mut known = access.known.iter();
    known.find(|known| known.wallet.as_str() == wallet)
}

#[cfg(test)]
mod tests;
