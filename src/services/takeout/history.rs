//! History to take along.

use std::collections::HashMap;

use super::pages::{Page, Texts, chained, listed, piece};
use crate::domain::history::past;
use crate::domain::history::series::Rated;
use crate::domain::portfolio::PortfolioName;
use crate::domain::takeout::cell::Cell;
use crate::domain::takeout::file::Format;
use crate::domain::takeout::history::{COLUMNS, row};
use crate::domain::timestamp::Timestamp;
use crate::error::Problem;
use crate::services::accounts::User;
use crate::services::{State, connections, portfolio, storage_problem};
use crate::storage::{Connection as Db, StorageError, backfilled_days, value_points};

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
                let only = only.as_deref();
                let found =
                    value_points::list_page(&mut db, &user.id, only, after, currency, PAGE).await;
                let found = found.map_err(storage_problem)?;
                let earlier = days_before(&mut db, &user, &found, after.0).await;
                let earlier = earlier.map_err(storage_problem)?;
                let next = |(series, rated): &(String, Rated)| (series.clone(), rated.point.at);
                let written = |(series, rated): (String, Rated)| {
                    let days = earlier.get(&(series.clone(), rated.point.at));
                    let rows: Vec<_> = days
                        .into_iter()
                        .flatten()
                        .chain([&rated])
                        .map(|one| format.row(&COLUMNS, &row(one, names.get(&series), currency)))
                        .collect();
                    rows.join(format.between())
                };
                Ok(Page::of(found, PAGE, next, written))
            }
        },
    )
}

/// The days before the first recorded point of every series that begins here, by that point; the
/// series `begun` has been told before.
async fn days_before(
    db: &mut Db,
    user: &User,
    points: &[(String, Rated)],
    begun: &str,
) -> Result<HashMap<(String, Timestamp), Vec<Rated>>, StorageError> {
    let mut earlier = HashMap::new();
    let series = points.chunk_by(|a, b| a.0 == b.0);
    for (id, first) in series.filter_map(<[_]>::first).filter(|one| one.0 != begun) {
        let (start, currency) = (Timestamp(i64::MIN), user.base_currency);
        let days = backfilled_days::list_rated(db, &user.id, id, start, currency).await?;
        let days = past::before(days, Some(first.point.at));
        earlier.insert((id.clone(), first.point.at), days);
    }
    Ok(earlier)
}
