//! Syncing one connection over and over when nothing changed: what reading and storing cost.

use std::time::{Duration, Instant};

use coffer::services::{connections, sync};

use super::exchange::Setup;
use super::process::processor_time;
use super::world::World;

const TIMES: u32 = 100;

/// Syncs accounts of a few and of many assets.
pub async fn run() {
    println!("\nOne sync, nothing changed, SQLite, answers at once");
    println!("exchange  assets  wall ms  cpu ms");
    for exchange in ["binance", "okx"] {
        for assets in [1, 20, 500] {
            one(exchange, assets).await;
        }
    }
}

async fn one(exchange: &str, assets: u32) {
    let world = World::new(Setup {
        accounts: 1,
        assets,
        latency: Duration::ZERO,
    })
    .await;
    world.connect_all(exchange).await;
    let list = connections::list(&world.state, &world.user_id)
        .await
        .unwrap();
    let id = &list[0].id;
    let (cpu, started) = (processor_time(), Instant::now());
    let mut done = 0;
    for _ in 0..TIMES {
        let batch = sync::start_all(&world.state, &world.user_id).await.unwrap();
        let id = batch.batch_id;
        let limit = Duration::from_secs(60);
        let ended = sync::wait_for_all(&world.state, &world.user_id, &id, limit).await;
        done += u32::try_from(ended.unwrap().successful()).unwrap();
    }
    let (wall, cpu) = (started.elapsed(), processor_time().saturating_sub(cpu));
    let runs = sync::runs(&world.state, &world.user_id, id).await.unwrap();
    println!(
        "{exchange:<9} {assets:>6}  {:>7}  {:>6}   {done} of {TIMES} read, weight {}",
        tenths(wall / TIMES),
        tenths(cpu / TIMES),
        runs.first().map_or(0, |run| run.weight),
    );
    world.end().await;
}

/// Milliseconds with one decimal.
fn tenths(time: Duration) -> String {
    let tenths = time.as_micros() / 100;
    format!("{}.{}", tenths / 10, tenths % 10)
}
