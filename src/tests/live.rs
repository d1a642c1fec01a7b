//! Live prices: a stream is open while somebody watches, and whatever happens to it, what is told is what
//! an exchange said lately.

mod kept_out;
mod listening;
mod troubles;

use std::time::Duration;

use coffer::domain::amount::Amount;
use coffer::domain::exchange::ExchangeId;
use coffer::domain::market::{DayTicker, Pair};
use coffer::exchanges::StreamPace;
use coffer::sandbox::{Control, Exchange};
use coffer::services::market::day_tickers;
use coffer::services::market::live::{self, LiveTicker, StreamState, Watching};

use crate::scene::until;
use crate::support::{App, Kind, Setup};

/// As long as no machine should need.
const LONG: Duration = Duration::from_secs(30);
const BOTH: [Exchange; 2] = [Exchange::Binance, Exchange::Okx];

/// An app that does everything soon.
async fn app() -> App {
    setup().await.start().await
}

async fn setup() -> Setup {
    let setup = Setup::new(Kind::Sqlite).await;
    setup.at_pace(|pace| {
        pace.idle = Duration::from_millis(20);
        pace.linger = Duration::from_millis(20);
        pace.streams = StreamPace {
            again: Duration::from_millis(5),
            ..StreamPace::default()
        };
    })
}

fn control(app: &App) -> &Control {
    app.setup.sandbox.control()
}

fn watch(app: &App, pairs: &[&str]) -> Watching {
    let pairs = pairs.iter().map(|text| Pair::parse(text).unwrap());
    live::watch(&app.state, pairs.collect())
}

fn id(exchange: Exchange) -> ExchangeId {
    ExchangeId::new(&exchange.to_string().to_lowercase())
}

fn stands(app: &App, exchange: Exchange) -> StreamState {
    live::stream_state(&app.state, &id(exchange))
}

/// Waits for the price of a pair on an exchange to be this.
async fn hear(watching: &mut Watching, exchange: Exchange, price: &str) -> LiveTicker {
    let price = Amount::parse(price).unwrap();
    let heard = async {
        loop {
            let told = watching.next().await.into_iter();
            let mut told = told.filter(|it| it.exchange == id(exchange));
            if let Some(told) = told.find(|it| it.price == price) {
                return told;
            }
        }
    };
    let heard = tokio::time::timeout(LONG, heard).await;
    assert!(heard.is_ok(), "{exchange} never told {price}");
    heard.unwrap()
}

/// What the streams of an exchange are subscribed to.
fn subscribed(app: &App, exchange: Exchange) -> Vec<String> {
    let all = control(app).streams().into_iter();
    let own = all.filter(|stream| stream.exchange == exchange);
    own.flat_map(|stream| stream.subscribed).collect()
}

