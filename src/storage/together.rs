//! Writing for several callers in one transaction, where one alone can be under way: whoever comes
//! meanwhile goes together, and waits for the disk once.

use std::collections::VecDeque;
use std::panic::AssertUnwindSafe;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use futures::future::{BoxFuture, FutureExt};
use sqlx::pool::PoolConnection;
use sqlx::{Any, AnyConnection, AnyPool, Connection as _, Executor as _, Transaction};
use tokio::sync::oneshot;

use super::StorageError;

/// A transaction that starts by reading and then writes fails at once on SQLite.
const BEGIN: &str = "BEGIN IMMEDIATE";
/// Does not wait for the disk: a power failure may take back what was written last, and breaks nothing.
const RELAXED: &str = "PRAGMA synchronous = NORMAL";
/// Waits for the disk at every commit.
const STRICT: &str = "PRAGMA synchronous = FULL";
/// How many go together at most. A wait for the disk takes as long as the work of two or three; with
/// many more, those who were first would wait long for those who came last.
const AT_MOST: usize = 12;

/// The work of one caller, on a connection or told why there is none.
type Work = Box<
    dyn for<'c> FnOnce(Result<&'c mut AnyConnection, StorageError>) -> BoxFuture<'c, Done> + Send,
>;

/// Tells a caller how its work ended, once it is known whether it was committed.
type Tell = Box<dyn FnOnce(Result<(), StorageError>) + Send>;

/// What came of one caller's work.
struct Done {
    /// Whether what it wrote is to stay.
    stays: bool,
    tell: Tell,
}

/// What a caller wants done.
struct Wanted {
    work: Work,
    /// Whether it has to outlive a power failure.
    lasting: bool,
}

/// Those who wait to write.
#[derive(Clone, Default)]
pub(super) struct Line(Arc<Inner>);

#[derive(Default)]
struct Inner {
    waiting: Mutex<VecDeque<Wanted>>,
    turn: tokio::sync::Mutex<()>,
}

impl std::fmt::Debug for Line {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Line")
    }
}

impl Line {
    /// Has `work` done in its turn: all of it is written, or nothing, whatever becomes of the
    /// others it goes with. It runs to its end even when the caller goes away. What is not `lasting`
    /// does not wait for the disk.
    pub(super) async fn write<T, E, F>(
        &self,
        writers: &AnyPool,
        work: F,
        lasting: bool,
    ) -> Result<T, E>
    where
        F: for<'c> FnOnce(&'c mut AnyConnection) -> BoxFuture<'c, Result<T, E>> + Send + 'static,
        T: Send + 'static,
        E: From<StorageError> + Send + 'static,
    {
        let (sender, receiver) = oneshot::channel();
        let work: Work = Box::new(move |db| {
            Box::pin(async move {
                let out = match db {
                    Ok(db) => work(db).await,
                    Err(error) => Err(error.into()),
                };
                let stays = out.is_ok();
                let tell: Tell = Box::new(move |committed| {
                    let told = out.and_then(|out| Ok(committed.map(|()| out)?));
                    // Whoever asked may be gone.
                    let _ = sender.send(told);
                });
                Done { stays, tell }
            })
        });
        self.waiting().push_back(Wanted { work, lasting });
        let (line, writers) = (self.clone(), writers.clone());
        tokio::spawn(async move { line.take_turn(&writers).await });
        let told = receiver.await;
        told.unwrap_or_else(|_| Err(E::from(StorageError::Stopping)))
    }

    fn waiting(&self) -> MutexGuard<'_, VecDeque<Wanted>> {
        self.0
            .waiting
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    /// Does the work of whoever is first, and of all who come while it is done. Everyone takes a
    /// turn, so nobody is left over.
    async fn take_turn(&self, writers: &AnyPool) {
        let _turn = self.0.turn.lock().await;
        let first = self.waiting().pop_front();
        let Some(Wanted { work, lasting }) = first else {
            return;
        };
        match writers.acquire().await {
            Ok(db) if lasting => drop(self.go(db, work, lasting).await),
            Ok(mut db) => {
                if let Err(error) = db.execute(RELAXED).await {
                    return self.refuse(work, error).await;
                }
                let mut db = self.go(db, work, lasting).await;
                if db.execute(STRICT).await.is_err() {
                    // The next one begins as strict as all do.
                    db.close_on_drop();
                }
            }
            Err(error) => self.refuse(work, error).await,
        }
    }

    /// Does the work of the first, and of others, in one transaction, and tells them how it ended.
    async fn go(
        &self,
        mut db: PoolConnection<Any>,
        first: Work,
        lasting: bool,
    ) -> PoolConnection<Any> {
        match db.begin_with(BEGIN).await {
            Ok(transaction) => {
                let mut tells = Vec::new();
                let committed = self.commit(transaction, first, lasting, &mut tells).await;
                let failed = committed.err().map(Arc::new);
                for tell in tells {
                    tell(match &failed {
                        Some(error) => Err(StorageError::Together(Arc::clone(error))),
                        None => Ok(()),
                    });
                }
            }
            Err(error) => self.refuse(first, error).await,
        }
        db
    }

    /// Does the work of all in one transaction. What has to last goes with anything, and nothing that
    /// has to last with what has not.
    async fn commit(
        &self,
        mut transaction: Transaction<'_, Any>,
        first: Work,
        lasting: bool,
        tells: &mut Vec<Tell>,
    ) -> Result<(), sqlx::Error> {
        // What the first wrote is not undone for the sake of others, so it needs no way back.
        if !one(first, &mut transaction, tells).await {
            return transaction.rollback().await;
        }
        let fits = |next: &Wanted| lasting || !next.lasting;
        for _ in 1..AT_MOST {
            if !self.waiting().front().is_some_and(fits) {
                break;
            }
            let mut own = transaction.begin().await?;
            let Some(next) = self.waiting().pop_front() else {
                break;
            };
            // Where SQLite has ended everything by itself, as it does when the disk is full, there
            // is nothing to go back to: then nobody's work stays.
            match one(next.work, &mut own, tells).await {
                true => own.commit().await?,
                false => own.rollback().await?,
            }
        }
        transaction.commit().await
    }

    /// Tells those who wait that nothing can be written, without having each of them try.
    async fn refuse(&self, first: Work, error: sqlx::Error) {
        let error = Arc::new(error);
        let others: Vec<Wanted> = self.waiting().drain(..).collect();
        let others = others.into_iter().map(|wanted| wanted.work);
        for work in std::iter::once(first).chain(others) {
            let error = StorageError::Together(Arc::clone(&error));
            (work(Err(error)).await.tell)(Ok(()));
        }
    }
}

/// Does the work of one. Answers whether it is to stay; whoever broke down is told when it is
/// dropped.
async fn one(work: Work, db: &mut AnyConnection, tells: &mut Vec<Tell>) -> bool {
    match AssertUnwindSafe(work(Ok(db))).catch_unwind().await {
        Ok(done) => {
            tells.push(done.tell);
            done.stays
        }
        Err(_) => false,
    }
}
