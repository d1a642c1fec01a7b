//! Keys between what was typed and what is stored: sealed for their row, and opened again.

use secrecy::{ExposeSecret, SecretString};

use super::State;
use crate::domain::exchange::ExchangeProfile;
use crate::domain::key_form::KeyForm;
use crate::domain::typed::Typed;
use crate::exchanges::Credentials;
use crate::security::{Place, SecurityError};
use crate::storage::connections::SealedKey;

/// The row a key is sealed for.
#[derive(Clone, Copy, Debug)]
pub struct KeyRow<'a> {
    /// The connection's id.
    pub connection_id: &'a str,
    /// Its owner's id.
    pub user_id: &'a str,
}

impl<'a> KeyRow<'a> {
    fn place(self, column: &'a str) -> Place<'a> {
        Place {
            table: "connections",
            column,
            row_id: self.connection_id,
            user_id: self.user_id,
        }
    }
}

/// The parts of a typed key that the exchange's keys have.
#[must_use]
pub fn credentials(profile: &ExchangeProfile, form: &KeyForm) -> Credentials {
    let secret = |typed: &Typed| SecretString::from(typed.expose());
    Credentials {
        api_key: secret(&form.api_key),
        secret_key: secret(&form.secret_key),
        passphrase: profile.has_passphrase.then(|| secret(&form.passphrase)),
    }
}

/// The last four characters of the API key.
#[must_use]
pub fn hint(credentials: &Credentials) -> String {
    let key = credentials.api_key.expose_secret();
    let skip = key.chars().count().saturating_sub(4);
    key.chars().skip(skip).collect()
}

/// Seals every part for its own column of the row.
pub fn seal(state: &State, row: KeyRow<'_>, key: &Credentials) -> Result<SealedKey, SecurityError> {
    let seal = |part: &SecretString, column| state.keys.seal(part, &row.place(column));
    Ok(SealedKey {
        api_key: seal(&key.api_key, "api_key")?,
        secret_key: seal(&key.secret_key, "secret_key")?,
        passphrase: key
            .passphrase
            .as_ref()
            .map(|part| seal(part, "passphrase"))
            .transpose()?,
    })
}

/// Opens every part; one that was moved or changed makes the whole key unreadable.
pub fn open(state: &State, row: KeyRow<'_>, key: &SealedKey) -> Result<Credentials, SecurityError> {
    let open = |blob: &[u8], column| state.keys.open(blob, &row.place(column));
    Ok(Credentials {
        api_key: open(&key.api_key, "api_key")?,
        secret_key: open(&key.secret_key, "secret_key")?,
        passphrase: key
            .passphrase
            .as_deref()
            .map(|blob| open(blob, "passphrase"))
            .transpose()?,
    })
}
