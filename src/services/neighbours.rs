//! What all processes of one database know of exchanges together, kept in the database.

use std::sync::atomic::{AtomicU32, Ordering};

use futures::future::BoxFuture;
use tokio::sync::OnceCell;

use super::{Clock, storage_problem};
use crate::domain::timestamp::Timestamp;
use crate::exchanges::{Alone, Neighbours, Unreachable};
use crate::storage::{Database, StorageError, pauses};

/// Pauses in the database, and how many processes were last seen there.
#[derive(Debug)]
pub struct SharedNeighbours {
    db: Database,
    clock: Clock,
    count: AtomicU32,
    /// What the database knew at first and was told since, where no other process writes to it.
    alone: OnceCell<Alone>,
}

impl SharedNeighbours {
    /// Those who share this database; this process alone until it has looked around.
    #[must_use]
    pub fn new(db: Database, clock: Clock) -> Self {
        Self {
            db,
            clock,
            count: AtomicU32::new(1),
            alone: OnceCell::new(),
        }
    }

    /// Notes how many processes are alive, this one included.
    pub(super) fn set_count(&self, count: i64) {
        let count = u32::try_from(count).unwrap_or(u32::MAX).max(1);
        self.count.store(count, Ordering::Relaxed);
    }

    /// Until when nobody may call a place, as the last one said who was asked to wait.
    pub(super) async fn pause_of(&self, place: &str) -> Result<Option<Timestamp>, StorageError> {
        let until = if self.db.is_shared() {
            let mut db = self.db.reader().await?;
            pauses::find(&mut db, place).await?
        } else {
            self.alone().await?.until(place).map(Timestamp)
        };
        let now = self.clock.now();
        Ok(until.filter(|until| *until > now))
    }

    async fn alone(&self) -> Result<&Alone, StorageError> {
        self.alone.get_or_try_init(|| self.remembered()).await
    }

    /// What the process before this one was asked.
    async fn remembered(&self) -> Result<Alone, StorageError> {
        let mut db = self.db.reader().await?;
        let known = pauses::list(&mut db, self.clock.now()).await?;
        let alone = Alone::default();
        for (place, until) in known {
            alone.note(&place, until.0);
        }
        Ok(alone)
    }

    async fn keep(&self, place: &str, until: Timestamp) -> Result<(), StorageError> {
        if !self.db.is_shared() {
            self.alone().await?.note(place, until.0);
        }
        let place = place.to_owned();
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
        Box::pin(async move {
            let until = self.pause_of(place).await.map_err(unreachable)?;
            Ok(until.map(|until| until.0))
        })
    }

    fn pause<'a>(&'a self, place: &'a str, until: i64) -> BoxFuture<'a, Result<(), Unreachable>> {
        tracing::warn!(place, until, "an exchange wants rest");
        Box::pin(async move {
            let kept = self.keep(place, Timestamp(until)).await;
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
