//! What streams cost: how soon one that was cut off tells prices again, how many messages one core
//! carries, and the memory of those who listen. Run it with `cargo bench --bench streams`.
#![expect(clippy::print_stdout, reason = "figures are told on standard output")]
#![expect(
    clippy::unwrap_used,
    reason = "a benchmark that cannot be set up cannot go on"
)]

mod carrying;
mod listening;
mod reconnecting;
mod world;

use world::World;

fn main() {
    // The exchange has cores of its own; what is measured has one.
    let exchange = tokio::runtime::Runtime::new().unwrap();
    let sandbox = exchange.block_on(world::sandbox());
    let app = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    app.block_on(async {
        reconnecting::measure(&sandbox).await;
        let world = World::new(&sandbox).await;
        carrying::measure(&world).await;
        listening::measure(&world).await;
        world.end().await;
    });
}
