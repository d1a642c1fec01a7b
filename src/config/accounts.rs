//! Who may make an account, and what it starts with.

use super::reader::Reader;

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
    /// `BASE_CURRENCY`: what a new account counts in, 3 to 5 capital letters.
    pub base_currency: String,
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
                    "3 to 5 capital letters are expected, such as USD",
                    |text| is_currency(text).then(|| text.to_owned()),
                )
                .unwrap_or_else(|| "USD".to_owned()),
        }
    }
}

fn is_currency(text: &str) -> bool {
    (3..=5).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_uppercase())
}
