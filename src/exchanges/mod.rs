//! Exchanges: one client each, behind one trait, over one guarded transport.

mod allow;
mod binance;
mod calling;
mod candles;
mod clock;
mod cost;
mod credentials;
mod days;
mod error;
mod gate;
mod hosts;
mod journal;
mod listings;
mod neighbours;
mod okx;
mod refusal;
mod refused;
mod registry;
mod retry;
mod rows;
mod signing;
mod singles;
mod streams;
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
pub use hosts::{Host, Hosts};
pub use journal::{Journal, RawAnswer};
pub use neighbours::{Alone, Neighbours, Unreachable};
pub use okx::sign::signature as okx_signature;
pub use registry::{Registry, Surroundings};
use std::time::Duration;
pub use streams::{
    AccountStream, AccountWord, PriceListener, PriceWord, StreamEnd, StreamPace, back_off,
};
pub use vitals::{Busy, Failing, Site, Totals};

use crate::domain::exchange::{Environment, ExchangeProfile};
use crate::domain::history::past::PastDays;
use crate::domain::market::candle::Candle;
use crate::domain::market::interval::Interval;
use crate::domain::market::listing::Listings;
use crate::domain::market::{DayTicker, Pair};
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

    /// The place that prices are asked at.
    fn market_place(&self) -> String;

    /// The hosts that calls are made to, each once, the usual one first.
    fn hosts(&self) -> Vec<Host>;

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

    /// Asks for the last prices of a pair on UTC days, in one call without a key. A day on which the
    /// pair was not traded is left out, as is a row that cannot be.
    ///
    /// # Errors
    /// Why there are none.
    fn closes<'a>(
        &'a self,
        asked: DailyPrices<'a>,
    ) -> BoxFuture<'a, Result<Vec<Close>, ExchangeProblem>> {
        Box::pin(async move {
            let candles = CandlesAsked {
                pair: asked.pair,
                interval: Interval::Day1,
                from: asked.stretch.0,
                to: asked.stretch.1,
                around: &[],
                believed: &[],
            };
            let close = |candle: Candle| Close {
                day: candle.open_time,
                price: candle.close,
            };
            let told = self.candles(candles).await?;
            Ok(told.candles.into_iter().map(close).collect())
        })
    }

    /// Asks one of its hosts for the time, in one call without a key, and goes by it from then on. The
    /// call counts as one of that environment.
    ///
    /// # Errors
    /// Why it is not told; what was known of the host's clock stays.
    fn server_time<'a>(
        &'a self,
        host: &'a Host,
        environment: Environment,
    ) -> BoxFuture<'a, Result<Timestamp, ExchangeProblem>>;

    /// Asks which pairs are listed, in one call without a key.
    ///
    /// # Errors
    /// Why that is not told.
    fn listings(&self) -> BoxFuture<'_, Result<Listings, ExchangeProblem>>;

    /// Asks what pairs did over the last 24 hours, without a key. Each must be traded: an exchange may
    /// refuse all for one that is not. It may tell of others as well; what cannot be is left out.
    ///
    /// # Errors
    /// Why that is not told.
    fn day_tickers<'a>(
        &'a self,
        pairs: &'a [Pair],
    ) -> BoxFuture<'a, Result<Vec<DayTicker>, ExchangeProblem>>;

    /// How long candles can be, the shortest first.
    fn intervals(&self) -> &'static [Interval];

    /// How many candles can be asked for in one call.
    fn candles_at_once(&self) -> usize;

    /// Asks for candles, in one call without a key, oldest first. Where nothing was traded there may be
    /// none; what cannot be is left out.
    ///
    /// # Errors
    /// Why there are none.
    fn candles<'a>(
        &'a self,
        asked: CandlesAsked<'a>,
    ) -> BoxFuture<'a, Result<Candles, ExchangeProblem>>;

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

    /// Listens to its stream of prices until that ends. No key is needed.
    fn stream_prices<'a>(&'a self, listener: PriceListener<'a>) -> BoxFuture<'a, StreamEnd>;

    /// Enters the stream that says when an account has changed; the key is needed for that alone. Only
    /// wallets that are traded from are told of, and no amounts: those are read as ever.
    ///
    /// # Errors
    /// Why there is no such stream.
    fn enter_account<'a>(
        &'a self,
        access: Access<'a>,
        pace: StreamPace,
    ) -> BoxFuture<'a, Result<AccountStream, StreamEnd>>;
}

/// Which daily prices are asked for.
#[derive(Clone, Copy, Debug)]
pub struct DailyPrices<'a> {
    /// The pair.
    pub pair: &'a Pair,
    /// When the first day began, and the last millisecond of the last, UTC: less than 100 days.
    pub stretch: (Timestamp, Timestamp),
}

/// Which candles are asked for: no more than [`Exchange::candles_at_once`] can lie in between.
#[derive(Clone, Copy, Debug)]
pub struct CandlesAsked<'a> {
    /// The pair.
    pub pair: &'a Pair,
    /// How long each is: one of [`Exchange::intervals`].
    pub interval: Interval,
    /// The first moment that one may begin at.
    pub from: Timestamp,
    /// The last moment that one may begin at.
    pub to: Timestamp,
    /// Candles that are known around them, in any order: volumes are judged by these as well.
    pub around: &'a [Candle],
    /// When candles begin that were refused for their volume a day ago or longer: what is told of them
    /// now stands.
    pub believed: &'a [Timestamp],
}

/// The candles of an answer.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Candles {
    /// Those that can be, oldest first.
    pub candles: Vec<Candle>,
    /// When those begin that were kept out for their volume alone.
    pub refused: Vec<Timestamp>,
}
