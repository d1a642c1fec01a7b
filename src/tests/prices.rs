//! Prices: asked for while somebody looks, and once for everybody.

mod troubles;

use std::time::Duration;

use coffer::domain::asset::AssetCode;
use coffer::domain::currency::Currency;
use coffer::domain::exchange::ExchangeId;
use coffer::domain::price::route::{Market, NoPrice};
use coffer::sandbox::Exchange;
use coffer::services::{Workers, prices};
use futures::future::join_all;

use crate::leases::execute;
use crate::scene::{count, until};
use crate::support::{App, Kind, Setup, on_both_databases};

on_both_databases![
    many_people_and_many_looks_cost_one_call_a_minute,
    nobody_asks_while_nobody_looks,
    a_process_takes_the_prices_another_has_read,
    prices_that_somebody_waited_for_are_kept_when_they_have_gone,
    a_stored_book_that_was_spoilt_is_read_anew,
    a_book_of_a_time_to_come_is_read_anew,
];

const EXCHANGES: [Exchange; 2] = [Exchange::Binance, Exchange::Okx];
const BTC: [&str; 2] = ["BTC", "USDT"];

/// How often each exchange was asked for prices.
fn asked(app: &App) -> [usize; 2] {
    EXCHANGES.map(|exchange| app.setup.sandbox.control().count_prices(exchange))
}

/// The price of one Bitcoin in USDT, as an exchange tells it.
fn bitcoin(market: &Market, exchange: &str) -> Option<String> {
    let books = market.books();
    let book = books
        .iter()
        .find(|book| book.exchange.as_str() == exchange)?;
    let [base, quote] = BTC.map(|code| AssetCode::parse(code).unwrap());
    Some(book.quote(&base, &quote)?.price.to_string())
}

fn price(
    market: &Market,
    exchange: &str,
    asset: &str,
    currency: Currency,
) -> Result<String, NoPrice> {
    let (home, asset) = (ExchangeId::new(exchange), AssetCode::parse(asset).unwrap());
    let price = market.price(Some(&home), &asset, currency)?;
    Ok(price.amount.rounded(8).to_string())
}

async fn many_people_and_many_looks_cost_one_call_a_minute(kind: Kind) {
    let app = App::start(kind).await;
    let looks = join_all((0..50).map(|_| prices::market(&app.state))).await;
    for market in looks {
        assert_eq!(bitcoin(&market, "binance").as_deref(), Some("64210.55"));
        assert_eq!(bitcoin(&market, "okx").as_deref(), Some("64198.3"));
    }
    assert_eq!(asked(&app), [1, 1]);
    app.setup
        .sandbox
        .control()
        .set_price(Exchange::Okx, BTC, "64000.5");
    prices::market(&app.state).await;
    prices::refresh(&app.state).await;
    assert_eq!(asked(&app), [1, 1]);
    app.setup.clock.advance_minutes(1);
    let looks = join_all((0..50).map(|_| prices::refresh(&app.state))).await;
    for market in looks {
        assert_eq!(bitcoin(&market, "okx").as_deref(), Some("64000.5"));
    }
    assert_eq!(asked(&app), [2, 2]);
    let records = app.setup.sandbox.control().records();
    assert!(
        records.iter().all(|record| !record.authenticated),
        "a key was shown"
    );
    assert_eq!(records.len(), 4);
    assert_eq!(prices::troubles(&app.state), []);
}

async fn nobody_asks_while_nobody_looks(kind: Kind) {
    let app = App::start(kind).await;
    drop(Workers::start(app.setup.state().await).await);
    app.browser().get("/sign-in").await;
    app.setup.clock.advance_minutes(60);
    assert_eq!(prices::troubles(&app.state), []);
    assert_eq!(asked(&app), [0, 0]);
}

async fn a_process_takes_the_prices_another_has_read(kind: Kind) {
    let app = App::start(kind).await;
    let other = app.setup.state().await;
    prices::market(&app.state).await;
    let market = prices::market(&other).await;
    assert_eq!(bitcoin(&market, "okx").as_deref(), Some("64198.3"));
    assert_eq!(market.books().len(), 2);
    assert_eq!(asked(&app), [1, 1]);
    // The other way round, a minute later.
    app.setup.clock.advance_minutes(1);
    app.setup
        .sandbox
        .control()
        .set_price(Exchange::Okx, BTC, "64000.5");
    prices::market(&other).await;
    let market = prices::market(&app.state).await;
    assert_eq!(bitcoin(&market, "okx").as_deref(), Some("64000.5"));
    assert_eq!(asked(&app), [2, 2]);
    assert_eq!(count(&app, "price_books").await, 2);
}

