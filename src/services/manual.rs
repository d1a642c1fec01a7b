//! Holdings entered by hand: adding, changing and deleting them.

use super::connections::known_form;
use super::{State, WriteError, portfolios, security_problem, storage_problem};
use crate::domain::manual::{MOST_BY_HAND, ManualForm, ManualHolding};
use crate::error::Problem;
use crate::security::new_id;
use crate::storage;

const TOO_MANY: &str =
    "You have entered 1,000 holdings by hand, and that is the most: delete some first.";

/// Everything a person entered by hand, oldest first.
///
/// # Errors
/// [`Problem::Unavailable`].
pub async fn list_of_user(state: &State, user_id: &str) -> Result<Vec<ManualHolding>, Problem> {
    let mut db = state.db.reader().await.map_err(storage_problem)?;
    storage::manual::list_of_user(&mut db, user_id)
        .await
        .map_err(storage_problem)
}

/// One holding that a person entered by hand.
///
/// # Errors
/// [`Problem::NotFound`], [`Problem::Unavailable`].
pub async fn find(state: &State, user_id: &str, id: &str) -> Result<ManualHolding, Problem> {
    known_form(id)?;
    let mut db = state.db.reader().await.map_err(storage_problem)?;
    let found = storage::manual::find(&mut db, user_id, id).await;
    found.map_err(storage_problem)?.ok_or(Problem::NotFound)
}

/// Adds a holding to a person's portfolio, which from now on stays when it is empty.
///
/// # Errors
/// [`Problem::NotFound`], [`Problem::Invalid`], [`Problem::Unavailable`].
pub async fn add(
    state: &State,
    user_id: &str,
    portfolio_id: &str,
    form: &ManualForm,
) -> Result<ManualHolding, Problem> {
    known_form(portfolio_id)?;
    let id = new_id().map_err(security_problem)?;
    let (user, portfolio, form) = (user_id.to_owned(), portfolio_id.to_owned(), form.clone());
    let now = state.clock.now();
    let holding = state
        .db
        .write::<_, WriteError, _>(move |db| {
            Box::pin(async move {
                portfolios::own(db, &user, &portfolio).await?;
                let entry = form.read().map_err(Problem::Invalid)?;
                if storage::manual::count_of_user(db, &user).await? >= MOST_BY_HAND {
                    return Err(Problem::field("asset", TOO_MANY).into());
                }
                let holding = ManualHolding {
                    id,
                    portfolio_id: portfolio,
                    entry,
                    created_at: now,
                    updated_at: now,
                };
                storage::manual::insert(db, &user, &holding).await?;
                storage::portfolios::keep(db, &user, &holding.portfolio_id).await?;
                Ok(holding)
            })
        })
        .await?;
    state.noted.note(user_id);
    Ok(holding)
}

/// Takes what a person says now of a holding. Answers it as it is now.
///
/// # Errors
/// [`Problem::NotFound`], [`Problem::Invalid`], [`Problem::Unavailable`].
pub async fn change(
    state: &State,
    user_id: &str,
    id: &str,
    form: &ManualForm,
) -> Result<ManualHolding, Problem> {
    let before = find(state, user_id, id).await?;
    let entry = form.read()?;
    let now = state.clock.now();
    let after = ManualHolding {
        entry,
        updated_at: now,
        ..before
    };
    let (user, written) = (user_id.to_owned(), after.clone());
    state
        .db
        .write::<_, WriteError, _>(move |db| {
            Box::pin(async move {
                let (id, entry) = (&written.id, &written.entry);
                if storage::manual::update(db, &user, id, entry, now).await? {
                    Ok(())
                } else {
                    Err(Problem::NotFound.into())
                }
            })
        })
        .await?;
    state.noted.note(user_id);
    Ok(after)
}

/// Deletes a holding. Answers what it was.
///
/// # Errors
/// [`Problem::NotFound`], [`Problem::Unavailable`].
pub async fn delete(state: &State, user_id: &str, id: &str) -> Result<ManualHolding, Problem> {
    known_form(id)?;
    let (user, id) = (user_id.to_owned(), id.to_owned());
    let deleted = state
        .db
        .write::<_, WriteError, _>(move |db| {
            Box::pin(async move {
                let found = storage::manual::find(db, &user, &id).await?;
                let found = found.ok_or(Problem::NotFound)?;
                storage::manual::delete(db, &user, &id).await?;
                Ok(found)
            })
        })
        .await?;
    state.noted.note(user_id);
    Ok(deleted)
}
