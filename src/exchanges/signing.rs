//! What both exchanges sign with.

use hmac::{Hmac, KeyInit, Mac};
use secrecy::{ExposeSecret, SecretString};
use sha2::Sha256;

use super::error::ExchangeError;
use crate::domain::problem::{BadKey, ExchangeProblem};

/// HMAC-SHA256 over the parts, one after the other, keyed with the secret's text.
///
/// # Errors
/// [`BadKey::WrongSecret`] when the secret cannot be a key at all.
pub(super) fn hmac_sha256(
    secret: &SecretString,
    parts: &[&str],
) -> Result<[u8; 32], ExchangeError> {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.expose_secret().as_bytes())
        .map_err(|_| ExchangeProblem::InvalidCredentials(BadKey::WrongSecret))?;
    for part in parts {
        mac.update(part.as_bytes());
    }
    Ok(mac.finalize().into_bytes().into())
}
