//! What can go wrong with keys, sealed secrets and passwords; no variant carries a secret.

use std::{io, path::PathBuf};

/// An error of this room. Its sentences are for the operator, and never hold a key or a password.
#[derive(Debug, thiserror::Error)]
pub enum SecurityError {
    /// A sealed secret that cannot be opened, for whatever reason: that is all anyone learns.
    #[error("this stored secret cannot be read")]
    Unreadable,
    /// A secret that cannot be sealed.
    #[error("this secret cannot be sealed")]
    Unsealable,
    /// The operating system refused to give random bytes.
    #[error("the operating system gives no random bytes")]
    NoRandomness(#[source] getrandom::Error),
    /// A password longer than [`super::MAX_PASSWORD_BYTES`].
    #[error("the password is longer than 1024 bytes")]
    PasswordTooLong,
    /// The password hash could not be computed.
    #[error("the password could not be hashed")]
    Hashing,

    /// The text holds no key, or has an empty place in the list.
    #[error("key {position} is empty; make one with `openssl rand -base64 32`")]
    KeyEmpty {
        /// Place in the list, from 1.
        position: usize,
    },
    /// The key is the example's placeholder.
    #[error("key {position} is the example's placeholder; make one with `openssl rand -base64 32`")]
    KeyPlaceholder {
        /// Place in the list, from 1.
        position: usize,
    },
    /// The key is not base64.
    #[error("key {position} is not standard base64; make one with `openssl rand -base64 32`")]
    KeyNotBase64 {
        /// Place in the list, from 1.
        position: usize,
    },
    /// The key has the wrong length.
    #[error(
        "key {position} has {bytes} bytes where 32 are wanted; make one with `openssl rand -base64 32`"
    )]
    KeyLength {
        /// Place in the list, from 1.
        position: usize,
        /// Bytes it has.
        bytes: usize,
    },
    /// The key is one byte over and over.
    #[error("key {position} is not random; make one with `openssl rand -base64 32`")]
    KeyNotRandom {
        /// Place in the list, from 1.
        position: usize,
    },
    /// The key stands in the list twice.
    #[error("key {position} stands in the list twice; remove one of the two")]
    KeyRepeated {
        /// Place of the second, from 1.
        position: usize,
    },

    /// There is no key file.
    #[error("there is no key file {}", path.display())]
    KeyFileMissing {
        /// The file.
        path: PathBuf,
    },
    /// A key file must not be replaced: what it sealed would be lost.
    #[error("the key file {} exists already and is left as it is", path.display())]
    KeyFileExists {
        /// The file.
        path: PathBuf,
    },
    /// The path is a directory, a pipe or a device.
    #[error("the key file {} is not an ordinary file", path.display())]
    KeyFileNotAFile {
        /// The file.
        path: PathBuf,
    },
    /// Others than the owner may open the file.
    #[error(
        "the key file {0} can be opened by others (mode {mode:04o}); run `chmod 600 {0}`",
        path.display()
    )]
    KeyFileOpenToOthers {
        /// The file.
        path: PathBuf,
        /// Its permission bits.
        mode: u32,
    },
    /// The file is far too long, or is not text.
    #[error("the key file {} does not look like a key: 32 bytes in base64 are wanted", path.display())]
    KeyFileNotText {
        /// The file.
        path: PathBuf,
    },
    /// The file's content is not a key ring.
    #[error("the key file {} cannot be used: {source}", path.display())]
    KeyFileContent {
        /// The file.
        path: PathBuf,
        /// What is wrong with the keys in it.
        source: Box<SecurityError>,
    },
    /// The file could not be read or made.
    #[error("the key file {} could not be {deed}; check the owner and mode of it and its folder", path.display())]
    KeyFileIo {
        /// The file.
        path: PathBuf,
        /// `read` or `made`.
        deed: &'static str,
        /// What the operating system said.
        source: io::Error,
    },
}
