//! Opening the database with the master key that belongs to it.

use std::path::Path;

use secrecy::ExposeSecret;

use crate::config::{Config, KeySource};
use crate::domain::timestamp::Timestamp;
use crate::security::{KeyRing, SecurityError, key_file};
use crate::storage::{Database, StorageError, key_checks};

/// Why the program cannot start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The master key cannot be had.
    #[error(transparent)]
    Key(#[from] SecurityError),
    /// The database cannot be had.
    #[error(transparent)]
    Storage(#[from] StorageError),
    /// The database was made with another master key.
    #[error(
        "the master key is not the one this database was made with: put the right key back into \
         ENCRYPTION_KEY, ENCRYPTION_KEY_FILE or the file master.key under DATA_DIR"
    )]
    WrongKey,
    /// The master key's file is gone though the database needs it.
    #[error(
        "the file master.key under DATA_DIR is missing, but the database needs it: put it back \
         from a backup, or set ENCRYPTION_KEY or ENCRYPTION_KEY_FILE"
    )]
    KeyMissing,
}

/// Opens the database and brings it up to date, after making sure that the master key is its own.
/// A wrong key leaves the database as it was. On a new database the key is made if need be.
///
/// # Errors
/// [`StartError`].
pub async fn open_database(
    config: &Config,
    now: Timestamp,
) -> Result<(Database, KeyRing), StartError> {
    let url = config.storage.database_url.expose_secret();
    let given = given_keys(config)?;
    let db = Database::open(url).await?;
    let keys = match known_checks(&db).await? {
        checks if checks.is_empty() => match given {
            Some(keys) => keys,
            None => new_key_file(&config.storage.data_dir)?,
        },
        checks => {
            let keys = given.ok_or(StartError::KeyMissing)?;
            let known = |(id, sealed): &(String, Vec<u8>)| keys.recognises(id, sealed);
            if !checks.iter().any(known) {
                db.close().await;
                return Err(StartError::WrongKey);
            }
            keys
        }
    };
    db.migrate().await?;
    let (id, sealed) = keys.key_check()?;
    db.write::<_, StorageError, _>(move |db| {
        Box::pin(async move { key_checks::insert(db, &id, &sealed, now.0).await })
    })
    .await?;
    Ok((db, keys))
}

/// The keys that are there already; `None` when the default file has not been made yet.
fn given_keys(config: &Config) -> Result<Option<KeyRing>, SecurityError> {
    match &config.keys.source {
        KeySource::Text(text) => KeyRing::parse(text.expose_secret()).map(Some),
        KeySource::File(path) => key_file::load(path).map(Some),
        KeySource::DataDir => {
            let path = default_file(&config.storage.data_dir);
            if path.exists() { key_file::load(&path).map(Some) } else { Ok(None) }
        }
    }
}

fn new_key_file(data_dir: &Path) -> Result<KeyRing, SecurityError> {
    key_file::create(&default_file(data_dir))
}

fn default_file(data_dir: &Path) -> std::path::PathBuf {
    data_dir.join("master.key")
}

async fn known_checks(db: &Database) -> Result<Vec<(String, Vec<u8>)>, StorageError> {
    if !db.has_table("key_checks").await? {
        return Ok(Vec::new());
    }
    let mut reader = db.reader().await?;
    key_checks::list(&mut reader).await
}
