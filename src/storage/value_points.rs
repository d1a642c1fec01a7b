//! What portfolios were worth over time.

use sqlx::AssertSqlSafe;

use super::Connection as Db;
use super::error::StorageError;
use super::sql::{places, rows};
use super::value_rates;
use crate::domain::amount::Amount;
use crate::domain::currency::Currency;
use crate::domain::history::series::Rated;
use crate::domain::history::{Point, Source};
use crate::domain::timestamp::Timestamp;

/// Rows in one statement. SQLite looks every value's name up among all others, so that a statement of
/// ten times as many values takes a hundred times as long.
const BATCH: usize = 100;

/// A point of a series.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Placed {
    /// The series.
    pub series_id: String,
    /// The minute whose rates belong to it, counted from 1970.
    pub rates_at: i64,
    /// The point.
    pub point: Point,
}

#[derive(sqlx::FromRow)]
struct Row {
    series_id: String,
    at: i64,
    value: String,
    moved: String,
    covered: String,
    unpriced: i64,
    partial: i64,
    source: String,
    rates_at: i64,
}

#[derive(sqlx::FromRow)]
struct RatedRow {
    #[sqlx(flatten)]
    row: Row,
    rate: Option<String>,
}

/// Adds points, or puts them in place of those of the same moments.
///
/// # Errors
/// [`StorageError::Database`].
pub async fn upsert(db: &mut Db, points: &[Placed]) -> Result<(), StorageError> {
    for batch in points.chunks(BATCH) {
        let sql = format!(
            "INSERT INTO value_points (series_id, at, value, moved, covered, unpriced, partial, \
             source, rates_at) VALUES {} ON CONFLICT (series_id, at) DO UPDATE SET \
             value = excluded.value, moved = excluded.moved, covered = excluded.covered, \
             unpriced = excluded.unpriced, partial = excluded.partial, \
             source = excluded.source, rates_at = excluded.rates_at",
            rows(1, batch.len(), 9)
        );
        let mut query = sqlx::query(AssertSqlSafe(sql)).persistent(false);
        for Placed {
            series_id,
            rates_at,
            point,
        } in batch
        {
            query = query
                .bind(series_id)
                .bind(point.at.0)
                .bind(point.value.as_str())
                .bind(point.moved.as_str())
                .bind(point.covered.as_str())
                .bind(i64::try_from(point.unpriced).unwrap_or(i64::MAX))
                .bind(i64::from(point.partial))
                .bind(point.source.as_str())
                .bind(*rates_at);
        }
        query.execute(&mut *db).await?;
    }
    Ok(())
}

/// The points of a person's series from a moment on and the last one before it, oldest first, each
/// with what one USDT was worth then in a currency.
///
/// # Errors
/// [`StorageError::Database`], [`StorageError::Corrupt`].
pub async fn list_rated(
    db: &mut Db,
    user_id: &str,
    series_id: &str,
    since: Timestamp,
    currency: Currency,
) -> Result<Vec<Rated>, StorageError> {
    // Thousands of rows take far longer to come than one text of them all.
    let sql = "SELECT string_agg(CAST(p.at AS TEXT) || ' ' || p.value || ' ' || p.moved || ' ' || \
               p.covered || ' ' || CAST(p.unpriced AS TEXT) || ' ' || CAST(p.partial AS TEXT) \
               || ' ' || p.source || ' ' || COALESCE(r.rate, '-'), ';' ORDER BY p.at) \
               FROM value_points p \
               LEFT JOIN value_rates r ON r.minute = p.rates_at AND r.currency = $4 \
               WHERE p.series_id = $2 AND EXISTS (SELECT 1 FROM value_series s \
               WHERE s.id = $2 AND s.user_id = $1) AND p.at >= COALESCE((SELECT MAX(b.at) \
               FROM value_points b WHERE b.series_id = $2 AND b.at <= $3), $3)";
    let told: Option<String> = sqlx::query_scalar(sql)
        .bind(user_id)
        .bind(series_id)
        .bind(since.0)
        .bind(currency.as_str())
        .fetch_one(db)
        .await?;
    let told = told.unwrap_or_default();
    let points = told.split_terminator(';');
    points
        .map(|point| read_rated(point).ok_or(StorageError::Corrupt("point")))
        .collect()
}

/// The points of all of a person's series from a moment on, by series, oldest first.
///
/// # Errors
/// [`StorageError::Database`], [`StorageError::Corrupt`].
pub async fn list_since(
    db: &mut Db,
    user_id: &str,
    since: Timestamp,
) -> Result<Vec<Placed>, StorageError> {
    let sql = "SELECT p.series_id, p.at, p.value, p.moved, p.covered, p.unpriced, p.partial, \
               p.source, p.rates_at FROM value_series s JOIN value_points p ON p.series_id = s.id \
               WHERE s.user_id = $1 AND p.at >= $2 ORDER BY p.series_id, p.at";
    let rows: Vec<Row> = sqlx::query_as(sql)
        .bind(user_id)
        .bind(since.0)
        .fetch_all(db)
        .await?;
    rows.into_iter().map(read).collect()
}

