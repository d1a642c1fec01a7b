//! What is sent, how often, signed when and paid by whom, whatever the exchange answers.

use std::io::Write;
use std::net::TcpStream;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU32, Ordering};
use std::time::{Duration, Instant};

use futures::future::{BoxFuture, join_all};

use super::*;
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
const TIME: Endpoint = Endpoint::get("/time", weighing(1));
const READ: Endpoint = Endpoint::get("/read", weighing(5));
const LOOK: Endpoint = Endpoint::post("/look", weighing(5));
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

    fn refusal(&self, answer: &Answer, _local_ms: i64) -> Option<ExchangeError> {
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
            access,
            protocol: &Simple,
        }
    }

    async fn read(&self, credentials: &Credentials) -> Result<Answer, ExchangeError> {
        self.caller(live(credentials)).call(&READ, "a=1").await
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

#[tokio::test]
async fn only_what_is_transient_is_tried_again_and_no_more_than_twice() {
    for (status_code, problem, sent) in [
        (503, ExchangeProblem::Unavailable, 3),
        (401, ExchangeProblem::BadResponse, 1),
        (404, ExchangeProblem::BadResponse, 1),
        (429, ExchangeProblem::RateLimited { seconds: 1 }, 1),
        (307, ExchangeProblem::BadResponse, 1),
    ] {
        let fake = server(move |_| status(status_code));
        let process = Process::new(&fake.url, surroundings());
        assert_eq!(process.outcome().await, Err(problem), "{status_code}");
        assert_eq!(timestamps(&fake).len(), sent, "{status_code}");
    }
}

#[tokio::test]
async fn a_connection_that_breaks_is_tried_again() {
    let cut = b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"a\"";
    for broken in [&b""[..], cut] {
        let fake = server(move |n| if n < 2 { broken.to_vec() } else { ok("{}") });
        let process = Process::new(&fake.url, surroundings());
        assert_eq!(process.outcome().await, Ok(()));
        assert_eq!(timestamps(&fake).len(), 3);
    }
}

#[tokio::test]
async fn an_answer_that_came_whole_is_never_asked_for_again() {
    for body in ["<html></html>", "Unauthorized", "{\"a\":", ""] {
        let fake = server(move |_| ok(body));
        let process = Process::new(&fake.url, surroundings());
        let answer = process.read(&credentials()).await.unwrap();
        assert_eq!(answer.text().unwrap(), body);
        assert_eq!(timestamps(&fake).len(), 1);
    }
    let fake = server(|_| reply_with(200, "", &vec![b' '; 9 * 1024 * 1024]));
    let process = Process::new(&fake.url, surroundings());
    assert_eq!(process.outcome().await, Err(ExchangeProblem::BadResponse));
    assert_eq!(timestamps(&fake).len(), 1);
}

#[tokio::test]
async fn every_try_is_signed_anew() {
    let (now, clock) = turning();
    let turn = Arc::clone(&now);
    let fake = server(move |n| {
        turn.fetch_add(700, Ordering::SeqCst);
        if n < 2 { status(503) } else { ok("{}") }
    });
    let process = Process::new(
        &fake.url,
        Surroundings {
            clock,
            ..surroundings()
        },
    );
    assert_eq!(process.outcome().await, Ok(()));
    let stamps = timestamps(&fake);
    let steps: Vec<_> = stamps.windows(2).map(|two| two[1] - two[0]).collect();
    assert_eq!(steps, [700, 700]);
}

#[tokio::test]
async fn the_time_is_asked_for_by_the_same_rules() {
    for (status_code, problem, sent) in [
        (503, ExchangeProblem::Unavailable, 3),
        (404, ExchangeProblem::BadResponse, 1),
        (200, ExchangeProblem::BadResponse, 1),
    ] {
        let reply = reply_with(status_code, "", b"no time");
        let fake = Fake::start(move |_, stream| drop(stream.write_all(&reply)));
        let process = Process::new(&fake.url, surroundings());
        assert_eq!(process.outcome().await, Err(problem), "{status_code}");
        assert_eq!(fake.targets(), vec!["GET /time"; sent]);
    }
}

#[tokio::test]
async fn many_who_want_the_time_ask_for_it_once() {
    let fake = server(|_| ok("{}"));
    let process = Process::new(&fake.url, surroundings());
    let outcomes = join_all((0..10).map(|_| process.outcome())).await;
    assert!(outcomes.iter().all(Result::is_ok), "{outcomes:?}");
    assert_eq!(times_of(&fake), 1);
    let silent = Fake::start(|_, stream| {
        std::thread::sleep(Duration::from_millis(100));
        let _ = stream.write_all(&status(404));
    });
    let process = Process::new(&silent.url, surroundings());
    let outcomes = join_all((0..10).map(|_| process.outcome())).await;
    assert!(outcomes.iter().all(Result::is_err));
    assert_eq!(times_of(&silent), 1, "a failure is shared as well");
    assert!(process.outcome().await.is_err());
    assert_eq!(times_of(&silent), 2, "and asked anew by the next one");
}

#[tokio::test]
async fn a_clock_that_is_off_by_seconds_or_an_hour_is_set_once() {
    for off in [10_000, -10_000, 3_600_000, -3_600_000] {
        let (now, clock) = turning();
        let fake = server(|n| if n == 1 { status(400) } else { ok("{}") });
        let process = Process::new(
            &fake.url,
            Surroundings {
                clock,
                ..surroundings()
            },
        );
        assert_eq!(process.outcome().await, Ok(()));
        now.fetch_add(off, Ordering::SeqCst);
        assert_eq!(process.outcome().await, Ok(()), "{off}");
        assert_eq!((times_of(&fake), timestamps(&fake).len()), (2, 3));
        let stamps = timestamps(&fake);
        assert!((off - 500..=off + 500).contains(&(stamps[1] - NOW_MS)));
        assert!((0..=500).contains(&(stamps[2] - NOW_MS)), "{off}");
    }
}

#[tokio::test]
async fn a_clock_that_stays_wrong_is_told_and_forgotten() {
    let fake = server(|n| if n < 2 { status(400) } else { ok("{}") });
    let process = Process::new(&fake.url, surroundings());
    assert_eq!(process.outcome().await, Err(ExchangeProblem::ClockSkew));
    assert_eq!((times_of(&fake), timestamps(&fake).len()), (2, 2));
    assert_eq!(process.outcome().await, Ok(()));
    assert_eq!(times_of(&fake), 3);
}

#[tokio::test]
async fn an_absurd_time_does_not_stick() {
    let absurd = Arc::new(AtomicU32::new(0));
    let fake = Fake::start(move |head, stream| {
        let is_time = target(head) == "GET /time";
        let reply = match (is_time, absurd.load(Ordering::SeqCst)) {
            (true, 0) => ok(&i64::MAX.to_string()),
            (true, _) => ok(&NOW_MS.to_string()),
            (false, _) if head.contains(&format!("timestamp={}", i64::MAX)) => {
                absurd.store(1, Ordering::SeqCst);
                status(400)
            }
            (false, _) => ok("{}"),
        };
        let _ = stream.write_all(&reply);
    });
    let process = Process::new(&fake.url, surroundings());
    assert_eq!(process.outcome().await, Ok(()));
    assert_eq!(process.outcome().await, Ok(()));
    assert_eq!((times_of(&fake), timestamps(&fake).len()), (2, 3));
}

#[tokio::test]
async fn a_skew_and_other_trouble_together_take_no_more_than_three_tries() {
    let fake = server(|n| status([503, 400, 503][n as usize % 3]));
    let process = Process::new(&fake.url, surroundings());
    assert_eq!(process.outcome().await, Err(ExchangeProblem::Unavailable));
    assert_eq!((times_of(&fake), timestamps(&fake).len()), (2, 3));
}

#[tokio::test]
async fn every_request_that_is_sent_weighs() {
    let fake = server(|n| if n < 2 { status(503) } else { ok("{}") });
    let process = Process::new(&fake.url, surroundings());
    let (journal, credentials) = (Journal::default(), credentials());
    let access = Access {
        journal: &journal,
        ..live(&credentials)
    };
    let caller = process.caller(access);
    assert!(caller.call(&READ, "a=1").await.is_ok());
    assert_eq!((journal.weight(), journal.calls()), (1 + 3 * 5, 4));
    let unlisted = Endpoint::get("/withdraw", weighing(5));
    let refused = caller.call(&unlisted, "").await;
    assert!(matches!(refused, Err(ExchangeError::NotAllowed)));
    assert_eq!((journal.weight(), journal.calls()), (16, 4));
}

#[tokio::test]
async fn answers_are_kept_without_time_and_signature() {
    let fake = server(|n| match n {
        0 => reply_with(503, "", b"<html>"),
        1 => reply_with(200, "", &vec![b'x'; 300 * 1024]),
        _ => reply_with(200, "", b"\xff\xfe"),
    });
    let process = Process::new(&fake.url, surroundings());
    let (journal, credentials) = (Journal::default(), credentials());
    let access = Access {
        journal: &journal,
        ..live(&credentials)
    };
    let caller = process.caller(access);
    assert!(caller.call(&LOOK, "current=1&size=100").await.is_ok());
    assert!(caller.call(&READ, "").await.is_ok());
    let answer = |method: &str, path: &str, parameters: &str, status, body: &str| RawAnswer {
        method: method.into(),
        path: path.into(),
        parameters: parameters.into(),
        status,
        body: body.into(),
    };
    let wanted = [
        answer("GET", "/time", "", 200, &NOW_MS.to_string()),
        answer("POST", "/look", "current=1&size=100", 503, "<html>"),
        answer("POST", "/look", "current=1&size=100", 200, ""),
        answer("GET", "/read", "", 200, ""),
    ];
    assert_eq!(journal.take_answers(), wanted);
}

#[tokio::test]
async fn nothing_is_sent_while_a_place_asks_to_wait() {
    let (now, clock) = turning();
    let fake = server(|_| reply_with(429, "Retry-After: 60\r\n", b""));
    let neighbours: Arc<dyn Neighbours> = Arc::new(Alone::default());
    let surroundings = Surroundings {
        clock,
        neighbours,
        ..surroundings()
    };
    let process = Process::new(&fake.url, surroundings.clone());
    assert_eq!(process.outcome().await, limited(60));
    assert_eq!(fake.targets(), ["GET /time", "GET /read"]);
    now.fetch_add(18_500, Ordering::SeqCst);
    assert_eq!(process.outcome().await, limited(42));
    // A second process knows by its neighbours, and does not even ask for the time.
    let other = Process::new(&fake.url, surroundings);
    assert_eq!(other.outcome().await, limited(42));
    assert_eq!(fake.heads().len(), 2);
    now.fetch_add(41_500, Ordering::SeqCst);
    assert_eq!(other.outcome().await, limited(60));
    assert_eq!(fake.heads().len(), 4);
}

#[tokio::test]
async fn a_pause_stops_those_who_would_try_again() {
    let fake = server(|_| status(503));
    let neighbours = Arc::new(Alone::default());
    let process = Process::new(
        &fake.url,
        Surroundings {
            neighbours: neighbours.clone(),
            dice: Arc::new(|| 200_000),
            pace: Duration::from_secs(1),
            ..surroundings()
        },
    );
    let place = process.site.place("simple");
    let learning = async {
        while timestamps(&fake).is_empty() {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        neighbours.pause(&place, NOW_MS + 9_000).await.unwrap();
    };
    let (outcome, ()) = tokio::join!(process.outcome(), learning);
    assert_eq!(outcome, limited(9));
    assert_eq!(timestamps(&fake).len(), 1);
}

/// Neighbours that cannot be reached.
struct Away;

impl Neighbours for Away {
    fn paused_until<'a>(&'a self, _: &'a str) -> BoxFuture<'a, Result<Option<i64>, Unreachable>> {
        Box::pin(async { Err(Unreachable) })
    }

    fn pause<'a>(&'a self, _: &'a str, _: i64) -> BoxFuture<'a, Result<(), Unreachable>> {
        Box::pin(async { Err(Unreachable) })
    }

    fn count(&self) -> u32 {
        1
    }
}

#[tokio::test]
async fn nothing_is_sent_while_the_neighbours_cannot_be_asked() {
    let fake = server(|_| ok("{}"));
    let neighbours = Arc::new(Away);
    let process = Process::new(
        &fake.url,
        Surroundings {
            neighbours,
            ..surroundings()
        },
    );
    assert_eq!(process.outcome().await, Err(ExchangeProblem::Unavailable));
    assert_eq!(fake.heads(), [""; 0]);
}

#[tokio::test]
async fn the_budget_is_shared_by_all_accounts_and_nothing_beyond_it_is_sent() {
    let (now, clock) = turning();
    let fake = server(|_| ok("{}"));
    let process = Process::new(
        &fake.url,
        Surroundings {
            clock,
            ..surroundings()
        },
    );
    let mut other = credentials();
    other.api_key = crate::exchanges::testing::secret("another-key");
    let heavy = Endpoint::get("/read", weighing(50));
    for (second, key) in [&credentials(), &other]
        .into_iter()
        .cycle()
        .take(17)
        .enumerate()
    {
        now.store(
            NOW_MS + i64::try_from(second).unwrap() * 1_000,
            Ordering::SeqCst,
        );
        let caller = process.caller(live(key));
        assert!(caller.call(&heavy, "").await.is_ok(), "{second}");
    }
    // 900 of 1,000 may be spent: the time once, and 17 times 50.
    now.store(NOW_MS + 17_000, Ordering::SeqCst);
    let refused = process.caller(live(&other)).call(&heavy, "").await;
    let wait = ExchangeProblem::RateLimited { seconds: 43 };
    assert_eq!(
        refused.map(drop).map_err(ExchangeError::into_problem),
        Err(wait)
    );
    assert_eq!(timestamps(&fake).len(), 17);
    now.store(NOW_MS + 60_000, Ordering::SeqCst);
    assert!(process.caller(live(&other)).call(&heavy, "").await.is_ok());
}

#[tokio::test]
async fn the_exchanges_own_count_is_believed() {
    let fake = server(|_| reply_with(200, "X-USED: 899\r\n", b"{}"));
    let process = Process::new(&fake.url, surroundings());
    assert_eq!(process.outcome().await, Ok(()));
    assert_eq!(process.outcome().await, limited(60));
    assert_eq!(timestamps(&fake).len(), 1);
}

#[tokio::test]
async fn a_call_is_signed_after_it_has_waited() {
    let started = Instant::now();
    let clock: Clock =
        Arc::new(move || NOW_MS + 500 + i64::try_from(started.elapsed().as_millis()).unwrap());
    let fake = server(|_| ok("{}"));
    let process = Process::new(
        &fake.url,
        Surroundings {
            clock,
            ..surroundings()
        },
    );
    let credentials = credentials();
    let access = Access {
        patience: Duration::from_secs(600),
        ..live(&credentials)
    };
    // Each weighs more than a second of the budget, so that each has a second of its own.
    let heavy = Endpoint::get("/read", weighing(100));
    for _ in 0..3 {
        assert!(process.caller(access).call(&heavy, "").await.is_ok());
    }
    let mut seconds: Vec<_> = timestamps(&fake).iter().map(|ms| ms / 1_000).collect();
    seconds.dedup();
    assert_eq!(seconds.len(), 3, "{seconds:?}");
}
