//! Connections whose exchange's own stream is listened to, and which process does so.

use std::collections::HashMap;

use super::Connection as Db;
use super::error::StorageError;
use super::leases::Term;
use crate::domain::exchange::ExchangeId;
use crate::domain::health::AccountStreams;
use crate::domain::timestamp::Timestamp;

/// The right to listen for one connection, which lapses by itself.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Claim {
    /// The connection.
    pub connection_id: String,
    /// The number of this claim: every later one of the connection has a higher one.
    pub token: i64,
}

/// What there is to listen for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outlook {
    /// What a process holds and is to listen for.
    pub held: Vec<Claim>,
    /// What it holds of connections that wait for their owner.
    pub idle: Vec<Claim>,
    /// Whether there is something that nobody holds.
    pub any_free: bool,
}

#[derive(sqlx::FromRow)]
struct Row {
    connection_id: String,
    token: i64,
    is_own: i64,
    status: String,
}

/// The status of a connection that waits for its owner.
const WAITS: &str = "needs_attention";

/// Has a connection followed.
///
/// # Errors
/// [`StorageError::Database`].
pub async fn insert(db: &mut Db, connection_id: &str) -> Result<(), StorageError> {
    let sql = "INSERT INTO followings (connection_id, held_until, token) VALUES ($1, 0, 0) \
               ON CONFLICT (connection_id) DO NOTHING";
    sqlx::query(sql).bind(connection_id).execute(db).await?;
    Ok(())
}

/// Has a connection followed no longer.
///
/// # Errors
/// [`StorageError::Database`].
pub async fn delete(db: &mut Db, connection_id: &str) -> Result<(), StorageError> {
    let sql = "DELETE FROM followings WHERE connection_id = $1";
    sqlx::query(sql).bind(connection_id).execute(db).await?;
    Ok(())
}

/// What there is to listen for, for a process at a moment.
///
/// # Errors
/// [`StorageError::Database`].
pub async fn outlook(db: &mut Db, holder: &str, now: Timestamp) -> Result<Outlook, StorageError> {
    let sql = "SELECT f.connection_id, f.token, c.status, \
               CAST(CASE WHEN f.holder = $1 AND f.held_until > $2 THEN 1 ELSE 0 END AS BIGINT) \
               AS is_own FROM followings f JOIN connections c ON c.id = f.connection_id \
               WHERE f.holder = $1 OR f.held_until <= $2 ORDER BY f.connection_id";
    let rows: Vec<Row> = sqlx::query_as(sql)
        .bind(holder)
        .bind(now.0)
        .fetch_all(db)
        .await?;
    let mut outlook = Outlook::default();
    for row in rows {
        let waits = row.status == WAITS;
        let claim = Claim {
            connection_id: row.connection_id,
            token: row.token,
        };
        match (row.is_own == 1, waits) {
            (true, false) => outlook.held.push(claim),
            (true, true) => outlook.idle.push(claim),
            (false, false) => outlook.any_free = true,
            (false, true) => {}
        }
    }
    Ok(outlook)
}

/// How the streams of all that is followed stand, by exchange.
///
/// # Errors
/// [`StorageError::Database`].
pub async fn count(
    db: &mut Db,
    now: Timestamp,
) -> Result<HashMap<ExchangeId, AccountStreams>, StorageError> {
    // What a process held that died counts as broken.
    let sql = "SELECT exchange, CAST(SUM(waits) AS BIGINT), CAST(SUM(is_open) AS BIGINT), \
               CAST(COUNT(*) AS BIGINT) FROM (SELECT c.exchange, \
               CASE WHEN c.status = $1 THEN 1 ELSE 0 END AS waits, \
               CASE WHEN c.status <> $1 AND f.held_until > $2 AND f.live_since IS NOT NULL \
               THEN 1 ELSE 0 END AS is_open \
               FROM followings f JOIN connections c ON c.id = f.connection_id) AS all_followed \
               GROUP BY exchange";
    let rows: Vec<(String, i64, i64, i64)> = sqlx::query_as(sql)
        .bind(WAITS)
        .bind(now.0)
        .fetch_all(db)
        .await?;
    let whole = |count: i64| u64::try_from(count).unwrap_or_default();
    let counted = rows.into_iter().map(|(exchange, waits, open, all)| {
        let streams = AccountStreams {
            open: whole(open),
            broken: whole(all - waits - open),
            waiting: whole(waits),
        };
        (ExchangeId::from(exchange), streams)
    });
    Ok(counted.collect())
}

