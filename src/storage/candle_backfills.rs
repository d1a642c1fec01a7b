//! Fetching the candles of past days: what was asked for, who does it, and how far it has come.

use super::Connection as Db;
use super::error::StorageError;
use super::leases::Term;
use crate::domain::exchange::ExchangeId;
use crate::domain::market::Pair;
use crate::domain::market::filling::{Filling, FillingState};
use crate::domain::market::interval::Interval;
use crate::domain::timestamp::Timestamp;

/// The right to fetch, which lapses by itself.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Claim {
    /// Its id.
    pub id: String,
    /// Which turn this is: every later one has a higher number.
    pub turn: i64,
    /// How often it failed in a row.
    pub failures: i64,
}

#[derive(sqlx::FromRow)]
struct Row {
    id: String,
    exchange: String,
    symbol: String,
    step: String,
    from_at: i64,
    until_at: i64,
    reached_at: i64,
    stored: i64,
    corrected: i64,
    state: String,
    trouble: Option<String>,
    asked_at: i64,
}

/// Has candles of a series fetched from a moment to another for a person, in place of what was asked for
/// it before; what is under way already and reaches as far back goes on as it is.
///
/// # Errors
/// [`StorageError::Database`].
pub async fn upsert(
    db: &mut Db,
    id: &str,
    user_id: &str,
    series_id: i64,
    (from, until): (Timestamp, Timestamp),
    now: Timestamp,
) -> Result<(), StorageError> {
    let sql = "INSERT INTO candle_backfills (id, series_id, from_at, until_at, reached_at, stored, \
               state, asked_at, due_at, failures, turn, lease_until, asked_by) \
               VALUES ($1, $2, $3, $4, $3, 0, 'waiting', $5, $5, 0, 0, 0, $6) \
               ON CONFLICT (series_id) DO UPDATE SET from_at = excluded.from_at, \
               until_at = excluded.until_at, reached_at = excluded.from_at, stored = 0, \
               state = excluded.state, trouble = NULL, asked_at = excluded.asked_at, \
               due_at = excluded.due_at, failures = 0, turn = candle_backfills.turn + 1, \
               lease_holder = NULL, lease_until = 0, asked_by = excluded.asked_by \
               WHERE candle_backfills.state <> 'waiting' \
               OR excluded.from_at < candle_backfills.from_at";
    sqlx::query(sql)
        .bind(id)
        .bind(series_id)
        .bind(from.0)
        .bind(until.0)
        .bind(now.0)
        .bind(user_id)
        .execute(db)
        .await?;
    Ok(())
}

/// How many of other series are not over, and how many of those a person asked for.
///
/// # Errors
/// [`StorageError::Database`].
pub async fn count_waiting(
    db: &mut Db,
    user_id: &str,
    series_id: i64,
) -> Result<(i64, i64), StorageError> {
    let sql = "SELECT CAST(COUNT(*) AS BIGINT), \
               CAST(COUNT(CASE WHEN asked_by = $1 THEN 1 END) AS BIGINT) \
               FROM candle_backfills WHERE due_at IS NOT NULL AND series_id <> $2";
    let query = sqlx::query_as(sql).bind(user_id).bind(series_id);
    Ok(query.fetch_one(db).await?)
}

/// Whether there is anything to fetch now.
///
/// # Errors
/// [`StorageError::Database`].
pub async fn any_due(db: &mut Db, now: Timestamp) -> Result<bool, StorageError> {
    let sql = "SELECT id FROM candle_backfills WHERE due_at <= $1 AND lease_until <= $1 LIMIT 1";
    let query = sqlx::query_scalar(sql).bind(now.0);
    let found: Option<String> = query.fetch_optional(db).await?;
    Ok(found.is_some())
}

/// Claims what has waited longest. Another process that claims at the same time gets something else,
/// or nothing.
///
/// # Errors
/// [`StorageError::Database`].
pub async fn claim(db: &mut Db, term: Term<'_>) -> Result<Option<Claim>, StorageError> {
    // Who comes second waits for the row, finds it taken, and leaves it.
    let sql = "UPDATE candle_backfills SET lease_holder = $1, lease_until = $2, turn = turn + 1 \
               WHERE due_at <= $3 AND lease_until <= $3 AND id IN \
               (SELECT b.id FROM candle_backfills b WHERE b.due_at <= $3 AND b.lease_until <= $3 \
               ORDER BY b.due_at, b.id LIMIT 1) RETURNING id, turn, failures";
    Ok(sqlx::query_as(sql)
        .bind(term.holder)
        .bind(term.until.0)
        .bind(term.now.0)
        .fetch_optional(db)
        .await?)
}

/// Notes how far it has come and renews the claim, unless another process has claimed it since or it was
/// asked for anew. Answers whether it was noted: only then may it go on.
///
/// # Errors
/// [`StorageError::Database`].
pub async fn update_reached(
    db: &mut Db,
    claim: &Claim,
    term: Term<'_>,
    reached: Timestamp,
    stored: usize,
) -> Result<bool, StorageError> {
    let sql = "UPDATE candle_backfills SET reached_at = $4, stored = stored + $5, \
               lease_until = $6, failures = 0, trouble = NULL \
               WHERE id = $1 AND lease_holder = $2 AND turn = $3";
    let done = sqlx::query(sql)
        .bind(&claim.id)
        .bind(term.holder)
        .bind(claim.turn)
        .bind(reached.0)
        .bind(i64::try_from(stored).unwrap_or(i64::MAX))
        .bind(term.until.0)
        .execute(db)
        .await?;
    Ok(done.rows_affected() == 1)
}

