//! Series of values: where each stands, and what is held back.

use sqlx::AssertSqlSafe;

use super::Connection as Db;
use super::error::StorageError;
use super::sql::rows;
use crate::domain::timestamp::Timestamp;

/// Rows in one statement; SQLite looks every value up among all others.
const BATCH: usize = 300;

/// A series as it is kept.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct SeriesRow {
    /// The portfolio's id, or the person's where it is of all portfolios together.
    pub id: String,
    /// The portfolio.
    pub portfolio_id: Option<String>,
    /// Goes up with every change.
    pub version: i64,
    /// When it was last brought up to date, in epoch milliseconds, whether or not a point came of
    /// it.
    pub looked_at: i64,
    /// When its points were last thinned, in epoch milliseconds.
    pub thinned_at: i64,
    /// What its newest point was made of, as JSON.
    pub latest: Option<String>,
    /// What is held back, as JSON.
    pub candidate: Option<String>,
}

/// A person's series.
///
/// # Errors
/// [`StorageError::Database`].
pub async fn list(db: &mut Db, user_id: &str) -> Result<Vec<SeriesRow>, StorageError> {
    let sql = "SELECT id, portfolio_id, version, looked_at, thinned_at, latest, candidate \
               FROM value_series WHERE user_id = $1 ORDER BY id";
    Ok(sqlx::query_as(sql).bind(user_id).fetch_all(db).await?)
}

/// What is held back of a person's series, as JSON.
///
/// # Errors
/// [`StorageError::Database`].
pub async fn find_candidate(
    db: &mut Db,
    user_id: &str,
    id: &str,
) -> Result<Option<String>, StorageError> {
    let sql = "SELECT candidate FROM value_series WHERE user_id = $1 AND id = $2";
    let found: Option<Option<String>> = sqlx::query_scalar(sql)
        .bind(user_id)
        .bind(id)
        .fetch_optional(db)
        .await?;
    Ok(found.flatten())
}

/// How often a series was changed; 0 when there is none.
///
/// # Errors
/// [`StorageError::Database`].
pub async fn find_version(db: &mut Db, id: &str) -> Result<i64, StorageError> {
    let sql = "SELECT version FROM value_series WHERE id = $1";
    let found: Option<i64> = sqlx::query_scalar(sql).bind(id).fetch_optional(db).await?;
    Ok(found.unwrap_or_default())
}

/// When a person's series were last thinned, in epoch milliseconds; the one that waits longest
/// counts. `None` when there is none.
///
/// # Errors
/// [`StorageError::Database`].
pub async fn find_thinned_at(db: &mut Db, user_id: &str) -> Result<Option<i64>, StorageError> {
    let sql = "SELECT CAST(MIN(thinned_at) AS BIGINT) FROM value_series WHERE user_id = $1";
    Ok(sqlx::query_scalar(sql).bind(user_id).fetch_one(db).await?)
}

/// Makes a person's series, or brings them up to date. When they were thinned stays.
///
/// # Errors
/// [`StorageError::Database`].
pub async fn upsert(db: &mut Db, user_id: &str, series: &[SeriesRow]) -> Result<(), StorageError> {
    for batch in series.chunks(BATCH) {
        let sql = format!(
            "INSERT INTO value_series (id, user_id, portfolio_id, version, looked_at, thinned_at, \
             latest, candidate) VALUES {} ON CONFLICT (id) DO UPDATE SET \
             version = excluded.version, looked_at = excluded.looked_at, \
             latest = excluded.latest, candidate = excluded.candidate",
            rows(1, batch.len(), 8)
        );
        let mut query = sqlx::query(AssertSqlSafe(sql)).persistent(false);
        for row in batch {
            query = query
                .bind(&row.id)
                .bind(user_id)
                .bind(&row.portfolio_id)
                .bind(row.version)
                .bind(row.looked_at)
                .bind(row.thinned_at)
                .bind(&row.latest)
                .bind(&row.candidate);
        }
        query.execute(&mut *db).await?;
    }
    Ok(())
}

/// Notes that a person's series were thinned.
///
/// # Errors
/// [`StorageError::Database`].
pub async fn update_thinned(
    db: &mut Db,
    user_id: &str,
    now: Timestamp,
) -> Result<(), StorageError> {
    let sql = "UPDATE value_series SET thinned_at = $2 WHERE user_id = $1";
    sqlx::query(sql)
        .bind(user_id)
        .bind(now.0)
        .execute(db)
        .await?;
    Ok(())
}

/// People with a live connection, or something entered by hand, whose history nobody has brought up to date since a moment, those
/// who have waited longest first.
///
/// # Errors
/// [`StorageError::Database`].
pub async fn list_people_due(
    db: &mut Db,
    since: Timestamp,
    limit: i64,
) -> Result<Vec<String>, StorageError> {
    let sql = "SELECT u.id FROM users u LEFT JOIN value_series s ON s.id = u.id \
               WHERE COALESCE(s.looked_at, 0) < $1 AND (EXISTS (SELECT 1 FROM connections c \
               WHERE c.user_id = u.id AND c.environment = 'live') \
               OR EXISTS (SELECT 1 FROM manual_holdings m WHERE m.user_id = u.id)) \
               ORDER BY COALESCE(s.looked_at, 0), u.id LIMIT $2";
    let query = sqlx::query_scalar(sql).bind(since.0).bind(limit);
    Ok(query.fetch_all(db).await?)
}

/// The connections of a person and the portfolio each stands in.
///
/// # Errors
/// [`StorageError::Database`].
pub async fn list_connected(
    db: &mut Db,
    user_id: &str,
) -> Result<Vec<(String, String)>, StorageError> {
    let sql = "SELECT id, portfolio_id FROM connections WHERE user_id = $1";
    Ok(sqlx::query_as(sql).bind(user_id).fetch_all(db).await?)
}
