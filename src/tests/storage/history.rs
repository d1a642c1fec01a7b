//! What storage promises of history: whose it is, what goes with what, and the bounds of thinning.

use coffer::domain::amount::Amount;
use coffer::domain::currency::Currency;
use coffer::domain::history::{Point, Source};
use coffer::domain::timestamp::Timestamp;
use coffer::storage::holding_snapshots::{self, Snapshot};
use coffer::storage::value_points::{self, Placed};
use coffer::storage::value_series;
use coffer::storage::{Connection, StorageError, connections, value_rates};

use super::opened::{Opened, amount, insert_all};
use super::series::series;
use crate::support::{Kind, on_both_databases};

on_both_databases![
    what_a_connection_held_is_its_owners_and_goes_with_it,
    snapshots_are_thinned_to_the_last_of_a_stretch,
    points_are_told_with_the_rates_of_their_minute,
    a_point_that_was_spoilt_is_never_told,
    points_before_a_moment_are_left_out_but_for_the_last,
    a_point_of_the_same_moment_takes_its_place,
    rates_stay_while_a_point_needs_them,
    a_portfolio_takes_its_points_with_it,
    an_account_takes_its_history_with_it,
];

fn snapshot(at: i64, held: &str) -> Snapshot {
    Snapshot {
        taken_at: Timestamp(at),
        partial: at % 2 == 1,
        held: held.to_owned(),
    }
}

pub fn placed(series: &str, at: i64, value: &str) -> Placed {
    Placed {
        series_id: series.to_owned(),
        rates_at: at / 10,
        point: Point {
            at: Timestamp(at),
            value: amount(value),
            moved: amount("-1.000000000000000001"),
            covered: Amount::zero(),
            unpriced: 3,
            partial: true,
            source: Source::Daily,
        },
    }
}

/// A person, a series of everything, and one of a portfolio of the id `p`.
pub async fn opened(kind: Kind) -> Opened {
    let opened = Opened::new(kind).await.with_connection("u").await;
    let insert =
        "INSERT INTO portfolios (id, user_id, name, created_at) VALUES ('p', 'u', 'Second', 1)";
    opened.execute(insert).await.unwrap();
    let mut db = opened.db.reader().await.unwrap();
    let both = [series("u", None), series("p", Some("p"))];
    value_series::upsert(&mut db, "u", &both).await.unwrap();
    drop(db);
    opened
}

async fn values(db: &mut Connection, user: &str, series: &str, since: i64) -> Vec<String> {
    let points = value_points::list_rated(db, user, series, Timestamp(since), Currency::Eur).await;
    let points = points.unwrap().into_iter();
    points.map(|one| one.point.value.to_string()).collect()
}

/// What a person's only connection held.
async fn snapshots(db: &mut Connection, user: &str) -> Vec<Snapshot> {
    let begin = ("", Timestamp(i64::MIN));
    let list = holding_snapshots::list_page(db, user, begin, 99).await;
    list.unwrap().into_iter().map(|(_, one)| one).collect()
}

async fn what_a_connection_held_is_its_owners_and_goes_with_it(kind: Kind) {
    let opened = Opened::new(kind).await.with_connection("u").await;
    let mut db = opened.db.reader().await.unwrap();
    insert_all(&mut db, "v", None).await.unwrap();
    for snapshot in [snapshot(7, "old"), snapshot(7, "{}"), snapshot(4, "first")] {
        holding_snapshots::upsert(&mut db, "u", &snapshot)
            .await
            .unwrap();
    }
    let own = [snapshot(4, "first"), snapshot(7, "{}")];
    assert_eq!(snapshots(&mut db, "u").await, own);
    assert_eq!(snapshots(&mut db, "v").await, []);
    assert!(connections::delete(&mut db, "u", "u").await.unwrap());
    drop(db);
    assert_eq!(opened.count("holding_snapshots").await, "0");
}

