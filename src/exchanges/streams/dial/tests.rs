//! What is dialled when, and who waits after a refusal.

use std::io::Write;
use std::net::TcpStream;
use std::sync::Arc;
use std::time::Instant;

use tokio::sync::watch;

use super::*;
use crate::domain::market::Pair;
use crate::exchanges::streams::{PriceListener, StreamPace};
use crate::exchanges::testing::{
    Fake, NOW_MS, client, credentials, hosts, live, ok, reply_with, surroundings, target,
};
use crate::exchanges::{Alone, Exchange, Registry, Surroundings};

const BOTH: [&str; 2] = ["binance", "okx"];

/// A server that opens no stream, tells the time, and refuses every other call.
fn server(stream: Vec<u8>, call: Vec<u8>) -> Fake {
    Fake::start(move |head, socket: &mut TcpStream| {
        let reply = match target(head).as_str() {
            "GET /api/v3/time" => ok(&format!(r#"{{"serverTime":{NOW_MS}}}"#)),
            "GET /api/v5/public/time" => {
                ok(&format!(r#"{{"code":"0","data":[{{"ts":"{NOW_MS}"}}]}}"#))
            }
            _ if head.to_ascii_lowercase().contains("upgrade: websocket") => stream.clone(),
            _ => call.clone(),
        };
        let _ = socket.write_all(&reply);
    })
}

fn refusal(status: u16, seconds: u64) -> Vec<u8> {
    reply_with(status, &format!("Retry-After: {seconds}\r\n"), b"")
}

async fn prices(exchange: &dyn Exchange) -> StreamEnd {
    let pair = Pair::parse("BTC-USDT").unwrap();
    let (_wants, wanted) = watch::channel(Arc::new([pair].into()));
    let listener = PriceListener {
        wanted,
        pace: StreamPace::default(),
        tell: &mut |_| (),
    };
    exchange.stream_prices(listener).await
}

async fn account(exchange: &dyn Exchange) -> StreamEnd {
    let credentials = credentials();
    let entered = exchange.enter_account(live(&credentials), StreamPace::default());
    entered.await.err().unwrap()
}

fn limited(seconds: u64) -> StreamEnd {
    StreamEnd::Refused(ExchangeProblem::RateLimited { seconds })
}

/// How many streams and other calls were asked for.
fn asked(fake: &Fake) -> (usize, usize) {
    let heads = fake.heads();
    let is_stream = |head: &&String| head.to_ascii_lowercase().contains("upgrade: websocket");
    let streams = heads.iter().filter(is_stream).count();
    (streams, heads.len() - streams)
}

#[tokio::test]
async fn a_host_that_refuses_streams_is_left_alone_by_all_processes_and_calls_go_on() {
    for name in BOTH {
        let fake = server(refusal(429, 90), reply_with(404, "", b""));
        let neighbours = Arc::new(Alone::default());
        let process = || {
            let surroundings = Surroundings {
                neighbours: Arc::clone(&neighbours) as _,
                ..surroundings()
            };
            Registry::new(hosts(&fake.url), surroundings).unwrap()
        };
        let (one, other) = (process(), process());
        assert_eq!(prices(client(&one, name)).await, limited(90), "{name}");
        for registry in [&one, &other] {
            assert_eq!(prices(client(registry, name)).await, limited(90), "{name}");
        }
        assert_eq!(asked(&fake), (1, 0), "{name}");
        assert!(client(&other, name).tickers().await.is_err());
        assert_eq!(asked(&fake), (1, 1), "{name}");
    }
}

#[tokio::test]
async fn a_ban_met_by_a_stream_holds_for_calls_as_well() {
    for name in BOTH {
        let fake = server(refusal(418, 10), ok("{}"));
        let registry = Registry::new(hosts(&fake.url), surroundings()).unwrap();
        let client = client(&registry, name);
        // No ban is shorter than two minutes.
        assert_eq!(prices(client).await, limited(120), "{name}");
        let refused = ExchangeProblem::RateLimited { seconds: 120 };
        assert_eq!(client.tickers().await, Err(refused), "{name}");
        assert_eq!(asked(&fake), (1, 0), "{name}");
    }
}

#[tokio::test]
async fn no_stream_is_dialled_while_calls_are_asked_to_wait() {
    for name in BOTH {
        let fake = server(refusal(503, 0), refusal(429, 60));
        let registry = Registry::new(hosts(&fake.url), surroundings()).unwrap();
        let client = client(&registry, name);
        assert!(client.tickers().await.is_err());
        assert_eq!(prices(client).await, limited(60), "{name}");
        assert_eq!(asked(&fake), (0, 1), "{name}");
    }
}

#[tokio::test]
async fn streams_of_accounts_weigh_with_the_calls_where_they_count_together() {
    let fake = server(refusal(429, 70), ok("{}"));
    let registry = Registry::new(hosts(&fake.url), surroundings()).unwrap();
    let binance = client(&registry, "binance");
    assert_eq!(account(binance).await, limited(70));
    let place = binance.place(crate::domain::exchange::Environment::Live, None);
    // The time weighs one, opening two, and asking for the account's changes two.
    assert_eq!(registry.spent(&place).unwrap().weight, 5);
    let credentials = credentials();
    let refused = binance.read_key(live(&credentials)).await;
    assert_eq!(refused, Err(ExchangeProblem::RateLimited { seconds: 70 }));
    // OKX counts its connections apart.
    let okx = client(&registry, "okx");
    assert_eq!(account(okx).await, limited(70));
    let before = asked(&fake);
    assert!(okx.read_key(live(&credentials)).await.is_err());
    assert!(asked(&fake).1 > before.1);
}

#[tokio::test]
async fn streams_of_prices_are_opened_apart_too() {
    for (name, apart_ms) in [("binance", 1_100), ("okx", 400)] {
        let fake = server(reply_with(503, "", b""), ok("{}"));
        let registry = Registry::new(hosts(&fake.url), surroundings()).unwrap();
        let begun = Instant::now();
        for _ in 0..2 {
            assert_eq!(prices(client(&registry, name)).await, StreamEnd::Broken);
        }
        assert_eq!(asked(&fake), (2, 0), "{name}");
        assert!(begun.elapsed() >= Duration::from_millis(apart_ms), "{name}");
    }
}
