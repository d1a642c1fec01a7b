//! What storage promises of candles: each once, to the last digit, and one process at a time.

use coffer::domain::exchange::ExchangeId;
use coffer::domain::market::Pair;
use coffer::domain::market::candle::Candle;
use coffer::domain::market::interval::Interval;
use coffer::domain::timestamp::Timestamp;
use coffer::storage::candle_backfills;
use coffer::storage::candle_series::{self, NewSeries, Series};
use coffer::storage::candles::{self, Written};
use coffer::storage::{Connection, StorageError, users};

use super::opened::{Opened, amount, user};
use crate::support::{Kind, on_both_databases};

on_both_databases![
    a_series_is_there_once_however_often_it_is_added,
    candles_are_written_once_and_read_to_the_last_digit,
    a_candle_that_is_told_otherwise_is_corrected_and_counted,
    a_candle_that_was_spoilt_is_never_told,
    gaps_take_the_place_of_those_within_them,
    what_is_too_old_goes_where_it_is_short,
    a_series_is_taken_by_one_while_somebody_wants_it,
];

const MINUTE: i64 = 60_000;
const LONG: &str = "123456789012345678901234567890.000000000000000000000000000001";

pub fn at(minute: i64) -> Timestamp {
    Timestamp(minute * MINUTE)
}

fn candle(minute: i64, close: &str) -> Candle {
    Candle {
        open_time: at(minute),
        close_time: at(minute + 1).plus_ms(-1),
        open: amount("2"),
        high: amount(LONG),
        low: amount("0.00000001"),
        close: amount(close),
        volume: amount("0"),
        is_final: true,
    }
}

pub async fn added(opened: &Opened, interval: Interval) -> Series {
    let mut db = opened.db.reader().await.unwrap();
    let (exchange, pair) = (
        ExchangeId::new("okx"),
        Pair::parse("币安人生-USDT").unwrap(),
    );
    let new = NewSeries {
        exchange: &exchange,
        pair: &pair,
        interval,
        begins_at: at(-5),
        kept_from: at(3),
    };
    candle_series::insert(&mut db, new, at(9)).await.unwrap();
    let found = candle_series::find(&mut db, &exchange, &pair, interval).await;
    found.unwrap().unwrap()
}

async fn write(db: &mut Connection, series: &Series, candles: &[Candle]) -> Written {
    candles::write(db, series.id, series.interval, candles)
        .await
        .unwrap()
}

async fn read(
    db: &mut Connection,
    series: &Series,
    from: i64,
    to: i64,
) -> Result<Vec<Candle>, StorageError> {
    candles::list(db, series.id, series.interval, (at(from), at(to))).await
}

async fn a_series_is_there_once_however_often_it_is_added(kind: Kind) {
    let opened = Opened::new(kind).await;
    let minutes = added(&opened, Interval::Minute1).await;
    let months = added(&opened, Interval::Month1).await;
    assert_eq!(added(&opened, Interval::Minute1).await, minutes);
    assert_ne!(minutes.id, months.id);
    assert_eq!(opened.count("candle_series").await, "2");
    assert_eq!((minutes.begins_at, minutes.asked_at), (at(-5), at(9)));
    assert_eq!((minutes.kept_from, minutes.kept_to), (at(3), at(3)));
}

async fn candles_are_written_once_and_read_to_the_last_digit(kind: Kind) {
    let opened = Opened::new(kind).await;
    let series = added(&opened, Interval::Minute1).await;
    let other = added(&opened, Interval::Minute3).await;
    let mut db = opened.db.reader().await.unwrap();
    let many: Vec<_> = (0..1_000).map(|minute| candle(minute, "1.5")).collect();
    let wanted = Written {
        stored: 1_000,
        corrected: 0,
    };
    assert_eq!(write(&mut db, &series, &many).await, wanted);
    assert_eq!(write(&mut db, &series, &many).await, Written::default());
    assert_eq!(write(&mut db, &series, &[]).await, Written::default());
    assert_eq!(read(&mut db, &series, 0, 1_000).await.unwrap(), many);
    assert_eq!(read(&mut db, &series, 3, 5).await.unwrap(), many[3..5]);
    assert_eq!(read(&mut db, &series, 1_000, 9_999).await.unwrap(), []);
    assert_eq!(read(&mut db, &other, 0, 1_000).await.unwrap(), []);
    drop(db);
    assert_eq!(opened.count("candles").await, "1000");
}

async fn a_candle_that_is_told_otherwise_is_corrected_and_counted(kind: Kind) {
    let opened = Opened::new(kind).await;
    let series = added(&opened, Interval::Minute1).await;
    let mut db = opened.db.reader().await.unwrap();
    write(&mut db, &series, &[candle(1, "1"), candle(3, "3")]).await;
    let told = [candle(1, "1"), candle(2, "2"), candle(3, "3.5")];
    let written = write(&mut db, &series, &told).await;
    assert_eq!((written.stored, written.corrected), (1, 1));
    assert_eq!(read(&mut db, &series, 0, 9).await.unwrap(), told);
    for count in [0, 2, 1] {
        candle_series::add_corrected(&mut db, series.id, count)
            .await
            .unwrap();
    }
    drop(db);
    assert_eq!(added(&opened, Interval::Minute1).await.corrected, 3);
}