async fn prices_that_somebody_waited_for_are_kept_when_they_have_gone(kind: Kind) {
    let app = App::start(kind).await;
    let control = app.setup.sandbox.control();
    control.delay("/api", Duration::from_millis(200));
    let state = app.state.clone();
    let look = tokio::spawn(async move { prices::market(&state).await });
    until("both are asked", async || asked(&app) == [1, 1]).await;
    look.abort();
    until("both are kept", async || {
        count(&app, "price_books").await == 2
    })
    .await;
    let market = prices::market(&app.state).await;
    assert_eq!(market.books().len(), 2);
    assert_eq!(asked(&app), [1, 1]);
}

async fn a_stored_book_that_was_spoilt_is_read_anew(kind: Kind) {
    let app = App::start(kind).await;
    prices::market(&app.state).await;
    execute(&app, "UPDATE price_books SET book = '{}', taken_at = 1").await;
    let other = app.setup.state().await;
    let market = prices::market(&other).await;
    assert_eq!(market.books().len(), 2);
    assert_eq!(asked(&app), [2, 2]);
    let third = app.setup.state().await;
    assert_eq!(prices::market(&third).await.books().len(), 2);
    assert_eq!(asked(&app), [2, 2]);
}

async fn a_book_of_a_time_to_come_is_read_anew(kind: Kind) {
    let app = App::start(kind).await;
    app.setup.clock.advance_minutes(90);
    prices::market(&app.state).await;
    app.setup.clock.advance_minutes(-90);
    app.setup
        .sandbox
        .control()
        .set_price(Exchange::Okx, BTC, "64000.5");
    let market = prices::market(&app.state).await;
    assert_eq!(bitcoin(&market, "okx").as_deref(), Some("64000.5"));
    let now = app.state.clock.now();
    assert!(market.books().iter().all(|book| book.taken_at <= now));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_sandbox_shows_every_way_to_a_price_and_assets_without_one() {
    let app = Setup::new(Kind::Sqlite).await.start().await;
    let market = prices::market(&app.state).await;
    for (exchange, asset, currency, told) in [
        ("binance", "BTC", Currency::Eur, "59207.4"),
        ("binance", "LDO", Currency::Btc, "0.00002917"),
        ("binance", "VTHO", Currency::Btc, "0.00000004"),
        ("binance", "1000SATS", Currency::Usd, "0.00023697"),
        ("binance", "LDUSDT", Currency::Brl, "5.512"),
        ("binance", "USDT", Currency::Try, "41.87"),
        ("binance", "TRY", Currency::Usd, "0.02386195"),
        ("okx", "BTC", Currency::Usd, "64140.5"),
        ("okx", "USDC", Currency::Usd, "0.9998"),
        ("okx", "EUR", Currency::Eur, "1"),
    ] {
        assert_eq!(
            price(&market, exchange, asset, currency).unwrap(),
            told,
            "{asset}"
        );
    }
    for (exchange, asset) in [("binance", "BAKE"), ("okx", "CELT"), ("okx", "VANA")] {
        let none = price(&market, exchange, asset, Currency::Usd);
        assert_eq!(none, Err(NoPrice::NotListed), "{asset}");
    }
    let offered: Vec<_> = Currency::ALL
        .into_iter()
        .filter(|c| market.offers(*c))
        .collect();
    let wanted = [
        Currency::Usd,
        Currency::Eur,
        Currency::Try,
        Currency::Brl,
        Currency::Jpy,
        Currency::Btc,
        Currency::Eth,
    ];
    assert_eq!(offered, wanted);
}

#[tokio::test(flavor = "multi_thread")]
async fn another_host_tells_prices_where_the_operator_names_one() {
    let elsewhere = Setup::new(Kind::Sqlite).await.sandbox;
    elsewhere
        .control()
        .set_price(Exchange::Binance, BTC, "60000.1");
    let setup = Setup::new(Kind::Sqlite).await;
    let app = setup
        .with("BINANCE_MARKET_URL", &elsewhere.url())
        .start()
        .await;
    let market = prices::market(&app.state).await;
    assert_eq!(bitcoin(&market, "binance").as_deref(), Some("60000.1"));
    assert_eq!(asked(&app), [0, 1]);
}
