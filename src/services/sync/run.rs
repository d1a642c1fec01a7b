//! One sync from its lease to its report, however it ends.

use std::panic::AssertUnwindSafe;
use std::time::Duration;

use futures::FutureExt;
use tokio::time::Instant;

use super::read::{prove, read_wallets};
use super::store::{self, Done, Stored};
use super::{Lease, Reading, Refusal, Synced};
use crate::domain::connection::Connection;
use crate::domain::problem::ExchangeProblem;
use crate::domain::report::{Failure, Step};
use crate::domain::timestamp::Timestamp;
use crate::error::Problem;
use crate::exchanges::{Access, Credentials, Exchange, Journal};
use crate::services::key_store::{self, KeyRow};
use crate::services::{PATIENCE, State, storage_problem};
use crate::storage::connections::ToSync;
use crate::storage::{self, leases::Claim};

/// How long a call may wait for an exchange's budget while nobody watches.
const BACKGROUND_PATIENCE: Duration = Duration::from_secs(90);
/// How long a wallet that costs much may go unread while it shows no sign of a change.
const THOROUGH_EVERY_MS: i64 = 6 * 60 * 60 * 1000;
/// How long what is stored can wait, so that the first questions of all syncs that begin together are on
/// their way before anything is read that is only needed once they are answered.
const HEAD_START: Duration = Duration::from_millis(3);
/// How often a sync is begun in the background before it is given up.
const ATTEMPTS: i64 = 3;

/// Who has a connection synced.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum By {
    /// Somebody who waits for the answer.
    Person,
    /// The scheduler.
    Schedule,
}

/// Syncs a connection that was claimed, and stores what came of it. However it ends, the lease is
/// given back and whoever waits for the connection is told.
///
/// # Errors
/// [`Problem::NotFound`] when the connection was deleted meanwhile, [`Problem::SyncUnderWay`] when
/// the lease was lost to another, [`Problem::Unavailable`], [`Problem::Internal`].
pub async fn run(state: &State, lease: Lease, by: By) -> Result<Synced, Problem> {
    let started_at = state.clock.now();
    let claim = lease.claim();
    let whole = by == By::Person || claim.attempts <= ATTEMPTS;
    let problem = if whole {
        let sync = AssertUnwindSafe(sync(state, claim, by, started_at));
        match sync.catch_unwind().await {
            Ok(Ok(synced)) => {
                lease.over();
                return Ok(synced);
            }
            Ok(Err(problem @ (Problem::NotFound | Problem::SyncUnderWay))) => {
                lease.over();
                return Err(problem);
            }
            Ok(Err(problem)) => problem,
            Err(_) => {
                tracing::error!(connection = claim.connection_id, "a sync broke down");
                Problem::Internal
            }
        }
    } else {
        tracing::error!(connection = claim.connection_id, "a sync was given up");
        Problem::Internal
    };
    if store::interrupted(state, claim, started_at).await.is_ok() {
        lease.over();
    }
    Err(problem)
}

async fn sync(
    state: &State,
    claim: &Claim,
    by: By,
    started_at: Timestamp,
) -> Result<Synced, Problem> {
    let known = find(state, claim).await?;
    let exchange = state
        .registry
        .find(&known.connection.exchange)
        .ok_or(Problem::Internal)?;
    let stale = |at| started_at.0.saturating_sub(at) > THOROUGH_EVERY_MS;
    let thorough = by == By::Person || claim.thorough_at.is_none_or(stale);
    let journal = Journal::default();
    let connection = &known.connection;
    let (result, stored) = match &known.credentials {
        Some(credentials) => {
            let access = Access {
                credentials,
                environment: connection.environment,
                region: connection.region.as_deref(),
                known: &[],
                thorough,
                patience: match by {
                    By::Person => PATIENCE,
                    By::Schedule => BACKGROUND_PATIENCE,
                },
                journal: &journal,
            };
            read(state, exchange, access, connection).await?
        }
        None => {
            let refusal = Refusal::plain(Failure::CredentialsUnreadable);
            (Err(refusal), Stored::find(state, &connection.id).await?)
        }
    };
    let done = Done {
        result: result.and_then(|reading| same_account(claim, reading)),
        thorough,
        weight: journal.weight(),
        calls: journal.calls(),
        answers: journal.take_answers(),
    };
    let exchange = known.connection.exchange.clone();
    let synced = store::store(state, claim, (known.connection, stored), done, started_at).await?;
    state.runs.note(&exchange, &synced.report);
    Ok(synced)
}

