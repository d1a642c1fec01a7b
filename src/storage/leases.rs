//! Leases: which process syncs a connection at this moment, and for how long unless it says more.

use sqlx::AssertSqlSafe;

use super::Connection as Db;
use super::error::StorageError;
use super::sql::places;
use crate::domain::exchange::{Environment, ExchangeId};
use crate::domain::timestamp::Timestamp;

/// The right to sync a connection, and what the scheduler needs to know of it.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Claim {
    /// The connection.
    #[sqlx(rename = "id")]
    pub connection_id: String,
    /// Its owner.
    pub user_id: String,
    /// The number of this lease: every later one of the connection has a higher one.
    #[sqlx(rename = "lease_token")]
    pub token: i64,
    /// How often it was claimed in the background since a sync of it ended.
    pub attempts: i64,
    /// How many syncs failed in a row.
    pub failures: i64,
    /// When every wallet was last read, however much that costs, in epoch milliseconds.
    pub thorough_at: Option<i64>,
    /// The exchange's own account number, where it told it when the account was connected.
    pub account_uid: Option<String>,
}

/// Who claims, and for how long.
#[derive(Clone, Copy, Debug)]
pub struct Term<'a> {
    /// The process.
    pub holder: &'a str,
    /// The moment.
    pub now: Timestamp,
    /// When the lease ends unless it is renewed.
    pub until: Timestamp,
}

/// Which connections of an exchange are claimed in the background.
#[derive(Clone, Debug)]
pub struct Wanted<'a> {
    /// The exchange.
    pub exchange: &'a ExchangeId,
    /// Those somebody waits for, or else those whose time has come.
    pub kind: Due,
    /// At most so many.
    pub limit: i64,
}

/// Why a connection is claimed in the background.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Due {
    /// Somebody waits for it.
    Requested,
    /// Its time has come; those of these environments and regions are left out.
    Scheduled {
        /// Where nobody may ask at this moment.
        except: Vec<(Environment, Option<String>)>,
    },
}

/// What there is to do for an exchange.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Outlook {
    /// Connections that somebody waits for and nobody syncs.
    pub requested: i64,
    /// Connections that are synced by themselves.
    pub scheduled: i64,
    /// When the next one is due of those nobody syncs.
    pub next_due: Option<Timestamp>,
}

/// Claims a person's connection, unless it is being synced.
///
/// # Errors
/// [`StorageError::Database`].
pub async fn claim(
    db: &mut Db,
    user_id: &str,
    id: &str,
    term: Term<'_>,
) -> Result<Option<Claim>, StorageError> {
    let sql = "UPDATE connections SET lease_holder = $1, lease_until = $2, \
               lease_token = lease_token + 1 WHERE id = $3 AND user_id = $4 \
               AND lease_until <= $5 RETURNING id, user_id, lease_token, attempts, failures, \
               thorough_at, account_uid";
    Ok(sqlx::query_as(sql)
        .bind(term.holder)
        .bind(term.until.0)
        .bind(id)
        .bind(user_id)
        .bind(term.now.0)
        .fetch_optional(db)
        .await?)
}

/// Claims connections whose turn has come, those waiting longest first. Another process that claims
/// at the same time gets others.
///
/// # Errors
/// [`StorageError::Database`].
pub async fn claim_due(
    db: &mut Db,
    wanted: &Wanted<'_>,
    term: Term<'_>,
) -> Result<Vec<Claim>, StorageError> {
    let (since, turn, except) = match &wanted.kind {
        Due::Requested => ("requested_at", "requested_at IS NOT NULL", &[][..]),
        Due::Scheduled { except } => ("due_at", "due_at <= $3", except.as_slice()),
    };
    let apart: String = (0..except.len())
        .map(|n| {
            let (environment, region) = (2 * n + 6, 2 * n + 7);
            format!(" AND NOT (environment = ${environment} AND COALESCE(region, '') = ${region})")
        })
        .collect();
    // Who comes second waits for the row, finds it taken, and leaves it.
    let sql = format!(
        "UPDATE connections SET lease_holder = $1, lease_until = $2, \
         lease_token = lease_token + 1, attempts = attempts + 1 WHERE lease_until <= $3 \
         AND id IN (SELECT id FROM connections WHERE exchange = $4 AND lease_until <= $3 \
         AND {turn}{apart} ORDER BY {since}, id LIMIT $5) \
         RETURNING id, user_id, lease_token, attempts, failures, thorough_at, account_uid"
    );
    let mut query = sqlx::query_as(AssertSqlSafe(sql))
        .bind(term.holder)
        .bind(term.until.0)
        .bind(term.now.0)
        .bind(wanted.exchange.as_str())
        .bind(wanted.limit);
    for (environment, region) in except {
        let region = region.as_deref().unwrap_or_default();
        query = query.bind(environment.as_str()).bind(region);
    }
    Ok(query.fetch_all(db).await?)
}

