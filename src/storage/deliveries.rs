//! Messages to webhooks: those that are to be sent, who sends them, and what came of them.

use super::Connection as Db;
use super::error::StorageError;
use super::leases::Term;
use crate::domain::delivery::{Delivery, Outcome};
use crate::domain::timestamp::Timestamp;

/// How many messages of a person are kept of which nothing more will come.
const ENDED_KEPT: i64 = 100;
/// How many messages of a person wait to be sent at most.
const MOST_WAITING: i64 = 1_000;

/// The right to send a message, which lapses by itself.
#[derive(Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Claim {
    /// The message's id.
    pub id: String,
    /// Whose it is.
    pub user_id: String,
    /// The code of its event.
    pub code: String,
    /// What is sent.
    pub body: String,
    /// Which try this is, from 1: also the number of this claim.
    pub attempts: i64,
}

impl std::fmt::Debug for Claim {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Claim({}, {})", self.id, self.attempts)
    }
}

/// What a try came to.
#[derive(Clone, Copy, Debug)]
pub struct Tried {
    /// What came of it.
    pub outcome: Outcome,
    /// When.
    pub at: Timestamp,
    /// When it is tried again, if it is.
    pub next_try_at: Option<Timestamp>,
}

#[derive(sqlx::FromRow)]
struct Row {
    id: String,
    code: String,
    host: String,
    at: i64,
    attempts: i64,
    tried_at: Option<i64>,
    outcome: Option<String>,
    next_try_at: Option<i64>,
}

/// Keeps a message to be sent at once, if its person has a webhook that is switched on, and the
/// newest of those that ended. Answers whether there is one. Where too many wait already, it is kept
/// as one that is not sent, so that its person sees it among the others; none of those that wait is
/// given up for it.
///
/// # Errors
/// [`StorageError::Database`].
pub async fn insert(
    db: &mut Db,
    user_id: &str,
    id: &str,
    code: &str,
    body: &str,
    now: Timestamp,
) -> Result<bool, StorageError> {
    let sql = "INSERT INTO deliveries \
               (id, user_id, code, body, host, at, attempts, outcome, next_try_at, lease_until) \
               SELECT $1, w.user_id, $3, $4, w.host, $5, 0, \
               CASE WHEN o.waiting >= $6 THEN $7 END, CASE WHEN o.waiting < $6 THEN $5 END, 0 \
               FROM webhooks w CROSS JOIN (SELECT CAST(COUNT(*) AS BIGINT) AS waiting \
               FROM deliveries WHERE user_id = $2 AND next_try_at IS NOT NULL) o \
               WHERE w.user_id = $2 AND w.enabled = 1";
    let done = sqlx::query(sql)
        .bind(id)
        .bind(user_id)
        .bind(code)
        .bind(body)
        .bind(now.0)
        .bind(MOST_WAITING)
        .bind(Outcome::Crowded.as_text())
        .execute(&mut *db)
        .await?;
    if done.rows_affected() == 0 {
        return Ok(false);
    }
    let sql = "DELETE FROM deliveries WHERE user_id = $1 AND next_try_at IS NULL AND id NOT IN \
               (SELECT id FROM deliveries WHERE user_id = $1 AND next_try_at IS NULL \
               ORDER BY at DESC, id LIMIT $2)";
    let query = sqlx::query(sql).bind(user_id).bind(ENDED_KEPT);
    query.execute(db).await?;
    Ok(true)
}

/// A person's messages, newest first.
///
/// # Errors
/// [`StorageError::Database`], [`StorageError::Corrupt`].
pub async fn list(db: &mut Db, user_id: &str) -> Result<Vec<Delivery>, StorageError> {
    let sql = "SELECT id, code, host, at, attempts, tried_at, outcome, next_try_at \
               FROM deliveries WHERE user_id = $1 ORDER BY at DESC, id";
    let rows: Vec<Row> = sqlx::query_as(sql).bind(user_id).fetch_all(db).await?;
    rows.into_iter().map(read).collect()
}

/// One message of a person.
///
/// # Errors
/// [`StorageError::Database`], [`StorageError::Corrupt`].
pub async fn find(db: &mut Db, user_id: &str, id: &str) -> Result<Option<Delivery>, StorageError> {
    let sql = "SELECT id, code, host, at, attempts, tried_at, outcome, next_try_at \
               FROM deliveries WHERE user_id = $1 AND id = $2";
    let query = sqlx::query_as(sql).bind(user_id).bind(id);
    let row: Option<Row> = query.fetch_optional(db).await?;
    row.map(read).transpose()
}

/// The message of a code that is still to be sent, if there is one.
///
/// # Errors
/// [`StorageError::Database`].
pub async fn find_waiting(
    db: &mut Db,
    user_id: &str,
    code: &str,
) -> Result<Option<String>, StorageError> {
    let sql = "SELECT id FROM deliveries WHERE user_id = $1 AND code = $2 \
               AND next_try_at IS NOT NULL ORDER BY at DESC, id LIMIT 1";
    let query = sqlx::query_scalar(sql).bind(user_id).bind(code);
    Ok(query.fetch_optional(db).await?)
}

