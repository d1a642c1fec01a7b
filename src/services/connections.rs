//! Looking at connected exchange accounts, changing them, and letting them go.

mod changing;
mod key;

use std::collections::HashMap;
use std::time::Duration;

pub use changing::{Changes, change};
pub use key::{Proof, replace_key};

use super::{State, WriteError, storage_problem};
use crate::domain::connection::Connection;
use crate::domain::exchange::{ExchangeId, ExchangeProfile};
use crate::domain::history::backfill::Backfill;
use crate::domain::report::SyncReport;
use crate::domain::timestamp::Timestamp;
use crate::domain::wallet::{Balance, WalletName};
use crate::error::Problem;
use crate::exchanges::Exchange;
use crate::security::is_id;
use crate::storage::{self, Database};

/// A connection with what it holds and what its last syncs did.
#[derive(Clone, Debug)]
pub struct Details {
    /// The connection.
    pub connection: Connection,
    /// The exchange's name.
    pub exchange: String,
    /// Balances by wallet.
    pub holdings: Vec<(WalletName, Vec<Balance>)>,
    /// The newest reports.
    pub reports: Vec<SyncReport>,
    /// Where fetching the days before stands; `None` when nothing can be said of them.
    pub past: Option<Backfill>,
}

/// What the connect form offers.
#[must_use]
pub fn profiles(state: &State) -> Vec<ExchangeProfile> {
    state.registry.profiles()
}

/// The name of an exchange as people know it; its short name if it is no longer in the registry.
#[must_use]
pub fn exchange_name(state: &State, id: &ExchangeId) -> String {
    let profile = state.registry.find(id).map(Exchange::profile);
    profile.map_or_else(|| id.to_string(), |profile| profile.name.clone())
}

/// Refuses what cannot be an id before the database is asked.
pub(super) fn known_form(id: &str) -> Result<(), Problem> {
    if is_id(id) {
        Ok(())
    } else {
        Err(Problem::NotFound)
    }
}

/// A person's connections.
///
/// # Errors
/// [`Problem::Unavailable`].
pub async fn list(state: &State, user_id: &str) -> Result<Vec<Connection>, Problem> {
    let mut db = state.db.reader().await.map_err(storage_problem)?;
    let found = storage::connections::list(&mut db, user_id, state.clock.now()).await;
    drop(db);
    let mut connections = found.map_err(storage_problem)?;
    let pauses = pauses(state).await?;
    for connection in &mut connections {
        tell_outlook(state, connection, &pauses);
    }
    Ok(connections)
}

/// Until when nobody asks which place of an exchange.
pub(super) async fn pauses(state: &State) -> Result<HashMap<String, Timestamp>, Problem> {
    let mut db = state.db.reader().await.map_err(storage_problem)?;
    storage::pauses::list(&mut db, state.clock.now())
        .await
        .map_err(storage_problem)
}

/// The place a connection is asked at; `None` if its exchange is no longer in the registry.
pub(super) fn place(state: &State, connection: &Connection) -> Option<String> {
    let exchange = state.registry.find(&connection.exchange)?;
    Some(exchange.place(connection.environment, connection.region.as_deref()))
}

/// Adds to a connection what its row does not tell: the pause of its place, and that nothing is
/// due where nothing is scheduled.
fn tell_outlook(state: &State, connection: &mut Connection, pauses: &HashMap<String, Timestamp>) {
    let place = place(state, connection);
    connection.paused_until = place.and_then(|place| pauses.get(&place)).copied();
    if state.settings.pace.interval.is_none() {
        connection.due_at = None;
    }
}

/// A person's connection as it is stored.
///
/// # Errors
/// [`Problem::NotFound`], [`Problem::Unavailable`].
pub(super) async fn own(state: &State, user_id: &str, id: &str) -> Result<Connection, Problem> {
    known_form(id)?;
    let mut db = state.db.reader().await.map_err(storage_problem)?;
    let found = storage::connections::find(&mut db, user_id, id, state.clock.now()).await;
    found.map_err(storage_problem)?.ok_or(Problem::NotFound)
}

