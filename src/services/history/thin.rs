//! Forgetting what lies too close together in the past.

use crate::domain::history::day::{DAY_MS, HOUR_MS, minute, start_of_day, start_of_hour};
use crate::domain::history::{Point, thinning};
use crate::domain::timestamp::Timestamp;
use crate::error::Problem;
use crate::services::{State, storage_problem};
use crate::storage::value_points::{self, Placed};
use crate::storage::{Connection as Db, StorageError, batches, holding_snapshots};
use crate::storage::{value_rates, value_series};

/// Thins a person's points and snapshots, once per UTC day; rates that no point needs any more go
/// as well.
///
/// # Errors
/// [`Problem::Unavailable`], [`Problem::Internal`].
pub async fn thin(state: &State, user_id: &str, now: Timestamp) -> Result<(), Problem> {
    let mut db = state.db.reader().await.map_err(storage_problem)?;
    let due = due(&mut db, user_id, now).await.map_err(storage_problem)?;
    drop(db);
    if due.is_none() {
        return Ok(());
    }
    let user_id = user_id.to_owned();
    state
        .db
        .write::<_, StorageError, _>(move |db| {
            Box::pin(async move { thin_if_due(db, &user_id, now).await })
        })
        .await
        .map_err(storage_problem)
}

/// When a person's series were thinned last, if that was on another UTC day.
async fn due(
    db: &mut Db,
    user_id: &str,
    now: Timestamp,
) -> Result<Option<Timestamp>, StorageError> {
    let thinned_at = value_series::find_thinned_at(db, user_id).await?;
    let thinned_at = thinned_at.map(Timestamp);
    Ok(thinned_at.filter(|at| *at < start_of_day(now)))
}

async fn thin_if_due(db: &mut Db, user_id: &str, now: Timestamp) -> Result<(), StorageError> {
    if !batches::lock_owner(db, user_id).await? {
        return Ok(());
    }
    let Some(thinned_at) = due(db, user_id, now).await? else {
        return Ok(());
    };
    thin_points(db, user_id, thinned_at, now).await?;
    let day_ago = start_of_hour(now.plus_ms(-DAY_MS));
    let month_ago = start_of_day(now.plus_ms(-30 * DAY_MS));
    holding_snapshots::thin(db, user_id, day_ago, HOUR_MS).await?;
    holding_snapshots::thin(db, user_id, month_ago, DAY_MS).await?;
    value_rates::delete_unused(db, minute(day_ago)).await?;
    value_series::update_thinned(db, user_id, now).await
}

async fn thin_points(
    db: &mut Db,
    user_id: &str,
    thinned_at: Timestamp,
    now: Timestamp,
) -> Result<(), StorageError> {
    let since = thinning::unsettled_since(thinned_at);
    let placed = value_points::list_since(db, user_id, since).await?;
    let mut changed = Vec::new();
    for series in placed.chunk_by(|a, b| a.series_id == b.series_id) {
        let Some(first) = series.first() else {
            continue;
        };
        let points: Vec<Point> = series.iter().map(|one| one.point.clone()).collect();
        let thinned = thinning::thin(&points, now);
        value_points::delete(db, &first.series_id, &thinned.dropped).await?;
        changed.extend(thinned.changed.into_iter().filter_map(|point| {
            let placed = series.iter().find(|one| one.point.at == point.at)?;
            Some(Placed {
                point,
                ..placed.clone()
            })
        }));
    }
    value_points::upsert(db, &changed).await
}
