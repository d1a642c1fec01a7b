//! Which candles are kept: pairs on exchanges at one length each.

use super::Connection as Db;
use super::error::StorageError;
use crate::domain::exchange::ExchangeId;
use crate::domain::market::Pair;
use crate::domain::market::interval::Interval;
use crate::domain::timestamp::Timestamp;

/// A pair on an exchange at one length.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Series {
    /// Its number.
    pub id: i64,
    /// The exchange.
    pub exchange: ExchangeId,
    /// The pair.
    pub pair: Pair,
    /// How long its candles are.
    pub interval: Interval,
    /// When the exchange's candles of the pair begin.
    pub begins_at: Timestamp,
    /// When somebody last wanted some, to the hour.
    pub asked_at: Timestamp,
    /// From here on every candle that there is is stored,
    pub kept_from: Timestamp,
    /// as far as here.
    pub kept_to: Timestamp,
    /// How many candles were told otherwise later.
    pub corrected: i64,
}

/// A series that is new.
#[derive(Clone, Copy, Debug)]
pub struct NewSeries<'a> {
    /// The exchange.
    pub exchange: &'a ExchangeId,
    /// The pair.
    pub pair: &'a Pair,
    /// How long its candles are.
    pub interval: Interval,
    /// When the exchange's candles of the pair begin.
    pub begins_at: Timestamp,
    /// From where on it is kept.
    pub kept_from: Timestamp,
}

#[derive(sqlx::FromRow)]
pub(super) struct Row {
    id: i64,
    exchange: String,
    symbol: String,
    step: String,
    begins_at: i64,
    asked_at: i64,
    kept_from: i64,
    kept_to: i64,
    corrected: i64,
}

/// Adds a series, unless it is there. It may not be added either when another one was added at the
/// same time: whoever needs it looks for it and tries again.
///
/// # Errors
/// [`StorageError::Database`].
pub async fn insert(db: &mut Db, new: NewSeries<'_>, now: Timestamp) -> Result<(), StorageError> {
    let sql = "INSERT INTO candle_series (id, exchange, symbol, step, begins_at, asked_at, \
               kept_from, kept_to, due_at, corrected) SELECT COALESCE(MAX(s.id), 0) + 1, $1, $2, \
               $3, CAST($4 AS BIGINT), CAST($5 AS BIGINT), CAST($6 AS BIGINT), \
               CAST($6 AS BIGINT), CAST($5 AS BIGINT), 0 FROM candle_series s WHERE 1 = 1 \
               ON CONFLICT DO NOTHING";
    sqlx::query(sql)
        .bind(new.exchange.as_str())
        .bind(new.pair.to_string())
        .bind(new.interval.as_str())
        .bind(new.begins_at.0)
        .bind(now.0)
        .bind(new.kept_from.0)
        .execute(db)
        .await?;
    Ok(())
}

/// A series, if it is kept.
///
/// # Errors
/// [`StorageError::Database`], [`StorageError::Corrupt`].
pub async fn find(
    db: &mut Db,
    exchange: &ExchangeId,
    pair: &Pair,
    interval: Interval,
) -> Result<Option<Series>, StorageError> {
    let sql = "SELECT id, exchange, symbol, step, begins_at, asked_at, kept_from, kept_to, \
               corrected FROM candle_series WHERE exchange = $1 AND symbol = $2 AND step = $3";
    let row: Option<Row> = sqlx::query_as(sql)
        .bind(exchange.as_str())
        .bind(pair.to_string())
        .bind(interval.as_str())
        .fetch_optional(db)
        .await?;
    row.map(read).transpose()
}

/// How many series are kept.
///
/// # Errors
/// [`StorageError::Database`].
pub async fn count(db: &mut Db) -> Result<i64, StorageError> {
    let sql = "SELECT CAST(COUNT(*) AS BIGINT) FROM candle_series";
    Ok(sqlx::query_scalar(sql).fetch_one(db).await?)
}

/// Notes that somebody wants candles of a series, which is then looked after at once.
///
/// # Errors
/// [`StorageError::Database`].
pub async fn update_asked(db: &mut Db, id: i64, now: Timestamp) -> Result<(), StorageError> {
    let sql = "UPDATE candle_series SET asked_at = $2, due_at = $2 WHERE id = $1 AND asked_at < $2";
    sqlx::query(sql).bind(id).bind(now.0).execute(db).await?;
    Ok(())
}

