//! A person's settings for telling, and their webhook: its address, its secret, its messages.

use std::time::Duration;

use secrecy::SecretString;
use tokio::time::Instant;

use crate::domain::delivery::{Delivery, Outcome};
use crate::domain::event::Event;
use crate::domain::preferences::{Preferences, PreferencesForm};
use crate::error::Problem;
use crate::security::{Place, SecurityError, new_id, random_bytes};
use crate::services::{State, WriteError, security_problem, storage_problem};
use crate::storage::webhooks::{self, WebhookRow};
use crate::storage::{Connection as Db, deliveries, preferences};
use crate::webhooks::{SECRET_PREFIX, Target};

/// How long somebody who sends a test is kept waiting for its outcome, and how often it is looked for.
const TEST_WAIT: Duration = Duration::from_secs(4);
const LOOK_EVERY: Duration = Duration::from_millis(50);

/// Everything a person has settled about telling, and what was sent.
#[derive(Clone, Debug)]
pub struct Settings {
    /// From when on and from how much they are told.
    pub preferences: Preferences,
    /// Their webhook's address and whether it is switched on.
    pub webhook: Option<(String, bool)>,
    /// The messages, newest first.
    pub deliveries: Vec<Delivery>,
}

/// Where a webhook's secret is sealed.
fn place<'a>(user_id: &'a str, webhook_id: &'a str) -> Place<'a> {
    Place {
        table: "webhooks",
        column: "secret",
        row_id: webhook_id,
        user_id,
    }
}

/// A new secret, sealed for its row.
fn sealed_secret(state: &State, user_id: &str, webhook_id: &str) -> Result<Vec<u8>, SecurityError> {
    let random = hex::encode(random_bytes::<32>()?);
    let secret = SecretString::from(format!("{SECRET_PREFIX}{random}"));
    state.keys.seal(&secret, &place(user_id, webhook_id))
}

/// Opens a webhook's secret.
pub(super) fn open_secret(
    state: &State,
    user_id: &str,
    row: &WebhookRow,
) -> Result<SecretString, SecurityError> {
    state.keys.open(&row.secret, &place(user_id, &row.id))
}

/// What a person has settled.
///
/// # Errors
/// [`Problem::Unavailable`].
pub async fn settings(state: &State, user_id: &str) -> Result<Settings, Problem> {
    let mut db = state.db.reader().await.map_err(storage_problem)?;
    let preferences = preferences::find(&mut db, user_id).await;
    let webhook = webhooks::find(&mut db, user_id).await;
    let deliveries = deliveries::list(&mut db, user_id).await;
    Ok(Settings {
        preferences: preferences.map_err(storage_problem)?,
        webhook: webhook
            .map_err(storage_problem)?
            .map(|row| (row.url, row.enabled != 0)),
        deliveries: deliveries.map_err(storage_problem)?,
    })
}

/// The secret of a person's webhook, to be shown when it was made.
///
/// # Errors
/// [`Problem::NoWebhook`], [`Problem::Unavailable`], [`Problem::Internal`].
pub async fn find_secret(state: &State, user_id: &str) -> Result<SecretString, Problem> {
    let row = find(state, user_id).await?.ok_or(Problem::NoWebhook)?;
    open_secret(state, user_id, &row).map_err(security_problem)
}

async fn find(state: &State, user_id: &str) -> Result<Option<WebhookRow>, Problem> {
    let mut db = state.db.reader().await.map_err(storage_problem)?;
    webhooks::find(&mut db, user_id)
        .await
        .map_err(storage_problem)
}

/// Keeps what a person chose, and the address of their webhook; an empty one takes it away. Another
/// address gets another secret, so that whoever knew the old one cannot speak for us there. Answers
/// whether a secret was made.
///
/// # Errors
/// [`Problem::Invalid`], [`Problem::Unavailable`], [`Problem::Internal`].
pub async fn save(
    state: &State,
    user_id: &str,
    form: &PreferencesForm<'_>,
    address: &str,
) -> Result<bool, Problem> {
    let target = match address.trim() {
        "" => Ok(None),
        text => Target::parse(text, state.webhooks.reach()).map(Some),
    };
    let (preferences, target) = match (form.read(), target) {
        (Ok(preferences), Ok(target)) => (preferences, target),
        (preferences, target) => {
            let mut errors = preferences.err().unwrap_or_default();
            errors.add("webhook_url", target.map(|_| ()));
            return Err(errors.into());
        }
    };
    let (own, user) = (state.clone(), user_id.to_owned());
    let work = async move |db: &mut Db| {
        preferences::upsert(db, &user, &preferences).await?;
        keep_address(&own, db, &user, target).await
    };
    let made = state
        .db
        .write::<_, WriteError, _>(move |db| Box::pin(async move { work(db).await }))
        .await?;
    Ok(made)
}

