//! What storage promises of the days before connections: one at a time, and whose they are.

use coffer::domain::currency::Currency;
use coffer::domain::history::backfill::Backfill;
use coffer::domain::history::past::ValuedDay;
use coffer::domain::timestamp::Timestamp;
use coffer::storage::backfills::{self, Claim};
use coffer::storage::leases::Term;
use coffer::storage::{Connection, StorageError, backfilled_days, connections, value_rates};

use super::opened::{Opened, amount, insert_all};
use crate::support::{Kind, on_both_databases};

on_both_databases![
    a_backfill_is_claimed_by_one_until_its_claim_lapses,
    a_claim_that_was_lost_ends_nothing,
    what_is_over_is_never_due_again,
    days_are_their_owners_and_go_where_the_connection_goes,
    days_that_are_kept_stay_as_they_are,
    rates_stay_while_a_day_needs_them,
    a_connection_takes_its_days_with_it,
];

fn term(holder: &str, now: i64) -> Term<'_> {
    Term {
        holder,
        now: Timestamp(now),
        until: Timestamp(now + 100),
    }
}

fn day(at: i64, value: &str) -> ValuedDay {
    ValuedDay {
        at: Timestamp(at),
        value: amount(value),
        unpriced: 2,
    }
}

/// A person with a connection whose days before are due at 10.
async fn opened(kind: Kind) -> Opened {
    let opened = Opened::new(kind).await.with_connection("u").await;
    let mut db = opened.db.reader().await.unwrap();
    backfills::insert(&mut db, "u", Timestamp(10))
        .await
        .unwrap();
    drop(db);
    opened
}

async fn claim(db: &mut Connection, holder: &str, now: i64) -> Option<Claim> {
    backfills::claim(db, term(holder, now)).await.unwrap()
}

async fn told(
    db: &mut Connection,
    user: &str,
    series: &str,
    since: i64,
) -> Result<Vec<(i64, String, Option<String>)>, StorageError> {
    let since = Timestamp(since);
    let days = backfilled_days::list_rated(db, user, series, since, Currency::Eur).await?;
    let text = |(day, rate): (ValuedDay, Option<_>)| {
        let rate = rate.map(|rate: coffer::domain::amount::Amount| rate.to_string());
        (day.at.0, day.value.to_string(), rate)
    };
    Ok(days.into_iter().map(text).collect())
}

async fn a_backfill_is_claimed_by_one_until_its_claim_lapses(kind: Kind) {
    let opened = opened(kind).await;
    let mut db = opened.db.reader().await.unwrap();
    assert!(!backfills::any_due(&mut db, Timestamp(9)).await.unwrap());
    assert_eq!(claim(&mut db, "a", 9).await, None);
    assert!(backfills::any_due(&mut db, Timestamp(10)).await.unwrap());
    let first = claim(&mut db, "a", 10).await.unwrap();
    assert_eq!((first.connection_id.as_str(), first.attempts), ("u", 1));
    assert_eq!(claim(&mut db, "b", 109).await, None);
    assert!(!backfills::any_due(&mut db, Timestamp(109)).await.unwrap());
    assert_eq!(claim(&mut db, "b", 110).await.unwrap().attempts, 2);
    let owner = backfills::find_owner(&mut db, &first).await.unwrap();
    assert_eq!(owner.as_deref(), Some("u"));
    backfills::give_back_all(&mut db, "b").await.unwrap();
    assert_eq!(claim(&mut db, "c", 111).await.unwrap().attempts, 3);
    backfills::end_leases(&mut db).await.unwrap();
    assert_eq!(claim(&mut db, "d", 112).await.unwrap().attempts, 4);
}

async fn a_claim_that_was_lost_ends_nothing(kind: Kind) {
    let opened = opened(kind).await;
    let mut db = opened.db.reader().await.unwrap();
    let lost = claim(&mut db, "a", 10).await.unwrap();
    let held = claim(&mut db, "b", 200).await.unwrap();
    let told = Backfill::Told {
        days: 3,
        unreadable: 1,
    };
    assert!(!backfills::end(&mut db, &lost, "a", told).await.unwrap());
    backfills::update_due(&mut db, &lost, "a", Timestamp(0))
        .await
        .unwrap();
    assert_eq!(claim(&mut db, "c", 201).await, None);
    let stands = backfills::find(&mut db, "u", "u").await.unwrap();
    assert_eq!(stands, Some(Backfill::Waiting));
    backfills::update_due(&mut db, &held, "b", Timestamp(300))
        .await
        .unwrap();
    assert_eq!(claim(&mut db, "c", 299).await, None);
    let again = claim(&mut db, "c", 300).await.unwrap();
    assert!(backfills::end(&mut db, &again, "c", told).await.unwrap());
    let stands = backfills::find(&mut db, "u", "u").await.unwrap();
    assert_eq!(stands, Some(told));
    assert_eq!(backfills::find(&mut db, "v", "u").await.unwrap(), None);
}

