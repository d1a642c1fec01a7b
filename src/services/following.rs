//! Following accounts: listening to the word of their exchanges that they have changed, and reading them
//! again then, by an ordinary sync.

mod one;

use std::collections::HashMap;

use tokio::sync::watch;
use tokio::task::{AbortHandle, JoinSet};

use super::{State, storage_problem};
use crate::storage::followings::{self, Claim, Outlook};
use crate::storage::leases::Term;
use crate::storage::{Connection as Db, StorageError};

/// How many connections one process takes up at once, so that others get some as well.
const AT_ONCE: i64 = 50;

/// Follows what is to be followed until it is told to stop. Trouble with the database is waited out.
pub async fn run(state: State, mut stop: watch::Receiver<bool>) {
    let mut wake = state.woken();
    let mut running = Running::default();
    while !*stop.borrow() {
        let sleep = match running.round(&state).await {
            Ok(true) => std::time::Duration::ZERO,
            Ok(false) => state.settings.pace.idle,
            Err(error) => {
                storage_problem(error);
                state.settings.pace.idle
            }
        };
        tokio::select! {
            _ = stop.changed() => (),
            _ = wake.changed() => (),
            () = tokio::time::sleep(sleep) => (),
        }
    }
}

/// The connections that this process follows. Dropped, it follows none any more.
#[derive(Default)]
struct Running {
    tasks: JoinSet<()>,
    /// By connection, the number of the claim.
    own: HashMap<String, (i64, AbortHandle)>,
}

impl Running {
    /// Follows what was claimed, and no longer what is not to be followed. Answers whether there may be
    /// more to claim.
    async fn round(&mut self, state: &State) -> Result<bool, StorageError> {
        while self.tasks.try_join_next().is_some() {}
        let mut db = state.db.reader().await?;
        let outlook = followings::outlook(&mut db, &state.replica, state.clock.now()).await?;
        drop(db);
        let Outlook {
            held,
            idle,
            any_free,
        } = outlook;
        self.stop_all_but(&held);
        if !idle.is_empty() {
            give_back(state, idle).await?;
        }
        for claim in held {
            self.begin(state, claim);
        }
        if !any_free {
            return Ok(false);
        }
        let claimed = claim(state).await?;
        let more = i64::try_from(claimed.len()).is_ok_and(|count| count == AT_ONCE);
        for claim in claimed {
            self.begin(state, claim);
        }
        Ok(more)
    }

    fn stop_all_but(&mut self, held: &[Claim]) {
        self.own.retain(|id, (token, task)| {
            let stays = held
                .iter()
                .any(|claim| claim.connection_id == *id && claim.token == *token);
            if !stays {
                task.abort();
            }
            stays && !task.is_finished()
        });
    }

    fn begin(&mut self, state: &State, claim: Claim) {
        if self.own.contains_key(&claim.connection_id) {
            return;
        }
        let (id, token) = (claim.connection_id.clone(), claim.token);
        let task = self.tasks.spawn(one::follow(state.clone(), claim));
        self.own.insert(id, (token, task));
    }
}

async fn claim(state: &State) -> Result<Vec<Claim>, StorageError> {
    let own = state.clone();
    let work = async move |db: &mut Db| {
        let now = own.clock.now();
        let term = Term {
            holder: &own.replica,
            now,
            until: own.settings.pace.lease_from(now),
        };
        followings::claim(db, term, AT_ONCE).await
    };
    state
        .db
        .write(move |db| Box::pin(async move { work(db).await }))
        .await
}

async fn give_back(state: &State, claims: Vec<Claim>) -> Result<(), StorageError> {
    let holder = state.replica.clone();
    let work = async move |db: &mut Db| {
        for claim in &claims {
            followings::give_back(db, claim, &holder).await?;
        }
        Ok(())
    };
    state
        .db
        .write::<_, StorageError, _>(move |db| Box::pin(async move { work(db).await }))
        .await
}
