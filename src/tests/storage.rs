//! What storage promises on both databases: exactness, wholeness, and many hands at once.

mod accounts;
mod arranging;
mod backfill;
mod batches;
mod candles;
mod changes;
mod connections;
mod deliveries;
mod filling;
mod followings;
mod health;
mod history;
mod leases;
pub mod opened;
mod places;
mod price_books;
mod series;
mod telling;
mod tokens;
mod turns;
mod wallets;
mod watched_pairs;

use std::time::Duration;

use coffer::domain::wallet::WalletName;
use coffer::storage::{Connection, Database, StorageError, holdings, users};
use futures::future::BoxFuture;
use proptest::collection::vec;
use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::TestRunner;

use self::opened::{Opened, added, balance, put, user};
use crate::support::{Kind, on_both_databases};

on_both_databases![
    amounts_are_written_and_read_to_the_last_digit,
    a_transaction_that_fails_leaves_nothing,
    fifty_writers_at_once_all_succeed,
    those_who_write_at_once_stand_and_fall_alone,
    migrating_again_changes_nothing,
    rows_without_their_owner_are_refused,
    a_database_of_a_newer_version_is_left_alone,
    a_value_that_was_spoilt_is_never_shown,
];

async fn amounts_are_written_and_read_to_the_last_digit(kind: Kind) {
    let opened = Opened::new(kind).await.with_connection("u").await;
    let digits = "-?[0-9]{1,40}(\\.[0-9]{1,40})?";
    let texts = vec(digits, 1_500).new_tree(&mut TestRunner::default());
    let texts: Vec<String> = texts.unwrap().current();
    let balances: Vec<_> = texts
        .iter()
        .enumerate()
        .map(|(index, text)| balance(&format!("A{index:04}"), text))
        .collect();
    let changes = added(balances.clone());
    opened
        .write(move |db| Box::pin(async move { put(db, "u", "spot", &changes).await }))
        .await
        .unwrap();
    let mut db = opened.db.reader().await.unwrap();
    let read = holdings::list_of_connection(&mut db, "u").await.unwrap();
    assert_eq!(read[&WalletName::new("spot")], balances);
    // Every byte, and the type that keeps them.
    let sql = "SELECT total FROM holdings h JOIN assets a ON a.id = h.asset_id ORDER BY a.code";
    let stored: Vec<String> = sqlx::query_scalar(sql).fetch_all(&mut *db).await.unwrap();
    let canonical: Vec<_> = balances.iter().map(|b| b.total.as_str()).collect();
    assert_eq!(stored, canonical);
    drop(db);
    if kind == Kind::Sqlite {
        let types = "SELECT group_concat(DISTINCT typeof(total) || typeof(free)) FROM holdings";
        assert_eq!(opened.text(types).await, "texttext");
        assert_eq!(
            opened
                .text("SELECT integrity_check FROM pragma_integrity_check")
                .await,
            "ok"
        );
        assert_eq!(opened.count("pragma_foreign_key_check").await, "0");
    }
}

async fn a_transaction_that_fails_leaves_nothing(kind: Kind) {
    let opened = Opened::new(kind).await;
    let outcome = opened.write(|db| {
        Box::pin(async move {
            users::insert(db, &user("u")).await?;
            Err::<(), _>(StorageError::Corrupt("nothing"))
        })
    });
    assert!(matches!(
        outcome.await,
        Err(StorageError::Corrupt("nothing"))
    ));
    assert_eq!(opened.count("users").await, "0");
    // The same when the work itself breaks down.
    let outcome = opened.write::<(), _>(|db| {
        Box::pin(async move {
            users::insert(db, &user("u")).await?;
            std::panic::resume_unwind(Box::new("on purpose"))
        })
    });
    assert!(matches!(outcome.await, Err(StorageError::Stopping)));
    assert_eq!(opened.count("users").await, "0");
}

