//! What processes behind one address do to each other.

use tokio::sync::Notify;

use super::*;
use crate::exchanges::Neighbours;

/// Neighbours that say what they are told to, and how often they are told something.
#[derive(Default)]
struct Told {
    until: AtomicI64,
    pauses: AtomicU32,
    sharers: AtomicU32,
    is_deaf: bool,
    /// Where they listen only when asked to, this is how.
    attention: Option<Notify>,
}

impl Neighbours for Told {
    fn paused_until<'a>(&'a self, _: &'a str) -> BoxFuture<'a, Result<Option<i64>, Unreachable>> {
        Box::pin(async { Ok(Some(self.until.load(Ordering::SeqCst))) })
    }

    fn pause<'a>(&'a self, _: &'a str, until: i64) -> BoxFuture<'a, Result<(), Unreachable>> {
        Box::pin(async move {
            if let Some(attention) = &self.attention {
                attention.notified().await;
            }
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
    let told = Arc::new(Told {
        attention: Some(Notify::new()),
        ..Told::default()
    });
    let gate = gate_among(&told);
    let learning = tokio::time::timeout(Duration::from_millis(1), gate.pause(PLACE, 60));
    assert!(learning.await.is_err());
    told.attention.as_ref().unwrap().notify_one();
    while told.pauses.load(Ordering::SeqCst) == 0 {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    assert_eq!(told.until.load(Ordering::SeqCst), NOW_MS + 60_000);
}

#[tokio::test]
async fn a_pause_learnt_by_another_stops_those_who_wait_for_budget() {
    let now = Arc::new(AtomicI64::new(NOW_MS + 980));
    let shown = Arc::clone(&now);
    let gate = Gate::new(Surroundings {
        clock: Arc::new(move || shown.load(Ordering::SeqCst)),
        ..surroundings()
    });
    let visitor = Visitor {
        patience: Duration::from_secs(600),
        ..Visitor::of(Scope::Address)
    };
    let hasty = Visitor::of(Scope::Address);
    assert_eq!(hasty.passing(&gate).await, 9);
    let learning = async {
        gate.pause(PLACE, 60).await;
        now.fetch_add(20, Ordering::SeqCst);
    };
    let (refused, ()) = tokio::join!(visitor.pass(&gate), learning);
    assert_eq!(refused.err(), Some(60));
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
