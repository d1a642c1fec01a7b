//! A database of its own for every measurement.

use coffer::security::new_id;
use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection};
use tempfile::TempDir;

/// Which database.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Sqlite,
    Postgres,
}

impl Kind {
    /// Those that can be used here.
    pub fn at_hand() -> Vec<Self> {
        let postgres = server().map(|_| Self::Postgres);
        [Self::Sqlite].into_iter().chain(postgres).collect()
    }

    /// The name people know it by.
    pub fn name(self) -> &'static str {
        match self {
            Self::Sqlite => "SQLite",
            Self::Postgres => "PostgreSQL",
        }
    }
}

/// An empty database, and a folder for files.
pub struct Database {
    pub kind: Kind,
    pub url: String,
    pub folder: TempDir,
    name: String,
}

impl Database {
    pub async fn new(kind: Kind) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let name = format!("coffer_bench_{}", new_id().unwrap());
        let url = match kind {
            Kind::Sqlite => format!("sqlite://{}/coffer.db", folder.path().display()),
            Kind::Postgres => {
                run(format!("CREATE DATABASE {name}")).await;
                let server = server().unwrap();
                let (base, _) = server.rsplit_once('/').unwrap();
                format!("{base}/{name}")
            }
        };
        Self {
            kind,
            url,
            folder,
            name,
        }
    }

    /// Takes it away.
    pub async fn end(self) {
        if self.kind == Kind::Postgres {
            let name = self.name;
            run(format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)")).await;
        }
    }
}

fn server() -> Option<String> {
    let url = std::env::var("TEST_DATABASE_URL").ok();
    url.filter(|url| !url.is_empty())
}

async fn run(sql: String) {
    let mut connection = PgConnection::connect(&server().unwrap()).await.unwrap();
    connection.execute(AssertSqlSafe(sql)).await.unwrap();
}
