//! Notices, from when on they are told, and spells of failing: told once, and bounded.

use coffer::domain::connection::ConnectionStatus;
use coffer::domain::event::{Event, Told};
use coffer::domain::preferences::Preferences;
use coffer::domain::report::Failure;
use coffer::domain::schedule::Plan;
use coffer::domain::timestamp::Timestamp;
use coffer::storage::connections::{self, AfterSync};
use coffer::storage::{Connection, StorageError, deliveries, failing, notices, preferences};

use super::deliveries::{add_webhook, queue};
use super::leases::execute;
use super::opened::{Opened, amount, insert_all};
use crate::support::{Kind, on_both_databases};

on_both_databases![
    news_is_kept_once_for_each_person_even_when_two_tell_it_at_once,
    the_two_hundred_newest_notices_are_kept,
    notices_are_counted_and_read_up_to_a_moment,
    preferences_are_usual_until_they_are_chosen,
    a_spell_begins_once_and_ends_with_its_connection_read,
    what_was_spoilt_is_not_told,
];

fn notice(id: &str, at: i64) -> Told {
    Told {
        id: id.to_owned(),
        at: Timestamp(at),
        event: Event::WebhookSwitchedOff {
            host: "example.org".to_owned(),
        },
        read: false,
    }
}

async fn tell(db: &mut Connection, user: &str, id: &str, at: i64) -> bool {
    notices::insert(db, user, &notice(id, at), id)
        .await
        .unwrap()
}

async fn news_is_kept_once_for_each_person_even_when_two_tell_it_at_once(kind: Kind) {
    let opened = Opened::new(kind).await.with_connection("u").await;
    let mut db = opened.db.reader().await.unwrap();
    insert_all(&mut db, "v", None).await.unwrap();
    drop(db);
    let writes = (0..8).map(|number| {
        opened.write(move |db| {
            Box::pin(async move {
                let notice = notice(&format!("n{number}"), 1);
                notices::insert(db, "u", &notice, "the same news").await
            })
        })
    });
    let new = futures::future::join_all(writes).await;
    let new = new.into_iter().filter(|new| *new.as_ref().unwrap()).count();
    assert_eq!(new, 1);
    let mut db = opened.db.reader().await.unwrap();
    let other = notices::insert(&mut db, "v", &notice("m", 1), "the same news").await;
    assert!(other.unwrap());
    assert_eq!(notices::list(&mut db, "u").await.unwrap().len(), 1);
    assert_eq!(notices::list(&mut db, "v").await.unwrap(), [notice("m", 1)]);
}

async fn the_two_hundred_newest_notices_are_kept(kind: Kind) {
    let opened = Opened::new(kind).await.with_connection("u").await;
    let mut db = opened.db.reader().await.unwrap();
    insert_all(&mut db, "v", None).await.unwrap();
    tell(&mut db, "v", "other", 1).await;
    for number in 0..203 {
        tell(&mut db, "u", &format!("n{number:03}"), number).await;
    }
    let kept = notices::list(&mut db, "u").await.unwrap();
    assert_eq!(kept.len(), 200);
    assert_eq!(
        (kept[0].id.as_str(), kept[199].id.as_str()),
        ("n202", "n003")
    );
    assert_eq!(notices::list(&mut db, "v").await.unwrap().len(), 1);
}

async fn notices_are_counted_and_read_up_to_a_moment(kind: Kind) {
    let opened = Opened::new(kind).await.with_connection("u").await;
    let mut db = opened.db.reader().await.unwrap();
    insert_all(&mut db, "v", None).await.unwrap();
    for (user, id, at) in [("u", "a", 1), ("u", "b", 2), ("u", "c", 3), ("v", "d", 1)] {
        assert!(tell(&mut db, user, id, at).await);
    }
    notices::update_read(&mut db, "u", Timestamp(2), Timestamp(9))
        .await
        .unwrap();
    assert_eq!(notices::count_unread(&mut db, "u").await.unwrap(), 1);
    assert_eq!(notices::count_unread(&mut db, "v").await.unwrap(), 1);
    let read: Vec<_> = notices::list(&mut db, "u").await.unwrap();
    let read: Vec<_> = read.iter().map(|one| one.read).collect();
    assert_eq!(read, [false, true, true]);
}

