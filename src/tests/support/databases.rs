//! A database of its own for every test.

use std::io::Write;
use std::sync::Once;

use coffer::security::{new_id, sha256_hex};
use coffer::storage::Database;
use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection};
use tempfile::TempDir;
use tokio::sync::OnceCell;

/// The file of a test's database.
const FILE: &str = "coffer.db";

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

/// A database without a row, gone when dropped, and a folder for files.
pub struct TestDatabase {
    pub kind: Kind,
    pub url: String,
    pub folder: TempDir,
    name: Option<String>,
}

impl TestDatabase {
    /// A database with every table there is: a copy, which takes far less time than making them all.
    pub async fn new(kind: Kind) -> Self {
        match kind {
            Kind::Sqlite => {
                let database = Self::sqlite();
                std::fs::write(database.folder.path().join(FILE), sqlite_model().await).unwrap();
                database
            }
            Kind::Postgres => Self::postgres(&format!("TEMPLATE {}", postgres_model().await)).await,
        }
    }

    /// A database as a new server has it: nothing is in it at all.
    pub async fn bare(kind: Kind) -> Self {
        match kind {
            Kind::Sqlite => Self::sqlite(),
            Kind::Postgres => Self::postgres("").await,
        }
    }

    fn sqlite() -> Self {
        let folder = tempfile::tempdir().unwrap();
        Self {
            kind: Kind::Sqlite,
            url: format!("sqlite://{}", folder.path().join(FILE).display()),
            folder,
            name: None,
        }
    }

    async fn postgres(from: &str) -> Self {
        let server = server().unwrap();
        let name = format!("coffer_test_{}", new_id().unwrap());
        run(&server, format!("CREATE DATABASE {name} {from}")).await;
        Self {
            kind: Kind::Postgres,
            url: beside(&server, &name),
            folder: tempfile::tempdir().unwrap(),
            name: Some(name),
        }
    }
}

/// The file of a database with every table.
async fn sqlite_model() -> &'static [u8] {
    static MODEL: OnceCell<Vec<u8>> = OnceCell::const_new();
    let made = MODEL.get_or_init(|| async {
        let database = TestDatabase::sqlite();
        migrate(&database.url).await;
        std::fs::read(database.folder.path().join(FILE)).unwrap()
    });
    made.await
}

/// The name of a database with every table. It stays on the server, for the next time that tests of
/// the same migrations are run.
async fn postgres_model() -> &'static str {
    static MODEL: OnceCell<String> = OnceCell::const_new();
    MODEL.get_or_init(make_postgres_model).await
}

async fn make_postgres_model() -> String {
    let server = server().unwrap();
    let migrations = sqlx::migrate!("./migrations");
    let all: Vec<u8> = migrations
        .iter()
        .flat_map(|m| m.checksum.to_vec())
        .collect();
    let name = format!("coffer_model_{}", &sha256_hex(&all)[..16]);
    // Tests of another process may be making it at this moment. The lock ends with the connection.
    let mut admin = PgConnection::connect(&server).await.unwrap();
    admin
        .execute("SELECT pg_advisory_lock(4096)")
        .await
        .unwrap();
    let known = "SELECT 1 FROM pg_database WHERE datname = $1";
    let known = sqlx::query(known).bind(&name).fetch_optional(&mut admin);
    if known.await.unwrap().is_some() {
        return name;
    }
    let making = format!("coffer_making_{}", new_id().unwrap());
    run(&server, format!("CREATE DATABASE {making}")).await;
    migrate(&beside(&server, &making)).await;
    run(&server, format!("ALTER DATABASE {making} RENAME TO {name}")).await;
    name
}

async fn migrate(url: &str) {
    let database = Database::open(url).await.unwrap();
    database.migrate().await.unwrap();
    database.close().await;
}

/// Where another database of the same server is.
fn beside(server: &str, name: &str) -> String {
    let (base, _) = server.rsplit_once('/').unwrap();
    format!("{base}/{name}")
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
