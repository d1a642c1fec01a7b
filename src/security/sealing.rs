//! Sealing secrets to their place in the database, and opening them again.
//!
//! A sealed secret is `version (1) ‖ key id (8) ‖ nonce (12) ‖ ciphertext ‖ tag (16)`, AES-256-GCM
//! under the data sub-key of the master key with that id. Its place is bound as associated data, so
//! that a secret copied to another row, column or user does not open.

use aes_gcm::{
    Aes256Gcm,
    aead::{Aead, KeyInit, Payload},
};
use secrecy::{ExposeSecret, SecretString};
use zeroize::Zeroizing;

use super::{KeyId, KeyRing, MasterKey, SecurityError, master_key::Purpose, random_bytes};

const VERSION: u8 = 1;
const NONCE_BYTES: usize = 12;

/// Where a sealed secret belongs. It opens nowhere else.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place<'a> {
    /// The table.
    pub table: &'a str,
    /// The column.
    pub column: &'a str,
    /// The row's id.
    pub row_id: &'a str,
    /// The id of the user the row belongs to.
    pub user_id: &'a str,
}

impl Place<'_> {
    fn associated_data(&self) -> Vec<u8> {
        associated_data(&[self.table, self.column, self.row_id, self.user_id])
    }
}

/// `v1|part|part…`, each part after its length, so that no two lists read the same.
pub(super) fn associated_data(parts: &[&str]) -> Vec<u8> {
    let mut bytes = b"v1".to_vec();
    for part in parts {
        bytes.push(b'|');
        bytes.extend_from_slice(&(part.len() as u64).to_be_bytes());
        bytes.extend_from_slice(part.as_bytes());
    }
    bytes
}

impl KeyRing {
    /// Seals a secret under the newest key. No two calls give the same bytes.
    ///
    /// # Errors
    /// [`SecurityError::NoRandomness`] when the operating system gives no nonce;
    /// [`SecurityError::Unsealable`] when the secret is too long for the cipher (64 GiB).
    pub fn seal(&self, plain: &SecretString, place: &Place<'_>) -> Result<Vec<u8>, SecurityError> {
        let plain = plain.expose_secret().as_bytes();
        encrypt(
            self.newest(),
            Purpose::Data,
            plain,
            &place.associated_data(),
        )
    }

    /// Opens what was sealed at this place, with whichever key of the ring sealed it.
    ///
    /// # Errors
    /// [`SecurityError::Unreadable`], and nothing more, when the key is not in the ring, the bytes
    /// were changed, or they were sealed for another place.
    pub fn open(&self, sealed: &[u8], place: &Place<'_>) -> Result<SecretString, SecurityError> {
        let plain = decrypt(self, Purpose::Data, sealed, &place.associated_data())?;
        // From a `&str`: the copy is exact, so that none of it is left behind when it shrinks.
        std::str::from_utf8(&plain)
            .map(SecretString::from)
            .map_err(|_| SecurityError::Unreadable)
    }
}

/// The id of the key that a secret says it was sealed under; `None` when it is no sealed secret.
#[must_use]
pub fn sealed_under(sealed: &[u8]) -> Option<KeyId> {
    split(sealed).map(|(id, _, _)| id)
}

/// Encrypts under the sub-key of this purpose, with a new random nonce.
pub(super) fn encrypt(
    key: &MasterKey,
    purpose: Purpose,
    plain: &[u8],
    aad: &[u8],
) -> Result<Vec<u8>, SecurityError> {
    let nonce = random_bytes::<NONCE_BYTES>()?;
    let payload = Payload { msg: plain, aad };
    let encrypted = cipher(key, purpose)?
        .encrypt(&nonce.into(), payload)
        .map_err(|_| SecurityError::Unsealable)?;
    Ok([&[VERSION], key.id().as_bytes(), &nonce, &encrypted].concat())
}

/// Decrypts with the key of the ring that the bytes name.
pub(super) fn decrypt(
    ring: &KeyRing,
    purpose: Purpose,
    sealed: &[u8],
    aad: &[u8],
) -> Result<Zeroizing<Vec<u8>>, SecurityError> {
    let (id, nonce, encrypted) = split(sealed).ok_or(SecurityError::Unreadable)?;
    let key = ring.find(id).ok_or(SecurityError::Unreadable)?;
    let payload = Payload {
        msg: encrypted,
        aad,
    };
    cipher(key, purpose)?
        .decrypt(&nonce.into(), payload)
        .map(Zeroizing::new)
        .map_err(|_| SecurityError::Unreadable)
}

fn cipher(key: &MasterKey, purpose: Purpose) -> Result<Aes256Gcm, SecurityError> {
    let sub_key = key.sub_key(purpose)?;
    Aes256Gcm::new_from_slice(sub_key.as_slice()).map_err(|_| SecurityError::Unsealable)
}

