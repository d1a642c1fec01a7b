//! What the tests of this room share.

use secrecy::SecretString;

/// The text of a fixture.
pub(super) fn fixture(name: &str) -> String {
    let path = format!("{}/src/tests/fixtures/{name}", env!("CARGO_MANIFEST_DIR"));
    std::fs::read_to_string(&path).unwrap_or_else(|e| panic!("{path}: {e}"))
}

/// A secret.
pub(super) fn secret(text: &str) -> SecretString {
    SecretString::from(text.to_owned())
}
