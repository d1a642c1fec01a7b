//! What was done to portfolios and to what was entered by hand.

use serde::{Deserialize, Serialize};

use super::contents::amounts;
use super::manual::ManualEntry;

/// What was done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Deed {
    /// A portfolio was made.
    Created(String),
    /// A portfolio has another name.
    Renamed {
        /// The name before.
        from: String,
        /// The name now.
        to: String,
    },
    /// What was in a portfolio stands in another, and the first is gone.
    Merged {
        /// The one that is gone.
        from: String,
        /// The one that is left.
        into: String,
    },
    /// An empty portfolio is gone.
    Deleted(String),
    /// A portfolio is gone with everything in it.
    Dropped {
        /// Its name.
        name: String,
        /// How many connections went with it.
        connections: usize,
        /// How many holdings entered by hand went with it.
        by_hand: usize,
    },
    /// A connection stands in another portfolio.
    Moved {
        /// The connection's label.
        label: String,
        /// The portfolio it stands in now.
        into: String,
        /// The portfolio it left, if that is gone because nothing was left in it.
        emptied: Option<String>,
    },
    /// Something was entered by hand.
    Entered(ManualEntry),
    /// Something entered by hand was changed.
    Changed(ManualEntry),
    /// Something entered by hand was deleted.
    Removed(ManualEntry),
}

impl Deed {
    /// What was done, in one sentence or two.
    #[must_use]
    pub fn sentence(&self) -> String {
        match self {
            Self::Created(name) => format!("Created the portfolio “{name}”."),
            Self::Renamed { from, to } => format!("“{from}” is called “{to}” now."),
            Self::Merged { from, into } => {
                format!("What was in “{from}” stands in “{into}” now, and “{from}” is gone.")
            }
            Self::Deleted(name) => format!("Deleted the portfolio “{name}”."),
            Self::Dropped {
                name,
                connections,
                by_hand,
            } => format!("Deleted “{name}” with {}.", amounts(*connections, *by_hand)),
            Self::Moved {
                label,
                into,
                emptied,
            } => {
                let gone = emptied.as_ref();
                let gone = gone.map(|name| format!(" “{name}” had nothing left and is gone."));
                format!("Moved “{label}” to “{into}”.{}", gone.unwrap_or_default())
            }
            Self::Entered(entry) => told("Added", entry),
            Self::Changed(entry) => told("Changed to", entry),
            Self::Removed(entry) => told("Deleted", entry),
        }
    }

    /// What to do next, if anything.
    #[must_use]
    pub fn next_step(&self) -> Option<&'static str> {
        match self {
            Self::Dropped { connections, .. } if *connections > 0 => {
                Some("Delete the keys on the exchange as well if you no longer need them.")
            }
            _ => None,
        }
    }
}

fn told(what: &str, entry: &ManualEntry) -> String {
    let debt = if entry.is_debt() { ", a debt" } else { "" };
    let quantity = entry.quantity.grouped().replace('-', "\u{2212}");
    format!(
        "{what} {quantity} {}, “{}”{debt}.",
        entry.asset, entry.label
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::manual::ManualForm;

    #[test]
    fn a_debt_is_said_to_be_one() {
        let form = ManualForm {
            asset: "eur".into(),
            quantity: "-1200.5".into(),
            label: "Loan".into(),
            note: String::new(),
        };
        let told = Deed::Entered(form.read().unwrap()).sentence();
        assert_eq!(told, "Added \u{2212}1,200.5 EUR, “Loan”, a debt.");
    }

    #[test]
    fn a_portfolio_that_went_by_itself_is_told() {
        let mut moved = Deed::Moved {
            label: "OKX".into(),
            into: "Main".into(),
            emptied: None,
        };
        assert_eq!(moved.sentence(), "Moved “OKX” to “Main”.");
        if let Deed::Moved { emptied, .. } = &mut moved {
            *emptied = Some("Old".into());
        }
        assert_eq!(
            moved.sentence(),
            "Moved “OKX” to “Main”. “Old” had nothing left and is gone."
        );
    }
}