/// What there is to do for an exchange.
///
/// # Errors
/// [`StorageError::Database`].
pub async fn outlook(
    db: &mut Db,
    exchange: &ExchangeId,
    now: Timestamp,
) -> Result<Outlook, StorageError> {
    let sql = "SELECT CAST(COUNT(CASE WHEN lease_until <= $2 THEN requested_at END) AS BIGINT), \
               CAST(COUNT(due_at) AS BIGINT), \
               CAST(MIN(CASE WHEN lease_until <= $2 THEN due_at END) AS BIGINT) \
               FROM connections WHERE exchange = $1";
    let (requested, scheduled, next_due): (i64, i64, Option<i64>) = sqlx::query_as(sql)
        .bind(exchange.as_str())
        .bind(now.0)
        .fetch_one(db)
        .await?;
    Ok(Outlook {
        requested,
        scheduled,
        next_due: next_due.map(Timestamp),
    })
}

/// Holds a connection's row until the transaction ends, so that it can neither be deleted nor
/// claimed meanwhile. Answers whether the lease is still the one given.
///
/// # Errors
/// [`StorageError::Database`].
pub async fn lock(db: &mut Db, id: &str, holder: &str, token: i64) -> Result<bool, StorageError> {
    let sql = "UPDATE connections SET status = status \
               WHERE id = $1 AND lease_holder = $2 AND lease_token = $3";
    let query = sqlx::query(sql).bind(id).bind(holder).bind(token);
    Ok(query.execute(db).await?.rows_affected() == 1)
}

/// Has leases of a process last until then.
///
/// # Errors
/// [`StorageError::Database`].
pub async fn renew(
    db: &mut Db,
    holder: &str,
    ids: &[String],
    until: Timestamp,
) -> Result<(), StorageError> {
    if ids.is_empty() {
        return Ok(());
    }
    let sql = format!(
        "UPDATE connections SET lease_until = $1 WHERE lease_holder = $2 AND id IN ({})",
        places(3, ids.len())
    );
    let query = sqlx::query(AssertSqlSafe(sql)).bind(until.0).bind(holder);
    let query = ids.iter().fold(query, |query, id| query.bind(id));
    query.execute(db).await?;
    Ok(())
}

/// Gives one lease back, if it is still the one given.
///
/// # Errors
/// [`StorageError::Database`].
pub async fn give_back(
    db: &mut Db,
    id: &str,
    holder: &str,
    token: i64,
) -> Result<(), StorageError> {
    let sql = "UPDATE connections SET lease_holder = NULL, lease_until = 0 \
               WHERE id = $1 AND lease_holder = $2 AND lease_token = $3";
    let query = sqlx::query(sql).bind(id).bind(holder).bind(token);
    query.execute(db).await?;
    Ok(())
}

/// Gives back every lease of a process that stops in good order.
///
/// # Errors
/// [`StorageError::Database`].
pub async fn give_back_all(db: &mut Db, holder: &str) -> Result<(), StorageError> {
    let sql = "UPDATE connections SET lease_holder = NULL, lease_until = 0, attempts = 0 \
               WHERE lease_holder = $1";
    sqlx::query(sql).bind(holder).execute(db).await?;
    Ok(())
}

/// Ends every lease, where no other process can hold one.
///
/// # Errors
/// [`StorageError::Database`].
pub async fn end_all(db: &mut Db) -> Result<(), StorageError> {
    let sql = "UPDATE connections SET lease_holder = NULL, lease_until = 0 \
               WHERE lease_holder IS NOT NULL";
    sqlx::query(sql).execute(db).await?;
    Ok(())
}

/// Brings the next syncs into line with an interval that may be another than before: none waits
/// longer than one of them, but for those that fail, and none is left without a time, but for those
/// that wait for their owner.
///
/// # Errors
/// [`StorageError::Database`].
pub async fn adopt_interval(
    db: &mut Db,
    now: Timestamp,
    latest: Timestamp,
) -> Result<(), StorageError> {
    let sql = "UPDATE connections SET due_at = $1 WHERE due_at > $1 AND failures = 0";
    sqlx::query(sql).bind(latest.0).execute(&mut *db).await?;
    let sql = "UPDATE connections SET due_at = $1 \
               WHERE due_at IS NULL AND status <> 'needs_attention'";
    sqlx::query(sql).bind(now.0).execute(db).await?;
    Ok(())
}
