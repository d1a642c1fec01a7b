//! Deleting an account with everything that is its owner's.

use secrecy::SecretString;

use super::User;
use super::passwords::{judge, still_of};
use crate::config::SignUp;
use crate::domain::belongings::Belongings;
use crate::domain::rules::FieldErrors;
use crate::error::Problem;
use crate::security::Verdict;
use crate::services::connections::clear_log;
use crate::services::{State, WriteError, storage_problem};
use crate::storage::StorageError;
use crate::storage::users::{self, UserRow};

/// What a person is told before they delete their account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Outlook {
    /// What goes with it.
    pub belongings: Belongings,
    /// Whether anybody can make an account here afterwards, because nobody has one any more.
    pub opens_sign_up: bool,
}

/// What goes with a person's account.
///
/// # Errors
/// [`Problem::Unavailable`].
pub async fn outlook(state: &State, user: &User) -> Result<Outlook, Problem> {
    let read = async {
        let mut db = state.db.reader().await?;
        let is_last = !users::others_exist(&mut db, &user.id).await?;
        let belongings = users::count_belongings(&mut db, &user.id).await?;
        Ok::<_, StorageError>((is_last, belongings))
    };
    let (is_last, belongings) = read.await.map_err(storage_problem)?;
    Ok(Outlook {
        belongings,
        opens_sign_up: is_last && state.settings.sign_up == SignUp::First,
    })
}

/// Deletes a person's account: keys, holdings, portfolios, history, notices, webhook, API tokens and
/// every session, in one transaction. The password and the email must be theirs. Syncs under way
/// write nothing any more, and deleted keys leave the database's log as well.
///
/// # Errors
/// [`Problem::Invalid`] when the password or the email is not theirs, [`Problem::Unauthenticated`]
/// when the account is gone already or got another password meanwhile, [`Problem::Unavailable`].
pub async fn delete(
    state: &State,
    user: &User,
    password: SecretString,
    email: &str,
) -> Result<(), Problem> {
    let proven = confirm(state, user, password, email).await?;
    state
        .db
        .write::<_, WriteError, _>(move |db| {
            Box::pin(async move {
                still_of(db, &proven).await?;
                Ok(users::delete(db, &proven.id).await?)
            })
        })
        .await?;
    tracing::info!(user = user.id, "an account was deleted by its owner");
    // Whoever waits for a sync that will not be told looks again.
    state.tell_synced();
    // Streams of its connections are closed.
    state.wake();
    clear_log(state).await;
    Ok(())
}

/// Both fields are judged, so that one round says all that is wrong.
async fn confirm(
    state: &State,
    user: &User,
    password: SecretString,
    email: &str,
) -> Result<UserRow, Problem> {
    let (row, verdict) = judge(state, user, password).await?;
    let mut errors = FieldErrors::default();
    if verdict == Verdict::Wrong {
        errors.add("password", Err("This is not your password."));
    }
    if email.trim().to_lowercase() != user.email {
        errors.add("email", Err("This is not the email of your account."));
    }
    errors.into_result()?;
    Ok(row)
}
