//! What is sent, how often, signed when and paid by whom, whatever the exchange answers.

mod clients;
mod clock;
mod noted;
mod tries;
mod waits;

use std::io::Write;
use std::net::TcpStream;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU32, Ordering};
use std::time::{Duration, Instant};

use futures::future::{BoxFuture, join_all};

use super::*;
use crate::domain::health::CallClass;
use crate::exchanges::allow::Endpoint;
use crate::exchanges::clock::Clock;
use crate::exchanges::cost::{Budget, Cost};
use crate::exchanges::testing::{
    Fake, NOW_MS, credentials, hosts, live, ok, reply_with, surroundings, target,
};
use crate::exchanges::{Alone, Credentials, Journal, Neighbours, Surroundings, Unreachable};

const MINUTE: Budget = Budget {
    limit: 1_000,
    window_ms: 60_000,
};
const fn weighing(weight: u32) -> Cost {
    Cost {
        weight,
        budget: MINUTE,
        scope: Scope::Address,
    }
}
const TIME: Endpoint = Endpoint::get("/time", weighing(1), CallClass::Time);
const READ: Endpoint = Endpoint::get("/read", weighing(5), CallClass::Account);
const LOOK: Endpoint = Endpoint::post("/look", weighing(5), CallClass::Account);
const LIST: &[Endpoint] = &[TIME, READ, LOOK];

/// An exchange whose status says all: 400 is a wrong clock, 429 asks for the seconds it names.
struct Simple;

impl Protocol for Simple {
    fn time(&self) -> Endpoint {
        TIME
    }

    fn read_time(&self, body: &str) -> Result<i64, ExchangeError> {
        body.parse()
            .map_err(|_| ExchangeProblem::BadResponse.into())
    }

    fn refusal(&self, answer: &Answer, _now_ms: i64) -> Option<ExchangeError> {
        let seconds = answer.retry_after.unwrap_or(1);
        Some(match answer.status {
            200 => return None,
            400 => ExchangeProblem::ClockSkew.into(),
            401 => ExchangeError::NoPermission,
            404 => ExchangeError::NotAvailable,
            429 => ExchangeProblem::RateLimited { seconds }.into(),
            503 => ExchangeError::Transient,
            _ => ExchangeProblem::BadResponse.into(),
        })
    }

    fn used(&self, answer: &Answer, _scope: Scope) -> Option<u32> {
        answer.number("x-used")
    }
}

impl Signer for Simple {
    fn sign(
        &self,
        _endpoint: &Endpoint,
        parameters: &str,
        now_ms: i64,
    ) -> Result<Signed, ExchangeError> {
        Ok(Signed {
            query: format!("{parameters}&timestamp={now_ms}"),
            headers: HeaderMap::new(),
        })
    }
}

/// A process with a client of that exchange.
struct Process {
    shared: Shared,
    clocks: SiteClocks,
    site: Site,
}

impl Process {
    fn new(url: &str, surroundings: Surroundings) -> Self {
        Self {
            clocks: SiteClocks::new(Arc::clone(&surroundings.clock)),
            shared: Shared::new(&hosts(url), surroundings).unwrap(),
            site: Site {
                base: url.parse().unwrap(),
                allowed: LIST,
            },
        }
    }

    fn caller<'a>(&'a self, access: Access<'a>) -> Caller<'a> {
        Caller {
            shared: &self.shared,
            clocks: &self.clocks,
            site: &self.site,
            place: self.site.place("simple"),
            terms: access.into(),
            protocol: &Simple,
        }
    }

    async fn read(&self, credentials: &Credentials) -> Result<Answer, ExchangeError> {
        self.caller(live(credentials))
            .call(&Simple, &READ, "a=1")
            .await
    }

    /// What reading comes to.
    async fn outcome(&self) -> Result<(), ExchangeProblem> {
        let answer = self.read(&credentials()).await;
        answer.map(drop).map_err(ExchangeError::into_problem)
    }
}

/// A clock to turn.
fn turning() -> (Arc<AtomicI64>, Clock) {
    let now = Arc::new(AtomicI64::new(NOW_MS));
    let shown = Arc::clone(&now);
    (now, Arc::new(move || shown.load(Ordering::SeqCst)))
}

/// A server that tells the time, and answers the n-th other request as the script says.
fn server(script: impl Fn(u32) -> Vec<u8> + Clone + Send + Sync + 'static) -> Fake {
    let asked = Arc::new(AtomicU32::new(0));
    Fake::start(move |head, stream: &mut TcpStream| {
        let reply = match target(head).as_str() {
            "GET /time" => ok(&NOW_MS.to_string()),
            _ => script(asked.fetch_add(1, Ordering::SeqCst)),
        };
        let _ = stream.write_all(&reply);
    })
}

fn status(status: u16) -> Vec<u8> {
    reply_with(status, "", b"{}")
}

fn times_of(fake: &Fake) -> usize {
    fake.targets().iter().filter(|t| *t == "GET /time").count()
}

/// The times that the signed requests were signed for.
fn timestamps(fake: &Fake) -> Vec<i64> {
    let heads = fake.heads();
    let stamps = heads.iter().filter_map(|head| {
        let (_, rest) = head.lines().next()?.split_once("timestamp=")?;
        rest.split(' ').next()?.parse().ok()
    });
    stamps.collect()
}

fn limited(seconds: u64) -> Result<(), ExchangeProblem> {
    Err(ExchangeProblem::RateLimited { seconds })
}
