//! Candles that somebody looks at: which are told, and which of them are stored.

use coffer::domain::history::day::DAY_MS;
use coffer::domain::market::Pair;
use coffer::domain::market::interval::Interval;
use coffer::services::market::{Asked, candles};

use super::{MINUTE, World, is_whole};
use crate::leases::execute;
use crate::scene::{count, number};
use crate::support::{Kind, on_both_databases};

on_both_databases![
    seconds_are_told_and_never_stored,
    the_week_in_which_a_pair_was_traded_first_is_wanted_whole,
    what_is_only_looked_at_is_stored_of_late_and_for_so_many_series,
];

async fn what_is_only_looked_at_is_stored_of_late_and_for_so_many_series(kind: Kind) {
    let world = World::new(kind).await;
    let old = Asked {
        from: world.now().plus_ms(-20 * DAY_MS),
        to: world.now().plus_ms(-20 * DAY_MS + 5 * MINUTE),
        ..world.newest("binance", Interval::Minute1, 10)
    };
    assert!(world.told(&old).await.candles.len() >= 5);
    assert_eq!(count(&world.app, "candles").await, 0);
    // Past days were asked for.
    execute(&world.app, "UPDATE candle_series SET kept_from = 0").await;
    let told = world.told(&old).await.candles;
    let stored = i64::try_from(told.len()).unwrap();
    assert_eq!(count(&world.app, "candles").await, stored);
    let row = |n: i64| format!("({n}, 'okx', 'A{n}-USDT', '1m', 0, 0, 0, 0, 0, 0)");
    let rows: Vec<_> = (10..2_009).map(row).collect();
    let full = format!("INSERT INTO candle_series VALUES {}", rows.join(", "));
    execute(&world.app, &full).await;
    let told = world.told(&world.over("okx", Interval::Hour1, 10)).await;
    assert_eq!((told.candles.len(), told.problem), (10, None));
    assert_eq!(count(&world.app, "candles").await, stored);
}

async fn the_week_in_which_a_pair_was_traded_first_is_wanted_whole(kind: Kind) {
    let world = World::new(kind).await;
    for exchange in ["binance", "okx"] {
        world
            .told(&world.newest(exchange, Interval::Week1, 5))
            .await;
    }
    // Nothing was traded before October 2025, which began on a Wednesday.
    let monday =
        "SELECT CAST(COUNT(*) AS BIGINT) FROM candle_series WHERE begins_at = 1759104000000";
    assert_eq!(number(&world.app, monday).await, 2);
}

async fn seconds_are_told_and_never_stored(kind: Kind) {
    let world = World::new(kind).await;
    for exchange in ["binance", "okx"] {
        let told = world
            .told(&world.over(exchange, Interval::Second1, 120))
            .await;
        assert!(
            told.candles.len() >= 119 && is_whole(&told),
            "{exchange} {}",
            told.candles.len()
        );
    }
    assert_eq!(count(&world.app, "candle_series").await, 0);
    let none = candles(&world.app.state, &world.newest("okx", Interval::Hour8, 5)).await;
    let refused = none.unwrap_err();
    assert!(
        refused
            .for_field("interval")
            .unwrap()
            .contains("1s, 1m, 3m"),
        "{refused:?}"
    );
    let unknown = Asked {
        pair: Pair::parse("NOPE-USDT").unwrap(),
        ..world.newest("binance", Interval::Minute1, 5)
    };
    let refused = candles(&world.app.state, &unknown).await.unwrap_err();
    assert!(refused.for_field("symbol").unwrap().contains("NOPE-USDT"));
    let elsewhere = world.newest("kraken", Interval::Minute1, 5);
    let refused = candles(&world.app.state, &elsewhere).await.unwrap_err();
    assert!(
        refused
            .for_field("exchange")
            .unwrap()
            .contains("binance and okx")
    );
    assert_eq!(count(&world.app, "candle_series").await, 0);
}
