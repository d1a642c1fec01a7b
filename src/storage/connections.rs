//! Connections to exchange accounts, with their sealed keys and their wallets.

use serde::Serialize;
use serde::de::DeserializeOwned;
use sqlx::FromRow;

use super::Connection as Db;
use super::error::StorageError;
use super::wallets;
use crate::domain::amount::Amount;
use crate::domain::connection::{Connection, ConnectionStatus, Following};
use crate::domain::exchange::{Environment, ExchangeId};
use crate::domain::report::{Failure, WalletSummary};
use crate::domain::rights::KeyRights;
use crate::domain::schedule::Plan;
use crate::domain::timestamp::Timestamp;
use crate::domain::wallet::Overview;

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
    /// When every wallet was read, however much that costs; `None` leaves the time before.
    pub thorough_at: Option<Timestamp>,
    /// What the exchange's own overview says; `None` leaves what it said before.
    pub overview: Option<Overview>,
    /// What is next.
    pub plan: Plan,
}

/// A connection with what it takes to ask its exchange.
#[derive(Debug)]
pub struct ToSync {
    /// The connection, without its wallets.
    pub connection: Connection,
    /// Its key.
    pub key: SealedKey,
}

/// The columns of a connection, and what else is asked.
macro_rules! select {
    ($more:literal) => {
        concat!(
            "SELECT id, exchange, label, environment, region, key_hint, rights, status, \
             last_failure, last_synced_at, portfolio_id, ignore_below, created_at, overview, \
             due_at, lease_until, connection_id, held_until, live_since",
            $more
        )
    };
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
    overview: Option<String>,
    due_at: Option<i64>,
    lease_until: i64,
    /// Its own id where it is followed.
    connection_id: Option<String>,
    held_until: Option<i64>,
    live_since: Option<i64>,
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

/// A person's connections with their wallets, oldest first, as they are now. Pauses are not told
/// here.
///
/// # Errors
/// [`StorageError::Database`], [`StorageError::Corrupt`].
pub async fn list(
    db: &mut Db,
    user_id: &str,
    now: Timestamp,
) -> Result<Vec<Connection>, StorageError> {
    let sql = select!(
        " FROM connections LEFT JOIN followings ON connection_id = id WHERE user_id = $1 \
         ORDER BY created_at, id"
    );
    let rows: Vec<Row> = sqlx::query_as(sql)
        .bind(user_id)
        .fetch_all(&mut *db)
        .await?;
    let mut wallets = wallets::list_of_user(db, user_id).await?;
    rows.into_iter()
        .map(|row| {
            let wallets = wallets.remove(&row.id).unwrap_or_default();
            read(row, wallets, now)
        })
        .collect()
}

/// One connection of a person, as it is now. Pauses are not told here.
///
/// # Errors
/// [`StorageError::Database`], [`StorageError::Corrupt`].
pub async fn find(
    db: &mut Db,
    user_id: &str,
    id: &str,
    now: Timestamp,
) -> Result<Option<Connection>, StorageError> {
    let sql = select!(
        " FROM connections LEFT JOIN followings ON connection_id = id \
         WHERE user_id = $1 AND id = $2"
    );
    let row: Option<Row> = sqlx::query_as(sql)
        .bind(user_id)
        .bind(id)
        .fetch_optional(&mut *db)
        .await?;
    let Some(row) = row else { return Ok(None) };
    let wallets = wallets::list_of_connection(db, id).await?;
    read(row, wallets, now).map(Some)
}

/// One connection of a person as a sync needs it to begin.
///
/// # Errors
/// [`StorageError::Database`], [`StorageError::Corrupt`].
pub async fn find_to_sync(
    db: &mut Db,
    user_id: &str,
    id: &str,
    now: Timestamp,
) -> Result<Option<ToSync>, StorageError> {
    let sql = select!(
        ", api_key, secret_key, passphrase FROM connections \
         LEFT JOIN followings ON connection_id = id WHERE user_id = $1 AND id = $2"
    );
    let found = sqlx::query(sql)
        .bind(user_id)
        .bind(id)
        .fetch_optional(db)
        .await?;
    let Some(found) = found else { return Ok(None) };
    let (row, key) = (Row::from_row(&found)?, SealedKey::from_row(&found)?);
    Ok(Some(ToSync {
        connection: read(row, Vec::new(), now)?,
        key,
    }))
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

/// The exchange and the label of a connection, whoever owns it.
///
/// # Errors
/// [`StorageError::Database`].
pub async fn find_facts(
    db: &mut Db,
    id: &str,
) -> Result<Option<(ExchangeId, String)>, StorageError> {
    let sql = "SELECT exchange, label FROM connections WHERE id = $1";
    let row: Option<(String, String)> = sqlx::query_as(sql).bind(id).fetch_optional(db).await?;
    Ok(row.map(|(exchange, label)| (ExchangeId::new(&exchange), label)))
}

/// Notes how a sync ended, and gives its lease back; with the lease's holder and token, only if it is
/// still that one. Answers whether it was noted; the row is held until the transaction ends.
///
/// # Errors
/// [`StorageError::Database`].
pub async fn update_after_sync(
    db: &mut Db,
    id: &str,
    after: &AfterSync,
    lease: Option<(&str, i64)>,
) -> Result<bool, StorageError> {
    let sql = "UPDATE connections SET status = $2, last_failure = $3, \
               rights = COALESCE($4, rights), last_synced_at = COALESCE($5, last_synced_at), \
               thorough_at = COALESCE($6, thorough_at), overview = COALESCE($7, overview), \
               due_at = $8, failures = $9, attempts = 0, requested_at = NULL, \
               failing_since = CASE WHEN $3 IS NULL THEN NULL ELSE failing_since END, \
               failing_told = CASE WHEN $3 IS NULL THEN 0 ELSE failing_told END, \
               lease_holder = NULL, lease_until = 0 WHERE id = $1 \
               AND ((lease_holder = $10 AND lease_token = $11) OR $10 IS NULL)";
    let done = sqlx::query(sql)
        .bind(id)
        .bind(after.status.as_str())
        .bind(after.failure.as_ref().map(to_json).transpose()?)
        .bind(after.rights.as_ref().map(to_json).transpose()?)
        .bind(after.synced_at.map(|t| t.0))
        .bind(after.thorough_at.map(|t| t.0))
        .bind(after.overview.as_ref().map(to_json).transpose()?)
        .bind(after.plan.due_at.map(|t| t.0))
        .bind(i64::from(after.plan.failures))
        .bind(lease.map(|(holder, _)| holder))
        .bind(lease.map(|(_, token)| token))
        .execute(db)
        .await?;
    Ok(done.rows_affected() == 1)
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

fn read(row: Row, wallets: Vec<WalletSummary>, now: Timestamp) -> Result<Connection, StorageError> {
    let following = following(&row, now);
    let ignore_below = row
        .ignore_below
        .as_deref()
        .map(Amount::parse_own)
        .transpose();
    Ok(Connection {
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
        wallets,
        portfolio_id: row.portfolio_id,
        ignore_below: ignore_below.map_err(|_| StorageError::Corrupt("quantity"))?,
        created_at: Timestamp(row.created_at),
        overview: row
            .overview
            .map(|json| from_json(&json, "overview"))
            .transpose()?,
        due_at: row.due_at.map(Timestamp),
        syncing: row.lease_until > now.0,
        paused_until: None,
        following,
    })
}

/// What a claim that has lapsed says is of a process that died.
fn following(row: &Row, now: Timestamp) -> Following {
    let held = row.held_until.is_some_and(|until| until > now.0);
    match (&row.connection_id, row.live_since.filter(|_| held)) {
        (None, _) => Following::Off,
        (Some(_), None) => Following::Waiting,
        (Some(_), Some(since)) => Following::Live {
            since: Timestamp(since),
        },
    }
}

pub(super) fn to_json<T: Serialize>(value: &T) -> Result<String, StorageError> {
    serde_json::to_string(value).map_err(|_| StorageError::Corrupt("value"))
}

fn from_json<T: DeserializeOwned>(json: &str, what: &'static str) -> Result<T, StorageError> {
    serde_json::from_str(json).map_err(|_| StorageError::Corrupt(what))
}
