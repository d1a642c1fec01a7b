//! What is kept does not grow with what happens: it is thinned, and old reports go.

use coffer::domain::history::Source;
use coffer::sandbox::Wallet::Spot;
use coffer::services::history::{record, thin};
use coffer::services::sync::sync_connection;

use crate::history::scene::{KEY, Scene, market};
use crate::scene::{count, set};
use crate::support::{Kind, on_both_databases};

on_both_databases![what_is_kept_of_many_changes_stays_within_its_bounds];

const DAYS: i64 = 5;
const HOURS: i64 = 2;
const CHANGES: i64 = 6;
const HOUR: i64 = 60;
const DAY: i64 = 24 * HOUR;

/// Syncs another balance and records what it is worth, all at this moment.
async fn change(scene: &Scene, balance: i64) {
    let state = &scene.app.state;
    set(&scene.app, &KEY, Spot, "BTC", &balance.to_string(), "0");
    let synced = sync_connection(state, &scene.user.id, &scene.connection).await;
    assert_eq!(synced.unwrap().report.updated, 1);
    let now = state.clock.now();
    let prices = market(now, &[("BTC", "100")]);
    let user = &scene.user.id;
    let recorded = record(state, user, &prices, Source::Sync, now).await;
    recorded.unwrap();
    thin(state, user, now).await.unwrap();
}

async fn what_is_kept_of_many_changes_stays_within_its_bounds(kind: Kind) {
    let scene = Scene::new(kind, &[("BTC", "1000")]).await;
    let clock = &scene.app.setup.clock;
    let tables = async || {
        (
            count(&scene.app, "holding_snapshots").await,
            count(&scene.app, "value_points").await,
        )
    };
    clock.advance_minutes(scene.minutes_to_full_hour());
    let mut balance = 1_000;
    for _ in 0..DAYS {
        for _ in 0..HOURS {
            for _ in 0..CHANGES {
                balance += 1;
                change(&scene, balance).await;
                clock.advance_minutes(5);
            }
            clock.advance_minutes(HOUR - CHANGES * 5);
        }
        clock.advance_minutes(DAY - HOURS * HOUR);
    }
    let changes = DAYS * HOURS * CHANGES;
    // A portfolio's points and those of all together: of the newest day all, of others by the hour.
    let hourly = (DAYS - 1) * HOURS + HOURS * CHANGES;
    balance += 1;
    change(&scene, balance).await;
    let (snapshots, points) = tables().await;
    assert!(snapshots <= hourly + 2, "{snapshots} of {changes}");
    assert!(points <= 2 * (hourly + 2), "{points} of {changes}");
    // A month later there is one of each day.
    clock.advance_minutes(40 * DAY);
    balance += 1;
    change(&scene, balance).await;
    let (snapshots, points) = tables().await;
    assert!(snapshots <= DAYS + 3, "{snapshots} of {changes}");
    assert!(points <= 2 * (DAYS + 3), "{points} of {changes}");
    assert!(snapshots > DAYS, "the days themselves stay");
    assert_eq!(count(&scene.app, "sync_runs").await, 50);
}
