//! Connections, what they hold, and the reports of their syncs.

use coffer::domain::connection::ConnectionStatus;
use coffer::domain::exchange::{Environment, ExchangeId};
use coffer::domain::holding::WalletChanges;
use coffer::domain::problem::ExchangeProblem;
use coffer::domain::report::{Failure, Step};
use coffer::domain::rights::KeyRights;
use coffer::domain::schedule::Plan;
use coffer::domain::timestamp::Timestamp;
use coffer::domain::wallet::WalletName;
use coffer::storage::connections::{self, AfterSync, SealedKey};
use coffer::storage::{StorageError, holdings, sync_runs};

use super::opened::{
    Opened, added, balance, code, connection, insert_all, key, overview, put, report,
};
use crate::support::{Kind, on_both_databases};

on_both_databases![
    an_account_is_connected_once_by_its_number,
    a_connection_is_read_as_it_was_written_by_its_owner_alone,
    what_a_sync_leaves_out_stays_as_it_was,
    a_deleted_connection_takes_all_of_its_own_along,
    changes_to_a_wallet_touch_nothing_else,
    an_asset_has_one_id_however_often_it_is_met,
    the_fifty_newest_reports_are_kept,
];

async fn an_account_is_connected_once_by_its_number(kind: Kind) {
    let opened = Opened::new(kind).await.with_connection("u").await;
    let insert = |id: &'static str, uid: Option<&'static str>, environment| {
        opened.write(move |db| {
            Box::pin(async move {
                let mut row = connection(id, "u");
                row.environment = environment;
                connections::insert(db, "u", &row, uid, &key()).await
            })
        })
    };
    let same = insert("same", Some("7"), Environment::Live).await;
    assert!(matches!(same, Err(StorageError::Exists)));
    insert("other", Some("8"), Environment::Live).await.unwrap();
    insert("test", Some("7"), Environment::Testnet)
        .await
        .unwrap();
    insert("untold", None, Environment::Live).await.unwrap();
    insert("untold too", None, Environment::Live).await.unwrap();
    let mut db = opened.db.reader().await.unwrap();
    insert_all(&mut db, "v", Some("7")).await.unwrap();
    let find = async |user: &str, db: &mut _, uid| {
        let exchange = ExchangeId::new("binance");
        connections::find_label_by_uid(db, user, &exchange, Environment::Live, uid)
            .await
            .unwrap()
    };
    assert_eq!(find("u", &mut db, "7").await.as_deref(), Some("Label of u"));
    assert_eq!(find("v", &mut db, "7").await.as_deref(), Some("Label of v"));
    assert_eq!(find("v", &mut db, "8").await, None);
}

async fn a_connection_is_read_as_it_was_written_by_its_owner_alone(kind: Kind) {
    let opened = Opened::new(kind).await.with_connection("u").await;
    let mut db = opened.db.reader().await.unwrap();
    let written = connection("u", "u");
    let found = connections::find(&mut db, "u", "u", Timestamp(1))
        .await
        .unwrap();
    assert_eq!(found.unwrap(), written);
    let sealed = SealedKey {
        passphrase: Some(vec![9; 300]),
        ..key()
    };
    let mut second = connection("second", "u");
    second.created_at = Timestamp(2);
    second.ignore_below = None;
    second.region = Some("eea".to_owned());
    connections::insert(&mut db, "u", &second, Some("8"), &sealed)
        .await
        .unwrap();
    let listed = connections::list(&mut db, "u", Timestamp(1)).await.unwrap();
    assert_eq!(listed, [written, second]);
    let mut key = async |user| {
        let found = connections::find_to_sync(&mut db, user, "second", Timestamp(1)).await;
        found.unwrap().map(|found| found.key)
    };
    assert_eq!(key("u").await, Some(sealed));
    assert_eq!(key("v").await, None);
    assert_eq!(
        connections::find(&mut db, "v", "u", Timestamp(1))
            .await
            .unwrap(),
        None
    );
    assert_eq!(
        connections::list(&mut db, "v", Timestamp(1)).await.unwrap(),
        []
    );
    assert!(!connections::delete(&mut db, "v", "u").await.unwrap());
}

