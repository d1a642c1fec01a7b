//! Reports of syncs.

use sqlx::AssertSqlSafe;

use super::Connection;
use super::error::StorageError;
use super::sql::places;
use crate::domain::report::SyncReport;
use crate::domain::timestamp::Timestamp;

/// How many reports of a connection are kept.
const KEPT: i64 = 50;
/// How many reports are read by one statement.
const BATCH: usize = 100;

/// Keeps a report, and the newest ones before it as well as those that a batch tells.
///
/// # Errors
/// [`StorageError::Database`].
pub async fn insert(
    db: &mut Connection,
    id: &str,
    report: &SyncReport,
) -> Result<(), StorageError> {
    let json = serde_json::to_string(report).map_err(|_| StorageError::Corrupt("report"))?;
    sqlx::query(
        "INSERT INTO sync_runs (id, connection_id, started_at, report) VALUES ($1, $2, $3, $4)",
    )
    .bind(id)
    .bind(&report.account_id)
    .bind(report.started_at.0)
    .bind(json)
    .execute(&mut *db)
    .await?;
    // With the number in the text: SQLite would plan anew for every number that is bound.
    let sql = format!(
        "DELETE FROM sync_runs WHERE connection_id = $1 AND started_at < \
         (SELECT started_at FROM sync_runs WHERE connection_id = $1 \
         ORDER BY started_at DESC LIMIT 1 OFFSET {}) AND id NOT IN (SELECT run_id \
         FROM sync_batch_items WHERE connection_id = $1 AND run_id IS NOT NULL)",
        KEPT - 1
    );
    let query = sqlx::query(AssertSqlSafe(sql)).bind(&report.account_id);
    query.execute(db).await?;
    Ok(())
}

/// The newest reports of a person's connection.
///
/// # Errors
/// [`StorageError::Database`], [`StorageError::Corrupt`].
pub async fn list(
    db: &mut Connection,
    user_id: &str,
    connection_id: &str,
    limit: i64,
) -> Result<Vec<SyncReport>, StorageError> {
    let sql = "SELECT r.report FROM sync_runs r JOIN connections c ON c.id = r.connection_id \
               WHERE r.connection_id = $1 AND c.user_id = $2 \
               ORDER BY r.started_at DESC, r.id LIMIT $3";
    let rows: Vec<String> = sqlx::query_scalar(sql)
        .bind(connection_id)
        .bind(user_id)
        .bind(limit)
        .fetch_all(db)
        .await?;
    rows.iter().map(|json| read(json)).collect()
}

/// Reports of a person's connections, or of one of them, with their ids: so many after a connection,
/// a moment and an id, by connection, oldest first.
///
/// # Errors
/// [`StorageError::Database`], [`StorageError::Corrupt`].
pub async fn list_page(
    db: &mut Connection,
    user_id: &str,
    only: Option<&str>,
    after: (&str, Timestamp, &str),
    limit: i64,
) -> Result<Vec<(String, SyncReport)>, StorageError> {
    let sql = "SELECT r.id, r.report FROM connections c JOIN sync_runs r ON r.connection_id = c.id \
               WHERE c.user_id = $1 AND c.id = COALESCE($2, c.id) \
               AND (r.connection_id > $3 OR (r.connection_id = $3 AND (r.started_at > $4 \
               OR (r.started_at = $4 AND r.id > $5)))) \
               ORDER BY r.connection_id, r.started_at, r.id LIMIT $6";
    let rows: Vec<(String, String)> = sqlx::query_as(sql)
        .bind(user_id)
        .bind(only)
        .bind(after.0)
        .bind(after.1.0)
        .bind(after.2)
        .bind(limit)
        .fetch_all(db)
        .await?;
    let report = |(id, json): (String, String)| Ok((id, read(&json)?));
    rows.into_iter().map(report).collect()
}

/// The ids of the reports of a person's syncs that began at a moment or later, oldest first.
///
/// # Errors
/// [`StorageError::Database`].
pub async fn list_ids_since(
    db: &mut Connection,
    user_id: &str,
    since: Timestamp,
) -> Result<Vec<String>, StorageError> {
    let sql = "SELECT r.id FROM connections c JOIN sync_runs r ON r.connection_id = c.id \
               WHERE c.user_id = $1 AND r.started_at >= $2 ORDER BY r.started_at, r.id";
    let query = sqlx::query_scalar(sql).bind(user_id).bind(since.0);
    Ok(query.fetch_all(db).await?)
}

/// The reports of a person's syncs of these ids, oldest first.
///
/// # Errors
/// [`StorageError::Database`], [`StorageError::Corrupt`].
pub async fn list_of_ids(
    db: &mut Connection,
    user_id: &str,
    ids: &[String],
) -> Result<Vec<(String, SyncReport)>, StorageError> {
    let mut reports = Vec::new();
    for batch in ids.chunks(BATCH) {
        let sql = format!(
            "SELECT r.id, r.report FROM connections c JOIN sync_runs r ON r.connection_id = c.id \
             WHERE c.user_id = $1 AND r.id IN ({}) ORDER BY r.started_at, r.id",
            places(2, batch.len())
        );
        let query = sqlx::query_as(AssertSqlSafe(sql)).bind(user_id);
        let query = batch.iter().fold(query, |query, id| query.bind(id));
        let rows: Vec<(String, String)> = query.fetch_all(&mut *db).await?;
        for (id, json) in rows {
            reports.push((id, read(&json)?));
        }
    }
    Ok(reports)
}

/// One report, if it is of a person's connection.
///
/// # Errors
/// [`StorageError::Database`], [`StorageError::Corrupt`].
pub async fn find(
    db: &mut Connection,
    user_id: &str,
    id: &str,
) -> Result<Option<SyncReport>, StorageError> {
    let sql = "SELECT r.report FROM sync_runs r JOIN connections c ON c.id = r.connection_id \
               WHERE r.id = $1 AND c.user_id = $2";
    let row: Option<String> = sqlx::query_scalar(sql)
        .bind(id)
        .bind(user_id)
        .fetch_optional(db)
        .await?;
    row.map(|json| read(&json)).transpose()
}

pub(super) fn read(json: &str) -> Result<SyncReport, StorageError> {
    serde_json::from_str(json).map_err(|_| StorageError::Corrupt("report"))
}