fn split(sealed: &[u8]) -> Option<(KeyId, [u8; NONCE_BYTES], &[u8])> {
    let rest = sealed.strip_prefix(&[VERSION])?;
    let (id, rest) = rest.split_first_chunk::<{ KeyId::BYTES }>()?;
    let (nonce, encrypted) = rest.split_first_chunk::<NONCE_BYTES>()?;
    Some((KeyId::new(*id), *nonce, encrypted))
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use proptest::prelude::*;

    use super::*;

    const PLACE: Place<'_> = Place {
        table: "connections",
        column: "secret_key",
        row_id: "row-1",
        user_id: "user-1",
    };

    fn ring() -> KeyRing {
        MasterKey::generate().unwrap().into()
    }

    fn sealed(ring: &KeyRing, plain: &str) -> Vec<u8> {
        ring.seal(&SecretString::from(plain), &PLACE).unwrap()
    }

    fn is_unreadable(ring: &KeyRing, sealed: &[u8], place: &Place<'_>) -> bool {
        matches!(ring.open(sealed, place), Err(SecurityError::Unreadable))
    }

    #[test]
    fn a_secret_sealed_ten_thousand_times_has_ten_thousand_nonces() {
        let ring = ring();
        let secret = SecretString::from("the same secret");
        let nonces: HashSet<Vec<u8>> = (0..10_000)
            .map(|_| ring.seal(&secret, &PLACE).unwrap()[9..21].to_vec())
            .collect();
        assert_eq!(nonces.len(), 10_000);
    }

    #[test]
    fn a_sealed_secret_is_laid_out_as_said_and_does_not_show_it() {
        let ring = ring();
        let sealed = sealed(&ring, "canary");
        assert_eq!(sealed.len(), 1 + 8 + 12 + "canary".len() + 16);
        assert_eq!(sealed[0], 1);
        assert_eq!(sealed_under(&sealed), Some(ring.newest().id()));
        assert!(!sealed.windows(6).any(|window| window == b"canary"));
    }

    #[test]
    fn any_flipped_byte_and_any_truncation_is_unreadable() {
        let ring = ring();
        let sealed = sealed(&ring, "canary secret");
        for at in 0..sealed.len() {
            for bit in 0..8 {
                let mut flipped = sealed.clone();
                flipped[at] ^= 1 << bit;
                assert!(is_unreadable(&ring, &flipped, &PLACE), "byte {at}");
            }
            assert!(is_unreadable(&ring, &sealed[..at], &PLACE), "length {at}");
        }
        let longer = [sealed.as_slice(), b"x"].concat();
        assert!(is_unreadable(&ring, &longer, &PLACE));
    }

    #[test]
    fn a_secret_copied_to_another_place_is_unreadable() {
        let ring = ring();
        let sealed = sealed(&ring, "canary");
        let elsewhere = [
            Place {
                table: "tokens",
                ..PLACE
            },
            Place {
                column: "passphrase",
                ..PLACE
            },
            Place {
                row_id: "row-2",
                ..PLACE
            },
            Place {
                user_id: "user-2",
                ..PLACE
            },
            Place {
                column: "secret_key|row-1",
                row_id: "",
                ..PLACE
            },
            Place {
                row_id: "row-1u",
                user_id: "ser-1",
                ..PLACE
            },
        ];
        for place in elsewhere {
            assert!(is_unreadable(&ring, &sealed, &place), "{place:?}");
        }
        assert_eq!(
            ring.open(&sealed, &PLACE).unwrap().expose_secret(),
            "canary"
        );
    }

    #[test]
    fn bytes_that_are_no_text_are_unreadable() {
        let ring = ring();
        let aad = PLACE.associated_data();
        let sealed = encrypt(ring.newest(), Purpose::Data, &[0xff, 0xfe], &aad).unwrap();
        assert!(is_unreadable(&ring, &sealed, &PLACE));
    }

    #[test]
    fn a_ring_opens_what_either_key_sealed_and_seals_with_the_newest() {
        let (old, new) = (
            MasterKey::generate().unwrap(),
            MasterKey::generate().unwrap(),
        );
        let text = format!(
            "{},{}",
            new.to_base64().expose_secret(),
            old.to_base64().expose_secret()
        );
        let both = KeyRing::parse(&text).unwrap();
        let (old, new) = (KeyRing::from(old), KeyRing::from(new));
        for alone in [&old, &new] {
            let sealed = sealed(alone, "canary");
            assert_eq!(
                both.open(&sealed, &PLACE).unwrap().expose_secret(),
                "canary"
            );
        }
        let sealed = sealed(&both, "canary");
        assert_eq!(sealed_under(&sealed), Some(new.newest().id()));
        assert!(new.open(&sealed, &PLACE).is_ok());
        assert!(is_unreadable(&old, &sealed, &PLACE));
    }

    proptest! {
        #[test]
        fn what_is_sealed_opens_to_the_same(plain in "\\PC*", row in ".*", user in ".*") {
            let ring = ring();
            let place = Place { row_id: &row, user_id: &user, ..PLACE };
            let sealed = ring.seal(&SecretString::from(plain.as_str()), &place).unwrap();
            let opened = ring.open(&sealed, &place).unwrap();
            prop_assert_eq!(opened.expose_secret(), plain);
        }

        #[test]
        fn noise_is_unreadable(noise in proptest::collection::vec(any::<u8>(), 0..80)) {
            prop_assert!(is_unreadable(&ring(), &noise, &PLACE));
        }
    }
}
