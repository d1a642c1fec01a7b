//! What is noted of calls: their kind, how they ended, and what others have to be told of the site.

use super::*;
use crate::domain::exchange::Environment;
use crate::domain::health::{CallFigures, Outcome};
use crate::domain::timestamp::Timestamp;

fn figures(process: &Process, class: CallClass, environment: Environment) -> CallFigures {
    let vitals = &process.shared.vitals;
    let figures = vitals.figures("simple", environment, NOW_MS);
    let mut by_class = figures.by_class.into_iter();
    let found = by_class.find(|(one, _)| *one == class);
    found.map(|(_, figures)| figures).unwrap_or_default()
}

fn account(process: &Process) -> CallFigures {
    figures(process, CallClass::Account, Environment::Live)
}

#[tokio::test]
async fn every_try_is_noted_with_its_kind_and_how_it_ended() {
    let fake = server(|n| match n {
        0 | 1 => status(503),
        2 => ok("{}"),
        3 => status(404),
        4 => status(500),
        _ => status(429),
    });
    let process = Process::new(&fake.url, surroundings());
    for _ in 0..4 {
        let _ = process.outcome().await;
    }
    let noted = account(&process);
    let count = |outcome| noted.outcomes.count(outcome);
    assert_eq!(count(Outcome::ServerError), 2);
    assert_eq!((count(Outcome::Ok), count(Outcome::Refused)), (1, 1));
    assert_eq!(
        (count(Outcome::BadAnswer), count(Outcome::RateLimited)),
        (1, 1)
    );
    assert_eq!((noted.outcomes.calls(), noted.weight), (6, 30));
    assert!(noted.times.is_some());
    assert_eq!(noted.last_good_at, Some(Timestamp(NOW_MS)));
    let time = figures(&process, CallClass::Time, Environment::Live);
    assert_eq!((time.outcomes.calls(), time.weight), (1, 1));
    let test = figures(&process, CallClass::Account, Environment::Testnet);
    assert_eq!(test, CallFigures::default());
}

#[tokio::test]
async fn an_answer_that_does_not_come_in_time_is_told_from_one_that_breaks_off() {
    let slow = server(|_| {
        std::thread::sleep(Duration::from_millis(900));
        Vec::new()
    });
    let hurried = Surroundings {
        answer_time: Duration::from_millis(400),
        ..surroundings()
    };
    let process = Process::new(&slow.url, hurried);
    assert_eq!(process.outcome().await, Err(ExchangeProblem::Unavailable));
    let noted = account(&process);
    assert_eq!(noted.outcomes.count(Outcome::Timeout), 3);
    assert_eq!((noted.times, noted.last_good_at), (None, None));
    let broken = server(|_| Vec::new());
    let process = Process::new(&broken.url, surroundings());
    assert_eq!(process.outcome().await, Err(ExchangeProblem::Unavailable));
    assert_eq!(account(&process).outcomes.count(Outcome::Unreachable), 3);
}

#[tokio::test]
async fn a_test_accounts_calls_are_noted_apart() {
    let fake = server(|_| ok("{}"));
    let process = Process::new(&fake.url, surroundings());
    let credentials = credentials();
    let access = crate::exchanges::testing::testnet(&credentials);
    let called = process.caller(access).call(&Simple, &READ, "").await;
    assert!(called.is_ok());
    assert_eq!(account(&process), CallFigures::default());
    let test = figures(&process, CallClass::Account, Environment::Testnet);
    assert_eq!(test.outcomes.count(Outcome::Ok), 1);
}

#[tokio::test]
async fn a_site_is_known_by_its_clock_and_by_what_it_says_was_used() {
    let fake = server(|_| reply_with(200, "X-USED: 850\r\n", b"{}"));
    let process = Process::new(&fake.url, surroundings());
    assert_eq!(process.outcome().await, Ok(()));
    let site = process.shared.vitals.site(&process.site.place("simple"));
    let site = site.unwrap();
    let clock = site.clock.unwrap();
    assert_eq!(clock.at, Timestamp(NOW_MS));
    assert!((0..=500).contains(&clock.offset_ms), "{clock:?}");
    let spent = site.busy.unwrap().spent;
    assert_eq!(
        (spent.weight, spent.limit, spent.window_ms),
        (850, 1_000, 60_000)
    );
    assert_eq!(
        (site.failing, site.answered_at),
        (None, Some(Timestamp(NOW_MS)))
    );
}

#[tokio::test]
async fn short_windows_that_are_full_are_noted_when_that_lasts() {
    let (now, clock) = turning();
    let fake = server(|_| ok("{}"));
    let surroundings = Surroundings {
        clock,
        ..surroundings()
    };
    let process = Process::new(&fake.url, surroundings);
    let budget = Budget {
        limit: 5,
        window_ms: 2_000,
    };
    let cost = Cost {
        weight: 1,
        budget,
        scope: Scope::PathByAddress,
    };
    let often = Endpoint::get("/read", cost, CallClass::Account);
    let place = process.site.place("simple");
    let busy = || process.shared.vitals.site(&place).unwrap().busy;
    for window in 0..25 {
        now.store(NOW_MS + window * 2_000, Ordering::SeqCst);
        for call in 0..5 {
            let asked = process
                .caller(live(&credentials()))
                .call_public(&often, "")
                .await;
            assert_eq!(asked.is_ok(), call < 4, "the last tenth is left to others");
        }
        assert_eq!(busy(), None, "{window}");
    }
    now.store(NOW_MS + 50_000, Ordering::SeqCst);
    assert!(
        process
            .caller(live(&credentials()))
            .call_public(&often, "")
            .await
            .is_ok()
    );
    let busy = busy().unwrap();
    assert_eq!(
        (busy.at, busy.path),
        (Timestamp(NOW_MS + 50_000), Some("/read"))
    );
    assert_eq!((busy.spent.weight, busy.spent.limit), (4, 5));
}
