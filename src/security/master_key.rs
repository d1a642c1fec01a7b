//! A master key, its id, and the sub-keys derived from it.

use std::fmt;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use hkdf::Hkdf;
use secrecy::SecretString;
use sha2::Sha256;
use zeroize::Zeroizing;

use super::{SecurityError, random_bytes};

/// Bytes of a master key.
pub const KEY_BYTES: usize = 32;

/// Which master key sealed a secret: 8 bytes derived from the key, which do not give it away.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct KeyId([u8; KeyId::BYTES]);

impl KeyId {
    pub(super) const BYTES: usize = 8;

    pub(super) const fn new(bytes: [u8; Self::BYTES]) -> Self {
        Self(bytes)
    }

    pub(super) const fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

/// Sixteen lowercase hex digits.
impl fmt::Display for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(self.0))
    }
}

/// A 256-bit master key. Wiped when dropped, never printed. It encrypts nothing itself: each use
/// has a sub-key of its own.
pub struct MasterKey {
    id: KeyId,
    bytes: Zeroizing<[u8; KEY_BYTES]>,
}

/// What a sub-key is for: the info of its derivation.
#[derive(Clone, Copy)]
pub(super) enum Purpose {
    Id,
    Data,
    Check,
}

impl Purpose {
    const fn info(self) -> &'static [u8] {
        match self {
            Self::Id => b"coffer key id v1",
            Self::Data => b"coffer data v1",
            Self::Check => b"coffer key check v1",
        }
    }
}

impl MasterKey {
    /// A new random key.
    ///
    /// # Errors
    /// [`SecurityError::NoRandomness`] when the operating system gives no random bytes.
    pub fn generate() -> Result<Self, SecurityError> {
        Self::new(Zeroizing::new(random_bytes()?))
    }

    pub(super) fn new(bytes: Zeroizing<[u8; KEY_BYTES]>) -> Result<Self, SecurityError> {
        let id = KeyId(*derive(&bytes, Purpose::Id)?);
        Ok(Self { id, bytes })
    }

    /// The key's id.
    #[must_use]
    pub const fn id(&self) -> KeyId {
        self.id
    }

    /// The key as [`KeyRing::parse`] reads it, to be kept by the operator.
    #[must_use]
    pub fn to_base64(&self) -> SecretString {
        SecretString::from(STANDARD.encode(self.bytes.as_slice()))
    }

    pub(super) fn sub_key(
        &self,
        purpose: Purpose,
    ) -> Result<Zeroizing<[u8; KEY_BYTES]>, SecurityError> {
        derive(&self.bytes, purpose)
    }
}

fn derive<const N: usize>(
    key: &[u8; KEY_BYTES],
    purpose: Purpose,
) -> Result<Zeroizing<[u8; N]>, SecurityError> {
    let mut derived = Zeroizing::new([0; N]);
    Hkdf::<Sha256>::new(None, key)
        .expand(purpose.info(), derived.as_mut_slice())
        .map_err(|_| SecurityError::Unsealable)?;
    Ok(derived)
}

impl fmt::Debug for MasterKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("MasterKey(..)")
    }
}

#[cfg(test)]
mod tests {
    use secrecy::ExposeSecret;

    use super::*;
    use crate::security::KeyRing;

    #[test]
    fn new_keys_differ_and_read_back() {
        let (one, other) = (
            MasterKey::generate().unwrap(),
            MasterKey::generate().unwrap(),
        );
        assert_ne!(one.id(), other.id());
        let read = KeyRing::parse(one.to_base64().expose_secret()).unwrap();
        assert_eq!(read.newest().id(), one.id());
        assert_eq!(one.id().to_string().len(), 16);
    }
}
