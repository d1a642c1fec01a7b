//! What the client takes of processor and memory to read one account: one request a wallet, and
//! nothing else.
#![expect(clippy::print_stdout, reason = "figures are told on standard output")]
#![expect(
    clippy::unwrap_used,
    reason = "a benchmark that cannot be set up cannot go on"
)]

use std::sync::Arc;
use std::time::Duration;

use coffer::domain::exchange::{Environment, ExchangeId};
use coffer::exchanges::{
    Access, Alone, Credentials, Exchange, Hosts, Journal, Registry, Surroundings,
};
use coffer::sandbox::{DemoKey, Options, Sandbox, keys};
use coffer::server::system_clock;
use secrecy::SecretString;
use tokio::runtime::{Builder, Runtime};

/// What the budget of the dearest call lets through in a minute.
const TIMES: u32 = 50;

fn main() {
    // The exchange runs on threads of its own; what is counted is this thread's.
    let elsewhere = Runtime::new().unwrap();
    let sandbox = elsewhere
        .block_on(Sandbox::start(Options::default()))
        .unwrap();
    sandbox.control().set_okx_limits(false);
    sandbox.control().set_binance_sapi_weight_limit(u32::MAX);
    sandbox.control().set_binance_weight_limit(u32::MAX);
    let here = Builder::new_current_thread().enable_all().build().unwrap();
    println!("One reading of one account, by the client alone");
    println!("exchange  requests  allocations  kB allocated  cpu us");
    for (exchange, key) in [
        ("binance", keys::binance::EVERY_WALLET),
        ("okx", keys::okx::EVERY_WALLET),
    ] {
        let registry = registry(&sandbox.url());
        let client = registry.find(&ExchangeId::new(exchange)).unwrap();
        let credentials = credentials(&key);
        // Connections are opened and the clock is asked for once.
        here.block_on(read(client, &credentials));
        let counted = allocation_counter::measure(|| {
            here.block_on(read(client, &credentials));
        });
        let before = thread_time();
        let mut calls = 0;
        for _ in 0..TIMES {
            calls = here.block_on(read(client, &credentials));
        }
        let each = (thread_time() - before) / TIMES;
        println!(
            "{exchange:<8}  {calls:>8}  {:>11}  {:>12}  {:>6}",
            counted.count_total,
            counted.bytes_total / 1_024,
            each.as_micros()
        );
    }
}

async fn read(client: &dyn Exchange, credentials: &Credentials) -> u32 {
    let journal = Journal::default();
    let access = Access {
        credentials,
        environment: Environment::Live,
        region: None,
        known: &[],
        thorough: true,
        patience: Duration::from_secs(60),
        journal: &journal,
    };
    client.read_key(access).await.unwrap();
    client.read_account(access).await;
    journal.calls()
}

fn registry(url: &str) -> Registry {
    let hosts = Hosts::live().with_binance(url);
    let hosts = hosts.and_then(|hosts| hosts.with_okx(url)).unwrap();
    let clock = system_clock();
    let surroundings = Surroundings {
        clock: Arc::new(move || clock.now().0),
        dice: Arc::new(|| 0),
        pace: Duration::ZERO,
        answer_time: Duration::from_secs(20),
        neighbours: Arc::new(Alone::default()),
    };
    Registry::new(hosts, surroundings).unwrap()
}

fn credentials(key: &DemoKey) -> Credentials {
    Credentials {
        api_key: SecretString::from(key.api_key),
        secret_key: SecretString::from(key.secret_key),
        passphrase: key.passphrase.map(SecretString::from),
    }
}

/// Processor time of this thread.
fn thread_time() -> Duration {
    let stat = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap();
    let nanoseconds = stat.split(' ').next().unwrap();
    Duration::from_nanos(nanoseconds.parse().unwrap())
}
