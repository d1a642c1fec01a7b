//! How the streams of prices stand, and what of the market was kept out.

use serde::{Deserialize, Serialize};

use crate::domain::market::candle::Fault;
use crate::domain::text;
use crate::domain::timestamp::Timestamp;

/// How the stream of an exchange's prices stands, as far as one process knows.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct StreamState {
    /// Since when it is open; `None` while it is not.
    pub connected_since: Option<Timestamp>,
    /// How often it was opened again since the process began.
    pub reconnects: u64,
    /// When it told a price last.
    pub last_message_at: Option<Timestamp>,
    /// How many of its messages were left out, as they told no figures that can be. They are among all
    /// that was kept out, which says why.
    pub left_out: u64,
    /// Whether somebody watches while it is not open: prices are read by calls then.
    pub falling_back: bool,
    /// How many pairs are watched.
    pub pairs: usize,
}

impl StreamState {
    /// The fixed name in answers to programs: `open`, `falling_back` while it is to be open and is
    /// not, `idle` while nobody watches.
    #[must_use]
    pub fn as_str(&self) -> &'static str {
        match self.connected_since {
            Some(_) => "open",
            None if self.falling_back => "falling_back",
            None => "idle",
        }
    }

    /// How it stands, in a sentence.
    #[must_use]
    pub fn words(&self, now: Timestamp) -> String {
        let again = match self.reconnects {
            0 => String::new(),
            times => format!("; opened again {}", text::count(whole(times), "time")),
        };
        let pairs = text::count(self.pairs, "pair");
        match self.connected_since {
            Some(since) => {
                let last = self.last_message_at;
                let last = last.map(|at| format!(", last price {}", at.age(now)));
                let last = last.unwrap_or_else(|| ", no price yet".to_owned());
                format!("Stream of {pairs} opened {}{last}{again}", since.age(now))
            }
            None if self.falling_back => {
                format!("No stream: prices of {pairs} are read by calls{again}")
            }
            None => format!("Nobody watches{again}"),
        }
    }
}

/// What of the market was kept out since a process began, with the reasons, and how much of it the stream
/// told, in a few words.
#[must_use]
pub fn kept_out_words(rows: &[(Fault, u64)], of_stream: u64) -> String {
    let reason = |(fault, count): &(Fault, u64)| format!("{count} {}", fault.words());
    let reasons: Vec<_> = rows.iter().map(reason).collect();
    let of_stream = match of_stream {
        0 => String::new(),
        some => format!("; {some} of them told by the stream"),
    };
    let counts = rows.iter().map(|(_, count)| *count);
    match counts.fold(0, u64::saturating_add) {
        0 => "Nothing since this process began".to_owned(),
        all => format!(
            "{}: {}{of_stream}",
            text::count(whole(all), "row"),
            text::list(&reasons)
        ),
    }
}

fn whole(number: u64) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp(600_000);

    #[test]
    fn a_stream_is_open_or_stood_in_for_or_not_needed() {
        let idle = StreamState::default();
        let open = StreamState {
            connected_since: Some(Timestamp(300_000)),
            last_message_at: Some(NOW),
            reconnects: 2,
            pairs: 5,
            ..StreamState::default()
        };
        let broken = StreamState {
            connected_since: None,
            falling_back: true,
            ..open.clone()
        };
        let told = |state: &StreamState| (state.as_str(), state.words(NOW));
        assert_eq!(told(&idle), ("idle", "Nobody watches".to_owned()));
        let words =
            "Stream of 5 pairs opened 5 minutes ago, last price just now; opened again 2 times";
        assert_eq!(told(&open), ("open", words.to_owned()));
        let words = "No stream: prices of 5 pairs are read by calls; opened again 2 times";
        assert_eq!(told(&broken), ("falling_back", words.to_owned()));
    }

    #[test]
    fn what_was_kept_out_is_told_with_its_reasons() {
        assert_eq!(kept_out_words(&[], 0), "Nothing since this process began");
        let rows = [(Fault::Unreadable, 2), (Fault::InFuture, 1)];
        let told = "3 rows: 2 unreadable and 1 of a time to come";
        assert_eq!(kept_out_words(&rows, 0), told);
        let told = format!("{told}; 1 of them told by the stream");
        assert_eq!(kept_out_words(&rows, 1), told);
        let every = Fault::ALL.map(|fault| (fault, u64::MAX));
        assert!(kept_out_words(&every, 0).ends_with("implausible volume"));
    }
}
