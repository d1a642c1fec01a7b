//! The pairs that people watch, each person's in their own order.

use coffer::domain::market::Pair;
use coffer::domain::market::watchlist::Watchlist;
use coffer::storage::{StorageError, watched_pairs};

use super::opened::{Opened, insert_all};
use crate::support::{Kind, on_both_databases};

on_both_databases![
    a_list_is_usual_until_it_is_chosen_and_then_in_its_order,
    a_list_that_was_spoilt_is_none,
];

fn list(codes: &[&str]) -> Watchlist {
    let pairs = codes
        .iter()
        .map(|code| Pair::parse(&format!("{code}-USDT")).unwrap());
    Watchlist::new(pairs.collect()).unwrap()
}

async fn find(opened: &Opened, user: &str) -> Result<Watchlist, StorageError> {
    let mut db = opened.db.reader().await.unwrap();
    watched_pairs::find(&mut db, user).await
}

async fn keep(opened: &Opened, user: &'static str, list: &Watchlist) {
    let list = list.clone();
    let kept = opened
        .write(move |db| Box::pin(async move { watched_pairs::replace(db, user, &list).await }));
    kept.await.unwrap();
}

async fn a_list_is_usual_until_it_is_chosen_and_then_in_its_order(kind: Kind) {
    let opened = Opened::new(kind).await.with_connection("u").await;
    let mut db = opened.db.reader().await.unwrap();
    insert_all(&mut db, "v", None).await.unwrap();
    drop(db);
    assert_eq!(find(&opened, "u").await.unwrap(), Watchlist::default());
    let first = list(&["币安人生", "B", "\"'", "A", "Z"]);
    keep(&opened, "u", &first).await;
    assert_eq!(find(&opened, "u").await.unwrap(), first);
    let many: Vec<_> = (0..50).rev().map(|number| format!("A{number}")).collect();
    let second = list(&many.iter().map(String::as_str).collect::<Vec<_>>());
    keep(&opened, "u", &second).await;
    assert_eq!(find(&opened, "u").await.unwrap(), second);
    assert_eq!(find(&opened, "v").await.unwrap(), Watchlist::default());
    opened.execute("DELETE FROM connections").await.unwrap();
    opened
        .execute("DELETE FROM users WHERE id = 'u'")
        .await
        .unwrap();
    assert_eq!(opened.count("watched_pairs").await, "0");
}

async fn a_list_that_was_spoilt_is_none(kind: Kind) {
    let opened = Opened::new(kind).await.with_connection("u").await;
    for spoil in [
        "UPDATE watched_pairs SET symbol = 'A' WHERE symbol = 'A-USDT'",
        "DELETE FROM watched_pairs WHERE symbol = 'B-USDT'",
    ] {
        keep(&opened, "u", &list(&["A", "B", "C", "D", "E"])).await;
        opened.execute(spoil).await.unwrap();
        let found = find(&opened, "u").await;
        assert!(matches!(found, Err(StorageError::Corrupt(_))), "{spoil}");
    }
}
