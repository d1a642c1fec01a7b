//! Fetching the days before connections were made: what is to be done, by whom, and what came of it.

use super::Connection as Db;
use super::error::StorageError;
use super::leases::Term;
use crate::domain::history::backfill::Backfill;
use crate::domain::timestamp::Timestamp;

const WAITING: &str = "waiting";
const TOLD: &str = "told";
const NOT_AVAILABLE: &str = "not_available";
const GIVEN_UP: &str = "given_up";

/// The right to fetch the days before one connection, which lapses by itself.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Claim {
    /// The connection.
    pub connection_id: String,
    /// Which try this is, from 1: also the number of this claim.
    pub attempts: i64,
}

/// Has the days before a new connection fetched.
///
/// # Errors
/// [`StorageError::Database`].
pub async fn insert(
    db: &mut Db,
    connection_id: &str,
    due_at: Timestamp,
) -> Result<(), StorageError> {
    let sql = "INSERT INTO backfills \
               (connection_id, state, due_at, attempts, lease_until, days, unreadable) \
               VALUES ($1, $2, $3, 0, 0, 0, 0)";
    let query = sqlx::query(sql).bind(connection_id).bind(WAITING);
    query.bind(due_at.0).execute(db).await?;
    Ok(())
}

/// Whether there is anything to fetch now.
///
/// # Errors
/// [`StorageError::Database`].
pub async fn any_due(db: &mut Db, now: Timestamp) -> Result<bool, StorageError> {
    let sql =
        "SELECT connection_id FROM backfills WHERE due_at <= $1 AND lease_until <= $1 LIMIT 1";
    let found: Option<String> = sqlx::query_scalar(sql)
        .bind(now.0)
        .fetch_optional(db)
        .await?;
    Ok(found.is_some())
}

/// Claims what has waited longest. Another process that claims at the same time gets something else,
/// or nothing.
///
/// # Errors
/// [`StorageError::Database`].
pub async fn claim(db: &mut Db, term: Term<'_>) -> Result<Option<Claim>, StorageError> {
    // Who comes second waits for the row, finds it taken, and leaves it.
    let sql = "UPDATE backfills SET lease_holder = $1, lease_until = $2, attempts = attempts + 1 \
               WHERE due_at <= $3 AND lease_until <= $3 AND connection_id IN \
               (SELECT b.connection_id FROM backfills b WHERE b.due_at <= $3 \
               AND b.lease_until <= $3 ORDER BY b.due_at, b.connection_id LIMIT 1) \
               RETURNING connection_id, attempts";
    Ok(sqlx::query_as(sql)
        .bind(term.holder)
        .bind(term.until.0)
        .bind(term.now.0)
        .fetch_optional(db)
        .await?)
}

/// The owner of a claimed connection; `None` when it was deleted.
///
/// # Errors
/// [`StorageError::Database`].
pub async fn find_owner(db: &mut Db, claim: &Claim) -> Result<Option<String>, StorageError> {
    let sql = "SELECT user_id FROM connections WHERE id = $1";
    let query = sqlx::query_scalar(sql).bind(&claim.connection_id);
    Ok(query.fetch_optional(db).await?)
}

/// Gives a claim back to be tried again at a moment, unless another process has claimed it since.
///
/// # Errors
/// [`StorageError::Database`].
pub async fn update_due(
    db: &mut Db,
    claim: &Claim,
    holder: &str,
    due_at: Timestamp,
) -> Result<(), StorageError> {
    let sql = "UPDATE backfills SET due_at = $4, lease_holder = NULL, lease_until = 0 \
               WHERE connection_id = $1 AND lease_holder = $2 AND attempts = $3";
    sqlx::query(sql)
        .bind(&claim.connection_id)
        .bind(holder)
        .bind(claim.attempts)
        .bind(due_at.0)
        .execute(db)
        .await?;
    Ok(())
}