async fn snapshots_are_thinned_to_the_last_of_a_stretch(kind: Kind) {
    let opened = Opened::new(kind).await.with_connection("u").await;
    let mut db = opened.db.reader().await.unwrap();
    insert_all(&mut db, "v", None).await.unwrap();
    for at in [10, 15, 19, 20, 31, 35, 38] {
        for connection in ["u", "v"] {
            let one = snapshot(at, "{}");
            holding_snapshots::upsert(&mut db, connection, &one)
                .await
                .unwrap();
        }
    }
    holding_snapshots::thin(&mut db, "u", Timestamp(36), 10)
        .await
        .unwrap();
    let kept = snapshots(&mut db, "u").await;
    let kept: Vec<_> = kept.iter().map(|one| one.taken_at.0).collect();
    assert_eq!(kept, [19, 20, 35, 38]);
    assert_eq!(snapshots(&mut db, "v").await.len(), 7);
}

async fn points_are_told_with_the_rates_of_their_minute(kind: Kind) {
    let opened = opened(kind).await;
    let mut db = opened.db.reader().await.unwrap();
    let points = [
        placed("u", 10, "1.5"),
        placed("u", 20, "2"),
        placed("p", 10, "7"),
    ];
    value_points::upsert(&mut db, &points).await.unwrap();
    let rates = [
        (Currency::Eur, amount("0.9")),
        (Currency::Jpy, amount("150")),
    ];
    value_rates::insert(&mut db, 1, &rates).await.unwrap();
    let later = [(Currency::Eur, amount("0.8"))];
    value_rates::insert(&mut db, 1, &later).await.unwrap();
    value_rates::insert(&mut db, 2, &[]).await.unwrap();
    let told = value_points::list_rated(&mut db, "u", "u", Timestamp(0), Currency::Eur).await;
    let told = told.unwrap();
    let rates: Vec<_> = told.iter().map(|one| one.rate.clone()).collect();
    assert_eq!(rates, [Some(amount("0.9")), None]);
    assert_eq!(told[0].point, points[0].point);
    assert_eq!(values(&mut db, "u", "p", 0).await, ["7"]);
    assert_eq!(values(&mut db, "v", "u", 0).await, Vec::<String>::new());
    let found = value_rates::find(&mut db, 1, Currency::Jpy).await.unwrap();
    assert_eq!(found, Some(amount("150")));
    assert_eq!(
        value_rates::find(&mut db, 1, Currency::Usd).await.unwrap(),
        None
    );
}

async fn a_point_that_was_spoilt_is_never_told(kind: Kind) {
    let opened = opened(kind).await;
    let mut db = opened.db.reader().await.unwrap();
    let points = [placed("u", 10, "1.5"), placed("u", 20, "2")];
    value_points::upsert(&mut db, &points).await.unwrap();
    drop(db);
    assert_eq!(told_rates(&opened).await, Ok(vec![None, None]));
    for spoil in [
        "UPDATE value_points SET value = '' WHERE at = 10",
        "UPDATE value_points SET value = '1 2' WHERE at = 10",
        "UPDATE value_points SET value = '1;2' WHERE at = 10",
        "UPDATE value_points SET value = '1', moved = 'NaN' WHERE at = 10",
        "UPDATE value_points SET moved = '0', source = '-' WHERE at = 10",
        "UPDATE value_points SET source = 'daily'; \
         INSERT INTO value_rates (minute, currency, rate) VALUES (1, 'EUR', '0,9')",
    ] {
        opened.execute(spoil).await.unwrap();
        assert_eq!(told_rates(&opened).await, Err(()), "{spoil}");
    }
    let mend = "UPDATE value_rates SET rate = '0.9'";
    opened.execute(mend).await.unwrap();
    let told = told_rates(&opened).await;
    assert_eq!(told, Ok(vec![Some(amount("0.9")), None]));
}

/// The rates of the points of everything, unless they are corrupt.
async fn told_rates(opened: &Opened) -> Result<Vec<Option<Amount>>, ()> {
    let mut db = opened.db.reader().await.unwrap();
    let told = value_points::list_rated(&mut db, "u", "u", Timestamp(0), Currency::Eur).await;
    match told {
        Ok(told) => Ok(told.into_iter().map(|one| one.rate).collect()),
        Err(error) => {
            assert!(matches!(error, StorageError::Corrupt(_)), "{error}");
            Err(())
        }
    }
}

