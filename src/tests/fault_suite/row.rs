//! One fault: what it is called, where it strikes, and what it comes to.

use coffer::sandbox::{Effect, Exchange, Fault};

use super::meaning::Meaning;

/// The calls that a fault strikes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Strike {
    /// The call that asks what the key may do.
    Key,
    /// The call that reads the funding wallet.
    Wallet,
    /// Every call to the exchange.
    Everything,
}

impl Strike {
    pub const ALL: [Self; 3] = [Self::Key, Self::Wallet, Self::Everything];

    /// How the paths begin that are struck.
    pub fn paths(self, exchange: Exchange) -> &'static [&'static str] {
        match (exchange, self) {
            (Exchange::Binance, Self::Key) => &["/sapi/v1/account/apiRestrictions"],
            (Exchange::Binance, Self::Wallet) => &["/sapi/v1/asset/get-funding-asset"],
            (Exchange::Binance, Self::Everything) => &["/api/v3", "/sapi"],
            (Exchange::Okx, Self::Key) => &["/api/v5/account/config"],
            (Exchange::Okx, Self::Wallet) => &["/api/v5/asset/balances"],
            (Exchange::Okx, Self::Everything) => &["/api/v5"],
        }
    }

    fn words(self) -> &'static str {
        match self {
            Self::Key => "key call",
            Self::Wallet => "one wallet",
            Self::Everything => "every call",
        }
    }
}

/// What is done to the exchange.
#[derive(Clone, Debug)]
pub enum How {
    /// Something happens to the answers of the paths that are struck.
    Effect(Effect),
    /// Its clock goes before ours by so many milliseconds.
    Clock(i64),
}

/// One row of the table.
#[derive(Clone, Debug)]
pub struct Row {
    pub group: &'static str,
    pub exchange: Exchange,
    pub name: String,
    pub strike: Strike,
    pub how: How,
    pub meaning: Meaning,
}

impl Row {
    pub fn new(
        (group, exchange): (&'static str, Exchange),
        name: impl Into<String>,
        strike: Strike,
        effect: Effect,
        meaning: Meaning,
    ) -> Self {
        Self {
            group,
            exchange,
            name: name.into(),
            strike,
            how: How::Effect(effect),
            meaning,
        }
    }

    /// The faults to inject, none where it is the clock that is wrong.
    pub fn faults(&self) -> Vec<Fault> {
        let How::Effect(effect) = &self.how else {
            return Vec::new();
        };
        let paths = self.strike.paths(self.exchange).iter();
        paths.map(|path| Fault::on(path, effect.clone())).collect()
    }

    /// By which it is told apart: `Binance, HTTP 503 with HTML, key call`.
    pub fn title(&self) -> String {
        format!("{}, {}, {}", self.exchange, self.name, self.strike.words())
    }
}
