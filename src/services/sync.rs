//! Syncing: reading an account again and storing what changed.

use super::key_store::{self, KeyRow};
use super::snapshot::{self, Tally};
use super::{State, WriteError, elapsed_ms, security_problem, storage_problem};
use crate::domain::connection::{Connection, ConnectionStatus};
use crate::domain::exchange::Environment;
use crate::domain::problem::{BadKey, ExchangeProblem};
use crate::domain::report::{Failure, Step, SyncReport};
use crate::domain::rights::{KeyRights, RightsState};
use crate::domain::timestamp::Timestamp;
use crate::domain::wallet::{WalletRead, WalletReading};
use crate::error::Problem;
use crate::exchanges::{Access, Exchange, Journal};
use crate::storage::connections::AfterSync;
use crate::storage::{self, Connection as Db, StorageError};

/// A kept report.
#[derive(Clone, Debug)]
pub struct Synced {
    /// The id the report is kept under.
    pub run_id: String,
    /// What the sync did.
    pub report: SyncReport,
}

/// What was read from an account whose key passed.
#[derive(Clone, Debug)]
pub struct Reading {
    /// What the key may do.
    pub rights: KeyRights,
    /// The regional site that knows the key.
    pub region: Option<String>,
    /// The exchange's own account number.
    pub uid: Option<String>,
    /// The wallets, at least one of which answered.
    pub wallets: Vec<WalletReading>,
}

/// Why an account was not read, and what was learnt all the same.
#[derive(Clone, Debug)]
pub struct Refusal {
    /// What happened.
    pub failure: Failure,
    /// The key's rights, if they were told.
    pub rights: Option<KeyRights>,
    /// How the wallets fared, if they were asked.
    pub wallets: Vec<WalletReading>,
}

/// Proves the key, judges its rights and reads the wallets, in this order.
///
/// # Errors
/// The step that failed. A key that can do more than read never gets as far as the wallets; one of
/// unknown rights only on a test environment or with `accepts_unknown`.
pub async fn read(
    exchange: &dyn Exchange,
    access: Access<'_>,
    accepts_unknown: bool,
) -> Result<Reading, Refusal> {
    let key = exchange.read_key(access).await.map_err(|problem| Refusal {
        failure: Failure::Exchange {
            step: Step::of_key_problem(&problem),
            problem,
        },
        rights: None,
        wallets: Vec::new(),
    })?;
    let lenient = accepts_unknown || access.environment == Environment::Testnet;
    if let Some(problem) = excess(&key.rights, lenient) {
        return Err(Refusal {
            failure: Failure::Exchange {
                step: Step::ReadRights,
                problem,
            },
            rights: Some(key.rights),
            wallets: Vec::new(),
        });
    }
    let region = key.region.clone();
    let account = exchange
        .read_account(Access {
            region: region.as_deref(),
            ..access
        })
        .await;
    if let Some(problem) = nothing_read(&account.wallets) {
        return Err(Refusal {
            failure: Failure::Exchange {
                step: Step::ReadWallets,
                problem,
            },
            rights: Some(key.rights),
            wallets: account.wallets,
        });
    }
    let uid = key.uid.or(account.uid);
    Ok(Reading {
        rights: key.rights,
        region,
        uid,
        wallets: account.wallets,
    })
}

/// Why a key of these rights is refused, if it is.
fn excess(rights: &KeyRights, accepts_unknown: bool) -> Option<ExchangeProblem> {
    match rights.state {
        RightsState::Excess => Some(ExchangeProblem::ExcessPermissions(rights.excess.clone())),
        RightsState::Unknown if !accepts_unknown => Some(ExchangeProblem::UnknownPermissions),
        RightsState::Unknown | RightsState::ReadOnly => None,
    }
}

/// Why no wallet at all could be read, if so.
fn nothing_read(wallets: &[WalletReading]) -> Option<ExchangeProblem> {
    let failed = |w: &WalletReading| match &w.read {
        WalletRead::Failed(problem) => Some(problem.clone()),
        _ => None,
    };
    let any_read = wallets
        .iter()
        .any(|w| matches!(w.read, WalletRead::Read { .. }));
    let cannot_read = ExchangeProblem::InvalidCredentials(BadKey::CannotRead);
    (!any_read).then(|| wallets.iter().find_map(failed).unwrap_or(cannot_read))
}

/// Syncs one connection of a person. A sync that fails is told in the report, and the balances of
/// the last one stay.
///
/// # Errors
/// [`Problem::NotFound`], [`Problem::SyncUnderWay`], [`Problem::Unavailable`].
pub async fn sync_connection(state: &State, user_id: &str, id: &str) -> Result<Synced, Problem> {
    super::connections::known_form(id)?;
    let mut db = state.db.reader().await.map_err(storage_problem)?;
    let found = storage::connections::find(&mut db, user_id, id)
        .await
        .map_err(storage_problem)?;
    let connection = found.ok_or(Problem::NotFound)?;
    drop(db);
    let _guard = state.begin_sync(id).ok_or(Problem::SyncUnderWay)?;
    let started_at = state.clock.now();
    let outcome = read_again(state, user_id, &connection).await?;
    store(state, connection, outcome, started_at).await
}

