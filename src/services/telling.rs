//! Telling people what happened: notices in the app, and messages to their webhook.

pub(super) mod courier;
mod exchanges;
mod failing;
mod webhook;

use serde::Serialize;

pub use exchanges::Watch;
pub(super) use exchanges::run as watch_exchanges;
pub(super) use failing::sync_ended;
pub use webhook::{Settings, find_secret, renew_secret, save, send_test, settings, switch};

use super::{State, WriteError, storage_problem};
use crate::domain::event::{Event, Told};
use crate::domain::timestamp::Timestamp;
use crate::error::Problem;
use crate::security::{new_id, sha256_hex};
use crate::storage::{Connection as Db, StorageError, deliveries, notices};

/// The JSON that a webhook gets.
#[derive(Serialize)]
struct Message<'a> {
    id: &'a str,
    event: &'a str,
    /// RFC 3339, UTC.
    at: String,
    sentence: String,
    data: serde_json::Value,
}

/// Tells a person what happened, within the transaction that saw it: both are kept, or neither.
/// The same news is told once on one occasion, however many processes saw it; the occasion is
/// anything that changes when the same thing happens anew, such as when a spell of failing began or
/// the id of a snapshot. Answers whether it is news.
///
/// # Errors
/// [`WriteError`].
pub(super) async fn tell(
    db: &mut Db,
    user_id: &str,
    event: Event,
    occasion: &str,
    now: Timestamp,
) -> Result<bool, WriteError> {
    let news = news(&event.mark(), occasion);
    let notice = Told {
        id: new_id()?,
        at: now,
        event,
        read: false,
    };
    if !notices::insert(db, user_id, &notice, &news).await? {
        return Ok(false);
    }
    send(db, user_id, &notice.id, &notice.event, now).await?;
    Ok(true)
}

/// What an event of this mark on one occasion is known by.
fn news(mark: &str, occasion: &str) -> String {
    sha256_hex(format!("{mark}|{occasion}").as_bytes())
}

/// Has an event sent to a person's webhook, if there is one that is switched on. Answers whether
/// there is.
async fn send(
    db: &mut Db,
    user_id: &str,
    id: &str,
    event: &Event,
    now: Timestamp,
) -> Result<bool, StorageError> {
    let body = message(id, event, now)?;
    deliveries::insert(db, user_id, id, event.code(), &body, now).await
}

fn message(id: &str, event: &Event, now: Timestamp) -> Result<String, StorageError> {
    let corrupt = |_| StorageError::Corrupt("event");
    let mut face = serde_json::to_value(event).map_err(corrupt)?;
    let message = Message {
        id,
        event: event.code(),
        at: now.rfc3339(),
        sentence: event.sentence(),
        data: face["data"].take(),
    };
    serde_json::to_string(&message).map_err(corrupt)
}

/// What a person was told, newest first.
///
/// # Errors
/// [`Problem::Unavailable`].
pub async fn list(state: &State, user_id: &str) -> Result<Vec<Told>, Problem> {
    let mut db = state.db.reader().await.map_err(storage_problem)?;
    notices::list(&mut db, user_id)
        .await
        .map_err(storage_problem)
}

/// How much of it they have not read.
///
/// # Errors
/// [`Problem::Unavailable`].
pub async fn count_unread(state: &State, user_id: &str) -> Result<usize, Problem> {
    let mut db = state.db.reader().await.map_err(storage_problem)?;
    let count = notices::count_unread(&mut db, user_id).await;
    Ok(usize::try_from(count.map_err(storage_problem)?).unwrap_or_default())
}

/// Marks as read what a person was told up to a moment, so that what came since stays unread.
///
/// # Errors
/// [`Problem::Unavailable`].
pub async fn mark_read(state: &State, user_id: &str, until: Timestamp) -> Result<(), Problem> {
    let (user, now) = (user_id.to_owned(), state.clock.now());
    state
        .db
        .write::<_, WriteError, _>(move |db| {
            Box::pin(async move { Ok(notices::update_read(db, &user, until, now).await?) })
        })
        .await
        .map_err(Problem::from)
}
