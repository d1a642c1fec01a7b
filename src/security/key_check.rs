//! The key-check record: tells at start whether the master key is the one the database knows.

use super::{
    KeyRing, SecurityError,
    master_key::Purpose,
    sealing::{associated_data, decrypt, encrypt},
};

const CONSTANT: &[u8] = b"coffer key check";

/// What the database keeps to recognise a master key by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyCheck {
    /// The key's id in hex.
    pub key_id: String,
    /// A constant, encrypted under a sub-key that encrypts nothing else.
    pub sealed: Vec<u8>,
}

impl KeyRing {
    /// The record of the newest key.
    ///
    /// # Errors
    /// [`SecurityError::NoRandomness`] when the operating system gives no nonce.
    pub fn key_check(&self) -> Result<KeyCheck, SecurityError> {
        let key_id = self.newest().id().to_string();
        let aad = associated_data(&["key_check", &key_id]);
        let sealed = encrypt(self.newest(), Purpose::Check, CONSTANT, &aad)?;
        Ok(KeyCheck { key_id, sealed })
    }

    /// Whether a key of the ring made this record.
    #[must_use]
    pub fn recognises(&self, check: &KeyCheck) -> bool {
        let aad = associated_data(&["key_check", &check.key_id]);
        decrypt(self, Purpose::Check, &check.sealed, &aad)
            .is_ok_and(|plain| plain.as_slice() == CONSTANT)
    }
}

#[cfg(test)]
mod tests {
    use secrecy::ExposeSecret;

    use super::*;
    use crate::security::MasterKey;

    #[test]
    fn only_the_key_that_made_the_record_is_recognised() {
        let old = MasterKey::generate().unwrap();
        let new = MasterKey::generate().unwrap();
        let text = format!(
            "{},{}",
            new.to_base64().expose_secret(),
            old.to_base64().expose_secret()
        );
        let check = KeyRing::from(old).key_check().unwrap();
        assert!(KeyRing::parse(&text).unwrap().recognises(&check));
        assert!(!KeyRing::from(new).recognises(&check));
    }

    #[test]
    fn a_changed_record_is_not_recognised() {
        let ring = KeyRing::from(MasterKey::generate().unwrap());
        let check = ring.key_check().unwrap();
        assert!(ring.recognises(&check));
        let mut other_id = check.clone();
        other_id.key_id = "0000000000000000".to_owned();
        assert!(!ring.recognises(&other_id));
        for at in 0..check.sealed.len() {
            let mut flipped = check.clone();
            flipped.sealed[at] ^= 1;
            assert!(!ring.recognises(&flipped), "byte {at}");
        }
    }
}