/// Takes series whose time has come, those that waited longest first: wanted since a moment, or asked
/// for over past days. Their next time is `again_at`, so that no other process takes them meanwhile.
///
/// # Errors
/// [`StorageError::Database`], [`StorageError::Corrupt`].
pub async fn take_due(
    db: &mut Db,
    now: Timestamp,
    wanted_since: Timestamp,
    again_at: Timestamp,
    limit: i64,
) -> Result<Vec<Series>, StorageError> {
    // Who comes second waits for the rows, finds them taken, and leaves them.
    let sql = "UPDATE candle_series SET due_at = $3 WHERE due_at <= $1 AND id IN \
               (SELECT s.id FROM candle_series s WHERE s.due_at <= $1 AND (s.asked_at >= $2 OR \
               EXISTS (SELECT 1 FROM candle_backfills b WHERE b.series_id = s.id)) \
               ORDER BY s.due_at, s.id LIMIT $4) \
               RETURNING id, exchange, symbol, step, begins_at, asked_at, kept_from, kept_to, \
               corrected";
    let rows: Vec<Row> = sqlx::query_as(sql)
        .bind(now.0)
        .bind(wanted_since.0)
        .bind(again_at.0)
        .bind(limit)
        .fetch_all(db)
        .await?;
    rows.into_iter().map(read).collect()
}

/// Whether there is a series whose time has come.
///
/// # Errors
/// [`StorageError::Database`].
pub async fn any_due(
    db: &mut Db,
    now: Timestamp,
    wanted_since: Timestamp,
) -> Result<bool, StorageError> {
    let sql = "SELECT s.id FROM candle_series s WHERE s.due_at <= $1 AND (s.asked_at >= $2 OR \
               EXISTS (SELECT 1 FROM candle_backfills b WHERE b.series_id = s.id)) LIMIT 1";
    let found: Option<i64> = sqlx::query_scalar(sql)
        .bind(now.0)
        .bind(wanted_since.0)
        .fetch_optional(db)
        .await?;
    Ok(found.is_some())
}

/// Notes how far a series has every candle there is, and when it is to be looked after next.
///
/// # Errors
/// [`StorageError::Database`].
pub async fn update_kept(
    db: &mut Db,
    id: i64,
    kept_to: Timestamp,
    due_at: Timestamp,
) -> Result<(), StorageError> {
    let sql = "UPDATE candle_series SET kept_to = $2, due_at = $3 WHERE id = $1";
    let query = sqlx::query(sql).bind(id).bind(kept_to.0).bind(due_at.0);
    query.execute(db).await?;
    Ok(())
}

/// Has a series kept from an earlier moment on.
///
/// # Errors
/// [`StorageError::Database`].
pub async fn update_kept_from(db: &mut Db, id: i64, from: Timestamp) -> Result<(), StorageError> {
    let sql = "UPDATE candle_series SET kept_from = $2 WHERE id = $1 AND kept_from > $2";
    sqlx::query(sql).bind(id).bind(from.0).execute(db).await?;
    Ok(())
}

/// Has every series looked through again from where it is kept from.
///
/// # Errors
/// [`StorageError::Database`].
pub async fn look_again(db: &mut Db) -> Result<(), StorageError> {
    let sql = "UPDATE candle_series SET kept_to = kept_from";
    sqlx::query(sql).execute(db).await?;
    Ok(())
}

/// Counts candles of a series that were told otherwise.
///
/// # Errors
/// [`StorageError::Database`].
pub async fn add_corrected(db: &mut Db, id: i64, count: usize) -> Result<(), StorageError> {
    if count == 0 {
        return Ok(());
    }
    let sql = "UPDATE candle_series SET corrected = corrected + $2 WHERE id = $1";
    let count = i64::try_from(count).unwrap_or(i64::MAX);
    sqlx::query(sql).bind(id).bind(count).execute(db).await?;
    Ok(())
}

pub(super) fn read(row: Row) -> Result<Series, StorageError> {
    let corrupt = |what| move |_| StorageError::Corrupt(what);
    Ok(Series {
        id: row.id,
        exchange: ExchangeId::from(row.exchange),
        pair: Pair::parse(&row.symbol).map_err(|_| StorageError::Corrupt("symbol"))?,
        interval: Interval::parse(&row.step).map_err(corrupt("interval"))?,
        begins_at: Timestamp(row.begins_at),
        asked_at: Timestamp(row.asked_at),
        kept_from: Timestamp(row.kept_from),
        kept_to: Timestamp(row.kept_to),
        corrected: row.corrected,
    })
}
