//! Who listens to the stream of which connection.

use coffer::domain::connection::Following;
use coffer::domain::exchange::ExchangeId;
use coffer::domain::health::AccountStreams;
use coffer::domain::timestamp::Timestamp;
use coffer::storage::followings::{self, Claim};
use coffer::storage::leases::Term;
use coffer::storage::{Connection, connections};

use super::opened::Opened;
use crate::support::{Kind, on_both_databases};

on_both_databases![
    a_connection_is_followed_by_one_process_at_once,
    what_is_held_is_renewed_and_given_back,
    a_connection_that_waits_for_its_owner_is_not_followed,
    a_connection_says_whether_its_stream_is_open,
    following_goes_with_the_connection,
    streams_are_counted_by_exchange_and_by_how_they_stand,
];

async fn opened(kind: Kind) -> Opened {
    let opened = Opened::new(kind).await.with_connection("u").await;
    opened
        .write(|db| {
            Box::pin(async move {
                followings::insert(db, "u").await?;
                // Once more is no harm.
                followings::insert(db, "u").await
            })
        })
        .await
        .unwrap();
    opened
}

/// What a process claims at a moment, for 100 milliseconds.
async fn claim(opened: &Opened, holder: &'static str, now: i64) -> Vec<Claim> {
    let term = Term {
        holder,
        now: Timestamp(now),
        until: Timestamp(now + 100),
    };
    let work =
        opened.write(move |db| Box::pin(async move { followings::claim(db, term, 9).await }));
    work.await.unwrap()
}

async fn write<F>(opened: &Opened, work: F)
where
    F: for<'c> FnOnce(
            &'c mut Connection,
        )
            -> futures::future::BoxFuture<'c, Result<(), coffer::storage::StorageError>>
        + Send
        + 'static,
{
    opened.write(work).await.unwrap();
}

async fn outlook(opened: &Opened, holder: &str, now: i64) -> (usize, usize, bool) {
    let mut db = opened.db.reader().await.unwrap();
    let outlook = followings::outlook(&mut db, holder, Timestamp(now)).await;
    let outlook = outlook.unwrap();
    (outlook.held.len(), outlook.idle.len(), outlook.any_free)
}

async fn following(opened: &Opened, now: i64) -> Following {
    let mut db = opened.db.reader().await.unwrap();
    let found = connections::find(&mut db, "u", "u", Timestamp(now)).await;
    found.unwrap().unwrap().following
}

async fn a_connection_is_followed_by_one_process_at_once(kind: Kind) {
    let opened = opened(kind).await;
    assert_eq!(outlook(&opened, "a", 1_000).await, (0, 0, true));
    let first = claim(&opened, "a", 1_000).await;
    assert_eq!((first.len(), first[0].connection_id.as_str()), (1, "u"));
    assert!(claim(&opened, "b", 1_099).await.is_empty());
    assert_eq!(outlook(&opened, "a", 1_099).await, (1, 0, false));
    assert_eq!(outlook(&opened, "b", 1_099).await, (0, 0, false));
    // Its process died.
    assert_eq!(outlook(&opened, "b", 1_100).await, (0, 0, true));
    let second = claim(&opened, "b", 1_100).await;
    assert!(second[0].token > first[0].token);
    let mut db = opened.db.reader().await.unwrap();
    let owner = followings::find_owner(&mut db, &second[0]).await.unwrap();
    assert_eq!(owner.as_deref(), Some("u"));
}

async fn what_is_held_is_renewed_and_given_back(kind: Kind) {
    let opened = opened(kind).await;
    let held = claim(&opened, "a", 1_000).await;
    write(&opened, |db| {
        Box::pin(followings::renew(
            db,
            "a",
            Timestamp(1_050),
            Timestamp(1_500),
        ))
    })
    .await;
    assert!(claim(&opened, "b", 1_499).await.is_empty());
    // What has lapsed is not renewed: another may have it by now.
    write(&opened, |db| {
        Box::pin(followings::renew(
            db,
            "a",
            Timestamp(1_500),
            Timestamp(9_000),
        ))
    })
    .await;
    let lost = held[0].clone();
    let held = claim(&opened, "b", 1_500).await;
    write(&opened, move |db| {
        Box::pin(async move { followings::give_back(db, &lost, "a").await })
    })
    .await;
    assert!(claim(&opened, "c", 1_501).await.is_empty());
    let own = held[0].clone();
    write(&opened, move |db| {
        Box::pin(async move { followings::give_back(db, &own, "b").await })
    })
    .await;
    assert_eq!(claim(&opened, "c", 1_501).await.len(), 1);
    write(&opened, |db| Box::pin(followings::give_back_all(db, "c"))).await;
    assert_eq!(claim(&opened, "d", 1_501).await.len(), 1);
    write(&opened, |db| Box::pin(followings::end_all(db))).await;
    assert_eq!(claim(&opened, "e", 1_501).await.len(), 1);
}

