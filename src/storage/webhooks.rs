//! Webhooks: where people's own programs are told, with their sealed secrets.

use super::Connection as Db;
use super::error::StorageError;

/// A person's webhook.
#[derive(Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct WebhookRow {
    /// Its id, which changes with its address.
    pub id: String,
    /// The address, whose path is often a secret.
    pub url: String,
    /// The host of the address.
    pub host: String,
    /// What signs its messages, sealed.
    pub secret: Vec<u8>,
    /// 1 while messages are sent, 0 while it is switched off.
    pub enabled: i64,
}

impl std::fmt::Debug for WebhookRow {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "WebhookRow({})", self.host)
    }
}

/// A person's webhook, if there is one.
///
/// # Errors
/// [`StorageError::Database`].
pub async fn find(db: &mut Db, user_id: &str) -> Result<Option<WebhookRow>, StorageError> {
    let sql = "SELECT id, url, host, secret, enabled FROM webhooks WHERE user_id = $1";
    Ok(sqlx::query_as(sql).bind(user_id).fetch_optional(db).await?)
}

/// Keeps a person's webhook in place of the one before.
///
/// # Errors
/// [`StorageError::Database`].
pub async fn upsert(db: &mut Db, user_id: &str, row: &WebhookRow) -> Result<(), StorageError> {
    let sql = "INSERT INTO webhooks (id, user_id, url, host, secret, enabled) \
               VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (user_id) DO UPDATE SET \
               id = excluded.id, url = excluded.url, host = excluded.host, \
               secret = excluded.secret, enabled = excluded.enabled";
    sqlx::query(sql)
        .bind(&row.id)
        .bind(user_id)
        .bind(&row.url)
        .bind(&row.host)
        .bind(&row.secret)
        .bind(row.enabled)
        .execute(db)
        .await?;
    Ok(())
}

/// Gives a webhook another secret. Answers whether there is such a webhook.
///
/// # Errors
/// [`StorageError::Database`].
pub async fn update_secret(
    db: &mut Db,
    user_id: &str,
    id: &str,
    secret: &[u8],
) -> Result<bool, StorageError> {
    let sql = "UPDATE webhooks SET secret = $3 WHERE user_id = $1 AND id = $2";
    let query = sqlx::query(sql).bind(user_id).bind(id).bind(secret);
    Ok(query.execute(db).await?.rows_affected() == 1)
}

/// Switches a webhook on or off, if it is not so already. Answers whether that changed anything.
///
/// # Errors
/// [`StorageError::Database`].
pub async fn update_enabled(
    db: &mut Db,
    user_id: &str,
    id: &str,
    enabled: bool,
) -> Result<bool, StorageError> {
    let sql = "UPDATE webhooks SET enabled = $3 WHERE user_id = $1 AND id = $2 AND enabled <> $3";
    let query = sqlx::query(sql).bind(user_id).bind(id);
    let done = query.bind(i64::from(enabled)).execute(db).await?;
    Ok(done.rows_affected() == 1)
}

/// Takes a person's webhook away.
///
/// # Errors
/// [`StorageError::Database`].
pub async fn delete(db: &mut Db, user_id: &str) -> Result<(), StorageError> {
    let sql = "DELETE FROM webhooks WHERE user_id = $1";
    sqlx::query(sql).bind(user_id).execute(db).await?;
    Ok(())
}
