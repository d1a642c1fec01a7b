//! Following a sync of all connections while it runs, wherever it was started.

use std::time::Duration;

use leptos::prelude::*;
use leptos::task::spawn_local;

use super::stream::Stream;
use crate::domain::notice::Done;
use crate::domain::progress::{ItemState, SyncProgress};
use crate::error::Problem;
use crate::ui::pages::connections::load_progress;

/// How often the server is asked, and how often while it tells of itself or does not answer.
const EVERY: Duration = Duration::from_secs(1);
const SELDOM: Duration = Duration::from_secs(5);

/// A batch and how it is watched.
#[derive(Clone, Copy)]
pub struct Follow {
    /// What the panel shows.
    pub batch: RwSignal<Option<SyncProgress>>,
    /// What is said once, when the end was seen.
    pub ended: RwSignal<String>,
    /// Whether the panel is kept up to date.
    pub alive: RwSignal<bool>,
    /// The batch whose end a notice told, so that no panel tells it again.
    told: StoredValue<Option<String>>,
    /// Whether the deed that started a batch has not answered yet.
    awaited: StoredValue<bool>,
    watching: StoredValue<bool>,
}

impl Follow {
    /// Nothing watched yet. A batch that is over is left out where a notice tells of something.
    #[must_use]
    pub fn new(batch: Option<SyncProgress>, has_notice: bool) -> Self {
        let shown = batch.filter(|batch| !(has_notice && batch.is_done()));
        Self {
            batch: RwSignal::new(shown),
            ended: RwSignal::new(String::new()),
            alive: RwSignal::new(false),
            told: StoredValue::new(None),
            awaited: StoredValue::new(false),
            watching: StoredValue::new(false),
        }
    }

    /// Whether a batch runs.
    #[must_use]
    pub fn is_running(self) -> bool {
        let batch = self.batch.read();
        batch.as_ref().is_some_and(|batch| !batch.is_done())
    }

    /// Whether a batch runs that this page follows.
    #[must_use]
    pub fn is_followed(self) -> bool {
        self.alive.get() && self.is_running()
    }

    /// Whether a connection's turn is still to come or under way; `None` while no batch is followed.
    #[must_use]
    pub fn has_turn(self, connection_id: &str) -> Option<bool> {
        if !self.alive.get() {
            return None;
        }
        let batch = self.batch.read();
        let running = batch.as_ref().filter(|batch| !batch.is_done())?;
        let item = running
            .items
            .iter()
            .find(|item| item.connection_id == connection_id)?;
        let over = matches!(item.state, ItemState::Synced { .. } | ItemState::Failed(_));
        Some(!over)
    }

    /// Takes over what the server said.
    pub fn show(self, newest: Option<SyncProgress>) {
        let told = self.told.get_value();
        let shown = newest.filter(|batch| Some(&batch.batch_id) != told.as_ref());
        if *self.batch.read_untracked() != shown {
            self.batch.set(shown);
        }
    }

    /// A batch is being asked for.
    pub fn expect(self, refresh: impl AsyncFn() + Copy + 'static) {
        self.awaited.set_value(true);
        self.watch(refresh);
    }

    /// Whoever asked for a batch was answered. When the answer tells its end, the panel need not.
    /// `newest` is what the server said since; `None` when it did not.
    pub fn answered(self, outcome: &Result<Done, Problem>, newest: Option<Option<SyncProgress>>) {
        self.awaited.set_value(false);
        let Some(newest) = newest else { return };
        let has_notice = outcome.as_ref().is_ok_and(|done| done.notice.is_some());
        if let Some(batch) = newest
            .as_ref()
            .filter(|batch| has_notice && batch.is_done())
        {
            self.told.set_value(Some(batch.batch_id.clone()));
        }
        self.show(newest);
    }

    /// Asks whenever the server tells that something came, and now and then, until nothing runs.
    /// `refresh` is called when a batch ended.
    pub fn watch(self, refresh: impl AsyncFn() + Copy + 'static) {
        if !self.watching.get_value() {
            self.watching.set_value(true);
            self.ended.set(String::new());
            let heard = move || {
                spawn_local(async move {
                    self.look(refresh).await;
                })
            };
            self.look_later(EVERY, Stream::open(heard), refresh);
        }
    }

    fn look_later(
        self,
        after: Duration,
        stream: Option<Stream>,
        refresh: impl AsyncFn() + Copy + 'static,
    ) {
        set_timeout(move || spawn_local(self.look_on(stream, refresh)), after);
    }

    async fn look_on(self, stream: Option<Stream>, refresh: impl AsyncFn() + Copy + 'static) {
        let answered = self.look(refresh).await;
        if self.watching.get_value() {
            let told = stream.as_ref().is_some_and(Stream::is_open);
            let seldom = told || !answered;
            let after = if seldom { SELDOM } else { EVERY };
            self.look_later(after, stream, refresh);
        } else if let Some(stream) = stream {
            stream.close();
        }
    }

    /// Asks once. Answers whether the server did.
    async fn look(self, refresh: impl AsyncFn() + Copy + 'static) -> bool {
        let answer = load_progress().await;
        self.alive.set(answer.is_ok());
        let Ok(newest) = answer else { return false };
        // Another look may have seen the end meanwhile.
        if !self.watching.get_value() {
            return true;
        }
        let ran = self.batch.with_untracked(Option::is_some);
        self.show(newest);
        let runs = untrack(|| self.is_running());
        if runs || self.awaited.get_value() {
            return true;
        }
        self.watching.set_value(false);
        if ran {
            refresh().await;
            let totals = self
                .batch
                .with_untracked(|b| b.as_ref().map(SyncProgress::totals));
            self.ended.set(totals.unwrap_or_default());
        }
        true
    }
}
