//! Candles in the background: past days on request, newer ones as they end, old ones gone.

use coffer::domain::market::filling::{Filling, FillingState, TRIES};
use coffer::domain::market::interval::Interval;
use coffer::sandbox::Effect;
use coffer::services::market::Asked;
use coffer::services::market::backfill::{self, take_up};
use coffer::services::market::keeper::{look_after, look_through};
use coffer::storage::leases::Term;
use coffer::storage::{StorageError, candle_backfills};

use super::asking::{ask, wanted};
use super::{HISTORY, KLINES, NEWEST, World, is_whole};
use crate::leases::execute;
use crate::scene::{count, number, until};
use crate::support::{Kind, Setup, on_both_databases};

on_both_databases![
    past_days_are_fetched_page_by_page_and_told_without_asking_again,
    a_program_that_serves_fetches_and_keeps_by_itself,
    what_was_broken_off_goes_on_where_it_was,
    two_processes_fetch_once,
    trouble_is_tried_again_and_given_up_in_the_end,
    what_is_wanted_is_kept_current_and_what_is_not_is_left,
    a_gap_between_stored_candles_is_found_and_filled,
    short_candles_go_after_four_hundred_days,
];

const DAY: usize = 1_440;

async fn stands(world: &World, id: &str) -> Filling {
    backfill::find(&world.app.state, id).await.unwrap()
}

async fn take_up_all(world: &World) {
    while take_up(&world.app.state).await.unwrap() {}
}

async fn past_days_are_fetched_page_by_page_and_told_without_asking_again(kind: Kind) {
    let world = World::new(kind).await;
    for (exchange, page) in [("binance", 1_000), ("okx", 300)] {
        let asked = ask(&world.app.state, &wanted(exchange, 2)).await.unwrap();
        assert_eq!((asked.state, asked.percent()), (FillingState::Waiting, 0));
        let before = world.asked("/api");
        take_up_all(&world).await;
        let done = stands(&world, &asked.id).await;
        assert_eq!((done.state, done.percent()), (FillingState::Done, 100));
        assert_eq!(done.stored, 2 * DAY);
        let calls = world.asked("/api") - before;
        assert!(calls <= 2 * DAY / page + 3, "{exchange}: {calls}");
        let calls = world.asked("/api");
        let old = Asked {
            from: asked.from,
            ..world.over(exchange, Interval::Minute1, 1_000)
        };
        let told = world.told(&old).await;
        assert_eq!(told.candles.len(), 1_000);
        assert!(is_whole(&told) && told.next.is_some());
        assert_eq!(world.asked("/api"), calls);
    }
    assert_eq!(count(&world.app, "candles").await, 4 * 1_440);
}

async fn a_program_that_serves_fetches_and_keeps_by_itself(kind: Kind) {
    let setup = Setup::new(kind).await.at_pace(|pace| pace.records = true);
    let mut world = World::of(setup).await;
    let asked = ask(&world.app.state, &wanted("binance", 1)).await.unwrap();
    until("a day of minutes", async || {
        count(&world.app, "candles").await >= 1_440
    })
    .await;
    until("it is over", async || {
        stands(&world, &asked.id).await.state == FillingState::Done
    })
    .await;
    world.advance(30);
    world.app.state.wake();
    until("half an hour more", async || {
        count(&world.app, "candles").await >= 1_470
    })
    .await;
}

/// Claims as a process does that then dies.
async fn claim_as_the_dead(world: &World) -> bool {
    let now = world.now();
    let work = world.app.state.db.write::<_, StorageError, _>(move |db| {
        Box::pin(async move {
            let term = Term {
                holder: "dead",
                now,
                until: now.plus_ms(180_000),
            };
            candle_backfills::claim(db, term).await
        })
    });
    work.await.unwrap().is_some()
}

async fn what_was_broken_off_goes_on_where_it_was(kind: Kind) {
    let mut world = World::new(kind).await;
    let asked = ask(&world.app.state, &wanted("binance", 1)).await.unwrap();
    take_up_all(&world).await;
    // As if the process had died after the first page, though the second was stored.
    let back = "UPDATE candle_backfills SET state = 'waiting', due_at = 0, \
                reached_at = reached_at - 60000000";
    execute(&world.app, back).await;
    assert!(claim_as_the_dead(&world).await);
    assert!(
        !take_up(&world.app.state).await.unwrap(),
        "somebody else has it"
    );
    world.advance(4);
    let calls = world.asked(KLINES);
    take_up_all(&world).await;
    let done = stands(&world, &asked.id).await;
    assert_eq!((done.state, done.percent()), (FillingState::Done, 100));
    assert_eq!(
        world.asked(KLINES),
        calls,
        "what is stored is not fetched again"
    );
}

async fn two_processes_fetch_once(kind: Kind) {
    let world = World::new(kind).await;
    let other = world.app.setup.state().await;
    ask(&world.app.state, &wanted("binance", 1)).await.unwrap();
    let before = world.asked(KLINES);
    let (one, two) = tokio::join!(take_up(&world.app.state), take_up(&other));
    assert_ne!(one.unwrap(), two.unwrap());
    assert_eq!(world.asked(KLINES), before + 2);
    assert_eq!(count(&world.app, "candles").await, 1_440);
}

