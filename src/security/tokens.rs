//! Random ids and bytes from the operating system, and the digest tokens are kept as.

use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};

use super::SecurityError;

/// `N` random bytes.
///
/// # Errors
/// [`SecurityError::NoRandomness`] when the operating system gives none.
pub fn random_bytes<const N: usize>() -> Result<[u8; N], SecurityError> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(SecurityError::NoRandomness)?;
    Ok(bytes)
}

/// A row id: 128 random bits as 32 lowercase hex digits.
///
/// # Errors
/// [`SecurityError::NoRandomness`] when the operating system gives none.
pub fn new_id() -> Result<String, SecurityError> {
    Ok(hex::encode(random_bytes::<16>()?))
}

/// Whether a text can be a row id. Databases differ in what they make of stranger texts.
#[must_use]
pub fn is_id(text: &str) -> bool {
    text.len() == 32 && text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'))
}

/// The SHA-256 of the bytes as 64 lowercase hex digits.
#[must_use]
pub fn sha256_hex(bytes: &[u8]) -> String {
    hex::encode(Sha256::digest(bytes))
}

/// Whether a text is a secret, in a time that tells nothing of how much of it is right.
#[must_use]
pub fn is_same_secret(text: &str, secret: &str) -> bool {
    let tagged = |text: &str| {
        let mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes());
        mac.map(|mac| mac.chain_update(text.as_bytes()))
    };
    match (tagged(text), tagged(secret)) {
        (Ok(given), Ok(right)) => given.verify_slice(&right.finalize().into_bytes()).is_ok(),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn ids_are_32_hex_digits_and_never_repeat() {
        let ids: HashSet<_> = (0..1_000).map(|_| new_id().unwrap()).collect();
        assert_eq!(ids.len(), 1_000);
        assert!(ids.iter().all(|id| {
            id.len() == 32 && id.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'))
        }));
    }

    #[test]
    fn a_secret_is_the_same_only_as_itself() {
        assert!(is_same_secret("sesame open up", "sesame open up"));
        for other in ["", "sesame", "sesame open up ", "sesame open uP"] {
            assert!(!is_same_secret(other, "sesame open up"), "{other:?}");
        }
    }

    #[test]
    fn the_digest_is_the_standards_own() {
        assert_eq!(
            sha256_hex(b"abc"),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        );
    }
}
