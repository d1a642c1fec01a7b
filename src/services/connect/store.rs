//! Storing a new connection with everything that was read of it.

use super::{Checked, Choice, Connected, not_there};
use crate::domain::connection::{Connection, ConnectionStatus};
use crate::domain::exchange::Environment;
use crate::domain::report::SyncReport;
use crate::domain::schedule::{self, Ended, Plan};
use crate::domain::timestamp::Timestamp;
use crate::error::Problem;
use crate::exchanges::RawAnswer;
use crate::security::new_id;
use crate::services::key_store::{self, KeyRow};
use crate::services::snapshot::{Before, Pending};
use crate::services::sync::{self, Course, Learnt, Reading};
use crate::services::{Clock, State, WriteError, elapsed_ms, recording, security_problem};
use crate::storage::connections::SealedKey;
use crate::storage::{self, StorageError};

/// What the first reading took.
pub struct Spent {
    pub started_at: Timestamp,
    pub weight: u32,
    pub calls: u32,
    /// What the exchange answered, word for word.
    pub answers: Vec<RawAnswer>,
}

/// Everything that is stored of a new connection.
struct Draft {
    user_id: String,
    connection: Connection,
    exchange_name: String,
    portfolio: Choice,
    key: SealedKey,
    reading: Reading,
    run_id: String,
    spent: Spent,
    plan: Plan,
    /// Whether the days before it can be asked for.
    has_past: bool,
}

/// Stores a new connection: all of it, or nothing.
///
/// # Errors
/// [`Problem::AlreadyConnected`], [`Problem::Unavailable`], [`Problem::Internal`].
pub async fn store(
    state: &State,
    user_id: &str,
    checked: Checked<'_>,
    portfolio: Choice,
    reading: Reading,
    spent: Spent,
) -> Result<Connected, Problem> {
    let id = new_id().map_err(security_problem)?;
    let row = KeyRow {
        connection_id: &id,
        user_id,
    };
    let draft = Draft {
        user_id: user_id.to_owned(),
        key: key_store::seal(state, row, &checked.credentials).map_err(security_problem)?,
        exchange_name: checked.exchange.profile().name.clone(),
        has_past: checked.environment == Environment::Live && checked.exchange.tells_past_days(),
        connection: new_connection(id.clone(), checked, &reading, state.clock.now()),
        portfolio,
        reading,
        run_id: new_id().map_err(security_problem)?,
        spent,
        plan: first_plan(state),
    };
    let (run_id, clock) = (draft.run_id.clone(), state.clock.clone());
    let exchange = draft.connection.exchange.clone();
    let report = state
        .db
        .write::<_, WriteError, _>(move |db| Box::pin(write(db, draft, clock)))
        .await?;
    state.runs.note(&exchange, &report);
    state.noted.note(user_id);
    state.wake();
    Ok(Connected {
        connection_id: id,
        run_id,
        report,
    })
}

/// When the connection is synced for the second time.
fn first_plan(state: &State) -> Plan {
    let ended = Ended {
        failure: None,
        failures: 0,
        paused_until: None,
        now: state.clock.now(),
    };
    schedule::plan(ended, state.settings.pace.interval, (state.dice)())
}

/// The connection as it stands before its first report. The portfolio is settled when it is
/// written.
fn new_connection(
    id: String,
    checked: Checked<'_>,
    reading: &Reading,
    now: Timestamp,
) -> Connection {
    Connection {
        id,
        exchange: checked.exchange.profile().id.clone(),
        label: checked.label,
        environment: checked.environment,
        region: reading.region.clone(),
        key_hint: key_store::hint(&checked.credentials),
        rights: reading.rights.clone(),
        status: ConnectionStatus::NeverSynced,
        last_failure: None,
        last_synced_at: Some(now),
        wallets: Vec::new(),
        portfolio_id: String::new(),
        ignore_below: checked.ignore_below,
        created_at: now,
        overview: None,
        due_at: None,
        syncing: false,
        paused_until: None,
        following: Default::default(),
    }
}

/// Writes portfolio, connection, wallets, holdings and report.
async fn write(
    db: &mut storage::Connection,
    draft: Draft,
    clock: Clock,
) -> Result<SyncReport, WriteError> {
    let Draft {
        user_id,
        mut connection,
        reading,
        ..
    } = draft;
    let now = connection.created_at;
    connection.portfolio_id = place(db, &user_id, draft.portfolio, now).await?;
    insert(db, &user_id, &connection, &reading, &draft.key).await?;
    if draft.has_past {
        storage::backfills::insert(db, &connection.id, now).await?;
    }
    let exchange = &connection.exchange;
    let (nothing, wallets) = (Before::default(), &reading.wallets);
    let (tally, pending) = Pending::of(&nothing, wallets, now)?;
    pending.write(db, &connection.id, exchange).await?;
    let course = Course {
        started_at: draft.spent.started_at,
        duration_ms: elapsed_ms(draft.spent.started_at, clock.now()),
        weight: draft.spent.weight,
        calls: draft.spent.calls,
    };
    let report = sync::report(&connection, &draft.exchange_name, course, tally, None);
    let learnt = Learnt {
        rights: Some(reading.rights),
        overview: reading.overview,
        thorough: true,
        plan: draft.plan,
    };
    sync::keep(db, &draft.run_id, &report, learnt, now, None).await?;
    let answers = &draft.spent.answers;
    recording::keep(db, &connection.id, &connection.exchange, answers, now).await?;
    Ok(report)
}

/// The id of the portfolio chosen. One that was picked may be gone since.
async fn place(
    db: &mut storage::Connection,
    user_id: &str,
    chosen: Choice,
    now: Timestamp,
) -> Result<String, WriteError> {
    storage::users::lock(db, user_id).await?;
    match chosen {
        Choice::Picked(id) => {
            let found = storage::portfolios::find(db, user_id, &id).await?;
            Ok(found.ok_or_else(not_there)?.id)
        }
        Choice::Named(name) => {
            Ok(storage::portfolios::find_or_insert(db, user_id, &name, now.0).await?)
        }
    }
}

async fn insert(
    db: &mut storage::Connection,
    user_id: &str,
    connection: &Connection,
    reading: &Reading,
    key: &SealedKey,
) -> Result<(), WriteError> {
    let uid = reading.uid.as_deref();
    match storage::connections::insert(db, user_id, connection, uid, key).await {
        Err(StorageError::Exists) => Err(WriteError::Problem(Problem::AlreadyConnected(
            connection.label.clone(),
        ))),
        other => Ok(other?),
    }
}
