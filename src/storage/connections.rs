//! Connections to exchange accounts, with their sealed keys and their wallets.

use std::collections::HashMap;

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::Connection as Db;
use super::error::StorageError;
use crate::domain::amount::Amount;
use crate::domain::connection::{Connection, ConnectionStatus};
use crate::domain::exchange::{Environment, ExchangeId};
use crate::domain::report::{Failure, WalletSummary};
use crate::domain::rights::KeyRights;
use crate::domain::timestamp::Timestamp;
use crate::domain::wallet::{Outcome, WalletName};

/// The sealed parts of a key, as they stand in the database.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct SealedKey {
    /// The API key.
    pub api_key: Vec<u8>,
    /// Its secret.
    pub secret_key: Vec<u8>,
    /// Its passphrase.
    pub passphrase: Option<Vec<u8>>,
}

/// What a sync leaves on a connection besides its holdings.
#[derive(Clone, Debug)]
pub struct AfterSync {
    /// The new status.
    pub status: ConnectionStatus,
    /// Why nothing was read, if so.
    pub failure: Option<Failure>,
    /// The key's rights, when they were told this time.
    pub rights: Option<KeyRights>,
    /// When wallets were read; `None` leaves the time before.
    pub synced_at: Option<Timestamp>,
}

#[derive(sqlx::FromRow)]
struct Row {
    id: String,
    exchange: String,
    label: String,
    environment: String,
    region: Option<String>,
    key_hint: String,
    rights: String,
    status: String,
    last_failure: Option<String>,
    last_synced_at: Option<i64>,
    portfolio_id: String,
    ignore_below: Option<String>,
    created_at: i64,
}

#[derive(sqlx::FromRow)]
struct WalletRow {
    connection_id: String,
    name: String,
    outcome: String,
    unreadable: i64,
    problem: Option<String>,
    holdings: i64,
}

/// Keeps a new connection.
///
/// # Errors
/// [`StorageError::Exists`] when the person has connected this account already.
pub async fn insert(
    db: &mut Db,
    user_id: &str,
    connection: &Connection,
    account_uid: Option<&str>,
    key: &SealedKey,
) -> Result<(), StorageError> {
    let sql = "INSERT INTO connections (id, user_id, portfolio_id, exchange, label, environment, \
               region, account_uid, api_key, secret_key, passphrase, key_hint, rights, status, \
               last_failure, last_synced_at, ignore_below, created_at) VALUES \
               ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)";
    sqlx::query(sql)
        .bind(&connection.id)
        .bind(user_id)
        .bind(&connection.portfolio_id)
        .bind(connection.exchange.as_str())
        .bind(&connection.label)
        .bind(connection.environment.as_str())
        .bind(&connection.region)
        .bind(account_uid)
        .bind(&key.api_key)
        .bind(&key.secret_key)
        .bind(&key.passphrase)
        .bind(&connection.key_hint)
        .bind(to_json(&connection.rights)?)
        .bind(connection.status.as_str())
        .bind(connection.last_failure.as_ref().map(to_json).transpose()?)
        .bind(connection.last_synced_at.map(|t| t.0))
        .bind(connection.ignore_below.as_ref().map(Amount::as_str))
        .bind(connection.created_at.0)
        .execute(db)
        .await?;
    Ok(())
}

/// A person's connections with their wallets, oldest first.
///
/// # Errors
/// [`StorageError::Database`], [`StorageError::Corrupt`].
pub async fn list(db: &mut Db, user_id: &str) -> Result<Vec<Connection>, StorageError> {
    let sql = "SELECT id, exchange, label, environment, region, key_hint, rights, status, \
               last_failure, last_synced_at, portfolio_id, ignore_below, created_at \
               FROM connections WHERE user_id = $1 ORDER BY created_at, id";
    let rows: Vec<Row> = sqlx::query_as(sql)
        .bind(user_id)
        .fetch_all(&mut *db)
        .await?;
    let mut wallets = list_wallets(db, user_id).await?;
    rows.into_iter()
        .map(|row| read(row, &mut wallets))
        .collect()
}

/// One connection of a person.
///
/// # Errors
/// [`StorageError::Database`], [`StorageError::Corrupt`].
pub async fn find(
    db: &mut Db,
    user_id: &str,
    id: &str,
) -> Result<Option<Connection>, StorageError> {
    let sql = "SELECT id, exchange, label, environment, region, key_hint, rights, status, \
               last_failure, last_synced_at, portfolio_id, ignore_below, created_at \
               FROM connections WHERE user_id = $1 AND id = $2";
    let row: Option<Row> = sqlx::query_as(sql)
        .bind(user_id)
        .bind(id)
        .fetch_optional(&mut *db)
        .await?;
    let Some(row) = row else { return Ok(None) };
    let mut wallets = list_wallets(db, user_id).await?;
    read(row, &mut wallets).map(Some)
}

/// The label of a person's connection to an exchange account, if there is one.
///
/// # Errors
/// [`StorageError::Database`].
pub async fn find_label_by_uid(
    db: &mut Db,
    user_id: &str,
    exchange: &ExchangeId,
    environment: Environment,
    account_uid: &str,
) -> Result<Option<String>, StorageError> {
    let sql = "SELECT label FROM connections WHERE user_id = $1 AND exchange = $2 \
               AND environment = $3 AND account_uid = $4";
    let label = sqlx::query_scalar(sql)
        .bind(user_id)
        .bind(exchange.as_str())
        .bind(environment.as_str())
        .bind(account_uid)
        .fetch_optional(db)
        .await?;
    Ok(label)
}

