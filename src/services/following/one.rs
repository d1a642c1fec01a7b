//! Following one account, for as long as the claim on it holds.

use std::time::Duration;

use tokio::sync::watch;
use tokio::time::{Instant, sleep, sleep_until};

use crate::domain::connection::Connection;
use crate::domain::problem::ExchangeProblem;
use crate::error::Problem;
use crate::exchanges::{Access, AccountWord, Credentials, Journal, StreamEnd, back_off};
use crate::services::sync::{self, By, Lease};
use crate::services::{State, connections, key_store, storage_problem};
use crate::storage::followings::{self, Claim};
use crate::storage::{self, Connection as Db, StorageError};

/// How long a call that opening a stream takes may wait for the exchange's budget.
const PATIENCE: Duration = Duration::from_secs(30);
/// How long a stream must have lived to count as one that worked.
const WORKED: Duration = Duration::from_secs(60);
/// How long what comes at once is gathered before the account is read.
const GATHERING: Duration = Duration::from_millis(200);
/// How many times the usual wait a stream is left alone that is refused for the first time.
const REFUSED: u32 = 30;
/// The longest a stream is left alone that is refused, or an exchange that asks to wait.
const LONGEST: Duration = Duration::from_secs(60 * 60);

/// Listens to the stream of an account and reads it when it has changed, until it is broken off.
pub(super) async fn follow(state: State, claim: Claim) {
    let Some(user_id) = owner(&state, &claim).await else {
        return;
    };
    let (live, is_live) = watch::channel(false);
    let (changed, has_changed) = watch::channel(());
    let one = One {
        state,
        claim,
        user_id,
        live,
        changed,
    };
    tokio::select! {
        () = one.listen() => (),
        () = one.note(is_live) => (),
        () = one.read(has_changed) => (),
    }
}

async fn owner(state: &State, claim: &Claim) -> Option<String> {
    let mut db = state.db.reader().await.map_err(storage_problem).ok()?;
    let owner = followings::find_owner(&mut db, claim).await;
    owner.map_err(storage_problem).ok()?
}

struct One {
    state: State,
    claim: Claim,
    user_id: String,
    /// Whether the stream is open.
    live: watch::Sender<bool>,
    /// Changes whenever the account may have.
    changed: watch::Sender<()>,
}

impl One {
    /// Opens the stream again and again, ever later while it does not work; ends when there is nothing
    /// to open it with.
    async fn listen(&self) {
        let pace = self.state.settings.pace.streams;
        let (mut broken, mut refused) = (0, 0);
        while let Some((connection, credentials)) = self.open_key().await {
            self.wait_for_pause(&connection).await;
            let begun = Instant::now();
            let (end, was_open) = self.hear(&connection, credentials).await;
            self.live.send_replace(false);
            let id = &self.claim.connection_id;
            tracing::info!(connection = id, end = ?end, "the stream of an account ended");
            broken = if begun.elapsed() < WORKED {
                broken + 1
            } else {
                1
            };
            if was_open {
                refused = 0;
            }
            match end {
                StreamEnd::Unwanted => return,
                StreamEnd::Refused(ExchangeProblem::RateLimited { seconds }) => {
                    sleep(Duration::from_secs(seconds).min(LONGEST)).await;
                }
                StreamEnd::Refused(_) => {
                    // What is wrong with the key, an ordinary sync finds out and tells: one, for what is
                    // refused again tells nothing new.
                    if refused == 0 {
                        self.changed.send_replace(());
                    }
                    sleep(after_refusal(refused, pace.again)).await;
                    refused += 1;
                }
                StreamEnd::Renew | StreamEnd::Broken => {
                    sleep(back_off(broken, pace, (self.state.dice)())).await;
                }
            }
        }
    }

    /// Listens to one stream until it ends, and tells whether it was open. The key is let go as soon as
    /// the stream is entered.
    async fn hear(&self, connection: &Connection, credentials: Credentials) -> (StreamEnd, bool) {
        let Some(exchange) = self.state.registry.find(&connection.exchange) else {
            return (StreamEnd::Unwanted, false);
        };
        let journal = Journal::default();
        let access = Access {
            credentials: &credentials,
            environment: connection.environment,
            region: connection.region.as_deref(),
            known: &[],
            thorough: false,
            patience: PATIENCE,
            journal: &journal,
        };
        let pace = self.state.settings.pace.streams;
        let entered = exchange.enter_account(access, pace).await;
        drop(credentials);
        let stream = match entered {
            Ok(stream) => stream,
            Err(end) => return (end, false),
        };
        let mut tell = |word| {
            if word == AccountWord::Open {
                self.live.send_replace(true);
            }
            // What happened before the stream was open was not told.
            self.changed.send_replace(());
        };
        (stream.listen(&mut tell).await, true)
    }

