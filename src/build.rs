//! Tells cargo what the binary embeds besides Rust: migrations, static files, the script bundle.

use std::path::Path;

fn main() {
    println!("cargo:rerun-if-changed=migrations");
    println!("cargo:rerun-if-changed=public");
    println!("cargo:rerun-if-changed=style");
    // An empty folder stands in for a bundle that was not built, so that building one later is
    // noticed, and a missing path does not rebuild the crate at every start.
    let bundle = Path::new("target/site/pkg");
    if bundle.is_dir() || std::fs::create_dir_all(bundle).is_ok() {
        println!("cargo:rerun-if-changed=target/site/pkg");
    }
}
