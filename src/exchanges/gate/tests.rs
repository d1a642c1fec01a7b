//! Who passes the gate, when, and who pays.

mod neighbours;

use std::sync::Mutex;
use std::sync::atomic::{AtomicI64, AtomicU32, Ordering};
use std::time::Instant;

use futures::future::{BoxFuture, join_all};

use super::*;
use crate::exchanges::cost::Budget;
use crate::exchanges::testing::{NOW_MS, secret, surroundings};

const PLACE: &str = "simple exchange.example";

fn cost(scope: Scope, window_ms: i64) -> Cost {
    let limit = 10;
    Cost {
        weight: 1,
        budget: Budget { limit, window_ms },
        scope,
    }
}

/// Somebody before the gate.
struct Visitor<'a> {
    place: &'a str,
    path: &'static str,
    key: &'a str,
    cost: Cost,
    patience: Duration,
    yields: bool,
}

impl Visitor<'_> {
    fn of(scope: Scope) -> Self {
        Self {
            place: PLACE,
            path: "/read",
            key: "a",
            cost: cost(scope, 1_000),
            patience: Duration::ZERO,
            yields: false,
        }
    }

    async fn pass(&self, gate: &Gate) -> Result<Passed, u64> {
        let charge = Charge {
            place: self.place,
            path: self.path,
            cost: self.cost,
            api_key: Some(&secret(self.key)),
            offset_ms: 0,
            yields: self.yields,
        };
        let passed = gate.pass(&charge, &mut TimeLeft::new(self.patience)).await;
        passed.map_err(|error| match error {
            ExchangeError::Problem(ExchangeProblem::RateLimited { seconds }) => seconds,
            other => panic!("{other}"),
        })
    }

    /// How many pass before one does not.
    async fn passing(&self, gate: &Gate) -> u32 {
        let mut passed = 0;
        while self.pass(gate).await.is_ok() {
            passed += 1;
        }
        passed
    }
}

/// A gate whose clock stands still.
fn gate() -> Gate {
    Gate::new(surroundings())
}

/// A gate whose clock runs.
fn running_gate() -> Gate {
    let started = Instant::now();
    Gate::new(Surroundings {
        clock: Arc::new(move || NOW_MS + i64::try_from(started.elapsed().as_millis()).unwrap()),
        ..surroundings()
    })
}

#[tokio::test]
async fn what_is_counted_by_address_is_shared_by_paths_and_accounts() {
    let (gate, one) = (gate(), Visitor::of(Scope::Address));
    assert_eq!(one.passing(&gate).await, 9);
    for (path, key) in [("/other", "a"), ("/read", "b")] {
        let other = Visitor { path, key, ..one };
        assert_eq!(other.pass(&gate).await.err(), Some(1));
    }
    let elsewhere = Visitor {
        place: "simple other.example",
        ..one
    };
    assert_eq!(elsewhere.passing(&gate).await, 9);
}

#[tokio::test]
async fn what_is_counted_by_path_is_shared_by_accounts_only() {
    let (gate, one) = (gate(), Visitor::of(Scope::PathByAddress));
    assert_eq!(one.passing(&gate).await, 9);
    assert_eq!(Visitor { key: "b", ..one }.passing(&gate).await, 0);
    assert_eq!(
        Visitor {
            path: "/other",
            ..one
        }
        .passing(&gate)
        .await,
        9
    );
}

#[tokio::test]
async fn what_is_counted_by_account_is_each_accounts_own() {
    let (gate, one) = (gate(), Visitor::of(Scope::PathByAccount));
    assert_eq!(one.passing(&gate).await, 9);
    assert_eq!(Visitor { key: "b", ..one }.passing(&gate).await, 9);
    assert_eq!(
        Visitor {
            path: "/other",
            ..one
        }
        .passing(&gate)
        .await,
        9
    );
    assert_eq!(one.passing(&gate).await, 0);
}

#[tokio::test]
async fn the_fullest_budget_is_told_of_those_with_long_windows() {
    let gate = Gate::new(surroundings());
    assert_eq!(gate.fullest("simple"), None);
    let visitor = |path, window_ms, weight| Visitor {
        path,
        cost: Cost {
            weight,
            ..cost(Scope::PathByAddress, window_ms)
        },
        ..Visitor::of(Scope::PathByAddress)
    };
    for (path, window_ms, weight) in [("/a", 60_000, 2), ("/b", 60_000, 3), ("/c", 59_999, 9)] {
        assert!(visitor(path, window_ms, weight).pass(&gate).await.is_ok());
    }
    let fullest = gate.fullest("simple").unwrap();
    assert_eq!(fullest.host, "exchange.example");
    assert_eq!(
        (fullest.path.as_deref(), fullest.spent.weight),
        (Some("/b"), 3)
    );
    assert_eq!(gate.fullest("exchange"), None);
}

#[tokio::test]
async fn a_call_that_yields_holds_up_nobody_while_it_waits() {
    let (gate, one) = (gate(), Visitor::of(Scope::Address));
    let minute = Budget {
        limit: 100,
        window_ms: 60_000,
    };
    let cost = Cost {
        budget: minute,
        ..one.cost
    };
    let yielding = Visitor {
        cost,
        yields: true,
        ..one
    };
    // A tenth of one half of nine tenths, in this second.
    assert_eq!(yielding.passing(&gate).await, 4);
    let waiting = Visitor {
        patience: Duration::from_millis(1_100),
        ..yielding
    };
    let other = Visitor { cost, ..one };
    let others = async {
        tokio::time::sleep(Duration::from_millis(100)).await;
        other.passing(&gate).await
    };
    let (waited, passed) = tokio::join!(waiting.pass(&gate), others);
    assert!(waited.is_err(), "the clock stands still");
    assert_eq!(passed, 5, "up to the nine of this second");
}

