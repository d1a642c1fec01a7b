//! Tests of the rules by which syncs are planned.

use super::*;
use crate::domain::problem::BadKey;
use crate::domain::report::Step;

const HOUR: Duration = Duration::from_secs(3_600);
const HOUR_MS: i64 = 3_600_000;
const NOW: Timestamp = Timestamp(1_767_225_600_000);

fn failed(problem: ExchangeProblem) -> Failure {
    Failure::Exchange {
        step: Step::ReadWallets,
        problem,
    }
}

fn planned(failure: Option<&Failure>, failures: u32, paused_ms: Option<i64>, dice: u64) -> Plan {
    let ended = Ended {
        failure,
        failures,
        paused_until: paused_ms.map(|ms| NOW.plus_ms(ms)),
        now: NOW,
    };
    plan(ended, Some(HOUR), dice)
}

fn wait(failure: Option<&Failure>, failures: u32, paused_ms: Option<i64>, dice: u64) -> i64 {
    planned(failure, failures, paused_ms, dice)
        .due_at
        .unwrap()
        .0
        - NOW.0
}

#[test]
fn a_good_sync_is_repeated_about_an_interval_later() {
    let waits: Vec<_> = [0, 1, 720_000, u64::MAX]
        .map(|dice| wait(None, 7, None, dice))
        .to_vec();
    assert_eq!(waits[..3], [HOUR_MS * 9 / 10, 3_240_001, HOUR_MS * 11 / 10]);
    let near = HOUR_MS * 9 / 10..=HOUR_MS * 11 / 10;
    assert!(waits.iter().all(|wait| near.contains(wait)));
    assert_eq!(planned(None, 7, None, 0).failures, 0);
}

#[test]
fn every_failure_doubles_the_wait_up_to_a_day() {
    let failure = failed(ExchangeProblem::Unavailable);
    let middle = |ms: i64| u64::try_from(ms / 10).unwrap();
    for (failures, hours) in [
        (0, 1),
        (1, 2),
        (2, 4),
        (4, 16),
        (5, 24),
        (31, 24),
        (400, 24),
    ] {
        let waited = wait(Some(&failure), failures, None, middle(hours * HOUR_MS));
        assert_eq!(waited, hours * HOUR_MS, "{failures}");
        let plan = planned(Some(&failure), failures, None, 0);
        assert_eq!(plan.failures, failures + 1);
    }
    let ended = Ended {
        failure: Some(&failure),
        failures: 3,
        paused_until: None,
        now: NOW,
    };
    let rarely = plan(ended, Some(HOUR * 48), middle(48 * HOUR_MS));
    assert_eq!(rarely.due_at, Some(NOW.plus_ms(48 * HOUR_MS)));
}

#[test]
fn an_exchange_that_wants_rest_gets_it_and_no_failure_is_counted() {
    let failure = failed(ExchangeProblem::RateLimited { seconds: 120 });
    assert_eq!(wait(Some(&failure), 3, None, 0), 120_000);
    assert_eq!(wait(Some(&failure), 3, None, 30_000), 150_000);
    assert_eq!(wait(Some(&failure), 3, Some(400_000), 30_000), 430_000);
    assert_eq!(planned(Some(&failure), 3, None, 0).failures, 3);
}

#[test]
fn nothing_is_due_while_the_exchange_is_paused() {
    let failure = failed(ExchangeProblem::Unavailable);
    for failure in [None, Some(&failure)] {
        assert_eq!(wait(failure, 0, Some(9 * HOUR_MS), 7), 9 * HOUR_MS + 7);
        assert_eq!(wait(failure, 0, Some(1), 0), HOUR_MS * 9 / 10);
    }
}

#[test]
fn a_dead_key_waits_for_its_owner_and_other_troubles_do_not() {
    let dead = [
        failed(ExchangeProblem::InvalidCredentials(BadKey::Frozen)),
        failed(ExchangeProblem::WrongPassphrase),
        failed(ExchangeProblem::WrongRegion),
        failed(ExchangeProblem::ExcessPermissions(vec!["trading".into()])),
        failed(ExchangeProblem::UnknownPermissions),
        Failure::CredentialsUnreadable,
    ];
    for failure in dead {
        assert_eq!(planned(Some(&failure), 0, None, 0).due_at, None);
    }
    let alive = [
        failed(ExchangeProblem::ClockSkew),
        failed(ExchangeProblem::IpNotAllowed { seen: None }),
        failed(ExchangeProblem::RegionBlocked),
        failed(ExchangeProblem::Unavailable),
        failed(ExchangeProblem::BadResponse),
        Failure::Interrupted,
    ];
    for failure in alive {
        assert_eq!(planned(Some(&failure), 1, None, 0).failures, 2);
        assert_eq!(wait(Some(&failure), 1, None, 0), HOUR_MS * 2 * 9 / 10);
    }
}

#[test]
fn nothing_is_due_where_nothing_is_scheduled() {
    let limited = failed(ExchangeProblem::RateLimited { seconds: 1 });
    for failure in [None, Some(&limited), Some(&Failure::Interrupted)] {
        let ended = Ended {
            failure,
            failures: 0,
            paused_until: Some(NOW.plus_ms(5)),
            now: NOW,
        };
        assert_eq!(plan(ended, None, 0).due_at, None);
    }
}

#[test]
fn few_connections_are_started_once_a_second() {
    let mut starts = Starts::new(NOW);
    assert_eq!(starts.allowed(NOW, 10, HOUR), 1);
    starts.take(1);
    assert_eq!(starts.allowed(NOW, 10, HOUR), 0);
    assert_eq!(starts.allowed(NOW.plus_ms(999), 10, HOUR), 0);
    assert_eq!(starts.allowed(NOW.plus_ms(1_000), 10, HOUR), 1);
    // A pause is not made up for by a crowd.
    assert_eq!(starts.allowed(NOW.plus_ms(HOUR_MS), 10, HOUR), 1);
    // A clock that is set back takes nothing away.
    assert_eq!(starts.allowed(NOW, 10, HOUR), 1);
}

#[test]
fn many_late_connections_are_caught_up_with_four_times_as_fast_as_they_come_due() {
    let mut starts = Starts::new(NOW);
    let mut started = 0;
    for tick in 0..=600 {
        let allowed = starts.allowed(NOW.plus_ms(tick * 100), 36_000, HOUR);
        assert!(allowed <= 40, "{allowed}");
        starts.take(allowed);
        started += allowed;
    }
    // 36,000 an hour come due at ten a second.
    assert_eq!(started, 40 * 60 + 1);
}
