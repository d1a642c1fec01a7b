//! What all processes of one database know of exchanges together, kept in the database.

use std::sync::atomic::{AtomicU32, Ordering};

use futures::future::BoxFuture;

use super::{Clock, storage_problem};
use crate::domain::timestamp::Timestamp;
use crate::exchanges::{Neighbours, Unreachable};
use crate::storage::{Database, StorageError, pauses};

/// Pauses in the database, and how many processes were last seen there.
#[derive(Debug)]
pub struct SharedNeighbours {
    db: Database,
    clock: Clock,
    count: AtomicU32,
}

impl SharedNeighbours {
    /// Those who share this database; this process alone until it has looked around.
    #[must_use]
    pub fn new(db: Database, clock: Clock) -> Self {
        let count = AtomicU32::new(1);
        Self { db, clock, count }
    }

    /// Notes how many processes are alive, this one included.
    pub(super) fn set_count(&self, count: i64) {
        let count = u32::try_from(count).unwrap_or(u32::MAX).max(1);
        self.count.store(count, Ordering::Relaxed);
    }

    async fn find(&self, place: &str) -> Result<Option<i64>, StorageError> {
        let mut db = self.db.reader().await?;
        let until = pauses::find(&mut db, place).await?;
        let now = self.clock.now();
        Ok(until.filter(|until| *until > now).map(|until| until.0))
    }

    async fn keep(&self, place: String, until: Timestamp) -> Result<(), StorageError> {
        self.db
            .write(move |db| Box::pin(async move { pauses::upsert(db, &place, until).await }))
            .await
    }
}

impl Neighbours for SharedNeighbours {
    fn paused_until<'a>(
        &'a self,
        place: &'a str,
    ) -> BoxFuture<'a, Result<Option<i64>, Unreachable>> {
        Box::pin(async move { self.find(place).await.map_err(unreachable) })
    }

    fn pause<'a>(&'a self, place: &'a str, until: i64) -> BoxFuture<'a, Result<(), Unreachable>> {
        tracing::warn!(place, until, "an exchange wants rest");
        Box::pin(async move {
            let kept = self.keep(place.to_owned(), Timestamp(until)).await;
            kept.map_err(unreachable)
        })
    }

    fn count(&self) -> u32 {
        self.count.load(Ordering::Relaxed)
    }
}

fn unreachable(error: StorageError) -> Unreachable {
    storage_problem(error);
    Unreachable
}
