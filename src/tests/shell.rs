//! The program from the shell: what it prints, how it ends, and when it refuses to start.

use std::net::TcpListener;
use std::path::Path;

use coffer::security::sha256_hex;
use sqlx::{AssertSqlSafe, Connection, Executor, SqliteConnection};

use crate::program::{Ended, Program};
use crate::support::{Browser, PASSWORD, TestDatabase};

const KEY: &str = "q83vEjRWeJCrze8SNFZ4kKvN7xI0VniQq83vEjRWeJA=";
const OTHER_KEY: &str = "q83vEjRWeJCrze8SNFZ4kKvN7xI0VniQq83vEjRWeJE=";

/// One sentence on stderr that names what is meant, and nothing else anywhere.
fn refused(ended: &Ended, code: i32, named: &str) {
    assert_eq!(ended.code, Some(code), "{ended:?}");
    assert_eq!(ended.out, "", "{ended:?}");
    assert!(ended.err.starts_with("coffer: "), "{ended:?}");
    assert!(ended.err.contains(named), "{named}: {ended:?}");
    let inside = [
        "panicked",
        "RUST_BACKTRACE",
        "Error {",
        "sqlx::",
        "os error",
    ];
    assert!(
        inside.iter().all(|text| !ended.err.contains(text)),
        "{ended:?}"
    );
}

fn add(program: &Program<'_>, email: &str, password: &str) -> Ended {
    program.run_with(
        &["user", "add", "--email", email, "--password-stdin"],
        password,
    )
}

/// A folder with a database in which there is one account.
fn furnished() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let made = add(&Program::new(folder.path()), "anna@example.org", PASSWORD);
    assert_eq!(made.code, Some(0), "{made:?}");
    folder
}

fn digest(path: &Path) -> String {
    sha256_hex(&std::fs::read(path).unwrap())
}

#[test]
fn help_tells_every_command() {
    let folder = tempfile::tempdir().unwrap();
    let program = Program::new(folder.path());
    let help = program.run(&["--help"]);
    assert_eq!((help.code, help.err.as_str()), (Some(0), ""));
    for command in ["serve", "demo", "sandbox", "user"] {
        assert!(help.out.contains(command), "{command}");
        assert_eq!(program.run(&[command, "--help"]).code, Some(0), "{command}");
    }
    assert!(
        program
            .run(&["user", "--help"])
            .out
            .contains("reset-password")
    );
    assert!(!folder.path().join("data").exists(), "help made files");
}

#[test]
fn wrong_use_ends_with_2() {
    let folder = tempfile::tempdir().unwrap();
    let program = Program::new(folder.path());
    let wrong: [&[&str]; 7] = [
        &["no-such"],
        &["--no-such"],
        &["user"],
        &["user", "add"],
        &["user", "add", "--email", "anna@example.org"],
        &[
            "user",
            "add",
            "--email",
            "anna@example.org",
            "--password",
            "in sight",
        ],
        &["sandbox", "--port", "70000"],
    ];
    for arguments in wrong {
        let ended = program.run(arguments);
        assert_eq!(
            (ended.code, ended.out.as_str()),
            (Some(2), ""),
            "{arguments:?}"
        );
        assert!(!ended.err.is_empty(), "{arguments:?}");
    }
}

