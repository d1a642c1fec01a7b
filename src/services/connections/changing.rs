//! Changing a connection's name, its limit, whether it is followed, and the portfolio it stands in, all
//! at once.

use super::{known_form, show};
use crate::domain::amount::Amount;
use crate::domain::connection::Connection;
use crate::domain::rules::{self, FieldErrors};
use crate::error::Problem;
use crate::services::{State, WriteError, portfolios};
use crate::storage::{self, connection_changes, followings};

/// What is to be another; `None` leaves it as it is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Changes {
    /// What its owner calls it.
    pub label: Option<String>,
    /// The id of the portfolio it stands in.
    pub portfolio: Option<String>,
    /// The value below which balances are not listed; an empty text for none.
    pub ignore_below: Option<String>,
    /// Whether the exchange's own stream is listened to for it.
    pub follow: Option<bool>,
}

/// The same, checked.
struct Checked {
    label: Option<String>,
    portfolio: Option<String>,
    ignore_below: Option<Option<Amount>>,
    follow: Option<bool>,
}

/// Changes a person's connection: all of it, or nothing. Answers it as it is then.
///
/// # Errors
/// [`Problem::NotFound`], [`Problem::Invalid`], [`Problem::Unavailable`].
pub async fn change(
    state: &State,
    user_id: &str,
    id: &str,
    changes: Changes,
) -> Result<Connection, Problem> {
    known_form(id)?;
    let (user, connection_id) = (user_id.to_owned(), id.to_owned());
    let now = state.clock.now();
    let switched = changes.follow.is_some();
    let moved = state
        .db
        .write::<_, WriteError, _>(move |db| {
            Box::pin(async move {
                storage::users::lock(db, &user).await?;
                let found = storage::connections::find(db, &user, &connection_id, now).await?;
                let connection = found.ok_or(Problem::NotFound)?;
                apply(db, &user, connection, check(changes)?).await
            })
        })
        .await?;
    if moved {
        state.noted.note(user_id);
    }
    if switched {
        state.wake();
    }
    show(state, user_id, id).await
}

fn check(changes: Changes) -> Result<Checked, Problem> {
    let trimmed = |text: String| text.trim().to_owned();
    let (label, ignore_below) = (
        changes.label.map(trimmed),
        changes.ignore_below.map(trimmed),
    );
    let mut errors = FieldErrors::default();
    errors.add("label", label.as_deref().map_or(Ok(()), rules::name));
    let limit = ignore_below.as_deref();
    errors.add("ignore_below", limit.map_or(Ok(()), rules::ignore_below));
    errors.into_result()?;
    Ok(Checked {
        label,
        portfolio: changes.portfolio,
        ignore_below: ignore_below.as_deref().map(rules::read_ignore_below),
        follow: changes.follow,
    })
}

/// Writes the changes. Answers whether the connection stands in another portfolio now.
async fn apply(
    db: &mut storage::Connection,
    user_id: &str,
    before: Connection,
    changes: Checked,
) -> Result<bool, WriteError> {
    let label = changes.label.as_ref().unwrap_or(&before.label);
    let limit = changes
        .ignore_below
        .as_ref()
        .unwrap_or(&before.ignore_below);
    connection_changes::update_facts(db, user_id, &before.id, label, limit.as_ref()).await?;
    match changes.follow {
        Some(true) => followings::insert(db, &before.id).await?,
        Some(false) => followings::delete(db, &before.id).await?,
        None => {}
    }
    match changes.portfolio {
        Some(into) if into != before.portfolio_id => {
            portfolios::shift(db, user_id, before, &into).await?;
            Ok(true)
        }
        _ => Ok(false),
    }
}
