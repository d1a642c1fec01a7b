//! A database of its own for every test.

use std::io::Write;
use std::sync::Once;

use coffer::security::new_id;
use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection};
use tempfile::TempDir;

/// Where a test keeps its data.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Sqlite,
    Postgres,
}

impl Kind {
    /// Whether the database can be used here; says so, once, when not.
    pub fn is_at_hand(self) -> bool {
        let at_hand = self == Self::Sqlite || server().is_some();
        if !at_hand {
            static TOLD: Once = Once::new();
            TOLD.call_once(|| {
                say("SKIPPED: all tests on PostgreSQL, as TEST_DATABASE_URL is not set");
            });
        }
        at_hand
    }
}

/// Tells whoever runs the tests; what tests print is shown only when they fail.
pub fn say(line: &str) {
    let told = format!("\n{line}\n");
    std::io::stderr().write_all(told.as_bytes()).unwrap();
}

fn server() -> Option<String> {
    std::env::var("TEST_DATABASE_URL")
        .ok()
        .filter(|url| !url.is_empty())
}

/// An empty database, gone when dropped, and a folder for files.
pub struct TestDatabase {
    pub kind: Kind,
    pub url: String,
    pub folder: TempDir,
    name: Option<String>,
}

impl TestDatabase {
    pub async fn new(kind: Kind) -> Self {
        let folder = tempfile::tempdir().unwrap();
        match kind {
            Kind::Sqlite => {
                let url = format!("sqlite://{}/coffer.db", folder.path().display());
                Self {
                    kind,
                    url,
                    folder,
                    name: None,
                }
            }
            Kind::Postgres => {
                let server = server().unwrap();
                let name = format!("coffer_test_{}", new_id().unwrap());
                run(&server, format!("CREATE DATABASE {name}")).await;
                let (base, _) = server.rsplit_once('/').unwrap();
                Self {
                    kind,
                    url: format!("{base}/{name}"),
                    folder,
                    name: Some(name),
                }
            }
        }
    }
}

impl Drop for TestDatabase {
    fn drop(&mut self) {
        if let Some(name) = self.name.take() {
            let drop = format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)");
            let dropping = std::thread::spawn(move || {
                let runtime = tokio::runtime::Builder::new_current_thread()
                    .enable_all()
                    .build();
                runtime.unwrap().block_on(run(&server().unwrap(), drop));
            });
            dropping.join().unwrap();
        }
    }
}

async fn run(server: &str, sql: String) {
    let mut connection = PgConnection::connect(server).await.unwrap();
    connection.execute(AssertSqlSafe(sql)).await.unwrap();
}
