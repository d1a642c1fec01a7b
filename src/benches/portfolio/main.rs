//! What the portfolio page costs, beside a bare handler that returns the same bytes, and what valuing
//! costs. Run it with `cargo bench --bench portfolio`, on PostgreSQL as well where
//! `TEST_DATABASE_URL` is set.
#![expect(clippy::print_stdout, reason = "figures are told on standard output")]
#![expect(
    clippy::unwrap_used,
    reason = "a benchmark that cannot be set up cannot go on"
)]

mod bare;
mod clients;
mod database;
mod page;
mod statements;
mod valuing;
mod world;

use database::Kind;
use world::World;

/// How many assets are held.
const HOLDINGS: [u32; 4] = [10, 100, 1_000, 10_000];

fn main() {
    statements::listen();
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let wanted = |name: &str| {
        let mut names = arguments.iter().filter(|a| !a.starts_with('-')).peekable();
        names.peek().is_none() || names.any(|given| given == name)
    };
    let runtime = tokio::runtime::Runtime::new().unwrap();
    for kind in Kind::at_hand() {
        if wanted("page") {
            runtime.block_on(pages(kind));
        }
        if wanted("valuing") {
            runtime.block_on(values(kind));
        }
    }
}

async fn pages(kind: Kind) {
    page::head(kind);
    for holdings in HOLDINGS {
        let world = World::new(kind, holdings).await;
        page::measure(&world).await;
        world.end().await;
    }
}

async fn values(kind: Kind) {
    let world = World::new(kind, HOLDINGS[HOLDINGS.len() - 1]).await;
    valuing::run(&world).await;
    world.end().await;
}
