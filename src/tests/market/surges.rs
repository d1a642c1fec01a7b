//! Volumes beside those that are stored: what cannot be is kept out, and a real surge is not lost.

use coffer::domain::market::interval::Interval;
use coffer::sandbox::Effect;
use coffer::services::market::Asked;
use coffer::services::market::Shown;
use coffer::services::market::keeper::look_after;

use super::{KLINES, MINUTE, World};
use crate::scene::number;
use crate::support::{Kind, on_both_databases};

on_both_databases![
    a_volume_is_judged_minute_by_minute_and_believed_a_day_later,
    a_surge_that_stays_is_believed_within_minutes,
];

const SURGE: &str = "99999999999";

impl World {
    /// Has Binance tell of these minutes alone that the volume was out of the world.
    fn surge(&self, minutes: impl Iterator<Item = i64>) {
        let row = |open: i64| {
            let close = open + MINUTE - 1;
            format!(
                r#"[{open},"64000","64001","63999","64000","{SURGE}",{close},"1",1,"1","1","0"]"#
            )
        };
        let rows: Vec<_> = minutes.map(row).collect();
        self.app.setup.sandbox.control().clear_faults();
        self.inject(KLINES, Effect::json(200, &format!("[{}]", rows.join(","))));
    }

    async fn keep(&self) {
        while look_after(&self.app.state).await.unwrap() {}
    }

    async fn refused(&self) -> i64 {
        let sql = "SELECT CAST(COUNT(*) AS BIGINT) FROM candle_gaps WHERE refused_at IS NOT NULL";
        number(&self.app, sql).await
    }

    async fn surged(&self) -> i64 {
        let sql = format!("SELECT CAST(COUNT(*) AS BIGINT) FROM candles WHERE volume = '{SURGE}'");
        number(&self.app, &sql).await
    }
}

fn volume_at(shown: &Shown, open: i64) -> Option<&str> {
    let candle = shown.candles.iter().find(|one| one.open_time.0 == open)?;
    Some(candle.volume.as_str())
}

async fn a_volume_is_judged_minute_by_minute_and_believed_a_day_later(kind: Kind) {
    let mut world = World::new(kind).await;
    let before = world.newest("binance", Interval::Minute1, 12);
    world.told(&before).await;
    world.advance(1);
    let open = world.newest("binance", Interval::Minute1, 2).from;
    world.surge([open.0].into_iter());
    world.keep().await;
    assert_eq!((world.surged().await, world.refused().await), (0, 1));
    let refused = world.app.state.registry.refused(&before.exchange);
    let refused: Vec<_> = refused.iter().map(|(fault, _)| fault.as_str()).collect();
    assert_eq!(refused, ["implausible_volume"]);
    let minute = Asked {
        from: open,
        to: open,
        limit: 1,
        ..before
    };
    let shown = world.told(&minute).await;
    assert_eq!((shown.candles.len(), shown.gaps.len()), (0, 1));
    // For a day nobody who looks has it asked for again.
    world.advance(23 * 60);
    let calls = world.asked(KLINES);
    assert_eq!(volume_at(&world.told(&minute).await, open.0), None);
    assert_eq!(world.asked(KLINES), calls);
    // The exchange still says so.
    world.advance(61);
    let shown = world.told(&minute).await;
    assert_eq!(volume_at(&shown, open.0), Some(SURGE));
    assert_eq!((shown.gaps.len(), world.refused().await), (0, 0));
    assert_eq!(world.surged().await, 1);
}

async fn a_surge_that_stays_is_believed_within_minutes(kind: Kind) {
    let mut world = World::new(kind).await;
    let before = world.newest("binance", Interval::Minute1, 12);
    world.told(&before).await;
    let first = before.to.0 - before.to.0 % MINUTE;
    for minutes in 1..=11 {
        world.advance(1);
        world.surge((0..minutes).map(|minute| first + minute * MINUTE));
        world.keep().await;
        assert_eq!(world.surged().await + world.refused().await, minutes);
        assert!(minutes > 5 || world.surged().await == 0, "{minutes}");
    }
    assert_eq!((world.surged().await, world.refused().await), (11, 0));
}