#[tokio::test]
async fn where_all_windows_are_short_the_one_that_was_fullest_of_late_is_told() {
    let now = Arc::new(AtomicI64::new(NOW_MS));
    let shown = Arc::clone(&now);
    let gate = Gate::new(Surroundings {
        clock: Arc::new(move || shown.load(Ordering::SeqCst)),
        ..surroundings()
    });
    let visitor = |path| Visitor {
        path,
        cost: cost(Scope::PathByAddress, 2_000),
        ..Visitor::of(Scope::PathByAddress)
    };
    for (path, times) in [("/a", 3), ("/b", 7), ("/c", 1)] {
        for _ in 0..times {
            assert!(visitor(path).pass(&gate).await.is_ok());
        }
    }
    for (later_ms, weight) in [(0, 7), (59_000, 7), (119_999, 7), (120_000, 0)] {
        now.store(NOW_MS + later_ms, Ordering::SeqCst);
        let fullest = gate.fullest("simple").unwrap();
        let spent = fullest.spent;
        assert_eq!(
            (spent.weight, spent.limit, spent.window_ms),
            (weight, 10, 2_000)
        );
        assert_eq!(fullest.full_ms, Some(0));
        assert!(weight == 0 || fullest.path.as_deref() == Some("/b"));
    }
    assert_eq!(visitor("/c").passing(&gate).await, 9);
    let fullest = gate.fullest("simple").unwrap();
    assert_eq!(
        (fullest.path.as_deref(), fullest.full_ms),
        (Some("/c"), Some(2_000))
    );
}

#[tokio::test]
async fn windows_are_those_of_the_exchanges_clock() {
    let gate = gate();
    let minute = Cost {
        budget: Budget {
            limit: 1,
            window_ms: 60_000,
        },
        ..cost(Scope::Address, 0)
    };
    let key = secret("a");
    let charge = |offset_ms| Charge {
        place: PLACE,
        path: "/read",
        cost: minute,
        api_key: Some(&key),
        offset_ms,
        yields: false,
    };
    let mut patience = TimeLeft::new(Duration::ZERO);
    // Here it is the full minute, there it is 59 seconds and a half later.
    assert!(gate.pass(&charge(59_500), &mut patience).await.is_ok());
    let refused = gate.pass(&charge(59_500), &mut patience).await;
    let problem = refused.err().unwrap().into_problem();
    assert_eq!(problem, ExchangeProblem::RateLimited { seconds: 1 });
    assert!(gate.pass(&charge(60_000), &mut patience).await.is_ok());
}

#[tokio::test]
async fn many_who_wait_are_all_served_in_the_order_they_came() {
    let gate = running_gate();
    let waiting = Visitor {
        cost: cost(Scope::Address, 20),
        patience: Duration::from_secs(600),
        ..Visitor::of(Scope::Address)
    };
    let served = Mutex::new(Vec::new());
    let visits = (0..100).map(|number| {
        let (gate, waiting, served) = (&gate, &waiting, &served);
        async move {
            assert!(waiting.pass(gate).await.is_ok());
            served.lock().unwrap().push(number);
        }
    });
    join_all(visits).await;
    assert_eq!(served.into_inner().unwrap(), (0..100).collect::<Vec<_>>());
}

#[tokio::test]
async fn a_wait_longer_than_patience_is_refused_at_once() {
    let gate = gate();
    let hour = Visitor {
        cost: cost(Scope::PathByAddress, 3_600_000),
        patience: Duration::from_secs(3_599),
        ..Visitor::of(Scope::Address)
    };
    assert!(hour.pass(&gate).await.is_ok());
    let later = Visitor {
        cost: Cost {
            weight: 9,
            ..hour.cost
        },
        ..hour
    };
    assert_eq!(later.pass(&gate).await.err(), Some(3_600));
}

#[tokio::test]
async fn whoever_leaves_the_queue_has_spent_nothing_and_holds_up_nobody() {
    let gate = running_gate();
    let window = cost(Scope::Address, 50);
    let waiting = Visitor {
        cost: Cost {
            weight: 9,
            ..window
        },
        patience: Duration::from_secs(600),
        ..Visitor::of(Scope::Address)
    };
    assert!(waiting.pass(&gate).await.is_ok());
    // One waits for room, others for their turn; all of them give up.
    for _ in 0..5 {
        let given_up = join_all((0..5).map(|_| waiting.pass(&gate)));
        let _ = tokio::time::timeout(Duration::from_millis(1), given_up).await;
    }
    assert!(waiting.pass(&gate).await.is_ok());
}

#[tokio::test]
async fn a_queue_that_outlasts_patience_is_told_when_the_next_window_begins() {
    let gate = gate();
    let visitor = |patience| Visitor {
        cost: Cost {
            weight: 9,
            ..cost(Scope::Address, 30_000)
        },
        patience: Duration::from_millis(patience),
        ..Visitor::of(Scope::Address)
    };
    let (first, patient, hasty) = (visitor(0), visitor(600_000), visitor(5));
    assert!(first.pass(&gate).await.is_ok());
    let queue = async {
        tokio::select! {
            biased;
            _ = patient.pass(&gate) => panic!("the clock stands still"),
            refused = hasty.pass(&gate) => refused.err(),
        }
    };
    assert_eq!(queue.await, Some(30));
}
