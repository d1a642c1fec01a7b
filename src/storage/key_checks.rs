//! Records that tell a right master key from a wrong one.

use super::{Connection, StorageError};

/// All records: key id and sealed constant, newest first.
///
/// # Errors
/// [`StorageError::Database`].
pub async fn list(db: &mut Connection) -> Result<Vec<(String, Vec<u8>)>, StorageError> {
    let sql = "SELECT key_id, sealed FROM key_checks ORDER BY created_at DESC, key_id";
    Ok(sqlx::query_as(sql).fetch_all(db).await?)
}

/// Keeps a record, unless there is one for this key.
///
/// # Errors
/// [`StorageError::Database`].
pub async fn insert(
    db: &mut Connection,
    key_id: &str,
    sealed: &[u8],
    now_ms: i64,
) -> Result<(), StorageError> {
    sqlx::query(
        "INSERT INTO key_checks (key_id, sealed, created_at) VALUES ($1, $2, $3) \
         ON CONFLICT (key_id) DO NOTHING",
    )
    .bind(key_id)
    .bind(sealed)
    .bind(now_ms)
    .execute(db)
    .await?;
    Ok(())
}
