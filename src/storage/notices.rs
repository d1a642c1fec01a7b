//! Notices: what people were told, and what they have read of it.

use super::Connection as Db;
use super::error::StorageError;
use crate::domain::event::{Event, Told};
use crate::domain::timestamp::Timestamp;

/// How many notices of a person are kept.
const KEPT: i64 = 200;

#[derive(sqlx::FromRow)]
struct Row {
    id: String,
    at: i64,
    body: String,
    read_at: Option<i64>,
}

/// Keeps a notice, unless the person was told the same news before, and the newest ones before it.
/// Answers whether it is new.
///
/// # Errors
/// [`StorageError::Database`].
pub async fn insert(
    db: &mut Db,
    user_id: &str,
    notice: &Told,
    news: &str,
) -> Result<bool, StorageError> {
    let body = serde_json::to_string(&notice.event).map_err(|_| StorageError::Corrupt("event"))?;
    let sql = "INSERT INTO notices (id, user_id, at, code, body, news) \
               VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (user_id, news) DO NOTHING";
    let done = sqlx::query(sql)
        .bind(&notice.id)
        .bind(user_id)
        .bind(notice.at.0)
        .bind(notice.event.code())
        .bind(body)
        .bind(news)
        .execute(&mut *db)
        .await?;
    if done.rows_affected() == 0 {
        return Ok(false);
    }
    let sql = "DELETE FROM notices WHERE user_id = $1 AND id NOT IN \
               (SELECT id FROM notices WHERE user_id = $1 ORDER BY at DESC, id LIMIT $2)";
    sqlx::query(sql)
        .bind(user_id)
        .bind(KEPT)
        .execute(db)
        .await?;
    Ok(true)
}

/// What a person was told, newest first.
///
/// # Errors
/// [`StorageError::Database`], [`StorageError::Corrupt`].
pub async fn list(db: &mut Db, user_id: &str) -> Result<Vec<Told>, StorageError> {
    let sql = "SELECT id, at, body, read_at FROM notices WHERE user_id = $1 ORDER BY at DESC, id";
    let rows: Vec<Row> = sqlx::query_as(sql).bind(user_id).fetch_all(db).await?;
    rows.into_iter().map(read).collect()
}

/// The people who were told the same news.
///
/// # Errors
/// [`StorageError::Database`].
pub async fn list_told(db: &mut Db, news: &str) -> Result<Vec<String>, StorageError> {
    let sql = "SELECT user_id FROM notices WHERE news = $1 ORDER BY user_id";
    Ok(sqlx::query_scalar(sql).bind(news).fetch_all(db).await?)
}

/// How many notices a person has not read.
///
/// # Errors
/// [`StorageError::Database`].
pub async fn count_unread(db: &mut Db, user_id: &str) -> Result<i64, StorageError> {
    let sql = "SELECT CAST(COUNT(*) AS BIGINT) FROM notices \
               WHERE user_id = $1 AND read_at IS NULL";
    Ok(sqlx::query_scalar(sql).bind(user_id).fetch_one(db).await?)
}

/// Marks as read what a person was told up to a moment.
///
/// # Errors
/// [`StorageError::Database`].
pub async fn update_read(
    db: &mut Db,
    user_id: &str,
    until: Timestamp,
    now: Timestamp,
) -> Result<(), StorageError> {
    let sql = "UPDATE notices SET read_at = $3 \
               WHERE user_id = $1 AND read_at IS NULL AND at <= $2";
    sqlx::query(sql)
        .bind(user_id)
        .bind(until.0)
        .bind(now.0)
        .execute(db)
        .await?;
    Ok(())
}

fn read(row: Row) -> Result<Told, StorageError> {
    let event: Event =
        serde_json::from_str(&row.body).map_err(|_| StorageError::Corrupt("notice"))?;
    Ok(Told {
        id: row.id,
        at: Timestamp(row.at),
        event,
        read: row.read_at.is_some(),
    })
}
