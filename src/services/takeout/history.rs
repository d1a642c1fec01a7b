//! History to take along.

use std::collections::HashMap;

use super::pages::{Page, Texts, chained, listed, piece};
use crate::domain::history::series::Rated;
use crate::domain::portfolio::PortfolioName;
use crate::domain::takeout::cell::Cell;
use crate::domain::takeout::file::Format;
use crate::domain::takeout::history::{COLUMNS, row};
use crate::domain::timestamp::Timestamp;
use crate::error::Problem;
use crate::services::accounts::User;
use crate::services::{State, connections, portfolio, storage_problem};
use crate::storage::value_points;

/// How many points are read at once.
const PAGE: i64 = 2_000;

/// A person's history as a file: of one portfolio, or every series there is.
///
/// # Errors
/// [`Problem::NotFound`], [`Problem::Unavailable`].
pub async fn file(
    state: &State,
    user: &User,
    only: Option<&str>,
    format: Format,
) -> Result<Texts, Problem> {
    only.map_or(Ok(()), connections::known_form)?;
    let names = portfolio::list(state, user).await?;
    if only.is_some_and(|id| names.iter().all(|one| one.id != id)) {
        return Err(Problem::NotFound);
    }
    let currency = ("currency", Cell::text(user.base_currency));
    let head = format.head("points", &COLUMNS, &[super::made_at(state), currency]);
    let points = points(state, user, names, only, format);
    Ok(chained(vec![piece(head), points, piece(format.tail())]))
}

/// The rows of the points alone.
pub fn points(
    state: &State,
    user: &User,
    names: Vec<PortfolioName>,
    only: Option<&str>,
    format: Format,
) -> Texts {
    let names: HashMap<_, _> = names.into_iter().map(|one| (one.id.clone(), one)).collect();
    let (state, user, only) = (state.clone(), user.clone(), only.map(str::to_owned));
    let start = (String::new(), Timestamp(i64::MIN));
    listed(
        start,
        format.between(),
        move |after: (String, Timestamp)| {
            let (state, user, only, names) =
                (state.clone(), user.clone(), only.clone(), names.clone());
            async move {
                let mut db = state.db.reader().await.map_err(storage_problem)?;
                let (after, currency) = ((after.0.as_str(), after.1), user.base_currency);
                let found = value_points::list_page(
                    &mut db,
                    &user.id,
                    only.as_deref(),
                    after,
                    currency,
                    PAGE,
                )
                .await;
                let next = |(series, rated): &(String, Rated)| (series.clone(), rated.point.at);
                let written = |(series, rated): (String, Rated)| {
                    format.row(&COLUMNS, &row(&rated, names.get(&series), currency))
                };
                Ok(Page::of(
                    found.map_err(storage_problem)?,
                    PAGE,
                    next,
                    written,
                ))
            }
        },
    )
}
