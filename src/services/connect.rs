//! Connecting an exchange account: every step in its order, and all of it stored or nothing.

use secrecy::{ExposeSecret, SecretString};

use super::key_store::{self, KeyRow};
use super::sync::{self, Course, Learnt, Reading};
use super::{
    Clock, State, WriteError, elapsed_ms, recording, security_problem, snapshot, storage_problem,
};
use crate::domain::amount::Amount;
use crate::domain::connect_form::ConnectForm;
use crate::domain::connection::{Connection, ConnectionStatus};
use crate::domain::exchange::{Environment, ExchangeId};
use crate::domain::portfolio::PortfolioName;
use crate::domain::report::{Failure, Step, SyncReport};
use crate::domain::schedule::{self, Ended, Plan};
use crate::domain::timestamp::Timestamp;
use crate::domain::typed::Typed;
use crate::domain::wallet::WalletRead;
use crate::error::Problem;
use crate::exchanges::{Access, Credentials, Exchange, Journal, RawAnswer};
use crate::security::new_id;
use crate::storage::connections::SealedKey;
use crate::storage::{self, StorageError};

/// A new connection and its first sync.
#[derive(Clone, Debug)]
pub struct Connected {
    /// The connection's id.
    pub connection_id: String,
    /// The id the report is kept under.
    pub run_id: String,
    /// What the first sync found.
    pub report: SyncReport,
}

/// A form that has been checked.
struct Checked<'a> {
    exchange: &'a dyn Exchange,
    environment: Environment,
    label: String,
    credentials: Credentials,
    ignore_below: Option<Amount>,
}

/// Connects an account: checks the form, proves the key, reads its rights, reads the wallets,
/// seals the key and stores everything at once. Nothing is stored when a step fails.
///
/// # Errors
/// What is wrong with the form, the key or the exchange.
pub async fn connect(
    state: &State,
    user_id: &str,
    form: &ConnectForm,
) -> Result<Connected, Problem> {
    let form = form.trimmed();
    let started_at = state.clock.now();
    let checked = check(state, &form)?;
    let portfolio = choose_portfolio(state, user_id, &form.portfolio, checked.exchange).await?;
    let region = Some(form.region.as_str()).filter(|region| !region.is_empty());
    let journal = Journal::default();
    let access = Access {
        credentials: &checked.credentials,
        environment: checked.environment,
        region,
        known: &[],
        thorough: true,
        patience: super::PATIENCE,
        journal: &journal,
    };
    let accepts_unknown = !form.accept_unknown.is_empty();
    let profile = checked.exchange.profile();
    let reading = sync::read(checked.exchange, access, accepts_unknown)
        .await
        .map_err(|refusal| refusal.failure)
        .and_then(identified)
        .map_err(|failure| Problem::Exchange {
            exchange: profile.name.clone(),
            failure,
        })?;
    let account = Account {
        exchange: profile.id.clone(),
        environment: checked.environment,
        uid: reading.uid.clone(),
    };
    refuse_duplicate(state, user_id, &account).await?;
    let spent = Spent {
        started_at,
        weight: journal.weight(),
        calls: journal.calls(),
        answers: journal.take_answers(),
    };
    let stored = store(state, user_id, checked, portfolio, reading, spent).await;
    if let Err(Problem::AlreadyConnected(_)) = stored {
        // Somebody was faster: tell the label that is there, not the one just typed.
        refuse_duplicate(state, user_id, &account).await?;
    }
    stored
}

/// An account on an exchange, by its own number where the exchange tells it.
struct Account {
    exchange: ExchangeId,
    environment: Environment,
    uid: Option<String>,
}

/// Refuses a reading that lacks the account's number because a wallet failed: without it the same
/// account could be connected twice and be counted twice.
fn identified(reading: Reading) -> Result<Reading, Failure> {
    let failed = reading
        .wallets
        .iter()
        .find_map(|wallet| match &wallet.read {
            WalletRead::Failed(problem) => Some(problem.clone()),
            _ => None,
        });
    match failed.filter(|_| reading.uid.is_none()) {
        Some(problem) => Err(Failure::Exchange {
            step: Step::ReadWallets,
            problem,
        }),
        None => Ok(reading),
    }
}

