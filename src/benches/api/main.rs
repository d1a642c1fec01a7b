//! What the API costs: a portfolio of 100 holdings beside a bare handler that returns the same bytes.
//! Run it with `cargo bench --bench api`, on PostgreSQL as well where `TEST_DATABASE_URL` is set.
#![expect(clippy::print_stdout, reason = "figures are told on standard output")]
#![expect(
    clippy::unwrap_used,
    reason = "a benchmark that cannot be set up cannot go on"
)]

#[path = "../portfolio/bare.rs"]
mod bare;
#[path = "../portfolio/clients.rs"]
mod clients;
#[path = "../portfolio/database.rs"]
mod database;
mod portfolio;
#[path = "../portfolio/world.rs"]
mod world;

use database::Kind;
use world::World;

/// How many assets are held.
const HOLDINGS: u32 = 100;

fn main() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    for kind in Kind::at_hand() {
        runtime.block_on(async {
            let world = World::new(kind, HOLDINGS).await;
            portfolio::measure(&world).await;
            world.end().await;
        });
    }
}
