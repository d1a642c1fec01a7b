//! Opening the database, reading from it and writing to it in transactions.

use std::path::Path;
use std::time::Duration;

use futures::future::BoxFuture;
use sqlx::any::{AnyConnectOptions, AnyPoolOptions, install_default_drivers};
use sqlx::migrate::MigrateError;
use sqlx::pool::PoolConnection;
use sqlx::{Any, AnyConnection, AnyPool, Connection as _, Executor};

use super::StorageError;
use super::together::Line;

/// What statements run on: a connection, inside a transaction or not.
pub type Connection = AnyConnection;

/// SQLite or PostgreSQL.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Sqlite,
    Postgres,
}

/// The database: a pool for reading, and one for writing, which on SQLite has a single connection.
#[derive(Clone, Debug)]
pub struct Database {
    kind: Kind,
    readers: AnyPool,
    writers: AnyPool,
    /// Those who wait for the single writer, where there is only one.
    line: Option<Line>,
}

/// How a pool is used at this moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PoolUse {
    /// `readers`, `writer` or `shared`.
    pub name: &'static str,
    /// How many connections are open.
    pub open: u32,
    /// How many of them are not in use.
    pub idle: u32,
}

/// Pages are of 4 KiB: the cache is of 8 MB a connection, and the log is moved into the file from
/// 16 MB on. Nothing of it is ever written to a temporary file elsewhere.
const SQLITE_SETTINGS: &str = "PRAGMA busy_timeout = 5000; PRAGMA foreign_keys = ON; \
    PRAGMA synchronous = FULL; PRAGMA secure_delete = ON; PRAGMA journal_mode = WAL; \
    PRAGMA cache_size = -8000; PRAGMA wal_autocheckpoint = 4000; PRAGMA temp_store = MEMORY";
const POSTGRES_SETTINGS: &str = "SET idle_in_transaction_session_timeout = '30s'";

impl Database {
    /// Opens `sqlite://PATH` or `postgres://…` without changing what is in it. A missing SQLite
    /// file is made, with mode 0600.
    ///
    /// # Errors
    /// [`StorageError::File`] or [`StorageError::Database`].
    pub async fn open(url: &str) -> Result<Self, StorageError> {
        install_default_drivers();
        if let Some(path) = sqlite_path(url) {
            make_private_file(Path::new(path)).map_err(StorageError::File)?;
            // Nothing between it and its file can break: it is not asked whether it still works.
            let local = || AnyPoolOptions::new().test_before_acquire(false);
            let readers = pool(local().max_connections(4), url, SQLITE_SETTINGS).await?;
            let writers = pool(local().max_connections(1), url, SQLITE_SETTINGS).await?;
            Ok(Self {
                kind: Kind::Sqlite,
                readers,
                writers,
                line: Some(Line::default()),
            })
        } else {
            let options = AnyPoolOptions::new().max_connections(10);
            let pool = pool(options, url, POSTGRES_SETTINGS).await?;
            Ok(Self {
                kind: Kind::Postgres,
                readers: pool.clone(),
                writers: pool,
                line: None,
            })
        }
    }

    /// Applies the migrations that are missing.
    ///
    /// # Errors
    /// [`StorageError::Newer`] when the database knows migrations that this program does not;
    /// [`StorageError::Migration`] when one fails.
    pub async fn migrate(&self) -> Result<(), StorageError> {
        sqlx::migrate!("./migrations")
            .run(&self.writers)
            .await
            .map_err(|error| match error {
                MigrateError::VersionMissing(_) | MigrateError::VersionTooNew(..) => {
                    StorageError::Newer
                }
                other => StorageError::Migration(other),
            })
    }

    /// A connection to read from.
    ///
    /// # Errors
    /// [`StorageError::Database`] when none is to be had in time.
    pub async fn reader(&self) -> Result<PoolConnection<Any>, StorageError> {
        Ok(self.readers.acquire().await?)
    }

