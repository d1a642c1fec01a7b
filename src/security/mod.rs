//! Sealing of secrets, the key ring, password hashing and tokens.

mod error;
mod key_check;
pub mod key_file;
mod key_ring;
mod master_key;
mod password;
mod password_rules;
mod sealing;
mod tokens;

pub use error::SecurityError;
pub use key_check::KeyCheck;
pub use key_ring::{KeyRing, PLACEHOLDER_KEY};
pub use master_key::{KEY_BYTES, KeyId, MasterKey};
pub use password::{MAX_PASSWORD_BYTES, PasswordHasher, Verdict};
pub use password_rules::{MIN_PASSWORD_CHARS, PasswordProblem, check_strength};
pub use sealing::{Place, sealed_under};
pub use tokens::{is_id, is_same_secret, new_id, random_bytes, sha256_hex};
