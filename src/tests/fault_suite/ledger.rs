//! What the database holds, read beside the app, and whether it is sound.

use sqlx::{AnyConnection, AssertSqlSafe};

use crate::support::Kind;

/// Wallet, asset, free, locked and total of a holding, as they are stored.
pub type Held = (String, String, String, String, String);

/// Everything that a connection holds, in the order of wallets and assets.
pub async fn held(db: &mut AnyConnection, connection: &str) -> Vec<Held> {
    let sql = "SELECT h.wallet, a.code, COALESCE(h.free, ''), COALESCE(h.locked, ''), h.total \
               FROM holdings h JOIN assets a ON a.id = h.asset_id WHERE h.connection_id = $1 \
               ORDER BY h.wallet, a.code";
    let rows = sqlx::query_as(sql).bind(connection).fetch_all(db);
    rows.await.unwrap()
}

/// Which wallets were read when, in the order of their names.
pub async fn ages(db: &mut AnyConnection, connection: &str) -> Vec<(String, i64)> {
    let sql =
        "SELECT name, COALESCE(read_at, 0) FROM wallets WHERE connection_id = $1 ORDER BY name";
    let rows = sqlx::query_as(sql).bind(connection).fetch_all(db);
    rows.await.unwrap()
}

/// A connection's status.
pub async fn status(db: &mut AnyConnection, connection: &str) -> String {
    let sql = "SELECT status FROM connections WHERE id = $1";
    let row = sqlx::query_scalar(sql).bind(connection).fetch_one(db);
    row.await.unwrap()
}

/// What is wrong with the database as a whole, if something is.
pub async fn damage(db: &mut AnyConnection, kind: Kind) -> Option<String> {
    if kind == Kind::Sqlite {
        let told: String = sqlx::query_scalar("PRAGMA integrity_check")
            .fetch_one(&mut *db)
            .await
            .unwrap();
        let strays = sqlx::query("PRAGMA foreign_key_check").fetch_all(&mut *db);
        let strays = strays.await.unwrap().len();
        if told != "ok" || strays > 0 {
            return Some(format!("{told}, {strays} strays"));
        }
    }
    for (child, parent, same) in PARENTS {
        let sql = format!(
            "SELECT CAST(COUNT(*) AS BIGINT) FROM {child} c WHERE NOT EXISTS \
             (SELECT 1 FROM {parent} p WHERE {same})"
        );
        let strays: i64 = sqlx::query_scalar(AssertSqlSafe(sql))
            .fetch_one(&mut *db)
            .await
            .unwrap();
        if strays > 0 {
            return Some(format!("{strays} rows of {child} without {parent}"));
        }
    }
    None
}

/// Tables, the tables their rows belong to, and by what.
const PARENTS: [(&str, &str, &str); 5] = [
    ("wallets", "connections", "p.id = c.connection_id"),
    ("sync_runs", "connections", "p.id = c.connection_id"),
    ("holdings", "assets", "p.id = c.asset_id"),
    (
        "holdings",
        "wallets",
        "p.connection_id = c.connection_id AND p.name = c.wallet",
    ),
    ("connections", "users", "p.id = c.user_id"),
];
