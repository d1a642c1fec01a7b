//! Leases: one holder at a time, the longest waiting first, and nobody writes who lost his.

use std::collections::BTreeSet;

use coffer::domain::exchange::{Environment, ExchangeId};
use coffer::domain::schedule::Plan;
use coffer::domain::timestamp::Timestamp;
use coffer::storage::connections::{self, AfterSync};
use coffer::storage::leases::{self, Claim, Due, Outlook, Term, Wanted};
use coffer::storage::{Connection, StorageError};
use sqlx::AssertSqlSafe;

use super::opened::{Opened, connection, insert_all, key};
use crate::support::{Kind, on_both_databases};

on_both_databases![
    a_connection_is_claimed_once_until_its_lease_lapses,
    whoever_lost_a_lease_can_neither_write_nor_give_it_back,
    a_lease_is_renewed_by_its_holder_alone,
    those_that_wait_longest_come_first,
    what_is_paused_is_left_out,
    eight_processes_share_connections_without_taking_one_twice,
    an_end_of_a_sync_gives_the_lease_back_and_plans_the_next,
    leases_of_the_dead_are_ended_where_nobody_else_is,
    a_new_interval_is_taken_over,
];

fn term(holder: &str, now: i64) -> Term<'_> {
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

async fn claim_due(
    db: &mut Connection,
    holder: &str,
    kind: Due,
    limit: i64,
    now: i64,
) -> Vec<String> {
    let exchange = ExchangeId::new("binance");
    let wanted = Wanted {
        exchange: &exchange,
        kind,
        limit,
    };
    let claims = leases::claim_due(db, &wanted, term(holder, now))
        .await
        .unwrap();
    let mut ids: Vec<_> = claims.into_iter().map(|c| c.connection_id).collect();
    ids.sort();
    ids
}

fn scheduled() -> Due {
    Due::Scheduled { except: Vec::new() }
}

/// Adds a connection of `u`, due at that time, and perhaps waited for.
async fn add(
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

async fn execute(db: &mut Connection, sql: &str) {
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

async fn those_that_wait_longest_come_first(kind: Kind) {
    let opened = Opened::new(kind).await.with_connection("u").await;
    let mut db = opened.db.reader().await.unwrap();
    let live = Environment::Live;
    for (id, due_at, requested_at) in [
        ("due late", Some(90), None),
        ("due first", Some(10), None),
        ("not due", Some(101), None),
        ("waited for first", None, Some(50)),
        ("waited for", Some(5), Some(60)),
    ] {
        add(&mut db, id, live, due_at, requested_at).await;
    }
    let outlook = leases::outlook(&mut db, &ExchangeId::new("binance"), Timestamp(100)).await;
    let expected = Outlook {
        requested: 2,
        scheduled: 4,
        next_due: Some(Timestamp(5)),
    };
    assert_eq!(outlook.unwrap(), expected);
    assert_eq!(
        claim_due(&mut db, "a", Due::Requested, 1, 100).await,
        ["waited for first"]
    );
    assert_eq!(
        claim_due(&mut db, "a", Due::Requested, 9, 100).await,
        ["waited for"]
    );
    assert_eq!(
        claim_due(&mut db, "a", Due::Requested, 9, 100).await,
        [""; 0]
    );
    assert_eq!(
        claim_due(&mut db, "a", scheduled(), 1, 100).await,
        ["due first"]
    );
    assert_eq!(
        claim_due(&mut db, "a", scheduled(), 9, 100).await,
        ["due late"]
    );
    let outlook = leases::outlook(&mut db, &ExchangeId::new("binance"), Timestamp(100)).await;
    let expected = Outlook {
        requested: 0,
        scheduled: 4,
        next_due: Some(Timestamp(101)),
    };
    assert_eq!(outlook.unwrap(), expected);
    let nothing = leases::outlook(&mut db, &ExchangeId::new("okx"), Timestamp(100)).await;
    assert_eq!(nothing.unwrap().next_due, None);
    // Leases that lapse: both are begun again, and each beginning is counted.
    let exchange = ExchangeId::new("binance");
    let wanted = Wanted {
        exchange: &exchange,
        kind: Due::Requested,
        limit: 9,
    };
    let again = leases::claim_due(&mut db, &wanted, term("b", 131)).await;
    let counts: Vec<_> = again
        .unwrap()
        .iter()
        .map(|c| (c.token, c.attempts))
        .collect();
    assert_eq!(counts, [(2, 2), (2, 2)]);
}

async fn what_is_paused_is_left_out(kind: Kind) {
    let opened = Opened::new(kind).await.with_connection("u").await;
    let mut db = opened.db.reader().await.unwrap();
    add(&mut db, "live", Environment::Live, Some(1), None).await;
    add(&mut db, "test", Environment::Testnet, Some(1), None).await;
    add(&mut db, "eea", Environment::Live, Some(1), None).await;
    execute(
        &mut db,
        "UPDATE connections SET region = 'eea' WHERE id = 'eea'",
    )
    .await;
    let except = |places: &[(Environment, Option<&str>)]| Due::Scheduled {
        except: places
            .iter()
            .map(|(environment, region)| (*environment, region.map(str::to_owned)))
            .collect(),
    };
    let (live, test) = (Environment::Live, Environment::Testnet);
    let all = except(&[(live, None), (live, Some("eea")), (test, None)]);
    assert_eq!(claim_due(&mut db, "a", all, 9, 100).await, [""; 0]);
    let both = except(&[(live, Some("eea")), (test, None)]);
    assert_eq!(claim_due(&mut db, "a", both, 9, 100).await, ["live"]);
    let one = except(&[(live, None)]);
    assert_eq!(claim_due(&mut db, "a", one, 9, 200).await, ["eea", "test"]);
}

async fn eight_processes_share_connections_without_taking_one_twice(kind: Kind) {
    let opened = Opened::new(kind).await.with_connection("u").await;
    let mut db = opened.db.reader().await.unwrap();
    for number in 0..80 {
        add(
            &mut db,
            &format!("c{number}"),
            Environment::Live,
            Some(number),
            None,
        )
        .await;
    }
    drop(db);
    let claimers: Vec<_> = (0..8)
        .map(|number| {
            let db = opened.db.clone();
            tokio::spawn(async move {
                let holder = format!("process {number}");
                let mut mine = Vec::new();
                for _ in 0..20 {
                    let holder = holder.clone();
                    let more = db.write::<_, StorageError, _>(move |db| {
                        Box::pin(
                            async move { Ok(claim_due(db, &holder, scheduled(), 4, 100).await) },
                        )
                    });
                    mine.extend(more.await.unwrap());
                }
                mine
            })
        })
        .collect();
    let mut all = Vec::new();
    for claimer in claimers {
        all.extend(claimer.await.unwrap());
    }
    let different: BTreeSet<_> = all.iter().collect();
    assert_eq!((all.len(), different.len()), (80, 80));
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
    connections::update_after_sync(&mut db, "u", &after)
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
