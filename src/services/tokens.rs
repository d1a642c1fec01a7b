//! Tokens of people's own programs: making, listing, revoking, and whom one lets in.

use secrecy::{ExposeSecret, SecretString};
use zeroize::Zeroizing;

use super::accounts::{self, User};
use super::{State, WriteError, elapsed_ms, security_problem, storage_problem};
use crate::domain::timestamp::Timestamp;
use crate::domain::token::{ApiToken, Scope, TokenForm};
use crate::error::Problem;
use crate::security::{new_id, random_bytes, sha256_hex};
use crate::storage::StorageError;
use crate::storage::api_tokens::{self, Holder};
use crate::storage::users::{self, UserRow};

/// What every token begins with, so that whoever finds one knows what it opens.
pub const PREFIX: &str = "coffer_";
/// The length of a token: the prefix, and 256 random bits in hex.
const LENGTH: usize = PREFIX.len() + 64;
/// Characters at the end that its owner may see again.
const HINT: usize = 4;
/// The most tokens that one person may have.
const MOST: usize = 50;
/// A use is noted at most this often.
const NOTED_EVERY_MS: u64 = 60_000;

const TOO_MANY: &str = "You have 50 tokens, and that is the most: revoke some first.";
const TAKEN: &str = "You have a token of this name already.";

/// Whom a call is for, and what it may do.
#[derive(Clone, Debug)]
pub struct Caller {
    /// The person.
    pub user: User,
    /// What the call may do.
    pub scope: Scope,
    /// The id of the token; `None` for somebody at the browser.
    pub token_id: Option<String>,
}

/// Makes a token for somebody at the browser, who proves by the password to be its owner. The token
/// is told here and never again.
///
/// # Errors
/// [`Problem::Invalid`], [`Problem::Unauthenticated`] when the password was changed meanwhile,
/// [`Problem::Unavailable`].
pub async fn make(
    state: &State,
    user: &User,
    form: &TokenForm<'_>,
    password: SecretString,
) -> Result<SecretString, Problem> {
    form.check()?;
    let proven = accounts::prove(state, user, password).await?;
    add(state, proven, Maker::Owner, form).await
}

/// Makes a token for the account of an email, from the shell.
///
/// # Errors
/// [`Problem::NotFound`], [`Problem::Invalid`], [`Problem::Unavailable`].
pub async fn make_for(
    state: &State,
    email: &str,
    form: &TokenForm<'_>,
) -> Result<SecretString, Problem> {
    let user = accounts::find_by_email(state, email).await?;
    add(state, user, Maker::Operator, form).await
}

/// Who makes a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Maker {
    /// Somebody who gave the password; it must be theirs still when the token is kept.
    Owner,
    /// The operator, in the shell.
    Operator,
}

async fn add(
    state: &State,
    user: UserRow,
    maker: Maker,
    form: &TokenForm<'_>,
) -> Result<SecretString, Problem> {
    let new = form.check()?;
    let text = fresh()?;
    let now = state.clock.now();
    let token = ApiToken {
        id: new_id().map_err(security_problem)?,
        name: new.name,
        scope: new.scope,
        hint: text[LENGTH - HINT..].to_owned(),
        created_at: now,
        expires_at: new.lifetime.end(now),
        last_used_at: None,
    };
    let hash = sha256_hex(text.as_bytes());
    state
        .db
        .write::<_, WriteError, _>(move |db| {
            Box::pin(async move {
                match maker {
                    Maker::Owner => accounts::still_of(db, &user).await?,
                    Maker::Operator => users::lock(db, &user.id).await?,
                }
                if api_tokens::list(db, &user.id).await?.len() >= MOST {
                    return Err(Problem::field("name", TOO_MANY).into());
                }
                let made = api_tokens::insert(db, &user.id, &token, &hash).await;
                made.map_err(taken)
            })
        })
        .await?;
    Ok(SecretString::from(text.as_str()))
}

fn fresh() -> Result<Zeroizing<String>, Problem> {
    let bits = Zeroizing::new(random_bytes::<32>().map_err(security_problem)?);
    Ok(Zeroizing::new(format!("{PREFIX}{}", hex::encode(*bits))))
}

/// Names are unique by the database.
fn taken(error: StorageError) -> WriteError {
    match error {
        StorageError::Exists => Problem::field("name", TAKEN).into(),
        other => other.into(),
    }
}

/// A person's tokens, oldest first.
///
/// # Errors
/// [`Problem::Unavailable`].
pub async fn list(state: &State, user_id: &str) -> Result<Vec<ApiToken>, Problem> {
    let mut db = state.db.reader().await.map_err(storage_problem)?;
    let tokens = api_tokens::list(&mut db, user_id).await;
    tokens.map_err(storage_problem)
}

/// Revokes a person's token: from now on it lets nobody in. Answers its name.
///
/// # Errors
/// [`Problem::NotFound`], [`Problem::Unavailable`].
pub async fn revoke(state: &State, user_id: &str, id: &str) -> Result<String, Problem> {
    super::connections::known_form(id)?;
    let (user, id) = (user_id.to_owned(), id.to_owned());
    let name = state
        .db
        .write::<_, WriteError, _>(move |db| {
            Box::pin(async move {
                let name = api_tokens::delete(db, &user, &id).await?;
                Ok(name.ok_or(Problem::NotFound)?)
            })
        })
        .await?;
    Ok(name)
}

/// Whom a token lets in.
///
/// # Errors
/// [`Problem::TokenRefused`] for one that is unknown, has ended or was revoked;
/// [`Problem::Unavailable`].
pub async fn caller(state: &State, token: &SecretString) -> Result<Caller, Problem> {
    let text = token.expose_secret();
    if text.len() != LENGTH || !text.starts_with(PREFIX) {
        return Err(Problem::TokenRefused);
    }
    let now = state.clock.now();
    let mut db = state.db.reader().await.map_err(storage_problem)?;
    let found = api_tokens::find_holder(&mut db, &sha256_hex(text.as_bytes()), now).await;
    drop(db);
    let holder = found.map_err(storage_problem)?;
    let holder = holder.ok_or(Problem::TokenRefused)?;
    note_use(state, &holder, now).await;
    Ok(Caller {
        user: holder.user.into(),
        scope: holder.scope,
        token_id: Some(holder.token_id),
    })
}

/// Notes the use of a token, now and then. Whoever reads is not to suffer from a database that
/// cannot be written to.
async fn note_use(state: &State, holder: &Holder, now: Timestamp) {
    let used = holder.last_used_at;
    if used.is_some_and(|used| elapsed_ms(used, now) < NOTED_EVERY_MS) {
        return;
    }
    let id = holder.token_id.clone();
    let noted = state.db.write::<_, StorageError, _>(move |db| {
        Box::pin(async move { api_tokens::update_last_used(db, &id, now).await })
    });
    if let Err(error) = noted.await {
        let error = &error as &dyn std::error::Error;
        tracing::warn!(error, "the use of a token was not noted");
    }
}
