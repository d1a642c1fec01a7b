//! What the tests of this room share: fixtures, keys, and an exchange that says what it is told to.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use secrecy::SecretString;

use super::candles::Reader;
use super::cost::{Budget, Cost, Scope};
use super::refused::Refusals;
use super::{Access, Alone, Credentials, Exchange, Hosts, Registry, Surroundings};
use crate::domain::exchange::{Environment, ExchangeId};
use crate::domain::market::candle::Fault;
use crate::domain::timestamp::Timestamp;

/// What the clock of this machine shows in tests: 2026-01-01T00:00:00Z.
pub(super) const NOW_MS: i64 = 1_767_225_600_000;
/// Parts of a key that must not turn up anywhere.
pub(super) const API_KEY: &str = "canary-api-key";
pub(super) const SECRET_KEY: &str = "canary-secret-key";
pub(super) const PASSPHRASE: &str = "canary-passphrase";

/// A cost that no budget feels.
pub(super) const FREE: Cost = Cost {
    weight: 1,
    budget: Budget {
        limit: u32::MAX,
        window_ms: 1_000,
    },
    scope: Scope::Address,
};

/// The text of a fixture.
pub(super) fn fixture(name: &str) -> String {
    let path = format!("{}/src/tests/fixtures/{name}", env!("CARGO_MANIFEST_DIR"));
    std::fs::read_to_string(&path).unwrap_or_else(|e| panic!("{path}: {e}"))
}

/// The names of the fixtures that begin so.
pub(super) fn fixtures(prefix: &str) -> Vec<String> {
    let folder = format!("{}/src/tests/fixtures", env!("CARGO_MANIFEST_DIR"));
    std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| name.starts_with(prefix))
        .collect()
}

/// A secret.
pub(super) fn secret(text: &str) -> SecretString {
    SecretString::from(text.to_owned())
}

/// A key that is made of canaries.
pub(super) fn credentials() -> Credentials {
    Credentials {
        api_key: secret(API_KEY),
        secret_key: secret(SECRET_KEY),
        passphrase: Some(secret(PASSPHRASE)),
    }
}

/// Access to a live account on the default site.
pub(super) fn live(credentials: &Credentials) -> Access<'_> {
    Access {
        credentials,
        environment: Environment::Live,
        region: None,
        known: &[],
        thorough: true,
        patience: Duration::from_secs(1),
        journal: Box::leak(Box::default()),
    }
}

/// Access to a test account.
pub(super) fn testnet(credentials: &Credentials) -> Access<'_> {
    Access {
        environment: Environment::Testnet,
        ..live(credentials)
    }
}

/// The clients, both pointed at one place.
pub(super) fn registry(url: &str) -> Registry {
    Registry::new(hosts(url), surroundings()).unwrap()
}

/// A process that is alone, at [`NOW_MS`], whose dice always fall the same way.
pub(super) fn surroundings() -> Surroundings {
    Surroundings {
        clock: Arc::new(|| NOW_MS),
        dice: Arc::new(|| 0),
        pace: Duration::ZERO,
        answer_time: Duration::from_secs(20),
        neighbours: Arc::new(Alone::default()),
    }
}

/// The clients of a process for which every look at the clock is a minute later, so that no budget
/// is ever used up.
pub(super) fn hurried_registry(url: &str) -> Registry {
    let looks = AtomicI64::new(0);
    let clock = move || NOW_MS + looks.fetch_add(60_000, Ordering::SeqCst);
    let surroundings = Surroundings {
        clock: Arc::new(clock),
        ..surroundings()
    };
    Registry::new(hosts(url), surroundings).unwrap()
}

/// Both exchanges at one place.
pub(super) fn hosts(url: &str) -> Hosts {
    let hosts = Hosts::live().with_binance(url);
    hosts.and_then(|hosts| hosts.with_okx(url)).unwrap()
}

/// One of the clients.
pub(super) fn client<'a>(registry: &'a Registry, name: &str) -> &'a dyn Exchange {
    registry.find(&ExchangeId::new(name)).unwrap()
}

/// A server on loopback that answers as its script says and remembers what it was asked.
pub(super) struct Fake {
    pub(super) url: String,
    heads: Arc<Mutex<Vec<String>>>,
}

impl Fake {
    /// Answers every request by a function of its head.
    pub(super) fn start(
        script: impl Fn(&str, &mut TcpStream) + Clone + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let heads = Arc::new(Mutex::new(Vec::new()));
        let remembered = Arc::clone(&heads);
        thread::spawn(move || {
            for stream in listener.incoming() {
                let (script, heads) = (script.clone(), Arc::clone(&remembered));
                thread::spawn(move || serve(stream.unwrap(), &script, &heads));
            }
        });
        Self { url, heads }
    }

    /// Answers each method and path with a reply made beforehand, and anything else with 404.
    pub(super) fn scripted<const N: usize>(script: [(&str, Vec<u8>); N]) -> Self {
        let script = script.map(|(target, reply)| (target.to_owned(), reply));
        Self::start(move |head, stream| {
            let target = target(head);
            let reply = script.iter().find(|(wanted, _)| *wanted == target);
            let missing = reply_with(404, "", b"");
            let reply = reply.map_or(&missing, |(_, reply)| reply);
            let _ = stream.write_all(reply);
        })
    }

    /// The heads of all requests so far.
    pub(super) fn heads(&self) -> Vec<String> {
        self.heads.lock().unwrap().clone()
    }

    /// Method and path of all requests so far.
    pub(super) fn targets(&self) -> Vec<String> {
        self.heads().iter().map(|head| target(head)).collect()
    }
}

fn serve(
    mut stream: TcpStream,
    script: &impl Fn(&str, &mut TcpStream),
    heads: &Mutex<Vec<String>>,
) {
    let mut head = Vec::new();
    let mut byte = [0];
    while !head.ends_with(b"\r\n\r\n") {
        match stream.read(&mut byte) {
            Ok(1) => head.push(byte[0]),
            _ => return,
        }
    }
    let head = String::from_utf8(head).unwrap();
    heads.lock().unwrap().push(head.clone());
    script(&head, &mut stream);
}

/// `GET /path`, without the query.
pub(super) fn target(head: &str) -> String {
    let line = head.lines().next().unwrap();
    let target = line.trim_end_matches(" HTTP/1.1");
    target.split('?').next().unwrap().to_owned()
}

/// A whole response.
pub(super) fn reply_with(status: u16, headers: &str, body: &[u8]) -> Vec<u8> {
    let length = body.len();
    let mut reply = format!(
        "HTTP/1.1 {status} Status\r\nConnection: close\r\nContent-Length: {length}\r\n{headers}\r\n"
    )
    .into_bytes();
    reply.extend_from_slice(body);
    reply
}

/// A response that is a success.
pub(super) fn ok(body: &str) -> Vec<u8> {
    reply_with(200, "Content-Type: application/json\r\n", body.as_bytes())
}

/// A response that is a fixture.
pub(super) fn reply(status: u16, name: &str) -> Vec<u8> {
    reply_with(status, "", fixture(name).as_bytes())
}

/// Reads something at [`NOW_MS`]; gives what came of it, and what was kept out by reason.
pub(super) fn judged<T>(read: impl FnOnce(&Reader<'_>) -> T) -> (T, Vec<(Fault, u64)>) {
    let refusals = Refusals::default();
    let told = read(&Reader {
        exchange: "okx",
        refusals: &refusals,
        now: Timestamp(NOW_MS),
    });
    (told, refusals.counts("okx"))
}
