//! The courier: it sends the messages whose time has come, beside the schedulers.

use secrecy::SecretString;
use tokio::sync::watch;
use tokio::task::JoinSet;

use super::tell;
use super::webhook::open_secret;
use crate::domain::delivery::{Next, Outcome};
use crate::domain::event::Event;
use crate::domain::timestamp::Timestamp;
use crate::error::Problem;
use crate::services::{State, WriteError, storage_problem};
use crate::storage::deliveries::{self, Claim, Tried};
use crate::storage::leases::Term;
use crate::storage::webhooks::{self, WebhookRow};
use crate::storage::{Connection as Db, StorageError};
use crate::webhooks::{Message, Target};

/// How many messages are sent at once.
const AT_ONCE: usize = 8;

/// Works until it is told to stop, and lets what is under way end. Trouble with the database is
/// waited out.
pub async fn run(state: State, mut stop: watch::Receiver<bool>) {
    let mut wake = state.woken();
    let mut under_way = JoinSet::new();
    while !*stop.borrow() {
        let free = AT_ONCE - under_way.len();
        match claim(&state, free).await {
            Ok(claims) => {
                for claim in claims {
                    under_way.spawn(deliver(state.clone(), claim));
                }
            }
            Err(error) => drop(storage_problem(error)),
        }
        tokio::select! {
            _ = stop.changed() => (),
            _ = wake.changed() => (),
            Some(_) = under_way.join_next() => (),
            () = tokio::time::sleep(state.settings.pace.idle) => (),
        }
        while under_way.try_join_next().is_some() {}
    }
    while under_way.join_next().await.is_some() {}
}

async fn claim(state: &State, free: usize) -> Result<Vec<Claim>, StorageError> {
    let now = state.clock.now();
    let mut db = state.db.reader().await?;
    // Nearly always there is nothing to send, and nobody is kept from writing by looking.
    let nothing = free == 0 || !deliveries::any_due(&mut db, now).await?;
    drop(db);
    if nothing {
        return Ok(Vec::new());
    }
    let (own, limit) = (state.clone(), i64::try_from(free).unwrap_or(i64::MAX));
    state
        .db
        .write::<_, StorageError, _>(move |db| {
            Box::pin(async move {
                let term = Term {
                    holder: &own.replica,
                    now,
                    until: own.settings.pace.lease_from(now),
                };
                deliveries::claim(db, term, limit).await
            })
        })
        .await
}

/// What a message is sent with.
struct Post {
    webhook: WebhookRow,
    target: Target,
    secret: SecretString,
}

/// Sends one message and notes what came of it. Where that cannot be noted, its lease lapses and it
/// is sent again: receivers know it by its id.
async fn deliver(state: State, claim: Claim) {
    let noted = match prepare(&state, &claim.user_id).await {
        Ok(Ok(post)) => {
            let message = Message {
                target: &post.target,
                secret: &post.secret,
                at: state.clock.now(),
                body: &claim.body,
            };
            let outcome = state.webhooks.send(message).await;
            note(&state, claim, outcome, Some(post.webhook)).await
        }
        Ok(Err(outcome)) => note(&state, claim, outcome, None).await,
        Err(error) => Err(error.into()),
    };
    if let Err(error) = noted {
        // The log is told; nobody waits for the answer.
        let _ = Problem::from(error);
    }
}

/// Finds and opens what a message is sent with, or tells why it cannot be sent.
async fn prepare(state: &State, user_id: &str) -> Result<Result<Post, Outcome>, StorageError> {
    let mut db = state.db.reader().await?;
    let found = webhooks::find(&mut db, user_id).await?;
    drop(db);
    let Some(webhook) = found.filter(|row| row.enabled != 0) else {
        return Ok(Err(Outcome::SwitchedOff));
    };
    let Ok(target) = Target::parse(&webhook.url, state.webhooks.reach()) else {
        return Ok(Err(Outcome::Forbidden));
    };
    let Ok(secret) = open_secret(state, user_id, &webhook) else {
        tracing::error!(user = user_id, "the secret of a webhook cannot be opened");
        return Ok(Err(Outcome::Unsigned));
    };
    Ok(Ok(Post {
        webhook,
        target,
        secret,
    }))
}

/// Notes what a try came to. A receiver that is gone gets nothing more, and its person is told.
async fn note(
    state: &State,
    claim: Claim,
    outcome: Outcome,
    webhook: Option<WebhookRow>,
) -> Result<(), WriteError> {
    tracing::info!(
        delivery = claim.id,
        event = claim.code,
        attempt = claim.attempts,
        outcome = outcome.as_text(),
        "sent to a webhook"
    );
    let own = state.clone();
    let work = async move |db: &mut Db| {
        let now = own.clock.now();
        let attempt = u32::try_from(claim.attempts).unwrap_or(u32::MAX);
        let next = outcome.next(attempt, now);
        let is_test = claim.code == Event::Test {}.code();
        let tried = Tried {
            outcome,
            at: now,
            next_try_at: match next {
                // Whoever sends a test looks what comes of it, and sends another.
                Next::TryAt(at) if !is_test => Some(at),
                _ => None,
            },
        };
        let host = webhook.as_ref().map(|row| row.host.as_str());
        let noted = deliveries::update_tried(db, &claim, &own.replica, host, tried).await?;
        match webhook {
            Some(row) if noted && next == Next::SwitchOff => switch_off(db, &claim, row, now).await,
            _ => Ok(()),
        }
    };
    state
        .db
        .write::<_, WriteError, _>(move |db| Box::pin(async move { work(db).await }))
        .await
}

/// Switches a webhook off, unless another address was saved meanwhile.
async fn switch_off(
    db: &mut Db,
    claim: &Claim,
    row: WebhookRow,
    now: Timestamp,
) -> Result<(), WriteError> {
    if webhooks::update_enabled(db, &claim.user_id, &row.id, false).await? {
        deliveries::end_all(db, &claim.user_id, Outcome::SwitchedOff).await?;
        let event = Event::WebhookSwitchedOff { host: row.host };
        tell(db, &claim.user_id, event, &claim.id, now).await?;
    }
    Ok(())
}
