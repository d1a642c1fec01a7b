//! Series of values: where each stands, and what is held back.

use serde::Serialize;
use serde::de::DeserializeOwned;
use sqlx::AssertSqlSafe;

use super::Connection as Db;
use super::error::StorageError;
use super::sql::rows;
use crate::domain::history::quarantine::{Candidate, Standing};
use crate::domain::timestamp::Timestamp;

/// Rows in one statement; SQLite looks every value up among all others.
const BATCH: usize = 300;

/// A series as it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
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
    /// Where it stands.
    pub standing: Standing,
}

#[derive(sqlx::FromRow)]
struct Row {
    id: String,
    portfolio_id: Option<String>,
    version: i64,
    looked_at: i64,
    thinned_at: i64,
    latest: Option<String>,
    unvalued: Option<String>,
    candidate: Option<String>,
}

/// A person's series.
///
/// # Errors
/// [`StorageError::Database`], [`StorageError::Corrupt`].
pub async fn list(db: &mut Db, user_id: &str) -> Result<Vec<SeriesRow>, StorageError> {
    let sql = "SELECT id, portfolio_id, version, looked_at, thinned_at, latest, unvalued, candidate \
               FROM value_series WHERE user_id = $1 ORDER BY id";
    let rows: Vec<Row> = sqlx::query_as(sql).bind(user_id).fetch_all(db).await?;
    rows.into_iter().map(read).collect()
}

/// What is held back of a person's series.
///
/// # Errors
/// [`StorageError::Database`], [`StorageError::Corrupt`].
pub async fn find_candidate(
    db: &mut Db,
    user_id: &str,
    id: &str,
) -> Result<Option<Candidate>, StorageError> {
    let sql = "SELECT candidate FROM value_series WHERE user_id = $1 AND id = $2";
    let found: Option<Option<String>> = sqlx::query_scalar(sql)
        .bind(user_id)
        .bind(id)
        .fetch_optional(db)
        .await?;
    from_json(found.flatten())
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
/// [`StorageError::Database`], [`StorageError::Corrupt`].
pub async fn upsert(db: &mut Db, user_id: &str, series: &[SeriesRow]) -> Result<(), StorageError> {
    for batch in series.chunks(BATCH) {
        let sql = format!(
            "INSERT INTO value_series (id, user_id, portfolio_id, version, looked_at, thinned_at, \
             latest, unvalued, candidate) VALUES {} ON CONFLICT (id) DO UPDATE SET \
             version = excluded.version, looked_at = excluded.looked_at, \
             latest = excluded.latest, unvalued = excluded.unvalued, \
             candidate = excluded.candidate",
            rows(1, batch.len(), 9)
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
                .bind(to_json(row.standing.latest.as_ref())?)
                .bind(to_json(row.standing.unvalued.as_ref())?)
                .bind(to_json(row.standing.candidate.as_ref())?);
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

/// People with a live connection, or something entered by hand, whose history has no point since a
/// moment, and that nobody has brought up to date since another; those who have waited longest first.
///
/// # Errors
/// [`StorageError::Database`].
pub async fn list_people_due(
    db: &mut Db,
    no_point_since: Timestamp,
    not_looked_since: Timestamp,
    limit: i64,
) -> Result<Vec<String>, StorageError> {
    let sql = "SELECT u.id FROM users u LEFT JOIN value_series s ON s.id = u.id \
               WHERE COALESCE(s.looked_at, 0) < $2 AND NOT EXISTS (SELECT 1 FROM value_points p \
               WHERE p.series_id = u.id AND p.at >= $1) AND (EXISTS (SELECT 1 FROM connections c \
               WHERE c.user_id = u.id AND c.environment = 'live') \
               OR EXISTS (SELECT 1 FROM manual_holdings m WHERE m.user_id = u.id)) \
               ORDER BY COALESCE(s.looked_at, 0), u.id LIMIT $3";
    let query = sqlx::query_scalar(sql)
        .bind(no_point_since.0)
        .bind(not_looked_since.0)
        .bind(limit);
    Ok(query.fetch_all(db).await?)
}

fn read(row: Row) -> Result<SeriesRow, StorageError> {
    Ok(SeriesRow {
        id: row.id,
        portfolio_id: row.portfolio_id,
        version: row.version,
        looked_at: row.looked_at,
        thinned_at: row.thinned_at,
        standing: Standing {
            latest: from_json(row.latest)?,
            unvalued: from_json(row.unvalued)?,
            candidate: from_json(row.candidate)?,
        },
    })
}

fn from_json<T: DeserializeOwned>(json: Option<String>) -> Result<Option<T>, StorageError> {
    let parsed = json.map(|json| serde_json::from_str(&json));
    parsed
        .transpose()
        .map_err(|_| StorageError::Corrupt("reading"))
}

fn to_json<T: Serialize>(value: Option<&T>) -> Result<Option<String>, StorageError> {
    value
        .map(serde_json::to_string)
        .transpose()
        .map_err(|_| StorageError::Corrupt("reading"))
}