/// Gives a claim back to be gone on with at a moment; with the code of what went wrong, if anything did.
///
/// # Errors
/// [`StorageError::Database`].
pub async fn update_due(
    db: &mut Db,
    claim: &Claim,
    holder: &str,
    due_at: Timestamp,
    trouble: Option<&str>,
) -> Result<(), StorageError> {
    let sql = "UPDATE candle_backfills SET due_at = $4, trouble = $5, failures = failures + $6, \
               lease_holder = NULL, lease_until = 0 \
               WHERE id = $1 AND lease_holder = $2 AND turn = $3";
    sqlx::query(sql)
        .bind(&claim.id)
        .bind(holder)
        .bind(claim.turn)
        .bind(due_at.0)
        .bind(trouble)
        .bind(i64::from(trouble.is_some()))
        .execute(db)
        .await?;
    Ok(())
}

/// Notes how it ended, and forgets who asked, unless another process has claimed it since or it was asked
/// for anew.
///
/// # Errors
/// [`StorageError::Database`].
pub async fn end(
    db: &mut Db,
    claim: &Claim,
    holder: &str,
    state: FillingState,
) -> Result<(), StorageError> {
    let sql = "UPDATE candle_backfills SET state = $4, due_at = NULL, lease_holder = NULL, \
               lease_until = 0, asked_by = NULL WHERE id = $1 AND lease_holder = $2 AND turn = $3";
    sqlx::query(sql)
        .bind(&claim.id)
        .bind(holder)
        .bind(claim.turn)
        .bind(state.as_str())
        .execute(db)
        .await?;
    Ok(())
}

/// One of them.
///
/// # Errors
/// [`StorageError::Database`], [`StorageError::Corrupt`].
pub async fn find(db: &mut Db, id: &str) -> Result<Option<Filling>, StorageError> {
    let sql = "SELECT b.id, s.exchange, s.symbol, s.step, b.from_at, b.until_at, b.reached_at, \
               b.stored, s.corrected, b.state, b.trouble, b.asked_at FROM candle_backfills b \
               JOIN candle_series s ON s.id = b.series_id WHERE b.id = $1";
    let row: Option<Row> = sqlx::query_as(sql).bind(id).fetch_optional(db).await?;
    row.map(read).transpose()
}

/// The one of a series.
///
/// # Errors
/// [`StorageError::Database`], [`StorageError::Corrupt`].
pub async fn find_of_series(db: &mut Db, series_id: i64) -> Result<Option<Filling>, StorageError> {
    let sql = "SELECT b.id, s.exchange, s.symbol, s.step, b.from_at, b.until_at, b.reached_at, \
               b.stored, s.corrected, b.state, b.trouble, b.asked_at FROM candle_backfills b \
               JOIN candle_series s ON s.id = b.series_id WHERE b.series_id = $1";
    let row: Option<Row> = sqlx::query_as(sql)
        .bind(series_id)
        .fetch_optional(db)
        .await?;
    row.map(read).transpose()
}

/// All of them.
///
/// # Errors
/// [`StorageError::Database`], [`StorageError::Corrupt`].
pub async fn list(db: &mut Db) -> Result<Vec<Filling>, StorageError> {
    let sql = "SELECT b.id, s.exchange, s.symbol, s.step, b.from_at, b.until_at, b.reached_at, \
               b.stored, s.corrected, b.state, b.trouble, b.asked_at FROM candle_backfills b \
               JOIN candle_series s ON s.id = b.series_id ORDER BY b.id";
    let rows: Vec<Row> = sqlx::query_as(sql).fetch_all(db).await?;
    rows.into_iter().map(read).collect()
}

/// Gives back what a process holds that stops in good order.
///
/// # Errors
/// [`StorageError::Database`].
pub async fn give_back_all(db: &mut Db, holder: &str) -> Result<(), StorageError> {
    let sql = "UPDATE candle_backfills SET lease_holder = NULL, lease_until = 0 \
               WHERE lease_holder = $1";
    sqlx::query(sql).bind(holder).execute(db).await?;
    Ok(())
}

/// Gives back everything, where no other process can hold anything.
///
/// # Errors
/// [`StorageError::Database`].
pub async fn end_leases(db: &mut Db) -> Result<(), StorageError> {
    let sql = "UPDATE candle_backfills SET lease_holder = NULL, lease_until = 0 \
               WHERE lease_holder IS NOT NULL";
    sqlx::query(sql).execute(db).await?;
    Ok(())
}

fn read(row: Row) -> Result<Filling, StorageError> {
    Ok(Filling {
        id: row.id,
        exchange: ExchangeId::from(row.exchange),
        pair: Pair::parse(&row.symbol).map_err(|_| StorageError::Corrupt("symbol"))?,
        interval: Interval::parse(&row.step).map_err(|_| StorageError::Corrupt("interval"))?,
        from: Timestamp(row.from_at),
        until: Timestamp(row.until_at),
        reached: Timestamp(row.reached_at),
        stored: usize::try_from(row.stored).unwrap_or_default(),
        corrected: usize::try_from(row.corrected).unwrap_or_default(),
        state: FillingState::parse(&row.state).ok_or(StorageError::Corrupt("state"))?,
        trouble: row.trouble,
        asked_at: Timestamp(row.asked_at),
    })
}
