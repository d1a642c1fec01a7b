//! What goes when a person deletes their account, as they are told before.

use serde::{Deserialize, Serialize};

use super::text::{count, list};

/// How much is kept of a person.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Belongings {
    /// Connections, each with its sealed key.
    pub connections: usize,
    /// Portfolios.
    pub portfolios: usize,
    /// Holdings entered by hand.
    pub by_hand: usize,
    /// Values of the history.
    pub points: usize,
    /// Notices.
    pub notices: usize,
    /// Webhooks.
    pub webhooks: usize,
}

impl Belongings {
    /// What there is, each with its number: `2 connections and 1 portfolio`; empty when there is
    /// nothing.
    #[must_use]
    pub fn words(&self) -> String {
        let by_hand = format!("{} entered by hand", count(self.by_hand, "holding"));
        let words = [
            (self.connections, count(self.connections, "connection")),
            (self.portfolios, count(self.portfolios, "portfolio")),
            (self.by_hand, by_hand),
            (
                self.points,
                format!("{} of history", count(self.points, "value")),
            ),
            (self.notices, count(self.notices, "notice")),
            (self.webhooks, count(self.webhooks, "webhook")),
        ];
        let there = words.into_iter().filter(|(number, _)| *number > 0);
        list(&there.map(|(_, words)| words).collect::<Vec<_>>())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_there_is_is_told() {
        let some = Belongings {
            connections: 2,
            by_hand: 1,
            points: 31,
            ..Belongings::default()
        };
        assert_eq!(
            some.words(),
            "2 connections, 1 holding entered by hand and 31 values of history"
        );
        assert_eq!(Belongings::default().words(), "");
    }
}
