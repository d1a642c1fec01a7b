//! Keys as the clients use them.

use std::fmt;

use secrecy::SecretString;

/// An API key with its secrets. Wiped when dropped, never printed.
pub struct Credentials {
    /// The public part, sent with every request.
    pub api_key: SecretString,
    /// What signs.
    pub secret_key: SecretString,
    /// Chosen when the key was made, on the exchanges that have one.
    pub passphrase: Option<SecretString>,
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Credentials(..)")
    }
}
