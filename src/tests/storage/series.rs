//! What storage promises of series: where each stands, and whose day has no point yet.

use coffer::domain::history::Source;
use coffer::domain::history::quarantine::{Candidate, Cause, ReadTimes, Standing, Taken};
use coffer::domain::history::reading::Reading;
use coffer::domain::timestamp::Timestamp;
use coffer::domain::wallet::WalletName;
use coffer::storage::value_series::{self, SeriesRow};
use coffer::storage::{Connection, StorageError, value_points};

use super::history::{opened, placed};
use super::opened::insert_all;
use crate::support::{Kind, on_both_databases};

on_both_databases![
    a_series_keeps_when_it_was_thinned,
    a_reading_that_was_spoilt_is_never_told,
    people_are_due_until_their_day_has_a_point,
];

/// A series of a person `u`.
pub fn series(id: &str, portfolio: Option<&str>) -> SeriesRow {
    SeriesRow {
        id: id.to_owned(),
        portfolio_id: portfolio.map(str::to_owned),
        version: 1,
        looked_at: 50,
        thinned_at: 40,
        standing: Standing {
            latest: Some(taken(45)),
            ..Standing::default()
        },
    }
}

/// A reading of nothing.
fn taken(at: i64) -> Taken {
    Taken {
        at: Timestamp(at),
        source: Source::Daily,
        reading: Reading::default(),
        connections: ReadTimes::new(),
    }
}

fn held_back() -> Candidate {
    Candidate {
        taken: taken(80),
        cause: Cause::Wallet(WalletName::new("spot")),
        connection_id: Some("u".to_owned()),
    }
}

async fn a_series_keeps_when_it_was_thinned(kind: Kind) {
    let opened = opened(kind).await;
    let mut db = opened.db.reader().await.unwrap();
    assert_eq!(value_series::find_version(&mut db, "u").await.unwrap(), 1);
    assert_eq!(value_series::find_version(&mut db, "x").await.unwrap(), 0);
    value_series::update_thinned(&mut db, "u", Timestamp(60))
        .await
        .unwrap();
    let newer = SeriesRow {
        version: 2,
        looked_at: 90,
        thinned_at: 90,
        standing: Standing {
            latest: Some(taken(45)),
            unvalued: Some(taken(70)),
            candidate: Some(held_back()),
        },
        ..series("u", None)
    };
    value_series::upsert(&mut db, "u", std::slice::from_ref(&newer))
        .await
        .unwrap();
    let kept = SeriesRow {
        thinned_at: 60,
        ..newer
    };
    let list = value_series::list(&mut db, "u").await.unwrap();
    assert_eq!(list[1], kept);
    assert_eq!(list[0].portfolio_id.as_deref(), Some("p"));
    assert_eq!(value_series::list(&mut db, "v").await.unwrap(), []);
    let thinned = value_series::find_thinned_at(&mut db, "u").await.unwrap();
    assert_eq!(thinned, Some(60));
    assert_eq!(
        value_series::find_thinned_at(&mut db, "v").await.unwrap(),
        None
    );
    let candidate = async |user, id, db: &mut Connection| {
        value_series::find_candidate(db, user, id).await.unwrap()
    };
    assert_eq!(candidate("u", "u", &mut db).await, Some(held_back()));
    assert_eq!(candidate("u", "p", &mut db).await, None);
    assert_eq!(candidate("v", "u", &mut db).await, None);
}

async fn a_reading_that_was_spoilt_is_never_told(kind: Kind) {
    let opened = opened(kind).await;
    for spoil in [
        "UPDATE value_series SET latest = '{}' WHERE id = 'u'",
        "UPDATE value_series SET latest = NULL, unvalued = '{}' WHERE id = 'u'",
        "UPDATE value_series SET unvalued = NULL, candidate = '{}' WHERE id = 'u'",
    ] {
        opened.execute(spoil).await.unwrap();
        let mut db = opened.db.reader().await.unwrap();
        let list = value_series::list(&mut db, "u").await;
        assert!(matches!(list, Err(StorageError::Corrupt(_))), "{spoil}");
        let found = value_series::find_candidate(&mut db, "u", "u").await;
        assert_eq!(found.is_err(), spoil.contains("candidate"), "{spoil}");
    }
}

async fn people_are_due_until_their_day_has_a_point(kind: Kind) {
    let opened = opened(kind).await;
    let mut db = opened.db.reader().await.unwrap();
    insert_all(&mut db, "v", None).await.unwrap();
    let due = async |day: i64, looked: i64, limit: i64, db: &mut Connection| {
        let (day, looked) = (Timestamp(day), Timestamp(looked));
        let due = value_series::list_people_due(db, day, looked, limit).await;
        due.unwrap()
    };
    assert_eq!(due(40, 51, 9, &mut db).await, ["v", "u"]);
    assert_eq!(due(40, 51, 1, &mut db).await, ["v"]);
    // Who was looked after a while ago is left alone.
    assert_eq!(due(40, 50, 9, &mut db).await, ["v"]);
    // A point of a portfolio is none of everything.
    let points = [placed("u", 39, "1"), placed("p", 40, "1")];
    value_points::upsert(&mut db, &points).await.unwrap();
    assert_eq!(due(40, 51, 9, &mut db).await, ["v", "u"]);
    let point = [placed("u", 40, "1")];
    value_points::upsert(&mut db, &point).await.unwrap();
    assert_eq!(due(40, 51, 9, &mut db).await, ["v"]);
    assert_eq!(due(41, 51, 9, &mut db).await, ["v", "u"]);
    drop(db);
    let test = "UPDATE connections SET environment = 'testnet'";
    opened.execute(test).await.unwrap();
    let mut db = opened.db.reader().await.unwrap();
    assert_eq!(due(41, 51, 9, &mut db).await, Vec::<String>::new());
}
