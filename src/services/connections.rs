//! Connecting exchange accounts, looking at them and letting them go.

use secrecy::SecretString;

use super::key_store::{self, KeyRow};
use super::sync::{self, Reading};
use super::{State, WriteError, elapsed_ms, security_problem, snapshot, storage_problem};
use crate::domain::amount::Amount;
use crate::domain::connect_form::ConnectForm;
use crate::domain::connection::{Connection, ConnectionStatus};
use crate::domain::exchange::{Environment, ExchangeId, ExchangeProfile};
use crate::domain::portfolio::PortfolioName;
use crate::domain::report::{Failure, Step, SyncReport};
use crate::domain::timestamp::Timestamp;
use crate::domain::typed::Typed;
use crate::domain::wallet::{Balance, WalletName, WalletRead};
use crate::error::Problem;
use crate::exchanges::{Access, Credentials, Exchange};
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

/// A connection with what it holds and what its last syncs did.
#[derive(Clone, Debug)]
pub struct Details {
    /// The connection.
    pub connection: Connection,
    /// The exchange's name.
    pub exchange: String,
    /// Balances by wallet, without those too small to be shown.
    pub holdings: Vec<(WalletName, Vec<Balance>)>,
    /// How many balances are too small to be shown.
    pub hidden: usize,
    /// The newest reports.
    pub reports: Vec<SyncReport>,
}

/// A form that has been checked.
struct Checked<'a> {
    exchange: &'a dyn Exchange,
    environment: Environment,
    label: String,
    credentials: Credentials,
    ignore_below: Option<Amount>,
}

