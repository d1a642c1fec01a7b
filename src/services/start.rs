//! Opening the database with the master key that belongs to it.

use secrecy::ExposeSecret;

use crate::config::{Config, KeySource};
use crate::domain::timestamp::Timestamp;
use crate::security::{KeyCheck, KeyRing, SecurityError, key_file};
use crate::storage::{Database, StorageError, key_checks};

/// Why the program cannot start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The master key's file cannot be used.
    #[error(transparent)]
    Key(#[from] SecurityError),
    /// The master key in the environment cannot be used.
    #[error("ENCRYPTION_KEY: {0}")]
    KeyText(SecurityError),
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
    let url = config.database.url.expose_secret();
    let given = given_keys(config)?;
    let db = Database::open(url).await?;
    let keys = match known_checks(&db).await? {
        checks if checks.is_empty() => match given {
            Some(keys) => keys,
            None => made_key(&config.key)?,
        },
        checks => {
            let keys = given.ok_or(StartError::KeyMissing)?;
            if !checks.iter().any(|check| keys.recognises(check)) {
                db.close().await;
                return Err(StartError::WrongKey);
            }
            keys
        }
    };
    db.migrate().await?;
    let check = keys.key_check()?;
    db.write::<_, StorageError, _>(move |db| {
        Box::pin(async move { key_checks::insert(db, &check.key_id, &check.sealed, now.0).await })
    })
    .await?;
    Ok((db, keys))
}

/// The keys that are there already; `None` when the default file has not been made yet.
fn given_keys(config: &Config) -> Result<Option<KeyRing>, StartError> {
    match &config.key {
        KeySource::Text(text) => KeyRing::parse(text.expose_secret())
            .map(Some)
            .map_err(StartError::KeyText),
        KeySource::File(path) => Ok(Some(key_file::load(path)?)),
        KeySource::DataDir(path) if path.exists() => Ok(Some(key_file::load(path)?)),
        KeySource::DataDir(_) => Ok(None),
    }
}

/// Makes the default key file, or reads the one that another start made meanwhile.
fn made_key(source: &KeySource) -> Result<KeyRing, StartError> {
    match source {
        KeySource::DataDir(path) => Ok(key_file::load_or_create(path)?),
        KeySource::Text(_) | KeySource::File(_) => Err(StartError::KeyMissing),
    }
}

/// The records that the database knows its master keys by; none in a new one.
///
/// # Errors
/// [`StorageError::Database`].
pub(super) async fn known_checks(db: &Database) -> Result<Vec<KeyCheck>, StorageError> {
    if !db.has_table("key_checks").await? {
        return Ok(Vec::new());
    }
    let mut reader = db.reader().await?;
    let rows = key_checks::list(&mut reader).await?;
    Ok(rows
        .into_iter()
        .map(|(key_id, sealed)| KeyCheck { key_id, sealed })
        .collect())
}
