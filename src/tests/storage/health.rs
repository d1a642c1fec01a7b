//! What is counted over everybody, and outages of exchanges: begun once, ended once, told to whom they
//! concern.

use coffer::domain::event::{Event, Told};
use coffer::domain::exchange::ExchangeId;
use coffer::domain::timestamp::Timestamp;
use coffer::storage::outages::Beyond;
use coffer::storage::tallies::{self, Backlog, StatusCount};
use coffer::storage::{notices, outages};

use super::opened::{Opened, insert_all};
use crate::support::{Kind, on_both_databases};

on_both_databases![
    an_outage_begins_once_ends_once_and_rests_before_the_next,
    of_many_processes_one_begins_an_outage,
    those_with_a_live_account_there_who_want_to_know_are_concerned,
    those_who_chose_what_to_watch_are_concerned_by_where_prices_come_from,
    whoever_was_told_the_same_news_is_found,
    connections_are_counted_by_status_and_by_what_they_wait_for,
];

fn at(ms: i64) -> Timestamp {
    Timestamp(ms)
}

async fn an_outage_begins_once_ends_once_and_rests_before_the_next(kind: Kind) {
    let opened = Opened::new(kind).await;
    let mut db = opened.db.reader().await.unwrap();
    assert!(outages::begin(&mut db, "a", at(100), at(0)).await.unwrap());
    assert!(!outages::begin(&mut db, "a", at(120), at(20)).await.unwrap());
    let open = outages::list_open(&mut db).await.unwrap();
    assert_eq!(
        open.into_iter().collect::<Vec<_>>(),
        [("a".to_owned(), at(100))]
    );
    // An answer from before it began does not end it.
    for (place, answered, expected) in [
        ("a", 100, None),
        ("b", 130, None),
        ("a", 130, Some(at(100))),
        ("a", 131, None),
    ] {
        let ended = outages::end(&mut db, place, at(answered), at(140)).await;
        assert_eq!(ended.unwrap(), expected, "{place} {answered}");
    }
    assert!(outages::list_open(&mut db).await.unwrap().is_empty());
    assert!(
        !outages::begin(&mut db, "a", at(200), at(139))
            .await
            .unwrap()
    );
    assert!(
        outages::begin(&mut db, "a", at(201), at(140))
            .await
            .unwrap()
    );
    assert_eq!(outages::list_open(&mut db).await.unwrap()["a"], at(201));
}

async fn of_many_processes_one_begins_an_outage(kind: Kind) {
    let opened = Opened::new(kind).await;
    let begins = (0..8).map(|n| {
        opened
            .write(move |db| Box::pin(async move { outages::begin(db, "a", at(n), at(-1)).await }))
    });
    let begun = futures::future::join_all(begins).await;
    let begun = begun.into_iter().filter(|one| *one.as_ref().unwrap());
    assert_eq!(begun.count(), 1);
}

/// A database of five people, each of whom has a connection of the same name.
async fn five_accounts(kind: Kind) -> Opened {
    let opened = Opened::new(kind).await;
    for id in ["a", "b", "c", "d", "e"] {
        let insert = opened.write(move |db| Box::pin(insert_all(db, id, None)));
        insert.await.unwrap();
    }
    opened
}

async fn those_with_a_live_account_there_who_want_to_know_are_concerned(kind: Kind) {
    let opened = five_accounts(kind).await;
    for sql in [
        "UPDATE connections SET exchange = 'okx', region = NULL, environment = 'live'",
        "UPDATE connections SET region = 'eea' WHERE id = 'b'",
        "UPDATE connections SET environment = 'testnet' WHERE id = 'c'",
        "INSERT INTO telling_preferences VALUES ('d', 6, '10', '10', 0), ('a', 6, '10', '10', 1)",
        "UPDATE connections SET exchange = 'binance' WHERE id = 'e'",
    ] {
        opened.execute(sql).await.unwrap();
    }
    let mut db = opened.db.reader().await.unwrap();
    let okx = ExchangeId::new("okx");
    for (regions, expected) in [
        (&["", "global"][..], &["a"][..]),
        (&["eea"], &["b"]),
        (&["", "eea"], &["a", "b"]),
        (&["us"], &[]),
        (&[], &[]),
    ] {
        let regions: Vec<_> = regions.iter().map(|region| (*region).to_owned()).collect();
        let people = outages::list_concerned(&mut db, &okx, &regions, Beyond::Nobody).await;
        assert_eq!(people.unwrap(), expected, "{regions:?}");
    }
}