/// What the connect form offers.
#[must_use]
pub fn profiles(state: &State) -> Vec<ExchangeProfile> {
    state.registry.profiles()
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
    let access = Access {
        credentials: &checked.credentials,
        environment: checked.environment,
        region,
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
    let stored = store(state, user_id, checked, portfolio, reading, started_at).await;
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
    let mut db = state.db.reader().await.map_err(storage_problem)?;
    let found = storage::portfolios::find(&mut db, user_id, picked)
        .await
        .map_err(storage_problem)?;
    found.ok_or_else(|| Problem::field("portfolio", "Pick a portfolio of the list."))
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

async fn store(
    state: &State,
    user_id: &str,
    checked: Checked<'_>,
    portfolio: PortfolioName,
    reading: Reading,
    started_at: Timestamp,
) -> Result<Connected, Problem> {
    let id = new_id().map_err(security_problem)?;
    let row = KeyRow {
        connection_id: &id,
        user_id,
    };
    let key = key_store::seal(state, row, &checked.credentials).map_err(security_problem)?;
    let now = state.clock.now();
    let profile = checked.exchange.profile();
    let mut connection = fresh(&id, &checked, &reading, now);
    let run_id = new_id().map_err(security_problem)?;
    let (run, user, name, clock) = (
        run_id.clone(),
        user_id.to_owned(),
        profile.name.clone(),
        state.clock.clone(),
    );
    let report = state
        .db
        .write::<_, WriteError, _>(move |db| {
            Box::pin(async move {
                let portfolio =
                    storage::portfolios::find_or_insert(db, &user, &portfolio, now.0).await?;
                connection.portfolio_id = portfolio;
                insert(db, &user, &connection, &reading, &key).await?;
                let tally = snapshot::write(
                    db,
                    &connection.id,
                    &connection.exchange,
                    &reading.wallets,
                    now,
                )
                .await?;
                let took = elapsed_ms(started_at, clock.now());
                let report = sync::report(&connection, &name, started_at, took, tally, None);
                sync::keep(db, &run, &report, Some(&reading.rights), now).await?;
                Ok(report)
            })
        })
        .await?;
    Ok(Connected {
        connection_id: id,
        run_id,
        report,
    })
}

/// The connection as it is before its portfolio is known and its first sync is noted.
fn fresh(id: &str, checked: &Checked<'_>, reading: &Reading, now: Timestamp) -> Connection {
    Connection {
        id: id.to_owned(),
        exchange: checked.exchange.profile().id.clone(),
        label: checked.label.clone(),
        environment: checked.environment,
        region: reading.region.clone(),
        key_hint: hint(&checked.credentials),
        rights: reading.rights.clone(),
        status: ConnectionStatus::NeverSynced,
        last_failure: None,
        last_synced_at: Some(now),
        wallets: Vec::new(),
        portfolio_id: String::new(),
        ignore_below: checked.ignore_below.clone(),
        created_at: now,
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

/// The name of an exchange as people know it; its short name if it is no longer in the registry.
pub(super) fn exchange_name(state: &State, id: &ExchangeId) -> String {
    let profile = state.registry.find(id).map(Exchange::profile);
    profile.map_or_else(|| id.to_string(), |profile| profile.name.clone())
}

/// The last four characters of the API key.
fn hint(credentials: &Credentials) -> String {
    use secrecy::ExposeSecret;
    let key = credentials.api_key.expose_secret();
    let skip = key.chars().count().saturating_sub(4);
    key.chars().skip(skip).collect()
}

/// A person's connections.
///
/// # Errors
/// [`Problem::Unavailable`].
pub async fn list(state: &State, user_id: &str) -> Result<Vec<Connection>, Problem> {
    let mut db = state.db.reader().await.map_err(storage_problem)?;
    storage::connections::list(&mut db, user_id)
        .await
        .map_err(storage_problem)
}

/// A person's connection with its holdings and its newest reports.
///
/// # Errors
/// [`Problem::NotFound`], [`Problem::Unavailable`].
pub async fn details(state: &State, user_id: &str, id: &str) -> Result<Details, Problem> {
    let mut db = state.db.reader().await.map_err(storage_problem)?;
    let connection = storage::connections::find(&mut db, user_id, id)
        .await
        .map_err(storage_problem)?
        .ok_or(Problem::NotFound)?;
    let mut held = storage::holdings::list_of_connection(&mut db, id)
        .await
        .map_err(storage_problem)?;
    let mut hidden = 0;
    let mut shown = |mut balances: Vec<Balance>| {
        let all = balances.len();
        balances.retain(|balance| !connection.ignores(&balance.total));
        hidden += all - balances.len();
        balances
    };
    let holdings = connection
        .wallets
        .iter()
        .map(|wallet| {
            (
                wallet.name.clone(),
                shown(held.remove(&wallet.name).unwrap_or_default()),
            )
        })
        .collect();
    let reports = storage::sync_runs::list(&mut db, user_id, id, 10)
        .await
        .map_err(storage_problem)?;
    let exchange = exchange_name(state, &connection.exchange);
    Ok(Details {
        connection,
        exchange,
        holdings,
        hidden,
        reports,
    })
}

/// A kept report of a person's connection.
///
/// # Errors
/// [`Problem::Unavailable`].
pub async fn find_report(
    state: &State,
    user_id: &str,
    run_id: &str,
) -> Result<Option<SyncReport>, Problem> {
    let mut db = state.db.reader().await.map_err(storage_problem)?;
    storage::sync_runs::find(&mut db, user_id, run_id)
        .await
        .map_err(storage_problem)
}

/// Removes a person's connection: its key, its holdings and its reports. Answers its label.
///
/// # Errors
/// [`Problem::NotFound`], [`Problem::Unavailable`].
pub async fn delete(state: &State, user_id: &str, id: &str) -> Result<String, Problem> {
    let (user, connection_id) = (user_id.to_owned(), id.to_owned());
    let label = state
        .db
        .write::<_, WriteError, _>(move |db| {
            Box::pin(async move {
                let found = storage::connections::find(db, &user, &connection_id).await?;
                let label = found.ok_or(Problem::NotFound)?.label;
                storage::connections::delete(db, &user, &connection_id).await?;
                storage::portfolios::delete_empty(db, &user).await?;
                Ok(label)
            })
        })
        .await?;
    if let Err(error) = state.db.checkpoint().await {
        tracing::warn!(
            error = &error as &dyn std::error::Error,
            "the deleted key is still in the log file"
        );
    }
    Ok(label)
}