    /// Runs `work` in one transaction: all of it is written, or nothing. It runs to its end even
    /// when the caller goes away, so that no connection is left inside a transaction.
    ///
    /// # Errors
    /// Those of `work`, or [`StorageError::Database`] or [`StorageError::Together`] from the
    /// transaction itself.
    pub async fn write<T, E, F>(&self, work: F) -> Result<T, E>
    where
        F: for<'c> FnOnce(&'c mut Connection) -> BoxFuture<'c, Result<T, E>> + Send + 'static,
        T: Send + 'static,
        E: From<StorageError> + Send + 'static,
    {
        self.write_as(work, true).await
    }

    /// As [`Self::write`], for what is worth nothing after a power failure, such as leases and signs of
    /// life: SQLite does not wait for the disk. Such a failure may take it back, whole, and nothing
    /// that [`Self::write`] wrote before it.
    ///
    /// # Errors
    /// As [`Self::write`].
    pub async fn write_passing<T, E, F>(&self, work: F) -> Result<T, E>
    where
        F: for<'c> FnOnce(&'c mut Connection) -> BoxFuture<'c, Result<T, E>> + Send + 'static,
        T: Send + 'static,
        E: From<StorageError> + Send + 'static,
    {
        self.write_as(work, false).await
    }

    async fn write_as<T, E, F>(&self, work: F, lasting: bool) -> Result<T, E>
    where
        F: for<'c> FnOnce(&'c mut Connection) -> BoxFuture<'c, Result<T, E>> + Send + 'static,
        T: Send + 'static,
        E: From<StorageError> + Send + 'static,
    {
        if let Some(line) = &self.line {
            return line.write(&self.writers, work, lasting).await;
        }
        let writers = self.writers.clone();
        let task = tokio::spawn(async move {
            let mut transaction = writers
                .begin()
                .await
                .map_err(StorageError::from)
                .map_err(E::from)?;
            let out = work(&mut transaction).await?;
            transaction
                .commit()
                .await
                .map_err(StorageError::from)
                .map_err(E::from)?;
            Ok(out)
        });
        task.await
            .unwrap_or_else(|_| Err(E::from(StorageError::Stopping)))
    }

    /// How many connections each pool has open. Where readers and writers share one, there is one.
    #[must_use]
    pub fn pools(&self) -> Vec<PoolUse> {
        let of = |name, pool: &AnyPool| PoolUse {
            name,
            open: pool.size(),
            idle: u32::try_from(pool.num_idle()).unwrap_or(u32::MAX),
        };
        match self.kind {
            Kind::Sqlite => vec![of("readers", &self.readers), of("writer", &self.writers)],
            Kind::Postgres => vec![of("shared", &self.readers)],
        }
    }

    /// Whether several processes may use it at once.
    #[must_use]
    pub fn is_shared(&self) -> bool {
        self.kind == Kind::Postgres
    }

    /// Whether a table is there, asked without changing anything.
    ///
    /// # Errors
    /// [`StorageError::Database`].
    pub async fn has_table(&self, name: &str) -> Result<bool, StorageError> {
        let sql = match self.kind {
            Kind::Sqlite => "SELECT CAST(COUNT(*) AS BIGINT) FROM sqlite_master WHERE name = $1",
            Kind::Postgres => {
                "SELECT CAST(COUNT(*) AS BIGINT) FROM information_schema.tables \
                 WHERE table_schema = current_schema() AND table_name = $1"
            }
        };
        let mut reader = self.reader().await?;
        let count: i64 = sqlx::query_scalar(sql)
            .bind(name)
            .fetch_one(&mut *reader)
            .await?;
        Ok(count > 0)
    }

    /// Moves what was written from SQLite's log into its file, so that deleted bytes, which are
    /// overwritten there, do not live on in the log. Answers whether it could: a reader that is in
    /// the middle of something keeps the log. Elsewhere there is nothing to do.
    ///
    /// # Errors
    /// [`StorageError::Database`].
    pub async fn checkpoint(&self) -> Result<bool, StorageError> {
        if self.kind != Kind::Sqlite {
            return Ok(true);
        }
        let mut writer = self.writers.acquire().await?;
        let (busy, _, _): (i64, i64, i64) = sqlx::query_as("PRAGMA wal_checkpoint(TRUNCATE)")
            .fetch_one(&mut *writer)
            .await?;
        Ok(busy == 0)
    }

    /// Closes all connections.
    pub async fn close(&self) {
        self.readers.close().await;
        self.writers.close().await;
    }
}

fn sqlite_path(url: &str) -> Option<&str> {
    let rest = url.strip_prefix("sqlite:")?;
    let rest = rest.strip_prefix("//").unwrap_or(rest);
    Some(rest.split('?').next().unwrap_or(rest))
}

async fn pool(
    options: AnyPoolOptions,
    url: &str,
    settings: &'static str,
) -> Result<AnyPool, StorageError> {
    let address: AnyConnectOptions = url.parse()?;
    let pool = options
        .acquire_timeout(Duration::from_secs(10))
        .after_connect(move |connection, _| {
            Box::pin(async move { connection.execute(settings).await.map(|_| ()) })
        })
        // When the disk is full, SQLite ends a transaction by itself. Its connection still counts as
        // being inside one then, and would refuse every other: a new one takes its place.
        .before_acquire(|connection, _| {
            Box::pin(std::future::ready(Ok(!connection.is_in_transaction())))
        })
        .connect_with(address)
        .await?;
    Ok(pool)
}

/// SQLite gives its log files the mode of the database file.
fn make_private_file(path: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt};

    if let Some(folder) = path
        .parent()
        .filter(|f| !f.as_os_str().is_empty() && !f.exists())
    {
        std::fs::DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(folder)?;
    }
    let mut options = std::fs::OpenOptions::new();
    let file = options
        .write(true)
        .create(true)
        .truncate(false)
        .mode(0o600)
        .open(path)?;
    file.set_permissions(std::fs::Permissions::from_mode(0o600))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_path_is_read_from_every_spelling_of_the_address() {
        for url in [
            "sqlite:///d/c.db",
            "sqlite:/d/c.db",
            "sqlite:///d/c.db?mode=rwc",
        ] {
            assert_eq!(sqlite_path(url), Some("/d/c.db"));
        }
        assert_eq!(
            sqlite_path("sqlite://data/coffer.db"),
            Some("data/coffer.db")
        );
        assert_eq!(sqlite_path("postgres://h/d"), None);
    }
}
