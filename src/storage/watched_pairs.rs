//! The pairs that people watch.

use sqlx::AssertSqlSafe;

use super::Connection as Db;
use super::error::StorageError;
use super::sql::rows;
use crate::domain::market::Pair;
use crate::domain::market::watchlist::Watchlist;

/// What a person watches, or what is usual.
///
/// # Errors
/// [`StorageError::Database`], [`StorageError::Corrupt`].
pub async fn find(db: &mut Db, user_id: &str) -> Result<Watchlist, StorageError> {
    let sql = "SELECT symbol FROM watched_pairs WHERE user_id = $1 ORDER BY place, symbol";
    let symbols: Vec<String> = sqlx::query_scalar(sql).bind(user_id).fetch_all(db).await?;
    if symbols.is_empty() {
        return Ok(Watchlist::default());
    }
    let pairs: Result<Vec<Pair>, _> = symbols.iter().map(|one| Pair::parse(one)).collect();
    let corrupt = || StorageError::Corrupt("watchlist");
    let pairs = pairs.map_err(|_| corrupt())?;
    Watchlist::new(pairs).map_err(|_| corrupt())
}

/// Keeps what a person watches instead of what they watched before.
///
/// # Errors
/// [`StorageError::Database`].
pub async fn replace(db: &mut Db, user_id: &str, list: &Watchlist) -> Result<(), StorageError> {
    let sql = "DELETE FROM watched_pairs WHERE user_id = $1";
    sqlx::query(sql).bind(user_id).execute(&mut *db).await?;
    let pairs = list.pairs();
    let sql = format!(
        "INSERT INTO watched_pairs (user_id, place, symbol) VALUES {}",
        rows(1, pairs.len(), 3)
    );
    let mut query = sqlx::query(AssertSqlSafe(sql)).persistent(false);
    for (place, pair) in (0_i64..).zip(pairs) {
        query = query.bind(user_id).bind(place).bind(pair.to_string());
    }
    query.execute(db).await?;
    Ok(())
}
