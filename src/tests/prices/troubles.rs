//! Prices that cannot be had, and prices that are not to be trusted.

use coffer::domain::currency::Currency;
use coffer::domain::price::Doubt;
use coffer::domain::price::route::NoPrice;
use coffer::domain::problem::ExchangeProblem;
use coffer::sandbox::{Effect, Exchange};
use coffer::services::{State, prices};
use futures::future::join_all;

use super::{EXCHANGES, asked, bitcoin, price};
use crate::scene::count;
use crate::support::{App, Kind, on_both_databases};

on_both_databases![
    prices_are_known_after_a_restart_however_the_exchanges_fare,
    an_exchange_that_fails_is_left_alone_for_a_minute_and_its_prices_stay,
    an_exchange_that_asks_for_rest_is_asked_by_no_process,
    a_slow_exchange_holds_nobody_up_and_is_asked_once,
    without_any_prices_the_market_is_empty,
    an_absurd_price_is_not_used_by_any_process,
];

fn problems(state: &State) -> Vec<(String, ExchangeProblem)> {
    let troubles = prices::troubles(state).into_iter();
    troubles
        .map(|trouble| (trouble.exchange.to_string(), trouble.problem))
        .collect()
}

fn binance_in(problem: ExchangeProblem) -> Vec<(String, ExchangeProblem)> {
    vec![("binance".to_owned(), problem)]
}

async fn prices_are_known_after_a_restart_however_the_exchanges_fare(kind: Kind) {
    let app = App::start(kind).await;
    prices::market(&app.state).await;
    for exchange in EXCHANGES {
        app.setup.sandbox.control().set_maintenance(exchange, true);
    }
    app.setup.clock.advance_minutes(10);
    let restarted = app.setup.state().await;
    let market = prices::refresh(&restarted).await;
    assert_eq!(bitcoin(&market, "okx").as_deref(), Some("64198.3"));
    assert!(price(&market, "binance", "BTC", Currency::Usd).is_ok());
    assert_eq!(prices::troubles(&restarted).len(), 2);
    app.setup.clock.advance_minutes(6);
    let market = prices::refresh(&restarted).await;
    let stale = price(&market, "binance", "BTC", Currency::Usd);
    assert!(matches!(stale, Err(NoPrice::Stale(_))), "{stale:?}");
}

async fn an_exchange_that_fails_is_left_alone_for_a_minute_and_its_prices_stay(kind: Kind) {
    let app = App::start(kind).await;
    prices::market(&app.state).await;
    let of = app.state.clock.now();
    let control = app.setup.sandbox.control();
    app.setup.clock.advance_minutes(1);
    control.fail_prices(
        Exchange::Binance,
        Effect::binance(400, -1121, "Invalid symbol."),
    );
    let market = prices::market(&app.state).await;
    assert_eq!(bitcoin(&market, "binance").as_deref(), Some("64210.55"));
    let bad = binance_in(ExchangeProblem::BadResponse);
    assert_eq!(problems(&app.state), bad);
    let first = prices::troubles(&app.state).remove(0);
    assert!(first.since > of && first.prices_of.is_some_and(|at| at <= of));
    assert_eq!(asked(&app), [2, 2]);
    prices::refresh(&app.state).await;
    assert_eq!(asked(&app), [2, 2]);
    app.setup.clock.advance_minutes(1);
    prices::refresh(&app.state).await;
    assert_eq!(asked(&app), [3, 3]);
    assert_eq!(prices::troubles(&app.state), [first]);
    control.clear_faults();
    app.setup.clock.advance_minutes(1);
    prices::refresh(&app.state).await;
    assert_eq!(problems(&app.state), []);
    assert_eq!(asked(&app), [4, 4]);
}

