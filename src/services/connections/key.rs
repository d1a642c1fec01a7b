//! Putting another key of the same account in the place of a connection's key.

use secrecy::SecretString;

use super::{clear_log, exchange_name, own};
use crate::domain::connection::Connection;
use crate::domain::key_form::KeyForm;
use crate::error::Problem;
use crate::exchanges::{Access, Exchange, Journal};
use crate::services::accounts::{self, User};
use crate::services::connect::{Account, identified, refuse_duplicate};
use crate::services::key_store::{self, KeyRow};
use crate::services::sync::{self, By, Lease, Reading, Synced};
use crate::services::{PATIENCE, State, WriteError, security_problem};
use crate::storage::connection_changes::{NewKey, update_key};
use crate::storage::{self, StorageError, followings, leases};

const ANOTHERS: &str =
    "This key opens another account than this connection's: connect it as one of its own.";
const NOBODYS: &str = "The exchange did not say whose account this key opens: try again later.";

/// By what somebody may replace a key.
#[derive(Clone, Debug)]
pub enum Proof {
    /// Their password: they are at the browser, where somebody else may be sitting.
    Password(SecretString),
    /// A token that reaches that far, which took the password to make.
    Token,
}

/// Puts a key in the place of the one that a person's connection has, and syncs with it. It must be
/// of the same account, and is judged like the key of a new connection; until it has passed, the
/// key before stays as it is. Goes on to its end even when the caller goes away.
///
/// # Errors
/// [`Problem::NotFound`], [`Problem::Invalid`], [`Problem::SyncUnderWay`], what is wrong with the
/// key or the exchange, [`Problem::Unavailable`], [`Problem::Internal`].
pub async fn replace_key(
    state: &State,
    user: &User,
    id: &str,
    form: &KeyForm,
    proof: Proof,
) -> Result<Synced, Problem> {
    let form = form.trimmed();
    let connection = own(state, &user.id, id).await?;
    let profile = state.registry.find(&connection.exchange);
    form.check(profile.map(Exchange::profile)).into_result()?;
    if let Proof::Password(password) = proof {
        accounts::prove(state, user, password).await?;
    }
    let (shared, user_id, id) = (state.clone(), user.id.clone(), id.to_owned());
    let work = async move {
        let lease = Lease::take(&shared, &user_id, &id).await?;
        put(&shared, &lease, &form).await?;
        // What was under the key before leaves the database's log as well.
        clear_log(&shared).await;
        sync::run(&shared, lease, By::Person).await
    };
    let done = state.tasks.spawn(work).ok_or(Problem::Unavailable)?;
    done.await.unwrap_or(Err(Problem::Unavailable))
}

/// Proves the key and stores it, by whoever holds the lease.
async fn put(state: &State, lease: &Lease, form: &KeyForm) -> Result<(), Problem> {
    let claim = lease.claim();
    let (user_id, id) = (&claim.user_id, &claim.connection_id);
    let connection = own(state, user_id, id).await?;
    let exchange = state.registry.find(&connection.exchange);
    let exchange = exchange.ok_or(Problem::Internal)?;
    let credentials = key_store::credentials(exchange.profile(), form);
    let accepts_unknown = !form.accept_unknown.is_empty();
    let access = Access {
        credentials: &credentials,
        environment: connection.environment,
        region: connection.region.as_deref(),
        // Only a reading as if it were the first tells whose account it is.
        known: &[],
        thorough: true,
        patience: PATIENCE,
        journal: &Journal::default(),
    };
    let reading = sync::read(exchange, access, accepts_unknown).await;
    let reading = reading.map_err(|refusal| refusal.failure);
    let reading = reading.and_then(identified);
    let reading = reading.map_err(|failure| Problem::Exchange {
        exchange: exchange_name(state, &connection.exchange),
        failure,
    })?;
    same_account(state, claim, &connection, &reading).await?;
    let row = KeyRow {
        connection_id: id,
        user_id,
    };
    let key = NewKey {
        sealed: key_store::seal(state, row, &credentials).map_err(security_problem)?,
        hint: key_store::hint(&credentials),
        rights: reading.rights,
        region: reading.region,
        account_uid: reading.uid,
    };
    store(state, claim.clone(), key, connection.label).await
}

/// Refuses a key of another account than the connection's.
async fn same_account(
    state: &State,
    claim: &leases::Claim,
    connection: &Connection,
    reading: &Reading,
) -> Result<(), Problem> {
    match (&claim.account_uid, &reading.uid) {
        (Some(own), Some(told)) if own == told => Ok(()),
        (Some(_), Some(_)) => Err(Problem::field("api_key", ANOTHERS)),
        (Some(_), None) => Err(Problem::field("api_key", NOBODYS)),
        (None, told) => {
            let account = Account {
                exchange: connection.exchange.clone(),
                environment: connection.environment,
                uid: told.clone(),
            };
            refuse_duplicate(state, &claim.user_id, &account).await
        }
    }
}

async fn store(
    state: &State,
    claim: leases::Claim,
    key: NewKey,
    label: String,
) -> Result<(), Problem> {
    let holder = state.replica.clone();
    let stored = state.db.write::<_, WriteError, _>(move |db| {
        Box::pin(async move {
            let id = &claim.connection_id;
            if !leases::lock(db, id, &holder, claim.token).await? {
                return Err(WriteError::Problem(lost(db, id).await?));
            }
            match update_key(db, id, &key).await {
                Err(StorageError::Exists) => Err(Problem::AlreadyConnected(label).into()),
                // A stream goes by the key it was opened with.
                Ok(()) => Ok(followings::end(db, id).await?),
                Err(error) => Err(error.into()),
            }
        })
    });
    stored.await.map_err(Problem::from)?;
    state.wake();
    Ok(())
}

/// Why a lease is not held any more.
async fn lost(db: &mut storage::Connection, id: &str) -> Result<Problem, StorageError> {
    let there = storage::connections::find_facts(db, id).await?;
    Ok(there.map_or(Problem::NotFound, |_| Problem::SyncUnderWay))
}