/// Notes how it ended, unless another process has claimed it since or the connection is gone. Answers
/// whether it was noted: only then may the days be kept.
///
/// # Errors
/// [`StorageError::Database`].
pub async fn end(
    db: &mut Db,
    claim: &Claim,
    holder: &str,
    end: Backfill,
) -> Result<bool, StorageError> {
    let number = |n: usize| i64::try_from(n).unwrap_or(i64::MAX);
    let (state, days, unreadable) = match end {
        Backfill::Waiting => (WAITING, 0, 0),
        Backfill::Told { days, unreadable } => (TOLD, number(days), number(unreadable)),
        Backfill::NotAvailable | Backfill::NeverTold => (NOT_AVAILABLE, 0, 0),
        Backfill::GivenUp => (GIVEN_UP, 0, 0),
    };
    let sql = "UPDATE backfills SET state = $4, days = $5, unreadable = $6, due_at = NULL, \
               lease_holder = NULL, lease_until = 0 \
               WHERE connection_id = $1 AND lease_holder = $2 AND attempts = $3";
    let done = sqlx::query(sql)
        .bind(&claim.connection_id)
        .bind(holder)
        .bind(claim.attempts)
        .bind(state)
        .bind(days)
        .bind(unreadable)
        .execute(db)
        .await?;
    Ok(done.rows_affected() == 1)
}

/// Where fetching the days before a person's connection stands; `None` when it was never to be done.
///
/// # Errors
/// [`StorageError::Database`], [`StorageError::Corrupt`].
pub async fn find(
    db: &mut Db,
    user_id: &str,
    connection_id: &str,
) -> Result<Option<Backfill>, StorageError> {
    let sql = "SELECT b.state, b.days, b.unreadable FROM connections c \
               JOIN backfills b ON b.connection_id = c.id WHERE c.user_id = $1 AND c.id = $2";
    let row: Option<(String, i64, i64)> = sqlx::query_as(sql)
        .bind(user_id)
        .bind(connection_id)
        .fetch_optional(db)
        .await?;
    row.map(read).transpose()
}

/// Where that stands for each of a person's connections.
///
/// # Errors
/// [`StorageError::Database`], [`StorageError::Corrupt`].
pub async fn list_of_user(
    db: &mut Db,
    user_id: &str,
) -> Result<Vec<(String, Backfill)>, StorageError> {
    let sql = "SELECT b.connection_id, b.state, b.days, b.unreadable FROM connections c \
               JOIN backfills b ON b.connection_id = c.id WHERE c.user_id = $1 ORDER BY c.id";
    let rows: Vec<(String, String, i64, i64)> =
        sqlx::query_as(sql).bind(user_id).fetch_all(db).await?;
    let backfill = |(id, state, days, unreadable)| Ok((id, read((state, days, unreadable))?));
    rows.into_iter().map(backfill).collect()
}

/// Gives back what a process holds that stops in good order.
///
/// # Errors
/// [`StorageError::Database`].
pub async fn give_back_all(db: &mut Db, holder: &str) -> Result<(), StorageError> {
    let sql = "UPDATE backfills SET lease_holder = NULL, lease_until = 0 WHERE lease_holder = $1";
    sqlx::query(sql).bind(holder).execute(db).await?;
    Ok(())
}

/// Gives back everything, where no other process can hold anything.
///
/// # Errors
/// [`StorageError::Database`].
pub async fn end_leases(db: &mut Db) -> Result<(), StorageError> {
    let sql = "UPDATE backfills SET lease_holder = NULL, lease_until = 0 \
               WHERE lease_holder IS NOT NULL";
    sqlx::query(sql).execute(db).await?;
    Ok(())
}

fn read((state, days, unreadable): (String, i64, i64)) -> Result<Backfill, StorageError> {
    let number = |n: i64| usize::try_from(n).map_err(|_| StorageError::Corrupt("count"));
    Ok(match state.as_str() {
        WAITING => Backfill::Waiting,
        TOLD => Backfill::Told {
            days: number(days)?,
            unreadable: number(unreadable)?,
        },
        NOT_AVAILABLE => Backfill::NotAvailable,
        GIVEN_UP => Backfill::GivenUp,
        _ => return Err(StorageError::Corrupt("state of a backfill")),
    })
}
