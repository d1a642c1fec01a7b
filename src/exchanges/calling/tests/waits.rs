//! What is not sent, because of a pause or a budget.

use futures::FutureExt;

use super::*;

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
    let neighbours = Arc::new(Alone::default());
    let others = Arc::clone(&neighbours);
    let fake = Fake::start(move |head, stream| {
        let reply = if target(head) == "GET /time" {
            ok(&NOW_MS.to_string())
        } else {
            // Meanwhile, another process has been asked to wait.
            let place = format!("simple {}", header(head, "host").unwrap());
            let told = others.pause(&place, NOW_MS + 9_000);
            assert!(told.now_or_never().unwrap().is_ok());
            status(503)
        };
        let _ = stream.write_all(&reply);
    });
    let process = Process::new(
        &fake.url,
        Surroundings {
            neighbours,
            ..surroundings()
        },
    );
    assert_eq!(process.outcome().await, limited(9));
    assert_eq!(timestamps(&fake).len(), 1);
}

fn header<'a>(head: &'a str, name: &str) -> Option<&'a str> {
    let mut fields = head.lines().filter_map(|line| line.split_once(": "));
    let (_, value) = fields.find(|(field, _)| *field == name)?;
    Some(value)
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
    let heavy = Endpoint::get("/read", weighing(50), CallClass::Account);
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
        assert!(caller.call(&Simple, &heavy, "").await.is_ok(), "{second}");
    }
    // 900 of 1,000 may be spent: the time once, and 17 times 50.
    now.store(NOW_MS + 17_000, Ordering::SeqCst);
    let refused = process.caller(live(&other)).call(&Simple, &heavy, "").await;
    let wait = ExchangeProblem::RateLimited { seconds: 43 };
    assert_eq!(
        refused.map(drop).map_err(ExchangeError::into_problem),
        Err(wait)
    );
    assert_eq!(timestamps(&fake).len(), 17);
    now.store(NOW_MS + 60_000, Ordering::SeqCst);
    assert!(
        process
            .caller(live(&other))
            .call(&Simple, &heavy, "")
            .await
            .is_ok()
    );
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
    // It weighs more than a second of the budget, and asking for the time has begun one.
    let heavy = Endpoint::get("/read", weighing(100), CallClass::Account);
    let begun = (process.shared.surroundings.clock)();
    assert!(
        process
            .caller(access)
            .call(&Simple, &heavy, "")
            .await
            .is_ok()
    );
    assert!(timestamps(&fake)[0] / 1_000 > begun / 1_000);
}

#[test]
fn only_the_past_of_a_budget_that_all_share_yields() {
    let own = Cost {
        scope: Scope::PathByAddress,
        ..weighing(5)
    };
    for (cost, class, wanted) in [
        (weighing(5), CallClass::History, true),
        (own, CallClass::History, false),
        (weighing(5), CallClass::Account, false),
        (weighing(5), CallClass::Market, false),
    ] {
        assert_eq!(yields(&Endpoint::get("/past", cost, class)), wanted);
    }
}