async fn fifty_writers_at_once_all_succeed(kind: Kind) {
    let opened = Opened::new(kind).await.with_connection("u").await;
    let writers = (0..50).map(|writer| {
        let db = opened.db.clone();
        tokio::spawn(async move {
            let amount = format!("{writer}.5");
            let changes = added(
                (0..40)
                    .map(|i| balance(&format!("A{i}"), &amount))
                    .collect(),
            );
            db.write::<_, StorageError, _>(move |db| {
                Box::pin(async move { put(db, "u", "spot", &changes).await })
            })
            .await
            .unwrap();
            let mut reader = db.reader().await.unwrap();
            let held = holdings::list_of_user(&mut reader, "u").await.unwrap();
            // Whoever was last: never a mixture of two.
            let mut totals: Vec<_> = held.iter().map(|row| row.balance.total.as_str()).collect();
            totals.dedup();
            assert_eq!((held.len(), totals.len()), (40, 1));
        })
    });
    for writer in writers.collect::<Vec<_>>() {
        writer.await.unwrap();
    }
}

/// Inserts a person, and then fails in one of three ways, or does not.
fn user_or_trouble(
    number: usize,
) -> impl for<'c> FnOnce(&'c mut Connection) -> BoxFuture<'c, Result<(), StorageError>> + Send {
    move |db| {
        Box::pin(async move {
            let id = format!("u{number}");
            users::insert(db, &user(&id)).await?;
            match number % 4 {
                0 => Err(StorageError::Corrupt("nothing")),
                1 => users::insert(db, &user(&id)).await,
                2 => std::panic::resume_unwind(Box::new("on purpose")),
                _ => Ok(()),
            }
        })
    }
}

async fn those_who_write_at_once_stand_and_fall_alone(kind: Kind) {
    let opened = Opened::new(kind).await;
    let (all_wait, waiting) = tokio::sync::oneshot::channel::<()>();
    let db = opened.db.clone();
    let first = tokio::spawn(async move {
        let outcome = db.write::<_, StorageError, _>(move |db| {
            Box::pin(async move {
                users::insert(db, &user("first")).await?;
                waiting.await.unwrap();
                Ok(())
            })
        });
        outcome.await
    });
    let writers = (0..40).map(|number| {
        let db = opened.db.clone();
        tokio::spawn(async move {
            let work = user_or_trouble(number);
            // A third of them need not outlive a power failure.
            let outcome = match number % 3 {
                0 => db.write_passing::<_, StorageError, _>(work).await,
                _ => db.write::<_, StorageError, _>(work).await,
            };
            (number, outcome)
        })
    });
    let writers: Vec<_> = writers.collect();
    // Time for some to stand in line behind the first, and to go with it.
    tokio::time::sleep(Duration::from_millis(20)).await;
    all_wait.send(()).unwrap();
    first.await.unwrap().unwrap();
    assert_eq!(opened.count("users WHERE id = 'first'").await, "1");
    for writer in writers {
        let (number, outcome) = writer.await.unwrap();
        let as_it_should = match number % 4 {
            0 => matches!(outcome, Err(StorageError::Corrupt("nothing"))),
            1 => matches!(outcome, Err(StorageError::Exists)),
            2 => matches!(outcome, Err(StorageError::Stopping)),
            _ => outcome.is_ok(),
        };
        assert!(as_it_should, "{number}");
        let kept = format!("users WHERE id = 'u{number}'");
        let expected = if number % 4 == 3 { "1" } else { "0" };
        assert_eq!(opened.count(&kept).await, expected, "{number}");
    }
}

#[tokio::test]
async fn sqlite_waits_for_the_disk_again_after_what_is_passing() {
    fn level(db: &mut Connection) -> BoxFuture<'_, Result<i64, StorageError>> {
        Box::pin(async move {
            let asked = sqlx::query_scalar("PRAGMA synchronous");
            Ok(asked.fetch_one(db).await?)
        })
    }
    let Opened { db, place: _place } = Opened::new(Kind::Sqlite).await;
    let (full, normal) = (2, 1);
    assert_eq!(db.write(level).await.unwrap(), full);
    assert_eq!(db.write_passing(level).await.unwrap(), normal);
    assert_eq!(db.write(level).await.unwrap(), full);
    let failed = db.write_passing::<(), StorageError, _>(|_| {
        Box::pin(async move { Err(StorageError::Corrupt("nothing")) })
    });
    assert!(failed.await.is_err());
    assert_eq!(db.write(level).await.unwrap(), full);
}

