//! What stands in a portfolio, as whoever arranges it sees it.

use serde::{Deserialize, Serialize};

use super::manual::ManualHolding;
use super::portfolio::PortfolioName;
use super::text::{count, list};

/// A portfolio and how much stands in it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outline {
    /// The portfolio.
    pub portfolio: PortfolioName,
    /// How many connections feed it.
    pub connections: usize,
    /// How many holdings in it were entered by hand.
    pub by_hand: usize,
}

/// A connection of a portfolio, as far as arranging needs it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Feed {
    /// Its id.
    pub id: String,
    /// Its label.
    pub label: String,
    /// The exchange's name.
    pub exchange: String,
    /// The last four characters of the API key.
    pub key_hint: String,
    /// How many holdings it has.
    pub holdings: usize,
}

/// Everything in a portfolio.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Contents {
    /// The portfolio.
    pub portfolio: PortfolioName,
    /// Its connections, oldest first.
    pub connections: Vec<Feed>,
    /// What was entered by hand, oldest first.
    pub by_hand: Vec<ManualHolding>,
    /// The person's other portfolios, by name.
    pub others: Vec<PortfolioName>,
    /// Changes when something comes into the portfolio or leaves it.
    pub mark: String,
}

impl Contents {
    /// Whether nothing is in it.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.connections.is_empty() && self.by_hand.is_empty()
    }
}

/// What becomes of what is in a portfolio that is deleted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fate {
    /// Nobody said: it may only be deleted when it is empty.
    Unsaid,
    /// It is moved into another portfolio.
    Keep {
        /// That portfolio's id.
        into: String,
    },
    /// It is deleted as well, keys included.
    Drop {
        /// The mark of the contents that the person saw.
        seen: String,
    },
}

impl Fate {
    /// Reads what a form says: `keep`, `drop`, or nothing.
    #[must_use]
    pub fn read(word: &str, into: &str, seen: &str) -> Self {
        match word {
            "keep" => Self::Keep {
                into: into.to_owned(),
            },
            "drop" => Self::Drop {
                seen: seen.to_owned(),
            },
            _ => Self::Unsaid,
        }
    }
}

/// `2 connections and 1 holding entered by hand`; what there is none of is left out.
#[must_use]
pub fn amounts(connections: usize, by_hand: usize) -> String {
    let mut words = Vec::new();
    if connections > 0 {
        words.push(count(connections, "connection"));
    }
    if by_hand > 0 {
        words.push(format!("{} entered by hand", count(by_hand, "holding")));
    }
    if words.is_empty() {
        "nothing".to_owned()
    } else {
        list(&words)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_told_as_in_a_sentence() {
        assert_eq!(amounts(0, 0), "nothing");
        assert_eq!(amounts(1, 0), "1 connection");
        assert_eq!(amounts(0, 2), "2 holdings entered by hand");
        assert_eq!(amounts(2, 1), "2 connections and 1 holding entered by hand");
    }

    #[test]
    fn nothing_is_dropped_unless_it_was_said() {
        for word in ["", "Drop", "delete", "keep drop"] {
            assert_eq!(Fate::read(word, "a", "b"), Fate::Unsaid);
        }
    }
}
