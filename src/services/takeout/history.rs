//! History to take along.

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

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
use crate::storage::backfilled_days::{self, RatedDay};
use crate::storage::{Connection as Db, StorageError, value_points};

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

/// The rows of the points alone. Series that have none yet come first, by the days before their
/// connections.
pub fn points(
    state: &State,
    user: &User,
    names: Vec<PortfolioName>,
    only: Option<&str>,
    format: Format,
) -> Texts {
    let source = Arc::new(Source {
        state: state.clone(),
        user: user.clone(),
        names: names.into_iter().map(|one| (one.id.clone(), one)).collect(),
        only: only.map(str::to_owned),
        format,
    });
    listed(None, format.between(), move |after: Option<Place>| {
        let source = source.clone();
        async move {
            let page = match after {
                None => source.unbegun().await,
                Some((series, at)) => source.recorded((&series, at)).await,
            };
            page.map_err(storage_problem)
        }
    })
}

/// A series, and a moment of it.
type Place = (String, Timestamp);

/// Where rows come from, and how they are written.
struct Source {
    state: State,
    user: User,
    names: BTreeMap<String, PortfolioName>,
    only: Option<String>,
    format: Format,
}

impl Source {
    /// The days of series that have no point yet.
    async fn unbegun(&self) -> Result<Page<Option<Place>>, StorageError> {
        let mut db = self.state.db.reader().await?;
        let begun = value_points::list_begun(&mut db, &self.user.id).await?;
        let days = self.days(&mut db).await?;
        let all = self.names.keys().chain([&self.user.id]);
        let asked = all.filter(|id| self.only.as_ref().is_none_or(|only| only == *id));
        let rows = asked.filter(|id| !begun.contains(id)).flat_map(|id| {
            let days = self.days_before(&days, id, None);
            days.into_iter().map(|day| self.row(id, &day))
        });
        Ok(Page {
            rows: rows.collect(),
            next: Some(Some((String::new(), Timestamp(i64::MIN)))),
        })
    }

    /// A page of recorded points; the first of each series comes after the days before it.
    async fn recorded(
        &self,
        after: (&str, Timestamp),
    ) -> Result<Page<Option<Place>>, StorageError> {
        let mut db = self.state.db.reader().await?;
        let (user, only, currency) = (&self.user.id, self.only.as_deref(), self.user.base_currency);
        let found = value_points::list_page(&mut db, user, only, after, currency, PAGE).await?;
        let firsts = found.chunk_by(|one, next| one.0 == next.0);
        let firsts = firsts.filter_map(<[_]>::first);
        // The series that the page before ended in has been begun there.
        let firsts: HashSet<Place> = firsts
            .filter(|(series, _)| series != after.0)
            .map(place)
            .collect();
        let days = if firsts.is_empty() {
            Vec::new()
        } else {
            self.days(&mut db).await?
        };
        let written = |one: (String, Rated)| {
            let at = firsts.contains(&place(&one)).then_some(one.1.point.at);
            let (series, rated) = one;
            let days = at.map(|at| self.days_before(&days, &series, Some(at)));
            let rows = days.into_iter().flatten().chain([rated]);
            let rows: Vec<_> = rows.map(|one| self.row(&series, &one)).collect();
            rows.join(self.format.between())
        };
        Ok(Page::of(found, PAGE, |last| Some(place(last)), written))
    }

    async fn days(&self, db: &mut Db) -> Result<Vec<(String, RatedDay)>, StorageError> {
        let (user, currency) = (&self.user.id, self.user.base_currency);
        backfilled_days::list_rated_of_user(db, user, currency).await
    }

    /// The days of a series' connections before its first recorded point, if it has one.
    fn days_before(
        &self,
        days: &[(String, RatedDay)],
        series: &str,
        begin: Option<Timestamp>,
    ) -> Vec<Rated> {
        let is_own = |portfolio: &str| series == self.user.id || series == portfolio;
        let own = days.iter().filter(|(portfolio, _)| is_own(portfolio));
        past::before(own.map(|(_, day)| day.clone()).collect(), begin)
    }

    fn row(&self, series: &str, rated: &Rated) -> String {
        let cells = row(rated, self.names.get(series), self.user.base_currency);
        self.format.row(&COLUMNS, &cells)
    }
}

fn place((series, rated): &(String, Rated)) -> Place {
    (series.clone(), rated.point.at)
}
