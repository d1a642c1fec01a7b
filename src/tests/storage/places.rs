//! What processes of one database tell each other: pauses of places, and that they are alive.

use coffer::domain::timestamp::Timestamp;
use coffer::storage::{pauses, replicas};

use super::opened::Opened;
use crate::support::{Kind, on_both_databases};

on_both_databases![
    a_pause_is_never_shortened,
    a_pause_that_is_over_is_forgotten,
    a_process_that_is_not_heard_of_is_not_counted,
];

async fn a_pause_is_never_shortened(kind: Kind) {
    let opened = Opened::new(kind).await;
    let mut db = opened.db.reader().await.unwrap();
    assert_eq!(pauses::find(&mut db, "a").await.unwrap(), None);
    for (until, expected) in [(50, 50), (40, 50), (60, 60), (0, 60)] {
        pauses::upsert(&mut db, "a", Timestamp(until))
            .await
            .unwrap();
        let found = pauses::find(&mut db, "a").await.unwrap();
        assert_eq!(found, Some(Timestamp(expected)));
    }
    assert_eq!(pauses::find(&mut db, "b").await.unwrap(), None);
}

async fn a_pause_that_is_over_is_forgotten(kind: Kind) {
    let opened = Opened::new(kind).await;
    let mut db = opened.db.reader().await.unwrap();
    for (place, until) in [("a", 10), ("b", 20), ("c", 21)] {
        pauses::upsert(&mut db, place, Timestamp(until))
            .await
            .unwrap();
    }
    let listed = pauses::list(&mut db, Timestamp(20)).await.unwrap();
    assert_eq!(
        listed.into_iter().collect::<Vec<_>>(),
        [("c".to_owned(), Timestamp(21))]
    );
    pauses::delete_over(&mut db, Timestamp(20)).await.unwrap();
    drop(db);
    assert_eq!(opened.count("pauses").await, "1");
}

async fn a_process_that_is_not_heard_of_is_not_counted(kind: Kind) {
    let opened = Opened::new(kind).await;
    let mut db = opened.db.reader().await.unwrap();
    let mut report = async |id: &str, now: i64| {
        replicas::report(&mut db, id, Timestamp(now), Timestamp(now - 30))
            .await
            .unwrap()
    };
    assert_eq!(report("a", 100).await, 1);
    assert_eq!(report("b", 110).await, 2);
    assert_eq!(report("a", 130).await, 2);
    assert_eq!(report("a", 140).await, 2);
    assert_eq!(report("a", 141).await, 1);
    assert_eq!(report("b", 142).await, 2);
    replicas::delete(&mut db, "a").await.unwrap();
    let mut report = async |id: &str, now: i64| {
        replicas::report(&mut db, id, Timestamp(now), Timestamp(now - 30))
            .await
            .unwrap()
    };
    assert_eq!(report("b", 143).await, 1);
}
