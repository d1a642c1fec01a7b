//! The program from the shell: what it prints and how it ends.

use std::net::TcpListener;
use std::path::Path;

use crate::program::{Ended, Program};
use crate::support::{Browser, PASSWORD};

/// One sentence on stderr that names what is meant, and nothing else anywhere.
pub fn refused(ended: &Ended, code: i32, named: &str) {
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

pub fn add(program: &Program<'_>, email: &str, password: &str) -> Ended {
    program.run_with(
        &["user", "add", "--email", email, "--password-stdin"],
        password,
    )
}

/// A folder with a database in which there is one account.
pub fn furnished() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let made = add(&Program::new(folder.path()), "anna@example.org", PASSWORD);
    assert_eq!(made.code, Some(0), "{made:?}");
    folder
}

#[test]
fn help_tells_every_command() {
    let folder = tempfile::tempdir().unwrap();
    let program = Program::new(folder.path());
    let help = program.run(&["--help"]);
    assert_eq!((help.code, help.err.as_str()), (Some(0), ""));
    for command in ["serve", "demo", "sandbox", "user", "token", "openapi"] {
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
fn a_recording_that_is_none_is_not_played() {
    let folder = tempfile::tempdir().unwrap();
    let program = Program::new(folder.path());
    std::fs::write(folder.path().join("other.json"), "{}").unwrap();
    for (file, told) in [
        ("none.json", "coffer: the file of --replay cannot be read\n"),
        (
            "other.json",
            "coffer: the file of --replay is no recording: download one from a connection's page\n",
        ),
    ] {
        let ended = program.run(&["sandbox", "--replay", file]);
        assert_eq!((ended.code, ended.err.as_str()), (Some(1), told));
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
        ("BINANCE_MARKET_URL", "http://hush.example"),
        ("OKX_WS_URL", "ws://hush.example"),
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

#[tokio::test(flavor = "multi_thread")]
async fn a_token_from_the_shell_is_its_last_word_and_lets_in() {
    let folder = furnished();
    let program = Program::new(folder.path());
    let token = ["token", "add", "--email", "anna@example.org", "--name", "A"];
    let made = program.run(&token);
    assert_eq!(made.code, Some(0), "{made:?}");
    let token_text = made.out.split_whitespace().last().unwrap().to_owned();
    refused(&program.run(&token), 1, "name: ");
    let unknown = ["token", "add", "--email", "bob@example.org", "--name", "A"];
    refused(&program.run(&unknown), 1, "email: ");
    let wrong = [&token[..5], &["B", "--scope", "root", "--expires", "0"]].concat();
    let told = program.run(&wrong);
    refused(&told, 1, "scope: ");
    assert!(told.err.contains("expires: "), "{told:?}");
    let server = program.serve(&["serve"]);
    let client = Browser::new(&server.url).client;
    let portfolio = client.get(format!("{}/api/v1/portfolio", server.url));
    let answer = portfolio.bearer_auth(token_text).send().await.unwrap();
    assert_eq!(answer.status(), 200);
    let stopped = tokio::task::spawn_blocking(move || server.stop("-TERM"));
    assert_eq!(stopped.await.unwrap().0, Some(0));
}
