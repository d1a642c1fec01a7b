//! How the streams of followed accounts stand, counted over everybody.

use serde::{Deserialize, Serialize};

use crate::domain::text;

/// How many accounts of an exchange are followed, by how their streams stand.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccountStreams {
    /// The stream is open.
    pub open: u64,
    /// It is to be open and is not.
    pub broken: u64,
    /// It is not to be opened before the account's owner mends something.
    pub waiting: u64,
}

impl AccountStreams {
    /// Every count under its fixed name.
    #[must_use]
    pub fn named(&self) -> [(&'static str, u64); 3] {
        let Self {
            open,
            broken,
            waiting,
        } = *self;
        [("open", open), ("broken", broken), ("waiting", waiting)]
    }

    /// How they stand, in a few words.
    #[must_use]
    pub fn words(&self) -> String {
        let Self {
            open,
            broken,
            waiting,
        } = self;
        let counts = [
            (*open, "open"),
            (*broken, "not open at the moment"),
            (*waiting, "waiting for their owner"),
        ];
        let told: Vec<_> = counts
            .into_iter()
            .filter(|(count, _)| *count > 0)
            .map(|(count, how)| format!("{count} {how}"))
            .collect();
        match told.is_empty() {
            true => "No account is followed".to_owned(),
            false => text::list(&told),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_there_is_is_told() {
        let none = AccountStreams::default();
        assert_eq!(none.words(), "No account is followed");
        let some = AccountStreams { open: 2, ..none };
        assert_eq!(some.words(), "2 open");
        let all = AccountStreams {
            broken: 1,
            waiting: 3,
            ..some
        };
        let words = "2 open, 1 not open at the moment and 3 waiting for their owner";
        assert_eq!(all.words(), words);
    }
}
