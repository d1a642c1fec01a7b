//! Every table of the database and every row in it, whatever tables there are.

use std::collections::BTreeMap;

use sqlx::AssertSqlSafe;

use crate::support::{App, Kind};

/// Rows by table, each as one text: what is binary in hexadecimal digits.
pub type Rows = BTreeMap<String, Vec<String>>;

/// The tables and their columns, each with its type.
pub async fn tables(app: &App) -> BTreeMap<String, Vec<(String, String)>> {
    let sql = match app.setup.database.kind {
        Kind::Sqlite => {
            "SELECT CAST(m.name AS TEXT), CAST(c.name AS TEXT), CAST(c.type AS TEXT) \
             FROM sqlite_master m JOIN pragma_table_info(m.name) c WHERE m.type = 'table'"
        }
        Kind::Postgres => {
            "SELECT CAST(table_name AS TEXT), CAST(column_name AS TEXT), CAST(data_type AS TEXT) \
             FROM information_schema.columns WHERE table_schema = current_schema()"
        }
    };
    let mut db = app.state.db.reader().await.unwrap();
    let found: Vec<(String, String, String)> =
        sqlx::query_as(sql).fetch_all(&mut *db).await.unwrap();
    let mut tables: BTreeMap<String, Vec<_>> = BTreeMap::new();
    for (table, column, kind) in found {
        // Those of the databases' own and of migrations hold nothing of people.
        if !table.starts_with("sqlite_") && !table.starts_with("_sqlx") {
            tables
                .entry(table)
                .or_default()
                .push((column, kind.to_lowercase()));
        }
    }
    assert!(tables.len() > 15, "{tables:?}");
    tables
}

/// Everything there is.
pub async fn rows(app: &App) -> Rows {
    let mut all = Rows::new();
    for (table, columns) in tables(app).await {
        let text = |(column, kind): &(String, String)| match app.setup.database.kind {
            _ if kind != "bytea" => format!("COALESCE(CAST({column} AS TEXT), '')"),
            Kind::Sqlite => format!("COALESCE(lower(hex({column})), '')"),
            Kind::Postgres => format!("COALESCE(encode({column}, 'hex'), '')"),
        };
        let row = columns
            .iter()
            .map(text)
            .collect::<Vec<_>>()
            .join(" || ' | ' || ");
        let sql = format!("SELECT {row} AS row_text FROM {table} ORDER BY 1");
        let mut db = app.state.db.reader().await.unwrap();
        let query = sqlx::query_scalar(AssertSqlSafe(sql));
        all.insert(table, query.fetch_all(&mut *db).await.unwrap());
    }
    all
}

/// The rows that hold any of these texts, or none of them.
pub fn with(rows: &Rows, needles: &[String], hold: bool) -> Rows {
    let holds = |row: &String| needles.iter().any(|needle| row.contains(needle.as_str()));
    let some = |rows: &Vec<String>| {
        rows.iter()
            .filter(|row| holds(row) == hold)
            .cloned()
            .collect()
    };
    rows.iter()
        .map(|(table, rows)| (table.clone(), some(rows)))
        .collect()
}