#[tokio::test]
async fn sqlite_writes_nothing_of_anybody_to_temporary_files_and_overwrites_what_is_deleted() {
    fn settings(db: &mut Connection) -> BoxFuture<'_, Result<(i64, i64), StorageError>> {
        Box::pin(async move {
            let temp_store = sqlx::query_scalar("PRAGMA temp_store");
            let temp_store = temp_store.fetch_one(&mut *db).await?;
            let overwritten = sqlx::query_scalar("PRAGMA secure_delete");
            Ok((temp_store, overwritten.fetch_one(db).await?))
        })
    }
    let Opened { db, place: _place } = Opened::new(Kind::Sqlite).await;
    let (memory, on) = (2, 1);
    assert_eq!(db.write(settings).await.unwrap(), (memory, on));
    let mut reader = db.reader().await.unwrap();
    assert_eq!(settings(&mut reader).await.unwrap(), (memory, on));
}

async fn migrating_again_changes_nothing(kind: Kind) {
    let opened = Opened::of_bare(kind).await.with_connection("u").await;
    let known = opened.count("_sqlx_migrations").await;
    opened.db.migrate().await.unwrap();
    let again = Database::open(&opened.place.url).await.unwrap();
    again.migrate().await.unwrap();
    again.close().await;
    assert_eq!(opened.count("_sqlx_migrations").await, known);
    assert_eq!(opened.count("connections").await, "1");
    assert!(opened.db.has_table("holdings").await.unwrap());
    assert!(!opened.db.has_table("nothing").await.unwrap());
    opened.db.checkpoint().await.unwrap();
}

async fn rows_without_their_owner_are_refused(kind: Kind) {
    let opened = Opened::new(kind).await;
    let orphans = [
        "INSERT INTO portfolios (id, user_id, name, created_at) VALUES ('p', 'nobody', 'x', 1)",
        "INSERT INTO wallets (connection_id, name, position, outcome, unreadable) VALUES ('none', 'spot', 0, 'read', 0)",
        "INSERT INTO holdings (connection_id, wallet, asset_id, total) VALUES ('none', 'spot', 'none', '1')",
        "INSERT INTO sync_runs (id, connection_id, started_at, report) VALUES ('r', 'none', 1, '{}')",
    ];
    for sql in orphans {
        let outcome = opened.execute(sql).await;
        assert!(matches!(outcome, Err(StorageError::Database(_))), "{sql}");
    }
}

async fn a_database_of_a_newer_version_is_left_alone(kind: Kind) {
    let opened = Opened::new(kind).await;
    let newer = "UPDATE _sqlx_migrations SET version = 99999999999999 \
                 WHERE version = (SELECT MAX(version) FROM _sqlx_migrations)";
    opened.execute(newer).await.unwrap();
    assert!(matches!(
        opened.db.migrate().await,
        Err(StorageError::Newer)
    ));
}

async fn a_value_that_was_spoilt_is_never_shown(kind: Kind) {
    let opened = Opened::new(kind).await.with_connection("u").await;
    let changes = added(vec![balance("BTC", "1")]);
    opened
        .write(move |db| Box::pin(async move { put(db, "u", "spot", &changes).await }))
        .await
        .unwrap();
    let read = async || {
        let mut db = opened.db.reader().await.unwrap();
        holdings::list_of_user(&mut db, "u").await
    };
    assert_eq!(read().await.unwrap().len(), 1);
    for spoil in [
        "UPDATE holdings SET total = '1 or so'",
        "UPDATE holdings SET total = '1', free = ''",
        "UPDATE holdings SET free = NULL, locked = 'NaN'",
        "UPDATE holdings SET locked = NULL; UPDATE assets SET code = 'B C'",
    ] {
        opened.execute(spoil).await.unwrap();
        assert!(
            matches!(read().await, Err(StorageError::Corrupt(_))),
            "{spoil}"
        );
    }
}
