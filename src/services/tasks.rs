//! Work that goes on when whoever asked for it goes away, and that a stop waits for.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::oneshot;
use tokio::task::JoinSet;

/// Everything that is under way. Nothing is begun once it was stopped.
#[derive(Debug)]
pub struct Tasks(Mutex<Option<JoinSet<()>>>);

impl Default for Tasks {
    fn default() -> Self {
        Self(Mutex::new(Some(JoinSet::new())))
    }
}

impl Tasks {
    /// Begins work and gives its outcome when it ends; `None` when the program is stopping.
    pub fn spawn<T: Send + 'static>(
        &self,
        work: impl Future<Output = T> + Send + 'static,
    ) -> Option<oneshot::Receiver<T>> {
        let mut running = self.running();
        let tasks = running.as_mut()?;
        // Those that ended are let go of now and then.
        while tasks.try_join_next().is_some() {}
        let (tell, told) = oneshot::channel();
        tasks.spawn(async move {
            // Nobody may be waiting any more.
            let _ = tell.send(work.await);
        });
        Some(told)
    }

    /// Lets work end, at most so long, and breaks off the rest.
    pub async fn stop(&self, at_most: Duration) {
        let Some(mut tasks) = self.running().take() else {
            return;
        };
        let all = async { while tasks.join_next().await.is_some() {} };
        if tokio::time::timeout(at_most, all).await.is_err() {
            tracing::warn!(broken_off = tasks.len(), "some syncs took too long to end");
            tasks.shutdown().await;
        }
    }

    fn running(&self) -> MutexGuard<'_, Option<JoinSet<()>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn work_goes_on_when_nobody_waits_for_it() {
        let tasks = Tasks::default();
        let (tell, told) = oneshot::channel();
        drop(tasks.spawn(async move { tell.send(7) }));
        assert_eq!(told.await, Ok(7));
    }

    #[tokio::test]
    async fn nothing_begins_after_a_stop_and_what_lasts_is_broken_off() {
        let tasks = Tasks::default();
        let endless = tasks.spawn(std::future::pending::<()>()).unwrap();
        tasks.stop(Duration::ZERO).await;
        assert!(endless.await.is_err());
        assert!(tasks.spawn(async {}).is_none());
    }
}
