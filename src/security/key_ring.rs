//! The ring of master keys, newest first, that old and new secrets are opened with.

use std::fmt;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use zeroize::Zeroizing;

use super::{KEY_BYTES, KeyId, MasterKey, SecurityError};

/// What `.env.example` shows in place of a key; refused as one.
pub const PLACEHOLDER_KEY: &str = "put-32-random-bytes-in-base64-here";

/// One or more master keys, newest first: the newest seals, all of them open.
pub struct KeyRing {
    newest: MasterKey,
    older: Vec<MasterKey>,
}

impl KeyRing {
    /// Reads keys of 32 bytes in standard base64, comma separated, newest first. Blanks around a
    /// key do not count.
    ///
    /// # Errors
    /// [`SecurityError::KeyEmpty`], [`SecurityError::KeyPlaceholder`],
    /// [`SecurityError::KeyNotBase64`], [`SecurityError::KeyLength`],
    /// [`SecurityError::KeyNotRandom`] and [`SecurityError::KeyRepeated`], each with the key's
    /// position and never its value.
    pub fn parse(text: &str) -> Result<Self, SecurityError> {
        let mut keys = Vec::<MasterKey>::new();
        for (index, part) in text.split(',').enumerate() {
            let position = index + 1;
            let key = parse_key(part.trim(), position)?;
            if keys.iter().any(|other| other.id() == key.id()) {
                return Err(SecurityError::KeyRepeated { position });
            }
            keys.push(key);
        }
        let mut keys = keys.into_iter();
        let newest = keys.next().ok_or(SecurityError::KeyEmpty { position: 1 })?;
        Ok(Self {
            newest,
            older: keys.collect(),
        })
    }

    /// The key that seals.
    #[must_use]
    pub const fn newest(&self) -> &MasterKey {
        &self.newest
    }

    /// The ids of all keys, newest first.
    pub fn ids(&self) -> impl Iterator<Item = KeyId> {
        self.keys().map(MasterKey::id)
    }

    /// Whether secrets sealed under this key can be opened.
    #[must_use]
    pub fn holds(&self, id: KeyId) -> bool {
        self.find(id).is_some()
    }

    pub(super) fn find(&self, id: KeyId) -> Option<&MasterKey> {
        self.keys().find(|key| key.id() == id)
    }

    fn keys(&self) -> impl Iterator<Item = &MasterKey> {
        std::iter::once(&self.newest).chain(&self.older)
    }
}

impl From<MasterKey> for KeyRing {
    fn from(newest: MasterKey) -> Self {
        Self {
            newest,
            older: Vec::new(),
        }
    }
}

impl fmt::Debug for KeyRing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("KeyRing(..)")
    }
}

fn parse_key(text: &str, position: usize) -> Result<MasterKey, SecurityError> {
    if text.is_empty() {
        return Err(SecurityError::KeyEmpty { position });
    }
    if text == PLACEHOLDER_KEY {
        return Err(SecurityError::KeyPlaceholder { position });
    }
    let decoded = STANDARD
        .decode(text)
        .map(Zeroizing::new)
        .map_err(|_| SecurityError::KeyNotBase64 { position })?;
    let mut bytes = Zeroizing::new([0; KEY_BYTES]);
    if decoded.len() != KEY_BYTES {
        let bytes = decoded.len();
        return Err(SecurityError::KeyLength { position, bytes });
    }
    bytes.copy_from_slice(&decoded);
    if bytes.iter().all(|byte| *byte == bytes[0]) {
        return Err(SecurityError::KeyNotRandom { position });
    }
    MasterKey::new(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn base64_of(bytes: &[u8]) -> String {
        STANDARD.encode(bytes)
    }

    fn some_key(seed: u8) -> String {
        base64_of(&std::array::from_fn::<u8, KEY_BYTES, _>(|at| {
            seed.wrapping_add(u8::try_from(at).unwrap())
        }))
    }

    #[test]
    fn a_list_of_keys_is_read_newest_first() {
        let ring = KeyRing::parse(&format!(" {} , {}\n", some_key(1), some_key(2))).unwrap();
        let alone = KeyRing::parse(&some_key(1)).unwrap();
        assert_eq!(ring.ids().count(), 2);
        assert_eq!(ring.newest().id(), alone.newest().id());
        assert!(ring.holds(KeyRing::parse(&some_key(2)).unwrap().newest().id()));
        assert!(!alone.holds(KeyRing::parse(&some_key(2)).unwrap().newest().id()));
    }

    #[test]
    fn what_is_no_key_is_refused_without_showing_it() {
        let short = base64_of(&[7; 31].map(|b: u8| b ^ 3));
        let long = base64_of(&[0x5a; 33]);
        let zero = base64_of(&[0; 32]);
        let same = base64_of(&[0xee; 32]);
        let twice = format!("{0},{0}", some_key(9));
        let gap = format!("{},,{}", some_key(9), some_key(8));
        let unpadded = some_key(9).trim_end_matches('=').to_owned();
        let cases = [
            ("", "key 1 is empty"),
            (" \n", "key 1 is empty"),
            (&gap, "key 2 is empty"),
            (PLACEHOLDER_KEY, "placeholder"),
            ("correct horse battery", "base64"),
            (&unpadded, "base64"),
            (&short, "has 31 bytes where 32"),
            (&long, "has 33 bytes where 32"),
            (&zero, "not random"),
            (&same, "not random"),
            (&twice, "key 2 stands in the list twice"),
        ];
        for (text, said) in cases {
            let error = KeyRing::parse(text).unwrap_err();
            let shown = format!("{error} {error:?}");
            assert!(shown.contains(said), "{shown}");
            for part in text.split(',').filter(|part| part.len() > 2) {
                assert!(!shown.contains(part), "{shown}");
            }
        }
    }

    #[test]
    fn the_placeholder_is_the_one_of_the_example_file() {
        let example = include_str!("../../.env.example");
        let shown = example
            .lines()
            .find_map(|line| {
                line.trim_start_matches('#')
                    .trim()
                    .strip_prefix("ENCRYPTION_KEY=")
            })
            .unwrap();
        assert_eq!(shown, PLACEHOLDER_KEY);
    }

    #[test]
    fn key_ids_stay_what_they_are_between_releases() {
        let ring = KeyRing::parse(&some_key(0)).unwrap();
        assert_eq!(ring.newest().id().to_string(), "13ec5fd1dd82bea2");
    }

    #[test]
    fn debug_shows_nothing_of_a_key() {
        let ring = KeyRing::parse(&some_key(3)).unwrap();
        let shown = format!(
            "{ring:?} {:?} {:#?}",
            ring.newest(),
            ring.newest().to_base64()
        );
        assert!(
            !shown.contains(&some_key(3)) && !shown.contains(char::is_numeric),
            "{shown}"
        );
    }
}