/// Points of a person's series, or of one of them, each with what one USDT was worth then in a
/// currency: so many after a series and a moment, by series, oldest first.
///
/// # Errors
/// [`StorageError::Database`], [`StorageError::Corrupt`].
pub async fn list_page(
    db: &mut Db,
    user_id: &str,
    only: Option<&str>,
    after: (&str, Timestamp),
    currency: Currency,
    limit: i64,
) -> Result<Vec<(String, Rated)>, StorageError> {
    let sql = "SELECT p.series_id, p.at, p.value, p.moved, p.covered, p.unpriced, p.partial, \
               p.source, p.rates_at, r.rate FROM value_series s \
               JOIN value_points p ON p.series_id = s.id \
               LEFT JOIN value_rates r ON r.minute = p.rates_at AND r.currency = $5 \
               WHERE s.user_id = $1 AND s.id = COALESCE($2, s.id) \
               AND (p.series_id > $3 OR (p.series_id = $3 AND p.at > $4)) \
               ORDER BY p.series_id, p.at LIMIT $6";
    let rows: Vec<RatedRow> = sqlx::query_as(sql)
        .bind(user_id)
        .bind(only)
        .bind(after.0)
        .bind(after.1.0)
        .bind(currency.as_str())
        .bind(limit)
        .fetch_all(db)
        .await?;
    let series = |row: RatedRow| Ok((row.row.series_id.clone(), rated(row)?));
    rows.into_iter().map(series).collect()
}

/// The person's series that have a point.
///
/// # Errors
/// [`StorageError::Database`].
pub async fn list_begun(db: &mut Db, user_id: &str) -> Result<Vec<String>, StorageError> {
    let sql = "SELECT s.id FROM value_series s WHERE s.user_id = $1 AND EXISTS \
               (SELECT 1 FROM value_points p WHERE p.series_id = s.id) ORDER BY s.id";
    Ok(sqlx::query_scalar(sql).bind(user_id).fetch_all(db).await?)
}

/// Forgets points of a series.
///
/// # Errors
/// [`StorageError::Database`].
pub async fn delete(
    db: &mut Db,
    series_id: &str,
    moments: &[Timestamp],
) -> Result<(), StorageError> {
    for batch in moments.chunks(BATCH) {
        let sql = format!(
            "DELETE FROM value_points WHERE series_id = $1 AND at IN ({})",
            places(2, batch.len())
        );
        let mut query = sqlx::query(AssertSqlSafe(sql)).persistent(false);
        query = query.bind(series_id);
        for moment in batch {
            query = query.bind(moment.0);
        }
        query.execute(&mut *db).await?;
    }
    Ok(())
}

/// Reads a point and its rate, the parts of which stand between blanks; a dash stands for no rate.
fn read_rated(text: &str) -> Option<Rated> {
    let parts: Vec<&str> = text.split(' ').collect();
    let [at, value, moved, covered, unpriced, partial, source, rate] = parts[..] else {
        return None;
    };
    let amount = |text| Amount::parse_own(text).ok();
    let point = Point {
        at: Timestamp(at.parse().ok()?),
        value: amount(value)?,
        moved: amount(moved)?,
        covered: amount(covered)?,
        unpriced: unpriced.parse().ok()?,
        partial: partial != "0",
        source: Source::parse(source)?,
    };
    let rate = match rate {
        "-" => None,
        rate => Some(amount(rate)?),
    };
    Some(Rated { point, rate })
}

fn rated(RatedRow { row, rate }: RatedRow) -> Result<Rated, StorageError> {
    Ok(Rated {
        point: read(row)?.point,
        rate: rate.map(|text| value_rates::read(&text)).transpose()?,
    })
}

fn read(row: Row) -> Result<Placed, StorageError> {
    let amount = |text: &str| Amount::parse_own(text).map_err(|_| StorageError::Corrupt("value"));
    Ok(Placed {
        series_id: row.series_id,
        rates_at: row.rates_at,
        point: Point {
            at: Timestamp(row.at),
            value: amount(&row.value)?,
            moved: amount(&row.moved)?,
            covered: amount(&row.covered)?,
            unpriced: usize::try_from(row.unpriced).unwrap_or_default(),
            partial: row.partial != 0,
            source: Source::parse(&row.source).ok_or(StorageError::Corrupt("source"))?,
        },
    })
}
