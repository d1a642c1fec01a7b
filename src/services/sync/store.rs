//! Storing what a sync read and learnt, in one transaction, by whoever holds the lease alone.

use super::{Reading, Refusal, Synced};
use crate::domain::connection::{Connection, ConnectionStatus};
use crate::domain::recording::Answer;
use crate::domain::report::{Failure, SyncReport};
use crate::domain::rights::{KeyRights, RightsState};
use crate::domain::schedule::{self, Ended, Plan};
use crate::domain::timestamp::Timestamp;
use crate::domain::wallet::{KnownWallet, Overview};
use crate::error::Problem;
use crate::exchanges::RawAnswer;
use crate::services::recording;
use crate::services::snapshot::{Before, Pending, Tally};
use crate::services::{
    State, WriteError, connections, elapsed_ms, security_problem, storage_problem, telling,
};
use crate::storage::connections::AfterSync;
use crate::storage::leases::{self, Claim};
use crate::storage::{self, Connection as Db, StorageError};

/// What was kept of an account before: nobody but who holds the lease writes it.
#[derive(Debug)]
pub struct Stored {
    /// What a client is told of the wallets.
    pub known: Vec<KnownWallet>,
    before: Before,
    answers: Vec<Answer>,
}

impl Stored {
    /// Finds it.
    ///
    /// # Errors
    /// [`Problem::Unavailable`].
    pub async fn find(state: &State, connection_id: &str) -> Result<Self, Problem> {
        Self::read(state, connection_id)
            .await
            .map_err(storage_problem)
    }

    async fn read(state: &State, connection_id: &str) -> Result<Self, StorageError> {
        let mut db = state.db.reader().await?;
        let wallets = storage::wallets::list_known(&mut db, connection_id).await?;
        let (wallets, known) = wallets.into_iter().unzip();
        Ok(Self {
            known,
            before: Before::find(&mut db, connection_id, wallets).await?,
            answers: recording::find_kept(&mut db, connection_id).await?,
        })
    }
}

/// What came of reading an account.
#[derive(Debug)]
pub struct Done {
    /// The reading, or why there is none.
    pub result: Result<Reading, Refusal>,
    /// Whether every wallet was asked, however much that cost.
    pub thorough: bool,
    /// What the calls weighed.
    pub weight: u32,
    /// How many there were.
    pub calls: u32,
    /// What the exchange answered, word for word.
    pub answers: Vec<RawAnswer>,
}

/// How a sync went, beside what it read.
#[derive(Clone, Copy, Debug)]
pub struct Course {
    pub started_at: Timestamp,
    pub duration_ms: u64,
    pub weight: u32,
    pub calls: u32,
}

/// What a sync learnt beside balances.
#[derive(Clone, Debug)]
pub struct Learnt {
    /// The key's rights, when they were told this time.
    pub rights: Option<KeyRights>,
    /// What the exchange's own overview says, where it was asked.
    pub overview: Option<Overview>,
    /// Whether every wallet was asked, however much that cost.
    pub thorough: bool,
    /// What is next.
    pub plan: Plan,
}

/// Stores what came of reading an account, unless the connection was deleted or claimed by another
/// meanwhile.
///
/// # Errors
/// [`Problem::NotFound`], [`Problem::SyncUnderWay`], [`Problem::Unavailable`],
/// [`Problem::Internal`].
pub async fn store(
    state: &State,
    claim: &Claim,
    known: (Connection, Stored),
    done: Done,
    started_at: Timestamp,
) -> Result<Synced, Problem> {
    let (connection, stored) = known;
    let run_id = crate::security::new_id().map_err(security_problem)?;
    let failure = done.result.as_ref().err().map(|r| r.failure.clone());
    let learnt = Learnt {
        rights: learnt_rights(&done.result).cloned(),
        overview: done.result.as_ref().ok().and_then(|r| r.overview.clone()),
        thorough: done.thorough,
        plan: plan(state, claim, &connection, failure.as_ref()).await?,
    };
    let now = state.clock.now();
    let wallets = match &done.result {
        Ok(reading) => &reading.wallets,
        Err(refusal) => &refusal.wallets,
    };
    let (tally, pending) = Pending::of(&stored.before, wallets, now).map_err(storage_problem)?;
    let recorded = recording::renew(stored.answers, &connection.exchange, &done.answers, now);
    let recorded = recorded.map_err(storage_problem)?;
    let user_id = claim.user_id.clone();
    let (run, claim, holder) = (run_id.clone(), claim.clone(), state.replica.clone());
    let (clock, name) = (state.clock.clone(), exchange_name(state, &connection));
    let report = state
        .db
        .write::<_, WriteError, _>(move |db| {
            Box::pin(async move {
                let course = Course {
                    started_at,
                    duration_ms: elapsed_ms(started_at, clock.now()),
                    weight: done.weight,
                    calls: done.calls,
                };
                let report = report(&connection, &name, course, tally, failure);
                telling::sync_ended(db, &report, now).await?;
                let lease = Some((holder.as_str(), claim.token));
                if !keep(db, &run, &report, learnt, now, lease).await? {
                    return Err(lost(db, &claim).await?);
                }
                pending
                    .write(db, &connection.id, &connection.exchange)
                    .await?;
                if let Some(kept) = recorded {
                    storage::recordings::upsert(db, &connection.id, &kept).await?;
                }
                Ok(report)
            })
        })
        .await?;
    log(&report);
    state.tell_synced();
    state.noted.note(&user_id);
    Ok(Synced { run_id, report })
}

