//! What storage promises of fetching the candles of past days: one at a time, and never backwards.

use coffer::domain::market::filling::FillingState;
use coffer::domain::market::interval::Interval;
use coffer::domain::timestamp::Timestamp;
use coffer::storage::Connection;
use coffer::storage::candle_backfills::{self, Claim};
use coffer::storage::leases::Term;
use coffer::storage::users;

use super::candles::{added, at};
use super::opened::{Opened, user};
use crate::support::{Kind, on_both_databases};

on_both_databases![
    a_backfill_is_claimed_by_one_until_its_claim_lapses,
    a_backfill_that_is_asked_for_anew_begins_anew,
    who_asked_is_counted_until_it_is_over,
];

fn term(holder: &str, now: i64) -> Term<'_> {
    Term {
        holder,
        now: Timestamp(now),
        until: Timestamp(now + 100),
    }
}

async fn claim(db: &mut Connection, holder: &str, now: i64) -> Option<Claim> {
    let claimed = candle_backfills::claim(db, term(holder, now))
        .await
        .unwrap();
    let any = candle_backfills::any_due(db, Timestamp(now)).await.unwrap();
    assert!(!any, "what is claimed is due no longer");
    claimed
}

async fn a_backfill_is_claimed_by_one_until_its_claim_lapses(kind: Kind) {
    let opened = Opened::new(kind).await;
    let series = added(&opened, Interval::Minute1).await;
    let mut db = opened.db.reader().await.unwrap();
    for id in ["ann", "ben"] {
        users::insert(&mut db, &user(id)).await.unwrap();
    }
    let stretch = (at(0), at(10));
    candle_backfills::upsert(&mut db, "b", "ann", series.id, stretch, Timestamp(5))
        .await
        .unwrap();
    assert_eq!(claim(&mut db, "one", 4).await, None);
    let lost = claim(&mut db, "one", 5).await.unwrap();
    assert_eq!(claim(&mut db, "two", 104).await, None);
    let held = claim(&mut db, "two", 105).await.unwrap();
    let reach = async |db: &mut Connection, claim: &Claim, holder: &str| {
        candle_backfills::update_reached(db, claim, term(holder, 110), at(4), 3)
            .await
            .unwrap()
    };
    assert!(
        !reach(&mut db, &lost, "one").await,
        "another one goes on with it"
    );
    assert!(reach(&mut db, &held, "two").await);
    let told = candle_backfills::find(&mut db, "b").await.unwrap().unwrap();
    assert_eq!((told.reached, told.stored, told.percent()), (at(4), 3, 40));
    assert_eq!(
        claim(&mut db, "one", 209).await,
        None,
        "the page renewed the claim"
    );
    let later = Timestamp(500);
    candle_backfills::update_due(&mut db, &held, "two", later, Some("exchange_unavailable"))
        .await
        .unwrap();
    assert_eq!(claim(&mut db, "two", 499).await, None);
    let again = claim(&mut db, "two", 500).await.unwrap();
    assert_eq!(again.failures, 1);
    let told = candle_backfills::find(&mut db, "b").await.unwrap().unwrap();
    assert_eq!(told.trouble.as_deref(), Some("exchange_unavailable"));
    candle_backfills::give_back_all(&mut db, "two")
        .await
        .unwrap();
    let last = claim(&mut db, "one", 501).await.unwrap();
    candle_backfills::end(&mut db, &lost, "one", FillingState::GivenUp)
        .await
        .unwrap();
    candle_backfills::end(&mut db, &last, "one", FillingState::Done)
        .await
        .unwrap();
    assert_eq!(claim(&mut db, "one", i64::MAX - 100).await, None);
    let all = candle_backfills::list(&mut db).await.unwrap();
    assert_eq!((all.len(), all[0].state), (1, FillingState::Done));
}

async fn a_backfill_that_is_asked_for_anew_begins_anew(kind: Kind) {
    let opened = Opened::new(kind).await;
    let series = added(&opened, Interval::Minute1).await;
    let mut db = opened.db.reader().await.unwrap();
    for id in ["ann", "ben"] {
        users::insert(&mut db, &user(id)).await.unwrap();
    }
    candle_backfills::upsert(
        &mut db,
        "b",
        "ann",
        series.id,
        (at(5), at(10)),
        Timestamp(5),
    )
    .await
    .unwrap();
    let held = claim(&mut db, "one", 5).await.unwrap();
    candle_backfills::upsert(
        &mut db,
        "c",
        "ben",
        series.id,
        (at(0), at(20)),
        Timestamp(6),
    )
    .await
    .unwrap();
    let noted = candle_backfills::update_reached(&mut db, &held, term("one", 7), at(9), 1).await;
    assert!(
        !noted.unwrap(),
        "what was asked for before is not gone on with"
    );
    let told = candle_backfills::find_of_series(&mut db, series.id).await;
    let told = told.unwrap().unwrap();
    assert_eq!(
        (told.id.as_str(), told.from, told.reached),
        ("b", at(0), at(0))
    );
    assert!(claim(&mut db, "two", 6).await.is_some());
    candle_backfills::end_leases(&mut db).await.unwrap();
    assert!(claim(&mut db, "two", 6).await.is_some());
}

async fn who_asked_is_counted_until_it_is_over(kind: Kind) {
    let opened = Opened::new(kind).await;
    let series = added(&opened, Interval::Minute1).await;
    let mut db = opened.db.reader().await.unwrap();
    for id in ["ann", "ben"] {
        users::insert(&mut db, &user(id)).await.unwrap();
    }
    let waiting = async |db: &mut Connection, user_id: &str, series_id: i64| {
        let counted = candle_backfills::count_waiting(db, user_id, series_id).await;
        counted.unwrap()
    };
    let ask = async |db: &mut Connection, user_id: &str, from: i64| {
        let stretch = (at(from), at(10));
        candle_backfills::upsert(db, "b", user_id, series.id, stretch, Timestamp(5))
            .await
            .unwrap();
    };
    let other = series.id + 1;
    ask(&mut db, "ann", 3).await;
    assert_eq!(waiting(&mut db, "ann", other).await, (1, 1));
    assert_eq!(waiting(&mut db, "ben", other).await, (1, 0));
    assert_eq!(waiting(&mut db, "ann", series.id).await, (0, 0));
    // What reaches further back already goes on as it is.
    ask(&mut db, "ben", 4).await;
    assert_eq!(waiting(&mut db, "ann", other).await, (1, 1));
    ask(&mut db, "ben", 2).await;
    assert_eq!(waiting(&mut db, "ann", other).await, (1, 0));
    assert_eq!(waiting(&mut db, "ben", other).await, (1, 1));
    let held = claim(&mut db, "one", 5).await.unwrap();
    candle_backfills::end(&mut db, &held, "one", FillingState::Done)
        .await
        .unwrap();
    assert_eq!(waiting(&mut db, "ben", other).await, (0, 0));
    ask(&mut db, "ben", 4).await;
    drop(db);
    let gone = "DELETE FROM users WHERE id = 'ben'";
    opened.execute(gone).await.unwrap();
    let mut db = opened.db.reader().await.unwrap();
    assert_eq!(waiting(&mut db, "ben", other).await, (1, 0));
}
