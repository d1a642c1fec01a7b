//! People who sign in.

use std::fmt;

use super::{Connection, StorageError};
use crate::domain::belongings::Belongings;

/// One person.
#[derive(Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct UserRow {
    /// The id.
    pub id: String,
    /// The email, in lower case.
    pub email: String,
    /// The Argon2id hash, a PHC string.
    pub password_hash: String,
    /// The currency their values are told in.
    pub base_currency: String,
    /// When the account was made, in epoch milliseconds.
    pub created_at: i64,
}

impl fmt::Debug for UserRow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "UserRow({})", self.id)
    }
}

/// Makes an account.
///
/// # Errors
/// [`StorageError::Exists`] when the email is taken.
pub async fn insert(db: &mut Connection, user: &UserRow) -> Result<(), StorageError> {
    sqlx::query(
        "INSERT INTO users (id, email, password_hash, base_currency, created_at) \
         VALUES ($1, $2, $3, $4, $5)",
    )
    .bind(&user.id)
    .bind(&user.email)
    .bind(&user.password_hash)
    .bind(&user.base_currency)
    .bind(user.created_at)
    .execute(db)
    .await?;
    Ok(())
}

/// Notes who was first. There is only one first, however many try at once.
///
/// # Errors
/// [`StorageError::Exists`] when somebody was first already.
pub async fn insert_first(db: &mut Connection, user_id: &str) -> Result<(), StorageError> {
    sqlx::query("INSERT INTO instance_facts (name, value) VALUES ('first_account', $1)")
        .bind(user_id)
        .execute(db)
        .await?;
    Ok(())
}

/// Notes who was first, if nobody was. Holds that fact until the transaction ends, so that it does
/// not go with the last account while another one is made.
///
/// # Errors
/// [`StorageError::Database`].
pub async fn insert_first_if_none(db: &mut Connection, user_id: &str) -> Result<(), StorageError> {
    sqlx::query(
        "INSERT INTO instance_facts (name, value) VALUES ('first_account', $1) \
         ON CONFLICT (name) DO UPDATE SET value = instance_facts.value",
    )
    .bind(user_id)
    .execute(db)
    .await?;
    Ok(())
}

/// Whether there is an account.
///
/// # Errors
/// [`StorageError::Database`].
pub async fn any_exists(db: &mut Connection) -> Result<bool, StorageError> {
    let sql = "SELECT CAST(COUNT(*) AS BIGINT) FROM instance_facts WHERE name = 'first_account'";
    let count: i64 = sqlx::query_scalar(sql).fetch_one(db).await?;
    Ok(count > 0)
}

/// The account of an email, which must be in lower case.
///
/// # Errors
/// [`StorageError::Database`].
pub async fn find_by_email(
    db: &mut Connection,
    email: &str,
) -> Result<Option<UserRow>, StorageError> {
    let sql =
        "SELECT id, email, password_hash, base_currency, created_at FROM users WHERE email = $1";
    Ok(sqlx::query_as(sql).bind(email).fetch_optional(db).await?)
}

/// The account of an id.
///
/// # Errors
/// [`StorageError::Database`].
pub async fn find(db: &mut Connection, id: &str) -> Result<Option<UserRow>, StorageError> {
    let sql = "SELECT id, email, password_hash, base_currency, created_at FROM users WHERE id = $1";
    Ok(sqlx::query_as(sql).bind(id).fetch_optional(db).await?)
}

/// All accounts, oldest first.
///
/// # Errors
/// [`StorageError::Database`].
pub async fn list(db: &mut Connection) -> Result<Vec<UserRow>, StorageError> {
    let sql = "SELECT id, email, password_hash, base_currency, created_at FROM users \
               ORDER BY created_at, id";
    Ok(sqlx::query_as(sql).fetch_all(db).await?)
}

/// Holds a person's row until the transaction ends, so that what is theirs is arranged by one at a
/// time.
///
/// # Errors
/// [`StorageError::Database`].
pub async fn lock(db: &mut Connection, id: &str) -> Result<(), StorageError> {
    let sql = "UPDATE users SET created_at = created_at WHERE id = $1";
    sqlx::query(sql).bind(id).execute(db).await?;
    Ok(())
}