/// A person's connection, its outlook included.
///
/// # Errors
/// [`Problem::NotFound`], [`Problem::Unavailable`].
pub async fn show(state: &State, user_id: &str, id: &str) -> Result<Connection, Problem> {
    let mut connection = own(state, user_id, id).await?;
    tell_outlook(state, &mut connection, &pauses(state).await?);
    Ok(connection)
}

/// A person's connection with its holdings and its newest reports.
///
/// # Errors
/// [`Problem::NotFound`], [`Problem::Unavailable`].
pub async fn details(state: &State, user_id: &str, id: &str) -> Result<Details, Problem> {
    let mut connection = own(state, user_id, id).await?;
    let mut db = state.db.reader().await.map_err(storage_problem)?;
    let mut held = storage::holdings::list_of_connection(&mut db, id)
        .await
        .map_err(storage_problem)?;
    let holdings = connection
        .wallets
        .iter()
        .map(|wallet| {
            (
                wallet.name.clone(),
                held.remove(&wallet.name).unwrap_or_default(),
            )
        })
        .collect();
    let reports = storage::sync_runs::list(&mut db, user_id, id, 10)
        .await
        .map_err(storage_problem)?;
    let past = storage::backfills::find(&mut db, user_id, id).await;
    let past = past.map_err(storage_problem)?;
    drop(db);
    tell_outlook(state, &mut connection, &pauses(state).await?);
    let exchange = exchange_name(state, &connection.exchange);
    let client = state.registry.find(&connection.exchange);
    let never = client.is_some_and(|client| !client.tells_past_days());
    Ok(Details {
        past: past.or(never.then_some(Backfill::NeverTold)),
        connection,
        exchange,
        holdings,
        reports,
    })
}

/// Removes a person's connection: its key, its holdings and its reports. Answers its label.
///
/// # Errors
/// [`Problem::NotFound`], [`Problem::Unavailable`].
pub async fn delete(state: &State, user_id: &str, id: &str) -> Result<String, Problem> {
    known_form(id)?;
    let (user, connection_id) = (user_id.to_owned(), id.to_owned());
    let now = state.clock.now();
    let label = state
        .db
        .write::<_, WriteError, _>(move |db| {
            Box::pin(async move {
                storage::users::lock(db, &user).await?;
                let found = storage::connections::find(db, &user, &connection_id, now).await?;
                let label = found.ok_or(Problem::NotFound)?.label;
                storage::connections::delete(db, &user, &connection_id).await?;
                storage::portfolios::delete_empty(db, &user).await?;
                Ok(label)
            })
        })
        .await?;
    state.noted.note(user_id);
    // Its stream is closed.
    state.wake();
    clear_log(state).await;
    Ok(label)
}

/// Has a deleted key leave the database's log, if not at once then later.
pub(super) async fn clear_log(state: &State) {
    if !overwritten(&state.db).await {
        tokio::spawn(overwrite_later(state.db.clone()));
    }
}

/// How often, and how long apart, the log of a deleted key is tried to be cleared.
const TRIES: u32 = 20;
const PAUSE: Duration = Duration::from_secs(3);

async fn overwritten(db: &Database) -> bool {
    db.checkpoint().await.unwrap_or_else(|error| {
        tracing::warn!(
            error = &error as &dyn std::error::Error,
            "the log could not be cleared"
        );
        false
    })
}

/// Clears the log as soon as whoever reads it lets go.
async fn overwrite_later(db: Database) {
    for _ in 0..TRIES {
        tokio::time::sleep(PAUSE).await;
        if overwritten(&db).await {
            return;
        }
    }
    tracing::warn!("a deleted key is still in the database's log, sealed: restart to clear it");
}
