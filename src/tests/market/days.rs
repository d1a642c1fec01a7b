//! Figures of 24 hours and listings: one reading for all who look, and none that was not got.

use coffer::domain::exchange::ExchangeId;
use coffer::domain::market::Pair;
use coffer::domain::problem::ExchangeProblem;
use coffer::sandbox::{Effect, Exchange};
use coffer::services::market::{DayOf, day_tickers, listings, pair};

use super::World;
use crate::support::{Kind, on_both_databases};

on_both_databases![
    all_who_look_at_once_are_one_reading_of_each_exchange,
    figures_grow_old_and_are_then_told_as_such,
    what_an_exchange_lists_is_kept_for_an_hour,
];

const DAYS: &str = "/api/v3/ticker/24hr";
const TICKERS: &str = "/api/v5/market/tickers";
const INFO: &str = "/api/v3/exchangeInfo";

fn pairs(names: &[&str]) -> Vec<Pair> {
    names
        .iter()
        .map(|name| Pair::parse(name).unwrap())
        .collect()
}

/// Exchange, pair, and the change where it is known.
fn told(days: &[DayOf]) -> Vec<(String, bool)> {
    let text = |day: &DayOf| {
        (
            format!("{} {}", day.exchange, day.pair),
            day.ticker.is_some(),
        )
    };
    days.iter().map(text).collect()
}

async fn all_who_look_at_once_are_one_reading_of_each_exchange(kind: Kind) {
    let world = World::new(kind).await;
    let asked = pairs(&["BTC-USDT", "OKB-USDT", "BAKE-USDT", "ETH-BTC", "NOPE-USDT"]);
    let state = &world.app.state;
    let looks = futures::future::join_all((0..20).map(|_| day_tickers(state, &asked))).await;
    let wanted = [
        "binance BTC-USDT",
        "okx BTC-USDT",
        "okx OKB-USDT",
        "binance ETH-BTC",
        "okx ETH-BTC",
    ];
    for look in &looks {
        assert_eq!(told(look), wanted.map(|name| (name.to_owned(), true)));
    }
    assert_eq!(
        [DAYS, TICKERS, INFO].map(|path| world.asked(path)),
        [1, 1, 1]
    );
    let change = looks[0][0]
        .ticker
        .as_ref()
        .unwrap()
        .change_percent()
        .unwrap();
    assert!(!change.is_zero() && change.abs() < 10.into());
    // A pair that nobody wanted before is read with those that somebody did.
    day_tickers(state, &pairs(&["SOL-USDT"])).await;
    assert_eq!(told(&day_tickers(state, &asked).await).len(), 5);
    assert_eq!([DAYS, INFO].map(|path| world.asked(path)), [2, 1]);
}

async fn figures_grow_old_and_are_then_told_as_such(kind: Kind) {
    let mut world = World::new(kind).await;
    let asked = pairs(&["BTC-USDT"]);
    let first = day_tickers(&world.app.state, &asked).await;
    world.inject(DAYS, Effect::binance(400, -1121, "Invalid symbol."));
    world.advance(1);
    let second = day_tickers(&world.app.state, &asked).await;
    assert_eq!(
        second[0].ticker, first[0].ticker,
        "its own time says how old it is"
    );
    assert_eq!(second[0].problem, Some(ExchangeProblem::BadResponse));
    assert_eq!(second[1].problem, None);
    assert!(second[1].ticker.as_ref().unwrap().at > first[1].ticker.as_ref().unwrap().at);
    world.app.setup.sandbox.control().clear_faults();
    world.advance(1);
    let third = day_tickers(&world.app.state, &asked).await;
    assert_eq!(third[0].problem, None);
    assert_ne!(third[0].ticker, first[0].ticker);
}

async fn what_an_exchange_lists_is_kept_for_an_hour(kind: Kind) {
    let mut world = World::new(kind).await;
    let state = world.app.state.clone();
    let binance = ExchangeId::new("binance");
    let [bitcoin, bake] = ["BTC-USDT", "BAKE-USDT"].map(|name| Pair::parse(name).unwrap());
    let listed = listings(&state, &binance).await.unwrap();
    assert!(listed.trades(&bitcoin) && !listed.trades(&bake));
    assert_eq!(listed.limits[0].limit, 6_000);
    for (symbol, found) in [
        ("BTCUSDT", Some("BTC-USDT")),
        ("币安人生USDT", Some("币安人生-USDT")),
        ("ETH-BTC", Some("ETH-BTC")),
        ("BAKEUSDT", None),
        ("<script>", None),
        ("", None),
    ] {
        let told = pair(&state, &binance, symbol).await;
        assert_eq!(
            told.as_ref().ok().map(ToString::to_string).as_deref(),
            found
        );
        let sentence = told
            .err()
            .map(|problem| problem.for_field("symbol").unwrap().to_owned());
        assert!(sentence.is_none_or(|sentence| !sentence.contains('<')));
    }
    world
        .app
        .setup
        .sandbox
        .control()
        .halt_pair(Exchange::Binance, ["BTC", "USDT"]);
    world.advance(59);
    assert!(listings(&state, &binance).await.unwrap().trades(&bitcoin));
    world.inject(INFO, Effect::binance(503, -1001, "Internal error."));
    world.advance(2);
    assert!(
        listings(&state, &binance).await.unwrap().trades(&bitcoin),
        "old ones stand"
    );
    world.app.setup.sandbox.control().clear_faults();
    world.advance(1);
    assert!(!listings(&state, &binance).await.unwrap().trades(&bitcoin));
    let elsewhere = listings(&state, &ExchangeId::new("kraken"))
        .await
        .unwrap_err();
    assert!(elsewhere.for_field("exchange").is_some());
}
