//! What pairs were worth at the end of past UTC days.

use crate::domain::amount::Amount;
use crate::domain::asset::AssetCode;
use crate::domain::exchange::ExchangeId;
use crate::domain::timestamp::Timestamp;

/// A pair, where it is traded.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Pair {
    /// The exchange that lists it.
    pub exchange: ExchangeId,
    /// The asset that is priced.
    pub base: AssetCode,
    /// The asset it is priced in.
    pub quote: AssetCode,
}

/// The last price of a UTC day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Close {
    /// When the day began.
    pub day: Timestamp,
    /// The price of one unit of the base in units of the quote, above zero.
    pub price: Amount,
}
