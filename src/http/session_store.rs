//! Browser sessions in the database: update-only, ended by the server's clock, ids hashed.

use std::fmt;
use std::time::Duration;

use async_trait::async_trait;
use axum_login::tower_sessions::SessionStore;
use axum_login::tower_sessions::session::{Id, Record};
use axum_login::tower_sessions::session_store::{Error, Result};
use time::OffsetDateTime;

use crate::domain::timestamp::Timestamp;
use crate::security::sha256_hex;
use crate::services::State;
use crate::storage::StorageError;
use crate::storage::sessions::{self, SessionRow};

/// A session's end is moved only when a minute of its idle time is used up, or a tenth of a short
/// one, so that reading a page seldom writes.
fn renewal_step_ms(idle: Duration) -> i64 {
    (millis(idle) / 10).min(60_000)
}

/// How long sessions live.
#[derive(Clone, Copy, Debug)]
pub struct Lifetimes {
    /// Unused.
    pub idle: Duration,
    /// At most.
    pub max: Duration,
}

/// Keeps sessions. A session that was ended stays ended: saving never brings a row back.
#[derive(Clone)]
pub struct DatabaseSessions {
    state: State,
    lifetimes: Lifetimes,
}

impl DatabaseSessions {
    /// A store over the database of `state`.
    #[must_use]
    pub fn new(state: State, lifetimes: Lifetimes) -> Self {
        Self { state, lifetimes }
    }

    fn idle_end(&self, now: Timestamp) -> i64 {
        now.plus_ms(millis(self.lifetimes.idle)).0
    }

    async fn renew(
        &self,
        row: &SessionRow,
        now: Timestamp,
    ) -> std::result::Result<(), StorageError> {
        let end = self.idle_end(now);
        if end - row.expires_at < renewal_step_ms(self.lifetimes.idle) {
            return Ok(());
        }
        let id = row.id_hash.clone();
        self.write(move |db| {
            Box::pin(async move { sessions::update_expiry(db, &id, end, now.0).await })
        })
        .await
    }

    async fn write<F>(&self, work: F) -> std::result::Result<(), StorageError>
    where
        F: for<'c> FnOnce(
                &'c mut crate::storage::Connection,
            )
                -> futures::future::BoxFuture<'c, std::result::Result<(), StorageError>>
            + Send
            + 'static,
    {
        self.state.db.write(work).await
    }
}

impl fmt::Debug for DatabaseSessions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("DatabaseSessions")
    }
}

#[async_trait]
impl SessionStore for DatabaseSessions {
    async fn create(&self, record: &mut Record) -> Result<()> {
        let now = self.state.clock.now();
        let row = SessionRow {
            id_hash: hash(&record.id),
            data: encode(record)?,
            expires_at: self.idle_end(now),
            ends_at: now.plus_ms(millis(self.lifetimes.max)).0,
            user_id: owner(record),
            created_at: Some(now.0),
            used_at: Some(now.0),
        };
        self.write(move |db| {
            Box::pin(async move {
                sessions::delete_ended(db, now.0).await?;
                sessions::insert(db, &row).await
            })
        })
        .await
        .map_err(backend)
    }

    async fn save(&self, record: &Record) -> Result<()> {
        let (id, data, owner) = (hash(&record.id), encode(record)?, owner(record));
        self.write(move |db| {
            Box::pin(async move { sessions::update_data(db, &id, &data, owner.as_deref()).await })
        })
        .await
        .map_err(backend)
    }

    async fn load(&self, id: &Id) -> Result<Option<Record>> {
        let now = self.state.clock.now();
        let mut db = self.state.db.reader().await.map_err(backend)?;
        let found = sessions::find(&mut db, &hash(id), now.0)
            .await
            .map_err(backend)?;
        drop(db);
        let Some(row) = found else { return Ok(None) };
        if let Err(error) = self.renew(&row, now).await {
            // Whoever reads a page is not to suffer from a database that cannot be written to.
            tracing::warn!(
                error = &error as &dyn std::error::Error,
                "a session was not renewed"
            );
        }
        let data = serde_json::from_str(&row.data).map_err(|e| Error::Decode(e.to_string()))?;
        let end = i128::from(row.ends_at) * 1_000_000;
        let expiry_date = OffsetDateTime::from_unix_timestamp_nanos(end)
            .map_err(|e| Error::Decode(e.to_string()))?;
        Ok(Some(Record {
            id: *id,
            data,
            expiry_date,
        }))
    }

    async fn delete(&self, id: &Id) -> Result<()> {
        let id = hash(id);
        self.write(move |db| Box::pin(async move { sessions::delete(db, &id).await }))
            .await
            .map_err(backend)
    }
}

/// Whether a session has not ended, by the server's clock, and is a person's. To ask is no use of it.
///
/// # Errors
/// [`StorageError::Database`].
pub async fn is_alive(
    state: &State,
    id: &Id,
    user_id: &str,
) -> std::result::Result<bool, StorageError> {
    let mut db = state.db.reader().await?;
    let row = sessions::find(&mut db, &hash(id), state.clock.now().0).await?;
    Ok(row.is_some_and(|row| row.user_id.as_deref() == Some(user_id)))
}

/// What stands in the database for a cookie's value.
fn hash(id: &Id) -> String {
    sha256_hex(id.to_string().as_bytes())
}

/// Who is signed in with a session, by what axum-login keeps in it.
fn owner(record: &Record) -> Option<String> {
    let data = record.data.get("axum-login.data")?;
    data.get("user_id")?.as_str().map(str::to_owned)
}

fn encode(record: &Record) -> Result<String> {
    serde_json::to_string(&record.data).map_err(|e| Error::Encode(e.to_string()))
}

fn backend(error: StorageError) -> Error {
    Error::Backend(error.to_string())
}

fn millis(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}
