//! Counting the statements that the database's driver tells of.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use tracing::callsite::rebuild_interest_cache;
use tracing::subscriber::Interest;
use tracing::{Event, Metadata, Subscriber};
use tracing_subscriber::Registry;
use tracing_subscriber::layer::{Context, Layer, SubscriberExt};

static COUNTS: AtomicBool = AtomicBool::new(false);
static SEEN: AtomicUsize = AtomicUsize::new(0);

/// Hears of statements while they are counted, and costs nothing else.
struct Listener;

impl<S: Subscriber> Layer<S> for Listener {
    fn register_callsite(&self, metadata: &'static Metadata<'static>) -> Interest {
        if COUNTS.load(Ordering::SeqCst) && metadata.target() == "sqlx::query" {
            Interest::always()
        } else {
            Interest::never()
        }
    }

    fn enabled(&self, metadata: &Metadata<'_>, _: Context<'_, S>) -> bool {
        COUNTS.load(Ordering::SeqCst) && metadata.target() == "sqlx::query"
    }

    fn on_event(&self, _: &Event<'_>, _: Context<'_, S>) {
        SEEN.fetch_add(1, Ordering::SeqCst);
    }
}

/// Has statements heard from all threads.
pub fn listen() {
    tracing::subscriber::set_global_default(Registry::default().with(Listener)).unwrap();
}

/// How many statements some work takes.
pub async fn count(work: impl Future<Output = ()>) -> usize {
    COUNTS.store(true, Ordering::SeqCst);
    rebuild_interest_cache();
    SEEN.store(0, Ordering::SeqCst);
    work.await;
    let seen = SEEN.load(Ordering::SeqCst);
    COUNTS.store(false, Ordering::SeqCst);
    rebuild_interest_cache();
    seen
}
