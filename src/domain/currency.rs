//! The currencies that values are told in.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::asset::AssetCode;

/// A currency that a person may count in. It is offered only while a price of it can be had.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Currency {
    /// US dollar.
    Usd,
    /// Euro.
    Eur,
    /// Pound sterling.
    Gbp,
    /// Turkish lira.
    Try,
    /// Brazilian real.
    Brl,
    /// Japanese yen.
    Jpy,
    /// Swiss franc.
    Chf,
    /// Australian dollar.
    Aud,
    /// Canadian dollar.
    Cad,
    /// Bitcoin.
    Btc,
    /// Ether.
    Eth,
}

impl Currency {
    /// All of them, in the order forms show them.
    pub const ALL: [Self; 11] = [
        Self::Usd,
        Self::Eur,
        Self::Gbp,
        Self::Try,
        Self::Brl,
        Self::Jpy,
        Self::Chf,
        Self::Aud,
        Self::Cad,
        Self::Btc,
        Self::Eth,
    ];

    /// The code in forms, in the database and on exchanges: `USD`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Usd => "USD",
            Self::Eur => "EUR",
            Self::Gbp => "GBP",
            Self::Try => "TRY",
            Self::Brl => "BRL",
            Self::Jpy => "JPY",
            Self::Chf => "CHF",
            Self::Aud => "AUD",
            Self::Cad => "CAD",
            Self::Btc => "BTC",
            Self::Eth => "ETH",
        }
    }

    /// The name as people read it.
    #[must_use]
    pub fn title(self) -> &'static str {
        match self {
            Self::Usd => "US dollar",
            Self::Eur => "Euro",
            Self::Gbp => "Pound sterling",
            Self::Try => "Turkish lira",
            Self::Brl => "Brazilian real",
            Self::Jpy => "Japanese yen",
            Self::Chf => "Swiss franc",
            Self::Aud => "Australian dollar",
            Self::Cad => "Canadian dollar",
            Self::Btc => "Bitcoin",
            Self::Eth => "Ether",
        }
    }

    /// Digits after the point when a value is shown.
    #[must_use]
    pub fn digits(self) -> usize {
        match self {
            Self::Jpy => 0,
            Self::Btc | Self::Eth => 8,
            _ => 2,
        }
    }

    /// What exchanges call it.
    #[must_use]
    pub fn asset(self) -> AssetCode {
        AssetCode::from(self)
    }

    /// Reads the code of [`Self::as_str`].
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|c| c.as_str() == text)
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_currency_is_read_by_its_code_and_is_an_asset() {
        for currency in Currency::ALL {
            assert_eq!(Currency::parse(currency.as_str()), Some(currency));
            let asset = AssetCode::parse(currency.as_str()).unwrap();
            assert_eq!(currency.asset(), asset);
        }
        assert_eq!(Currency::parse("usd"), None);
        assert_eq!(Currency::parse("XAU"), None);
    }
}
