//! Notices and messages to webhooks: told once, bounded, claimed by one.

use coffer::domain::connection::ConnectionStatus;
use coffer::domain::delivery::Outcome;
use coffer::domain::event::{Event, Told};
use coffer::domain::preferences::Preferences;
use coffer::domain::report::Failure;
use coffer::domain::schedule::Plan;
use coffer::domain::timestamp::Timestamp;
use coffer::storage::connections::{self, AfterSync};
use coffer::storage::deliveries::{self, Tried};
use coffer::storage::webhooks::{self, WebhookRow};
use coffer::storage::{Connection, StorageError, failing, notices, preferences};

use super::leases::{execute, term};
use super::opened::{Opened, amount, insert_all};
use crate::support::{Kind, on_both_databases};

on_both_databases![
    news_is_kept_once_for_each_person_even_when_two_tell_it_at_once,
    the_two_hundred_newest_notices_are_kept,
    notices_are_counted_and_read_up_to_a_moment,
    preferences_are_usual_until_they_are_chosen,
    a_webhook_is_replaced_switched_and_taken_away,
    the_hundred_newest_messages_are_kept_and_none_without_a_webhook,
    of_each_person_one_message_is_claimed_at_once_the_oldest_first,
    whoever_lost_a_message_notes_nothing,
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

async fn add_webhook(db: &mut Connection, user: &str) {
    let row = WebhookRow {
        id: format!("hook of {user}"),
        url: "https://example.org/in".to_owned(),
        host: "example.org".to_owned(),
        secret: vec![0, 1, 255],
        enabled: 1,
    };
    webhooks::upsert(db, user, &row).await.unwrap();
}

async fn queue(db: &mut Connection, user: &str, id: &str, at: i64) -> bool {
    deliveries::insert(db, user, id, "test", "{}", Timestamp(at))
        .await
        .unwrap()
}

async fn claim(db: &mut Connection, holder: &str, now: i64) -> Vec<String> {
    let claims = deliveries::claim(db, term(holder, now), 10).await.unwrap();
    let mut ids: Vec<_> = claims.into_iter().map(|claim| claim.id).collect();
    ids.sort();
    ids
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
        };
        preferences::upsert(&mut db, "u", &chosen).await.unwrap();
        assert_eq!(preferences::find(&mut db, "u").await.unwrap(), chosen);
    }
    let found = preferences::find(&mut db, "v").await.unwrap();
    assert_eq!(found, Preferences::default());
}

async fn a_webhook_is_replaced_switched_and_taken_away(kind: Kind) {
    let opened = Opened::new(kind).await.with_connection("u").await;
    let mut db = opened.db.reader().await.unwrap();
    add_webhook(&mut db, "u").await;
    let id = "hook of u";
    let found = webhooks::find(&mut db, "u").await.unwrap().unwrap();
    assert_eq!(
        (found.secret.as_slice(), found.enabled),
        (&[0, 1, 255][..], 1)
    );
    for (enabled, changes) in [(true, false), (false, true), (false, false), (true, true)] {
        let changed = webhooks::update_enabled(&mut db, "u", id, enabled).await;
        assert_eq!(changed.unwrap(), changes);
    }
    assert!(
        !webhooks::update_enabled(&mut db, "v", id, false)
            .await
            .unwrap()
    );
    assert!(
        webhooks::update_secret(&mut db, "u", id, &[7])
            .await
            .unwrap()
    );
    assert!(
        !webhooks::update_secret(&mut db, "u", "another", &[8])
            .await
            .unwrap()
    );
    let replaced = WebhookRow {
        id: "another".to_owned(),
        enabled: 0,
        ..found
    };
    webhooks::upsert(&mut db, "u", &replaced).await.unwrap();
    let found = webhooks::find(&mut db, "u").await.unwrap();
    assert_eq!(found, Some(replaced));
    webhooks::delete(&mut db, "u").await.unwrap();
    assert_eq!(webhooks::find(&mut db, "u").await.unwrap(), None);
}