async fn an_exchange_that_asks_for_rest_is_asked_by_no_process(kind: Kind) {
    let app = App::start(kind).await;
    let other = app.setup.state().await;
    let control = app.setup.sandbox.control();
    control.fail_prices(Exchange::Binance, Effect::binance_too_much(Some("300")));
    prices::market(&app.state).await;
    control.clear_faults();
    for _ in 0..4 {
        for state in [&app.state, &other] {
            let market = prices::market(state).await;
            assert_eq!(bitcoin(&market, "binance"), None);
            assert_eq!(
                prices::troubles(state)[0].problem.code(),
                "exchange_rate_limited"
            );
        }
        app.setup.clock.advance_minutes(1);
    }
    assert_eq!(control.count_prices(Exchange::Binance), 1);
    app.setup.clock.advance_minutes(1);
    for state in [&app.state, &other] {
        let market = prices::refresh(state).await;
        assert!(bitcoin(&market, "binance").is_some());
        assert_eq!(problems(state), []);
    }
    assert_eq!(control.count_prices(Exchange::Binance), 2);
}

async fn a_slow_exchange_holds_nobody_up_and_is_asked_once(kind: Kind) {
    let app = App::start(kind).await;
    app.setup
        .sandbox
        .control()
        .fail_prices(Exchange::Okx, Effect::Hang);
    let looks = join_all((0..20).map(|_| prices::market(&app.state))).await;
    for market in looks {
        assert!(bitcoin(&market, "binance").is_some());
        assert_eq!(bitcoin(&market, "okx"), None);
    }
    prices::market(&app.state).await;
    assert_eq!(asked(&app), [1, 1]);
    assert_eq!(prices::troubles(&app.state), [], "it has not failed yet");
}

async fn without_any_prices_the_market_is_empty(kind: Kind) {
    let app = App::start(kind).await;
    for exchange in EXCHANGES {
        app.setup.sandbox.control().set_maintenance(exchange, true);
    }
    let market = prices::refresh(&app.state).await;
    assert!(market.books().is_empty());
    assert!(
        Currency::ALL
            .iter()
            .all(|currency| !market.offers(*currency))
    );
    let trouble = prices::troubles(&app.state);
    assert_eq!((trouble.len(), trouble[0].prices_of), (2, None));
    assert_eq!(trouble[1].problem, ExchangeProblem::Unavailable);
    assert_eq!(count(&app, "price_books").await, 0);
}

async fn an_absurd_price_is_not_used_by_any_process(kind: Kind) {
    let app = App::start(kind).await;
    let control = app.setup.sandbox.control();
    let other = app.setup.state().await;
    assert!(
        price(
            &prices::market(&app.state).await,
            "okx",
            "OKB",
            Currency::Usd
        )
        .is_ok()
    );
    control.set_price(Exchange::Okx, ["OKB", "USDT"], "4721000");
    let refused = async |state: &State| {
        let market = prices::refresh(state).await;
        let told = price(&market, "okx", "OKB", Currency::Usd);
        let Err(NoPrice::Doubtful(doubtful)) = told else {
            unreachable!("{told:?}");
        };
        (doubtful.price.to_string(), doubtful.doubt)
    };
    app.setup.clock.advance_minutes(1);
    let (told, doubt) = refused(&app.state).await;
    assert_eq!(told, "4721000");
    assert!(matches!(&doubt, Doubt::Jumped { from, .. } if from.as_str() == "47.21"));
    app.setup.clock.advance_minutes(5);
    assert_eq!(refused(&other).await, (told, doubt));
    // It stays: whichever process reads next believes it.
    app.setup.clock.advance_minutes(6);
    let market = prices::refresh(&app.state).await;
    let believed = price(&market, "okx", "OKB", Currency::Usd).unwrap();
    assert_eq!(believed, "4716751.1");
    control.set_price(Exchange::Okx, ["OKB", "USDT"], "0");
    app.setup.clock.advance_minutes(1);
    assert_eq!(
        refused(&app.state).await,
        ("0".to_owned(), Doubt::NotPositive)
    );
}