async fn what_is_over_is_never_due_again(kind: Kind) {
    for end in [
        Backfill::NotAvailable,
        Backfill::GivenUp,
        Backfill::Told {
            days: 0,
            unreadable: 0,
        },
    ] {
        let opened = opened(kind).await;
        let mut db = opened.db.reader().await.unwrap();
        let held = claim(&mut db, "a", 10).await.unwrap();
        assert!(backfills::end(&mut db, &held, "a", end).await.unwrap());
        assert_eq!(claim(&mut db, "a", i64::MAX - 100).await, None);
        let stands = backfills::find(&mut db, "u", "u").await.unwrap();
        assert_eq!(stands, Some(end));
    }
}

async fn days_are_their_owners_and_go_where_the_connection_goes(kind: Kind) {
    let opened = opened(kind).await;
    let mut db = opened.db.reader().await.unwrap();
    insert_all(&mut db, "v", None).await.unwrap();
    backfilled_days::insert(&mut db, "u", &[day(120_000, "0.10"), day(60_000, "7")])
        .await
        .unwrap();
    let rate = [(Currency::Eur, amount("0.9"))];
    value_rates::insert(&mut db, 2, &rate).await.unwrap();
    let both = [
        (60_000, "7".to_owned(), None),
        (120_000, "0.1".to_owned(), Some("0.9".to_owned())),
    ];
    assert_eq!(told(&mut db, "u", "u", 0).await.unwrap(), both);
    assert_eq!(told(&mut db, "u", "u", 60_001).await.unwrap(), both[1..]);
    assert_eq!(told(&mut db, "v", "u", 0).await.unwrap(), []);
    assert_eq!(told(&mut db, "v", "v", 0).await.unwrap(), []);
    drop(db);
    let other = "INSERT INTO portfolios (id, user_id, name, created_at) \
                 VALUES ('p', 'u', 'Second', 1)";
    opened.execute(other).await.unwrap();
    let mut db = opened.db.reader().await.unwrap();
    assert_eq!(told(&mut db, "u", "p", 0).await.unwrap(), []);
    drop(db);
    let moved = "UPDATE connections SET portfolio_id = 'p' WHERE id = 'u'";
    opened.execute(moved).await.unwrap();
    let mut db = opened.db.reader().await.unwrap();
    assert_eq!(told(&mut db, "u", "p", 0).await.unwrap(), both);
    let of_user = async |user, db: &mut Connection| {
        let days = backfilled_days::list_rated_of_user(db, user, Currency::Eur).await;
        let days = days.unwrap().into_iter();
        let text = |(portfolio, (day, rate)): (String, backfilled_days::RatedDay)| {
            (
                portfolio,
                (
                    day.at.0,
                    day.value.to_string(),
                    rate.map(|rate| rate.to_string()),
                ),
            )
        };
        days.map(text).collect::<Vec<_>>()
    };
    let placed = both.map(|day| ("p".to_owned(), day));
    assert_eq!(of_user("u", &mut db).await, placed);
    assert_eq!(of_user("v", &mut db).await, []);
}

async fn days_that_are_kept_stay_as_they_are(kind: Kind) {
    let opened = opened(kind).await;
    let mut db = opened.db.reader().await.unwrap();
    for days in [&[day(5, "1")][..], &[day(5, "2"), day(6, "3")], &[]] {
        backfilled_days::insert(&mut db, "u", days).await.unwrap();
    }
    let kept = told(&mut db, "u", "u", 0).await.unwrap();
    let values: Vec<_> = kept.into_iter().map(|(at, value, _)| (at, value)).collect();
    assert_eq!(values, [(5, "1".to_owned()), (6, "3".to_owned())]);
}

async fn rates_stay_while_a_day_needs_them(kind: Kind) {
    let opened = opened(kind).await;
    let mut db = opened.db.reader().await.unwrap();
    backfilled_days::insert(&mut db, "u", &[day(120_000, "1")])
        .await
        .unwrap();
    for minute in [1, 2] {
        let rate = [(Currency::Eur, amount("0.9"))];
        value_rates::insert(&mut db, minute, &rate).await.unwrap();
    }
    value_rates::delete_unused(&mut db, 9).await.unwrap();
    for (minute, stays) in [(1, false), (2, true)] {
        let found = value_rates::find(&mut db, minute, Currency::Eur).await;
        assert_eq!(found.unwrap().is_some(), stays, "{minute}");
    }
}

async fn a_connection_takes_its_days_with_it(kind: Kind) {
    let opened = opened(kind).await;
    let mut db = opened.db.reader().await.unwrap();
    let held = claim(&mut db, "a", 10).await.unwrap();
    backfilled_days::insert(&mut db, "u", &[day(5, "1")])
        .await
        .unwrap();
    assert!(connections::delete(&mut db, "u", "u").await.unwrap());
    let end = Backfill::NotAvailable;
    assert!(!backfills::end(&mut db, &held, "a", end).await.unwrap());
    assert_eq!(backfills::find_owner(&mut db, &held).await.unwrap(), None);
    drop(db);
    for table in ["backfills", "backfilled_days"] {
        assert_eq!(opened.count(table).await, "0", "{table}");
    }
}
