//! The market: candles are fetched once, stored, kept current, and never made up.

mod asking;
mod background;
mod days;
mod looking;
mod surges;
mod world;

use std::collections::BTreeSet;

use coffer::domain::history::day::DAY_MS;
use coffer::domain::market::interval::Interval;
use coffer::domain::problem::ExchangeProblem;
use coffer::domain::timestamp::Timestamp;
use coffer::error::Problem;
use coffer::sandbox::{Effect, Exchange};
use coffer::services::market::{Asked, Shown, candles};

use crate::leases::execute;
use crate::scene::count;
use crate::support::{Kind, on_both_databases};
pub use world::World;

on_both_databases![
    candles_are_fetched_once_and_told_from_storage_afterwards,
    a_candle_that_runs_is_told_and_not_stored,
    a_hole_is_filled_and_one_of_the_exchange_is_asked_for_once,
    what_is_stored_is_told_while_the_exchange_is_in_trouble,
    pages_lead_through_a_stretch_and_end,
    two_who_ask_at_once_are_one_call,
    what_cannot_be_is_kept_out_and_counted,
    a_corrected_candle_takes_the_place_of_the_wrong_one,
];

const KLINES: &str = "/api/v3/klines";
const NEWEST: &str = "/api/v5/market/candles";
const HISTORY: &str = "/api/v5/market/history-candles";
const MINUTE: i64 = 60_000;

/// Whether candles follow each other without a hole, each beginning where the last one ended.
pub fn is_whole(shown: &Shown) -> bool {
    let joints = shown.candles.windows(2);
    let mut joints = joints.map(|two| two[0].close_time.plus_ms(1) == two[1].open_time);
    joints.all(|whole| whole) && shown.gaps.is_empty()
}

async fn candles_are_fetched_once_and_told_from_storage_afterwards(kind: Kind) {
    let world = World::new(kind).await;
    for (exchange, paths) in [("binance", [KLINES, "/none"]), ("okx", [NEWEST, HISTORY])] {
        for interval in [
            Interval::Minute1,
            Interval::Hour4,
            Interval::Day1,
            Interval::Week1,
        ] {
            let asked = world.newest(exchange, interval, 40);
            let calls = || world.asked(paths[0]) + world.asked(paths[1]);
            let first = world.told(&asked).await;
            assert_eq!(first.candles.len(), 40, "{exchange} {interval:?}");
            assert!(
                is_whole(&first) && first.next.is_none(),
                "{exchange} {interval:?}"
            );
            assert!(!first.candles[39].is_final && first.candles[38].is_final);
            let over = Asked {
                to: first.candles[38].open_time,
                ..asked
            };
            let before = calls();
            assert_eq!(world.told(&over).await.candles, first.candles[..39]);
            assert_eq!(calls(), before, "{exchange} {interval:?}");
        }
    }
    // All but those that run.
    assert_eq!(count(&world.app, "candles").await, 8 * 39);
    assert_eq!(count(&world.app, "candle_series").await, 8);
    let records = world.app.setup.sandbox.control().records();
    assert!(
        records.iter().all(|record| !record.authenticated),
        "a key was shown"
    );
}

async fn a_candle_that_runs_is_told_and_not_stored(kind: Kind) {
    let mut world = World::new(kind).await;
    let control = world.app.setup.sandbox.control();
    let asked = world.newest("binance", Interval::Minute1, 2);
    let running = world.told(&asked).await.candles[1].clone();
    assert_eq!(
        (running.is_final, running.close.as_str()),
        (false, "64210.55")
    );
    control.set_price(Exchange::Binance, ["BTC", "USDT"], "64300.5");
    world.advance(1);
    let asked = world.newest("binance", Interval::Minute1, 3);
    let told = world.told(&asked).await;
    assert!(is_whole(&told));
    let over = &told.candles[1];
    assert_eq!((over.open_time, over.is_final), (running.open_time, true));
    assert_ne!(over.close, running.close, "it went on after it was told");
    assert_eq!(told.candles[2].close.as_str(), "64300.5");
    assert_eq!(count(&world.app, "candles").await, 2);
}

async fn a_hole_is_filled_and_one_of_the_exchange_is_asked_for_once(kind: Kind) {
    let mut world = World::new(kind).await;
    let asked = world.over("binance", Interval::Minute1, 100);
    let first = world.told(&asked).await;
    let hole = first.candles[40].open_time.0;
    let delete = format!("DELETE FROM candles WHERE open_time = {hole}");
    execute(&world.app, &delete).await;
    assert_eq!(world.told(&asked).await.candles, first.candles);
    assert_eq!(count(&world.app, "candles").await, 100);
    // The exchange has no candle of that minute.
    execute(&world.app, &delete).await;
    world.inject(KLINES, Effect::json(200, "[]"));
    let told = world.told(&asked).await;
    assert_eq!(told.candles.len(), 99);
    let gap = (Timestamp(hole), Timestamp(hole + MINUTE));
    assert_eq!((told.gaps.as_slice(), told.problem), (&[gap][..], None));
    let calls = world.asked(KLINES);
    assert_eq!(world.told(&asked).await.gaps, [gap]);
    assert_eq!(world.asked(KLINES), calls);
    // A day later it may have been mended.
    world.app.setup.sandbox.control().clear_faults();
    world.advance(24 * 60);
    let mended = world.told(&asked).await;
    assert_eq!((mended.candles, mended.gaps), (first.candles, Vec::new()));
    assert_eq!(count(&world.app, "candle_gaps").await, 0);
}

