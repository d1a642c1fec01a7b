//! Telling the history of a portfolio, or of all of them.

use crate::domain::currency::Currency;
use crate::domain::exchange::ExchangeProfile;
use crate::domain::history::day;
use crate::domain::history::past;
use crate::domain::history::series::{HeldBack, History, Range, Rated};
use crate::domain::history::tellers::PastTellers;
use crate::domain::timestamp::Timestamp;
use crate::error::Problem;
use crate::exchanges::Exchange;
use crate::services::accounts::User;
use crate::services::{State, connections, storage_problem};
use crate::storage::{Connection as Db, StorageError, backfilled_days, portfolios};
use crate::storage::{value_points, value_rates, value_series};

/// What a person's portfolio was worth over a range, or all of them when `portfolio` is `None`, told
/// in a currency at the rates of each moment.
///
/// # Errors
/// [`Problem::NotFound`], [`Problem::Unavailable`], [`Problem::Internal`].
pub async fn series(
    state: &State,
    user: &User,
    portfolio: Option<&str>,
    range: Range,
    currency: Currency,
    now: Timestamp,
) -> Result<History, Problem> {
    portfolio.map_or(Ok(()), connections::known_form)?;
    let mut db = state.db.reader().await.map_err(storage_problem)?;
    if let Some(id) = portfolio {
        let found = portfolios::find(&mut db, &user.id, id).await;
        found.map_err(storage_problem)?.ok_or(Problem::NotFound)?;
    }
    let id = portfolio.unwrap_or(&user.id);
    let start = range.start(now);
    let since = start.unwrap_or(Timestamp(i64::MIN));
    let points = value_points::list_rated(&mut db, &user.id, id, since, currency).await;
    let points = points.map_err(storage_problem)?;
    let days = backfilled_days::list_rated(&mut db, &user.id, id, since, currency).await;
    let begin = points.first().map(|first| first.point.at);
    let mut told = past::before(days.map_err(storage_problem)?, begin);
    told.extend(points);
    if let Some(start) = start {
        leave_out_long_before(&mut told, start, range);
    }
    let mut history = History::tell(&told, range, currency, now);
    let held_back = held_back(&mut db, &user.id, id, currency).await;
    history.held_back = held_back.map_err(storage_problem)?;
    history.tellers = tellers(state);
    Ok(history)
}

/// Which exchanges tell what was held on days before a connection.
fn tellers(state: &State) -> PastTellers {
    let tells = |profile: &ExchangeProfile| {
        let exchange = state.registry.find(&profile.id);
        exchange.is_some_and(Exchange::tells_past_days)
    };
    let names = |profiles: Vec<ExchangeProfile>| profiles.into_iter().map(|one| one.name);
    let (telling, silent) = connections::profiles(state).into_iter().partition(tells);
    PastTellers {
        telling: names(telling).collect(),
        silent: names(silent).collect(),
    }
}

/// The last point before a range says what it began with, unless it is too old for that.
fn leave_out_long_before(points: &mut Vec<Rated>, start: Timestamp, range: Range) {
    let too_old = start.plus_ms(-range.gap_ms());
    points.retain(|one| one.point.at >= too_old);
}

async fn held_back(
    db: &mut Db,
    user_id: &str,
    id: &str,
    currency: Currency,
) -> Result<Option<HeldBack>, StorageError> {
    let Some(held) = value_series::find_candidate(db, user_id, id).await? else {
        return Ok(None);
    };
    let rate = value_rates::find(db, day::minute(held.taken.at), currency).await?;
    let told = |rate| {
        let value = held.taken.reading.value().times(&rate);
        value.rounded(currency.digits())
    };
    Ok(Some(HeldBack {
        at: held.taken.at,
        value: rate.map(told),
        cause: held.cause.clone(),
    }))
}
