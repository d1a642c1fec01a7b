//! Outages: when a site of an exchange was found not to answer, and whom that concerns.

use std::collections::HashMap;

use sqlx::AssertSqlSafe;

use super::Connection as Db;
use super::error::StorageError;
use super::sql::places;
use crate::domain::exchange::ExchangeId;
use crate::domain::timestamp::Timestamp;

/// Begins an outage of a place, unless one lasts already or the last one ended after `rested`. Answers
/// whether it began.
///
/// # Errors
/// [`StorageError::Database`].
pub async fn begin(
    db: &mut Db,
    place: &str,
    now: Timestamp,
    rested: Timestamp,
) -> Result<bool, StorageError> {
    let sql = "INSERT INTO outages (place, began_at) VALUES ($1, $2) \
               ON CONFLICT (place) DO UPDATE SET began_at = excluded.began_at, ended_at = NULL \
               WHERE outages.ended_at IS NOT NULL AND outages.ended_at <= $3";
    let done = sqlx::query(sql)
        .bind(place)
        .bind(now.0)
        .bind(rested.0)
        .execute(db)
        .await?;
    Ok(done.rows_affected() == 1)
}

/// Ends the outage of a place that began before it answered. Answers when it began, if it was this
/// that ended it.
///
/// # Errors
/// [`StorageError::Database`].
pub async fn end(
    db: &mut Db,
    place: &str,
    answered: Timestamp,
    now: Timestamp,
) -> Result<Option<Timestamp>, StorageError> {
    let sql = "UPDATE outages SET ended_at = $3 \
               WHERE place = $1 AND ended_at IS NULL AND began_at < $2 RETURNING began_at";
    let began: Option<i64> = sqlx::query_scalar(sql)
        .bind(place)
        .bind(answered.0)
        .bind(now.0)
        .fetch_optional(db)
        .await?;
    Ok(began.map(Timestamp))
}

/// The outages that last, by place, with when they began.
///
/// # Errors
/// [`StorageError::Database`].
pub async fn list_open(db: &mut Db) -> Result<HashMap<String, Timestamp>, StorageError> {
    let sql = "SELECT place, began_at FROM outages WHERE ended_at IS NULL";
    let rows: Vec<(String, i64)> = sqlx::query_as(sql).fetch_all(db).await?;
    let open = rows.into_iter();
    Ok(open
        .map(|(place, began)| (place, Timestamp(began)))
        .collect())
}

/// Whom a site concerns besides those who have an account there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Beyond {
    /// Nobody.
    Nobody,
    /// Everybody who has a live account of the exchange: prices come from it.
    Accounts,
    /// These, and everybody who has chosen what to watch: pairs are watched at all exchanges.
    Watchers,
}

/// The people who have a live account on one of these regional sites of an exchange, or whom the site
/// concerns beyond that, and who want to be told how it fares. A connection without a region counts as
/// one of the empty name.
///
/// # Errors
/// [`StorageError::Database`].
pub async fn list_concerned(
    db: &mut Db,
    exchange: &ExchangeId,
    regions: &[String],
    beyond: Beyond,
) -> Result<Vec<String>, StorageError> {
    // No region is called so: with none named, none is meant.
    let none = ["-".to_owned()];
    let named = if regions.is_empty() {
        &none[..]
    } else {
        regions
    };
    let sql = format!(
        "SELECT u.id FROM users u LEFT JOIN telling_preferences p ON p.user_id = u.id \
         WHERE COALESCE(p.exchange_news, 1) = 1 AND (EXISTS (SELECT 1 FROM connections c \
         WHERE c.user_id = u.id AND c.exchange = $1 AND c.environment = 'live' \
         AND ($2 = 1 OR COALESCE(c.region, '') IN ({}))) \
         OR ($3 = 1 AND EXISTS (SELECT 1 FROM watched_pairs w WHERE w.user_id = u.id))) \
         ORDER BY u.id",
        places(4, named.len())
    );
    let query = sqlx::query_scalar(AssertSqlSafe(sql))
        .bind(exchange.as_str())
        .bind(i64::from(beyond != Beyond::Nobody))
        .bind(i64::from(beyond == Beyond::Watchers));
    let query = named.iter().fold(query, |query, region| query.bind(region));
    Ok(query.fetch_all(db).await?)
}