/// Syncs every connection of a person, one after the other.
///
/// # Errors
/// [`Problem::Unavailable`]. A connection that is being synced elsewhere is passed over.
pub async fn sync_all(state: &State, user_id: &str) -> Result<Vec<Synced>, Problem> {
    let mut done = Vec::new();
    for connection in super::connections::list(state, user_id).await? {
        match sync_connection(state, user_id, &connection.id).await {
            Ok(synced) => done.push(synced),
            Err(Problem::SyncUnderWay | Problem::NotFound) => (),
            Err(problem) => return Err(problem),
        }
    }
    Ok(done)
}

async fn read_again(
    state: &State,
    user_id: &str,
    connection: &Connection,
) -> Result<Result<Reading, Refusal>, Problem> {
    let mut db = state.db.reader().await.map_err(storage_problem)?;
    let sealed = storage::connections::find_key(&mut db, user_id, &connection.id)
        .await
        .map_err(storage_problem)?
        .ok_or(Problem::NotFound)?;
    drop(db);
    let unreadable = Refusal {
        failure: Failure::CredentialsUnreadable,
        rights: None,
        wallets: Vec::new(),
    };
    let row = KeyRow {
        connection_id: &connection.id,
        user_id,
    };
    let exchange = state
        .registry
        .find(&connection.exchange)
        .ok_or(Problem::Internal)?;
    let has_passphrase = exchange.profile().has_passphrase;
    let opened = key_store::open(state, row, &sealed).ok();
    // A part that was taken away is as bad as one that was changed.
    let whole = opened.filter(|key| key.passphrase.is_some() == has_passphrase);
    let Some(credentials) = whole else {
        tracing::error!(
            connection = connection.id,
            "the sealed key cannot be opened"
        );
        return Ok(Err(unreadable));
    };
    let journal = Journal::default();
    let access = Access {
        credentials: &credentials,
        environment: connection.environment,
        region: connection.region.as_deref(),
        known: &[],
        thorough: true,
        patience: super::PATIENCE,
        journal: &journal,
    };
    // A key of unknown rights was accepted by word once; one that could be judged before is not
    // taken on trust now.
    let accepts_unknown = connection.is_unproven();
    Ok(read(exchange, access, accepts_unknown).await)
}

async fn store(
    state: &State,
    connection: Connection,
    outcome: Result<Reading, Refusal>,
    started_at: Timestamp,
) -> Result<Synced, Problem> {
    let run_id = crate::security::new_id().map_err(security_problem)?;
    let run = run_id.clone();
    let clock = state.clock.clone();
    let name = super::connections::exchange_name(state, &connection.exchange);
    let report = state
        .db
        .write::<_, WriteError, _>(move |db| {
            Box::pin(async move {
                let now = clock.now();
                let (wallets, failure) = match &outcome {
                    Ok(reading) => (&reading.wallets, None),
                    Err(refusal) => (&refusal.wallets, Some(refusal.failure.clone())),
                };
                if !storage::connections::lock(db, &connection.id).await? {
                    return Err(WriteError::Problem(Problem::NotFound));
                }
                let tally =
                    snapshot::write(db, &connection.id, &connection.exchange, wallets, now).await?;
                let took = elapsed_ms(started_at, clock.now());
                let report = report(&connection, &name, started_at, took, tally, failure);
                keep(db, &run, &report, learnt_rights(&outcome), now).await?;
                Ok(report)
            })
        })
        .await?;
    Ok(Synced { run_id, report })
}

/// The rights to keep. A key refused because its rights are not told keeps those told before: it
/// must not pass for one that was accepted by word the next time.
fn learnt_rights(outcome: &Result<Reading, Refusal>) -> Option<&KeyRights> {
    match outcome {
        Ok(reading) => Some(&reading.rights),
        Err(refusal) => refusal
            .rights
            .as_ref()
            .filter(|rights| rights.state != RightsState::Unknown),
    }
}

/// The report of a sync that changed what the tally says.
#[must_use]
pub(super) fn report(
    connection: &Connection,
    exchange: &str,
    started_at: Timestamp,
    duration_ms: u64,
    tally: Tally,
    failure: Option<Failure>,
) -> SyncReport {
    SyncReport {
        account_id: connection.id.clone(),
        label: connection.label.clone(),
        exchange: exchange.to_owned(),
        started_at,
        duration_ms,
        assets_count: tally.assets,
        holdings_count: tally.holdings,
        added: tally.added,
        updated: tally.updated,
        removed: tally.removed,
        unchanged: tally.unchanged,
        unreadable: tally.unreadable,
        wallets: tally.wallets,
        weight: 0,
        calls: 0,
        failure,
    }
}

/// Keeps a report and leaves its outcome on the connection.
pub(super) async fn keep(
    db: &mut Db,
    run_id: &str,
    report: &SyncReport,
    rights: Option<&KeyRights>,
    now: Timestamp,
) -> Result<(), StorageError> {
    let after = AfterSync {
        status: ConnectionStatus::after(report),
        failure: report.failure.clone(),
        rights: rights.cloned(),
        synced_at: report.success().then_some(now),
    };
    storage::connections::update_after_sync(db, &report.account_id, &after).await?;
    storage::sync_runs::insert(db, run_id, report).await
}
