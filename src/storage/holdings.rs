//! Holdings: what each wallet of a connection holds.

use std::collections::{BTreeMap, HashMap};

use sqlx::AssertSqlSafe;

use super::Connection as Db;
use super::error::StorageError;
use super::sql::{places, rows};
use crate::domain::amount::Amount;
use crate::domain::asset::AssetCode;
use crate::domain::exchange::ExchangeId;
use crate::domain::holding::WalletChanges;
use crate::domain::timestamp::Timestamp;
use crate::domain::wallet::{Balance, WalletName};

/// Rows in one statement. SQLite looks every value's name up among all others, so that a statement of
/// ten times as many values takes a hundred times as long.
const BATCH: usize = 500;

/// A holding and where it lies.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HeldRow {
    /// The connection.
    pub connection_id: String,
    /// The wallet.
    pub wallet: WalletName,
    /// How much of what.
    pub balance: Balance,
    /// When the wallet last said so.
    pub read_at: Timestamp,
}

#[derive(sqlx::FromRow)]
struct Row {
    wallet: String,
    code: String,
    total: String,
    free: Option<String>,
    locked: Option<String>,
}

/// Everything a person's connections hold, in the order of connections, wallets and codes.
///
/// # Errors
/// [`StorageError::Database`], [`StorageError::Corrupt`].
pub async fn list_of_user(db: &mut Db, user_id: &str) -> Result<Vec<HeldRow>, StorageError> {
    // Thousands of rows take far longer to come than one text of each wallet. No code or amount
    // holds a blank.
    let sql = "SELECT w.connection_id, w.name, COALESCE(w.read_at, 0), string_agg(a.code || ' ' || \
               h.total || ' ' || COALESCE(h.free, '-') || ' ' || COALESCE(h.locked, '-'), $2 \
               ORDER BY a.code) FROM connections c \
               JOIN wallets w ON w.connection_id = c.id \
               JOIN holdings h ON h.connection_id = w.connection_id AND h.wallet = w.name \
               JOIN assets a ON a.id = h.asset_id WHERE c.user_id = $1 \
               GROUP BY c.created_at, c.id, w.connection_id, w.position, w.name, w.read_at \
               ORDER BY c.created_at, c.id, w.position";
    let wallets: Vec<(String, String, i64, String)> = sqlx::query_as(sql)
        .bind(user_id)
        .bind("\n")
        .fetch_all(db)
        .await?;
    let mut held = Vec::new();
    for (connection_id, wallet, read_at, balances) in wallets {
        let wallet = WalletName::new(&wallet);
        for balance in balances.split('\n') {
            held.push(HeldRow {
                connection_id: connection_id.clone(),
                wallet: wallet.clone(),
                balance: read_told(balance)?,
                read_at: Timestamp(read_at),
            });
        }
    }
    Ok(held)
}

/// When the wallets of each of a person's connections were read, the oldest time of each; wallets
/// that are not available say nothing.
///
/// # Errors
/// [`StorageError::Database`].
pub async fn list_read_times(
    db: &mut Db,
    user_id: &str,
) -> Result<HashMap<String, Timestamp>, StorageError> {
    let sql = "SELECT w.connection_id, CAST(MIN(w.read_at) AS BIGINT) FROM connections c \
               JOIN wallets w ON w.connection_id = c.id WHERE c.user_id = $1 \
               AND w.read_at IS NOT NULL AND w.outcome <> 'not_available' \
               GROUP BY w.connection_id";
    let rows: Vec<(String, i64)> = sqlx::query_as(sql).bind(user_id).fetch_all(db).await?;
    Ok(rows
        .into_iter()
        .map(|(id, at)| (id, Timestamp(at)))
        .collect())
}

/// What a connection holds, by wallet.
///
/// # Errors
/// [`StorageError::Database`], [`StorageError::Corrupt`].
pub async fn list_of_connection(
    db: &mut Db,
    connection_id: &str,
) -> Result<BTreeMap<WalletName, Vec<Balance>>, StorageError> {
    let sql = "SELECT h.wallet, a.code, h.total, h.free, h.locked FROM holdings h \
               JOIN assets a ON a.id = h.asset_id WHERE h.connection_id = $1 ORDER BY a.code";
    let rows: Vec<Row> = sqlx::query_as(sql)
        .bind(connection_id)
        .fetch_all(db)
        .await?;
    let mut by_wallet: BTreeMap<WalletName, Vec<Balance>> = BTreeMap::new();
    for row in rows {
        let wallet = WalletName::new(&row.wallet);
        let held = balance(
            &row.code,
            &row.total,
            row.free.as_deref(),
            row.locked.as_deref(),
        )?;
        by_wallet.entry(wallet).or_default().push(held);
    }
    Ok(by_wallet)
}

/// Writes what changed in wallets of a connection.
///
/// # Errors
/// [`StorageError::Database`]; [`StorageError::Corrupt`] when `assets` lacks a code.
pub async fn apply(
    db: &mut Db,
    connection_id: &str,
    changes: &[(WalletName, WalletChanges)],
    assets: &HashMap<AssetCode, String>,
) -> Result<(), StorageError> {
    let (mut written, mut removed) = (Vec::new(), Vec::new());
    for (wallet, changes) in changes {
        let balances = changes.added.iter().chain(&changes.updated);
        written.extend(balances.map(|balance| (wallet, balance)));
        removed.extend(changes.removed.iter().map(|asset| (wallet, asset)));
    }
    for batch in written.chunks(BATCH) {
        upsert(db, connection_id, batch, assets).await?;
    }
    for batch in removed.chunks(BATCH) {
        delete(db, connection_id, batch, assets).await?;
    }
    Ok(())
}

