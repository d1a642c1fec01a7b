//! Why storage did not do as asked.

use std::sync::Arc;

/// Why storage did not do as asked.
#[derive(Debug, thiserror::Error)]
pub enum StorageError {
    /// A row with this unique value is there already.
    #[error("such a row exists already")]
    Exists,
    /// The database does not answer, or refuses.
    #[error("the database does not answer as it should: check DATABASE_URL, and that it runs")]
    Database(#[source] sqlx::Error),
    /// What several wrote together could not be committed: nobody's work stays.
    #[error("what was written could not be kept: check the disk of DATA_DIR")]
    Together(#[source] Arc<sqlx::Error>),
    /// A stored value is not what was written.
    #[error("a stored {0} cannot be read")]
    Corrupt(&'static str),
    /// The database was made by a newer version of the program.
    #[error("the database was made by a newer version of Coffer: run that version")]
    Newer,
    /// A migration could not be applied.
    #[error("the database could not be brought up to date")]
    Migration(#[source] sqlx::migrate::MigrateError),
    /// The file or folder of the database cannot be made or opened.
    #[error("the database file cannot be made or opened: check DATA_DIR and DATABASE_URL")]
    File(#[source] std::io::Error),
    /// The work was stopped because the program is stopping.
    #[error("the program is stopping")]
    Stopping,
}

impl From<sqlx::Error> for StorageError {
    fn from(error: sqlx::Error) -> Self {
        match &error {
            sqlx::Error::Database(inner) if inner.is_unique_violation() => Self::Exists,
            _ => Self::Database(error),
        }
    }
}