async fn a_connection_that_waits_for_its_owner_is_not_followed(kind: Kind) {
    let opened = opened(kind).await;
    assert_eq!(claim(&opened, "a", 1_000).await.len(), 1);
    opened
        .execute("UPDATE connections SET status = 'needs_attention'")
        .await
        .unwrap();
    assert_eq!(outlook(&opened, "a", 1_001).await, (0, 1, false));
    assert_eq!(outlook(&opened, "b", 1_200).await, (0, 0, false));
    assert!(claim(&opened, "b", 1_200).await.is_empty());
}

async fn a_connection_says_whether_its_stream_is_open(kind: Kind) {
    let opened = opened(kind).await;
    assert_eq!(following(&opened, 1_000).await, Following::Waiting);
    let held = claim(&opened, "a", 1_000).await.remove(0);
    let since = Timestamp(1_005);
    let own = held.clone();
    write(&opened, move |db| {
        Box::pin(async move { followings::update_live(db, &own, "a", Some(since)).await })
    })
    .await;
    assert_eq!(following(&opened, 1_010).await, Following::Live { since });
    // The word of a process that died is not believed.
    assert_eq!(following(&opened, 1_100).await, Following::Waiting);
    let other = Claim { token: 99, ..held };
    write(&opened, move |db| {
        Box::pin(async move { followings::update_live(db, &other, "a", None).await })
    })
    .await;
    assert_eq!(following(&opened, 1_010).await, Following::Live { since });
    write(&opened, |db| Box::pin(followings::delete(db, "u"))).await;
    assert_eq!(following(&opened, 1_010).await, Following::Off);
}

async fn following_goes_with_the_connection(kind: Kind) {
    let opened = opened(kind).await;
    opened.execute("DELETE FROM connections").await.unwrap();
    assert_eq!(opened.count("followings").await, "0");
}

async fn streams_are_counted_by_exchange_and_by_how_they_stand(kind: Kind) {
    let opened = Opened::new(kind).await;
    let mut db = opened.db.reader().await.unwrap();
    let count = followings::count(&mut db, Timestamp(100)).await.unwrap();
    assert!(count.is_empty());
    drop(db);
    // Open, of a process that died, not open yet, held by nobody, waiting; and one that nobody follows.
    for (id, exchange, status, row) in [
        ("a", "okx", "ok", Some("'p', 101, 1, 7")),
        ("b", "okx", "ok", Some("'dead', 100, 1, 7")),
        ("c", "okx", "ok", Some("'p', 101, 1, NULL")),
        ("d", "okx", "paused", Some("NULL, 0, 0, NULL")),
        ("e", "okx", "needs_attention", Some("'p', 101, 1, 7")),
        ("f", "okx", "ok", None),
        ("g", "binance", "partial", Some("'p', 101, 1, 7")),
    ] {
        opened
            .write(move |db| Box::pin(crate::storage::opened::insert_all(db, id, None)))
            .await
            .unwrap();
        let sql = format!(
            "UPDATE connections SET exchange = '{exchange}', status = '{status}' WHERE id = '{id}'"
        );
        opened.execute(sql.leak()).await.unwrap();
        if let Some(row) = row {
            let sql = format!(
                "INSERT INTO followings (connection_id, holder, held_until, token, live_since) \
                 VALUES ('{id}', {row})"
            );
            opened.execute(sql.leak()).await.unwrap();
        }
    }
    let mut db = opened.db.reader().await.unwrap();
    let count = followings::count(&mut db, Timestamp(100)).await.unwrap();
    let of = |name| count.get(&ExchangeId::new(name)).copied();
    let okx = AccountStreams {
        open: 1,
        broken: 3,
        waiting: 1,
    };
    let binance = AccountStreams {
        open: 1,
        ..AccountStreams::default()
    };
    assert_eq!((of("okx"), of("binance")), (Some(okx), Some(binance)));
    assert_eq!(count.len(), 2);
}
