//! Exchanges: one client each, behind one trait, over one guarded transport.

mod allow;
mod binance;
mod clock;
mod credentials;
mod error;
mod hosts;
mod okx;
mod refusal;
mod registry;
mod rows;
mod signing;
#[cfg(test)]
mod testing;
mod transport;

pub use clock::Clock;
pub use credentials::Credentials;
pub use error::ExchangeError;
use futures::future::BoxFuture;
pub use hosts::Hosts;
pub use registry::Registry;

use crate::domain::exchange::{Environment, ExchangeProfile};
use crate::domain::problem::ExchangeProblem;
use crate::domain::rights::KeyRights;
use crate::domain::wallet::WalletReading;

/// What a client needs to read one account.
#[derive(Clone, Copy, Debug)]
pub struct Access<'a> {
    /// The key. Its secrets sign and are never shown.
    pub credentials: &'a Credentials,
    /// Live or test.
    pub environment: Environment,
    /// The regional site; `None` for the exchange's default.
    pub region: Option<&'a str>,
}

/// What the exchange says of a key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyReport {
    /// What the key may do.
    pub rights: KeyRights,
    /// The regional site that knows the key; `None` where the exchange has only one.
    pub region: Option<String>,
    /// The exchange's own account number, where this call tells it.
    pub uid: Option<String>,
}

/// What reading all wallets of an account gave.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccountReading {
    /// One entry for every wallet the client knows, in the order people expect.
    pub wallets: Vec<WalletReading>,
    /// The exchange's own account number, where this call tells it.
    pub uid: Option<String>,
}

/// An exchange whose accounts can be read.
pub trait Exchange: Send + Sync {
    /// What the connect form asks for and tells.
    fn profile(&self) -> &ExchangeProfile;

    /// Proves the key and reads its rights.
    ///
    /// # Errors
    /// Why the key or the exchange refused.
    fn read_key<'a>(
        &'a self,
        access: Access<'a>,
    ) -> BoxFuture<'a, Result<KeyReport, ExchangeProblem>>;

    /// Reads every wallet. One wallet's trouble is told in its own entry and leaves the others
    /// alone.
    fn read_account<'a>(&'a self, access: Access<'a>) -> BoxFuture<'a, AccountReading>;
}
