//! What one USDT was worth in other currencies, minute by minute, for everybody.

use sqlx::AssertSqlSafe;

use super::Connection as Db;
use super::error::StorageError;
use super::sql::rows;
use crate::domain::amount::Amount;
use crate::domain::currency::Currency;

/// Keeps the rates of a minute, counted from 1970, unless that minute has some.
///
/// # Errors
/// [`StorageError::Database`].
pub async fn insert(
    db: &mut Db,
    minute: i64,
    rates: &[(Currency, Amount)],
) -> Result<(), StorageError> {
    if rates.is_empty() {
        return Ok(());
    }
    let sql = format!(
        "INSERT INTO value_rates (minute, currency, rate) VALUES {} \
         ON CONFLICT (minute, currency) DO NOTHING",
        rows(1, rates.len(), 3)
    );
    let mut query = sqlx::query(AssertSqlSafe(sql)).persistent(false);
    for (currency, rate) in rates {
        query = query
            .bind(minute)
            .bind(currency.as_str())
            .bind(rate.as_str());
    }
    query.execute(db).await?;
    Ok(())
}

/// The rate of a currency in a minute.
///
/// # Errors
/// [`StorageError::Database`], [`StorageError::Corrupt`].
pub async fn find(
    db: &mut Db,
    minute: i64,
    currency: Currency,
) -> Result<Option<Amount>, StorageError> {
    let sql = "SELECT rate FROM value_rates WHERE minute = $1 AND currency = $2";
    let rate: Option<String> = sqlx::query_scalar(sql)
        .bind(minute)
        .bind(currency.as_str())
        .fetch_optional(db)
        .await?;
    rate.map(|text| read(&text)).transpose()
}

/// Forgets the rates before a minute that no point and no day before a connection needs.
///
/// # Errors
/// [`StorageError::Database`].
pub async fn delete_unused(db: &mut Db, before: i64) -> Result<(), StorageError> {
    let sql = "DELETE FROM value_rates WHERE minute < $1 AND NOT EXISTS \
               (SELECT 1 FROM value_points WHERE value_points.rates_at = value_rates.minute) \
               AND NOT EXISTS (SELECT 1 FROM backfilled_days \
               WHERE backfilled_days.rates_at = value_rates.minute)";
    sqlx::query(sql).bind(before).execute(db).await?;
    Ok(())
}

/// Reads a rate as it is stored.
pub(super) fn read(text: &str) -> Result<Amount, StorageError> {
    Amount::parse_own(text).map_err(|_| StorageError::Corrupt("rate"))
}
