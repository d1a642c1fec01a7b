//! What README.md says to type, typed.

use std::process::Command;

use coffer::sandbox::keys::binance::READ_ONLY;
use serde_json::{Deserializer, Value};

use crate::program::Program;
use crate::support::{Kind, PASSWORD, Setup, say};

/// The lines for the shell under a heading.
fn lines_under(heading: &str) -> String {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/README.md");
    let text = std::fs::read_to_string(path).unwrap();
    let (_, rest) = text.split_once(&format!("\n### {heading}\n")).unwrap();
    let (_, rest) = rest.split_once("```sh\n").unwrap();
    rest.split_once("```").unwrap().0.to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn three_calls_lead_from_a_token_to_a_portfolio() {
    if Command::new("curl").arg("--version").output().is_err() {
        return say("skipped: there is no curl to try what README.md says");
    }
    let setup = Setup::new(Kind::Sqlite).await;
    let folder = tempfile::tempdir().unwrap();
    let program = Program::new(folder.path())
        .with("BINANCE_API_URL", &setup.sandbox.url())
        .with("OKX_API_URL", &setup.sandbox.url())
        .with("SYNC_INTERVAL", "off");
    let add = [
        "user",
        "add",
        "--email",
        "you@example.org",
        "--password-stdin",
    ];
    let added = program.run_with(&add, &format!("{PASSWORD}\n"));
    assert_eq!(added.code, Some(0), "{added:?}");
    let running = program.serve(&["serve"]);
    let binary = std::path::Path::new(env!("CARGO_BIN_EXE_coffer"));
    let folders = [binary.parent().unwrap().as_os_str().to_owned()];
    let path = std::env::var_os("PATH").unwrap();
    let path = folders
        .into_iter()
        .map(Into::into)
        .chain(std::env::split_paths(&path));
    let mut shell = Command::new("sh");
    shell
        .args(["-euc", &lines_under("For your own programs")])
        .current_dir(folder.path())
        .env_clear()
        .envs(&program.settings)
        .env("PATH", std::env::join_paths(path).unwrap())
        .env("COFFER", &running.url)
        .env("API_KEY", READ_ONLY.api_key)
        .env("SECRET_KEY", READ_ONLY.secret_key);
    let done = tokio::task::spawn_blocking(move || shell.output().unwrap())
        .await
        .unwrap();
    let (out, err) = (
        String::from_utf8_lossy(&done.stdout),
        String::from_utf8_lossy(&done.stderr),
    );
    assert!(done.status.success(), "{out}\n{err}");
    let told: Result<Vec<Value>, _> = Deserializer::from_str(&out).into_iter().collect();
    let [connected, synced, portfolio] = <[Value; 3]>::try_from(told.unwrap()).unwrap();
    assert_eq!(connected["sync"]["success"], true);
    assert_eq!(
        (&synced["total"], &synced["successful"]),
        (&1.into(), &1.into())
    );
    let holdings = portfolio["holdings"].as_array().unwrap();
    assert!(
        holdings.iter().any(|one| one["asset"] == "BTC"),
        "{portfolio}"
    );
    assert_eq!(running.stop("-TERM").0, Some(0));
}
