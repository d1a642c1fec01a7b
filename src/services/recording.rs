//! Recordings of what exchanges last answered: kept redacted, handed out on request.

use super::{State, security_problem, storage_problem};
use crate::domain::exchange::ExchangeId;
use crate::domain::recording::{Amounts, Answer, FORMAT, Heard, Recording, Redactor, renewed};
use crate::domain::timestamp::Timestamp;
use crate::error::Problem;
use crate::exchanges::RawAnswer;
use crate::security::{random_bytes, sha256_hex};
use crate::storage::recordings::{self, Kept};
use crate::storage::{Connection as Db, StorageError};

/// A recording as a file.
#[derive(Clone, Debug)]
pub struct File {
    /// `coffer-recording-binance-2026-01-31.json`.
    pub name: String,
    /// The document.
    pub json: String,
}

/// Keeps what an exchange answered in one sync.
///
/// # Errors
/// [`StorageError::Database`].
pub async fn keep(
    db: &mut Db,
    connection_id: &str,
    exchange: &ExchangeId,
    answers: &[RawAnswer],
    now: Timestamp,
) -> Result<(), StorageError> {
    let before = find_kept(db, connection_id).await?;
    match renew(before, exchange, answers, now)? {
        Some(kept) => recordings::upsert(db, connection_id, &kept).await,
        None => Ok(()),
    }
}

/// What is kept of a connection.
///
/// # Errors
/// [`StorageError::Database`].
pub async fn find_kept(db: &mut Db, connection_id: &str) -> Result<Vec<Answer>, StorageError> {
    let kept = recordings::find_answers(db, connection_id).await?;
    // What cannot be read any more is of no use to anybody, and no reason to keep a sync back.
    Ok(kept.and_then(|json| read(&json).ok()).unwrap_or_default())
}

/// What to keep after an exchange answered in one sync, redacted before it reaches the database.
/// What was not asked this time stays as it was answered last. `None` when nothing was asked.
///
/// # Errors
/// [`StorageError::Corrupt`].
pub fn renew(
    kept: Vec<Answer>,
    exchange: &ExchangeId,
    answers: &[RawAnswer],
    now: Timestamp,
) -> Result<Option<Kept>, StorageError> {
    if answers.is_empty() {
        return Ok(None);
    }
    Ok(Some(Kept {
        taken_at: now,
        answers: write(&renewed(kept, redacted(exchange, answers, now)))?,
    }))
}

/// The recording of a person's connection.
///
/// # Errors
/// [`Problem::NotFound`], [`Problem::NothingRecorded`], [`Problem::Unavailable`].
pub async fn download(
    state: &State,
    user_id: &str,
    id: &str,
    amounts: Amounts,
) -> Result<File, Problem> {
    super::connections::known_form(id)?;
    let mut db = state.db.reader().await.map_err(storage_problem)?;
    let found = recordings::find(&mut db, user_id, id).await;
    let (exchange, kept) = found.map_err(storage_problem)?.ok_or(Problem::NotFound)?;
    let kept = kept.ok_or(Problem::NothingRecorded)?;
    let recording = document(&exchange, &kept, amounts)?;
    Ok(File {
        name: format!("coffer-recording-{exchange}-{}.json", kept.taken_at.day()),
        json: serde_json::to_string_pretty(&recording).map_err(|_| Problem::Internal)?,
    })
}

/// A recording as it is handed out, redacted once more by what is known now.
///
/// # Errors
/// [`Problem::Internal`].
pub(super) fn document(
    exchange: &ExchangeId,
    kept: &Kept,
    amounts: Amounts,
) -> Result<Recording, Problem> {
    let answers = read(&kept.answers).map_err(storage_problem)?;
    let key = random_bytes().map_err(security_problem)?;
    let noise = |text: &str| noise(&key, text);
    let mut redactor = match amounts {
        Amounts::Kept => Redactor::new(exchange),
        Amounts::Scrambled => Redactor::scrambling(exchange, &noise),
    };
    Ok(Recording {
        format: FORMAT.to_owned(),
        taken_at: kept.taken_at.rfc3339(),
        amounts,
        answers: answers.into_iter().map(|a| redactor.again(a)).collect(),
        exchange: exchange.clone(),
    })
}

fn redacted(exchange: &ExchangeId, answers: &[RawAnswer], now: Timestamp) -> Vec<Answer> {
    let mut redactor = Redactor::new(exchange);
    answers
        .iter()
        .map(|answer| redactor.answer(&heard(answer), now))
        .collect()
}

fn heard(answer: &RawAnswer) -> Heard<'_> {
    Heard {
        method: &answer.method,
        path: &answer.path,
        parameters: &answer.parameters,
        status: answer.status,
        body: &answer.body,
    }
}

fn read(json: &str) -> Result<Vec<Answer>, StorageError> {
    serde_json::from_str(json).map_err(|_| StorageError::Corrupt("recording"))
}

fn write(answers: &[Answer]) -> Result<String, StorageError> {
    serde_json::to_string(answers).map_err(|_| StorageError::Corrupt("recording"))
}

/// Enough bytes for any amount. The key is of one download, so that two recordings cannot be laid
/// beside each other.
fn noise(key: &[u8; 32], text: &str) -> Vec<u8> {
    let block = |number: u8| sha256_hex(&[key.as_slice(), &[number], text.as_bytes()].concat());
    (0..4).flat_map(|number| bytes(&block(number))).collect()
}

fn bytes(hex: &str) -> Vec<u8> {
    hex::decode(hex).unwrap_or_default()
}
