//! Leases: one holder at a time, and nobody writes who lost theirs.

use coffer::domain::exchange::{Environment, ExchangeId};
use coffer::domain::schedule::Plan;
use coffer::domain::timestamp::Timestamp;
use coffer::storage::Connection;
use coffer::storage::connections::{self, AfterSync};
use coffer::storage::leases::{self, Claim, Outlook, Term};
use sqlx::AssertSqlSafe;

use super::opened::{Opened, connection, insert_all, key};
use crate::support::{Kind, on_both_databases};

on_both_databases![
    a_connection_is_claimed_once_until_its_lease_lapses,
    whoever_lost_a_lease_can_neither_write_nor_give_it_back,
    a_lease_is_renewed_by_its_holder_alone,
    an_end_of_a_sync_gives_the_lease_back_and_plans_the_next,
    leases_of_the_dead_are_ended_where_nobody_else_is,
    a_new_interval_is_taken_over,
];

pub fn term(holder: &str, now: i64) -> Term<'_> {
    Term {
        holder,
        now: Timestamp(now),
        until: Timestamp(now + 30),
    }
}

async fn claim(db: &mut Connection, holder: &str, now: i64) -> Option<Claim> {
    leases::claim(db, "u", "u", term(holder, now))
        .await
        .unwrap()
}

/// Adds a connection of `u`, due at that time, and perhaps waited for.
pub async fn add(
    db: &mut Connection,
    id: &str,
    environment: Environment,
    due_at: Option<i64>,
    requested_at: Option<i64>,
) {
    let mut row = connection(id, "u");
    row.environment = environment;
    connections::insert(db, "u", &row, None, &key())
        .await
        .unwrap();
    let sql = "UPDATE connections SET due_at = $2, requested_at = $3 WHERE id = $1";
    sqlx::query(sql)
        .bind(id)
        .bind(due_at)
        .bind(requested_at)
        .execute(db)
        .await
        .unwrap();
}

pub async fn execute(db: &mut Connection, sql: &str) {
    sqlx::query(AssertSqlSafe(sql.to_owned()))
        .execute(db)
        .await
        .unwrap();
}

async fn a_connection_is_claimed_once_until_its_lease_lapses(kind: Kind) {
    let opened = Opened::new(kind).await.with_connection("u").await;
    let mut db = opened.db.reader().await.unwrap();
    let first = claim(&mut db, "a", 100).await.unwrap();
    let expected = Claim {
        connection_id: "u".to_owned(),
        user_id: "u".to_owned(),
        token: 1,
        attempts: 0,
        failures: 0,
        thorough_at: None,
        account_uid: Some("7".to_owned()),
    };
    assert_eq!(first, expected);
    for (holder, now) in [("a", 100), ("b", 129)] {
        assert_eq!(claim(&mut db, holder, now).await, None);
    }
    let found = connections::find(&mut db, "u", "u", Timestamp(129)).await;
    assert!(found.unwrap().unwrap().syncing);
    let found = connections::find(&mut db, "u", "u", Timestamp(130)).await;
    assert!(!found.unwrap().unwrap().syncing);
    let second = claim(&mut db, "b", 130).await.unwrap();
    assert_eq!(second.token, 2);
    // Somebody else's connection cannot be claimed.
    let other = leases::claim(&mut db, "v", "u", term("a", 900)).await;
    assert_eq!(other.unwrap(), None);
}

async fn whoever_lost_a_lease_can_neither_write_nor_give_it_back(kind: Kind) {
    let opened = Opened::new(kind).await.with_connection("u").await;
    let mut db = opened.db.reader().await.unwrap();
    let lost = claim(&mut db, "a", 100).await.unwrap().token;
    assert!(leases::lock(&mut db, "u", "a", lost).await.unwrap());
    // Taken over, by another and by the same process again.
    for (holder, now) in [("b", 200), ("a", 300)] {
        let token = claim(&mut db, holder, now).await.unwrap().token;
        assert!(!leases::lock(&mut db, "u", "a", lost).await.unwrap());
        leases::give_back(&mut db, "u", "a", lost).await.unwrap();
        assert!(leases::lock(&mut db, "u", holder, token).await.unwrap());
    }
    let now = leases::lock(&mut db, "u", "a", 3).await.unwrap();
    leases::give_back(&mut db, "u", "a", 3).await.unwrap();
    let after = leases::lock(&mut db, "u", "a", 3).await.unwrap();
    assert_eq!((now, after), (true, false));
    assert_eq!(claim(&mut db, "c", 301).await.unwrap().token, 4);
}

