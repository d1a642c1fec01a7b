//! Asking for the candles of past days: what can be asked for, and how much at once.

use coffer::domain::exchange::ExchangeId;
use coffer::domain::market::Pair;
use coffer::domain::market::filling::Filling;
use coffer::domain::market::interval::Interval;
use coffer::error::Problem;
use coffer::services::State;
use coffer::services::market::backfill::{self, Wanted, take_up};
use coffer::storage::{StorageError, users};

use super::World;
use crate::leases::execute;
use crate::scene::number;
use crate::storage::opened::user;
use crate::support::{Kind, on_both_databases};

on_both_databases![
    only_so_many_are_under_way_at_once,
    one_person_leaves_room_for_others,
    who_asks_many_times_at_once_gets_no_more,
];

/// The minutes of some days of a pair.
pub fn wanted(exchange: &str, days: i64) -> Wanted {
    Wanted {
        exchange: ExchangeId::new(exchange),
        pair: Pair::parse("BTC-USDT").unwrap(),
        interval: Interval::Minute1,
        days,
    }
}

/// Has them fetched for somebody.
pub async fn ask(state: &State, wanted: &Wanted) -> Result<Filling, Problem> {
    ask_as(state, "anna", wanted).await
}

/// Has them fetched for a person, who is added if need be.
async fn ask_as(state: &State, user_id: &str, wanted: &Wanted) -> Result<Filling, Problem> {
    let user = user(user_id);
    let added = state.db.write::<_, StorageError, _>(|db| {
        Box::pin(async move {
            match users::find(db, &user.id).await? {
                Some(_) => Ok(()),
                None => users::insert(db, &user).await,
            }
        })
    });
    added.await.unwrap();
    backfill::ask(state, user_id, wanted).await
}

async fn only_so_many_are_under_way_at_once(kind: Kind) {
    let world = World::new(kind).await;
    let state = &world.app.state;
    for days in [0, 366, -1] {
        let refused = ask(state, &wanted("binance", days)).await.unwrap_err();
        assert!(
            refused.for_field("days").unwrap().contains("1 to 365"),
            "{days}"
        );
    }
    let seconds = Wanted {
        interval: Interval::Second1,
        ..wanted("binance", 1)
    };
    let refused = ask(state, &seconds).await.unwrap_err();
    assert!(refused.for_field("interval").is_some());
    let never = Wanted {
        pair: Pair::parse("VANA-USDT").unwrap(),
        ..wanted("okx", 1)
    };
    let refused = ask(state, &never).await.unwrap_err();
    assert!(
        refused
            .for_field("symbol")
            .unwrap()
            .contains("no candles yet")
    );
    let first = ask(state, &wanted("binance", 30)).await.unwrap();
    let less = ask(state, &wanted("binance", 3)).await.unwrap();
    assert_eq!(less, first, "it reaches as far back already");
    let more = ask(state, &wanted("binance", 40)).await.unwrap();
    assert!(more.from < first.from);
    for n in 100..119 {
        let series = format!(
            "INSERT INTO candle_series VALUES ({n}, 'okx', 'A{n}-USDT', '1m', 0, 0, 0, 0, 0, 0)"
        );
        execute(&world.app, &series).await;
        let begun = format!(
            "INSERT INTO candle_backfills (id, series_id, from_at, until_at, reached_at, stored, \
             state, asked_at, due_at, failures, turn, lease_until) \
             VALUES ('b{n}', {n}, 0, 0, 0, 0, 'waiting', 0, 0, 0, 0, 0)"
        );
        execute(&world.app, &begun).await;
    }
    let refused = ask(state, &wanted("okx", 1)).await.unwrap_err();
    assert!(
        refused
            .for_field("symbol")
            .unwrap()
            .contains("Twenty are under way")
    );
}

async fn one_person_leaves_room_for_others(kind: Kind) {
    let world = World::new(kind).await;
    let state = &world.app.state;
    let of = |interval| Wanted {
        interval,
        ..wanted("binance", 1)
    };
    for interval in &Interval::ALL[1..6] {
        ask(state, &of(*interval)).await.unwrap();
    }
    let sixth = of(Interval::Hour1);
    // Another process knows it as well.
    let other = world.app.setup.state().await;
    for state in [state, &other] {
        let refused = ask(state, &sixth).await.unwrap_err();
        let told = refused.for_field("symbol").unwrap();
        assert!(told.contains("Five of yours are under way"), "{told}");
    }
    // What is under way already is told or reaches back further, and somebody else may ask for more.
    ask(state, &of(Interval::Minute1)).await.unwrap();
    ask(state, &wanted("binance", 2)).await.unwrap();
    ask_as(state, "ben", &sixth).await.unwrap();
    // It goes on without the one who asked.
    execute(&world.app, "DELETE FROM users WHERE id = 'ben'").await;
    while take_up(state).await.unwrap() {}
    ask(state, &of(Interval::Hour2)).await.unwrap();
    let remembered = "SELECT COUNT(*) FROM candle_backfills WHERE asked_by IS NOT NULL";
    assert_eq!(number(&world.app, remembered).await, 1);
}

async fn who_asks_many_times_at_once_gets_no_more(kind: Kind) {
    let world = World::new(kind).await;
    let other = world.app.setup.state().await;
    ask(&other, &wanted("binance", 1)).await.unwrap();
    let asks = Interval::ALL[2..10]
        .iter()
        .zip([&world.app.state, &other].into_iter().cycle());
    let asks = asks.map(|(interval, state)| async move {
        let wanted = Wanted {
            interval: *interval,
            ..wanted("binance", 1)
        };
        backfill::ask(state, "anna", &wanted).await
    });
    let told = futures::future::join_all(asks).await;
    assert_eq!(told.iter().filter(|one| one.is_ok()).count(), 4, "{told:?}");
}