async fn what_a_sync_leaves_out_stays_as_it_was(kind: Kind) {
    let opened = Opened::new(kind).await.with_connection("u").await;
    let mut db = opened.db.reader().await.unwrap();
    let whole = AfterSync {
        status: ConnectionStatus::Ok,
        failure: None,
        rights: Some(KeyRights::unknown()),
        synced_at: Some(Timestamp(5)),
        thorough_at: Some(Timestamp(6)),
        overview: Some(overview("1.5")),
        plan: Plan {
            due_at: Some(Timestamp(9)),
            failures: 0,
        },
    };
    connections::update_after_sync(&mut db, "u", &whole, None)
        .await
        .unwrap();
    let failure = Failure::Exchange {
        step: Step::ProveKey,
        problem: ExchangeProblem::RateLimited { seconds: 7 },
    };
    let failed = AfterSync {
        status: ConnectionStatus::Paused,
        failure: Some(failure.clone()),
        rights: None,
        synced_at: None,
        thorough_at: None,
        overview: None,
        plan: Plan {
            due_at: None,
            failures: 3,
        },
    };
    connections::update_after_sync(&mut db, "u", &failed, None)
        .await
        .unwrap();
    let found = connections::find(&mut db, "u", "u", Timestamp(1))
        .await
        .unwrap()
        .unwrap();
    assert_eq!(found.status, ConnectionStatus::Paused);
    assert_eq!(found.last_failure, Some(failure));
    assert_eq!(found.rights, KeyRights::unknown());
    assert_eq!(found.last_synced_at, Some(Timestamp(5)));
    assert_eq!(found.overview, Some(overview("1.5")));
    assert_eq!(found.due_at, None);
    // A failure that was mended is forgotten.
    connections::update_after_sync(&mut db, "u", &whole, None)
        .await
        .unwrap();
    let found = connections::find(&mut db, "u", "u", Timestamp(1))
        .await
        .unwrap()
        .unwrap();
    assert_eq!(found.last_failure, None);
    assert_eq!(found.due_at, Some(Timestamp(9)));
}

async fn a_deleted_connection_takes_all_of_its_own_along(kind: Kind) {
    let opened = Opened::new(kind).await.with_connection("u").await;
    let mut db = opened.db.reader().await.unwrap();
    insert_all(&mut db, "v", Some("7")).await.unwrap();
    for id in ["u", "v"] {
        let changes = added(vec![balance("BTC", "1"), balance("ETH", "2")]);
        put(&mut db, id, "spot", &changes).await.unwrap();
        sync_runs::insert(&mut db, &format!("run of {id}"), &report(id, 1))
            .await
            .unwrap();
    }
    let facts = connections::find_facts(&mut db, "u").await.unwrap();
    let told = (ExchangeId::new("binance"), "Label of u".to_owned());
    assert_eq!(facts, Some(told));
    assert!(connections::delete(&mut db, "u", "u").await.unwrap());
    assert_eq!(connections::find_facts(&mut db, "u").await.unwrap(), None);
    assert!(!connections::delete(&mut db, "u", "u").await.unwrap());
    drop(db);
    for (table, left) in [
        ("connections", "1"),
        ("wallets", "1"),
        ("holdings", "2"),
        ("sync_runs", "1"),
        ("assets", "2"),
    ] {
        assert_eq!(opened.count(table).await, left, "{table}");
    }
}

