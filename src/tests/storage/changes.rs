//! What an owner changes of a connection, and the reports that listeners are told of.

use coffer::domain::amount::Amount;
use coffer::domain::exchange::Environment;
use coffer::domain::rights::{KeyRights, RightsState};
use coffer::domain::timestamp::Timestamp;
use coffer::storage::connection_changes::{NewKey, update_facts, update_key};
use coffer::storage::connections::{self, SealedKey};
use coffer::storage::{StorageError, sync_runs};

use super::opened::{Opened, connection, insert_all, key, report};
use crate::support::{Kind, on_both_databases};

on_both_databases![
    a_name_and_a_limit_are_changed_by_their_owner_alone,
    a_key_takes_the_place_of_another_and_nothing_else,
    a_key_of_an_account_that_is_connected_is_refused,
    reports_since_a_moment_are_told_to_their_owner_alone,
];

const NOW: Timestamp = Timestamp(100);

fn new_key(uid: Option<&str>) -> NewKey {
    NewKey {
        sealed: SealedKey {
            api_key: vec![9],
            secret_key: vec![8, 0],
            passphrase: Some(vec![7]),
        },
        hint: "Zz99".to_owned(),
        rights: KeyRights::unknown(),
        region: Some("eea".to_owned()),
        account_uid: uid.map(str::to_owned),
    }
}

async fn a_name_and_a_limit_are_changed_by_their_owner_alone(kind: Kind) {
    let opened = Opened::new(kind).await.with_connection("u").await;
    let mut db = opened.db.reader().await.unwrap();
    let limit = Amount::parse("0.5").unwrap();
    let done = update_facts(&mut db, "v", "u", "Theirs", Some(&limit)).await;
    assert!(!done.unwrap());
    assert!(
        update_facts(&mut db, "u", "u", "Ours", Some(&limit))
            .await
            .unwrap()
    );
    let read = connections::find(&mut db, "u", "u", NOW)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(
        (read.label.as_str(), read.ignore_below),
        ("Ours", Some(limit))
    );
    assert!(update_facts(&mut db, "u", "u", "Ours", None).await.unwrap());
    let read = connections::find(&mut db, "u", "u", NOW)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(read.ignore_below, None);
}

async fn a_key_takes_the_place_of_another_and_nothing_else(kind: Kind) {
    let opened = Opened::new(kind).await.with_connection("u").await;
    let mut db = opened.db.reader().await.unwrap();
    let before = connections::find(&mut db, "u", "u", NOW)
        .await
        .unwrap()
        .unwrap();
    let new = new_key(Some("8"));
    update_key(&mut db, "u", &new).await.unwrap();
    let after = connections::find_to_sync(&mut db, "u", "u", NOW)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(after.key, new.sealed);
    assert_eq!(after.connection.key_hint, "Zz99");
    assert_eq!(after.connection.rights.state, RightsState::Unknown);
    assert_eq!(after.connection.region.as_deref(), Some("eea"));
    assert_eq!(after.connection.label, before.label);
    // The account's number is told once and for all.
    let sql = "SELECT account_uid FROM connections WHERE id = 'u'";
    drop(db);
    assert_eq!(opened.text(sql).await, "7");
}

async fn a_key_of_an_account_that_is_connected_is_refused(kind: Kind) {
    let opened = Opened::new(kind).await.with_connection("u").await;
    let second = opened.write(|db| {
        Box::pin(async move {
            let mut row = connection("second", "u");
            row.environment = Environment::Live;
            connections::insert(db, "u", &row, None, &key()).await
        })
    });
    second.await.unwrap();
    let put = opened
        .write(|db| Box::pin(async move { update_key(db, "second", &new_key(Some("7"))).await }));
    assert!(matches!(put.await, Err(StorageError::Exists)));
}

async fn reports_since_a_moment_are_told_to_their_owner_alone(kind: Kind) {
    let opened = Opened::new(kind).await.with_connection("u").await;
    let mut db = opened.db.reader().await.unwrap();
    insert_all(&mut db, "v", None).await.unwrap();
    for (id, connection, at) in [
        ("old", "u", 5),
        ("b", "u", 20),
        ("a", "u", 30),
        ("x", "v", 30),
    ] {
        sync_runs::insert(&mut db, id, &report(connection, at))
            .await
            .unwrap();
    }
    let ids = sync_runs::list_ids_since(&mut db, "u", Timestamp(20))
        .await
        .unwrap();
    assert_eq!(ids, ["b", "a"]);
    let asked: Vec<String> = ["a", "x", "b"].map(str::to_owned).to_vec();
    let told = sync_runs::list_of_ids(&mut db, "u", &asked).await.unwrap();
    assert_eq!(
        told,
        [
            ("b".to_owned(), report("u", 20)),
            ("a".to_owned(), report("u", 30))
        ]
    );
    // More than one statement takes.
    let many: Vec<String> = (0..250)
        .map(|n| format!("nobody {n}"))
        .chain(asked)
        .collect();
    let told = sync_runs::list_of_ids(&mut db, "u", &many).await.unwrap();
    assert_eq!(told.len(), 2);
    assert_eq!(sync_runs::list_of_ids(&mut db, "u", &[]).await.unwrap(), []);
}
