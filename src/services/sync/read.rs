//! Reading an account: the key first, its rights next, the wallets last.

use crate::domain::exchange::Environment;
use crate::domain::problem::{BadKey, ExchangeProblem};
use crate::domain::report::{Failure, Step};
use crate::domain::rights::{KeyRights, RightsState};
use crate::domain::wallet::{Overview, WalletRead, WalletReading};
use crate::exchanges::{Access, Exchange, KeyReport};

/// What was read from an account whose key passed.
#[derive(Clone, Debug)]
pub struct Reading {
    /// What the key may do.
    pub rights: KeyRights,
    /// The regional site that knows the key.
    pub region: Option<String>,
    /// The exchange's own account number.
    pub uid: Option<String>,
    /// The wallets, at least one of which answered.
    pub wallets: Vec<WalletReading>,
    /// What the exchange's own overview says, where it was asked.
    pub overview: Option<Overview>,
}

/// Why an account was not read, and what was learnt all the same.
#[derive(Clone, Debug)]
pub struct Refusal {
    /// What happened.
    pub failure: Failure,
    /// The key's rights, if they were told.
    pub rights: Option<KeyRights>,
    /// How the wallets fared, if they were asked.
    pub wallets: Vec<WalletReading>,
}

impl Refusal {
    /// One of which nothing else was learnt.
    #[must_use]
    pub fn plain(failure: Failure) -> Self {
        Self {
            failure,
            rights: None,
            wallets: Vec::new(),
        }
    }

    fn at(step: Step, problem: ExchangeProblem) -> Self {
        Self::plain(Failure::Exchange { step, problem })
    }
}

/// Proves the key, judges its rights and reads the wallets, in this order.
///
/// # Errors
/// The step that failed. A key that can do more than read never gets as far as the wallets; one of
/// unknown rights only on a test environment or with `accepts_unknown`.
pub async fn read(
    exchange: &dyn Exchange,
    access: Access<'_>,
    accepts_unknown: bool,
) -> Result<Reading, Refusal> {
    let key = prove(exchange, access, accepts_unknown).await?;
    read_wallets(exchange, access, key).await
}

/// Proves the key and judges its rights.
///
/// # Errors
/// As [`read`].
pub async fn prove(
    exchange: &dyn Exchange,
    access: Access<'_>,
    accepts_unknown: bool,
) -> Result<KeyReport, Refusal> {
    let key = exchange
        .read_key(access)
        .await
        .map_err(|problem| Refusal::at(Step::of_key_problem(&problem), problem))?;
    let lenient = accepts_unknown || access.environment == Environment::Testnet;
    if let Some(problem) = excess(&key.rights, lenient) {
        return Err(Refusal {
            rights: Some(key.rights),
            ..Refusal::at(Step::ReadRights, problem)
        });
    }
    Ok(key)
}

/// Reads the wallets of an account whose key passed.
///
/// # Errors
/// [`Step::ReadWallets`] where not one of them could be read.
pub async fn read_wallets(
    exchange: &dyn Exchange,
    access: Access<'_>,
    key: KeyReport,
) -> Result<Reading, Refusal> {
    let region = key.region.clone();
    let account = exchange
        .read_account(Access {
            region: region.as_deref(),
            ..access
        })
        .await;
    if let Some(problem) = nothing_read(&account.wallets) {
        return Err(Refusal {
            rights: Some(key.rights),
            wallets: account.wallets,
            ..Refusal::at(Step::ReadWallets, problem)
        });
    }
    let uid = key.uid.or(account.uid);
    Ok(Reading {
        rights: key.rights,
        region,
        uid,
        wallets: account.wallets,
        overview: account.overview,
    })
}

/// Why a key of these rights is refused, if it is.
fn excess(rights: &KeyRights, accepts_unknown: bool) -> Option<ExchangeProblem> {
    match rights.state {
        RightsState::Excess => Some(ExchangeProblem::ExcessPermissions(rights.excess.clone())),
        RightsState::Unknown if !accepts_unknown => Some(ExchangeProblem::UnknownPermissions),
        RightsState::Unknown | RightsState::ReadOnly => None,
    }
}

/// Why not one of the wallets that were asked could be read, if so.
fn nothing_read(wallets: &[WalletReading]) -> Option<ExchangeProblem> {
    let mut asked = wallets
        .iter()
        .map(|wallet| &wallet.read)
        .filter(|read| !matches!(read, WalletRead::Kept(_)))
        .peekable();
    asked.peek()?;
    let mut problem = ExchangeProblem::InvalidCredentials(BadKey::CannotRead);
    let mut told = false;
    for read in asked {
        match read {
            WalletRead::Read { .. } => return None,
            WalletRead::Failed(failed) if !told => {
                problem = failed.clone();
                told = true;
            }
            _ => (),
        }
    }
    Some(problem)
}
