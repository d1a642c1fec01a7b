//! What the calls of one sync were, what they weighed and what came back.

use std::sync::{Mutex, MutexGuard, PoisonError};

use super::allow::Endpoint;
use super::transport::Answer;

/// The most bytes of a body that are kept; of a longer one nothing is.
const MAX_KEPT_BYTES: usize = 256 * 1024;
/// The most answers that are kept, the first ones.
const MAX_KEPT_ANSWERS: usize = 64;

/// An answer as it came, without anything that was sent to get it but method, path and the
/// parameters that say what was asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RawAnswer {
    /// The method.
    pub method: String,
    /// The path.
    pub path: String,
    /// What was asked for: `current=1&size=100`; neither time nor signature.
    pub parameters: String,
    /// The HTTP status.
    pub status: u16,
    /// The decompressed body, where it was UTF-8 and no longer than 256 KiB; else empty.
    pub body: String,
}

impl RawAnswer {
    /// The answer to what was asked for at an endpoint.
    pub(super) fn new((endpoint, parameters): (&Endpoint, &str), answer: &Answer) -> Self {
        Self {
            method: endpoint.method.to_string(),
            path: endpoint.path.to_owned(),
            parameters: parameters.to_owned(),
            status: answer.status,
            body: answer.text().unwrap_or_default().to_owned(),
        }
    }
}

/// Keeps count of the calls of one sync.
#[derive(Debug, Default)]
pub struct Journal(Mutex<Entries>);

#[derive(Debug, Default)]
struct Entries {
    weight: u32,
    calls: u32,
    answers: Vec<RawAnswer>,
}

impl Journal {
    /// Notes a call that is sent.
    pub(super) fn spend(&self, weight: u32) {
        let mut entries = self.entries();
        entries.weight = entries.weight.saturating_add(weight);
        entries.calls = entries.calls.saturating_add(1);
    }

    /// Notes what came back, as long as there are no more than 64 answers.
    pub(super) fn keep(&self, mut answer: RawAnswer) {
        if answer.body.len() > MAX_KEPT_BYTES {
            answer.body.clear();
        }
        let mut entries = self.entries();
        if entries.answers.len() < MAX_KEPT_ANSWERS {
            entries.answers.push(answer);
        }
    }

    /// What all calls weighed together, those sent again included.
    #[must_use]
    pub fn weight(&self) -> u32 {
        self.entries().weight
    }

    /// How many calls were sent.
    #[must_use]
    pub fn calls(&self) -> u32 {
        self.entries().calls
    }

    /// The answers in the order they came; afterwards there are none.
    #[must_use]
    pub fn take_answers(&self) -> Vec<RawAnswer> {
        std::mem::take(&mut self.entries().answers)
    }

    fn entries(&self) -> MutexGuard<'_, Entries> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weights_add_up() {
        let journal = Journal::default();
        journal.spend(5);
        journal.spend(150);
        assert_eq!((journal.weight(), journal.calls()), (155, 2));
    }

    fn answer(length: usize) -> RawAnswer {
        RawAnswer {
            method: "GET".into(),
            path: "/read".into(),
            parameters: String::new(),
            status: 200,
            body: "x".repeat(length),
        }
    }

    #[test]
    fn a_body_that_is_too_long_is_kept_as_an_empty_one() {
        let journal = Journal::default();
        journal.keep(answer(MAX_KEPT_BYTES));
        journal.keep(answer(MAX_KEPT_BYTES + 1));
        let lengths: Vec<_> = journal
            .take_answers()
            .iter()
            .map(|a| a.body.len())
            .collect();
        assert_eq!(lengths, [MAX_KEPT_BYTES, 0]);
    }

    #[test]
    fn no_more_answers_are_kept_than_a_recording_holds() {
        let journal = Journal::default();
        for length in 0..MAX_KEPT_ANSWERS + 9 {
            journal.keep(answer(length));
        }
        let kept = journal.take_answers();
        assert_eq!((kept.len(), kept[0].body.len()), (MAX_KEPT_ANSWERS, 0));
        assert!(journal.take_answers().is_empty());
    }
}
