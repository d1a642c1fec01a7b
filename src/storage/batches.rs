//! Batches: syncs of all connections of a person, and how far each has come.

use sqlx::AssertSqlSafe;

use super::Connection as Db;
use super::error::StorageError;
use super::sql::places;
use crate::domain::exchange::ExchangeId;
use crate::domain::report::SyncReport;
use crate::domain::timestamp::Timestamp;

/// How many batches of a person are kept.
const KEPT: i64 = 5;

/// A batch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Batch {
    /// Its id.
    pub id: String,
    /// When it was asked for.
    pub started_at: Timestamp,
}

/// A connection of a batch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item {
    /// The connection.
    pub connection_id: String,
    /// Its label.
    pub label: String,
    /// Its exchange.
    pub exchange: ExchangeId,
    /// Whether it is being synced.
    pub syncing: bool,
    /// What its sync did, once that is over.
    pub report: Option<SyncReport>,
}

/// Holds a person's row until the transaction ends, so that of two batches begun at once the second
/// finds the first. Answers whether there is such a person.
///
/// # Errors
/// [`StorageError::Database`].
pub async fn lock_owner(db: &mut Db, user_id: &str) -> Result<bool, StorageError> {
    let sql = "UPDATE users SET email = email WHERE id = $1";
    let done = sqlx::query(sql).bind(user_id).execute(db).await?;
    Ok(done.rows_affected() == 1)
}

/// A person's batch that is not over, if there is one.
///
/// # Errors
/// [`StorageError::Database`].
pub async fn find_open(db: &mut Db, user_id: &str) -> Result<Option<Batch>, StorageError> {
    let sql = "SELECT b.id, b.started_at FROM sync_batches b WHERE b.user_id = $1 AND EXISTS \
               (SELECT 1 FROM sync_batch_items i WHERE i.batch_id = b.id AND i.run_id IS NULL) \
               ORDER BY b.started_at DESC, b.id LIMIT 1";
    let row = sqlx::query_as(sql).bind(user_id).fetch_optional(db).await?;
    Ok(row.map(read))
}

/// A person's newest batch, or the one of that id.
///
/// # Errors
/// [`StorageError::Database`].
pub async fn find(
    db: &mut Db,
    user_id: &str,
    id: Option<&str>,
) -> Result<Option<Batch>, StorageError> {
    let row = match id {
        Some(id) => {
            sqlx::query_as("SELECT id, started_at FROM sync_batches WHERE user_id = $1 AND id = $2")
                .bind(user_id)
                .bind(id)
        }
        None => sqlx::query_as(
            "SELECT id, started_at FROM sync_batches WHERE user_id = $1 \
             ORDER BY started_at DESC, id LIMIT 1",
        )
        .bind(user_id),
    };
    Ok(row.fetch_optional(db).await?.map(read))
}

/// Begins a batch of all connections of a person to these exchanges: each is asked for. The oldest
/// batches are forgotten.
///
/// # Errors
/// [`StorageError::Database`].
pub async fn insert(
    db: &mut Db,
    user_id: &str,
    batch: &Batch,
    exchanges: &[ExchangeId],
) -> Result<(), StorageError> {
    let sql = "INSERT INTO sync_batches (id, user_id, started_at) VALUES ($1, $2, $3)";
    let query = sqlx::query(sql).bind(&batch.id).bind(user_id);
    query.bind(batch.started_at.0).execute(&mut *db).await?;
    let sql = format!(
        "INSERT INTO sync_batch_items (batch_id, connection_id) \
         SELECT $1, id FROM connections WHERE user_id = $2 AND exchange IN ({})",
        places(3, exchanges.len())
    );
    let query = sqlx::query(AssertSqlSafe(sql))
        .bind(&batch.id)
        .bind(user_id);
    let names = exchanges.iter().map(ExchangeId::as_str);
    let query = names.fold(query, |query, name| query.bind(name));
    query.execute(&mut *db).await?;
    let sql = "UPDATE connections SET requested_at = COALESCE(requested_at, $2), attempts = 0 \
               WHERE id IN (SELECT connection_id FROM sync_batch_items WHERE batch_id = $1)";
    let query = sqlx::query(sql).bind(&batch.id).bind(batch.started_at.0);
    query.execute(&mut *db).await?;
    // With the number in the text: SQLite would plan anew for every number that is bound.
    let sql = format!(
        "DELETE FROM sync_batches WHERE user_id = $1 AND id NOT IN (SELECT id FROM \
         sync_batches WHERE user_id = $1 ORDER BY started_at DESC, id LIMIT {KEPT})"
    );
    let query = sqlx::query(AssertSqlSafe(sql)).bind(user_id);
    query.execute(db).await?;
    Ok(())
}

/// Notes in every batch that waits for a connection that its sync is over.
///
/// # Errors
/// [`StorageError::Database`].
pub async fn end_items(db: &mut Db, connection_id: &str, run_id: &str) -> Result<(), StorageError> {
    let sql = "UPDATE sync_batch_items SET run_id = $2 \
               WHERE connection_id = $1 AND run_id IS NULL";
    let query = sqlx::query(sql).bind(connection_id).bind(run_id);
    query.execute(db).await?;
    Ok(())
}

/// The connections of a batch, oldest first.
///
/// # Errors
/// [`StorageError::Database`], [`StorageError::Corrupt`].
pub async fn list_items(
    db: &mut Db,
    batch_id: &str,
    now: Timestamp,
) -> Result<Vec<Item>, StorageError> {
    let sql = "SELECT c.id, c.label, c.exchange, c.lease_until, r.report FROM sync_batch_items i \
               JOIN connections c ON c.id = i.connection_id \
               LEFT JOIN sync_runs r ON r.id = i.run_id \
               WHERE i.batch_id = $1 ORDER BY c.created_at, c.id";
    let rows: Vec<(String, String, String, i64, Option<String>)> =
        sqlx::query_as(sql).bind(batch_id).fetch_all(db).await?;
    rows.into_iter()
        .map(|(connection_id, label, exchange, lease_until, report)| {
            let report = report.map(|json| super::sync_runs::read(&json));
            Ok(Item {
                connection_id,
                label,
                exchange: ExchangeId::new(&exchange),
                syncing: lease_until > now.0,
                report: report.transpose()?,
            })
        })
        .collect()
}

fn read((id, started_at): (String, i64)) -> Batch {
    let started_at = Timestamp(started_at);
    Batch { id, started_at }
}
