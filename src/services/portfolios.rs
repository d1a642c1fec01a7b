//! Arranging portfolios: making, naming, merging and deleting them, and moving connections between
//! them. Whoever arranges holds the person's row, so that no two do it at once.

mod contents;

use super::connections::{clear_log, known_form};
use super::{State, WriteError, security_problem};
use crate::domain::connection::Connection;
use crate::domain::contents::Fate;
use crate::domain::deed::Deed;
use crate::domain::portfolio::PortfolioName;
use crate::domain::rules;
use crate::error::Problem;
use crate::security::new_id;
use crate::storage::{self, Connection as Db, StorageError};
use contents::gather;
pub use contents::{contents, list};

/// The most portfolios that one person may make by hand.
const MOST: usize = 200;
const TOO_MANY: &str = "You have 200 portfolios, and that is the most: merge or delete some first.";
const TAKEN: &str = "You have a portfolio of this name already.";
const NOT_THERE: &str = "Pick another portfolio of the list.";
const NO_OTHER: &str = "There is no other portfolio to move it to: create one first.";
const UNSAID: &str = "Something is in it: say whether it is kept or deleted as well.";
const ANOTHER_LOOK: &str = "What is in this portfolio has changed since the page was shown. \
                            Nothing was deleted: look again.";

/// Makes a portfolio, which stays when it is empty.
///
/// # Errors
/// [`Problem::Invalid`], [`Problem::Unavailable`].
pub async fn create(state: &State, user_id: &str, name: &str) -> Result<PortfolioName, Problem> {
    let name = checked(name)?;
    let portfolio = PortfolioName {
        id: new_id().map_err(security_problem)?,
        name,
    };
    let (user, now) = (user_id.to_owned(), state.clock.now());
    let made = state
        .db
        .write::<_, WriteError, _>(move |db| {
            Box::pin(async move {
                storage::users::lock(db, &user).await?;
                if storage::portfolios::list(db, &user).await?.len() >= MOST {
                    return Err(Problem::field("name", TOO_MANY).into());
                }
                let made = storage::portfolios::insert(db, &user, &portfolio, now.0).await;
                made.map_err(taken)?;
                Ok(portfolio)
            })
        })
        .await?;
    Ok(made)
}

/// Gives a portfolio another name.
///
/// # Errors
/// [`Problem::NotFound`], [`Problem::Invalid`], [`Problem::Unavailable`].
pub async fn rename(state: &State, user_id: &str, id: &str, name: &str) -> Result<Deed, Problem> {
    known_form(id)?;
    let (user, id, name) = (user_id.to_owned(), id.to_owned(), name.to_owned());
    let deed = state
        .db
        .write::<_, WriteError, _>(move |db| {
            Box::pin(async move {
                let before = own(db, &user, &id).await?;
                let after = PortfolioName {
                    id,
                    name: checked(&name)?,
                };
                let renamed = storage::portfolios::rename(db, &user, &after).await;
                renamed.map_err(taken)?;
                Ok(Deed::Renamed {
                    from: before.name,
                    to: after.name,
                })
            })
        })
        .await?;
    Ok(deed)
}

/// Moves everything in a portfolio into another; the first is gone.
///
/// # Errors
/// [`Problem::NotFound`], [`Problem::Invalid`], [`Problem::Unavailable`].
pub async fn merge(state: &State, user_id: &str, id: &str, into: &str) -> Result<Deed, Problem> {
    known_form(id)?;
    let (user, id, into) = (user_id.to_owned(), id.to_owned(), into.to_owned());
    let deed = state
        .db
        .write::<_, WriteError, _>(move |db| {
            Box::pin(async move {
                let from = own(db, &user, &id).await?;
                pour(db, &user, from, &into).await
            })
        })
        .await?;
    state.noted.note(user_id);
    Ok(deed)
}

/// Deletes a portfolio. What is in it goes where `fate` says; keys that are deleted leave the
/// database's log as well.
///
/// # Errors
/// [`Problem::NotFound`], [`Problem::Invalid`], [`Problem::Unavailable`].
pub async fn delete(state: &State, user_id: &str, id: &str, fate: Fate) -> Result<Deed, Problem> {
    known_form(id)?;
    let (own_state, user, id) = (state.clone(), user_id.to_owned(), id.to_owned());
    let deed = state
        .db
        .write::<_, WriteError, _>(move |db| {
            Box::pin(async move {
                let portfolio = own(db, &user, &id).await?;
                match fate {
                    Fate::Keep { into } => pour(db, &user, portfolio, &into).await,
                    Fate::Drop { seen } => empty(&own_state, db, &user, &id, Some(&seen)).await,
                    Fate::Unsaid => empty(&own_state, db, &user, &id, None).await,
                }
            })
        })
        .await?;
    if let Deed::Dropped { connections, .. } = &deed
        && *connections > 0
    {
        clear_log(state).await;
    }
    state.noted.note(user_id);
    Ok(deed)
}

