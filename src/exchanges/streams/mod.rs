//! What exchanges tell by themselves, over WebSockets: prices as they change, and that an account has
//! changed.

mod account;
mod asked;
mod dial;
mod pace;
mod prices;
mod site;
mod socket;
mod turns;

pub use account::AccountStream;
pub(super) use account::{AccountDialect, AccountMessage, Reader};
pub(super) use dial::Door;
pub use pace::{StreamPace, back_off};
pub(super) use prices::{PriceDialect, PriceMessage, Told};
pub(super) use site::StreamSite;
pub(super) use socket::Outlet;
pub(super) use turns::{Connects, Rate};

pub(super) use prices::listen as listen_to_prices;

use std::collections::BTreeSet;
use std::sync::Arc;

use tokio::sync::watch;

use crate::domain::market::{DayTicker, Pair};
use crate::domain::problem::ExchangeProblem;

/// The pairs whose prices are wanted, as they are at any moment.
pub type Wanted = watch::Receiver<Arc<BTreeSet<Pair>>>;

/// Who listens to the prices of an exchange.
pub struct PriceListener<'a> {
    /// The pairs; the stream follows them as they change, and ends when there are none.
    pub wanted: Wanted,
    /// How long things may take.
    pub pace: StreamPace,
    /// Is told what comes, in the order it came.
    pub tell: &'a mut (dyn FnMut(PriceWord) + Send),
}

/// What a stream of prices tells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PriceWord {
    /// The stream is open: whatever was told before may be old.
    Open,
    /// Figures that can be, of about now, and of a pair that is wanted.
    Ticker(DayTicker),
    /// Something that is none; it was left out and counted with its reason.
    Refused,
}

/// What the stream of an account tells. How much of what changed it does not say: that is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AccountWord {
    /// The stream is open: whatever changed before was not told.
    Open,
    /// Something in the account has changed.
    Changed,
}

/// Why a stream has ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StreamEnd {
    /// Nobody wants anything of it any more.
    Unwanted,
    /// It has lived its time, or the exchange is about to close it.
    Renew,
    /// It broke off, fell silent, or told what no such stream tells.
    Broken,
    /// It was not opened, or the key was not accepted.
    Refused(ExchangeProblem),
}