async fn upsert(
    db: &mut Db,
    connection_id: &str,
    balances: &[(&WalletName, &Balance)],
    assets: &HashMap<AssetCode, String>,
) -> Result<(), StorageError> {
    let sql = format!(
        "INSERT INTO holdings (connection_id, wallet, asset_id, free, locked, total) VALUES {} \
         ON CONFLICT (connection_id, wallet, asset_id) DO UPDATE SET \
         free = excluded.free, locked = excluded.locked, total = excluded.total",
        rows(1, balances.len(), 6)
    );
    let mut query = sqlx::query(AssertSqlSafe(sql)).persistent(false);
    for (wallet, balance) in balances {
        query = query
            .bind(connection_id)
            .bind(wallet.as_str())
            .bind(asset_id(assets, &balance.asset)?)
            .bind(balance.free.as_ref().map(Amount::as_str))
            .bind(balance.locked.as_ref().map(Amount::as_str))
            .bind(balance.total.as_str());
    }
    query.execute(db).await?;
    Ok(())
}

async fn delete(
    db: &mut Db,
    connection_id: &str,
    removed: &[(&WalletName, &AssetCode)],
    assets: &HashMap<AssetCode, String>,
) -> Result<(), StorageError> {
    let sql = format!(
        "DELETE FROM holdings WHERE connection_id = $1 AND (wallet, asset_id) IN (VALUES {})",
        rows(2, removed.len(), 2)
    );
    let mut query = sqlx::query(AssertSqlSafe(sql)).persistent(false);
    query = query.bind(connection_id);
    for (wallet, asset) in removed {
        query = query.bind(wallet.as_str()).bind(asset_id(assets, asset)?);
    }
    query.execute(db).await?;
    Ok(())
}

/// The ids of an exchange's asset codes; codes seen for the first time are kept under the ids
/// given with them.
///
/// # Errors
/// [`StorageError::Database`].
pub async fn find_or_insert_assets(
    db: &mut Db,
    exchange: &ExchangeId,
    codes: &[(AssetCode, String)],
    now: Timestamp,
) -> Result<HashMap<AssetCode, String>, StorageError> {
    let mut ids = HashMap::new();
    for batch in codes.chunks(BATCH) {
        find_assets(db, exchange, batch, &mut ids).await?;
        let new: Vec<_> = batch
            .iter()
            .filter(|(code, _)| !ids.contains_key(code))
            .collect();
        if new.is_empty() {
            continue;
        }
        // Rows that are there stay untouched and unlocked, so that syncs do not wait in line.
        let sql = format!(
            "INSERT INTO assets (id, exchange, code, created_at) VALUES {} \
             ON CONFLICT (exchange, code) DO NOTHING",
            rows(1, new.len(), 4)
        );
        let mut query = sqlx::query(AssertSqlSafe(sql)).persistent(false);
        for (code, id) in new {
            query = query
                .bind(id)
                .bind(exchange.as_str())
                .bind(code.as_str())
                .bind(now.0);
        }
        query.execute(&mut *db).await?;
        find_assets(db, exchange, batch, &mut ids).await?;
    }
    Ok(ids)
}

async fn find_assets(
    db: &mut Db,
    exchange: &ExchangeId,
    codes: &[(AssetCode, String)],
    ids: &mut HashMap<AssetCode, String>,
) -> Result<(), StorageError> {
    let sql = format!(
        "SELECT code, id FROM assets WHERE exchange = $1 AND code IN ({})",
        places(2, codes.len())
    );
    let mut query = sqlx::query_as(AssertSqlSafe(sql)).persistent(false);
    query = query.bind(exchange.as_str());
    for (code, _) in codes {
        query = query.bind(code.as_str());
    }
    let rows: Vec<(String, String)> = query.fetch_all(db).await?;
    for (code, id) in rows {
        ids.insert(read_code(&code)?, id);
    }
    Ok(())
}

fn asset_id<'a>(
    assets: &'a HashMap<AssetCode, String>,
    code: &AssetCode,
) -> Result<&'a str, StorageError> {
    assets
        .get(code)
        .map(String::as_str)
        .ok_or(StorageError::Corrupt("asset"))
}

/// Reads a balance, the parts of which stand between blanks; a dash stands for what is not told.
fn read_told(text: &str) -> Result<Balance, StorageError> {
    let parts: Vec<&str> = text.split(' ').collect();
    let [code, total, free, locked] = parts[..] else {
        return Err(StorageError::Corrupt("balance"));
    };
    let told = |text| Some(text).filter(|text| *text != "-");
    balance(code, total, told(free), told(locked))
}

fn balance(
    code: &str,
    total: &str,
    free: Option<&str>,
    locked: Option<&str>,
) -> Result<Balance, StorageError> {
    let amount =
        |text: &str| Amount::parse_own(text).map_err(|_| StorageError::Corrupt("quantity"));
    Ok(Balance {
        asset: read_code(code)?,
        free: free.map(amount).transpose()?,
        locked: locked.map(amount).transpose()?,
        total: amount(total)?,
    })
}

fn read_code(text: &str) -> Result<AssetCode, StorageError> {
    AssetCode::parse(text).map_err(|_| StorageError::Corrupt("asset code"))
}
