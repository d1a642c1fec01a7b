//! The sign of life of this process: its leases are renewed, and others learn that it is there.

use super::State;
use crate::storage::{StorageError, backfills, candle_backfills, deliveries};
use crate::storage::{followings, leases, pauses, replicas};

/// Renews the leases that are in use, tells the other processes that this one is alive, and counts
/// them.
///
/// # Errors
/// [`StorageError::Database`].
pub async fn beat(state: &State) -> Result<(), StorageError> {
    let own = state.clone();
    let count = state
        .db
        .write_passing::<_, StorageError, _>(move |db| {
            Box::pin(async move {
                let (now, pace) = (own.clock.now(), own.settings.pace);
                leases::renew(db, &own.replica, &own.held(), pace.lease_from(now)).await?;
                followings::renew(db, &own.replica, now, pace.lease_from(now)).await?;
                pauses::delete_over(db, now).await?;
                if own.db.is_shared() {
                    replicas::report(db, &own.replica, now, pace.dead_before(now)).await
                } else {
                    Ok(1)
                }
            })
        })
        .await?;
    state.neighbours.set_count(count);
    Ok(())
}

/// Says goodbye: whatever this process still holds is anybody's now.
///
/// # Errors
/// [`StorageError::Database`].
pub async fn end(state: &State) -> Result<(), StorageError> {
    let holder = state.replica.clone();
    state
        .db
        .write::<_, StorageError, _>(move |db| {
            Box::pin(async move {
                leases::give_back_all(db, &holder).await?;
                deliveries::give_back_all(db, &holder).await?;
                backfills::give_back_all(db, &holder).await?;
                candle_backfills::give_back_all(db, &holder).await?;
                followings::give_back_all(db, &holder).await?;
                replicas::delete(db, &holder).await
            })
        })
        .await
}
