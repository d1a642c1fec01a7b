//! Who may make an account, and what it starts with.

use super::reader::Reader;
use crate::domain::currency::Currency;

/// Who may make an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SignUp {
    /// Anyone, while there is no account.
    First,
    /// Anyone.
    Open,
    /// Nobody: accounts are made from the shell.
    Closed,
}

/// Accounts.
#[derive(Clone, Debug)]
pub struct AccountsConfig {
    /// `SIGN_UP`: who may make one.
    pub sign_up: SignUp,
    /// `BASE_CURRENCY`: what a new account counts in.
    pub base_currency: Currency,
}

impl AccountsConfig {
    pub(super) fn read(reader: &mut Reader<'_>) -> Self {
        Self {
            sign_up: reader
                .parsed(
                    "SIGN_UP",
                    "first, open or closed is expected",
                    |text| match text {
                        "first" => Some(SignUp::First),
                        "open" => Some(SignUp::Open),
                        "closed" => Some(SignUp::Closed),
                        _ => None,
                    },
                )
                .unwrap_or(SignUp::First),
            base_currency: reader
                .parsed(
                    "BASE_CURRENCY",
                    "USD, EUR, GBP, TRY, BRL, JPY, CHF, AUD, CAD, BTC or ETH is expected",
                    Currency::parse,
                )
                .unwrap_or(Currency::Usd),
        }
    }
}