/// Whether the time of any message has come.
///
/// # Errors
/// [`StorageError::Database`].
pub async fn any_due(db: &mut Db, now: Timestamp) -> Result<bool, StorageError> {
    let sql = "SELECT id FROM deliveries WHERE next_try_at <= $1 LIMIT 1";
    let found: Option<String> = sqlx::query_scalar(sql)
        .bind(now.0)
        .fetch_optional(db)
        .await?;
    Ok(found.is_some())
}

/// Claims messages whose time has come: at most one of each person, their oldest, and none of whom
/// one is being sent. Another process that claims at the same time gets others.
///
/// # Errors
/// [`StorageError::Database`].
pub async fn claim(db: &mut Db, term: Term<'_>, limit: i64) -> Result<Vec<Claim>, StorageError> {
    // Who comes second waits for the row, finds it taken, and leaves it.
    let sql = "UPDATE deliveries SET lease_holder = $1, lease_until = $2, attempts = attempts + 1 \
               WHERE lease_until <= $3 AND next_try_at <= $3 AND id IN (SELECT d.id \
               FROM deliveries d WHERE d.next_try_at <= $3 AND NOT EXISTS (SELECT 1 \
               FROM deliveries o WHERE o.user_id = d.user_id AND (o.lease_until > $3 OR \
               (o.next_try_at <= $3 AND (o.at < d.at OR (o.at = d.at AND o.id < d.id))))) \
               ORDER BY d.next_try_at, d.id LIMIT $4) RETURNING id, user_id, code, body, attempts";
    Ok(sqlx::query_as(sql)
        .bind(term.holder)
        .bind(term.until.0)
        .bind(term.now.0)
        .bind(limit)
        .fetch_all(db)
        .await?)
}

/// Notes what a try came to, and to which host it went, unless another process has claimed the
/// message since. Answers whether it was noted.
///
/// # Errors
/// [`StorageError::Database`].
pub async fn update_tried(
    db: &mut Db,
    claim: &Claim,
    holder: &str,
    host: Option<&str>,
    tried: Tried,
) -> Result<bool, StorageError> {
    let sql = "UPDATE deliveries SET outcome = $4, tried_at = $5, next_try_at = $6, \
               host = COALESCE($7, host), lease_holder = NULL, lease_until = 0 \
               WHERE id = $1 AND lease_holder = $2 AND attempts = $3";
    let done = sqlx::query(sql)
        .bind(&claim.id)
        .bind(holder)
        .bind(claim.attempts)
        .bind(tried.outcome.as_text())
        .bind(tried.at.0)
        .bind(tried.next_try_at.map(|at| at.0))
        .bind(host)
        .execute(db)
        .await?;
    Ok(done.rows_affected() == 1)
}

/// Ends every message of a person that is still to be sent.
///
/// # Errors
/// [`StorageError::Database`].
pub async fn end_all(db: &mut Db, user_id: &str, outcome: Outcome) -> Result<(), StorageError> {
    let sql = "UPDATE deliveries SET outcome = $2, next_try_at = NULL \
               WHERE user_id = $1 AND next_try_at IS NOT NULL";
    let query = sqlx::query(sql).bind(user_id).bind(outcome.as_text());
    query.execute(db).await?;
    Ok(())
}

/// Gives back what a process holds that stops in good order.
///
/// # Errors
/// [`StorageError::Database`].
pub async fn give_back_all(db: &mut Db, holder: &str) -> Result<(), StorageError> {
    let sql = "UPDATE deliveries SET lease_holder = NULL, lease_until = 0 WHERE lease_holder = $1";
    sqlx::query(sql).bind(holder).execute(db).await?;
    Ok(())
}

/// Gives back everything, where no other process can hold anything.
///
/// # Errors
/// [`StorageError::Database`].
pub async fn end_leases(db: &mut Db) -> Result<(), StorageError> {
    let sql = "UPDATE deliveries SET lease_holder = NULL, lease_until = 0 \
               WHERE lease_holder IS NOT NULL";
    sqlx::query(sql).execute(db).await?;
    Ok(())
}

fn read(row: Row) -> Result<Delivery, StorageError> {
    let outcome = |text: &str| Outcome::parse(text).ok_or(StorageError::Corrupt("outcome"));
    Ok(Delivery {
        id: row.id,
        event: row.code,
        host: row.host,
        at: Timestamp(row.at),
        tried_at: row.tried_at.map(Timestamp),
        attempts: u32::try_from(row.attempts).map_err(|_| StorageError::Corrupt("count"))?,
        outcome: row.outcome.as_deref().map(outcome).transpose()?,
        next_try_at: row.next_try_at.map(Timestamp),
    })
}
