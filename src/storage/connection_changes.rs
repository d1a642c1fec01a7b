//! What a connection's owner changes of it: its name, its limit, and its key.

use super::Connection as Db;
use super::connections::{SealedKey, to_json};
use super::error::StorageError;
use crate::domain::amount::Amount;
use crate::domain::rights::KeyRights;

/// A key that takes the place of another of the same account.
#[derive(Clone, Debug)]
pub struct NewKey {
    /// Its sealed parts.
    pub sealed: SealedKey,
    /// The last four characters of the API key.
    pub hint: String,
    /// What it may do.
    pub rights: KeyRights,
    /// The regional site that knows it; `None` leaves the one before.
    pub region: Option<String>,
    /// The exchange's own account number; taken where none was known.
    pub account_uid: Option<String>,
}

/// Gives a person's connection a name and a limit below which balances are not listed. Answers
/// whether it was there.
///
/// # Errors
/// [`StorageError::Database`].
pub async fn update_facts(
    db: &mut Db,
    user_id: &str,
    id: &str,
    label: &str,
    ignore_below: Option<&Amount>,
) -> Result<bool, StorageError> {
    let sql = "UPDATE connections SET label = $3, ignore_below = $4 WHERE user_id = $1 AND id = $2";
    let done = sqlx::query(sql)
        .bind(user_id)
        .bind(id)
        .bind(label)
        .bind(ignore_below.map(Amount::as_str))
        .execute(db)
        .await?;
    Ok(done.rows_affected() == 1)
}

/// Puts a key in the place of the one that is there. The caller holds the connection's lease.
///
/// # Errors
/// [`StorageError::Exists`] when the person has connected its account already,
/// [`StorageError::Database`].
pub async fn update_key(db: &mut Db, id: &str, key: &NewKey) -> Result<(), StorageError> {
    let sql = "UPDATE connections SET api_key = $2, secret_key = $3, passphrase = $4, \
               key_hint = $5, rights = $6, region = COALESCE($7, region), \
               account_uid = COALESCE(account_uid, $8) WHERE id = $1";
    sqlx::query(sql)
        .bind(id)
        .bind(&key.sealed.api_key)
        .bind(&key.sealed.secret_key)
        .bind(&key.sealed.passphrase)
        .bind(&key.hint)
        .bind(to_json(&key.rights)?)
        .bind(&key.region)
        .bind(&key.account_uid)
        .execute(db)
        .await?;
    Ok(())
}
