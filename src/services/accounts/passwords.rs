//! Passwords of accounts: proving, changing and resetting them.

use secrecy::{ExposeSecret, SecretString};

use super::{User, find_by_email};
use crate::error::Problem;
use crate::security::{SecurityError, Verdict, check_strength};
use crate::services::{State, WriteError, security_problem, storage_problem};
use crate::storage::users::{self, UserRow};
use crate::storage::{Connection as Db, api_tokens};

/// Changes a person's password; the current one must be given. All their sessions end, and their
/// API tokens are revoked.
///
/// # Errors
/// [`Problem::Invalid`] when the current password is wrong or the new one too weak;
/// [`Problem::Unauthenticated`] when it was changed meanwhile.
pub async fn change_password(
    state: &State,
    user: &User,
    current: SecretString,
    new: SecretString,
) -> Result<User, Problem> {
    let row = prove(state, user, current).await?;
    check_strength(new.expose_secret(), &row.email)
        .map_err(|problem| Problem::field("new_password", &problem.to_string()))?;
    set_password(state, row, new, Why::Changed).await
}

/// Asks somebody who is signed in for the password, before something that would outlast the session.
///
/// # Errors
/// [`Problem::Invalid`] when it is wrong, [`Problem::Unavailable`].
pub(in crate::services) async fn prove(
    state: &State,
    user: &User,
    password: SecretString,
) -> Result<UserRow, Problem> {
    let (row, verdict) = judge(state, user, password).await?;
    match verdict {
        Verdict::Wrong => Err(Problem::field(
            "current_password",
            "This is not your current password.",
        )),
        Verdict::Right | Verdict::RightButWeak => Ok(row),
    }
}

/// What somebody's password is worth who is signed in.
///
/// # Errors
/// [`Problem::Unauthenticated`] when the account is gone, [`Problem::TooManyGuesses`],
/// [`Problem::Unavailable`].
pub(super) async fn judge(
    state: &State,
    user: &User,
    password: SecretString,
) -> Result<(UserRow, Verdict), Problem> {
    let now = state.clock.now();
    let guess = state.guesses.when_signed_in(&user.id, now)?;
    let mut db = state.db.reader().await.map_err(storage_problem)?;
    let row = users::find(&mut db, &user.id).await;
    drop(db);
    let row = row
        .map_err(storage_problem)?
        .ok_or(Problem::Unauthenticated)?;
    let verdict = verify(state, password, Some(&row.password_hash)).await?;
    if verdict != Verdict::Wrong {
        guess.was_right();
    }
    Ok((row, verdict))
}

/// Makes sure, within the transaction that writes, that the password which was proved is still the
/// person's own; and holds that until the transaction ends.
pub(in crate::services) async fn still_of(db: &mut Db, proven: &UserRow) -> Result<(), WriteError> {
    if users::lock_unchanged(db, &proven.id, &proven.password_hash).await? {
        return Ok(());
    }
    Err(Problem::Unauthenticated.into())
}

/// Sets the password of an email's account from the shell. All its sessions end, and its API tokens
/// are revoked.
///
/// # Errors
/// [`Problem::NotFound`], [`Problem::Invalid`], [`Problem::Unavailable`].
pub async fn reset_password(
    state: &State,
    email: &str,
    new: SecretString,
) -> Result<User, Problem> {
    let row = find_by_email(state, email).await?;
    check_strength(new.expose_secret(), &row.email)
        .map_err(|problem| Problem::field("password", &problem.to_string()))?;
    set_password(state, row, new, Why::Reset).await
}

/// A password longer than any that is kept is wrong like any other.
pub(super) async fn verify(
    state: &State,
    password: SecretString,
    stored: Option<&str>,
) -> Result<Verdict, Problem> {
    match state.passwords.verify(password, stored).await {
        Err(SecurityError::PasswordTooLong) => Ok(Verdict::Wrong),
        other => other.map_err(security_problem),
    }
}

/// Why a password is set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Why {
    /// It is the same one, hashed anew.
    Strengthened,
    /// Its owner, who gave the one before, has another. Whoever made API tokens may have known that.
    Changed,
    /// The operator sets it, whatever it was.
    Reset,
}

pub(super) async fn set_password(
    state: &State,
    row: UserRow,
    new: SecretString,
    why: Why,
) -> Result<User, Problem> {
    let password_hash = state.passwords.hash(new).await.map_err(security_problem)?;
    state
        .db
        .write::<_, WriteError, _>(move |db| {
            Box::pin(async move {
                if why != Why::Reset {
                    still_of(db, &row).await?;
                }
                users::update_password_hash(db, &row.id, &password_hash).await?;
                if why != Why::Strengthened {
                    api_tokens::delete_all(db, &row.id).await?;
                }
                Ok(User::from(UserRow {
                    password_hash,
                    ..row
                }))
            })
        })
        .await
        .map_err(Problem::from)
}
