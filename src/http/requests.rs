//! How many requests were answered, by the class of their status.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::Response;

/// Counts of answers by the first digit of their status, since the process began.
#[derive(Debug, Default)]
pub struct Requests([AtomicU64; 5]);

/// The classes of statuses, in the order of their first digits.
const CLASSES: [&str; 5] = ["1xx", "2xx", "3xx", "4xx", "5xx"];

impl Requests {
    /// Every class with its count.
    pub fn counts(&self) -> impl Iterator<Item = (&'static str, u64)> + '_ {
        let counts = self.0.iter().map(|count| count.load(Ordering::Relaxed));
        CLASSES.into_iter().zip(counts)
    }

    fn note(&self, status: u16) {
        let class = usize::from(status / 100).checked_sub(1);
        if let Some(count) = class.and_then(|class| self.0.get(class)) {
            count.fetch_add(1, Ordering::Relaxed);
        }
    }
}

/// Counts every answer.
pub async fn count(
    State(requests): State<Arc<Requests>>,
    request: Request,
    next: Next,
) -> Response {
    let answer = next.run(request).await;
    requests.note(answer.status().as_u16());
    answer
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_status_counts_in_its_class() {
        let requests = Requests::default();
        for status in [101, 200, 204, 303, 404, 429, 503, 599, 999, 0] {
            requests.note(status);
        }
        let counts: Vec<_> = requests.counts().map(|(_, count)| count).collect();
        assert_eq!(counts, [1, 2, 1, 2, 2]);
    }
}