async fn what_is_stored_is_told_while_the_exchange_is_in_trouble(kind: Kind) {
    let mut world = World::new(kind).await;
    let asked = world.newest("okx", Interval::Minute1, 50);
    world.told(&asked).await;
    world.inject(
        "/api/v5/market",
        Effect::okx(503, "50001", "Service temporarily unavailable."),
    );
    world.advance(5);
    let told = world
        .told(&world.newest("okx", Interval::Minute1, 50))
        .await;
    // What ran when it was told last is over, and how it ended is not known.
    assert_eq!(told.candles.len(), 44);
    assert!(told.candles.iter().all(|candle| candle.is_final));
    assert_eq!(told.problem, Some(ExchangeProblem::Unavailable));
    assert_eq!(told.gaps.len(), 1);
    // Nothing to tell but trouble; and it is left alone for some seconds.
    let calls = world.asked("/api/v5/market");
    let other = Asked {
        from: Timestamp(asked.from.0 - 500 * MINUTE),
        to: Timestamp(asked.from.0 - 400 * MINUTE),
        ..asked
    };
    let refused = candles(&world.app.state, &other).await.unwrap_err();
    assert_eq!(refused.code(), "exchange_unavailable");
    assert_eq!(refused.step(), Some("reading the market"));
    assert_eq!(world.asked("/api/v5/market"), calls);
}

async fn pages_lead_through_a_stretch_and_end(kind: Kind) {
    let world = World::new(kind).await;
    for exchange in ["binance", "okx"] {
        let newest = world.newest(exchange, Interval::Minute15, 1_000);
        let mut asked = Asked {
            from: newest.from,
            limit: 300,
            ..newest.clone()
        };
        let mut opens = BTreeSet::new();
        for page in 1.. {
            let shown = world.told(&asked).await;
            assert!(is_whole(&shown));
            opens.extend(shown.candles.iter().map(|candle| candle.open_time));
            let Some(next) = shown.next else {
                assert_eq!(page, 4);
                break;
            };
            asked.from = next;
        }
        assert_eq!(opens.len(), 1_000);
        // Before there was a market there is nothing, and nobody is asked for it.
        let long_ago = Asked {
            from: Timestamp(0),
            to: Timestamp(DAY_MS),
            ..newest
        };
        let calls = world.asked("/api");
        let nothing = world.told(&long_ago).await;
        assert_eq!((nothing.candles, nothing.next), (Vec::new(), None));
        assert_eq!(world.asked("/api"), calls);
    }
}

async fn two_who_ask_at_once_are_one_call(kind: Kind) {
    let world = World::new(kind).await;
    let asked = world.over("binance", Interval::Minute5, 200);
    world
        .told(&Asked {
            limit: 1,
            ..asked.clone()
        })
        .await;
    let calls = world.asked(KLINES);
    let state = &world.app.state;
    let told = futures::future::join_all((0..20).map(|_| candles(state, &asked))).await;
    assert!(
        told.iter()
            .all(|one| one.as_ref().unwrap().candles.len() == 200)
    );
    assert_eq!(world.asked(KLINES), calls + 1);
}

async fn what_cannot_be_is_kept_out_and_counted(kind: Kind) {
    let world = World::new(kind).await;
    let asked = world.newest("binance", Interval::Minute1, 4);
    world
        .told(&Asked {
            limit: 1,
            to: asked.from,
            ..asked.clone()
        })
        .await;
    let at = |minutes: i64| asked.from.0 + minutes * MINUTE;
    let row = |minute: i64, figures: &str| {
        let (open, close) = (at(minute), at(minute + 1) - 1);
        format!(r#"[{open},{figures},"5",{close},"1",1,"1","1","0"]"#)
    };
    let rows = [
        row(1, r#""2","1","3","2""#),
        row(2, r#""2","3","1","<script>""#),
        row(3, r#""2","3","1","2""#),
    ];
    world.inject(KLINES, Effect::json(200, &format!("[{}]", rows.join(","))));
    let told = world.told(&asked).await;
    let opens: Vec<_> = told.candles.iter().map(|one| one.open_time.0).collect();
    assert_eq!(opens, [at(0), at(3)]);
    assert_eq!(count(&world.app, "candles").await, 1);
    let refused = world.app.state.registry.refused(&asked.exchange);
    let names: Vec<_> = refused
        .iter()
        .map(|(fault, n)| (fault.as_str(), *n))
        .collect();
    assert_eq!(names, [("unreadable", 1), ("high_too_low", 1)]);
}

async fn a_corrected_candle_takes_the_place_of_the_wrong_one(kind: Kind) {
    let mut world = World::new(kind).await;
    let asked = world.newest("binance", Interval::Minute1, 10);
    let first = world.told(&asked).await;
    execute(&world.app, "UPDATE candles SET volume = '0.5'").await;
    // Those that ended lately are asked for once more while they are kept current.
    world.advance(1);
    while coffer::services::market::keeper::look_after(&world.app.state)
        .await
        .unwrap()
    {}
    let told = world.told(&asked).await;
    let wrong = told
        .candles
        .iter()
        .filter(|one| one.volume.as_str() == "0.5");
    assert!(wrong.count() < 9);
    assert_eq!(told.candles[8], first.candles[8]);
    let corrected = "SELECT CAST(SUM(corrected) AS BIGINT) FROM candle_series";
    assert!(crate::scene::number(&world.app, corrected).await >= 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_number_of_candles_that_nobody_can_mean_is_refused() {
    let world = World::new(Kind::Sqlite).await;
    for limit in [0, 1_001] {
        let asked = Asked {
            limit,
            ..world.newest("okx", Interval::Minute1, 5)
        };
        let refused = candles(&world.app.state, &asked).await.unwrap_err();
        assert!(matches!(refused, Problem::Invalid(_)));
    }
}
