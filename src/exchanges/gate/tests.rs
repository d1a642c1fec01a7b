//! Who passes the gate, when, and who pays.

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
}

impl Visitor<'_> {
    fn of(scope: Scope) -> Self {
        Self {
            place: PLACE,
            path: "/read",
            key: "a",
            cost: cost(scope, 1_000),
            patience: Duration::ZERO,
        }
    }

    async fn pass(&self, gate: &Gate) -> Result<Passed, u64> {
        let charge = Charge {
            place: self.place,
            path: self.path,
            cost: self.cost,
            api_key: &secret(self.key),
            offset_ms: 0,
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
        api_key: &key,
        offset_ms,
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

/// Neighbours that say what they are told to, and how often they are told something.
#[derive(Default)]
struct Told {
    until: AtomicI64,
    pauses: AtomicU32,
    sharers: AtomicU32,
    is_deaf: bool,
}

impl Neighbours for Told {
    fn paused_until<'a>(&'a self, _: &'a str) -> BoxFuture<'a, Result<Option<i64>, Unreachable>> {
        Box::pin(async { Ok(Some(self.until.load(Ordering::SeqCst))) })
    }

    fn pause<'a>(&'a self, _: &'a str, until: i64) -> BoxFuture<'a, Result<(), Unreachable>> {
        Box::pin(async move {
            tokio::time::sleep(Duration::from_millis(20)).await;
            if self.is_deaf {
                return Err(Unreachable);
            }
            self.until.fetch_max(until, Ordering::SeqCst);
            self.pauses.fetch_add(1, Ordering::SeqCst);
            Ok(())
        })
    }

    fn count(&self) -> u32 {
        self.sharers.load(Ordering::SeqCst)
    }
}

fn gate_among(told: &Arc<Told>) -> Gate {
    let neighbours: Arc<dyn Neighbours> = Arc::clone(told) as _;
    Gate::new(Surroundings {
        neighbours,
        ..surroundings()
    })
}

#[tokio::test]
async fn the_budget_is_divided_by_the_processes_at_the_address() {
    let told = Arc::new(Told::default());
    told.sharers.store(3, Ordering::SeqCst);
    let gate = gate_among(&told);
    assert_eq!(Visitor::of(Scope::Address).passing(&gate).await, 3);
}

#[tokio::test]
async fn a_pause_is_for_its_place_alone_and_told_to_the_neighbours() {
    let told = Arc::new(Told::default());
    gate_among(&told).pause(PLACE, 7).await;
    assert_eq!(told.until.load(Ordering::SeqCst), NOW_MS + 7_000);
    let (gate, visitor) = (gate(), Visitor::of(Scope::Address));
    gate.pause(PLACE, 7).await;
    gate.pause(PLACE, 1).await;
    assert_eq!(visitor.pass(&gate).await.err(), Some(7));
    let elsewhere = Visitor {
        place: "simple other.example",
        ..visitor
    };
    assert!(elsewhere.pass(&gate).await.is_ok());
}

#[tokio::test]
async fn a_pause_that_nobody_could_be_told_of_is_kept_here_all_the_same() {
    let told = Arc::new(Told {
        is_deaf: true,
        ..Told::default()
    });
    let gate = gate_among(&told);
    gate.pause(PLACE, 60).await;
    assert_eq!(
        Visitor::of(Scope::Address).pass(&gate).await.err(),
        Some(60)
    );
}

#[tokio::test]
async fn a_pause_is_told_even_if_whoever_learnt_of_it_is_gone() {
    let told = Arc::new(Told::default());
    let gate = gate_among(&told);
    let learning = gate.pause(PLACE, 60);
    assert!(
        tokio::time::timeout(Duration::from_millis(1), learning)
            .await
            .is_err()
    );
    while told.pauses.load(Ordering::SeqCst) == 0 {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    assert_eq!(told.until.load(Ordering::SeqCst), NOW_MS + 60_000);
}

#[tokio::test]
async fn the_last_second_of_a_pause_is_waited_for_by_the_patient() {
    let gate = running_gate();
    let hasty = Visitor::of(Scope::Address);
    let patient = Visitor {
        patience: Duration::from_secs(600),
        ..Visitor::of(Scope::Address)
    };
    gate.pause(PLACE, 1).await;
    assert_eq!(hasty.pass(&gate).await.err(), Some(1));
    assert!(patient.pass(&gate).await.is_ok());
    gate.pause(PLACE, 3).await;
    assert_eq!(patient.pass(&gate).await.err(), Some(3));
}
