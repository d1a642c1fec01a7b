//! What the calls of one sync were, what they weighed and what came back.

use std::sync::{Mutex, MutexGuard, PoisonError};

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
    /// The decompressed body, where it was UTF-8.
    pub body: String,
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

    /// Notes what came back.
    pub(super) fn keep(&self, answer: RawAnswer) {
        self.entries().answers.push(answer);
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
}
