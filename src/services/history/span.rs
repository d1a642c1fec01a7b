//! Telling the points of a stretch of time as they are kept, for programs.

use crate::domain::history::past;
use crate::domain::history::series::Rated;
use crate::domain::timestamp::Timestamp;
use crate::error::Problem;
use crate::services::accounts::User;
use crate::services::{State, connections, storage_problem};
use crate::storage::{backfilled_days, portfolios, value_points};

/// The points of a person's portfolio, or of all of them when `portfolio` is `None`, from one moment
/// to before another, oldest first; each with what one USDT was worth then in the base currency.
///
/// # Errors
/// [`Problem::NotFound`], [`Problem::Unavailable`], [`Problem::Internal`].
pub async fn points(
    state: &State,
    user: &User,
    portfolio: Option<&str>,
    (from, to): (Timestamp, Timestamp),
) -> Result<Vec<Rated>, Problem> {
    portfolio.map_or(Ok(()), connections::known_form)?;
    let mut db = state.db.reader().await.map_err(storage_problem)?;
    if let Some(id) = portfolio {
        let found = portfolios::find(&mut db, &user.id, id).await;
        found.map_err(storage_problem)?.ok_or(Problem::NotFound)?;
    }
    let (id, currency) = (portfolio.unwrap_or(&user.id), user.base_currency);
    let kept = value_points::list_rated(&mut db, &user.id, id, from, currency).await;
    let kept = kept.map_err(storage_problem)?;
    let days = backfilled_days::list_rated(&mut db, &user.id, id, from, currency).await;
    let begin = kept.first().map(|first| first.point.at);
    let mut told = past::before(days.map_err(storage_problem)?, begin);
    told.extend(kept);
    told.retain(|one| (from..to).contains(&one.point.at));
    Ok(told)
}
