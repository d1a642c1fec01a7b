//! Batches: one at a time for each person, ended connection by connection.

use coffer::domain::exchange::ExchangeId;
use coffer::domain::timestamp::Timestamp;
use coffer::storage::batches::{self, Batch, Item};
use coffer::storage::leases::{self, Term};
use coffer::storage::{Connection, connections, sync_runs};

use super::opened::{Opened, connection, insert_all, key, report};
use crate::support::{Kind, on_both_databases};

on_both_databases![
    a_batch_asks_for_every_connection_of_a_person,
    a_sync_that_ends_is_told_to_every_batch_that_waits,
    a_deleted_connection_leaves_its_batch,
    the_five_newest_batches_are_kept_and_the_reports_they_tell,
];

fn batch(id: &str, at: i64) -> Batch {
    Batch {
        id: id.to_owned(),
        started_at: Timestamp(at),
    }
}

async fn begin(db: &mut Connection, user: &str, id: &str, at: i64) {
    let exchanges = [ExchangeId::new("binance"), ExchangeId::new("okx")];
    batches::insert(db, user, &batch(id, at), &exchanges)
        .await
        .unwrap();
}

async fn items(db: &mut Connection, id: &str) -> Vec<Item> {
    batches::list_items(db, id, Timestamp(100)).await.unwrap()
}

async fn end(db: &mut Connection, connection: &str, run: &str, at: i64) {
    sync_runs::insert(db, run, &report(connection, at))
        .await
        .unwrap();
    batches::end_items(db, connection, run).await.unwrap();
}

async fn a_batch_asks_for_every_connection_of_a_person(kind: Kind) {
    let opened = Opened::new(kind).await.with_connection("u").await;
    let mut db = opened.db.reader().await.unwrap();
    insert_all(&mut db, "v", None).await.unwrap();
    let mut strange = connection("strange", "u");
    strange.exchange = ExchangeId::new("unknown");
    connections::insert(&mut db, "u", &strange, None, &key())
        .await
        .unwrap();
    assert!(batches::lock_owner(&mut db, "u").await.unwrap());
    assert!(!batches::lock_owner(&mut db, "nobody").await.unwrap());
    assert_eq!(batches::find_open(&mut db, "u").await.unwrap(), None);
    assert_eq!(batches::find(&mut db, "u", None).await.unwrap(), None);
    begin(&mut db, "u", "b", 50).await;
    let found = batches::find_open(&mut db, "u").await.unwrap();
    assert_eq!(found, Some(batch("b", 50)));
    assert_eq!(batches::find(&mut db, "v", Some("b")).await.unwrap(), None);
    let item = Item {
        connection_id: "u".to_owned(),
        label: "Label of u".to_owned(),
        exchange: ExchangeId::new("binance"),
        syncing: false,
        report: None,
    };
    assert_eq!(items(&mut db, "b").await, std::slice::from_ref(&item));
    let outlook = leases::outlook(&mut db, &item.exchange, Timestamp(100)).await;
    assert_eq!(outlook.unwrap().requested, 1);
    let term = Term {
        holder: "a",
        now: Timestamp(100),
        until: Timestamp(101),
    };
    leases::claim(&mut db, "u", "u", term).await.unwrap();
    assert!(items(&mut db, "b").await[0].syncing);
}

async fn a_sync_that_ends_is_told_to_every_batch_that_waits(kind: Kind) {
    let opened = Opened::new(kind).await.with_connection("u").await;
    let mut db = opened.db.reader().await.unwrap();
    begin(&mut db, "u", "b", 50).await;
    begin(&mut db, "u", "c", 51).await;
    end(&mut db, "u", "run", 60).await;
    for id in ["b", "c"] {
        assert_eq!(items(&mut db, id).await[0].report, Some(report("u", 60)));
    }
    assert_eq!(batches::find_open(&mut db, "u").await.unwrap(), None);
    let newest = batches::find(&mut db, "u", None).await.unwrap();
    assert_eq!(newest, Some(batch("c", 51)));
    // What is over stays as it was told.
    end(&mut db, "u", "later", 70).await;
    assert_eq!(items(&mut db, "b").await[0].report, Some(report("u", 60)));
}

async fn a_deleted_connection_leaves_its_batch(kind: Kind) {
    let opened = Opened::new(kind).await.with_connection("u").await;
    let mut db = opened.db.reader().await.unwrap();
    begin(&mut db, "u", "b", 50).await;
    assert!(connections::delete(&mut db, "u", "u").await.unwrap());
    assert_eq!(items(&mut db, "b").await, []);
    assert_eq!(batches::find_open(&mut db, "u").await.unwrap(), None);
}

async fn the_five_newest_batches_are_kept_and_the_reports_they_tell(kind: Kind) {
    let opened = Opened::new(kind).await.with_connection("u").await;
    let mut db = opened.db.reader().await.unwrap();
    for at in 0..7 {
        begin(&mut db, "u", &format!("b{at}"), at).await;
        end(&mut db, "u", &format!("run {at}"), at).await;
    }
    for at in 100..160 {
        sync_runs::insert(&mut db, &format!("r{at}"), &report("u", at))
            .await
            .unwrap();
    }
    assert_eq!(batches::find(&mut db, "u", Some("b1")).await.unwrap(), None);
    for at in 2..7 {
        let told = &items(&mut db, &format!("b{at}")).await[0].report;
        assert_eq!(*told, Some(report("u", at)));
    }
    drop(db);
    assert_eq!(opened.count("sync_batches").await, "5");
    assert_eq!(opened.count("sync_runs").await, "55");
}
