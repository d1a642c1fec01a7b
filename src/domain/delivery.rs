//! Messages to a person's webhook: what came of sending one, and when to try again.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::timestamp::Timestamp;

/// How long after each try that came to nothing the next one is made, in milliseconds: a minute,
/// five, thirty, two hours, six hours. Then a message is given up.
const DELAYS_MS: [i64; 5] = [60_000, 300_000, 1_800_000, 7_200_000, 21_600_000];

/// What came of sending a message, in a word of our own; never what the receiver said.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Outcome {
    /// The receiver answered with this status.
    Status(u16),
    /// It did not answer in time.
    TimedOut,
    /// It could not be reached, or broke off.
    NoAnswer,
    /// Its name is not known.
    UnknownHost,
    /// Its address is none that messages may be sent to.
    Forbidden,
    /// Its certificate is not in order, or it does not speak TLS.
    NotSecure,
    /// The message could not be signed.
    Unsigned,
    /// The webhook was switched off or taken away before it was sent.
    SwitchedOff,
    /// As many messages as are kept were waiting already, so it never was to be sent.
    Crowded,
}

/// What follows from an outcome.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Next {
    /// Nothing: it arrived, or trying again is of no use.
    Nothing,
    /// Another try at this time.
    TryAt(Timestamp),
    /// The receiver is gone for good: nothing more is to be sent to it.
    SwitchOff,
}

impl Outcome {
    const WORDS: [(Self, &'static str, &'static str); 8] = [
        (Self::TimedOut, "timed_out", "No answer in time"),
        (Self::NoAnswer, "no_answer", "Not reached"),
        (Self::UnknownHost, "unknown_host", "Name not known"),
        (Self::Forbidden, "forbidden", "Not a public address"),
        (Self::NotSecure, "not_secure", "Certificate not in order"),
        (Self::Unsigned, "unsigned", "Secret unreadable"),
        (Self::SwitchedOff, "switched_off", "Switched off"),
        (
            Self::Crowded,
            "too_many_waiting",
            "Not sent, too many were waiting",
        ),
    ];

    /// The text of the database: a status as its digits, or our own word.
    #[must_use]
    pub fn as_text(self) -> String {
        match (self, self.words()) {
            (Self::Status(status), _) => status.to_string(),
            (_, Some((_, word, _))) => (*word).to_owned(),
            (_, None) => String::new(),
        }
    }

    /// Reads the text of [`Self::as_text`].
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let word = Self::WORDS.iter().find(|(_, word, _)| *word == text);
        let status = || text.parse().ok().map(Self::Status);
        word.map(|(outcome, _, _)| *outcome).or_else(status)
    }

    /// Whether the message arrived.
    #[must_use]
    pub fn arrived(self) -> bool {
        matches!(self, Self::Status(200..=299))
    }

    /// What follows from the outcome of this try, the first being 1.
    #[must_use]
    pub fn next(self, attempt: u32, now: Timestamp) -> Next {
        if self == Self::Status(410) {
            return Next::SwitchOff;
        }
        let delay = usize::try_from(attempt.saturating_sub(1))
            .ok()
            .and_then(|index| DELAYS_MS.get(index))
            .filter(|_| self.may_pass());
        delay.map_or(Next::Nothing, |ms| Next::TryAt(now.plus_ms(*ms)))
    }

    /// Whether the same message may arrive at another time.
    fn may_pass(self) -> bool {
        match self {
            Self::Status(408 | 425 | 429 | 500..) => true,
            Self::Status(_)
            | Self::Forbidden
            | Self::Unsigned
            | Self::SwitchedOff
            | Self::Crowded => false,
            Self::TimedOut | Self::NoAnswer | Self::UnknownHost | Self::NotSecure => true,
        }
    }

    fn words(self) -> Option<&'static (Self, &'static str, &'static str)> {
        Self::WORDS.iter().find(|(outcome, _, _)| *outcome == self)
    }
}

impl fmt::Display for Outcome {
    /// As people read it: `Status 500`, `No answer in time`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self, self.words()) {
            (Self::Status(status), _) => write!(f, "Status {status}"),
            (_, words) => f.write_str(words.map_or("", |(_, _, title)| title)),
        }
    }
}

/// A message as its person sees it: what it was about and how far it has come, never its secret.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Delivery {
    /// The message's id.
    pub id: String,
    /// The code of the event.
    pub event: String,
    /// The host it was sent to, or is to be sent to.
    pub host: String,
    /// When it was written.
    pub at: Timestamp,
    /// When it was last tried.
    pub tried_at: Option<Timestamp>,
    /// How often it was tried.
    pub attempts: u32,
    /// What came of the last try.
    pub outcome: Option<Outcome>,
    /// When it is tried next; `None` when it is not.
    pub next_try_at: Option<Timestamp>,
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp(1_000);

    #[test]
    fn outcomes_are_read_back_from_their_text() {
        let all = Outcome::WORDS.map(|(outcome, _, _)| outcome);
        for outcome in all.into_iter().chain([Outcome::Status(204)]) {
            assert_eq!(Outcome::parse(&outcome.as_text()), Some(outcome));
            assert!(!outcome.to_string().is_empty());
        }
        assert_eq!(Outcome::parse("nonsense"), None);
        assert_eq!(Outcome::Status(500).to_string(), "Status 500");
    }

    #[test]
    fn what_may_pass_is_tried_again_ever_later_and_then_given_up() {
        for outcome in [
            Outcome::Status(500),
            Outcome::Status(429),
            Outcome::TimedOut,
            Outcome::UnknownHost,
        ] {
            let minutes: Vec<_> = (1..=6)
                .map(|attempt| match outcome.next(attempt, NOW) {
                    Next::TryAt(at) => Some((at.0 - NOW.0) / 60_000),
                    _ => None,
                })
                .collect();
            let expected = [Some(1), Some(5), Some(30), Some(120), Some(360), None];
            assert_eq!(minutes, expected, "{outcome:?}");
        }
    }

    #[test]
    fn what_arrived_or_is_refused_is_not_tried_again() {
        for outcome in [200, 204, 301, 400, 401, 404, 422].map(Outcome::Status) {
            assert_eq!(outcome.next(1, NOW), Next::Nothing, "{outcome:?}");
        }
        assert_eq!(Outcome::Forbidden.next(1, NOW), Next::Nothing);
        assert!(Outcome::Status(204).arrived() && !Outcome::Status(302).arrived());
    }

    #[test]
    fn a_receiver_that_is_gone_is_left_alone() {
        assert_eq!(Outcome::Status(410).next(1, NOW), Next::SwitchOff);
        assert_eq!(Outcome::Status(410).next(6, NOW), Next::SwitchOff);
    }
}
