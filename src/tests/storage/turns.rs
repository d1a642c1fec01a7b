//! Whose turn it is: the longest waiting first, what is paused left out, nobody twice.

use std::collections::BTreeSet;

use coffer::domain::exchange::{Environment, ExchangeId};
use coffer::domain::timestamp::Timestamp;
use coffer::storage::leases::{self, Due, Outlook, Wanted};
use coffer::storage::{Connection, StorageError};

use super::leases::{add, execute, term};
use super::opened::Opened;
use crate::support::{Kind, on_both_databases};

on_both_databases![
    those_that_wait_longest_come_first,
    a_turn_that_broke_off_comes_again_and_is_counted,
    what_is_paused_is_left_out,
    eight_processes_share_connections_without_taking_one_twice,
];

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
}

async fn a_turn_that_broke_off_comes_again_and_is_counted(kind: Kind) {
    let opened = Opened::new(kind).await.with_connection("u").await;
    let mut db = opened.db.reader().await.unwrap();
    for id in ["one", "two"] {
        add(&mut db, id, Environment::Live, None, Some(1)).await;
    }
    assert_eq!(
        claim_due(&mut db, "a", Due::Requested, 9, 100).await,
        ["one", "two"]
    );
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
