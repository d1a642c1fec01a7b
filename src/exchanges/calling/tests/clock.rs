//! Whose time calls are signed for, and what a wrong one comes to.

use super::*;

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
async fn a_clock_that_is_asked_anew_in_vain_is_gone_by_as_before() {
    let (now, clock) = turning();
    let asked = Arc::new(AtomicU32::new(0));
    let fake = Fake::start(move |head, stream| {
        let is_time = target(head) == "GET /time";
        let reply = match (
            is_time,
            asked.fetch_add(u32::from(is_time), Ordering::SeqCst),
        ) {
            (false, _) => ok("{}"),
            (true, 1) => status(404),
            (true, n) => ok(&(NOW_MS + i64::from(n) * 2_000).to_string()),
        };
        let _ = stream.write_all(&reply);
    });
    let process = Process::new(
        &fake.url,
        Surroundings {
            clock,
            ..surroundings()
        },
    );
    let ask = async || {
        let credentials = credentials();
        let told = process.caller(live(&credentials)).server_time().await;
        told.map_err(ExchangeError::into_problem)
    };
    assert_eq!(process.outcome().await, Ok(()));
    assert_eq!(ask().await, Err(ExchangeProblem::BadResponse));
    assert_eq!(process.outcome().await, Ok(()));
    assert_eq!(times_of(&fake), 2, "what is known needs no asking");
    // And what is told is gone by from then on.
    assert!(ask().await.unwrap().0 >= NOW_MS + 4_000);
    now.fetch_add(1, Ordering::SeqCst);
    assert_eq!(process.outcome().await, Ok(()));
    assert!(*timestamps(&fake).last().unwrap() > NOW_MS + 4_000);
    assert_eq!(times_of(&fake), 3);
}
