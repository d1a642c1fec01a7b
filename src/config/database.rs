//! Where the data is.

use std::{fmt::Write, path::Path};

use reqwest::Url;
use secrecy::SecretString;

use super::reader::Reader;

/// Which database holds the data.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DatabaseKind {
    /// A SQLite file.
    Sqlite,
    /// A PostgreSQL server.
    Postgres,
}

/// The database.
#[derive(Clone, Debug)]
pub struct DatabaseConfig {
    /// `DATABASE_URL`: `sqlite://path` or `postgres://…`, which may hold a password. By default
    /// `coffer.db` under `DATA_DIR`.
    pub url: SecretString,
    /// What the address says it is.
    pub kind: DatabaseKind,
}

impl DatabaseConfig {
    pub(super) fn read(reader: &mut Reader<'_>, data_dir: &Path) -> Self {
        let expected = "an address such as sqlite://data/coffer.db or \
                        postgres://user:password@host/name is expected";
        reader
            .parsed("DATABASE_URL", expected, |text| {
                let kind = kind_of(text)?;
                let url = SecretString::from(text);
                Some(Self { url, kind })
            })
            .unwrap_or_else(|| Self {
                url: SecretString::from(sqlite_url(&data_dir.join("coffer.db"))),
                kind: DatabaseKind::Sqlite,
            })
    }
}

fn kind_of(text: &str) -> Option<DatabaseKind> {
    Url::parse(text).ok()?;
    let (scheme, rest) = text.split_once("://")?;
    let path = rest.split('?').next()?;
    match scheme {
        "sqlite" if !path.is_empty() && !path.ends_with('/') => Some(DatabaseKind::Sqlite),
        "postgres" | "postgresql" if !rest.is_empty() => Some(DatabaseKind::Postgres),
        _ => None,
    }
}

/// The file's address; characters that mean something in an address are escaped.
fn sqlite_url(path: &Path) -> String {
    let mut url = String::from("sqlite://");
    for byte in path.to_string_lossy().bytes() {
        if byte.is_ascii_alphanumeric() || b"/-._~".contains(&byte) {
            url.push(char::from(byte));
        } else {
            // Writing into a `String` does not fail.
            let _ = write!(url, "%{byte:02X}");
        }
    }
    url
}
