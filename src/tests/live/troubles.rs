//! What becomes of a stream that breaks, lies, falls silent or is refused.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use coffer::exchanges::StreamPace;
use coffer::sandbox::{Effect, Fault};
use tracing_subscriber::layer::{Context, SubscriberExt};
use tracing_subscriber::{Layer, Registry};

use super::*;

pub const BTC: [&str; 2] = ["BTC", "USDT"];

/// An app whose streams carry Bitcoin, and somebody who watches.
pub async fn streaming(setup: Setup) -> (App, Watching) {
    let app = setup.start().await;
    let watching = watch(&app, &["BTC-USDT"]);
    until_streamed(&app, &["btcusdt@miniTicker"], &["BTC-USDT"]).await;
    (app, watching)
}

/// Waits until the streams of an exchange were opened more often than that, and carry Bitcoin.
async fn until_opened_again(app: &App, exchange: Exchange, before: usize) {
    until("it is opened again", async || {
        control(app).streams_opened(exchange) > before && !subscribed(app, exchange).is_empty()
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stream_that_is_cut_off_is_opened_again_with_its_pairs() {
    let (app, mut watching) = streaming(setup().await).await;
    for (exchange, price) in [(Exchange::Binance, "7.00000000"), (Exchange::Okx, "7.0")] {
        control(&app).drop_streams(exchange);
        until_opened_again(&app, exchange, 1).await;
        control(&app).set_price(exchange, BTC, price);
        hear(&mut watching, exchange, price).await;
        assert!(stands(&app, exchange).reconnects >= 1);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn while_a_stream_is_down_prices_are_read_by_calls() {
    let (app, mut watching) = streaming(setup().await).await;
    for (exchange, price) in [
        (Exchange::Binance, "64300.00000000"),
        (Exchange::Okx, "64300.0"),
    ] {
        control(&app).refuse_streams(exchange, Some(503));
        control(&app).drop_streams(exchange);
        until("it falls back", async || {
            stands(&app, exchange).falling_back
        })
        .await;
        // Nobody hears of it but who asks.
        control(&app).set_price(exchange, BTC, price);
        app.setup.clock.advance_minutes(2);
        let told = hear(&mut watching, exchange, price).await;
        assert_eq!(told.change_24h_percent, None);
        control(&app).refuse_streams(exchange, None);
        until_opened_again(&app, exchange, 1).await;
        until("it streams again", async || {
            !stands(&app, exchange).falling_back
        })
        .await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_changed_in_a_gap_is_read_by_a_call_afterwards() {
    let (app, mut watching) = streaming(setup().await).await;
    let exchange = Exchange::Binance;
    // Nothing is told of a pair that does not change again.
    control(&app).silence_streams(exchange, true);
    control(&app).drop_streams(exchange);
    control(&app).set_price(exchange, BTC, "64301.00000000");
    app.setup.clock.advance_minutes(2);
    control(&app).silence_streams(exchange, false);
    until_opened_again(&app, exchange, 1).await;
    hear(&mut watching, exchange, "64301.00000000").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn bytes_a_message_without_end_and_nothing_but_nonsense_end_a_stream() {
    let (app, mut watching) = streaming(setup().await).await;
    for exchange in BOTH {
        let nonsense = |app: &App| {
            for _ in 0..100 {
                control(app).send_over_streams(exchange, "nonsense");
            }
        };
        let bytes = |app: &App| control(app).send_bytes_over_streams(exchange, b"\x00\xff");
        let long = |app: &App| {
            control(app).send_over_streams(exchange, &"x".repeat(2 * 1024 * 1024));
        };
        let harms: [&dyn Fn(&App); 3] = [&nonsense, &bytes, &long];
        for harm in harms {
            let before = control(&app).streams_opened(exchange);
            harm(&app);
            until_opened_again(&app, exchange, before).await;
        }
        control(&app).set_price(exchange, BTC, "64303");
        hear(&mut watching, exchange, "64303").await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stream_that_falls_silent_is_given_up_and_opened_again() {
    let setup = setup().await.at_pace(|pace| {
        pace.idle = Duration::from_millis(20);
        pace.streams.silence = Duration::from_millis(400);
        pace.streams.again = Duration::from_millis(5);
    });
    let control = setup.sandbox.control().clone();
    control.set_binance_pings(Duration::from_millis(50), LONG);
    let (app, _watching) = streaming(setup).await;
    for exchange in BOTH {
        let before = control.streams_opened(exchange);
        control.silence_streams(exchange, true);
        until("it is given up", async || {
            stands(&app, exchange).connected_since.is_none()
                || control.streams_opened(exchange) > before
        })
        .await;
        control.silence_streams(exchange, false);
        until_opened_again(&app, exchange, before).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_restart_that_is_announced_is_not_waited_for() {
    let (app, mut watching) = streaming(setup().await).await;
    for exchange in BOTH {
        control(&app).announce_restart(exchange);
        until_opened_again(&app, exchange, 1).await;
        control(&app).set_price(exchange, BTC, "64304");
        hear(&mut watching, exchange, "64304").await;
        // Said over the new stream: nothing was lost of the old one's.
        assert_eq!(stands(&app, exchange).left_out, 0);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stream_is_opened_anew_before_its_time_is_over() {
    let setup = setup().await.at_pace(|pace| {
        pace.streams = StreamPace {
            // Streams of one host are opened more than a second apart.
            life: Duration::from_millis(1_500),
            again: Duration::from_millis(5),
            ..StreamPace::default()
        };
    });
    let (app, _watching) = streaming(setup).await;
    for exchange in BOTH {
        until_opened_again(&app, exchange, 3).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_exchange_that_refuses_for_too_many_is_left_alone() {
    let setup = setup().await;
    for exchange in BOTH {
        setup.sandbox.control().refuse_streams(exchange, Some(429));
    }
    let app = setup.start().await;
    let mut watching = watch(&app, &["BTC-USDT"]);
    hear(&mut watching, Exchange::Binance, "64210.55000000").await;
    for exchange in BOTH {
        until("it was refused", async || {
            control(&app).streams_refused(exchange) > 0
        })
        .await;
        assert!(stands(&app, exchange).falling_back);
        assert_eq!(control(&app).streams_refused(exchange), 1);
    }
}

/// Counts what is told of streams of prices.
#[derive(Clone, Default)]
struct ToldOfStreams(Arc<AtomicUsize>);

impl<S: tracing::Subscriber> Layer<S> for ToldOfStreams {
    fn on_event(&self, event: &tracing::Event<'_>, _: Context<'_, S>) {
        if event.metadata().target().ends_with("market::live::run") {
            self.0.fetch_add(1, Ordering::Relaxed);
        }
    }
}

/// One thread: what is told is heard where it is told.
#[tokio::test]
async fn what_no_exchange_would_call_a_pair_opens_no_stream_again_and_again() {
    let told = ToldOfStreams::default();
    let listener = tracing::Dispatch::new(Registry::default().with(told.clone()));
    // While there is only one, whatever thread comes first decides for all whether it is told.
    let _second = tracing::Dispatch::new(Registry::default());
    let _told = tracing::dispatcher::set_default(&listener);
    let app = app().await;
    // What is listed cannot be learned, so that whatever is watched may be.
    control(&app).inject(Fault::on("/api", Effect::Drop));
    let _odd = watch(&app, &["A/B-USDT"]);
    until("it was tried", async || told.0.load(Ordering::Relaxed) >= 2).await;
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert_eq!(told.0.load(Ordering::Relaxed), 2, "once for each exchange");
    let _usual = watch(&app, &["BTC-USDT"]);
    until_streamed(&app, &["btcusdt@miniTicker"], &["BTC-USDT"]).await;
}
