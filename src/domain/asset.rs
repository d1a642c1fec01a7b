//! Asset codes as an exchange spells them.

use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::currency::Currency;
use super::text::is_deceptive;

/// The most characters an asset code may have.
pub const MAX_CODE_CHARS: usize = 64;

/// An exchange's code for an asset: `BTC`, `1000SATS`, `币安人生`. Any script, but no blanks and
/// nothing invisible. Codes are compared as they are spelled. Cheap to clone.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct AssetCode(Arc<str>);

/// The text is empty, too long, or holds blanks or invisible characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not an asset code")]
pub struct BadAssetCode;

impl AssetCode {
    /// Takes a code as the exchange spells it.
    ///
    /// # Errors
    /// [`BadAssetCode`] when it is empty, over [`MAX_CODE_CHARS`] characters, or holds blanks or
    /// invisible characters.
    pub fn parse(text: &str) -> Result<Self, BadAssetCode> {
        let fits = !text.is_empty() && text.chars().count() <= MAX_CODE_CHARS;
        if fits && !text.contains(char::is_whitespace) && !is_deceptive(text) {
            Ok(Self(text.into()))
        } else {
            Err(BadAssetCode)
        }
    }

    /// Takes a code as people type it: in capitals if it is plain ASCII, as other scripts may tell two
    /// codes apart by what looks like case.
    ///
    /// # Errors
    /// [`BadAssetCode`], as [`Self::parse`].
    pub fn typed(text: &str) -> Result<Self, BadAssetCode> {
        if text.is_ascii() {
            Self::parse(&text.to_ascii_uppercase())
        } else {
            Self::parse(text)
        }
    }

    /// What history is counted in: every exchange prices its coins in it.
    #[must_use]
    pub fn usdt() -> Self {
        Self("USDT".into())
    }

    /// The code.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<Currency> for AssetCode {
    fn from(currency: Currency) -> Self {
        Self(currency.as_str().into())
    }
}

impl TryFrom<String> for AssetCode {
    type Error = BadAssetCode;

    fn try_from(text: String) -> Result<Self, BadAssetCode> {
        Self::parse(&text)
    }
}

impl From<AssetCode> for String {
    fn from(code: AssetCode) -> Self {
        code.0.as_ref().to_owned()
    }
}

impl fmt::Display for AssetCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_of_every_script_are_codes_and_tricks_are_not() {
        for code in [
            "BTC",
            "币安人生",
            "这是测试币",
            "456",
            "1000SATS",
            "LDSHIB2",
            "１２３４５６",
        ] {
            assert_eq!(AssetCode::parse(code).unwrap().as_str(), code);
        }
        let long = "A".repeat(65);
        for code in [
            "",
            " ",
            "B TC",
            "BTC\u{0}",
            "\u{202E}BTC",
            "B\u{200D}TC",
            "BTC\n",
            &long,
        ] {
            assert_eq!(AssetCode::parse(code), Err(BadAssetCode), "{code:?}");
        }
    }
}
