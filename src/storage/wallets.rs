//! Wallets: how each fared when it was last asked, and what is known of it.

use std::collections::HashMap;

use serde::Serialize;
use sqlx::AssertSqlSafe;

use super::Connection as Db;
use super::error::StorageError;
use super::sql::rows;
use crate::domain::report::WalletSummary;
use crate::domain::timestamp::Timestamp;
use crate::domain::wallet::{KnownWallet, Outcome, WalletName};

/// How a wallet fared that was asked.
#[derive(Clone, Debug)]
pub struct Asked {
    /// Its place among the wallets.
    pub position: usize,
    /// Outcome, unreadable rows and problem; `read_at` is empty unless it answered whole.
    pub summary: WalletSummary,
    /// What to tell the client the next time; `None` leaves what was noted before.
    pub note: Option<String>,
}

#[derive(sqlx::FromRow)]
struct Row {
    connection_id: String,
    name: String,
    outcome: String,
    unreadable: i64,
    problem: Option<String>,
    read_at: Option<i64>,
    asked_at: Option<i64>,
    note: Option<String>,
    holdings: i64,
}

/// Every wallet with the number of its holdings, of the connections that a condition picks.
macro_rules! select {
    ($condition:literal) => {
        concat!(
            "SELECT w.connection_id, w.name, w.outcome, w.unreadable, w.problem, w.read_at, \
             w.asked_at, w.note, CAST(COUNT(h.asset_id) AS BIGINT) AS holdings FROM wallets w \
             JOIN connections c ON c.id = w.connection_id \
             LEFT JOIN holdings h ON h.connection_id = w.connection_id AND h.wallet = w.name \
             WHERE ",
            $condition,
            " GROUP BY w.connection_id, w.name, w.outcome, w.unreadable, w.problem, w.read_at, \
             w.asked_at, w.note, w.position ORDER BY w.connection_id, w.position, w.name"
        )
    };
}

/// The wallets of all connections of a person, by connection.
///
/// # Errors
/// [`StorageError::Database`], [`StorageError::Corrupt`].
pub async fn list_of_user(
    db: &mut Db,
    user_id: &str,
) -> Result<HashMap<String, Vec<WalletSummary>>, StorageError> {
    let found: Vec<Row> = sqlx::query_as(select!("c.user_id = $1"))
        .bind(user_id)
        .fetch_all(db)
        .await?;
    let mut by_connection: HashMap<String, Vec<WalletSummary>> = HashMap::new();
    for row in found {
        let id = row.connection_id.clone();
        by_connection.entry(id).or_default().push(summary(&row)?);
    }
    Ok(by_connection)
}

/// The wallets of a connection.
///
/// # Errors
/// [`StorageError::Database`], [`StorageError::Corrupt`].
pub async fn list_of_connection(
    db: &mut Db,
    connection_id: &str,
) -> Result<Vec<WalletSummary>, StorageError> {
    let found = rows_of(db, connection_id).await?;
    found.iter().map(summary).collect()
}

/// The wallets of a connection, each with what a client is told of it.
///
/// # Errors
/// [`StorageError::Database`], [`StorageError::Corrupt`].
pub async fn list_known(
    db: &mut Db,
    connection_id: &str,
) -> Result<Vec<(WalletSummary, KnownWallet)>, StorageError> {
    let found = rows_of(db, connection_id).await?;
    let both = |row: Row| Ok((summary(&row)?, known(row)?));
    found.into_iter().map(both).collect()
}

/// Notes how wallets fared that were asked now.
///
/// # Errors
/// [`StorageError::Database`].
pub async fn upsert(
    db: &mut Db,
    connection_id: &str,
    wallets: &[Asked],
    now: Timestamp,
) -> Result<(), StorageError> {
    if wallets.is_empty() {
        return Ok(());
    }
    let sql = format!(
        "INSERT INTO wallets (connection_id, name, position, outcome, unreadable, problem, \
         read_at, asked_at, note) VALUES {} ON CONFLICT (connection_id, name) DO UPDATE SET \
         position = excluded.position, outcome = excluded.outcome, \
         unreadable = excluded.unreadable, problem = excluded.problem, \
         read_at = COALESCE(excluded.read_at, wallets.read_at), asked_at = excluded.asked_at, \
         note = COALESCE(excluded.note, wallets.note)",
        rows(1, wallets.len(), 9)
    );
    let mut query = sqlx::query(AssertSqlSafe(sql));
    for asked in wallets {
        let summary = &asked.summary;
        query = query
            .bind(connection_id)
            .bind(summary.name.as_str())
            .bind(number(asked.position))
            .bind(summary.outcome.as_str())
            .bind(number(summary.unreadable))
            .bind(summary.problem.as_ref().map(to_json).transpose()?)
            .bind(summary.read_at.map(|at| at.0))
            .bind(now.0)
            .bind(&asked.note);
    }
    query.execute(db).await?;
    Ok(())
}

async fn rows_of(db: &mut Db, connection_id: &str) -> Result<Vec<Row>, StorageError> {
    Ok(sqlx::query_as(select!("c.id = $1"))
        .bind(connection_id)
        .fetch_all(db)
        .await?)
}

fn summary(row: &Row) -> Result<WalletSummary, StorageError> {
    let problem = row.problem.as_deref().map(serde_json::from_str);
    Ok(WalletSummary {
        name: WalletName::new(&row.name),
        outcome: outcome(&row.outcome)?,
        holdings: count(row.holdings),
        unreadable: count(row.unreadable),
        problem: problem
            .transpose()
            .map_err(|_| StorageError::Corrupt("problem"))?,
        read_at: row.read_at.map(Timestamp),
    })
}

fn known(row: Row) -> Result<KnownWallet, StorageError> {
    Ok(KnownWallet {
        wallet: WalletName::new(&row.name),
        outcome: outcome(&row.outcome)?,
        holdings: count(row.holdings),
        // Kept before the times of asking were: it was asked when it last answered, or long ago.
        asked_at: Timestamp(row.asked_at.or(row.read_at).unwrap_or_default()),
        note: row.note,
    })
}

fn outcome(text: &str) -> Result<Outcome, StorageError> {
    Outcome::parse(text).ok_or(StorageError::Corrupt("outcome"))
}

fn count(number: i64) -> usize {
    usize::try_from(number).unwrap_or_default()
}

fn number(count: usize) -> i64 {
    i64::try_from(count).unwrap_or_default()
}

fn to_json<T: Serialize>(value: &T) -> Result<String, StorageError> {
    serde_json::to_string(value).map_err(|_| StorageError::Corrupt("problem"))
}
