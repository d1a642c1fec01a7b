//! Messages to webhooks: bounded, and claimed by one.

use coffer::domain::delivery::Outcome;
use coffer::domain::timestamp::Timestamp;
use coffer::storage::Connection;
use coffer::storage::deliveries::{self, Tried};
use coffer::storage::webhooks::{self, WebhookRow};
use sqlx::Connection as _;

use super::leases::term;
use super::opened::{Opened, insert_all};
use crate::support::{Kind, on_both_databases};

on_both_databases![
    a_webhook_is_replaced_switched_and_taken_away,
    of_what_ended_a_hundred_are_kept_and_of_what_waits_all,
    what_comes_while_a_thousand_wait_is_listed_as_not_sent,
    of_each_person_one_message_is_claimed_at_once_the_oldest_first,
    whoever_lost_a_message_notes_nothing,
];

pub async fn add_webhook(db: &mut Connection, user: &str) {
    let row = WebhookRow {
        id: format!("hook of {user}"),
        url: "https://example.org/in".to_owned(),
        host: "example.org".to_owned(),
        secret: vec![0, 1, 255],
        enabled: 1,
    };
    webhooks::upsert(db, user, &row).await.unwrap();
}

pub async fn queue(db: &mut Connection, user: &str, id: &str, at: i64) -> bool {
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

/// The newest message of `u` that is still to be sent.
async fn waiting(db: &mut Connection) -> Option<String> {
    deliveries::find_waiting(db, "u", "test").await.unwrap()
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

async fn of_what_ended_a_hundred_are_kept_and_of_what_waits_all(kind: Kind) {
    let opened = Opened::new(kind).await.with_connection("u").await;
    let mut db = opened.db.reader().await.unwrap();
    assert!(!queue(&mut db, "u", "early", 1).await);
    add_webhook(&mut db, "u").await;
    for number in 0..103 {
        assert!(queue(&mut db, "u", &format!("d{number:03}"), number).await);
    }
    let kept = deliveries::list(&mut db, "u").await.unwrap();
    assert_eq!(kept.len(), 103);
    assert_eq!(
        (kept[0].id.as_str(), kept[102].id.as_str()),
        ("d102", "d000")
    );
    assert_eq!(
        (kept[0].host.as_str(), kept[0].attempts),
        ("example.org", 0)
    );
    let found = deliveries::find(&mut db, "v", "d102").await.unwrap();
    assert_eq!(found, None);
    assert_eq!(waiting(&mut db).await.as_deref(), Some("d102"));
    deliveries::end_all(&mut db, "u", Outcome::SwitchedOff)
        .await
        .unwrap();
    assert_eq!(waiting(&mut db).await, None);
    assert!(!deliveries::any_due(&mut db, Timestamp(999)).await.unwrap());
    // The next one waits, and the oldest that ended go.
    assert!(queue(&mut db, "u", "next", 200).await);
    let kept = deliveries::list(&mut db, "u").await.unwrap();
    assert_eq!(kept.len(), 101);
    assert_eq!(
        (kept[0].id.as_str(), kept[100].id.as_str()),
        ("next", "d003")
    );
    webhooks::update_enabled(&mut db, "u", "hook of u", false)
        .await
        .unwrap();
    assert!(!queue(&mut db, "u", "late", 999).await);
}

async fn what_comes_while_a_thousand_wait_is_listed_as_not_sent(kind: Kind) {
    let opened = Opened::new(kind).await.with_connection("u").await;
    let mut db = opened.db.reader().await.unwrap();
    insert_all(&mut db, "v", None).await.unwrap();
    for user in ["u", "v"] {
        add_webhook(&mut db, user).await;
    }
    let mut at_once = db.begin().await.unwrap();
    for number in 0..1_000 {
        queue(&mut at_once, "u", &format!("d{number:04}"), number).await;
    }
    at_once.commit().await.unwrap();
    assert!(queue(&mut db, "u", "more", 2_000).await);
    assert!(queue(&mut db, "v", "another", 2_000).await);
    let kept = deliveries::list(&mut db, "u").await.unwrap();
    assert_eq!(kept.len(), 1_001);
    assert_eq!(
        (kept[0].id.as_str(), kept[0].outcome, kept[0].next_try_at),
        ("more", Some(Outcome::Crowded), None)
    );
    // None of those that wait was given up for it, and others have their own thousand.
    assert!(kept[1..].iter().all(|one| one.next_try_at.is_some()));
    let other = deliveries::find(&mut db, "v", "another").await.unwrap();
    assert!(other.unwrap().next_try_at.is_some());
    // Once one is on its way out, there is room again.
    let claims = deliveries::claim(&mut db, term("a", 1), 1).await.unwrap();
    let arrived = Tried {
        outcome: Outcome::Status(204),
        at: Timestamp(2),
        next_try_at: None,
    };
    let noted = deliveries::update_tried(&mut db, &claims[0], "a", None, arrived).await;
    assert!(noted.unwrap());
    queue(&mut db, "u", "room", 2_001).await;
    let found = deliveries::find(&mut db, "u", "room").await.unwrap();
    assert!(found.unwrap().next_try_at.is_some());
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
