//! Counts over everybody's connections: numbers alone, for whoever runs the program.

use super::Connection as Db;
use super::error::StorageError;
use crate::domain::timestamp::Timestamp;

/// How many connections of an exchange have a status.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct StatusCount {
    /// The exchange.
    pub exchange: String,
    /// The status, by its name in the database.
    pub status: String,
    /// How many there are.
    pub count: i64,
}

/// What waits to be synced on an exchange.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Backlog {
    /// The exchange.
    pub exchange: String,
    /// Connections that somebody waits for and nobody syncs.
    pub requested: i64,
    /// Connections whose time has come and that nobody syncs.
    pub due: i64,
    /// Connections that are being synced.
    pub running: i64,
}

/// How many connections there are, by exchange and status.
///
/// # Errors
/// [`StorageError::Database`].
pub async fn count_by_status(db: &mut Db) -> Result<Vec<StatusCount>, StorageError> {
    let sql = "SELECT exchange, status, CAST(COUNT(*) AS BIGINT) AS count FROM connections \
               GROUP BY exchange, status ORDER BY exchange, status";
    Ok(sqlx::query_as(sql).fetch_all(db).await?)
}

/// What waits to be synced at a moment, by exchange.
///
/// # Errors
/// [`StorageError::Database`].
pub async fn backlog(db: &mut Db, now: Timestamp) -> Result<Vec<Backlog>, StorageError> {
    let sql = "SELECT exchange, \
               CAST(COUNT(CASE WHEN lease_until <= $1 THEN requested_at END) AS BIGINT) \
               AS requested, \
               CAST(COUNT(CASE WHEN lease_until <= $1 AND due_at <= $1 THEN 1 END) AS BIGINT) \
               AS due, \
               CAST(COUNT(CASE WHEN lease_until > $1 THEN 1 END) AS BIGINT) AS running \
               FROM connections GROUP BY exchange ORDER BY exchange";
    Ok(sqlx::query_as(sql).bind(now.0).fetch_all(db).await?)
}
