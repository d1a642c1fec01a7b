//! The journeys of `end2end/` in a real browser, where one is at hand.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::support::say;

#[test]
fn the_journeys_pass_in_a_browser() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("end2end");
    let (Some(node), Some(chromium)) = (program("NODE", &["node"]), chromium()) else {
        say("SKIPPED: the journeys in a browser, as Node or Chromium is not at hand");
        return;
    };
    if !folder.join("node_modules/playwright-core").is_dir() {
        say("SKIPPED: the journeys in a browser; `npm ci` in end2end/ makes them run");
        return;
    }
    // The program carries the script bundle or not, as it was built.
    let mode = if has_bundle() {
        "COFFER_BIN_HYDRATED"
    } else {
        "COFFER_BIN_PLAIN"
    };
    let run = Command::new(node)
        .arg("--test")
        .current_dir(folder)
        .env_remove("COFFER_BIN_PLAIN")
        .env_remove("COFFER_BIN_HYDRATED")
        .env(mode, env!("CARGO_BIN_EXE_coffer"))
        .env("CHROMIUM", chromium)
        .output()
        .unwrap();
    let told = String::from_utf8_lossy(&run.stdout);
    assert!(run.status.success(), "{told}");
}

fn has_bundle() -> bool {
    coffer::http::assets::has_bundle()
}

fn chromium() -> Option<PathBuf> {
    program(
        "CHROMIUM",
        &["chromium", "chromium-browser", "google-chrome"],
    )
}

/// The program a variable names, or the first of `names` on the path.
fn program(variable: &str, names: &[&str]) -> Option<PathBuf> {
    if let Some(named) = std::env::var_os(variable).filter(|named| !named.is_empty()) {
        return Some(named.into());
    }
    let path = std::env::var_os("PATH")?;
    let mut found = std::env::split_paths(&path)
        .flat_map(|folder| names.iter().map(move |name| folder.join(name)));
    found.find(|file| file.is_file())
}
