//! Which exchanges tell what was held on days before a connection, in words.

use serde::{Deserialize, Serialize};

use crate::domain::text::list;

/// Which exchanges tell what was held on days before a connection.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PastTellers {
    /// The names of those that tell it, of the spot wallet only.
    pub telling: Vec<String>,
    /// The names of those that tell nothing of past days.
    pub silent: Vec<String>,
}

impl PastTellers {
    /// Where days before a connection come from: `Binance's`.
    #[must_use]
    pub fn whose(&self) -> String {
        match self.telling.as_slice() {
            [] => "the exchange's".to_owned(),
            names => format!("{}'s", list(names)),
        }
    }

    /// Who tells of such days and who does not, as a sentence; empty where there is no exchange.
    #[must_use]
    pub fn sentence(&self) -> String {
        let tell = |names: &[String]| if names.len() == 1 { "tells" } else { "tell" };
        let mut parts = Vec::new();
        if !self.telling.is_empty() {
            parts.push(format!(
                "{} also {} what the spot wallet held on the days before a connection",
                list(&self.telling),
                tell(&self.telling)
            ));
        }
        if !self.silent.is_empty() {
            let (names, tell) = (list(&self.silent), tell(&self.silent));
            parts.push(format!("{names} {tell} nothing of past days"));
        }
        if parts.is_empty() {
            String::new()
        } else {
            format!("{}.", parts.join("; "))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tellers(telling: &[&str], silent: &[&str]) -> PastTellers {
        let names = |names: &[&str]| names.iter().map(|&name| name.to_owned()).collect();
        PastTellers {
            telling: names(telling),
            silent: names(silent),
        }
    }

    #[test]
    fn exchanges_that_tell_of_past_days_and_those_that_do_not_are_named() {
        let said = tellers(&["Binance"], &["OKX"]).sentence();
        assert_eq!(
            said,
            "Binance also tells what the spot wallet held on the days before a connection; OKX \
             tells nothing of past days."
        );
        let said = tellers(&[], &["A", "B"]).sentence();
        assert_eq!(said, "A and B tell nothing of past days.");
        assert_eq!(tellers(&[], &[]).sentence(), "");
    }

    #[test]
    fn past_days_are_of_those_that_tell_them() {
        assert_eq!(tellers(&["A", "B"], &["C"]).whose(), "A and B's");
        assert_eq!(tellers(&[], &["C"]).whose(), "the exchange's");
    }
}
