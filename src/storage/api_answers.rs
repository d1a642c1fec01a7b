//! Answers to calls that may be sent again under the same key. Whoever calls hashes key and call.

use super::{Connection as Db, StorageError};
use crate::domain::timestamp::Timestamp;

/// What is known of a key.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct AnswerRow {
    /// The hash of the call that the key came with first.
    pub call_hash: String,
    /// The status it was answered with; `None` while it is under way.
    pub status: Option<i64>,
    /// The answer as JSON; `None` while it is under way.
    pub body: Option<String>,
}

/// A call that took a key and is not answered yet.
#[derive(Clone, Copy, Debug)]
pub struct UnderWay<'a> {
    /// The person.
    pub user_id: &'a str,
    /// The hash of the key.
    pub key_hash: &'a str,
    /// When it is taken for dead, as it was told to [`insert`].
    pub until: Timestamp,
}

/// Takes a key for a call that begins now. Answers whether it was free.
///
/// # Errors
/// [`StorageError::Database`].
pub async fn insert(
    db: &mut Db,
    user_id: &str,
    key_hash: &str,
    call_hash: &str,
    until: Timestamp,
) -> Result<bool, StorageError> {
    let sql = "INSERT INTO api_answers (user_id, key_hash, call_hash, until) \
               VALUES ($1, $2, $3, $4) ON CONFLICT (user_id, key_hash) DO NOTHING";
    let query = sqlx::query(sql).bind(user_id).bind(key_hash);
    let done = query.bind(call_hash).bind(until.0).execute(db).await?;
    Ok(done.rows_affected() == 1)
}

/// What is known of a person's key.
///
/// # Errors
/// [`StorageError::Database`].
pub async fn find(
    db: &mut Db,
    user_id: &str,
    key_hash: &str,
) -> Result<Option<AnswerRow>, StorageError> {
    let sql = "SELECT call_hash, status, body FROM api_answers \
               WHERE user_id = $1 AND key_hash = $2";
    let query = sqlx::query_as(sql).bind(user_id).bind(key_hash);
    Ok(query.fetch_optional(db).await?)
}

/// Keeps the answer to a call that is under way, until that moment.
///
/// # Errors
/// [`StorageError::Database`].
pub async fn update(
    db: &mut Db,
    call: UnderWay<'_>,
    status: u16,
    body: &str,
    until: Timestamp,
) -> Result<(), StorageError> {
    let sql = "UPDATE api_answers SET status = $4, body = $5, until = $6 \
               WHERE user_id = $1 AND key_hash = $2 AND until = $3 AND status IS NULL";
    sqlx::query(sql)
        .bind(call.user_id)
        .bind(call.key_hash)
        .bind(call.until.0)
        .bind(i64::from(status))
        .bind(body)
        .bind(until.0)
        .execute(db)
        .await?;
    Ok(())
}

/// Gives the key of a call that is under way back, so that it may come with a call again.
///
/// # Errors
/// [`StorageError::Database`].
pub async fn delete(db: &mut Db, call: UnderWay<'_>) -> Result<(), StorageError> {
    let sql = "DELETE FROM api_answers \
               WHERE user_id = $1 AND key_hash = $2 AND until = $3 AND status IS NULL";
    sqlx::query(sql)
        .bind(call.user_id)
        .bind(call.key_hash)
        .bind(call.until.0)
        .execute(db)
        .await?;
    Ok(())
}

/// Forgets answers whose time is over.
///
/// # Errors
/// [`StorageError::Database`].
pub async fn delete_ended(db: &mut Db, now: Timestamp) -> Result<(), StorageError> {
    let sql = "DELETE FROM api_answers WHERE until <= $1";
    sqlx::query(sql).bind(now.0).execute(db).await?;
    Ok(())
}