async fn preferences_are_usual_until_they_are_chosen(kind: Kind) {
    let opened = Opened::new(kind).await.with_connection("u").await;
    let mut db = opened.db.reader().await.unwrap();
    let found = preferences::find(&mut db, "u").await.unwrap();
    assert_eq!(found, Preferences::default());
    for hours in [3, 720] {
        let chosen = Preferences {
            failing_hours: hours,
            balance_percent: amount("2.5"),
            value_percent: amount("1000"),
            exchange_news: hours == 3,
        };
        preferences::upsert(&mut db, "u", &chosen).await.unwrap();
        assert_eq!(preferences::find(&mut db, "u").await.unwrap(), chosen);
    }
    let found = preferences::find(&mut db, "v").await.unwrap();
    assert_eq!(found, Preferences::default());
}

async fn end_sync(db: &mut Connection, failure: Option<Failure>) {
    let after = AfterSync {
        status: ConnectionStatus::Paused,
        failure,
        rights: None,
        synced_at: None,
        thorough_at: None,
        overview: None,
        plan: Plan {
            due_at: None,
            failures: 0,
        },
    };
    connections::update_after_sync(db, "u", &after, None)
        .await
        .unwrap();
}

async fn a_spell_begins_once_and_ends_with_its_connection_read(kind: Kind) {
    let opened = Opened::new(kind).await.with_connection("u").await;
    let mut db = opened.db.reader().await.unwrap();
    let found = failing::note(&mut db, "nobody", Timestamp(1))
        .await
        .unwrap();
    assert_eq!(found, None);
    for now in [5, 9] {
        let spell = failing::note(&mut db, "u", Timestamp(now)).await.unwrap();
        let spell = spell.unwrap();
        assert_eq!((spell.user_id.as_str(), spell.since), ("u", Timestamp(5)));
        assert_eq!((spell.told, spell.last_failure), (false, None));
    }
    failing::update_told(&mut db, "u").await.unwrap();
    end_sync(&mut db, Some(Failure::Interrupted)).await;
    let spell = failing::note(&mut db, "u", Timestamp(10))
        .await
        .unwrap()
        .unwrap();
    assert_eq!((spell.since, spell.told), (Timestamp(5), true));
    assert_eq!(spell.last_failure, Some(Failure::Interrupted));
    end_sync(&mut db, None).await;
    let spell = failing::note(&mut db, "u", Timestamp(20))
        .await
        .unwrap()
        .unwrap();
    assert_eq!((spell.since, spell.told), (Timestamp(20), false));
}

async fn what_was_spoilt_is_not_told(kind: Kind) {
    let opened = Opened::new(kind).await.with_connection("u").await;
    let mut db = opened.db.reader().await.unwrap();
    tell(&mut db, "u", "n", 1).await;
    add_webhook(&mut db, "u").await;
    queue(&mut db, "u", "d", 1).await;
    preferences::upsert(&mut db, "u", &Preferences::default())
        .await
        .unwrap();
    execute(&mut db, "UPDATE notices SET body = '{}'").await;
    execute(&mut db, "UPDATE deliveries SET outcome = 'nonsense'").await;
    execute(
        &mut db,
        "UPDATE telling_preferences SET value_percent = '1e9'",
    )
    .await;
    let corrupt =
        |result: Result<(), StorageError>| matches!(result, Err(StorageError::Corrupt(_)));
    assert!(corrupt(notices::list(&mut db, "u").await.map(|_| ())));
    assert!(corrupt(deliveries::list(&mut db, "u").await.map(|_| ())));
    assert!(corrupt(preferences::find(&mut db, "u").await.map(|_| ())));
}