async fn trouble_is_tried_again_and_given_up_in_the_end(kind: Kind) {
    let mut world = World::new(kind).await;
    let asked = ask(&world.app.state, &wanted("binance", 1)).await.unwrap();
    let state = world.app.state.clone();
    world.inject(KLINES, Effect::binance_too_much(Some("120")));
    assert!(take_up(&state).await.unwrap());
    world.advance(1);
    assert!(
        !take_up(&state).await.unwrap(),
        "sooner than the exchange asked"
    );
    world.advance(2);
    world.app.setup.sandbox.control().clear_faults();
    world.inject(KLINES, Effect::Drop);
    for _ in 1..TRIES {
        assert!(take_up(&state).await.unwrap());
        let told = stands(&world, &asked.id).await;
        assert_eq!(told.trouble.as_deref(), Some("exchange_unavailable"));
        assert_eq!(told.state, FillingState::Waiting);
        world.advance(24 * 60);
    }
    assert!(take_up(&state).await.unwrap());
    assert_eq!(stands(&world, &asked.id).await.state, FillingState::GivenUp);
    world.advance(24 * 60);
    assert!(!take_up(&state).await.unwrap());
    // Asked for again, it begins again.
    world.app.setup.sandbox.control().clear_faults();
    let again = ask(&state, &wanted("binance", 1)).await.unwrap();
    assert_eq!(
        (again.id.clone(), again.state),
        (asked.id, FillingState::Waiting)
    );
    take_up_all(&world).await;
    assert_eq!(stands(&world, &again.id).await.state, FillingState::Done);
}

async fn what_is_wanted_is_kept_current_and_what_is_not_is_left(kind: Kind) {
    let mut world = World::new(kind).await;
    let state = world.app.state.clone();
    let look_after_all = async || while look_after(&state).await.unwrap() {};
    world
        .told(&world.newest("okx", Interval::Minute1, 10))
        .await;
    world.told(&world.newest("okx", Interval::Day1, 10)).await;
    look_after_all().await;
    let before = count(&world.app, "candles").await;
    world.advance(90);
    look_after_all().await;
    assert_eq!(count(&world.app, "candles").await, before + 90);
    let calls = world.asked(NEWEST);
    look_after_all().await;
    assert_eq!(world.asked(NEWEST), calls, "nothing has ended since");
    let told = world
        .told(&world.newest("okx", Interval::Minute1, 100))
        .await;
    assert!(is_whole(&told) && told.candles.len() == 100);
    // Nobody has wanted any for more than a day.
    world.advance(26 * 60);
    let before = world.asked("/api/v5");
    look_after_all().await;
    assert_eq!(world.asked("/api/v5"), before);
    // Somebody does again: what was missed meanwhile is made up for.
    world.told(&world.newest("okx", Interval::Minute1, 1)).await;
    look_after_all().await;
    let minutes = "SELECT CAST(COUNT(*) AS BIGINT) FROM candles WHERE series_id = 1";
    assert_eq!(number(&world.app, minutes).await, 101 + 26 * 60);
}

async fn a_gap_between_stored_candles_is_found_and_filled(kind: Kind) {
    let world = World::new(kind).await;
    let state = &world.app.state;
    ask(state, &wanted("okx", 1)).await.unwrap();
    take_up_all(&world).await;
    while look_after(state).await.unwrap() {}
    let hole = "DELETE FROM candles WHERE open_time IN \
                (SELECT c.open_time FROM candles c ORDER BY c.open_time LIMIT 7)";
    execute(&world.app, hole).await;
    execute(&world.app, "UPDATE candle_series SET due_at = 0").await;
    while look_after(state).await.unwrap() {}
    let before = count(&world.app, "candles").await;
    let calls = || world.asked(NEWEST) + world.asked(HISTORY);
    let calls_before = calls();
    look_through(state).await.unwrap();
    execute(&world.app, "UPDATE candle_series SET due_at = 0").await;
    while look_after(state).await.unwrap() {}
    assert_eq!(
        calls(),
        calls_before + 1,
        "what is stored is not fetched again"
    );
    // And the eleven before the first, which are asked for once more.
    assert_eq!(count(&world.app, "candles").await, before + 7 + 11);
}

async fn short_candles_go_after_four_hundred_days(kind: Kind) {
    let mut world = World::new(kind).await;
    let state = world.app.state.clone();
    for interval in [Interval::Minute30, Interval::Hour1] {
        world.told(&world.over("binance", interval, 10)).await;
    }
    look_through(&state).await.unwrap();
    assert_eq!(count(&world.app, "candles").await, 20);
    world.advance(401 * 24 * 60);
    look_through(&state).await.unwrap();
    assert_eq!(count(&world.app, "candles").await, 10);
    // Those that are asked for all the same are told and not kept.
    let old = Asked {
        from: world.now().plus_ms(-410 * 86_400_000),
        to: world.now().plus_ms(-402 * 86_400_000),
        ..world.over("binance", Interval::Minute30, 10)
    };
    assert_eq!(world.told(&old).await.candles.len(), 10);
    assert_eq!(count(&world.app, "candles").await, 10);
}
