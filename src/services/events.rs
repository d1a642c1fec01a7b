//! What happens to a person's connections, told while it happens to whoever listens.
//!
//! While somebody listens, what is stored of their syncs is looked at again and again, so that it does
//! not matter which process did them. What was told lately is kept, so that a listener who comes back
//! misses nothing of it.

mod channel;
mod look;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use channel::Channel;
pub use channel::{Heard, Listening, News, Told};

use super::State;
use crate::domain::progress::SyncProgress;
use crate::error::Problem;

/// How many may listen for one person at once, in one process.
pub const MOST_LISTENERS: usize = 8;
/// How long a person is looked after when nobody listens any more, for those who come back.
const GRACE: Duration = Duration::from_secs(60);

/// Everybody somebody listens for.
#[derive(Debug, Default)]
pub struct Hub(Mutex<HashMap<String, Arc<Channel>>>);

impl Hub {
    fn people(&self) -> MutexGuard<'_, HashMap<String, Arc<Channel>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Listens for a person from now on, or from after what was heard `last`. Also tells the sync of all
/// connections that runs, if one does and nothing was heard before.
///
/// # Errors
/// [`Problem::TooManyStreams`], [`Problem::Unavailable`].
pub async fn listen(
    state: &State,
    user_id: &str,
    last: Option<&str>,
) -> Result<(Listening, Option<SyncProgress>), Problem> {
    let (channel, is_new) = enter(state, user_id);
    let listening = channel.listen(&state.replica, last);
    if is_new {
        tokio::spawn(look_after(
            state.clone(),
            user_id.to_owned(),
            channel.clone(),
        ));
    }
    let listening = listening.ok_or(Problem::TooManyStreams)?;
    let running = look::look(state, user_id, &channel).await?;
    Ok((listening, running.filter(|_| last.is_none())))
}

/// The channel of a person, and whether nobody looks after it yet.
fn enter(state: &State, user_id: &str) -> (Arc<Channel>, bool) {
    let mut people = state.events.people();
    let is_new = !people.contains_key(user_id);
    let channel = people.entry(user_id.to_owned()).or_default();
    channel.touch();
    (Arc::clone(channel), is_new)
}

/// Looks at what is stored again and again, until nobody has listened for a while.
async fn look_after(state: State, user_id: String, channel: Arc<Channel>) {
    let mut synced = state.synced();
    let every = state.settings.pace.look;
    loop {
        let looked = Instant::now();
        tokio::select! {
            _ = synced.changed() => tokio::time::sleep_until(looked + every / 4).await,
            () = tokio::time::sleep(every) => (),
            () = state.closed() => return,
        }
        if leave(&state, &user_id, &channel) {
            return;
        }
        // A database that does not answer is asked again the next time.
        let _ = look::look(&state, &user_id, &channel).await;
    }
}

/// Forgets a person for whom nobody has listened for a while. Answers whether it did.
fn leave(state: &State, user_id: &str, channel: &Channel) -> bool {
    let mut people = state.events.people();
    let left = channel.is_left_for(GRACE);
    if left {
        people.remove(user_id);
    }
    left
}
