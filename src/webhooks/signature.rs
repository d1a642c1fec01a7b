//! The signature by which a receiver knows that a message is ours, and not an old one.

use hmac::{Hmac, KeyInit, Mac};
use secrecy::{ExposeSecret, SecretString};
use sha2::Sha256;

/// What every secret begins with, so that it is known for what it is wherever it turns up.
pub const SECRET_PREFIX: &str = "coffer_webhook_";

/// `v1=` and the HMAC-SHA256, in lowercase hex, over the timestamp (seconds since 1970, UTC), a dot
/// and the body, keyed with the secret's whole text. `None` when the secret cannot be a key.
#[must_use]
pub fn sign(secret: &SecretString, timestamp: i64, body: &str) -> Option<String> {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.expose_secret().as_bytes()).ok()?;
    mac.update(format!("{timestamp}.").as_bytes());
    mac.update(body.as_bytes());
    Some(format!("v1={}", hex::encode(mac.finalize().into_bytes())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_signature_is_what_other_programs_compute() {
        // printf '1767225600.{"id":"1"}' | openssl dgst -sha256 -hmac coffer_webhook_0123
        let secret = SecretString::from("coffer_webhook_0123");
        let expected = "v1=84f6bddfa5c52d31c8b7cc6abecd0ec6948757b7dc87e3e57d67f0f413bd6fb8";
        assert_eq!(
            sign(&secret, 1_767_225_600, r#"{"id":"1"}"#).unwrap(),
            expected
        );
    }
}
