//! Processes that share the database.

use super::Connection;
use super::error::StorageError;
use crate::domain::timestamp::Timestamp;

/// Notes that a process is alive, forgets those not heard of since `before`, and counts the rest.
///
/// # Errors
/// [`StorageError::Database`].
pub async fn report(
    db: &mut Connection,
    id: &str,
    now: Timestamp,
    before: Timestamp,
) -> Result<i64, StorageError> {
    let sql = "INSERT INTO replicas (id, seen_at) VALUES ($1, $2) \
               ON CONFLICT (id) DO UPDATE SET seen_at = excluded.seen_at";
    sqlx::query(sql)
        .bind(id)
        .bind(now.0)
        .execute(&mut *db)
        .await?;
    let sql = "DELETE FROM replicas WHERE seen_at < $1";
    sqlx::query(sql).bind(before.0).execute(&mut *db).await?;
    let sql = "SELECT CAST(COUNT(*) AS BIGINT) FROM replicas";
    Ok(sqlx::query_scalar(sql).fetch_one(db).await?)
}

/// Forgets a process that stops in good order.
///
/// # Errors
/// [`StorageError::Database`].
pub async fn delete(db: &mut Connection, id: &str) -> Result<(), StorageError> {
    let sql = "DELETE FROM replicas WHERE id = $1";
    sqlx::query(sql).bind(id).execute(db).await?;
    Ok(())
}
