//! Browser sessions. Whoever calls hashes the cookie's value first.

use super::{Connection, StorageError};

/// One session.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct SessionRow {
    /// Hash of the cookie's value.
    pub id_hash: String,
    /// What the session holds, as JSON.
    pub data: String,
    /// When it ends if it stays unused, in epoch milliseconds.
    pub expires_at: i64,
    /// When it ends at the latest, in epoch milliseconds.
    pub ends_at: i64,
    /// Who is signed in with it.
    pub user_id: Option<String>,
    /// When it was made, in epoch milliseconds, if that was kept.
    pub created_at: Option<i64>,
    /// About when it was last used, in epoch milliseconds, if that was kept.
    pub used_at: Option<i64>,
}

/// Makes a session.
///
/// # Errors
/// [`StorageError::Exists`] when the id is taken.
pub async fn insert(db: &mut Connection, row: &SessionRow) -> Result<(), StorageError> {
    sqlx::query(
        "INSERT INTO sessions (id_hash, data, expires_at, ends_at, user_id, created_at, used_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
    )
    .bind(&row.id_hash)
    .bind(&row.data)
    .bind(row.expires_at)
    .bind(row.ends_at)
    .bind(&row.user_id)
    .bind(row.created_at)
    .bind(row.used_at)
    .execute(db)
    .await?;
    Ok(())
}

/// A session that has not ended at `now_ms`.
///
/// # Errors
/// [`StorageError::Database`].
pub async fn find(
    db: &mut Connection,
    id_hash: &str,
    now_ms: i64,
) -> Result<Option<SessionRow>, StorageError> {
    let sql = "SELECT id_hash, data, expires_at, ends_at, user_id, created_at, used_at \
               FROM sessions WHERE id_hash = $1 AND expires_at > $2 AND ends_at > $2";
    Ok(sqlx::query_as(sql)
        .bind(id_hash)
        .bind(now_ms)
        .fetch_optional(db)
        .await?)
}

/// A person's sessions that have not ended at `now_ms`, oldest first.
///
/// # Errors
/// [`StorageError::Database`].
pub async fn list_of_user(
    db: &mut Connection,
    user_id: &str,
    now_ms: i64,
) -> Result<Vec<SessionRow>, StorageError> {
    let sql = "SELECT id_hash, data, expires_at, ends_at, user_id, created_at, used_at \
               FROM sessions WHERE user_id = $1 AND expires_at > $2 AND ends_at > $2 \
               ORDER BY ends_at, id_hash";
    let query = sqlx::query_as(sql).bind(user_id).bind(now_ms);
    Ok(query.fetch_all(db).await?)
}

/// Replaces what a session holds, and whose it is. A session that is gone stays gone.
///
/// # Errors
/// [`StorageError::Database`].
pub async fn update_data(
    db: &mut Connection,
    id_hash: &str,
    data: &str,
    user_id: Option<&str>,
) -> Result<(), StorageError> {
    let sql = "UPDATE sessions SET data = $2, user_id = $3 WHERE id_hash = $1";
    sqlx::query(sql)
        .bind(id_hash)
        .bind(data)
        .bind(user_id)
        .execute(db)
        .await?;
    Ok(())
}

/// Notes that a session was used, which moves its end. A session that is gone stays gone.
///
/// # Errors
/// [`StorageError::Database`].
pub async fn update_expiry(
    db: &mut Connection,
    id_hash: &str,
    expires_at: i64,
    used_at: i64,
) -> Result<(), StorageError> {
    let sql = "UPDATE sessions SET expires_at = $2, used_at = $3 WHERE id_hash = $1";
    sqlx::query(sql)
        .bind(id_hash)
        .bind(expires_at)
        .bind(used_at)
        .execute(db)
        .await?;
    Ok(())
}

/// Ends a session.
///
/// # Errors
/// [`StorageError::Database`].
pub async fn delete(db: &mut Connection, id_hash: &str) -> Result<(), StorageError> {
    sqlx::query("DELETE FROM sessions WHERE id_hash = $1")
        .bind(id_hash)
        .execute(db)
        .await?;
    Ok(())
}

/// Removes sessions that have ended.
///
/// # Errors
/// [`StorageError::Database`].
pub async fn delete_ended(db: &mut Connection, now_ms: i64) -> Result<(), StorageError> {
    let sql = "DELETE FROM sessions WHERE expires_at <= $1 OR ends_at <= $1";
    sqlx::query(sql).bind(now_ms).execute(db).await?;
    Ok(())
}