/// Notes that a sync did not come to its end. Balances and wallets stay as they were.
///
/// # Errors
/// As [`store`].
pub async fn interrupted(
    state: &State,
    claim: &Claim,
    started_at: Timestamp,
) -> Result<(), Problem> {
    let run_id = crate::security::new_id().map_err(security_problem)?;
    let (shared, claim) = (state.clone(), claim.clone());
    let user_id = claim.user_id.clone();
    let report = state
        .db
        .write::<_, WriteError, _>(move |db| {
            Box::pin(async move {
                let now = shared.clock.now();
                own(db, &claim, &shared.replica).await?;
                let facts = storage::connections::find_facts(db, &claim.connection_id).await?;
                let (exchange, label) = facts.ok_or(Problem::NotFound)?;
                let report = SyncReport {
                    exchange: connections::exchange_name(&shared, &exchange),
                    failure: Some(Failure::Interrupted),
                    ..SyncReport::empty(&claim.connection_id, &label, started_at)
                };
                let learnt = Learnt {
                    rights: None,
                    overview: None,
                    thorough: false,
                    plan: planned(&shared, &claim, report.failure.as_ref(), None),
                };
                telling::sync_ended(db, &report, now).await?;
                keep(db, &run_id, &report, learnt, now, None).await?;
                Ok(report)
            })
        })
        .await?;
    log(&report);
    state.tell_synced();
    state.noted.note(&user_id);
    Ok(())
}

/// Holds the connection's row, which nobody else may have claimed.
async fn own(db: &mut Db, claim: &Claim, holder: &str) -> Result<(), WriteError> {
    let id = &claim.connection_id;
    if leases::lock(db, id, holder, claim.token).await? {
        return Ok(());
    }
    Err(lost(db, claim).await?)
}

/// Why a connection is ours no longer.
async fn lost(db: &mut Db, claim: &Claim) -> Result<WriteError, StorageError> {
    let found = storage::connections::find_facts(db, &claim.connection_id).await?;
    Ok(WriteError::Problem(match found {
        Some(_) => Problem::SyncUnderWay,
        None => Problem::NotFound,
    }))
}

fn exchange_name(state: &State, connection: &Connection) -> String {
    connections::exchange_name(state, &connection.exchange)
}

/// Plans the next sync, after the pause of the exchange if there is one.
async fn plan(
    state: &State,
    claim: &Claim,
    connection: &Connection,
    failure: Option<&Failure>,
) -> Result<Plan, Problem> {
    let paused_until = match connections::place(state, connection) {
        Some(place) => state.neighbours.pause_of(&place).await,
        None => Ok(None),
    };
    let paused_until = paused_until.map_err(storage_problem)?;
    Ok(planned(state, claim, failure, paused_until))
}

fn planned(
    state: &State,
    claim: &Claim,
    failure: Option<&Failure>,
    paused_until: Option<Timestamp>,
) -> Plan {
    let ended = Ended {
        failure,
        failures: u32::try_from(claim.failures).unwrap_or_default(),
        paused_until,
        now: state.clock.now(),
    };
    schedule::plan(ended, state.settings.pace.interval, (state.dice)())
}

/// The rights to keep. A key refused because its rights are not told keeps those told before: it
/// must not pass for one that was accepted by word the next time.
fn learnt_rights(result: &Result<Reading, Refusal>) -> Option<&KeyRights> {
    match result {
        Ok(reading) => Some(&reading.rights),
        Err(refusal) => refusal
            .rights
            .as_ref()
            .filter(|rights| rights.state != RightsState::Unknown),
    }
}

/// The report of a sync that changed what the tally says.
#[must_use]
pub fn report(
    connection: &Connection,
    exchange: &str,
    course: Course,
    tally: Tally,
    failure: Option<Failure>,
) -> SyncReport {
    SyncReport {
        account_id: connection.id.clone(),
        label: connection.label.clone(),
        exchange: exchange.to_owned(),
        started_at: course.started_at,
        duration_ms: course.duration_ms,
        assets_count: tally.assets,
        holdings_count: tally.holdings,
        added: tally.added,
        updated: tally.updated,
        removed: tally.removed,
        unchanged: tally.unchanged,
        unreadable: tally.unreadable,
        wallets: tally.wallets,
        weight: course.weight,
        calls: course.calls,
        failure,
    }
}

/// Keeps a report, leaves its outcome on the connection, gives the lease back, and tells every
/// batch that waits for it. With the holder and the token of a lease, only if that is still the one;
/// answers whether it is.
///
/// # Errors
/// [`StorageError::Database`].
pub async fn keep(
    db: &mut Db,
    run_id: &str,
    report: &SyncReport,
    learnt: Learnt,
    now: Timestamp,
    lease: Option<(&str, i64)>,
) -> Result<bool, StorageError> {
    let read = report.success();
    let after = AfterSync {
        status: ConnectionStatus::after(report),
        failure: report.failure.clone(),
        rights: learnt.rights,
        synced_at: read.then_some(now),
        thorough_at: (read && learnt.thorough).then_some(now),
        overview: learnt.overview,
        plan: learnt.plan,
    };
    let id = &report.account_id;
    if !storage::connections::update_after_sync(db, id, &after, lease).await? {
        return Ok(false);
    }
    storage::sync_runs::insert(db, run_id, report).await?;
    storage::batches::end_items(db, id, run_id).await?;
    Ok(true)
}

/// Tells the log what a sync cost and how it ended.
fn log(report: &SyncReport) {
    let outcome = match &report.failure {
        Some(failure) => failure.code(),
        None if report.is_partial() => "partial",
        None => "ok",
    };
    tracing::info!(
        exchange = report.exchange,
        connection = report.account_id,
        outcome,
        weight = report.weight,
        calls = report.calls,
        duration_ms = report.duration_ms,
        "synced"
    );
}