/// Moves a connection into another portfolio, which from now on stays when it is empty. One made by
/// connecting that has nothing left is gone.
///
/// # Errors
/// [`Problem::NotFound`], [`Problem::Invalid`], [`Problem::Unavailable`].
pub async fn move_connection(
    state: &State,
    user_id: &str,
    id: &str,
    into: &str,
) -> Result<Deed, Problem> {
    known_form(id)?;
    let (user, id, into) = (user_id.to_owned(), id.to_owned(), into.to_owned());
    let now = state.clock.now();
    let deed = state
        .db
        .write::<_, WriteError, _>(move |db| {
            Box::pin(async move {
                storage::users::lock(db, &user).await?;
                let found = storage::connections::find(db, &user, &id, now).await?;
                let connection = found.ok_or(Problem::NotFound)?;
                shift(db, &user, connection, &into).await
            })
        })
        .await?;
    state.noted.note(user_id);
    Ok(deed)
}

/// Moves a connection within a transaction that holds the person's row.
pub(super) async fn shift(
    db: &mut Db,
    user_id: &str,
    connection: Connection,
    into: &str,
) -> Result<Deed, WriteError> {
    let before = &connection.portfolio_id;
    let from = storage::portfolios::find(db, user_id, before).await?;
    let into = other(db, user_id, before, into, "portfolio").await?;
    storage::portfolios::move_connection(db, user_id, &connection.id, &into.id).await?;
    storage::portfolios::keep(db, user_id, &into.id).await?;
    storage::portfolios::delete_empty(db, user_id).await?;
    let left = storage::portfolios::find(db, user_id, before).await?;
    Ok(Deed::Moved {
        label: connection.label,
        into: into.name,
        emptied: from.filter(|_| left.is_none()).map(|from| from.name),
    })
}

/// A person's portfolio, with the person's row held.
pub(super) async fn own(db: &mut Db, user_id: &str, id: &str) -> Result<PortfolioName, WriteError> {
    storage::users::lock(db, user_id).await?;
    let found = storage::portfolios::find(db, user_id, id).await?;
    Ok(found.ok_or(Problem::NotFound)?)
}

/// Another portfolio of the same person, picked in a field of a form.
async fn other(
    db: &mut Db,
    user_id: &str,
    id: &str,
    picked: &str,
    field: &str,
) -> Result<PortfolioName, WriteError> {
    let all = storage::portfolios::list(db, user_id).await?;
    if all.len() < 2 {
        return Err(Problem::field(field, NO_OTHER).into());
    }
    let found = all
        .into_iter()
        .find(|portfolio| portfolio.id == picked && picked != id);
    Ok(found.ok_or_else(|| Problem::field(field, NOT_THERE))?)
}

/// Moves everything in a portfolio into another, and removes it.
async fn pour(
    db: &mut Db,
    user_id: &str,
    from: PortfolioName,
    into: &str,
) -> Result<Deed, WriteError> {
    let into = other(db, user_id, &from.id, into, "into").await?;
    storage::portfolios::move_contents(db, user_id, &from.id, &into.id).await?;
    storage::portfolios::keep(db, user_id, &into.id).await?;
    storage::portfolios::delete(db, user_id, &from.id).await?;
    Ok(Deed::Merged {
        from: from.name,
        into: into.name,
    })
}

/// Removes a portfolio with everything in it, if that is what the person saw; `None` when they were
/// not asked, so that nothing may be in it.
async fn empty(
    state: &State,
    db: &mut Db,
    user_id: &str,
    id: &str,
    seen: Option<&str>,
) -> Result<Deed, WriteError> {
    let found = gather(state, db, user_id, id).await?;
    let contents = found.ok_or(Problem::NotFound)?;
    match seen {
        None if !contents.is_empty() => return Err(Problem::field("fate", UNSAID).into()),
        Some(seen) if seen != contents.mark => {
            return Err(Problem::field("fate", ANOTHER_LOOK).into());
        }
        _ => (),
    }
    storage::portfolios::delete_contents(db, user_id, id).await?;
    storage::portfolios::delete(db, user_id, id).await?;
    let name = contents.portfolio.name.clone();
    if contents.is_empty() {
        return Ok(Deed::Deleted(name));
    }
    Ok(Deed::Dropped {
        name,
        connections: contents.connections.len(),
        by_hand: contents.by_hand.len(),
    })
}

fn checked(name: &str) -> Result<String, Problem> {
    let name = name.trim();
    let rule = rules::name(name);
    rule.map_err(|sentence| Problem::field("name", sentence))?;
    Ok(name.to_owned())
}

/// Names are unique by the database.
fn taken(error: StorageError) -> WriteError {
    match error {
        StorageError::Exists => Problem::field("name", TAKEN).into(),
        other => other.into(),
    }
}