async fn a_lease_is_renewed_by_its_holder_alone(kind: Kind) {
    let opened = Opened::new(kind).await.with_connection("u").await;
    let mut db = opened.db.reader().await.unwrap();
    claim(&mut db, "a", 100).await.unwrap();
    let ids = ["u".to_owned(), "gone".to_owned()];
    let mut renew = async |holder: &str, ids: &[String], until: i64| {
        leases::renew(&mut db, holder, ids, Timestamp(until))
            .await
            .unwrap();
        let sql = "SELECT lease_until FROM connections";
        let until: i64 = sqlx::query_scalar(sql).fetch_one(&mut *db).await.unwrap();
        until
    };
    assert_eq!(renew("b", &ids, 500).await, 130);
    assert_eq!(renew("a", &[], 500).await, 130);
    assert_eq!(renew("a", &ids, 200).await, 200);
    leases::give_back_all(&mut db, "b").await.unwrap();
    assert_eq!(claim(&mut db, "b", 199).await, None);
    leases::give_back_all(&mut db, "a").await.unwrap();
    assert!(claim(&mut db, "b", 199).await.is_some());
}

async fn an_end_of_a_sync_gives_the_lease_back_and_plans_the_next(kind: Kind) {
    let opened = Opened::new(kind).await.with_connection("u").await;
    let mut db = opened.db.reader().await.unwrap();
    execute(
        &mut db,
        "UPDATE connections SET requested_at = 1, attempts = 2",
    )
    .await;
    let token = claim(&mut db, "a", 100).await.unwrap().token;
    let after = AfterSync {
        status: coffer::domain::connection::ConnectionStatus::Paused,
        failure: None,
        rights: None,
        synced_at: None,
        thorough_at: Some(Timestamp(77)),
        overview: None,
        plan: Plan {
            due_at: Some(Timestamp(500)),
            failures: 4,
        },
    };
    connections::update_after_sync(&mut db, "u", &after, None)
        .await
        .unwrap();
    assert!(!leases::lock(&mut db, "u", "a", token).await.unwrap());
    let outlook = leases::outlook(&mut db, &ExchangeId::new("binance"), Timestamp(100)).await;
    let expected = Outlook {
        requested: 0,
        scheduled: 1,
        next_due: Some(Timestamp(500)),
    };
    assert_eq!(outlook.unwrap(), expected);
    let next = claim(&mut db, "b", 101).await.unwrap();
    let facts = (next.token, next.attempts, next.failures, next.thorough_at);
    assert_eq!(facts, (2, 0, 4, Some(77)));
}

async fn leases_of_the_dead_are_ended_where_nobody_else_is(kind: Kind) {
    let opened = Opened::new(kind).await.with_connection("u").await;
    let mut db = opened.db.reader().await.unwrap();
    let token = claim(&mut db, "dead", 100).await.unwrap().token;
    leases::end_all(&mut db).await.unwrap();
    assert!(!leases::lock(&mut db, "u", "dead", token).await.unwrap());
    assert!(claim(&mut db, "a", 100).await.is_some());
}

async fn a_new_interval_is_taken_over(kind: Kind) {
    let opened = Opened::new(kind).await;
    let mut db = opened.db.reader().await.unwrap();
    insert_all(&mut db, "u", None).await.unwrap();
    let live = Environment::Live;
    for (id, due_at) in [
        ("far", Some(900)),
        ("near", Some(150)),
        ("slowed", Some(901)),
    ] {
        add(&mut db, id, live, due_at, None).await;
    }
    add(&mut db, "dead", live, None, None).await;
    execute(
        &mut db,
        "UPDATE connections SET failures = 2 WHERE id = 'slowed'",
    )
    .await;
    let dead = "UPDATE connections SET status = 'needs_attention' WHERE id = 'dead'";
    execute(&mut db, dead).await;
    leases::adopt_interval(&mut db, Timestamp(100), Timestamp(200))
        .await
        .unwrap();
    let sql = "SELECT id, due_at FROM connections ORDER BY id";
    let rows: Vec<(String, Option<i64>)> = sqlx::query_as(sql).fetch_all(&mut *db).await.unwrap();
    let due: Vec<_> = rows.iter().map(|(id, due)| (id.as_str(), *due)).collect();
    let expected = [
        ("dead", None),
        ("far", Some(200)),
        ("near", Some(150)),
        ("slowed", Some(901)),
        ("u", Some(100)),
    ];
    assert_eq!(due, expected);
}