async fn the_hundred_newest_messages_are_kept_and_none_without_a_webhook(kind: Kind) {
    let opened = Opened::new(kind).await.with_connection("u").await;
    let mut db = opened.db.reader().await.unwrap();
    assert!(!queue(&mut db, "u", "early", 1).await);
    add_webhook(&mut db, "u").await;
    for number in 0..103 {
        assert!(queue(&mut db, "u", &format!("d{number:03}"), number).await);
    }
    let kept = deliveries::list(&mut db, "u").await.unwrap();
    assert_eq!(kept.len(), 100);
    assert_eq!(
        (kept[0].id.as_str(), kept[99].id.as_str()),
        ("d102", "d003")
    );
    assert_eq!(
        (kept[0].host.as_str(), kept[0].attempts),
        ("example.org", 0)
    );
    let found = deliveries::find(&mut db, "v", "d102").await.unwrap();
    assert_eq!(found, None);
    let waiting = deliveries::find_waiting(&mut db, "u", "test")
        .await
        .unwrap();
    assert_eq!(waiting.as_deref(), Some("d102"));
    deliveries::end_all(&mut db, "u", Outcome::SwitchedOff)
        .await
        .unwrap();
    let waiting = deliveries::find_waiting(&mut db, "u", "test")
        .await
        .unwrap();
    assert_eq!(waiting, None);
    assert!(!deliveries::any_due(&mut db, Timestamp(999)).await.unwrap());
    webhooks::update_enabled(&mut db, "u", "hook of u", false)
        .await
        .unwrap();
    assert!(!queue(&mut db, "u", "late", 999).await);
}

async fn of_each_person_one_message_is_claimed_at_once_the_oldest_first(kind: Kind) {
    let opened = Opened::new(kind).await.with_connection("u").await;
    let mut db = opened.db.reader().await.unwrap();
    insert_all(&mut db, "v", None).await.unwrap();
    for user in ["u", "v"] {
        add_webhook(&mut db, user).await;
        for at in [1, 2] {
            queue(&mut db, user, &format!("{user}{at}"), at).await;
        }
    }
    assert!(!deliveries::any_due(&mut db, Timestamp(0)).await.unwrap());
    assert_eq!(claim(&mut db, "a", 0).await, [""; 0]);
    assert!(deliveries::any_due(&mut db, Timestamp(5)).await.unwrap());
    assert_eq!(claim(&mut db, "a", 5).await, ["u1", "v1"]);
    assert_eq!(claim(&mut db, "b", 34).await, [""; 0]);
    // The leases lapse, and others may go on with the same messages.
    assert_eq!(claim(&mut db, "b", 35).await, ["u1", "v1"]);
    deliveries::give_back_all(&mut db, "a").await.unwrap();
    assert_eq!(claim(&mut db, "a", 36).await, [""; 0]);
    deliveries::give_back_all(&mut db, "b").await.unwrap();
    assert_eq!(claim(&mut db, "a", 36).await, ["u1", "v1"]);
    deliveries::end_leases(&mut db).await.unwrap();
    let claims = deliveries::claim(&mut db, term("a", 37), 1).await.unwrap();
    assert_eq!((claims.len(), claims[0].attempts), (1, 4));
    // What is tried later holds up nothing that came after it.
    let tried = Tried {
        outcome: Outcome::Status(500),
        at: Timestamp(38),
        next_try_at: Some(Timestamp(90)),
    };
    let noted = deliveries::update_tried(&mut db, &claims[0], "a", None, tried).await;
    assert!(noted.unwrap());
    assert_eq!(claim(&mut db, "a", 39).await, ["u2", "v1"]);
}

async fn whoever_lost_a_message_notes_nothing(kind: Kind) {
    let opened = Opened::new(kind).await.with_connection("u").await;
    let mut db = opened.db.reader().await.unwrap();
    add_webhook(&mut db, "u").await;
    queue(&mut db, "u", "d", 1).await;
    let late = deliveries::claim(&mut db, term("a", 5), 9).await.unwrap();
    let other = deliveries::claim(&mut db, term("b", 50), 9).await.unwrap();
    let tried = |status| Tried {
        outcome: Outcome::Status(status),
        at: Timestamp(60),
        next_try_at: None,
    };
    let host = Some("new.example.org");
    let noted = deliveries::update_tried(&mut db, &late[0], "a", host, tried(500)).await;
    assert!(!noted.unwrap());
    let noted = deliveries::update_tried(&mut db, &other[0], "b", host, tried(204)).await;
    assert!(noted.unwrap());
    let one = deliveries::find(&mut db, "u", "d").await.unwrap().unwrap();
    assert_eq!((one.outcome, one.attempts), (Some(Outcome::Status(204)), 2));
    assert_eq!(
        (one.host.as_str(), one.tried_at),
        ("new.example.org", Some(Timestamp(60)))
    );
    assert_eq!(claim(&mut db, "a", 999).await, [""; 0]);
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
    connections::update_after_sync(db, "u", &after)
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
