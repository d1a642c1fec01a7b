//! What every use of the program needs at hand.

use std::collections::HashSet;
use std::fmt;
use std::ops::Deref;
use std::sync::{Arc, Mutex, PoisonError};

use crate::config::SignUp;
use crate::domain::exchange::Environment;
use crate::domain::timestamp::Timestamp;
use crate::exchanges::Registry;
use crate::security::{KeyRing, PasswordHasher};
use crate::storage::Database;

/// The one source of time.
#[derive(Clone)]
pub struct Clock(Arc<dyn Fn() -> Timestamp + Send + Sync>);

impl Clock {
    /// A clock that reads `now`.
    #[must_use]
    pub fn new(now: impl Fn() -> Timestamp + Send + Sync + 'static) -> Self {
        Self(Arc::new(now))
    }

    /// The moment.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        (self.0)()
    }
}

impl fmt::Debug for Clock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Clock")
    }
}

/// Choices of whoever runs the program.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Who may make an account.
    pub sign_up: SignUp,
    /// The currency of new accounts.
    pub base_currency: String,
    /// Which environment the connect form proposes.
    pub default_environment: Environment,
}

/// Everything the use cases share. Cheap to clone.
#[derive(Clone)]
pub struct State(Arc<Shared>);

/// What [`State`] points at.
pub struct Shared {
    /// The database.
    pub db: Database,
    /// The exchanges.
    pub registry: Registry,
    /// What seals keys.
    pub keys: KeyRing,
    /// What hashes passwords.
    pub passwords: PasswordHasher,
    /// The time.
    pub clock: Clock,
    /// The operator's choices.
    pub settings: Settings,
    syncing: Mutex<HashSet<String>>,
}

impl State {
    /// Puts the parts together.
    #[must_use]
    pub fn new(
        db: Database,
        registry: Registry,
        keys: KeyRing,
        passwords: PasswordHasher,
        clock: Clock,
        settings: Settings,
    ) -> Self {
        let syncing = Mutex::default();
        Self(Arc::new(Shared {
            db,
            registry,
            keys,
            passwords,
            clock,
            settings,
            syncing,
        }))
    }

    /// Takes the right to sync a connection, unless it is being synced in this process.
    #[must_use]
    pub fn begin_sync(&self, connection_id: &str) -> Option<SyncGuard> {
        let mut syncing = self
            .0
            .syncing
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let id = connection_id.to_owned();
        syncing.insert(id.clone()).then(|| SyncGuard {
            state: self.clone(),
            id,
        })
    }
}

impl Deref for State {
    type Target = Shared;

    fn deref(&self) -> &Shared {
        &self.0
    }
}

impl fmt::Debug for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("State(..)")
    }
}

/// The right to sync one connection, given back when dropped.
pub struct SyncGuard {
    state: State,
    id: String,
}

impl Drop for SyncGuard {
    fn drop(&mut self) {
        let mut syncing = self
            .state
            .0
            .syncing
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        syncing.remove(&self.id);
    }
}