/// The sealed key of a person's connection.
///
/// # Errors
/// [`StorageError::Database`].
pub async fn find_key(
    db: &mut Db,
    user_id: &str,
    id: &str,
) -> Result<Option<SealedKey>, StorageError> {
    let sql = "SELECT api_key, secret_key, passphrase FROM connections \
               WHERE user_id = $1 AND id = $2";
    Ok(sqlx::query_as(sql)
        .bind(user_id)
        .bind(id)
        .fetch_optional(db)
        .await?)
}

/// Holds the connection's row until the transaction ends, so that it cannot be deleted or synced
/// by others meanwhile. Answers whether it is still there.
///
/// # Errors
/// [`StorageError::Database`].
pub async fn lock(db: &mut Db, id: &str) -> Result<bool, StorageError> {
    let sql = "UPDATE connections SET status = status WHERE id = $1";
    Ok(sqlx::query(sql).bind(id).execute(db).await?.rows_affected() == 1)
}

/// Notes how a sync ended.
///
/// # Errors
/// [`StorageError::Database`].
pub async fn update_after_sync(
    db: &mut Db,
    id: &str,
    after: &AfterSync,
) -> Result<(), StorageError> {
    let sql = "UPDATE connections SET status = $2, last_failure = $3, \
               rights = COALESCE($4, rights), last_synced_at = COALESCE($5, last_synced_at) \
               WHERE id = $1";
    sqlx::query(sql)
        .bind(id)
        .bind(after.status.as_str())
        .bind(after.failure.as_ref().map(to_json).transpose()?)
        .bind(after.rights.as_ref().map(to_json).transpose()?)
        .bind(after.synced_at.map(|t| t.0))
        .execute(db)
        .await?;
    Ok(())
}

/// Removes a person's connection with its key, wallets, holdings and reports. Answers whether it
/// was there.
///
/// # Errors
/// [`StorageError::Database`].
pub async fn delete(db: &mut Db, user_id: &str, id: &str) -> Result<bool, StorageError> {
    let sql = "DELETE FROM connections WHERE user_id = $1 AND id = $2";
    let done = sqlx::query(sql).bind(user_id).bind(id).execute(db).await?;
    Ok(done.rows_affected() == 1)
}

async fn list_wallets(
    db: &mut Db,
    user_id: &str,
) -> Result<HashMap<String, Vec<WalletSummary>>, StorageError> {
    let sql = "SELECT w.connection_id, w.name, w.outcome, w.unreadable, w.problem, \
               CAST(COUNT(h.asset_id) AS BIGINT) AS holdings FROM wallets w \
               JOIN connections c ON c.id = w.connection_id \
               LEFT JOIN holdings h ON h.connection_id = w.connection_id AND h.wallet = w.name \
               WHERE c.user_id = $1 GROUP BY w.connection_id, w.name, w.outcome, w.unreadable, \
               w.problem, w.position ORDER BY w.connection_id, w.position";
    let rows: Vec<WalletRow> = sqlx::query_as(sql).bind(user_id).fetch_all(db).await?;
    let mut by_connection: HashMap<String, Vec<WalletSummary>> = HashMap::new();
    for row in rows {
        let id = row.connection_id.clone();
        by_connection.entry(id).or_default().push(read_wallet(row)?);
    }
    Ok(by_connection)
}

fn read(
    row: Row,
    wallets: &mut HashMap<String, Vec<WalletSummary>>,
) -> Result<Connection, StorageError> {
    let ignore_below = row
        .ignore_below
        .as_deref()
        .map(Amount::parse_own)
        .transpose();
    Ok(Connection {
        wallets: wallets.remove(&row.id).unwrap_or_default(),
        id: row.id,
        exchange: ExchangeId::new(&row.exchange),
        label: row.label,
        environment: Environment::parse(&row.environment)
            .ok_or(StorageError::Corrupt("environment"))?,
        region: row.region,
        key_hint: row.key_hint,
        rights: from_json(&row.rights, "rights")?,
        status: ConnectionStatus::parse(&row.status).ok_or(StorageError::Corrupt("status"))?,
        last_failure: row
            .last_failure
            .map(|json| from_json(&json, "failure"))
            .transpose()?,
        last_synced_at: row.last_synced_at.map(Timestamp),
        portfolio_id: row.portfolio_id,
        ignore_below: ignore_below.map_err(|_| StorageError::Corrupt("quantity"))?,
        created_at: Timestamp(row.created_at),
        overview: None,
        due_at: None,
        syncing: false,
        paused_until: None,
    })
}

fn read_wallet(row: WalletRow) -> Result<WalletSummary, StorageError> {
    Ok(WalletSummary {
        name: WalletName::new(&row.name),
        outcome: Outcome::parse(&row.outcome).ok_or(StorageError::Corrupt("outcome"))?,
        holdings: usize::try_from(row.holdings).unwrap_or_default(),
        unreadable: usize::try_from(row.unreadable).unwrap_or_default(),
        problem: row
            .problem
            .map(|json| from_json(&json, "problem"))
            .transpose()?,
        read_at: None,
    })
}

fn to_json<T: Serialize>(value: &T) -> Result<String, StorageError> {
    serde_json::to_string(value).map_err(|_| StorageError::Corrupt("value"))
}

fn from_json<T: DeserializeOwned>(json: &str, what: &'static str) -> Result<T, StorageError> {
    serde_json::from_str(json).map_err(|_| StorageError::Corrupt(what))
}
