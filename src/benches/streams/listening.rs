//! What those who listen weigh.

use std::io::{Read, Write};
use std::net::TcpStream;

use coffer::domain::token::TokenForm;
use coffer::services::events::MOST_LISTENERS;
use coffer::services::{accounts, tokens};
use secrecy::ExposeSecret;

use super::world::{BITCOIN, EXCHANGE, World};

/// For how many people streams are open, each with as many as one person may have.
const PEOPLE: usize = 125;
/// What is listened to.
const PAIRS: [&str; 10] = [
    "BTC-USDT",
    "ETH-USDT",
    "BNB-USDT",
    "SOL-USDT",
    "ADA-USDT",
    "DOT-USDT",
    "SHIB-USDT",
    "ETH-BTC",
    "BNB-BTC",
    "SOL-BTC",
];
/// How often a price changes while nobody reads.
const CHANGES: usize = 10_000;

/// Opens streams of events, first without prices and then with those of ten pairs, and tells by how much
/// this process has grown; then once more, after prices changed again and again while nobody read them.
pub async fn measure(world: &World) {
    let mut tokens = Vec::new();
    for number in 0..=2 * PEOPLE {
        tokens.push(token(world, &format!("{number}@example.org")).await);
    }
    let pairs = format!("?symbols={}", PAIRS.join(","));
    // What the first streams bring along is not counted.
    let _plain = open(world, &tokens[2 * PEOPLE], "").await;
    let _priced = open(world, &tokens[2 * PEOPLE], &pairs).await;
    let plain = Listeners::open(world, &tokens[..PEOPLE], "").await;
    plain.tell("that hear of their own accounts");
    world.until(|| world.is_streamed()).await;
    let priced = Listeners::open(world, &tokens[PEOPLE..2 * PEOPLE], &pairs).await;
    priced.tell("that hear ten prices as well");
    for number in 0..CHANGES {
        let price = format!("{}.25", 60_000 + number);
        world.control.set_price(EXCHANGE, BITCOIN, &price);
    }
    let last = format!("{}.25", 60_000 + CHANGES - 1);
    world.until(|| world.knows(&last)).await;
    // Long enough that everyone was told of it.
    tokio::time::sleep(std::time::Duration::from_secs(3)).await;
    priced.tell("that left 10,000 changes unread");
}

/// Streams that are open.
struct Listeners {
    streams: Vec<TcpStream>,
    /// What this process took before they came, in bytes.
    before: usize,
}

impl Listeners {
    async fn open(world: &World, tokens: &[String], query: &str) -> Self {
        let before = resident();
        let mut streams = Vec::new();
        for token in tokens {
            for _ in 0..MOST_LISTENERS {
                streams.push(open(world, token, query).await);
            }
        }
        Self { streams, before }
    }

    fn tell(&self, what: &str) {
        let grown = resident().saturating_sub(self.before);
        let count = self.streams.len();
        println!("{count} streams {what}: {} bytes each", grown / count);
    }
}

async fn token(world: &World, email: &str) -> String {
    let made = accounts::add(&world.state, email, "correct horse battery".into()).await;
    made.unwrap();
    let form = TokenForm {
        name: "streams",
        scope: "read",
        expires: "never",
    };
    let made = tokens::make_for(&world.state, email, &form).await;
    made.unwrap().expose_secret().to_owned()
}

/// A stream of which the first lines were heard.
async fn open(world: &World, token: &str, query: &str) -> TcpStream {
    let address = world.address.clone();
    let head = format!(
        "GET /api/v1/events{query} HTTP/1.1\r\nHost: {address}\r\nAuthorization: Bearer {token}\r\n\r\n"
    );
    let opening = tokio::task::spawn_blocking(move || {
        let mut stream = TcpStream::connect(&address).unwrap();
        stream.write_all(head.as_bytes()).unwrap();
        let (mut heard, mut part) = (Vec::new(), [0; 2_048]);
        while !String::from_utf8_lossy(&heard).contains(": open") {
            let length = stream.read(&mut part).unwrap();
            assert!(length > 0, "{}", String::from_utf8_lossy(&heard));
            heard.extend_from_slice(&part[..length]);
        }
        stream
    });
    opening.await.unwrap()
}

/// The memory of this process, in bytes.
fn resident() -> usize {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with("VmRSS:"));
    let kib: Vec<_> = line.unwrap().split_whitespace().collect();
    kib[1].parse::<usize>().unwrap() * 1024
}
