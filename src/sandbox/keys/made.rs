//! Keys made at run time, by the number.

use std::fmt;

use crate::sandbox::{Exchange, mac};

/// A read-only key of an account of its own, made at run time.
#[derive(Clone, PartialEq, Eq)]
pub struct MadeKey {
    /// The exchange that made it.
    pub exchange: Exchange,
    /// The account's number.
    pub uid: String,
    /// The public half.
    pub api_key: String,
    /// The half that signs.
    pub secret_key: String,
    /// The third part, where the exchange has one.
    pub passphrase: Option<String>,
}

impl MadeKey {
    /// The key with this number, in the form the exchange gives its keys.
    pub(in crate::sandbox) fn new(exchange: Exchange, number: u32) -> Self {
        let digits = |what: &str| hex::encode(mac::sign(what, &format!("{exchange} {number}")));
        let (public, secret) = (digits("the public half"), digits("the half that signs"));
        match exchange {
            Exchange::Binance => Self {
                exchange,
                uid: (2_000_000_000 + u64::from(number)).to_string(),
                api_key: public,
                secret_key: secret,
                passphrase: None,
            },
            Exchange::Okx => Self {
                exchange,
                uid: (70_000_000_000_000_000 + u64::from(number)).to_string(),
                api_key: grouped(&public),
                secret_key: secret.to_uppercase().chars().take(32).collect(),
                passphrase: Some(format!("sandbox-Number-{number}")),
            },
        }
    }
}

/// Names the key without its secret.
impl fmt::Debug for MadeKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MadeKey")
            .field("exchange", &self.exchange)
            .field("uid", &self.uid)
            .finish_non_exhaustive()
    }
}

/// The first 32 digits in groups of 8, 4, 4, 4 and 12.
fn grouped(digits: &str) -> String {
    let ends = [8, 12, 16, 20];
    let mut out = String::new();
    for (index, digit) in digits.chars().take(32).enumerate() {
        if ends.contains(&index) {
            out.push('-');
        }
        out.push(digit);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_made_key_has_its_exchanges_form() {
        let binance = MadeKey::new(Exchange::Binance, 7);
        assert_eq!((binance.api_key.len(), binance.secret_key.len()), (64, 64));
        let okx = MadeKey::new(Exchange::Okx, 7);
        let groups: Vec<_> = okx.api_key.split('-').map(str::len).collect();
        assert_eq!((groups, okx.secret_key.len()), (vec![8, 4, 4, 4, 12], 32));
        assert!(!format!("{okx:?}").contains(&okx.secret_key));
    }
}
