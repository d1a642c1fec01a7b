//! Pauses: until when nobody calls an exchange's host.

use std::collections::HashMap;

use super::Connection;
use super::error::StorageError;
use crate::domain::timestamp::Timestamp;

/// Pauses a place. A pause that is there already is never shortened.
///
/// # Errors
/// [`StorageError::Database`].
pub async fn upsert(
    db: &mut Connection,
    place: &str,
    until: Timestamp,
) -> Result<(), StorageError> {
    let sql = "INSERT INTO pauses (place, until_at) VALUES ($1, $2) ON CONFLICT (place) DO UPDATE \
               SET until_at = CASE WHEN excluded.until_at > pauses.until_at \
               THEN excluded.until_at ELSE pauses.until_at END";
    sqlx::query(sql)
        .bind(place)
        .bind(until.0)
        .execute(db)
        .await?;
    Ok(())
}

/// Until when a place is paused, or was.
///
/// # Errors
/// [`StorageError::Database`].
pub async fn find(db: &mut Connection, place: &str) -> Result<Option<Timestamp>, StorageError> {
    let sql = "SELECT until_at FROM pauses WHERE place = $1";
    let until: Option<i64> = sqlx::query_scalar(sql)
        .bind(place)
        .fetch_optional(db)
        .await?;
    Ok(until.map(Timestamp))
}

/// Every pause that is not over.
///
/// # Errors
/// [`StorageError::Database`].
pub async fn list(
    db: &mut Connection,
    now: Timestamp,
) -> Result<HashMap<String, Timestamp>, StorageError> {
    let sql = "SELECT place, until_at FROM pauses WHERE until_at > $1";
    let rows: Vec<(String, i64)> = sqlx::query_as(sql).bind(now.0).fetch_all(db).await?;
    Ok(rows
        .into_iter()
        .map(|(place, until)| (place, Timestamp(until)))
        .collect())
}

/// Removes the pauses that are over.
///
/// # Errors
/// [`StorageError::Database`].
pub async fn delete_over(db: &mut Connection, now: Timestamp) -> Result<(), StorageError> {
    let sql = "DELETE FROM pauses WHERE until_at <= $1";
    sqlx::query(sql).bind(now.0).execute(db).await?;
    Ok(())
}
