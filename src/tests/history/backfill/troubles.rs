//! Days before a connection that cannot be had, or not at once, and what goes on beside them.

use coffer::domain::history::backfill::{Backfill, TRIES};
use coffer::domain::history::day::{DAY_MS, start_of_day};
use coffer::sandbox::Effect;
use coffer::sandbox::keys::binance;
use coffer::services::history::backfill::take_up;
use coffer::storage::leases::Term;
use coffer::storage::{StorageError, backfills};

use super::{DAYS, KLINES, SNAPSHOT, World};
use crate::history::scene::shown;
use crate::scene::{connect, count, number, sync, told};
use crate::support::{Kind, on_both_databases};

on_both_databases![
    a_key_without_snapshots_is_quiet,
    an_asset_without_a_candle_stands_beside_the_value,
    hostile_rows_are_counted_and_the_others_told,
    what_fails_in_passing_is_tried_again_and_given_up_in_the_end,
    what_was_broken_off_is_taken_up_again_and_given_up_in_the_end,
    two_processes_fetch_once,
    syncs_beside_it_are_not_starved,
];

async fn a_key_without_snapshots_is_quiet(kind: Kind) {
    for effect in [
        Effect::binance(
            401,
            -2015,
            "Invalid API-key, IP, or permissions for action.",
        ),
        Effect::binance(
            400,
            -1002,
            "You are not authorized to execute this request.",
        ),
        Effect::answer(200, "text/html", "<html>maintenance</html>"),
        Effect::answer(404, "text/html", "\n"),
        Effect::json(200, r#"{"code":200,"msg":""}"#),
    ] {
        let world = World::new(kind).await;
        let connection = world.connected().await;
        world.inject(SNAPSHOT, effect);
        assert!(world.take_up().await);
        assert!(!world.take_up().await);
        let page = world.page(&connection).await;
        let said = page.one("section[aria-labelledby=past-days] p");
        assert!(
            said.contains("gave no daily snapshots to this key"),
            "{said}"
        );
        assert!(page.all("[role=alert]").is_empty());
        assert!(page.text().contains("Up to date"), "{}", page.text());
        assert_eq!(world.told(None).await.points, []);
        assert!(told(&sync(&world.browser, &connection).await).starts_with("Synced"));
    }
}

async fn an_asset_without_a_candle_stands_beside_the_value(kind: Kind) {
    let world = World::new(kind).await;
    world.hold(&binance::EMPTY, "NOPE", "5.0");
    let connection = world.connected().await;
    assert!(world.take_up().await);
    let history = world.told(None).await;
    let worth = world.worth("1.98", "binance", "BTC").await;
    assert_eq!(shown(&history).last(), Some(&worth.as_str()));
    assert!(history.points.iter().all(|point| point.unpriced == 1));
    let remark = history.points[0].remark(&history.tellers);
    assert!(
        remark.ends_with("spot wallet only, 1 asset without a price"),
        "{remark}"
    );
    // A wallet of which nothing has a price is not worth nothing.
    let bare = World::new(kind).await;
    bare.hold(&binance::EMPTY, "NOPE", "5.0");
    connect(&bare.browser, &binance::EMPTY, &[]).await;
    assert!(bare.take_up().await);
    assert_eq!(bare.told(None).await.points, []);
    assert_eq!(count(&bare.app, DAYS).await, 0);
    assert!(world.said(&connection).await.starts_with("29 days"));
}

async fn hostile_rows_are_counted_and_the_others_told(kind: Kind) {
    let world = World::new(kind).await;
    let connection = world.connected().await;
    let end = start_of_day(world.now()).0 - 1_000;
    let good = r#"{"asset":"BTC","free":"2","locked":"0"}"#;
    let of = |days_ago: i64, rows: &str| {
        let at = end - (days_ago - 1) * DAY_MS;
        format!(r#"{{"data":{{"balances":[{rows}]}},"type":"spot","updateTime":{at}}}"#)
    };
    let days = [
        of(
            1,
            &format!(r#"{good},{{"asset":"<script>","free":"1e999","locked":"0"}}"#),
        ),
        of(2, good),
        of(3, &format!("{good},{good}")),
        of(4, r#"{"asset":"ETH","free":"","locked":null}"#),
        of(-9, good),
        of(400, good),
        "{}".to_owned(),
    ];
    let body = format!(
        r#"{{"code":200,"msg":"","snapshotVos":[{}]}}"#,
        days.join(",")
    );
    world.inject(SNAPSHOT, Effect::json(200, &body));
    assert!(world.take_up().await);
    assert_eq!(world.told(None).await.points.len(), 2);
    let said = world.said(&connection).await;
    assert!(said.starts_with("2 days before"), "{said}");
    assert!(
        said.ends_with("4 rows could not be read and are left out."),
        "{said}"
    );
}

async fn what_fails_in_passing_is_tried_again_and_given_up_in_the_end(kind: Kind) {
    let mut world = World::new(kind).await;
    let connection = world.connected().await;
    world.inject(SNAPSHOT, Effect::binance_too_much(Some("120")));
    assert!(world.take_up().await);
    world.advance(1);
    assert!(!world.take_up().await, "sooner than the exchange asked");
    assert!(world.said(&connection).await.contains("are being fetched"));
    world.advance(2);
    world.heal();
    world.inject(KLINES, Effect::Drop);
    for _ in 2..TRIES {
        assert!(world.take_up().await);
        assert_eq!(count(&world.app, DAYS).await, 0);
        world.advance(24 * 60);
    }
    world.heal();
    world.inject(SNAPSHOT, Effect::binance(503, -1001, "Internal error."));
    assert!(world.take_up().await);
    // Whoever was signed in is so no longer.
    let user = world.user().await.id;
    let mut db = world.app.state.db.reader().await.unwrap();
    let stands = backfills::find(&mut db, &user, &connection).await.unwrap();
    assert_eq!(stands, Some(Backfill::GivenUp));
    drop(db);
    world.advance(24 * 60);
    assert!(!world.take_up().await);
}

/// Claims as a process does that then dies.
async fn claim_as_the_dead(world: &World) -> bool {
    let now = world.now();
    let work = world.app.state.db.write::<_, StorageError, _>(move |db| {
        Box::pin(async move {
            let term = Term {
                holder: "dead",
                now,
                until: now.plus_ms(600_000),
            };
            backfills::claim(db, term).await
        })
    });
    work.await.unwrap().is_some()
}

async fn what_was_broken_off_is_taken_up_again_and_given_up_in_the_end(kind: Kind) {
    let mut world = World::new(kind).await;
    world.connected().await;
    assert!(claim_as_the_dead(&world).await);
    assert!(!world.take_up().await);
    world.advance(11);
    assert!(world.take_up().await);
    assert_eq!(count(&world.app, DAYS).await, 29);
    let mut world = World::new(kind).await;
    let connection = world.connected().await;
    for _ in 0..TRIES {
        assert!(claim_as_the_dead(&world).await);
        world.advance(11);
    }
    assert!(world.take_up().await);
    assert_eq!(world.asked(SNAPSHOT), 0);
    let said = world.said(&connection).await;
    assert!(
        said.contains("could not be read in several tries"),
        "{said}"
    );
}

async fn two_processes_fetch_once(kind: Kind) {
    let world = World::new(kind).await;
    world.connected().await;
    let other = world.app.setup.state().await;
    let (one, two) = tokio::join!(take_up(&world.app.state), take_up(&other));
    assert_ne!(one.unwrap(), two.unwrap());
    assert_eq!(world.asked(SNAPSHOT), 1);
    assert_eq!(count(&world.app, DAYS).await, 29);
}

async fn syncs_beside_it_are_not_starved(kind: Kind) {
    let world = World::new(kind).await;
    let keys = [
        binance::EVERY_WALLET,
        binance::READ_ONLY,
        binance::SECOND,
        binance::EMPTY,
        binance::MANY,
    ];
    let mut connections = Vec::new();
    for key in &keys {
        connections.push(connect(&world.browser, key, &[]).await);
    }
    let fetching = async { while world.take_up().await {} };
    let syncing = async {
        for connection in &connections {
            let page = sync(&world.browser, connection).await;
            assert!(told(&page).starts_with("Synced"), "{}", page.text());
        }
    };
    tokio::join!(fetching, syncing);
    let records = world.app.setup.sandbox.control().records();
    assert!(records.iter().all(|record| record.status != 429));
    // A minute's budget of its own has room for four; what is beyond waits for another.
    let waiting = "SELECT CAST(COUNT(*) AS BIGINT) FROM backfills WHERE state = 'waiting'";
    let waiting = usize::try_from(number(&world.app, waiting).await).unwrap();
    assert_eq!(world.asked(SNAPSHOT) + waiting, keys.len());
    assert!(world.asked(SNAPSHOT) >= 4);
}