/// Holds a person's row until the transaction ends, if their password is still the one of this hash.
/// Answers whether it is.
///
/// # Errors
/// [`StorageError::Database`].
pub async fn lock_unchanged(
    db: &mut Connection,
    id: &str,
    hash: &str,
) -> Result<bool, StorageError> {
    let sql = "UPDATE users SET created_at = created_at WHERE id = $1 AND password_hash = $2";
    let done = sqlx::query(sql).bind(id).bind(hash).execute(db).await?;
    Ok(done.rows_affected() == 1)
}

/// Sets the password hash.
///
/// # Errors
/// [`StorageError::Database`].
pub async fn update_password_hash(
    db: &mut Connection,
    id: &str,
    hash: &str,
) -> Result<(), StorageError> {
    let sql = "UPDATE users SET password_hash = $2 WHERE id = $1";
    sqlx::query(sql).bind(id).bind(hash).execute(db).await?;
    Ok(())
}

/// Sets the currency that a person's values are told in.
///
/// # Errors
/// [`StorageError::Database`].
pub async fn update_base_currency(
    db: &mut Connection,
    id: &str,
    currency: &str,
) -> Result<(), StorageError> {
    let sql = "UPDATE users SET base_currency = $2 WHERE id = $1";
    sqlx::query(sql).bind(id).bind(currency).execute(db).await?;
    Ok(())
}

/// How much is kept of a person.
///
/// # Errors
/// [`StorageError::Database`].
pub async fn count_belongings(db: &mut Connection, id: &str) -> Result<Belongings, StorageError> {
    let sql = "SELECT \
         (SELECT CAST(COUNT(*) AS BIGINT) FROM connections WHERE user_id = $1), \
         (SELECT CAST(COUNT(*) AS BIGINT) FROM portfolios WHERE user_id = $1), \
         (SELECT CAST(COUNT(*) AS BIGINT) FROM manual_holdings WHERE user_id = $1), \
         (SELECT CAST(COUNT(*) AS BIGINT) FROM value_points p \
         JOIN value_series s ON s.id = p.series_id WHERE s.user_id = $1), \
         (SELECT CAST(COUNT(*) AS BIGINT) FROM notices WHERE user_id = $1), \
         (SELECT CAST(COUNT(*) AS BIGINT) FROM webhooks WHERE user_id = $1)";
    let row: (i64, i64, i64, i64, i64, i64) = sqlx::query_as(sql).bind(id).fetch_one(db).await?;
    let count = |number| usize::try_from(number).unwrap_or_default();
    Ok(Belongings {
        connections: count(row.0),
        portfolios: count(row.1),
        by_hand: count(row.2),
        points: count(row.3),
        notices: count(row.4),
        webhooks: count(row.5),
    })
}

/// Whether there is an account besides this one.
///
/// # Errors
/// [`StorageError::Database`].
pub async fn others_exist(db: &mut Connection, id: &str) -> Result<bool, StorageError> {
    let sql = "SELECT CAST(COUNT(*) AS BIGINT) FROM users WHERE id <> $1";
    let count: i64 = sqlx::query_scalar(sql).bind(id).fetch_one(db).await?;
    Ok(count > 0)
}

/// Removes an account with everything that is its owner's, sessions included, by a fixed number of
/// statements. With the last account goes the fact that somebody was first; else that fact passes
/// to whoever is left. Answers whether the account was there.
///
/// # Errors
/// [`StorageError::Database`].
pub async fn delete(db: &mut Connection, id: &str) -> Result<bool, StorageError> {
    // Held from here on: of two accounts deleted at once, the second sees that the first is gone.
    let held = "UPDATE instance_facts SET value = value WHERE name = 'first_account'";
    sqlx::query(held).execute(&mut *db).await?;
    // What stands in a portfolio goes before it; the account takes along everything else.
    let mut gone = 0;
    for sql in [
        "DELETE FROM connections WHERE user_id = $1",
        "DELETE FROM manual_holdings WHERE user_id = $1",
        "DELETE FROM users WHERE id = $1",
    ] {
        let done = sqlx::query(sql).bind(id).execute(&mut *db).await?;
        gone = done.rows_affected();
    }
    let sql = "DELETE FROM instance_facts WHERE name = 'first_account' \
               AND NOT EXISTS (SELECT 1 FROM users)";
    sqlx::query(sql).execute(&mut *db).await?;
    let sql = "UPDATE instance_facts SET value = (SELECT MIN(id) FROM users) \
               WHERE name = 'first_account' AND value = $1";
    sqlx::query(sql).bind(id).execute(db).await?;
    Ok(gone == 1)
}