fn check<'a>(state: &'a State, form: &ConnectForm) -> Result<Checked<'a>, Problem> {
    let exchange = state.registry.find(&ExchangeId::new(&form.exchange));
    form.check(exchange.map(Exchange::profile)).into_result()?;
    let exchange = exchange.ok_or(Problem::BadRequest)?;
    let profile = exchange.profile();
    let secret = |typed: &Typed| SecretString::from(typed.expose());
    let label = if form.label.is_empty() {
        &profile.name
    } else {
        &form.label
    };
    Ok(Checked {
        exchange,
        environment: Environment::parse(&form.environment)
            .unwrap_or(state.settings.default_environment),
        label: label.clone(),
        credentials: Credentials {
            api_key: secret(&form.api_key),
            secret_key: secret(&form.secret_key),
            passphrase: profile.has_passphrase.then(|| secret(&form.passphrase)),
        },
        ignore_below: Amount::parse(&form.ignore_below)
            .ok()
            .filter(|least| !least.is_zero()),
    })
}

/// The portfolio the person picked, or one named after the exchange.
async fn choose_portfolio(
    state: &State,
    user_id: &str,
    picked: &str,
    exchange: &dyn Exchange,
) -> Result<PortfolioName, Problem> {
    if picked.is_empty() {
        return Ok(PortfolioName {
            id: new_id().map_err(security_problem)?,
            name: exchange.profile().name.clone(),
        });
    }
    let not_there = || Problem::field("portfolio", "Pick a portfolio of the list.");
    super::connections::known_form(picked).map_err(|_| not_there())?;
    let mut db = state.db.reader().await.map_err(storage_problem)?;
    let found = storage::portfolios::find(&mut db, user_id, picked)
        .await
        .map_err(storage_problem)?;
    found.ok_or_else(not_there)
}

async fn refuse_duplicate(state: &State, user_id: &str, account: &Account) -> Result<(), Problem> {
    let Some(uid) = &account.uid else {
        return Ok(());
    };
    let mut db = state.db.reader().await.map_err(storage_problem)?;
    let (exchange, environment) = (&account.exchange, account.environment);
    let label =
        storage::connections::find_label_by_uid(&mut db, user_id, exchange, environment, uid)
            .await
            .map_err(storage_problem)?;
    label.map_or(Ok(()), |label| Err(Problem::AlreadyConnected(label)))
}

/// What the first reading took.
struct Spent {
    started_at: Timestamp,
    weight: u32,
    calls: u32,
    /// What the exchange answered, word for word.
    answers: Vec<RawAnswer>,
}

/// Everything that is stored of a new connection.
struct Draft {
    user_id: String,
    connection: Connection,
    exchange_name: String,
    portfolio: PortfolioName,
    key: SealedKey,
    reading: Reading,
    run_id: String,
    spent: Spent,
    plan: Plan,
}

async fn store(
    state: &State,
    user_id: &str,
    checked: Checked<'_>,
    portfolio: PortfolioName,
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
        connection: new_connection(id.clone(), checked, &reading, state.clock.now()),
        portfolio,
        reading,
        run_id: new_id().map_err(security_problem)?,
        spent,
        plan: first_plan(state),
    };
    let (run_id, clock) = (draft.run_id.clone(), state.clock.clone());
    let report = state
        .db
        .write::<_, WriteError, _>(move |db| Box::pin(write(db, draft, clock)))
        .await?;
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
        key_hint: hint(&checked.credentials),
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
    connection.portfolio_id =
        storage::portfolios::find_or_insert(db, &user_id, &draft.portfolio, now.0).await?;
    insert(db, &user_id, &connection, &reading, &draft.key).await?;
    let exchange = &connection.exchange;
    let tally = snapshot::write(db, &connection.id, exchange, &reading.wallets, now).await?;
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
    sync::keep(db, &draft.run_id, &report, learnt, now).await?;
    let answers = &draft.spent.answers;
    recording::keep(db, &connection.id, &connection.exchange, answers, now).await?;
    Ok(report)
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

/// The last four characters of the API key.
fn hint(credentials: &Credentials) -> String {
    let key = credentials.api_key.expose_secret();
    let skip = key.chars().count().saturating_sub(4);
    key.chars().skip(skip).collect()
}
