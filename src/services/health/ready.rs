//! Whether the program can serve: its database answers, and the master key is the database's own.

use std::time::Duration;

use crate::services::State;
use crate::services::start::known_checks;

/// How long the database may take. It takes a millisecond when nothing is wrong.
const AT_MOST: Duration = Duration::from_secs(1);

/// Whether the program can serve.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Readiness {
    /// It can.
    Ready,
    /// The database does not answer.
    NoDatabase,
    /// The database is not the one that belongs to the master key.
    WrongKey,
}

/// Whether the program can serve. No exchange has a part in it.
pub async fn ready(state: &State) -> Readiness {
    match tokio::time::timeout(AT_MOST, known_checks(&state.db)).await {
        Ok(Ok(checks)) if checks.iter().any(|check| state.keys.recognises(check)) => {
            Readiness::Ready
        }
        Ok(Ok(_)) => Readiness::WrongKey,
        Ok(Err(_)) | Err(_) => Readiness::NoDatabase,
    }
}
