//! Spells of failing: since when a connection was not read, and what its owner knows of it.

use super::Connection as Db;
use super::error::StorageError;
use crate::domain::report::Failure;
use crate::domain::timestamp::Timestamp;

/// A spell in which a connection was not read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Spell {
    /// The owner.
    pub user_id: String,
    /// Since when.
    pub since: Timestamp,
    /// Whether the owner was told that it lasts.
    pub told: bool,
    /// Why it was not read the last time, if that failed too.
    pub last_failure: Option<Failure>,
}

/// Notes that a connection could not be read: the spell it is in, which may begin with this. To be
/// called before the failure itself is noted.
///
/// # Errors
/// [`StorageError::Database`], [`StorageError::Corrupt`].
pub async fn note(db: &mut Db, id: &str, now: Timestamp) -> Result<Option<Spell>, StorageError> {
    let sql = "UPDATE connections SET failing_since = COALESCE(failing_since, $2) WHERE id = $1 \
               RETURNING user_id, failing_since, failing_told, last_failure";
    let row: Option<(String, i64, i64, Option<String>)> = sqlx::query_as(sql)
        .bind(id)
        .bind(now.0)
        .fetch_optional(db)
        .await?;
    let Some((user_id, since, told, last)) = row else {
        return Ok(None);
    };
    let read = |json: String| serde_json::from_str(&json);
    let last = last.map(read).transpose();
    Ok(Some(Spell {
        user_id,
        since: Timestamp(since),
        told: told != 0,
        last_failure: last.map_err(|_| StorageError::Corrupt("failure"))?,
    }))
}

/// Notes that the owner was told that a connection's spell lasts.
///
/// # Errors
/// [`StorageError::Database`].
pub async fn update_told(db: &mut Db, id: &str) -> Result<(), StorageError> {
    let sql = "UPDATE connections SET failing_told = 1 WHERE id = $1";
    sqlx::query(sql).bind(id).execute(db).await?;
    Ok(())
}
