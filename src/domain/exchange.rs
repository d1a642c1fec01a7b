//! What the rest of the program has to know about an exchange: its name and what a key consists of.

use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

/// The short name of an exchange in addresses, forms and the database: `binance`, `okx`. Cheap to
/// clone.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(from = "String", into = "String")]
pub struct ExchangeId(Arc<str>);

impl ExchangeId {
    /// Takes a name; whether there is such an exchange is the registry's to say.
    #[must_use]
    pub fn new(name: &str) -> Self {
        Self(name.into())
    }

    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<String> for ExchangeId {
    fn from(name: String) -> Self {
        Self(name.into())
    }
}

impl From<ExchangeId> for String {
    fn from(name: ExchangeId) -> Self {
        name.0.as_ref().to_owned()
    }
}

impl fmt::Display for ExchangeId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The name that people know an exchange by, of those there are.
#[must_use]
pub fn name_of(exchanges: &[(ExchangeId, String)], id: &ExchangeId) -> String {
    let known = exchanges.iter().find(|(known, _)| known == id);
    known.map_or_else(|| id.to_string(), |(_, name)| name.clone())
}

/// Real money, or the exchange's test environment.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Environment {
    /// Real balances.
    #[default]
    Live,
    /// The exchange's test network or demo trading.
    Testnet,
}

impl Environment {
    /// Both, the usual one first.
    pub const ALL: [Self; 2] = [Self::Live, Self::Testnet];

    /// The name in forms and the database.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Live => "live",
            Self::Testnet => "testnet",
        }
    }

    /// The name as people read it.
    #[must_use]
    pub fn title(self) -> &'static str {
        match self {
            Self::Live => "Live",
            Self::Testnet => "Testnet",
        }
    }

    /// Reads the name of [`Self::as_str`].
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|e| e.as_str() == text)
    }
}

/// A site of an exchange that has its own accounts and keys.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RegionProfile {
    /// The name in forms and the database: `eea`.
    pub id: String,
    /// What people know it by: `Europe (my.okx.com)`.
    pub title: String,
}

/// What the connect form asks for, and what it tells, about one exchange.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExchangeProfile {
    /// The short name.
    pub id: ExchangeId,
    /// The name as the exchange writes it: `Binance`.
    pub name: String,
    /// Whether its keys come with a passphrase.
    pub has_passphrase: bool,
    /// Its regional sites, the default first; empty where there is only one.
    pub regions: Vec<RegionProfile>,
    /// The exchange's page where keys are made. A fixed address, never user input.
    pub key_page: String,
    /// Which rights to give the key and which to leave off, one sentence each.
    pub key_advice: Vec<String>,
}

impl ExchangeProfile {
    /// Where an account of this exchange is, as people read it: `OKX · Europe (my.okx.com)`.
    #[must_use]
    pub fn site(&self, region: Option<&str>) -> String {
        let title = self.regions.iter().find(|r| Some(r.id.as_str()) == region);
        title.map_or_else(
            || self.name.clone(),
            |r| format!("{} · {}", self.name, r.title),
        )
    }

    /// Whether the exchange has a regional site of that name.
    #[must_use]
    pub fn has_region(&self, id: &str) -> bool {
        self.regions.iter().any(|region| region.id == id)
    }
}
