//! Calls that may be sent again under the same key: what was done once is answered, not done again.

use super::{State, WriteError, storage_problem};
use crate::domain::rules::FieldErrors;
use crate::domain::timestamp::Timestamp;
use crate::error::Problem;
use crate::security::sha256_hex;
use crate::storage::api_answers::{self, UnderWay};

/// How long an answer is kept.
const KEPT_MS: i64 = 24 * 60 * 60 * 1000;
/// How long a call may be under way before it is taken for dead; longer than any answer may take.
const UNDER_WAY_MS: i64 = 5 * 60 * 1000;
/// The header, which is its field in the errors as well.
pub const FIELD: &str = "Idempotency-Key";

const OTHER_CALL: &str = "This key came with another call before: take a new one for a new call.";

/// A call and the key it came under, both hashed: the call may hold what is secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Keyed {
    user_id: String,
    key_hash: String,
    call_hash: String,
}

/// An answer that was given before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// Its HTTP status.
    pub status: u16,
    /// Its JSON, in which nothing is secret.
    pub body: String,
}

impl Keyed {
    /// A call to `path` with `body`, under a key of the person's own choice.
    ///
    /// # Errors
    /// [`Problem::Invalid`] for a key that is empty, longer than 255 characters or not ASCII.
    pub fn new(user_id: &str, key: &str, path: &str, body: &[u8]) -> Result<Self, Problem> {
        if key.is_empty() || key.len() > 255 || !key.bytes().all(|b| b.is_ascii_graphic()) {
            let sentence = "A key has 1 to 255 visible ASCII characters.";
            return Err(FieldErrors::one(FIELD, sentence).into());
        }
        Ok(Self {
            user_id: user_id.to_owned(),
            key_hash: sha256_hex(key.as_bytes()),
            call_hash: sha256_hex(format!("{path}\n{}", sha256_hex(body)).as_bytes()),
        })
    }
}

/// A call whose key is taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Turn {
    keyed: Keyed,
    /// When it is taken for dead, which tells it from a later call that took the key after that.
    until: Timestamp,
}

/// What a key is good for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Begun {
    /// Nothing was done under it before: the call may go on.
    Now(Turn),
    /// The call was answered before.
    Before(Answer),
}

/// Takes the key for a call that begins now; or gives the answer, if the call was answered before.
///
/// # Errors
/// [`Problem::Invalid`] when the key came with another call, [`Problem::CallUnderWay`],
/// [`Problem::Unavailable`].
pub async fn begin(state: &State, keyed: Keyed) -> Result<Begun, Problem> {
    let now = state.clock.now();
    let begun = state
        .db
        .write::<_, WriteError, _>(move |db| {
            Box::pin(async move {
                let (user, key) = (&keyed.user_id, &keyed.key_hash);
                api_answers::delete_ended(db, now).await?;
                let until = now.plus_ms(UNDER_WAY_MS);
                if api_answers::insert(db, user, key, &keyed.call_hash, until).await? {
                    return Ok(Begun::Now(Turn { keyed, until }));
                }
                let found = api_answers::find(db, user, key).await?;
                // Whoever had the key gave it back just now: the next try finds it free.
                let row = found.ok_or(Problem::CallUnderWay)?;
                if row.call_hash != keyed.call_hash {
                    return Err(Problem::field(FIELD, OTHER_CALL).into());
                }
                let (Some(status), Some(body)) = (row.status, row.body) else {
                    return Err(Problem::CallUnderWay.into());
                };
                let status = u16::try_from(status).unwrap_or(200);
                Ok(Begun::Before(Answer { status, body }))
            })
        })
        .await?;
    Ok(begun)
}

/// Keeps the answer to a call for a day; or gives the key back when nothing was done. A call that was
/// taken for dead meanwhile changes nothing.
///
/// # Errors
/// [`Problem::Unavailable`].
pub async fn end(state: &State, turn: Turn, answer: Option<Answer>) -> Result<(), Problem> {
    let kept_until = state.clock.now().plus_ms(KEPT_MS);
    state
        .db
        .write(move |db| {
            Box::pin(async move {
                let own = UnderWay {
                    user_id: &turn.keyed.user_id,
                    key_hash: &turn.keyed.key_hash,
                    until: turn.until,
                };
                match answer {
                    Some(Answer { status, body }) => {
                        api_answers::update(db, own, status, &body, kept_until).await
                    }
                    None => api_answers::delete(db, own).await,
                }
            })
        })
        .await
        .map_err(storage_problem)
}