/// Waits until every exchange streams exactly these pairs.
async fn until_streamed(app: &App, binance: &[&str], okx: &[&str]) {
    until("the pairs are streamed", async || {
        let mut streamed = subscribed(app, Exchange::Binance);
        streamed.sort();
        streamed == binance && subscribed(app, Exchange::Okx) == okx
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn while_nobody_watches_no_stream_is_open() {
    let app = app().await;
    assert!(control(&app).streams().is_empty());
    let watching = watch(&app, &["BTC-USDT"]);
    until_streamed(&app, &["btcusdt@miniTicker"], &["BTC-USDT"]).await;
    for exchange in BOTH {
        until("it is connected", async || {
            stands(&app, exchange).connected_since.is_some()
        })
        .await;
    }
    drop(watching);
    until("they are closed", async || {
        control(&app).streams().is_empty()
    })
    .await;
    for exchange in BOTH {
        assert_eq!(control(&app).streams_opened(exchange), 1);
        until("it is not connected", async || {
            stands(&app, exchange).connected_since.is_none()
        })
        .await;
        assert!(!stands(&app, exchange).falling_back);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_price_is_told_as_it_changes_on_both_exchanges() {
    let app = app().await;
    let mut watching = watch(&app, &["BTC-USDT"]);
    // Known before the stream is open.
    hear(&mut watching, Exchange::Binance, "64210.55000000").await;
    until_streamed(&app, &["btcusdt@miniTicker"], &["BTC-USDT"]).await;
    for (exchange, price, change) in [
        (Exchange::Binance, "66000.00000000", "10"),
        (Exchange::Okx, "57000.0", "-5"),
    ] {
        control(&app).set_price_before(exchange, ["BTC", "USDT"], "60000");
        control(&app).set_price(exchange, ["BTC", "USDT"], price);
        let told = hear(&mut watching, exchange, price).await;
        let told_change = told.change_24h_percent.unwrap();
        assert_eq!(told_change.to_string(), change);
        assert!(stands(&app, exchange).last_message_at.is_some());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn all_who_watch_share_one_stream_and_it_follows_them() {
    let app = app().await;
    let first = watch(&app, &["BTC-USDT"]);
    until_streamed(&app, &["btcusdt@miniTicker"], &["BTC-USDT"]).await;
    let second = watch(&app, &["BTC-USDT", "ETH-USDT"]);
    until_streamed(
        &app,
        &["btcusdt@miniTicker", "ethusdt@miniTicker"],
        &["BTC-USDT", "ETH-USDT"],
    )
    .await;
    drop(first);
    let third = watch(&app, &["SOL-USDT"]);
    drop(second);
    until_streamed(&app, &["solusdt@miniTicker"], &["SOL-USDT"]).await;
    for exchange in BOTH {
        assert_eq!(control(&app).streams_opened(exchange), 1);
    }
    drop(third);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pair_is_asked_for_only_where_it_is_listed() {
    let app = app().await;
    let _watching = watch(&app, &["OKB-USDT", "BNB-USDT", "NOPE-USDT"]);
    until_streamed(&app, &["bnbusdt@miniTicker"], &["OKB-USDT"]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pair_in_any_currency_is_streamed() {
    let app = app().await;
    let mut watching = watch(&app, &["USDT-ARS", "EUR-AEUR"]);
    // Known before the stream is open, by its name.
    hear(&mut watching, Exchange::Binance, "1374.20000000").await;
    until_streamed(&app, &["euraeur@miniTicker", "usdtars@miniTicker"], &[]).await;
    control(&app).set_price_before(Exchange::Binance, ["USDT", "ARS"], "1400");
    control(&app).set_price(Exchange::Binance, ["USDT", "ARS"], "1386.00000000");
    let told = hear(&mut watching, Exchange::Binance, "1386").await;
    assert_eq!(told.change_24h_percent.unwrap().to_string(), "-1");
}

#[tokio::test(flavor = "multi_thread")]
async fn streams_tell_the_same_day_as_calls() {
    let app = app().await;
    let mut watching = watch(&app, &["BTC-USDT"]);
    until_streamed(&app, &["btcusdt@miniTicker"], &["BTC-USDT"]).await;
    let mut streamed = Vec::new();
    for (exchange, price) in [(Exchange::Binance, "64300.25"), (Exchange::Okx, "64300.5")] {
        // What it cost a day before would change with the minute.
        control(&app).set_price_before(exchange, ["BTC", "USDT"], "60000");
        control(&app).set_price(exchange, ["BTC", "USDT"], price);
        streamed.push(hear(&mut watching, exchange, price).await);
    }
    let pairs = [Pair::parse("BTC-USDT").unwrap()];
    let days = day_tickers(&app.state, &pairs).await;
    assert_eq!(days.len(), 2);
    for (streamed, day) in streamed.iter().zip(&days) {
        let change = day.ticker.as_ref().and_then(DayTicker::change_percent);
        assert_eq!(
            (&streamed.exchange, &streamed.change_24h_percent),
            (&day.exchange, &change)
        );
        assert!(!change.unwrap().is_zero(), "{}", day.exchange);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_is_asked_says_that_it_is_there() {
    let setup = setup().await.at_pace(|pace| {
        pace.streams.silence = Duration::from_millis(200);
        pace.streams.again = Duration::from_millis(5);
    });
    let control = setup.sandbox.control().clone();
    control.set_binance_pings(Duration::from_millis(20), LONG);
    let app = setup.start().await;
    let _watching = watch(&app, &["BTC-USDT"]);
    for exchange in BOTH {
        until("it says so", async || control.signs_of_life(exchange) > 2).await;
    }
}
