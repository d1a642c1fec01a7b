//! Tokens of people's own programs. Whoever calls hashes the token first.

use super::users::UserRow;
use super::{Connection as Db, StorageError};
use crate::domain::timestamp::Timestamp;
use crate::domain::token::{ApiToken, Scope};

#[derive(sqlx::FromRow)]
struct Row {
    id: String,
    name: String,
    scope: String,
    hint: String,
    created_at: i64,
    expires_at: Option<i64>,
    last_used_at: Option<i64>,
}

/// A token that lets in, and whom.
#[derive(Clone, Debug, sqlx::FromRow)]
struct HolderRow {
    token_id: String,
    scope: String,
    last_used_at: Option<i64>,
    #[sqlx(flatten)]
    user: UserRow,
}

/// Whom a token lets in.
#[derive(Clone, Debug)]
pub struct Holder {
    /// The token's id.
    pub token_id: String,
    /// What it allows.
    pub scope: Scope,
    /// When it was last used.
    pub last_used_at: Option<Timestamp>,
    /// Its owner.
    pub user: UserRow,
}

/// Keeps a token by its hash.
///
/// # Errors
/// [`StorageError::Exists`] when the person has a token of this name.
pub async fn insert(
    db: &mut Db,
    user_id: &str,
    token: &ApiToken,
    token_hash: &str,
) -> Result<(), StorageError> {
    let sql = "INSERT INTO api_tokens \
               (id, user_id, name, scope, token_hash, hint, created_at, expires_at, last_used_at) \
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
    sqlx::query(sql)
        .bind(&token.id)
        .bind(user_id)
        .bind(&token.name)
        .bind(token.scope.as_str())
        .bind(token_hash)
        .bind(&token.hint)
        .bind(token.created_at.0)
        .bind(token.expires_at.map(|end| end.0))
        .bind(token.last_used_at.map(|used| used.0))
        .execute(db)
        .await?;
    Ok(())
}

/// A person's tokens, oldest first.
///
/// # Errors
/// [`StorageError::Database`], [`StorageError::Corrupt`].
pub async fn list(db: &mut Db, user_id: &str) -> Result<Vec<ApiToken>, StorageError> {
    let sql = "SELECT id, name, scope, hint, created_at, expires_at, last_used_at \
               FROM api_tokens WHERE user_id = $1 ORDER BY created_at, id";
    let rows: Vec<Row> = sqlx::query_as(sql).bind(user_id).fetch_all(db).await?;
    rows.into_iter().map(read).collect()
}

/// Whom the token of a hash lets in at `now`; nobody when it is unknown or has ended.
///
/// # Errors
/// [`StorageError::Database`], [`StorageError::Corrupt`].
pub async fn find_holder(
    db: &mut Db,
    token_hash: &str,
    now: Timestamp,
) -> Result<Option<Holder>, StorageError> {
    let sql = "SELECT t.id AS token_id, t.scope, t.last_used_at, \
               u.id, u.email, u.password_hash, u.base_currency, u.created_at \
               FROM api_tokens t JOIN users u ON u.id = t.user_id \
               WHERE t.token_hash = $1 AND (t.expires_at IS NULL OR t.expires_at > $2)";
    let query = sqlx::query_as(sql).bind(token_hash).bind(now.0);
    let row: Option<HolderRow> = query.fetch_optional(db).await?;
    let holder = |row: HolderRow| {
        Ok(Holder {
            token_id: row.token_id,
            scope: scope(&row.scope)?,
            last_used_at: row.last_used_at.map(Timestamp),
            user: row.user,
        })
    };
    row.map(holder).transpose()
}

/// Notes that a token was used.
///
/// # Errors
/// [`StorageError::Database`].
pub async fn update_last_used(db: &mut Db, id: &str, now: Timestamp) -> Result<(), StorageError> {
    let sql = "UPDATE api_tokens SET last_used_at = $2 \
               WHERE id = $1 AND (last_used_at IS NULL OR last_used_at < $2)";
    sqlx::query(sql).bind(id).bind(now.0).execute(db).await?;
    Ok(())
}

/// Revokes a person's token. Answers its name, if there was one.
///
/// # Errors
/// [`StorageError::Database`].
pub async fn delete(db: &mut Db, user_id: &str, id: &str) -> Result<Option<String>, StorageError> {
    let sql = "DELETE FROM api_tokens WHERE user_id = $1 AND id = $2 RETURNING name";
    let query = sqlx::query_scalar(sql).bind(user_id).bind(id);
    Ok(query.fetch_optional(db).await?)
}

/// Revokes all tokens of a person.
///
/// # Errors
/// [`StorageError::Database`].
pub async fn delete_all(db: &mut Db, user_id: &str) -> Result<(), StorageError> {
    let sql = "DELETE FROM api_tokens WHERE user_id = $1";
    sqlx::query(sql).bind(user_id).execute(db).await?;
    Ok(())
}

fn read(row: Row) -> Result<ApiToken, StorageError> {
    Ok(ApiToken {
        id: row.id,
        name: row.name,
        scope: scope(&row.scope)?,
        hint: row.hint,
        created_at: Timestamp(row.created_at),
        expires_at: row.expires_at.map(Timestamp),
        last_used_at: row.last_used_at.map(Timestamp),
    })
}

fn scope(text: &str) -> Result<Scope, StorageError> {
    Scope::parse(text).ok_or(StorageError::Corrupt("scope"))
}