/// Claims connections that nobody listens for and that do not wait for their owner, at most so many.
/// Another process that claims at the same time gets others.
///
/// # Errors
/// [`StorageError::Database`].
pub async fn claim(db: &mut Db, term: Term<'_>, limit: i64) -> Result<Vec<Claim>, StorageError> {
    // Who comes second waits for the row, finds it taken, and leaves it.
    let sql = "UPDATE followings SET holder = $1, held_until = $2, token = token + 1, \
               live_since = NULL WHERE held_until <= $3 AND connection_id IN \
               (SELECT f.connection_id FROM followings f JOIN connections c \
               ON c.id = f.connection_id WHERE f.held_until <= $3 AND c.status <> $4 \
               ORDER BY f.connection_id LIMIT $5) RETURNING connection_id, token";
    Ok(sqlx::query_as(sql)
        .bind(term.holder)
        .bind(term.until.0)
        .bind(term.now.0)
        .bind(WAITS)
        .bind(limit)
        .fetch_all(db)
        .await?)
}

/// The owner of a connection; `None` when it was deleted.
///
/// # Errors
/// [`StorageError::Database`].
pub async fn find_owner(db: &mut Db, claim: &Claim) -> Result<Option<String>, StorageError> {
    let sql = "SELECT user_id FROM connections WHERE id = $1";
    let query = sqlx::query_scalar(sql).bind(&claim.connection_id);
    Ok(query.fetch_optional(db).await?)
}

/// Has everything that a process holds last until then.
///
/// # Errors
/// [`StorageError::Database`].
pub async fn renew(
    db: &mut Db,
    holder: &str,
    now: Timestamp,
    until: Timestamp,
) -> Result<(), StorageError> {
    let sql = "UPDATE followings SET held_until = $3 WHERE holder = $1 AND held_until > $2";
    let query = sqlx::query(sql).bind(holder).bind(now.0).bind(until.0);
    query.execute(db).await?;
    Ok(())
}

/// Notes since when the stream is open, or that it is not, if the claim is still the one given.
///
/// # Errors
/// [`StorageError::Database`].
pub async fn update_live(
    db: &mut Db,
    claim: &Claim,
    holder: &str,
    since: Option<Timestamp>,
) -> Result<(), StorageError> {
    let sql = "UPDATE followings SET live_since = $4 \
               WHERE connection_id = $1 AND holder = $2 AND token = $3";
    sqlx::query(sql)
        .bind(&claim.connection_id)
        .bind(holder)
        .bind(claim.token)
        .bind(since.map(|since| since.0))
        .execute(db)
        .await?;
    Ok(())
}

/// Gives one claim back, if it is still the one given.
///
/// # Errors
/// [`StorageError::Database`].
pub async fn give_back(db: &mut Db, claim: &Claim, holder: &str) -> Result<(), StorageError> {
    let sql = "UPDATE followings SET holder = NULL, held_until = 0, live_since = NULL \
               WHERE connection_id = $1 AND holder = $2 AND token = $3";
    sqlx::query(sql)
        .bind(&claim.connection_id)
        .bind(holder)
        .bind(claim.token)
        .execute(db)
        .await?;
    Ok(())
}

/// Ends the claim on a connection, whoever holds it, so that its stream is opened anew.
///
/// # Errors
/// [`StorageError::Database`].
pub async fn end(db: &mut Db, connection_id: &str) -> Result<(), StorageError> {
    let sql = "UPDATE followings SET holder = NULL, held_until = 0, live_since = NULL \
               WHERE connection_id = $1";
    sqlx::query(sql).bind(connection_id).execute(db).await?;
    Ok(())
}

/// Gives back what a process holds that stops in good order.
///
/// # Errors
/// [`StorageError::Database`].
pub async fn give_back_all(db: &mut Db, holder: &str) -> Result<(), StorageError> {
    let sql = "UPDATE followings SET holder = NULL, held_until = 0, live_since = NULL \
               WHERE holder = $1";
    sqlx::query(sql).bind(holder).execute(db).await?;
    Ok(())
}

/// Gives back everything, where no other process can hold anything.
///
/// # Errors
/// [`StorageError::Database`].
pub async fn end_all(db: &mut Db) -> Result<(), StorageError> {
    let sql = "UPDATE followings SET holder = NULL, held_until = 0, live_since = NULL \
               WHERE holder IS NOT NULL";
    sqlx::query(sql).execute(db).await?;
    Ok(())
}
