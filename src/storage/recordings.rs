//! What exchanges last answered, redacted: one recording per connection.

use super::Connection;
use super::error::StorageError;
use crate::domain::exchange::ExchangeId;
use crate::domain::timestamp::Timestamp;

/// A recording as it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kept {
    /// When the newest answers came.
    pub taken_at: Timestamp,
    /// The answers as JSON.
    pub answers: String,
}

#[derive(sqlx::FromRow)]
struct Row {
    exchange: String,
    taken_at: Option<i64>,
    answers: Option<String>,
}

/// Keeps the answers of a connection in place of those before.
///
/// # Errors
/// [`StorageError::Database`].
pub async fn upsert(
    db: &mut Connection,
    connection_id: &str,
    kept: &Kept,
) -> Result<(), StorageError> {
    let sql = "INSERT INTO recordings (connection_id, taken_at, answers) VALUES ($1, $2, $3) \
               ON CONFLICT (connection_id) DO UPDATE SET taken_at = excluded.taken_at, \
               answers = excluded.answers";
    sqlx::query(sql)
        .bind(connection_id)
        .bind(kept.taken_at.0)
        .bind(&kept.answers)
        .execute(db)
        .await?;
    Ok(())
}

/// The answers of a connection as JSON, if any were kept.
///
/// # Errors
/// [`StorageError::Database`].
pub async fn find_answers(
    db: &mut Connection,
    connection_id: &str,
) -> Result<Option<String>, StorageError> {
    let sql = "SELECT answers FROM recordings WHERE connection_id = $1";
    Ok(sqlx::query_scalar(sql)
        .bind(connection_id)
        .fetch_optional(db)
        .await?)
}

/// The exchange of a person's connection, and its recording if there is one. `None` when there is
/// no such connection.
///
/// # Errors
/// [`StorageError::Database`].
pub async fn find(
    db: &mut Connection,
    user_id: &str,
    connection_id: &str,
) -> Result<Option<(ExchangeId, Option<Kept>)>, StorageError> {
    let sql = "SELECT c.exchange, r.taken_at, r.answers FROM connections c \
               LEFT JOIN recordings r ON r.connection_id = c.id \
               WHERE c.user_id = $1 AND c.id = $2";
    let row: Option<Row> = sqlx::query_as(sql)
        .bind(user_id)
        .bind(connection_id)
        .fetch_optional(db)
        .await?;
    Ok(row.map(|row| {
        let kept = row.taken_at.zip(row.answers);
        let kept = kept.map(|(taken_at, answers)| Kept {
            taken_at: Timestamp(taken_at),
            answers,
        });
        (ExchangeId::new(&row.exchange), kept)
    }))
}

/// The recordings of a person's connections, each with its connection and exchange: so many after a
/// connection, by connection.
///
/// # Errors
/// [`StorageError::Database`].
pub async fn list_page(
    db: &mut Connection,
    user_id: &str,
    after: &str,
    limit: i64,
) -> Result<Vec<(String, ExchangeId, Kept)>, StorageError> {
    let sql = "SELECT c.id, c.exchange, r.taken_at, r.answers FROM connections c \
               JOIN recordings r ON r.connection_id = c.id \
               WHERE c.user_id = $1 AND c.id > $2 ORDER BY c.id LIMIT $3";
    let rows: Vec<(String, String, i64, String)> = sqlx::query_as(sql)
        .bind(user_id)
        .bind(after)
        .bind(limit)
        .fetch_all(db)
        .await?;
    let read = |(id, exchange, taken_at, answers): (String, String, i64, String)| {
        let kept = Kept {
            taken_at: Timestamp(taken_at),
            answers,
        };
        (id, ExchangeId::new(&exchange), kept)
    };
    Ok(rows.into_iter().map(read).collect())
}
