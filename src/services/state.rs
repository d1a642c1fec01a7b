//! What every use of the program needs at hand.

use std::collections::HashMap;
use std::fmt;
use std::ops::Deref;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::watch;

use super::Pace;
use super::accounts::Guesses;
use super::board;
use super::events::Hub;
use super::health::Runs;
use super::history::Noted;
use super::market::Known;
use super::market::live::Board;
use super::neighbours::SharedNeighbours;
use super::prices::Cache;
use super::tasks::Tasks;
use super::turns::Turns;
use crate::config::SignUp;
use crate::domain::currency::Currency;
use crate::domain::exchange::{Environment, ExchangeId};
use crate::domain::health::SyncCounts;
use crate::domain::timestamp::Timestamp;
use crate::exchanges::{Neighbours, Registry};
use crate::security::{KeyRing, PasswordHasher, SecurityError, new_id};
use crate::storage::Database;
use crate::webhooks::Webhooks;

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

/// The one source of chance: tells a random number.
pub type Dice = Arc<dyn Fn() -> u64 + Send + Sync>;

/// Choices of whoever runs the program.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Who may make an account.
    pub sign_up: SignUp,
    /// The currency of new accounts.
    pub base_currency: Currency,
    /// Whether people reach the program by https alone.
    pub is_https: bool,
    /// Which environment the connect form proposes.
    pub default_environment: Environment,
    /// How often, how fast and how long things are done in the background.
    pub pace: Pace,
}

/// What the state is put together from.
pub struct Parts {
    /// The database.
    pub db: Database,
    /// The exchanges.
    pub registry: Registry,
    /// What seals keys.
    pub keys: KeyRing,
    /// The time.
    pub clock: Clock,
    /// Chance.
    pub dice: Dice,
    /// What the processes of this database know together.
    pub neighbours: Arc<SharedNeighbours>,
    /// The way out to people's webhooks.
    pub webhooks: Webhooks,
    /// The operator's choices.
    pub settings: Settings,
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
    /// Chance.
    pub dice: Dice,
    /// The way out to people's webhooks.
    pub webhooks: Webhooks,
    /// The operator's choices.
    pub settings: Settings,
    /// When this process began.
    pub started_at: Timestamp,
    /// The name of this process among those that share the database.
    pub replica: String,
    /// What those processes know together.
    pub(super) neighbours: Arc<SharedNeighbours>,
    /// What goes on when whoever asked for it goes away.
    pub(super) tasks: Tasks,
    /// The prices this process knows.
    pub(super) prices: Cache,
    /// The small pictures of pairs it has drawn.
    pub(super) sparks: board::Cache,
    /// What this process knows of the market.
    pub(super) market: Known,
    /// The files that people are being sent.
    pub(super) files: Turns,
    /// How often passwords were guessed.
    pub(super) guesses: Guesses,
    /// Whose history is to be brought up to date.
    pub(super) noted: Noted,
    /// Those who listen.
    pub(super) events: Hub,
    /// How the syncs ended that ran here.
    pub(super) runs: Runs,
    /// The prices that are watched.
    pub(super) live: Arc<Board>,
    /// The leases in use, by connection, with their tokens.
    held: Mutex<HashMap<String, i64>>,
    wake: watch::Sender<()>,
    asked: watch::Sender<()>,
    synced: watch::Sender<()>,
    closing: watch::Sender<bool>,
}

impl State {
    /// Puts the parts together, under a name of its own.
    ///
    /// # Errors
    /// [`SecurityError::NoRandomness`].
    pub fn new(parts: Parts) -> Result<Self, SecurityError> {
        let started_at = parts.clock.now();
        Ok(Self(Arc::new(Shared {
            started_at,
            db: parts.db,
            registry: parts.registry,
            keys: parts.keys,
            passwords: PasswordHasher::new(),
            clock: parts.clock,
            dice: parts.dice,
            webhooks: parts.webhooks,
            settings: parts.settings,
            replica: new_id()?,
            neighbours: parts.neighbours,
            tasks: Tasks::default(),
            prices: Cache::default(),
            sparks: board::Cache::default(),
            market: Known::default(),
            files: Turns::default(),
            guesses: Guesses::default(),
            noted: Noted::default(),
            events: Hub::default(),
            runs: Runs::default(),
            live: Arc::default(),
            held: Mutex::default(),
            wake: watch::Sender::default(),
            asked: watch::Sender::default(),
            synced: watch::Sender::default(),
            closing: watch::Sender::default(),
        })))
    }

    /// Has the schedulers, the courier, the following of accounts and the fetching of past days and
    /// candles look at once whether there is something to do, or nothing more.
    pub fn wake(&self) {
        self.0.wake.send_replace(());
        self.ask_schedulers();
    }

    /// Has the schedulers alone look at once for syncs that were asked for.
    pub(super) fn ask_schedulers(&self) {
        self.0.asked.send_replace(());
    }

    /// How many processes share the database, this one included, as far as known.
    #[must_use]
    pub fn processes(&self) -> u32 {
        self.0.neighbours.count()
    }

    /// How the syncs of an exchange ended that ran in this process.
    #[must_use]
    pub fn sync_counts(&self, exchange: &ExchangeId) -> SyncCounts {
        self.0.runs.of(exchange)
    }

    /// Changes with every call of [`Self::wake`].
    pub(super) fn woken(&self) -> watch::Receiver<()> {
        self.0.wake.subscribe()
    }

    /// Changes with every call of [`Self::wake`] and [`Self::ask_schedulers`].
    pub(super) fn schedulers_asked(&self) -> watch::Receiver<()> {
        self.0.asked.subscribe()
    }

    /// Tells requests that wait for syncs that one has ended.
    pub(super) fn tell_synced(&self) {
        self.0.synced.send_replace(());
    }

    /// Changes with every call of [`Self::tell_synced`].
    pub(super) fn synced(&self) -> watch::Receiver<()> {
        self.0.synced.subscribe()
    }

    /// Ends every stream of events, and lets nobody listen any more.
    pub fn close_streams(&self) {
        self.0.closing.send_replace(true);
    }

    /// Waits until streams are to end.
    pub async fn closed(&self) {
        // The other end is here.
        let _ = self
            .0
            .closing
            .subscribe()
            .wait_for(|closing| *closing)
            .await;
    }

    /// Notes a lease that is in use, so that it is renewed.
    pub(super) fn hold(&self, connection_id: &str, token: i64) {
        self.leases().insert(connection_id.to_owned(), token);
    }

    /// Notes that a lease is in use no longer.
    pub(super) fn let_go(&self, connection_id: &str, token: i64) {
        let mut held = self.leases();
        if held.get(connection_id) == Some(&token) {
            held.remove(connection_id);
        }
    }

    /// The connections whose leases are in use.
    pub(super) fn held(&self) -> Vec<String> {
        self.leases().keys().cloned().collect()
    }

    fn leases(&self) -> MutexGuard<'_, HashMap<String, i64>> {
        self.0.held.lock().unwrap_or_else(PoisonError::into_inner)
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