#[test]
fn accounts_are_made_listed_and_given_new_passwords() {
    let folder = tempfile::tempdir().unwrap();
    let program = Program::new(folder.path()).with("SIGN_UP", "closed");
    let made = add(&program, "Anna@Example.org", &format!("{PASSWORD}\n"));
    assert_eq!(
        made.out, "Made an account for anna@example.org\n",
        "{made:?}"
    );
    assert_eq!((made.code, made.err.as_str()), (Some(0), ""));
    assert_eq!(add(&program, "bob@example.org", PASSWORD).code, Some(0));
    let list = program.run(&["user", "list"]);
    let emails: Vec<_> = list
        .out
        .lines()
        .map(|line| line.split('\t').next().unwrap())
        .collect();
    assert_eq!(emails, ["anna@example.org", "bob@example.org"], "{list:?}");
    let reset = [
        "user",
        "reset-password",
        "--email",
        "anna@example.org",
        "--password-stdin",
    ];
    let done = program.run_with(&reset, "plum tree river stone");
    assert_eq!(done.code, Some(0), "{done:?}");
    assert!(done.out.contains("all its sessions ended"));
    refused(
        &program.run_with(&reset, "short"),
        1,
        "at least 8 characters",
    );
    let unknown = [
        "user",
        "reset-password",
        "--email",
        "emma@example.org",
        "--password-stdin",
    ];
    refused(
        &program.run_with(&unknown, PASSWORD),
        1,
        "no account with this email",
    );
    refused(
        &add(&program, "no email", PASSWORD),
        1,
        "email: Enter an email address",
    );
    refused(
        &add(&program, "carl@example.org", "password1"),
        1,
        "password: ",
    );
    refused(&add(&program, "carl@example.org", ""), 1, "password: ");
    refused(
        &add(&program, "ANNA@example.org", PASSWORD),
        1,
        "has an account already",
    );
    assert_eq!(program.run(&["user", "list"]).out, list.out);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_server_tells_its_address_and_stops_when_asked() {
    let folder = furnished();
    for signal in ["-TERM", "-INT"] {
        for arguments in [&["serve"][..], &[]] {
            let server = Program::new(folder.path()).serve(arguments);
            let browser = Browser::new(&server.url);
            assert_eq!(browser.get("/healthz").await.status, 200);
            let (code, _) = tokio::task::spawn_blocking(move || server.stop(signal))
                .await
                .unwrap();
            assert_eq!(code, Some(0), "{signal} {arguments:?}");
        }
    }
    let left: Vec<_> = ["coffer.db-wal", "coffer.db-shm"]
        .into_iter()
        .filter(|name| folder.path().join("data").join(name).exists())
        .collect();
    assert!(left.is_empty(), "{left:?}");
}

#[test]
fn a_wrong_setting_stops_the_start_by_name() {
    let folder = tempfile::tempdir().unwrap();
    for (name, value) in [
        ("LISTEN_ADDR", "hush-nowhere"),
        ("PUBLIC_URL", "hush://x"),
        ("SIGN_UP", "hush"),
        ("SESSION_IDLE", "hush"),
        ("DATABASE_URL", "mysql://hush"),
        ("BINANCE_API_URL", "http://hush.example"),
        ("RUST_LOG", "hush=hush=hush"),
    ] {
        let ended = Program::new(folder.path())
            .with(name, value)
            .run(&["serve"]);
        refused(&ended, 1, name);
        assert!(!ended.err.contains("hush"), "{ended:?}");
    }
    std::fs::write(
        folder.path().join(".env"),
        "SIGN_UP=open\nENCRYPTION_KEY: hush hush\n",
    )
    .unwrap();
    let ended = Program::new(folder.path()).run(&["serve"]);
    refused(&ended, 1, "line 2 of the file .env");
    assert!(!ended.err.contains("hush"), "{ended:?}");
    assert!(
        !folder.path().join("data").exists(),
        "a refused start made files"
    );
}

#[test]
fn an_address_in_use_is_told() {
    let folder = furnished();
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let ended = Program::new(folder.path())
        .with("LISTEN_ADDR", &address)
        .run(&["serve"]);
    refused(&ended, 1, "LISTEN_ADDR");
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
    let kind = crate::support::Kind::Postgres;
    if !kind.is_at_hand() {
        return;
    }
    let database = TestDatabase::new(kind).await;
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

#[tokio::test(flavor = "multi_thread")]
async fn files_are_for_their_owner_alone() {
    let folder = furnished();
    let server = Program::new(folder.path()).serve(&["serve"]);
    let browser = Browser::new(&server.url);
    let form = [("email", "anna@example.org"), ("password", PASSWORD)];
    assert_eq!(browser.post("/do/sign-in", &form).await.status, 303);
    assert_eq!(mode(&folder.path().join("data")), 0o700);
    for file in ["coffer.db", "coffer.db-wal", "coffer.db-shm", "master.key"] {
        assert_eq!(
            mode(&folder.path().join("data").join(file)),
            0o600,
            "{file}"
        );
    }
    let stopped = tokio::task::spawn_blocking(move || server.stop("-TERM")).await;
    assert_eq!(stopped.unwrap().0, Some(0));
}

fn mode(path: &Path) -> u32 {
    use std::os::unix::fs::PermissionsExt;
    std::fs::metadata(path).unwrap().permissions().mode() & 0o7777
}

fn set_mode(path: &Path, mode: u32) {
    use std::os::unix::fs::PermissionsExt;
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
}