/// A connection as it is stored.
struct Known {
    connection: Connection,
    /// The key; `None` when it cannot be opened.
    credentials: Option<Credentials>,
}

async fn find(state: &State, claim: &Claim) -> Result<Known, Problem> {
    let (user_id, id) = (&claim.user_id, &claim.connection_id);
    let mut db = state.db.reader().await.map_err(storage_problem)?;
    let now = state.clock.now();
    let found = storage::connections::find_to_sync(&mut db, user_id, id, now).await;
    drop(db);
    let found = found.map_err(storage_problem)?.ok_or(Problem::NotFound)?;
    let ToSync {
        connection,
        key: sealed,
    } = found;
    let row = KeyRow {
        connection_id: id,
        user_id,
    };
    let exchange = state.registry.find(&connection.exchange);
    let has_passphrase = exchange.is_some_and(|found| found.profile().has_passphrase);
    let opened = key_store::open(state, row, &sealed).ok();
    // A part that was taken away is as bad as one that was changed.
    let credentials = opened.filter(|key| key.passphrase.is_some() == has_passphrase);
    if credentials.is_none() {
        tracing::error!(connection = id, "the sealed key cannot be opened");
    }
    Ok(Known {
        connection,
        credentials,
    })
}

/// Reads an account unless that takes too long altogether, and finds what is stored of it while the
/// exchange thinks.
async fn read(
    state: &State,
    exchange: &dyn Exchange,
    access: Access<'_>,
    connection: &Connection,
) -> Result<(Result<Reading, Refusal>, Stored), Problem> {
    let end = Instant::now() + state.settings.pace.deadline;
    // A key of unknown rights was accepted by word once; one that could be judged before is not
    // taken on trust now.
    let key = prove(exchange, access, connection.is_unproven());
    let stored = async {
        tokio::time::sleep(HEAD_START).await;
        Stored::find(state, &connection.id).await
    };
    let (key, stored) = tokio::join!(in_time(end, key), stored);
    let stored = stored?;
    let result = match key {
        Ok(key) => {
            let known = &stored.known;
            let wallets = read_wallets(exchange, Access { known, ..access }, key);
            in_time(end, wallets).await
        }
        Err(refusal) => Err(refusal),
    };
    Ok((result, stored))
}

/// What comes of asking an exchange, unless that is not over in time.
async fn in_time<T>(
    end: Instant,
    asking: impl Future<Output = Result<T, Refusal>>,
) -> Result<T, Refusal> {
    let in_time = tokio::time::timeout_at(end, asking).await;
    in_time.unwrap_or_else(|_| {
        Err(Refusal::plain(Failure::Exchange {
            step: Step::ReadWallets,
            problem: ExchangeProblem::Unavailable,
        }))
    })
}

/// Refuses balances of another account than the one that was connected: a key cannot change hands,
/// so the answer is not what it seems to be.
fn same_account(claim: &Claim, reading: Reading) -> Result<Reading, Refusal> {
    match (&claim.account_uid, &reading.uid) {
        (Some(own), Some(told)) if own != told => {
            tracing::error!(
                connection = claim.connection_id,
                "the exchange answered for another account"
            );
            Err(Refusal::plain(Failure::Exchange {
                step: Step::ReadWallets,
                problem: ExchangeProblem::BadResponse,
            }))
        }
        _ => Ok(reading),
    }
}