/// Keeps an address, if it is another one. What was to be sent to the one before is not sent.
async fn keep_address(
    state: &State,
    db: &mut Db,
    user_id: &str,
    target: Option<Target>,
) -> Result<bool, WriteError> {
    let before = webhooks::find(db, user_id).await?.map(|row| row.url);
    if before.as_deref() == target.as_ref().map(Target::as_str) {
        return Ok(false);
    }
    deliveries::end_all(db, user_id, Outcome::SwitchedOff).await?;
    let Some(target) = target else {
        webhooks::delete(db, user_id).await?;
        return Ok(false);
    };
    let id = new_id()?;
    let row = WebhookRow {
        secret: sealed_secret(state, user_id, &id)?,
        id,
        url: target.as_str().to_owned(),
        host: target.host(),
        enabled: 1,
    };
    webhooks::upsert(db, user_id, &row).await?;
    Ok(true)
}

/// Gives a person's webhook another secret; the one before is of no use any more.
///
/// # Errors
/// [`Problem::NoWebhook`], [`Problem::Unavailable`], [`Problem::Internal`].
pub async fn renew_secret(state: &State, user_id: &str) -> Result<(), Problem> {
    let row = find(state, user_id).await?.ok_or(Problem::NoWebhook)?;
    let secret = sealed_secret(state, user_id, &row.id).map_err(security_problem)?;
    let user = user_id.to_owned();
    let renewed = state
        .db
        .write::<_, WriteError, _>(move |db| {
            Box::pin(async move { Ok(webhooks::update_secret(db, &user, &row.id, &secret).await?) })
        })
        .await?;
    // Another address was saved meanwhile, or none.
    if renewed {
        Ok(())
    } else {
        Err(Problem::NoWebhook)
    }
}

/// Switches a person's webhook on or off. What was to be sent when it goes off is not sent.
///
/// # Errors
/// [`Problem::NoWebhook`], [`Problem::Unavailable`].
pub async fn switch(state: &State, user_id: &str, on: bool) -> Result<(), Problem> {
    let user = user_id.to_owned();
    state
        .db
        .write::<_, WriteError, _>(move |db| {
            Box::pin(async move {
                let row = webhooks::find(db, &user).await?;
                let row = row.ok_or(WriteError::Problem(Problem::NoWebhook))?;
                webhooks::update_enabled(db, &user, &row.id, on).await?;
                if !on {
                    deliveries::end_all(db, &user, Outcome::SwitchedOff).await?;
                }
                Ok(())
            })
        })
        .await
        .map_err(Problem::from)
}

/// Sends a test to a person's webhook, unless one is still to be sent, and waits a moment for what
/// comes of it; `None` when that takes longer.
///
/// # Errors
/// [`Problem::NoWebhook`], [`Problem::Unavailable`].
pub async fn send_test(state: &State, user_id: &str) -> Result<Option<Outcome>, Problem> {
    let (user, now) = (user_id.to_owned(), state.clock.now());
    let work = async move |db: &mut Db| {
        let test = Event::Test {};
        if let Some(id) = deliveries::find_waiting(db, &user, test.code()).await? {
            return Ok(id);
        }
        let id = new_id()?;
        if super::send(db, &user, &id, &test, now).await? {
            Ok(id)
        } else {
            Err(WriteError::Problem(Problem::NoWebhook))
        }
    };
    let id = state
        .db
        .write::<_, WriteError, _>(move |db| Box::pin(async move { work(db).await }))
        .await?;
    state.wake();
    let end = Instant::now() + TEST_WAIT;
    loop {
        let mut db = state.db.reader().await.map_err(storage_problem)?;
        let found = deliveries::find(&mut db, user_id, &id).await;
        drop(db);
        let outcome = found.map_err(storage_problem)?.and_then(|one| one.outcome);
        if outcome.is_some() || Instant::now() >= end {
            return Ok(outcome);
        }
        tokio::time::sleep(LOOK_EVERY).await;
    }
}
