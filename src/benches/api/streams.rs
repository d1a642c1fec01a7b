//! What streams of events that are open weigh.

use std::io::{Read, Write};
use std::net::TcpStream;

use coffer::domain::token::TokenForm;
use coffer::services::events::MOST_LISTENERS;
use coffer::services::{accounts, tokens};
use secrecy::ExposeSecret;

use super::world::World;

/// For how many people streams are open, each with as many as one person may have.
const PEOPLE: usize = 125;

/// Opens streams, and tells by how much this process has grown. What a listener holds is a socket.
pub async fn measure(world: &World) {
    let mut tokens = vec![token(world, &world.user.email).await];
    for number in 1..PEOPLE {
        let email = format!("{number}@example.org");
        let made = accounts::add(&world.state, &email, "correct horse battery".into()).await;
        made.unwrap();
        tokens.push(token(world, &email).await);
    }
    let address = world.url.strip_prefix("http://").unwrap().to_owned();
    // What the first stream brings along is not counted.
    let _first = open(&address, &tokens[0]).await;
    let before = resident();
    let mut streams = Vec::new();
    for token in &tokens[1..] {
        for _ in 0..MOST_LISTENERS {
            streams.push(open(&address, token).await);
        }
    }
    let grown = resident().saturating_sub(before);
    println!(
        "{} open streams of events, {} for each person: {} bytes each",
        streams.len(),
        MOST_LISTENERS,
        grown / streams.len()
    );
}

async fn token(world: &World, email: &str) -> String {
    let form = TokenForm {
        name: "streams",
        scope: "read",
        expires: "never",
    };
    let made = tokens::make_for(&world.state, email, &form).await;
    made.unwrap().expose_secret().to_owned()
}

/// A stream of which the first lines were heard.
async fn open(address: &str, token: &str) -> TcpStream {
    let (address, token) = (address.to_owned(), token.to_owned());
    let opening = tokio::task::spawn_blocking(move || {
        let mut stream = TcpStream::connect(&address).unwrap();
        let head = format!(
            "GET /api/v1/events HTTP/1.1\r\nHost: {address}\r\nAuthorization: Bearer {token}\r\n\r\n"
        );
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