async fn points_before_a_moment_are_left_out_but_for_the_last(kind: Kind) {
    let opened = opened(kind).await;
    let mut db = opened.db.reader().await.unwrap();
    let points = [10, 20, 30, 40].map(|at| placed("u", at, &at.to_string()));
    value_points::upsert(&mut db, &points).await.unwrap();
    assert_eq!(values(&mut db, "u", "u", 25).await, ["20", "30", "40"]);
    assert_eq!(values(&mut db, "u", "u", 30).await, ["30", "40"]);
    assert_eq!(values(&mut db, "u", "u", 5).await, ["10", "20", "30", "40"]);
    assert_eq!(values(&mut db, "u", "u", i64::MIN).await.len(), 4);
    assert_eq!(value_points::list_begun(&mut db, "u").await.unwrap(), ["u"]);
    assert_eq!(
        value_points::list_begun(&mut db, "v").await.unwrap(),
        [""; 0]
    );
    let since = value_points::list_since(&mut db, "u", Timestamp(30))
        .await
        .unwrap();
    assert_eq!(since, points[2..]);
    let gone = [Timestamp(10), Timestamp(30), Timestamp(31)];
    value_points::delete(&mut db, "u", &gone).await.unwrap();
    assert_eq!(values(&mut db, "u", "u", 0).await, ["20", "40"]);
}

async fn a_point_of_the_same_moment_takes_its_place(kind: Kind) {
    let opened = opened(kind).await;
    let mut db = opened.db.reader().await.unwrap();
    value_points::upsert(&mut db, &[placed("u", 10, "1")])
        .await
        .unwrap();
    let mut other = placed("u", 10, "123456789012.123456789012345678901234567890");
    other.point.partial = false;
    other.point.source = Source::Sync;
    let many: Vec<_> = (11..3500).map(|at| placed("u", at, "1")).collect();
    value_points::upsert(&mut db, &many).await.unwrap();
    value_points::upsert(&mut db, std::slice::from_ref(&other))
        .await
        .unwrap();
    let all = value_points::list_since(&mut db, "u", Timestamp(0))
        .await
        .unwrap();
    assert_eq!((all.len(), &all[0]), (3490, &other));
}

async fn rates_stay_while_a_point_needs_them(kind: Kind) {
    let opened = opened(kind).await;
    let mut db = opened.db.reader().await.unwrap();
    for minute in [1, 2, 3] {
        let rates = [(Currency::Eur, amount("0.9"))];
        value_rates::insert(&mut db, minute, &rates).await.unwrap();
    }
    value_points::upsert(&mut db, &[placed("u", 20, "1")])
        .await
        .unwrap();
    value_rates::delete_unused(&mut db, 3).await.unwrap();
    let left = async |minute, db: &mut Connection| {
        let found = value_rates::find(db, minute, Currency::Eur).await;
        found.unwrap().is_some()
    };
    assert!(!left(1, &mut db).await);
    assert!(left(2, &mut db).await);
    assert!(left(3, &mut db).await);
}

async fn a_portfolio_takes_its_points_with_it(kind: Kind) {
    let opened = opened(kind).await;
    let mut db = opened.db.reader().await.unwrap();
    let points = [placed("u", 10, "1"), placed("p", 10, "7")];
    value_points::upsert(&mut db, &points).await.unwrap();
    drop(db);
    let delete = "DELETE FROM portfolios WHERE id = 'p'";
    opened.execute(delete).await.unwrap();
    assert_eq!(opened.count("value_series").await, "1");
    assert_eq!(opened.count("value_points").await, "1");
}

async fn an_account_takes_its_history_with_it(kind: Kind) {
    let opened = opened(kind).await;
    let mut db = opened.db.reader().await.unwrap();
    value_points::upsert(&mut db, &[placed("u", 10, "1")])
        .await
        .unwrap();
    holding_snapshots::upsert(&mut db, "u", &snapshot(1, "{}"))
        .await
        .unwrap();
    drop(db);
    opened.execute("DELETE FROM connections").await.unwrap();
    opened.execute("DELETE FROM users").await.unwrap();
    for table in ["value_series", "value_points", "holding_snapshots"] {
        assert_eq!(opened.count(table).await, "0", "{table}");
    }
}