async fn a_candle_that_was_spoilt_is_never_told(kind: Kind) {
    let opened = Opened::new(kind).await;
    let series = added(&opened, Interval::Minute1).await;
    for spoil in [
        "UPDATE candles SET low = '1 2'",
        "UPDATE candles SET low = 'NaN'",
        "UPDATE candles SET low = ''",
        "UPDATE candles SET low = '01'",
    ] {
        let mut db = opened.db.reader().await.unwrap();
        write(&mut db, &series, &[candle(1, "1")]).await;
        drop(db);
        opened.execute(spoil).await.unwrap();
        let mut db = opened.db.reader().await.unwrap();
        let told = read(&mut db, &series, 0, 9).await;
        assert!(matches!(told, Err(StorageError::Corrupt(_))), "{spoil}");
        drop(db);
        opened.execute("DELETE FROM candles").await.unwrap();
    }
}

async fn gaps_take_the_place_of_those_within_them(kind: Kind) {
    let opened = Opened::new(kind).await;
    let series = added(&opened, Interval::Minute1).await;
    let mut db = opened.db.reader().await.unwrap();
    let stretch = |from, to| (at(from), at(to));
    let told = async |db: &mut Connection, from, to| {
        let gaps = candles::list_gaps(db, series.id, stretch(from, to)).await;
        let gaps = gaps.unwrap().into_iter();
        let text = |gap: candles::Gap| {
            let (from, to) = gap.stretch;
            let refused_at = gap.refused_at.map(|at| at.0);
            (from.0 / MINUTE, to.0 / MINUTE, gap.asked_at.0, refused_at)
        };
        gaps.map(text).collect::<Vec<_>>()
    };
    let gap = |from, to, asked_at, refused_at: Option<i64>| candles::Gap {
        stretch: stretch(from, to),
        asked_at: Timestamp(asked_at),
        refused_at: refused_at.map(Timestamp),
    };
    let first = [gap(2, 4, 1, Some(0)), gap(6, 8, 1, None)];
    candles::replace_gaps(&mut db, series.id, stretch(0, 10), &first)
        .await
        .unwrap();
    assert_eq!(
        told(&mut db, 0, 10).await,
        [(2, 4, 1, Some(0)), (6, 8, 1, None)]
    );
    assert_eq!(told(&mut db, 4, 6).await, []);
    assert_eq!(told(&mut db, 3, 7).await.len(), 2);
    let second = [gap(3, 4, 2, None)];
    candles::replace_gaps(&mut db, series.id, stretch(0, 5), &second)
        .await
        .unwrap();
    assert_eq!(
        told(&mut db, 0, 10).await,
        [(3, 4, 2, None), (6, 8, 1, None)]
    );
    // One that reaches further keeps its beginning.
    let third = [gap(6, 7, 3, Some(2))];
    candles::replace_gaps(&mut db, series.id, stretch(5, 7), &third)
        .await
        .unwrap();
    assert_eq!(told(&mut db, 5, 10).await, [(6, 7, 3, Some(2))]);
}

async fn what_is_too_old_goes_where_it_is_short(kind: Kind) {
    let opened = Opened::new(kind).await;
    let minutes = added(&opened, Interval::Minute1).await;
    let days = added(&opened, Interval::Day1).await;
    let mut db = opened.db.reader().await.unwrap();
    let day = Candle {
        close_time: at(1_440).plus_ms(-1),
        ..candle(0, "1")
    };
    write(
        &mut db,
        &minutes,
        &[candle(0, "1"), candle(1, "1"), candle(2, "1")],
    )
    .await;
    candles::write(&mut db, days.id, Interval::Day1, &[day])
        .await
        .unwrap();
    let short = [Interval::Minute1, Interval::Minute3];
    let gone = candles::delete_before(&mut db, &short, at(2)).await;
    assert_eq!(gone.unwrap(), 2);
    assert_eq!(read(&mut db, &minutes, 0, 9).await.unwrap().len(), 1);
    assert_eq!(read(&mut db, &days, 0, 9).await.unwrap().len(), 1);
}

async fn a_series_is_taken_by_one_while_somebody_wants_it(kind: Kind) {
    let opened = Opened::new(kind).await;
    let series = added(&opened, Interval::Minute1).await;
    let mut db = opened.db.reader().await.unwrap();
    let take = async |db: &mut Connection, now: i64, since: i64| {
        let any = candle_series::any_due(db, at(now), at(since))
            .await
            .unwrap();
        let taken = candle_series::take_due(db, at(now), at(since), at(now + 5), 9).await;
        let taken = taken.unwrap();
        assert_eq!(any, !taken.is_empty());
        taken.len()
    };
    assert_eq!(take(&mut db, 8, 0).await, 0, "its time has not come");
    assert_eq!(take(&mut db, 9, 10).await, 0, "nobody wants it any more");
    assert_eq!(take(&mut db, 9, 9).await, 1);
    assert_eq!(take(&mut db, 13, 9).await, 0, "somebody else has it");
    candle_series::update_kept(&mut db, series.id, at(12), at(20))
        .await
        .unwrap();
    assert_eq!(take(&mut db, 19, 9).await, 0);
    candle_series::update_asked(&mut db, series.id, at(15))
        .await
        .unwrap();
    assert_eq!(take(&mut db, 15, 15).await, 1, "somebody wants it now");
    // Asked for over past days, it is kept for good.
    users::insert(&mut db, &user("ann")).await.unwrap();
    candle_backfills::upsert(&mut db, "b", "ann", series.id, (at(0), at(9)), at(9))
        .await
        .unwrap();
    assert_eq!(take(&mut db, 9_999, 9_999).await, 1);
    candle_series::update_kept_from(&mut db, series.id, at(5))
        .await
        .unwrap();
    candle_series::update_kept_from(&mut db, series.id, at(1))
        .await
        .unwrap();
    candle_series::look_again(&mut db).await.unwrap();
    drop(db);
    let kept = added(&opened, Interval::Minute1).await;
    assert_eq!((kept.kept_from, kept.kept_to), (at(1), at(1)));
}
