//! Holdings entered by hand.

use super::Connection as Db;
use super::error::StorageError;
use crate::domain::amount::Amount;
use crate::domain::asset::AssetCode;
use crate::domain::manual::{ManualEntry, ManualHolding};
use crate::domain::timestamp::Timestamp;

#[derive(sqlx::FromRow)]
struct Row {
    id: String,
    portfolio_id: String,
    asset: String,
    quantity: String,
    label: String,
    note: String,
    created_at: i64,
    updated_at: i64,
}

/// Keeps a new holding.
///
/// # Errors
/// [`StorageError::Database`].
pub async fn insert(
    db: &mut Db,
    user_id: &str,
    holding: &ManualHolding,
) -> Result<(), StorageError> {
    let sql = "INSERT INTO manual_holdings (id, user_id, portfolio_id, asset, quantity, label, \
               note, created_at, updated_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
    sqlx::query(sql)
        .bind(&holding.id)
        .bind(user_id)
        .bind(&holding.portfolio_id)
        .bind(holding.entry.asset.as_str())
        .bind(holding.entry.quantity.as_str())
        .bind(&holding.entry.label)
        .bind(&holding.entry.note)
        .bind(holding.created_at.0)
        .bind(holding.updated_at.0)
        .execute(db)
        .await?;
    Ok(())
}

/// Everything a person entered by hand, oldest first.
///
/// # Errors
/// [`StorageError::Database`], [`StorageError::Corrupt`].
pub async fn list_of_user(db: &mut Db, user_id: &str) -> Result<Vec<ManualHolding>, StorageError> {
    let sql = "SELECT id, portfolio_id, asset, quantity, label, note, created_at, updated_at \
               FROM manual_holdings WHERE user_id = $1 ORDER BY created_at, id";
    let rows: Vec<Row> = sqlx::query_as(sql).bind(user_id).fetch_all(db).await?;
    rows.into_iter().map(read).collect()
}

/// One holding of a person.
///
/// # Errors
/// [`StorageError::Database`], [`StorageError::Corrupt`].
pub async fn find(
    db: &mut Db,
    user_id: &str,
    id: &str,
) -> Result<Option<ManualHolding>, StorageError> {
    let sql = "SELECT id, portfolio_id, asset, quantity, label, note, created_at, updated_at \
               FROM manual_holdings WHERE user_id = $1 AND id = $2";
    let query = sqlx::query_as(sql).bind(user_id).bind(id);
    let row: Option<Row> = query.fetch_optional(db).await?;
    row.map(read).transpose()
}

/// How many holdings a person entered by hand.
///
/// # Errors
/// [`StorageError::Database`].
pub async fn count_of_user(db: &mut Db, user_id: &str) -> Result<i64, StorageError> {
    let sql = "SELECT CAST(COUNT(*) AS BIGINT) FROM manual_holdings WHERE user_id = $1";
    Ok(sqlx::query_scalar(sql).bind(user_id).fetch_one(db).await?)
}

/// Writes what a person says now of a holding. Answers whether it was there.
///
/// # Errors
/// [`StorageError::Database`].
pub async fn update(
    db: &mut Db,
    user_id: &str,
    id: &str,
    entry: &ManualEntry,
    now: Timestamp,
) -> Result<bool, StorageError> {
    let sql = "UPDATE manual_holdings SET asset = $3, quantity = $4, label = $5, note = $6, \
               updated_at = $7 WHERE user_id = $1 AND id = $2";
    let done = sqlx::query(sql)
        .bind(user_id)
        .bind(id)
        .bind(entry.asset.as_str())
        .bind(entry.quantity.as_str())
        .bind(&entry.label)
        .bind(&entry.note)
        .bind(now.0)
        .execute(db)
        .await?;
    Ok(done.rows_affected() == 1)
}

/// Removes a holding of a person.
///
/// # Errors
/// [`StorageError::Database`].
pub async fn delete(db: &mut Db, user_id: &str, id: &str) -> Result<(), StorageError> {
    let sql = "DELETE FROM manual_holdings WHERE user_id = $1 AND id = $2";
    sqlx::query(sql).bind(user_id).bind(id).execute(db).await?;
    Ok(())
}

fn read(row: Row) -> Result<ManualHolding, StorageError> {
    Ok(ManualHolding {
        id: row.id,
        portfolio_id: row.portfolio_id,
        entry: ManualEntry {
            asset: AssetCode::parse(&row.asset).map_err(|_| StorageError::Corrupt("asset code"))?,
            quantity: Amount::parse_own(&row.quantity)
                .map_err(|_| StorageError::Corrupt("quantity"))?,
            label: row.label,
            note: row.note,
        },
        created_at: Timestamp(row.created_at),
        updated_at: Timestamp(row.updated_at),
    })
}
