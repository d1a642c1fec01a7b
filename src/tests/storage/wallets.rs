//! Wallets: how each fared, and what is known of it the next time.

use coffer::domain::problem::ExchangeProblem;
use coffer::domain::report::WalletSummary;
use coffer::domain::timestamp::Timestamp;
use coffer::domain::wallet::{KnownWallet, Outcome, WalletName};
use coffer::storage::wallets::{self, Asked};
use coffer::storage::{Connection, holdings};

use super::opened::{Opened, added, balance, insert_all, put, wallet};
use crate::support::{Kind, on_both_databases};

on_both_databases![
    a_wallet_that_did_not_answer_keeps_the_time_it_last_did,
    what_a_client_noted_stays_until_it_notes_something_else,
    a_wallet_from_before_is_known_by_the_time_it_answered,
    wallets_are_listed_in_their_order_with_what_they_hold,
];

fn asked(name: &str, outcome: Outcome, read_at: Option<i64>, note: Option<&str>) -> Asked {
    Asked {
        position: 1,
        summary: WalletSummary {
            outcome,
            problem: (outcome == Outcome::Failed).then_some(ExchangeProblem::Unavailable),
            read_at: read_at.map(Timestamp),
            ..wallet(name)
        },
        note: note.map(str::to_owned),
    }
}

async fn known(db: &mut Connection) -> Vec<KnownWallet> {
    let found = wallets::list_known(db, "u").await.unwrap();
    found.into_iter().map(|(_, known)| known).collect()
}

async fn a_wallet_that_did_not_answer_keeps_the_time_it_last_did(kind: Kind) {
    let opened = Opened::new(kind).await.with_connection("u").await;
    let mut db = opened.db.reader().await.unwrap();
    let mut upsert = async |name: &str, outcome, at: Option<i64>| {
        let asked = [asked(name, outcome, at, None)];
        wallets::upsert(&mut db, "u", &asked, Timestamp(99))
            .await
            .unwrap();
        let times = holdings::list_read_times(&mut db, "u").await.unwrap();
        times.get("u").map(|at| at.0)
    };
    assert_eq!(upsert("earn", Outcome::NotAvailable, None).await, None);
    assert_eq!(upsert("spot", Outcome::Read, Some(50)).await, Some(50));
    assert_eq!(upsert("funding", Outcome::Read, Some(40)).await, Some(40));
    assert_eq!(upsert("funding", Outcome::Failed, None).await, Some(40));
    assert_eq!(upsert("spot", Outcome::Read, Some(60)).await, Some(40));
    assert_eq!(upsert("funding", Outcome::Read, Some(70)).await, Some(60));
    drop(db);
    assert_eq!(opened.count("wallets").await, "3");
}

async fn what_a_client_noted_stays_until_it_notes_something_else(kind: Kind) {
    let opened = Opened::new(kind).await.with_connection("u").await;
    let mut db = opened.db.reader().await.unwrap();
    for (at, note, expected) in [
        (1, None, None),
        (2, Some("first"), Some("first")),
        (3, None, Some("first")),
        (4, Some(""), Some("")),
        (5, Some("second"), Some("second")),
    ] {
        let wallet = [asked("earn", Outcome::Read, Some(at), note)];
        wallets::upsert(&mut db, "u", &wallet, Timestamp(10 + at))
            .await
            .unwrap();
        let earn = KnownWallet {
            wallet: WalletName::new("earn"),
            outcome: Outcome::Read,
            holdings: 0,
            asked_at: Timestamp(10 + at),
            note: expected.map(str::to_owned),
        };
        assert_eq!(known(&mut db).await, [earn]);
    }
}

async fn a_wallet_from_before_is_known_by_the_time_it_answered(kind: Kind) {
    let opened = Opened::new(kind).await.with_connection("u").await;
    for sql in [
        "INSERT INTO wallets (connection_id, name, position, outcome, unreadable, read_at) \
         VALUES ('u', 'spot', 0, 'read', 0, 7)",
        "INSERT INTO wallets (connection_id, name, position, outcome, unreadable) \
         VALUES ('u', 'funding', 1, 'failed', 0)",
    ] {
        opened.execute(sql).await.unwrap();
    }
    let mut db = opened.db.reader().await.unwrap();
    let times: Vec<_> = known(&mut db).await.iter().map(|w| w.asked_at.0).collect();
    assert_eq!(times, [7, 0]);
}

async fn wallets_are_listed_in_their_order_with_what_they_hold(kind: Kind) {
    let opened = Opened::new(kind).await.with_connection("u").await;
    let mut db = opened.db.reader().await.unwrap();
    insert_all(&mut db, "v", None).await.unwrap();
    let balances = || added(vec![balance("BTC", "1"), balance("ETH", "2")]);
    put(&mut db, "u", "spot", &balances()).await.unwrap();
    put(&mut db, "v", "spot", &balances()).await.unwrap();
    let failed = [asked("funding", Outcome::Failed, None, None)];
    wallets::upsert(&mut db, "u", &failed, Timestamp(9))
        .await
        .unwrap();
    wallets::upsert(&mut db, "u", &[], Timestamp(9))
        .await
        .unwrap();
    let own = wallets::list_of_connection(&mut db, "u").await.unwrap();
    let facts: Vec<_> = own
        .iter()
        .map(|w| (w.name.as_str(), w.outcome, w.holdings, w.read_at))
        .collect();
    let expected = [
        ("spot", Outcome::Read, 2, Some(Timestamp(1))),
        ("funding", Outcome::Failed, 0, None),
    ];
    assert_eq!(facts, expected);
    assert_eq!(own[1].problem, Some(ExchangeProblem::Unavailable));
    let of_user = wallets::list_of_user(&mut db, "u").await.unwrap();
    assert_eq!(of_user.len(), 1);
    assert_eq!(of_user["u"], own);
}