    /// Keeps in the database whether the stream is open.
    async fn note(&self, mut is_live: watch::Receiver<bool>) {
        while is_live.changed().await.is_ok() {
            let live = *is_live.borrow_and_update();
            let since = live.then(|| self.state.clock.now());
            let (claim, holder) = (self.claim.clone(), self.state.replica.clone());
            let work =
                async move |db: &mut Db| followings::update_live(db, &claim, &holder, since).await;
            let noted = self
                .state
                .db
                .write::<_, StorageError, _>(move |db| Box::pin(async move { work(db).await }));
            // The page then says less than it could.
            let _ = noted.await.map_err(storage_problem);
        }
    }

    /// Reads the account whenever it may have changed, at most so often.
    async fn read(&self, mut changed: watch::Receiver<()>) {
        while changed.changed().await.is_ok() {
            sleep(GATHERING).await;
            let begun = Instant::now();
            // One that is under way may have begun before the change; and a database that is away comes
            // back.
            while let Err(Problem::SyncUnderWay | Problem::Unavailable) =
                self.sync(&mut changed).await
            {
                sleep(self.state.settings.pace.resync / 10).await;
            }
            sleep_until(begun + self.state.settings.pace.resync).await;
        }
    }

    /// One sync as any other; it goes on when following ends.
    async fn sync(&self, changed: &mut watch::Receiver<()>) -> Result<(), Problem> {
        let connection = self.find().await.map_err(storage_problem)?;
        let connection = connection.ok_or(Problem::NotFound)?;
        self.wait_for_pause(&connection).await;
        changed.mark_unchanged();
        let (state, user_id) = (self.state.clone(), self.user_id.clone());
        let id = self.claim.connection_id.clone();
        let work = async move {
            let lease = Lease::take(&state, &user_id, &id).await?;
            sync::run(&state, lease, By::Schedule).await.map(drop)
        };
        let outcome = self.state.tasks.spawn(work).ok_or(Problem::Unavailable)?;
        outcome.await.unwrap_or(Err(Problem::Unavailable))
    }

    /// Waits as long as the exchange wants no calls.
    async fn wait_for_pause(&self, connection: &Connection) {
        let Some(place) = connections::place(&self.state, connection) else {
            return;
        };
        loop {
            let pauses = connections::pauses(&self.state).await.unwrap_or_default();
            let now = self.state.clock.now();
            let until = pauses.get(&place).filter(|until| **until > now);
            let Some(until) = until else { return };
            let left = u64::try_from(until.0.saturating_sub(now.0)).unwrap_or_default();
            sleep(Duration::from_millis(left).min(LONGEST)).await;
        }
    }

    async fn find(&self) -> Result<Option<Connection>, StorageError> {
        let mut db = self.state.db.reader().await?;
        let (user_id, id) = (&self.user_id, &self.claim.connection_id);
        storage::connections::find(&mut db, user_id, id, self.state.clock.now()).await
    }

    /// The connection and its key; `None` when it is gone, or its key cannot be opened.
    async fn open_key(&self) -> Option<(Connection, Credentials)> {
        let mut db = self.state.db.reader().await.map_err(storage_problem).ok()?;
        let (user_id, id) = (&self.user_id, &self.claim.connection_id);
        let now = self.state.clock.now();
        let found = storage::connections::find_to_sync(&mut db, user_id, id, now).await;
        drop(db);
        let found = found.map_err(storage_problem).ok()??;
        let row = key_store::KeyRow {
            connection_id: id,
            user_id,
        };
        let key = key_store::open(&self.state, row, &found.key).ok()?;
        Some((found.connection, key))
    }
}

/// How long a stream is left alone that was refused so many times before in a row: twice as long every
/// time, up to an hour.
fn after_refusal(times: u32, again: Duration) -> Duration {
    let first = again.saturating_mul(REFUSED);
    first.saturating_mul(1 << times.min(20)).min(LONGEST)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_refused_is_tried_ever_later_and_at_most_an_hour_later() {
        let seconds = |times| after_refusal(times, Duration::from_secs(1)).as_secs();
        let told = [0, 1, 2, 6, 7, u32::MAX].map(seconds);
        assert_eq!(told, [30, 60, 120, 1_920, 3_600, 3_600]);
    }
}