async fn those_who_chose_what_to_watch_are_concerned_by_where_prices_come_from(kind: Kind) {
    let opened = five_accounts(kind).await;
    for sql in [
        "UPDATE connections SET exchange = 'okx', region = 'eea', environment = 'live'",
        "UPDATE connections SET environment = 'testnet' WHERE id <> 'a'",
        "INSERT INTO watched_pairs (user_id, place, symbol) VALUES \
         ('b', 1, 'BTC-USDT'), ('b', 2, 'ETH-USDT'), ('c', 1, 'BTC-USDT'), ('a', 1, 'BTC-USDT')",
        "INSERT INTO telling_preferences VALUES ('c', 6, '10', '10', 0)",
    ] {
        opened.execute(sql).await.unwrap();
    }
    let mut db = opened.db.reader().await.unwrap();
    let okx = ExchangeId::new("okx");
    for (regions, beyond, expected) in [
        (&["global"][..], Beyond::Nobody, &[][..]),
        (&["global"], Beyond::Accounts, &["a"]),
        (&["global"], Beyond::Watchers, &["a", "b"]),
        (&[], Beyond::Watchers, &["a", "b"]),
        (&["eea"], Beyond::Nobody, &["a"]),
    ] {
        let regions: Vec<_> = regions.iter().map(|region| (*region).to_owned()).collect();
        let people = outages::list_concerned(&mut db, &okx, &regions, beyond).await;
        assert_eq!(people.unwrap(), expected, "{regions:?} {beyond:?}");
    }
}

async fn whoever_was_told_the_same_news_is_found(kind: Kind) {
    let opened = Opened::new(kind).await.with_connection("u").await;
    let mut db = opened.db.reader().await.unwrap();
    insert_all(&mut db, "v", None).await.unwrap();
    for (id, user, news) in [("1", "u", "same"), ("2", "v", "same"), ("3", "v", "other")] {
        let notice = Told {
            id: id.to_owned(),
            at: at(1),
            event: Event::Test {},
            read: false,
        };
        assert!(notices::insert(&mut db, user, &notice, news).await.unwrap());
    }
    for (news, expected) in [("same", &["u", "v"][..]), ("other", &["v"]), ("none", &[])] {
        assert_eq!(notices::list_told(&mut db, news).await.unwrap(), expected);
    }
}

async fn connections_are_counted_by_status_and_by_what_they_wait_for(kind: Kind) {
    let opened = Opened::new(kind).await;
    let mut db = opened.db.reader().await.unwrap();
    assert_eq!(tallies::count_by_status(&mut db).await.unwrap(), []);
    assert_eq!(tallies::backlog(&mut db, at(50)).await.unwrap(), []);
    drop(db);
    for id in ["a", "b", "c", "d"] {
        opened
            .write(move |db| Box::pin(insert_all(db, id, None)))
            .await
            .unwrap();
    }
    for sql in [
        "UPDATE connections SET exchange = 'okx', status = 'ok', lease_until = 0, due_at = NULL, \
         requested_at = NULL",
        "UPDATE connections SET requested_at = 9, due_at = 50 WHERE id = 'a'",
        "UPDATE connections SET due_at = 51, status = 'paused' WHERE id = 'b'",
        "UPDATE connections SET requested_at = 9, due_at = 1, lease_until = 51 WHERE id = 'c'",
        "UPDATE connections SET exchange = 'binance' WHERE id = 'd'",
    ] {
        opened.execute(sql).await.unwrap();
    }
    let mut db = opened.db.reader().await.unwrap();
    let of = |exchange: &str, status: &str, count| StatusCount {
        exchange: exchange.to_owned(),
        status: status.to_owned(),
        count,
    };
    assert_eq!(
        tallies::count_by_status(&mut db).await.unwrap(),
        [
            of("binance", "ok", 1),
            of("okx", "ok", 2),
            of("okx", "paused", 1)
        ]
    );
    let of = |exchange: &str, requested, due, running| Backlog {
        exchange: exchange.to_owned(),
        requested,
        due,
        running,
    };
    assert_eq!(
        tallies::backlog(&mut db, at(50)).await.unwrap(),
        [of("binance", 0, 0, 0), of("okx", 1, 1, 1)]
    );
}
