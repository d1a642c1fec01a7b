//! What connections' spot wallets were worth on days before they were connected.

use sqlx::AssertSqlSafe;

use super::error::StorageError;
use super::sql::rows;
use super::{Connection as Db, value_rates};
use crate::domain::amount::Amount;
use crate::domain::currency::Currency;
use crate::domain::history::day::minute;
use crate::domain::history::past::ValuedDay;
use crate::domain::timestamp::Timestamp;

#[derive(sqlx::FromRow)]
struct Row {
    at: i64,
    value: String,
    unpriced: i64,
    rate: Option<String>,
}

#[derive(sqlx::FromRow)]
struct PlacedRow {
    portfolio_id: String,
    #[sqlx(flatten)]
    row: Row,
}

/// A day, and what one USDT was worth then in a currency; `None` where that could not be had.
pub type RatedDay = (ValuedDay, Option<Amount>);

/// Keeps days of a connection; those that are kept already stay as they are.
///
/// # Errors
/// [`StorageError::Database`].
pub async fn insert(
    db: &mut Db,
    connection_id: &str,
    days: &[ValuedDay],
) -> Result<(), StorageError> {
    if days.is_empty() {
        return Ok(());
    }
    let sql = format!(
        "INSERT INTO backfilled_days (connection_id, at, value, unpriced, rates_at) VALUES {} \
         ON CONFLICT (connection_id, at) DO NOTHING",
        rows(1, days.len(), 5)
    );
    let mut query = sqlx::query(AssertSqlSafe(sql)).persistent(false);
    for day in days {
        query = query
            .bind(connection_id)
            .bind(day.at.0)
            .bind(day.value.as_str())
            .bind(i64::try_from(day.unpriced).unwrap_or(i64::MAX))
            .bind(minute(day.at));
    }
    query.execute(db).await?;
    Ok(())
}

/// The days of all connections that stand in a person's portfolio, or of all of the person's when
/// `series_id` is the person's own, from a moment on, oldest first: each with what one USDT was worth
/// then in a currency.
///
/// # Errors
/// [`StorageError::Database`], [`StorageError::Corrupt`].
pub async fn list_rated(
    db: &mut Db,
    user_id: &str,
    series_id: &str,
    since: Timestamp,
    currency: Currency,
) -> Result<Vec<RatedDay>, StorageError> {
    let sql = "SELECT d.at, d.value, d.unpriced, r.rate FROM connections c \
               JOIN backfilled_days d ON d.connection_id = c.id \
               LEFT JOIN value_rates r ON r.minute = d.rates_at AND r.currency = $4 \
               WHERE c.user_id = $1 AND (c.user_id = $2 OR c.portfolio_id = $2) AND d.at >= $3 \
               ORDER BY d.at, d.connection_id";
    let rows: Vec<Row> = sqlx::query_as(sql)
        .bind(user_id)
        .bind(series_id)
        .bind(since.0)
        .bind(currency.as_str())
        .fetch_all(db)
        .await?;
    rows.into_iter().map(read).collect()
}

/// The days of all of a person's connections, oldest first: each with the portfolio that its connection
/// stands in, and with what one USDT was worth then in a currency.
///
/// # Errors
/// [`StorageError::Database`], [`StorageError::Corrupt`].
pub async fn list_rated_of_user(
    db: &mut Db,
    user_id: &str,
    currency: Currency,
) -> Result<Vec<(String, RatedDay)>, StorageError> {
    let sql = "SELECT c.portfolio_id, d.at, d.value, d.unpriced, r.rate FROM connections c \
               JOIN backfilled_days d ON d.connection_id = c.id \
               LEFT JOIN value_rates r ON r.minute = d.rates_at AND r.currency = $2 \
               WHERE c.user_id = $1 ORDER BY d.at, d.connection_id";
    let rows: Vec<PlacedRow> = sqlx::query_as(sql)
        .bind(user_id)
        .bind(currency.as_str())
        .fetch_all(db)
        .await?;
    let placed = |row: PlacedRow| Ok((row.portfolio_id, read(row.row)?));
    rows.into_iter().map(placed).collect()
}

/// Every day that is kept of a person's connections, with its connection, oldest first.
///
/// # Errors
/// [`StorageError::Database`], [`StorageError::Corrupt`].
pub async fn list_of_user(
    db: &mut Db,
    user_id: &str,
) -> Result<Vec<(String, ValuedDay)>, StorageError> {
    let sql = "SELECT d.connection_id, d.at, d.value, d.unpriced FROM connections c \
               JOIN backfilled_days d ON d.connection_id = c.id WHERE c.user_id = $1 \
               ORDER BY d.connection_id, d.at";
    let rows: Vec<(String, i64, String, i64)> =
        sqlx::query_as(sql).bind(user_id).fetch_all(db).await?;
    let day = |(id, at, value, unpriced)| {
        let row = Row {
            at,
            value,
            unpriced,
            rate: None,
        };
        Ok((id, read(row)?.0))
    };
    rows.into_iter().map(day).collect()
}

fn read(row: Row) -> Result<RatedDay, StorageError> {
    let value = Amount::parse_own(&row.value).map_err(|_| StorageError::Corrupt("value"))?;
    let day = ValuedDay {
        at: Timestamp(row.at),
        value,
        unpriced: usize::try_from(row.unpriced).unwrap_or_default(),
    };
    Ok((
        day,
        row.rate.map(|text| value_rates::read(&text)).transpose()?,
    ))
}
