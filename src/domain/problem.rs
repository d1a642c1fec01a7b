//! What can go wrong between Coffer and an exchange: a closed set, each with one calm sentence and
//! one next step.

use std::net::IpAddr;

use serde::{Deserialize, Serialize};

use super::text;

/// Why an exchange does not accept a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BadKey {
    /// The exchange does not know the key, or refuses it without saying why.
    Unknown,
    /// The signature does not match: the secret belongs to another key.
    WrongSecret,
    /// The key belongs to the other environment.
    WrongEnvironment,
    /// The text is not a key of this exchange.
    Malformed,
    /// The key has no right to read.
    CannotRead,
    /// The exchange has frozen the key or the account.
    Frozen,
}

/// One kind of trouble with an exchange.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ExchangeProblem {
    /// The key is not accepted.
    InvalidCredentials(BadKey),
    /// The passphrase does not belong to the key.
    WrongPassphrase,
    /// The key can do more than read.
    ExcessPermissions(Vec<String>),
    /// The exchange does not say what the key may do.
    UnknownPermissions,
    /// The key works from listed addresses only, and ours is not one of them.
    IpNotAllowed {
        /// The address the exchange saw, where it says.
        seen: Option<IpAddr>,
    },
    /// The key belongs to another regional site.
    WrongRegion,
    /// The exchange does not serve the place this server is in.
    RegionBlocked,
    /// This machine's clock and the exchange's do not agree.
    ClockSkew,
    /// The exchange asks to wait.
    RateLimited {
        /// Seconds to wait.
        seconds: u64,
    },
    /// The exchange does not answer, or answers that it cannot.
    Unavailable,
    /// The exchange's answer could not be understood.
    BadResponse,
}

impl ExchangeProblem {
    /// The fixed name in the database and in answers to programs.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::InvalidCredentials(_) | Self::WrongPassphrase => "invalid_credentials",
            Self::ExcessPermissions(_) => "excess_permissions",
            Self::UnknownPermissions => "unknown_permissions",
            Self::IpNotAllowed { .. } => "ip_not_allowed",
            Self::WrongRegion => "wrong_region",
            Self::RegionBlocked => "region_blocked",
            Self::ClockSkew => "clock_skew",
            Self::RateLimited { .. } => "exchange_rate_limited",
            Self::Unavailable => "exchange_unavailable",
            Self::BadResponse => "bad_exchange_response",
        }
    }

    /// Whether only the person can mend it, so that trying again is of no use.
    #[must_use]
    pub fn needs_attention(&self) -> bool {
        !matches!(
            self,
            Self::RateLimited { .. } | Self::Unavailable | Self::BadResponse
        )
    }

    /// Whether it is a fact about the key itself, which stays as it is until somebody changes the
    /// key on the exchange or here.
    #[must_use]
    pub fn is_of_the_key(&self) -> bool {
        matches!(
            self,
            Self::InvalidCredentials(_)
                | Self::WrongPassphrase
                | Self::WrongRegion
                | Self::ExcessPermissions(_)
                | Self::UnknownPermissions
        )
    }

    /// What happened and what to do next.
    #[must_use]
    pub fn told(&self, exchange: &str) -> String {
        format!("{} {}", self.sentence(exchange), self.next_step(exchange))
    }

    /// What happened, in one sentence.
    #[must_use]
    pub fn sentence(&self, exchange: &str) -> String {
        match self {
            Self::InvalidCredentials(bad) => bad.sentence(exchange),
            Self::WrongPassphrase => format!("{exchange} says the passphrase is not the key's."),
            Self::ExcessPermissions(rights) => {
                format!(
                    "This key can do more than read: it allows {}.",
                    text::list(rights)
                )
            }
            Self::UnknownPermissions => {
                format!(
                    "{exchange} does not say what this key may do, so it may be able to trade or withdraw."
                )
            }
            Self::IpNotAllowed { seen: Some(ip) } => {
                format!(
                    "This key does not allow the address {ip}, which is how {exchange} sees this server."
                )
            }
            Self::IpNotAllowed { seen: None } => {
                "This key does not allow the address of this server.".to_owned()
            }
            Self::WrongRegion => format!("No regional site of {exchange} knows this key."),
            Self::RegionBlocked => {
                format!("{exchange} does not serve the country this server is in.")
            }
            Self::ClockSkew => {
                format!("The clock of this server and that of {exchange} do not agree.")
            }
            Self::RateLimited { .. } => format!("{exchange} asks to slow down."),
            Self::Unavailable => format!("{exchange} does not answer at the moment."),
            Self::BadResponse => format!("{exchange} sent an answer that could not be understood."),
        }
    }

    /// What to do next, in one sentence.
    #[must_use]
    pub fn next_step(&self, exchange: &str) -> String {
        match self {
            Self::InvalidCredentials(bad) => bad.next_step(exchange),
            Self::WrongPassphrase => {
                "Enter the passphrase chosen when the key was made; a lost one means making a new key.".to_owned()
            }
            Self::ExcessPermissions(_) => {
                format!("Make a new key on {exchange} with reading as its only right, and delete this one there.")
            }
            Self::UnknownPermissions => {
                "Use a key whose rights can be read, or accept the risk when connecting.".to_owned()
            }
            Self::IpNotAllowed { seen: Some(ip) } => {
                format!("Add {ip} to the key's allowed addresses on {exchange}.")
            }
            Self::IpNotAllowed { seen: None } => {
                format!("Add this server's public address to the key's allowed addresses on {exchange}.")
            }
            Self::WrongRegion => {
                "Check that the key still exists, and pick the region of the site you sign in to.".to_owned()
            }
            Self::RegionBlocked => {
                "Run Coffer where the exchange serves, on a machine of your own.".to_owned()
            }
            Self::ClockSkew => "Set this server's clock by a time service, then try again.".to_owned(),
            Self::RateLimited { seconds } => {
                let wait = usize::try_from(*seconds).unwrap_or(usize::MAX);
                format!("Try again in {}.", text::count(wait, "second"))
            }
            Self::Unavailable => "Try again in a few minutes.".to_owned(),
            Self::BadResponse => {
                format!("Try again later; if it lasts, {exchange} may have changed something.")
            }
        }
    }
}

impl BadKey {
    fn sentence(self, exchange: &str) -> String {
        match self {
            Self::Unknown => format!(
                "{exchange} does not accept this key: it may be mistyped, deleted, limited to other addresses, or of another environment."
            ),
            Self::WrongSecret => {
                format!("{exchange} says the secret key does not belong to this API key.")
            }
            Self::WrongEnvironment => "This key belongs to the other environment.".to_owned(),
            Self::Malformed => format!("This is not an API key of {exchange}."),
            Self::CannotRead => "This key has no right to read.".to_owned(),
            Self::Frozen => format!("{exchange} has blocked this key or its account."),
        }
    }

    fn next_step(self, exchange: &str) -> String {
        match self {
            Self::Unknown => format!(
                "Check the key on {exchange}, its allowed addresses, and Live or Testnet here."
            ),
            Self::WrongSecret => {
                "Copy the secret key again; a lost one means making a new key.".to_owned()
            }
            Self::WrongEnvironment => {
                "Switch between Live and Testnet, or use a key of this one.".to_owned()
            }
            Self::Malformed => "Copy the API key again, whole and without blanks.".to_owned(),
            Self::CannotRead => format!("Turn on reading for this key on {exchange}."),
            Self::Frozen => format!("Ask the support of {exchange}."),
        }
    }
}