async fn changes_to_a_wallet_touch_nothing_else(kind: Kind) {
    let opened = Opened::new(kind).await.with_connection("u").await;
    let mut db = opened.db.reader().await.unwrap();
    for name in ["spot", "funding"] {
        let changes = added(vec![balance("BTC", "1"), balance("ETH", "2")]);
        put(&mut db, "u", name, &changes).await.unwrap();
    }
    let changes = WalletChanges {
        added: vec![balance("币安人生", "0.000000000000000001")],
        updated: vec![balance("BTC", "-1.5")],
        removed: vec![code("ETH")],
        unchanged: 0,
        kept_unread: 0,
    };
    put(&mut db, "u", "spot", &changes).await.unwrap();
    let held = holdings::list_of_connection(&mut db, "u").await.unwrap();
    let spot = [
        balance("BTC", "-1.5"),
        balance("币安人生", "0.000000000000000001"),
    ];
    assert_eq!(held[&WalletName::new("spot")], spot);
    let funding = [balance("BTC", "1"), balance("ETH", "2")];
    assert_eq!(held[&WalletName::new("funding")], funding);
    assert_eq!(holdings::list_of_user(&mut db, "u").await.unwrap().len(), 4);
    assert_eq!(holdings::list_of_user(&mut db, "v").await.unwrap(), []);
    // The wallets of the connection count what they hold.
    let found = connections::find(&mut db, "u", "u", Timestamp(1))
        .await
        .unwrap()
        .unwrap();
    let counts: Vec<_> = found.wallets.iter().map(|w| w.holdings).collect();
    assert_eq!(counts, [2, 2]);
}

async fn an_asset_has_one_id_however_often_it_is_met(kind: Kind) {
    let opened = Opened::new(kind).await;
    let mut db = opened.db.reader().await.unwrap();
    let exchange = ExchangeId::new("binance");
    let codes = |prefix: &str, count: usize| -> Vec<_> {
        let one = |index| (code(&format!("C{index}")), format!("{prefix}{index}"));
        (0..count).map(one).collect()
    };
    let mut ask = async |exchange: &ExchangeId, codes: &[_]| {
        holdings::find_or_insert_assets(&mut db, exchange, codes, Timestamp(1))
            .await
            .unwrap()
    };
    let first = ask(&exchange, &codes("a", 700)).await;
    let second = ask(&exchange, &codes("b", 1_300)).await;
    assert_eq!((first.len(), second.len()), (700, 1_300));
    assert_eq!(second[&code("C699")], "a699");
    assert_eq!(second[&code("C1299")], "b1299");
    // The same code elsewhere may be another thing.
    let elsewhere = ask(&ExchangeId::new("okx"), &codes("c", 1)).await;
    assert_eq!(elsewhere[&code("C0")], "c0");
    assert_eq!(ask(&exchange, &[]).await.len(), 0);
}

async fn the_fifty_newest_reports_are_kept(kind: Kind) {
    let opened = Opened::new(kind).await.with_connection("u").await;
    let mut db = opened.db.reader().await.unwrap();
    insert_all(&mut db, "v", None).await.unwrap();
    sync_runs::insert(&mut db, "other", &report("v", 1))
        .await
        .unwrap();
    for at in 0..60 {
        sync_runs::insert(&mut db, &format!("r{at}"), &report("u", at))
            .await
            .unwrap();
    }
    let listed = sync_runs::list(&mut db, "u", "u", 100).await.unwrap();
    let times: Vec<_> = listed.iter().map(|report| report.started_at.0).collect();
    assert_eq!(times, (10..60).rev().collect::<Vec<_>>());
    assert_eq!(
        sync_runs::list(&mut db, "u", "u", 3).await.unwrap().len(),
        3
    );
    assert_eq!(sync_runs::list(&mut db, "v", "u", 3).await.unwrap(), []);
    let found = sync_runs::find(&mut db, "u", "r59").await.unwrap();
    assert_eq!(found, Some(report("u", 59)));
    assert_eq!(sync_runs::find(&mut db, "u", "r9").await.unwrap(), None);
    assert_eq!(sync_runs::find(&mut db, "v", "r59").await.unwrap(), None);
    assert!(
        sync_runs::find(&mut db, "v", "other")
            .await
            .unwrap()
            .is_some()
    );
}
