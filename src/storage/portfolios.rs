//! Portfolios.

use super::{Connection, StorageError};
use crate::domain::portfolio::PortfolioName;

/// The portfolio of that name, made if it is not there.
///
/// # Errors
/// [`StorageError::Database`].
pub async fn find_or_insert(
    db: &mut Connection,
    user_id: &str,
    name: &PortfolioName,
    now_ms: i64,
) -> Result<String, StorageError> {
    let sql = "INSERT INTO portfolios (id, user_id, name, created_at) VALUES ($1, $2, $3, $4) \
               ON CONFLICT (user_id, name) DO UPDATE SET name = excluded.name RETURNING id";
    let id = sqlx::query_scalar(sql)
        .bind(&name.id)
        .bind(user_id)
        .bind(&name.name)
        .bind(now_ms)
        .fetch_one(db)
        .await?;
    Ok(id)
}

/// A person's portfolio.
///
/// # Errors
/// [`StorageError::Database`].
pub async fn find(
    db: &mut Connection,
    user_id: &str,
    id: &str,
) -> Result<Option<PortfolioName>, StorageError> {
    let sql = "SELECT id, name FROM portfolios WHERE id = $1 AND user_id = $2";
    let row: Option<(String, String)> = sqlx::query_as(sql)
        .bind(id)
        .bind(user_id)
        .fetch_optional(db)
        .await?;
    Ok(row.map(|(id, name)| PortfolioName { id, name }))
}

/// A person's portfolios, by name.
///
/// # Errors
/// [`StorageError::Database`].
pub async fn list(db: &mut Connection, user_id: &str) -> Result<Vec<PortfolioName>, StorageError> {
    let sql = "SELECT id, name FROM portfolios WHERE user_id = $1 ORDER BY name, id";
    let rows: Vec<(String, String)> = sqlx::query_as(sql).bind(user_id).fetch_all(db).await?;
    Ok(rows
        .into_iter()
        .map(|(id, name)| PortfolioName { id, name })
        .collect())
}

/// Removes a person's portfolios that no connection feeds.
///
/// # Errors
/// [`StorageError::Database`].
pub async fn delete_empty(db: &mut Connection, user_id: &str) -> Result<(), StorageError> {
    sqlx::query(
        "DELETE FROM portfolios WHERE user_id = $1 AND NOT EXISTS \
         (SELECT 1 FROM connections WHERE connections.portfolio_id = portfolios.id)",
    )
    .bind(user_id)
    .execute(db)
    .await?;
    Ok(())
}
