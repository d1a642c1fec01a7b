//! What syncing costs: weight, time, processor and memory. Run it with `cargo bench`.
#![expect(clippy::print_stdout, reason = "figures are told on standard output")]
#![expect(
    clippy::unwrap_used,
    reason = "a benchmark that cannot be set up cannot go on"
)]

mod batch;
mod exchange;
mod process;
mod signing;
mod storing;
mod weight;
mod world;

use std::time::Duration;

fn main() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let arguments: Vec<String> = std::env::args().collect();
    if let Some(setup) = exchange::Setup::from_arguments(&arguments) {
        // The exchange is a process of its own, so that what it costs is not counted here.
        runtime.block_on(exchange::serve(setup));
        return;
    }
    let wanted = |name: &str| {
        let names: Vec<_> = arguments[1..]
            .iter()
            .filter(|a| !a.starts_with('-'))
            .collect();
        names.is_empty() || names.iter().any(|given| *given == name)
    };
    if wanted("signing") {
        signing::run();
    }
    runtime.block_on(async {
        if wanted("weight") {
            weight::run().await;
        }
        if wanted("storing") {
            storing::run().await;
        }
        if wanted("batch") {
            batch::run(Duration::from_millis(50), &arguments).await;
        }
    });
}
