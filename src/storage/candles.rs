//! Candles that are over, by series and moment, and stretches that have none.

use std::collections::HashMap;

use sqlx::AssertSqlSafe;

use super::Connection as Db;
use super::error::StorageError;
use super::sql::{places, rows};
use crate::domain::amount::Amount;
use crate::domain::market::candle::Candle;
use crate::domain::market::gaps::Stretch;
use crate::domain::market::interval::Interval;
use crate::domain::timestamp::Timestamp;

/// Rows in one statement; SQLite looks every value's name up among all others.
const BATCH: usize = 100;

/// What writing candles did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Written {
    /// How many are new.
    pub stored: usize,
    /// How many were stored with other figures.
    pub corrected: usize,
}

/// A stretch that was asked for and has no candle, or one that was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Gap {
    /// From when to before when.
    pub stretch: Stretch,
    /// When the exchange was asked.
    pub asked_at: Timestamp,
    /// When the candle of this stretch was refused for its volume first; `None` where there was none.
    pub refused_at: Option<Timestamp>,
}

/// Candles of a series that begin from one moment to another, oldest first.
///
/// # Errors
/// [`StorageError::Database`], [`StorageError::Corrupt`].
pub async fn list(
    db: &mut Db,
    series_id: i64,
    interval: Interval,
    (from, to): Stretch,
) -> Result<Vec<Candle>, StorageError> {
    // Thousands of rows take far longer to come than one text of them all. They come in the order of
    // the key as it is; to have the database order them would copy them first.
    let sql = "SELECT string_agg(CAST(c.open_time AS TEXT) || ' ' || c.open || ' ' || c.high || \
               ' ' || c.low || ' ' || c.close || ' ' || c.volume, ';') \
               FROM candles c WHERE c.series_id = $1 AND c.open_time >= $2 AND c.open_time < $3";
    let told: Option<String> = sqlx::query_scalar(sql)
        .bind(series_id)
        .bind(from.0)
        .bind(to.0)
        .fetch_one(db)
        .await?;
    let told = told.unwrap_or_default();
    let candles = told.split_terminator(';');
    let mut candles = candles
        .map(|text| read(interval, text).ok_or(StorageError::Corrupt("candle")))
        .collect::<Result<Vec<_>, _>>()?;
    candles.sort_unstable_by_key(|candle| candle.open_time);
    Ok(candles)
}

/// Writes candles that are over. What is stored already is left as it is, or corrected where it is told
/// otherwise.
///
/// # Errors
/// [`StorageError::Database`], [`StorageError::Corrupt`].
pub async fn write(
    db: &mut Db,
    series_id: i64,
    interval: Interval,
    candles: &[Candle],
) -> Result<Written, StorageError> {
    let opens = || candles.iter().map(|candle| candle.open_time);
    let (Some(first), Some(last)) = (opens().min(), opens().max()) else {
        return Ok(Written::default());
    };
    let stored = list(&mut *db, series_id, interval, (first, last.plus_ms(1))).await?;
    let stored: HashMap<_, _> = stored.into_iter().map(|one| (one.open_time, one)).collect();
    let mut written = Written::default();
    let mut news = Vec::new();
    for candle in candles {
        match stored.get(&candle.open_time) {
            Some(known) if known == candle => continue,
            Some(_) => written.corrected += 1,
            None => written.stored += 1,
        }
        news.push(candle);
    }
    for batch in news.chunks(BATCH) {
        upsert(&mut *db, series_id, batch).await?;
    }
    Ok(written)
}

async fn upsert(db: &mut Db, series_id: i64, candles: &[&Candle]) -> Result<(), StorageError> {
    let sql = format!(
        "INSERT INTO candles (series_id, open_time, open, high, low, close, volume) VALUES {} \
         ON CONFLICT (series_id, open_time) DO UPDATE SET open = excluded.open, \
         high = excluded.high, low = excluded.low, close = excluded.close, \
         volume = excluded.volume",
        rows(1, candles.len(), 7)
    );
    let mut query = sqlx::query(AssertSqlSafe(sql)).persistent(false);
    for candle in candles {
        query = query
            .bind(series_id)
            .bind(candle.open_time.0)
            .bind(candle.open.as_str())
            .bind(candle.high.as_str())
            .bind(candle.low.as_str())
            .bind(candle.close.as_str())
            .bind(candle.volume.as_str());
    }
    query.execute(db).await?;
    Ok(())
}

