//! Connecting an exchange account: every step in its order, and all of it stored or nothing.

mod store;

use super::sync::{self, Reading};
use super::{State, key_store, security_problem, storage_problem};
use crate::domain::amount::Amount;
use crate::domain::connect_form::ConnectForm;
use crate::domain::exchange::{Environment, ExchangeId};
use crate::domain::portfolio::PortfolioName;
use crate::domain::report::{Failure, Step, SyncReport};
use crate::domain::rules;
use crate::domain::timestamp::Timestamp;
use crate::domain::wallet::WalletRead;
use crate::error::Problem;
use crate::exchanges::{Access, Credentials, Exchange, Journal};
use crate::security::new_id;
use crate::storage;
use store::{Spent, store};

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
    let (reading, spent) = read(&checked, &form, started_at).await?;
    let account = Account {
        exchange: checked.exchange.profile().id.clone(),
        environment: checked.environment,
        uid: reading.uid.clone(),
    };
    refuse_duplicate(state, user_id, &account).await?;
    let stored = store(state, user_id, checked, portfolio, reading, spent).await;
    if let Err(Problem::AlreadyConnected(_)) = stored {
        // Somebody was faster: tell the label that is there, not the one just typed.
        refuse_duplicate(state, user_id, &account).await?;
    }
    stored
}

/// Reads an account for the first time, and notes what that took.
async fn read(
    checked: &Checked<'_>,
    form: &ConnectForm,
    started_at: Timestamp,
) -> Result<(Reading, Spent), Problem> {
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
    let reading = sync::read(checked.exchange, access, accepts_unknown)
        .await
        .map_err(|refusal| refusal.failure)
        .and_then(identified)
        .map_err(|failure| Problem::Exchange {
            exchange: checked.exchange.profile().name.clone(),
            failure,
        })?;
    let spent = Spent {
        started_at,
        weight: journal.weight(),
        calls: journal.calls(),
        answers: journal.take_answers(),
    };
    Ok((reading, spent))
}

/// An account on an exchange, by its own number where the exchange tells it.
pub(super) struct Account {
    pub(super) exchange: ExchangeId,
    pub(super) environment: Environment,
    pub(super) uid: Option<String>,
}

/// Refuses a reading that lacks the account's number because a wallet failed: without it the same
/// account could be connected twice and be counted twice.
pub(super) fn identified(reading: Reading) -> Result<Reading, Failure> {
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
        credentials: key_store::credentials(profile, &form.key()),
        ignore_below: rules::read_ignore_below(&form.ignore_below),
    })
}

/// Where a new connection is to stand.
enum Choice {
    /// In a portfolio the person picked, by its id.
    Picked(String),
    /// In the one of this name, made under this id if there is none.
    Named(PortfolioName),
}

/// The portfolio the person picked, or one named after the exchange.
async fn choose_portfolio(
    state: &State,
    user_id: &str,
    picked: &str,
    exchange: &dyn Exchange,
) -> Result<Choice, Problem> {
    if picked.is_empty() {
        return Ok(Choice::Named(PortfolioName {
            id: new_id().map_err(security_problem)?,
            name: exchange.profile().name.clone(),
        }));
    }
    super::connections::known_form(picked).map_err(|_| not_there())?;
    let mut db = state.db.reader().await.map_err(storage_problem)?;
    let found = storage::portfolios::find(&mut db, user_id, picked)
        .await
        .map_err(storage_problem)?;
    let portfolio = found.ok_or_else(not_there)?;
    Ok(Choice::Picked(portfolio.id))
}

fn not_there() -> Problem {
    Problem::field("portfolio", "Pick a portfolio of the list.")
}

/// Refuses an account that a person has connected already.
///
/// # Errors
/// [`Problem::AlreadyConnected`], [`Problem::Unavailable`].
pub(super) async fn refuse_duplicate(
    state: &State,
    user_id: &str,
    account: &Account,
) -> Result<(), Problem> {
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
