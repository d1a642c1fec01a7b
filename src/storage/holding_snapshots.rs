//! What connections held whenever that changed.

use super::Connection as Db;
use super::error::StorageError;
use crate::domain::timestamp::Timestamp;

/// What a connection held at a moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Snapshot {
    /// The moment.
    pub taken_at: Timestamp,
    /// Whether something could not be read then.
    pub partial: bool,
    /// Exact amounts by wallet and asset, as JSON.
    pub held: String,
}

/// Keeps what a connection holds from now on.
///
/// # Errors
/// [`StorageError::Database`].
pub async fn upsert(
    db: &mut Db,
    connection_id: &str,
    snapshot: &Snapshot,
) -> Result<(), StorageError> {
    let sql = "INSERT INTO holding_snapshots (connection_id, taken_at, partial, held) \
               VALUES ($1, $2, $3, $4) ON CONFLICT (connection_id, taken_at) DO UPDATE SET \
               partial = excluded.partial, held = excluded.held";
    sqlx::query(sql)
        .bind(connection_id)
        .bind(snapshot.taken_at.0)
        .bind(i64::from(snapshot.partial))
        .bind(&snapshot.held)
        .execute(db)
        .await?;
    Ok(())
}

/// What a person's connections held, each with its connection: so many after a connection and a
/// moment, by connection, oldest first.
///
/// # Errors
/// [`StorageError::Database`].
pub async fn list_page(
    db: &mut Db,
    user_id: &str,
    after: (&str, Timestamp),
    limit: i64,
) -> Result<Vec<(String, Snapshot)>, StorageError> {
    let sql = "SELECT s.connection_id, s.taken_at, s.partial, s.held FROM connections c \
               JOIN holding_snapshots s ON s.connection_id = c.id WHERE c.user_id = $1 \
               AND (s.connection_id > $2 OR (s.connection_id = $2 AND s.taken_at > $3)) \
               ORDER BY s.connection_id, s.taken_at LIMIT $4";
    let rows: Vec<(String, i64, i64, String)> = sqlx::query_as(sql)
        .bind(user_id)
        .bind(after.0)
        .bind(after.1.0)
        .bind(limit)
        .fetch_all(db)
        .await?;
    let read = |(connection_id, taken_at, partial, held)| {
        let snapshot = Snapshot {
            taken_at: Timestamp(taken_at),
            partial: partial != 0,
            held,
        };
        (connection_id, snapshot)
    };
    Ok(rows.into_iter().map(read).collect())
}

/// Of a person's snapshots before a moment, keeps the last of every stretch of so many
/// milliseconds, counted from 1970.
///
/// # Errors
/// [`StorageError::Database`].
pub async fn thin(
    db: &mut Db,
    user_id: &str,
    before: Timestamp,
    stretch_ms: i64,
) -> Result<(), StorageError> {
    let sql = "DELETE FROM holding_snapshots WHERE taken_at < $2 AND connection_id IN \
               (SELECT id FROM connections WHERE user_id = $1) AND EXISTS \
               (SELECT 1 FROM holding_snapshots later \
               WHERE later.connection_id = holding_snapshots.connection_id \
               AND later.taken_at > holding_snapshots.taken_at AND later.taken_at < $2 \
               AND later.taken_at / $3 = holding_snapshots.taken_at / $3)";
    sqlx::query(sql)
        .bind(user_id)
        .bind(before.0)
        .bind(stretch_ms)
        .execute(db)
        .await?;
    Ok(())
}