/// The gaps of a series that reach into a stretch, oldest first.
///
/// # Errors
/// [`StorageError::Database`].
pub async fn list_gaps(
    db: &mut Db,
    series_id: i64,
    (from, to): Stretch,
) -> Result<Vec<Gap>, StorageError> {
    let sql = "SELECT begins_at, ends_at, asked_at, refused_at FROM candle_gaps \
               WHERE series_id = $1 AND begins_at < $3 AND ends_at > $2 ORDER BY begins_at";
    let rows: Vec<(i64, i64, i64, Option<i64>)> = sqlx::query_as(sql)
        .bind(series_id)
        .bind(from.0)
        .bind(to.0)
        .fetch_all(db)
        .await?;
    let gap = |(begin, end, asked_at, refused_at): (i64, i64, i64, Option<i64>)| Gap {
        stretch: (Timestamp(begin), Timestamp(end)),
        asked_at: Timestamp(asked_at),
        refused_at: refused_at.map(Timestamp),
    };
    Ok(rows.into_iter().map(gap).collect())
}

/// Notes the gaps of a stretch that was asked for, in place of those that were noted within it before.
///
/// # Errors
/// [`StorageError::Database`].
pub async fn replace_gaps(
    db: &mut Db,
    series_id: i64,
    (from, to): Stretch,
    gaps: &[Gap],
) -> Result<(), StorageError> {
    let sql = "DELETE FROM candle_gaps WHERE series_id = $1 AND begins_at >= $2 AND ends_at <= $3";
    let query = sqlx::query(sql).bind(series_id).bind(from.0).bind(to.0);
    query.execute(&mut *db).await?;
    for batch in gaps.chunks(BATCH) {
        let sql = format!(
            "INSERT INTO candle_gaps (series_id, begins_at, ends_at, asked_at, refused_at) \
             VALUES {} ON CONFLICT (series_id, begins_at) DO UPDATE SET \
             ends_at = excluded.ends_at, asked_at = excluded.asked_at, \
             refused_at = excluded.refused_at",
            rows(1, batch.len(), 5)
        );
        let mut query = sqlx::query(AssertSqlSafe(sql)).persistent(false);
        for gap in batch {
            let (begin, end) = gap.stretch;
            let stretch = query.bind(series_id).bind(begin.0).bind(end.0);
            let refused_at = gap.refused_at.map(|at| at.0);
            query = stretch.bind(gap.asked_at.0).bind(refused_at);
        }
        query.execute(&mut *db).await?;
    }
    Ok(())
}

/// Forgets candles and gaps of some lengths from before a moment; answers how many candles.
///
/// # Errors
/// [`StorageError::Database`].
pub async fn delete_before(
    db: &mut Db,
    intervals: &[Interval],
    before: Timestamp,
) -> Result<u64, StorageError> {
    let lengths = places(2, intervals.len());
    let series = format!("(SELECT s.id FROM candle_series s WHERE s.step IN ({lengths}))");
    let mut gone = 0;
    for (table, column) in [("candle_gaps", "ends_at"), ("candles", "open_time")] {
        let sql = format!("DELETE FROM {table} WHERE {column} < $1 AND series_id IN {series}");
        let mut query = sqlx::query(AssertSqlSafe(sql)).bind(before.0);
        for interval in intervals {
            query = query.bind(interval.as_str());
        }
        gone = query.execute(&mut *db).await?.rows_affected();
    }
    Ok(gone)
}

/// Reads a candle, the parts of which stand between blanks.
fn read(interval: Interval, text: &str) -> Option<Candle> {
    let parts: Vec<&str> = text.split(' ').collect();
    let [open_time, open, high, low, close, volume] = parts[..] else {
        return None;
    };
    let open_time = Timestamp(open_time.parse().ok()?);
    let amount = |text| Amount::parse_own(text).ok();
    Some(Candle {
        open_time,
        close_time: interval.next(open_time)?.plus_ms(-1),
        open: amount(open)?,
        high: amount(high)?,
        low: amount(low)?,
        close: amount(close)?,
        volume: amount(volume)?,
        is_final: true,
    })
}
