//! From when on and from how much people are told.

use super::Connection as Db;
use super::error::StorageError;
use crate::domain::amount::Amount;
use crate::domain::preferences::Preferences;

/// What a person chose, or what is usual.
///
/// # Errors
/// [`StorageError::Database`], [`StorageError::Corrupt`].
pub async fn find(db: &mut Db, user_id: &str) -> Result<Preferences, StorageError> {
    let sql = "SELECT failing_hours, balance_percent, value_percent, exchange_news \
               FROM telling_preferences \
               WHERE user_id = $1";
    let row: Option<(i64, String, String, i64)> =
        sqlx::query_as(sql).bind(user_id).fetch_optional(db).await?;
    let Some((hours, balance, value, news)) = row else {
        return Ok(Preferences::default());
    };
    let corrupt = || StorageError::Corrupt("preference");
    let percent = |text: String| Amount::parse_own(&text).map_err(|_| corrupt());
    Ok(Preferences {
        failing_hours: u32::try_from(hours).map_err(|_| corrupt())?,
        balance_percent: percent(balance)?,
        value_percent: percent(value)?,
        exchange_news: news != 0,
    })
}

/// Keeps what a person chose.
///
/// # Errors
/// [`StorageError::Database`].
pub async fn upsert(
    db: &mut Db,
    user_id: &str,
    preferences: &Preferences,
) -> Result<(), StorageError> {
    let sql = "INSERT INTO telling_preferences \
               (user_id, failing_hours, balance_percent, value_percent, exchange_news) \
               VALUES ($1, $2, $3, $4, $5) \
               ON CONFLICT (user_id) DO UPDATE SET failing_hours = excluded.failing_hours, \
               balance_percent = excluded.balance_percent, \
               value_percent = excluded.value_percent, exchange_news = excluded.exchange_news";
    sqlx::query(sql)
        .bind(user_id)
        .bind(i64::from(preferences.failing_hours))
        .bind(preferences.balance_percent.as_str())
        .bind(preferences.value_percent.as_str())
        .bind(i64::from(preferences.exchange_news))
        .execute(db)
        .await?;
    Ok(())
}
