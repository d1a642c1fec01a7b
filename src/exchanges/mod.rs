//! Exchanges: one client each, behind one trait, over one guarded transport.

mod allow;
mod binance;
mod calling;
mod candles;
mod clock;
mod cost;
mod credentials;
mod error;
mod gate;
mod hosts;
mod journal;
mod neighbours;
mod okx;
mod refusal;
mod registry;
mod retry;
mod rows;
mod signing;
#[cfg(test)]
mod testing;
mod tickers;
mod transport;
mod vitals;

pub use binance::sign::signature as binance_signature;
pub use clock::Clock;
pub use credentials::Credentials;
pub use error::ExchangeError;
use futures::future::BoxFuture;
pub use gate::Spent;
pub use hosts::Hosts;
pub use journal::{Journal, RawAnswer};
pub use neighbours::{Alone, Neighbours, Unreachable};
pub use okx::sign::signature as okx_signature;
pub use registry::{Registry, Surroundings};
use std::time::Duration;
pub use vitals::Figures;

use crate::domain::asset::AssetCode;
use crate::domain::exchange::{Environment, ExchangeProfile};
use crate::domain::history::past::PastDays;
use crate::domain::price::Ticker;
use crate::domain::price::daily::Close;
use crate::domain::problem::ExchangeProblem;
use crate::domain::rights::KeyRights;
use crate::domain::timestamp::Timestamp;
use crate::domain::wallet::{KnownWallet, Overview, WalletReading};

/// What a client needs to read one account.
#[derive(Clone, Copy, Debug)]
pub struct Access<'a> {
    /// The key. Its secrets sign and are never shown.
    pub credentials: &'a Credentials,
    /// Live or test.
    pub environment: Environment,
    /// The regional site; `None` for the exchange's default.
    pub region: Option<&'a str>,
    /// What is known of the account's wallets; empty for an account that was never read.
    pub known: &'a [KnownWallet],
    /// Whether every wallet that may hold something is asked, even one that costs much and shows no
    /// sign of a change.
    pub thorough: bool,
    /// How long a call may wait for the exchange's budget before it is given up.
    pub patience: Duration,
    /// Where calls, weights and answers are noted.
    pub journal: &'a Journal,
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
    /// What the exchange's own overview says, where it was asked this time.
    pub overview: Option<Overview>,
}

/// An exchange whose accounts and prices can be read.
pub trait Exchange: Send + Sync {
    /// What the connect form asks for and tells.
    fn profile(&self) -> &ExchangeProfile;

    /// The place that an account of this environment and region is asked at, as
    /// [`Neighbours`] name it.
    fn place(&self, environment: Environment, region: Option<&str>) -> String;

    /// How far the clock of its usual site is ahead of ours, in milliseconds, as far as it was asked.
    fn clock_offset_ms(&self) -> Option<i64>;

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

    /// Asks for the last prices of all pairs that are traded, in one call without a key; every pair
    /// comes once. A row that cannot be read is left out.
    ///
    /// # Errors
    /// Why there are none.
    fn tickers(&self) -> BoxFuture<'_, Result<Vec<Ticker>, ExchangeProblem>>;

    /// Asks for the last prices of a pair on past UTC days, in one call without a key. A day on which
    /// the pair was not traded is left out, as is a row that cannot be read.
    ///
    /// # Errors
    /// Why there are none.
    fn closes<'a>(
        &'a self,
        asked: DailyPrices<'a>,
    ) -> BoxFuture<'a, Result<Vec<Close>, ExchangeProblem>>;

    /// Whether it tells what an account held on past days.
    fn tells_past_days(&self) -> bool {
        false
    }

    /// Asks what the account held at the end of past UTC days, from the beginning of the first to the
    /// end of the last; `None` where that is told neither of this account nor to this key.
    ///
    /// # Errors
    /// Why nothing could be asked.
    fn past_days<'a>(
        &'a self,
        _access: Access<'a>,
        _stretch: (Timestamp, Timestamp),
    ) -> BoxFuture<'a, Result<Option<PastDays>, ExchangeProblem>> {
        Box::pin(std::future::ready(Ok(None)))
    }
}

/// Which daily prices are asked for.
#[derive(Clone, Copy, Debug)]
pub struct DailyPrices<'a> {
    /// The asset that is priced.
    pub base: &'a AssetCode,
    /// The asset it is priced in.
    pub quote: &'a AssetCode,
    /// When the first day began, and the last millisecond of the last, UTC: less than 100 days.
    pub stretch: (Timestamp, Timestamp),
}
