//! The `coffer` program.

use std::process::ExitCode;

#[tokio::main]
async fn main() -> ExitCode {
    coffer::cli::run().await
}
