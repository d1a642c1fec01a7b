//! When the program refuses to start: before its port is taken, and naming no value.

use std::net::TcpListener;
use std::path::Path;

use coffer::security::sha256_hex;
use sqlx::{AssertSqlSafe, Connection, Executor, SqliteConnection};

use crate::program::Program;
use crate::shell::{add, furnished, refused};
use crate::support::{Kind, PASSWORD, TestDatabase};

const KEY: &str = "q83vEjRWeJCrze8SNFZ4kKvN7xI0VniQq83vEjRWeJA=";
const OTHER_KEY: &str = "q83vEjRWeJCrze8SNFZ4kKvN7xI0VniQq83vEjRWeJE=";

fn digest(path: &Path) -> String {
    sha256_hex(&std::fs::read(path).unwrap())
}

/// Runs the server where its port is taken: a refusal that is not about the port comes before it.
fn start_refused(program: Program<'_>, named: &str, hidden: &str) {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let ended = program.with("LISTEN_ADDR", &address).run(&["serve"]);
    refused(&ended, 1, named);
    assert!(
        !ended.err.contains("LISTEN_ADDR"),
        "the port came first: {ended:?}"
    );
    assert!(
        hidden.is_empty() || !ended.err.contains(hidden),
        "{ended:?}"
    );
}

#[test]
fn a_master_key_that_is_none_stops_the_start() {
    let zero = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
    let short = "q83vEjRWeJCrze8SNFZ4kKvN7xI0VniQq83vEjRWeA==";
    for key in [
        short,
        zero,
        "put-32-random-bytes-in-base64-here",
        "not/base64!",
        "q83v,",
    ] {
        let folder = tempfile::tempdir().unwrap();
        let text = Program::new(folder.path()).with("ENCRYPTION_KEY", key);
        start_refused(text, "ENCRYPTION_KEY", key);
        let file = folder.path().join("given.key");
        std::fs::write(&file, key).unwrap();
        set_mode(&file, 0o600);
        let path = file.display().to_string();
        let from_file = Program::new(folder.path()).with("ENCRYPTION_KEY_FILE", &path);
        start_refused(from_file, "given.key", key);
        assert!(!folder.path().join("data/coffer.db").exists(), "{key}");
    }
    let folder = tempfile::tempdir().unwrap();
    let both = Program::new(folder.path())
        .with("ENCRYPTION_KEY", KEY)
        .with("ENCRYPTION_KEY_FILE", "/nowhere");
    start_refused(both, "ENCRYPTION_KEY and ENCRYPTION_KEY_FILE", KEY);
}

#[tokio::test(flavor = "multi_thread")]
async fn with_postgres_a_master_key_must_be_given() {
    let kind = Kind::Postgres;
    if !kind.is_at_hand() {
        return;
    }
    let database = TestDatabase::bare(kind).await;
    let folder = tempfile::tempdir().unwrap();
    let program = || Program::new(folder.path()).with("DATABASE_URL", &database.url);
    start_refused(program(), "ENCRYPTION_KEY", &database.url);
    let made = add(
        &program().with("ENCRYPTION_KEY", KEY),
        "anna@example.org",
        PASSWORD,
    );
    assert_eq!(made.code, Some(0), "{made:?}");
    let wrong = program().with("ENCRYPTION_KEY", OTHER_KEY);
    start_refused(wrong, "the master key is not the one", OTHER_KEY);
}

#[test]
fn a_wrong_or_missing_master_key_leaves_the_database_as_it_was() {
    let folder = furnished();
    let (data, key) = (
        folder.path().join("data"),
        folder.path().join("data/master.key"),
    );
    let before = digest(&data.join("coffer.db"));
    let wrong = Program::new(folder.path()).with("ENCRYPTION_KEY", OTHER_KEY);
    start_refused(wrong, "ENCRYPTION_KEY", OTHER_KEY);
    std::fs::rename(&key, folder.path().join("away.key")).unwrap();
    start_refused(
        Program::new(folder.path()),
        "master.key under DATA_DIR is missing",
        "",
    );
    assert!(!key.exists(), "a new key was made in place of the lost one");
    std::fs::rename(folder.path().join("away.key"), &key).unwrap();
    for mode in [0o640, 0o604, 0o660] {
        set_mode(&key, mode);
        let text = std::fs::read_to_string(&key).unwrap();
        start_refused(Program::new(folder.path()), "chmod 600", text.trim());
    }
    assert_eq!(digest(&data.join("coffer.db")), before);
    set_mode(&key, 0o600);
    let list = Program::new(folder.path()).run(&["user", "list"]);
    assert!(list.out.starts_with("anna@example.org"), "{list:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_of_a_newer_program_is_left_alone() {
    let folder = furnished();
    let path = folder.path().join("data/coffer.db");
    let url = format!("sqlite://{}", path.display());
    let mut db = SqliteConnection::connect(&url).await.unwrap();
    let sql = "INSERT INTO _sqlx_migrations (version, description, success, checksum, \
               execution_time) VALUES (9999, 'later', 1, x'00', 0)";
    db.execute(AssertSqlSafe(sql.to_owned())).await.unwrap();
    db.close().await.unwrap();
    start_refused(Program::new(folder.path()), "newer", "9999");
}

fn set_mode(path: &Path, mode: u32) {
    use std::os::unix::fs::PermissionsExt;
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
}
