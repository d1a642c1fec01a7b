//! Portfolios.

use super::{Connection, StorageError};
use crate::domain::contents::Outline;
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

/// Keeps a portfolio made by hand.
///
/// # Errors
/// [`StorageError::Exists`] when the person has one of that name.
pub async fn insert(
    db: &mut Connection,
    user_id: &str,
    name: &PortfolioName,
    now_ms: i64,
) -> Result<(), StorageError> {
    let sql = "INSERT INTO portfolios (id, user_id, name, created_at, kept) \
               VALUES ($1, $2, $3, $4, 1)";
    sqlx::query(sql)
        .bind(&name.id)
        .bind(user_id)
        .bind(&name.name)
        .bind(now_ms)
        .execute(db)
        .await?;
    Ok(())
}

/// Gives a person's portfolio another name, and keeps it from now on when it is empty.
///
/// # Errors
/// [`StorageError::Exists`] when the person has one of that name.
pub async fn rename(
    db: &mut Connection,
    user_id: &str,
    name: &PortfolioName,
) -> Result<(), StorageError> {
    let sql = "UPDATE portfolios SET name = $3, kept = 1 WHERE id = $1 AND user_id = $2";
    let query = sqlx::query(sql).bind(&name.id).bind(user_id);
    query.bind(&name.name).execute(db).await?;
    Ok(())
}

/// Keeps a person's portfolio from now on when it is empty.
///
/// # Errors
/// [`StorageError::Database`].
pub async fn keep(db: &mut Connection, user_id: &str, id: &str) -> Result<(), StorageError> {
    let sql = "UPDATE portfolios SET kept = 1 WHERE id = $1 AND user_id = $2";
    sqlx::query(sql).bind(id).bind(user_id).execute(db).await?;
    Ok(())
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

/// A person's portfolios and how much stands in each, by name.
///
/// # Errors
/// [`StorageError::Database`].
pub async fn list_outlines(
    db: &mut Connection,
    user_id: &str,
) -> Result<Vec<Outline>, StorageError> {
    let sql = "SELECT p.id, p.name, (SELECT CAST(COUNT(*) AS BIGINT) FROM connections c \
               WHERE c.portfolio_id = p.id), (SELECT CAST(COUNT(*) AS BIGINT) \
               FROM manual_holdings m WHERE m.portfolio_id = p.id) \
               FROM portfolios p WHERE p.user_id = $1 ORDER BY p.name, p.id";
    let rows: Vec<(String, String, i64, i64)> =
        sqlx::query_as(sql).bind(user_id).fetch_all(db).await?;
    let count = |number| usize::try_from(number).unwrap_or_default();
    let outline = |(id, name, connections, by_hand)| Outline {
        portfolio: PortfolioName { id, name },
        connections: count(connections),
        by_hand: count(by_hand),
    };
    Ok(rows.into_iter().map(outline).collect())
}

/// Moves a person's connection into another of their portfolios.
///
/// # Errors
/// [`StorageError::Database`].
pub async fn move_connection(
    db: &mut Connection,
    user_id: &str,
    connection_id: &str,
    into: &str,
) -> Result<(), StorageError> {
    let sql = "UPDATE connections SET portfolio_id = $3 WHERE user_id = $1 AND id = $2";
    let query = sqlx::query(sql).bind(user_id).bind(connection_id);
    query.bind(into).execute(db).await?;
    Ok(())
}

/// Moves everything in one of a person's portfolios into another.
///
/// # Errors
/// [`StorageError::Database`].
pub async fn move_contents(
    db: &mut Connection,
    user_id: &str,
    from: &str,
    into: &str,
) -> Result<(), StorageError> {
    for sql in [
        "UPDATE connections SET portfolio_id = $3 WHERE user_id = $1 AND portfolio_id = $2",
        "UPDATE manual_holdings SET portfolio_id = $3 WHERE user_id = $1 AND portfolio_id = $2",
    ] {
        let query = sqlx::query(sql).bind(user_id).bind(from).bind(into);
        query.execute(&mut *db).await?;
    }
    Ok(())
}

/// Removes everything in a person's portfolio: connections with their keys, and what was entered by
/// hand.
///
/// # Errors
/// [`StorageError::Database`].
pub async fn delete_contents(
    db: &mut Connection,
    user_id: &str,
    id: &str,
) -> Result<(), StorageError> {
    for sql in [
        "DELETE FROM connections WHERE user_id = $1 AND portfolio_id = $2",
        "DELETE FROM manual_holdings WHERE user_id = $1 AND portfolio_id = $2",
    ] {
        let query = sqlx::query(sql).bind(user_id).bind(id);
        query.execute(&mut *db).await?;
    }
    Ok(())
}

/// Removes a person's portfolio, in which nothing may be left.
///
/// # Errors
/// [`StorageError::Database`].
pub async fn delete(db: &mut Connection, user_id: &str, id: &str) -> Result<(), StorageError> {
    let sql = "DELETE FROM portfolios WHERE user_id = $1 AND id = $2";
    sqlx::query(sql).bind(user_id).bind(id).execute(db).await?;
    Ok(())
}

/// Removes a person's portfolios that were made by connecting and in which nothing is left.
///
/// # Errors
/// [`StorageError::Database`].
pub async fn delete_empty(db: &mut Connection, user_id: &str) -> Result<(), StorageError> {
    sqlx::query(
        "DELETE FROM portfolios WHERE user_id = $1 AND kept = 0 AND NOT EXISTS \
         (SELECT 1 FROM connections WHERE connections.portfolio_id = portfolios.id) \
         AND NOT EXISTS (SELECT 1 FROM manual_holdings \
         WHERE manual_holdings.portfolio_id = portfolios.id)",
    )
    .bind(user_id)
    .execute(db)
    .await?;
    Ok(())
}
