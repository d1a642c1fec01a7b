//! Calls to exchanges: what is asked, how it ends, and what many of them come to.

use serde::{Deserialize, Serialize};

use crate::domain::text;
use crate::domain::timestamp::Timestamp;

/// What kind of endpoint is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CallClass {
    /// What an account holds.
    Account,
    /// What a key may do.
    Rights,
    /// Prices and pairs of now.
    Market,
    /// What prices or accounts were on past days.
    History,
    /// The exchange's time.
    Time,
}

impl CallClass {
    /// Every kind, in the order they are shown.
    pub const ALL: [Self; 5] = [
        Self::Account,
        Self::Rights,
        Self::Market,
        Self::History,
        Self::Time,
    ];

    /// Its place in [`Self::ALL`].
    #[must_use]
    pub const fn index(self) -> usize {
        self as usize
    }

    /// The fixed name in answers to programs.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Time => "time",
            Self::Rights => "rights",
            Self::Account => "account",
            Self::Market => "market",
            Self::History => "history",
        }
    }

    /// The name as people read it.
    #[must_use]
    pub fn title(self) -> &'static str {
        match self {
            Self::Time => "Time",
            Self::Rights => "Rights of keys",
            Self::Account => "Balances",
            Self::Market => "Prices",
            Self::History => "Past days",
        }
    }
}

/// How a call ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// It gave what was asked for.
    Ok,
    /// This account, key or place does not get what was asked for.
    Refused,
    /// The key is not accepted.
    Key,
    /// The exchange found the time wrong.
    Clock,
    /// The answer could not be understood.
    BadAnswer,
    /// The exchange asked to slow down.
    RateLimited,
    /// The exchange or its firewall shut this address out for a while.
    Banned,
    /// The exchange said that it cannot answer.
    ServerError,
    /// No answer came in time.
    Timeout,
    /// No connection could be made, or it broke off.
    Unreachable,
}

impl Outcome {
    /// Every outcome, in the order they are shown.
    pub const ALL: [Self; 10] = [
        Self::Ok,
        Self::Refused,
        Self::Key,
        Self::Clock,
        Self::BadAnswer,
        Self::RateLimited,
        Self::Banned,
        Self::ServerError,
        Self::Timeout,
        Self::Unreachable,
    ];

    /// Its place in [`Self::ALL`].
    #[must_use]
    pub const fn index(self) -> usize {
        self as usize
    }

    /// The fixed name in answers to programs.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Refused => "refused",
            Self::Key => "key",
            Self::Clock => "clock",
            Self::BadAnswer => "bad_answer",
            Self::RateLimited => "rate_limited",
            Self::Banned => "banned",
            Self::ServerError => "server_error",
            Self::Timeout => "timeout",
            Self::Unreachable => "unreachable",
        }
    }

    /// What it is called after a number of calls: `3 timed out`.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::Ok => "worked",
            Self::Refused => "refused",
            Self::Key => "refused the key",
            Self::Clock => "found the time wrong",
            Self::BadAnswer => "not understood",
            Self::RateLimited => "asked to slow down",
            Self::Banned => "shut out",
            Self::ServerError => "failed there",
            Self::Timeout => "timed out",
            Self::Unreachable => "not reached",
        }
    }

    /// What went wrong, in one sentence, when calls keep ending so.
    #[must_use]
    pub fn sentence(self) -> &'static str {
        match self {
            Self::Ok | Self::Refused | Self::Key | Self::Clock => "It answers.",
            Self::BadAnswer => "Its answers cannot be understood.",
            Self::RateLimited => "It asks to slow down.",
            Self::Banned => "It shuts this server out for a while.",
            Self::ServerError => "It says that it cannot answer.",
            Self::Timeout => "No answer comes in time.",
            Self::Unreachable => "It cannot be reached.",
        }
    }

    /// Whether it is an answer. A refusal is one; the word that the exchange cannot answer now, or
    /// asks to wait, is none.
    #[must_use]
    pub fn is_answer(self) -> bool {
        matches!(self, Self::Ok | Self::Refused | Self::Key | Self::Clock)
    }
}

/// How many calls ended in which way.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outcomes([u64; Outcome::ALL.len()]);

impl Outcomes {
    /// Counts one more.
    pub fn add(&mut self, outcome: Outcome) {
        if let Some(count) = self.0.get_mut(outcome.index()) {
            *count = count.saturating_add(1);
        }
    }

    /// Adds what was counted elsewhere.
    pub fn merge(&mut self, other: &Self) {
        for (count, more) in self.0.iter_mut().zip(other.0) {
            *count = count.saturating_add(more);
        }
    }

    /// How many ended so.
    #[must_use]
    pub fn count(&self, outcome: Outcome) -> u64 {
        self.0.get(outcome.index()).copied().unwrap_or_default()
    }

    /// How many there were, those sent again included.
    #[must_use]
    pub fn calls(&self) -> u64 {
        self.0
            .iter()
            .fold(0, |sum, count| sum.saturating_add(*count))
    }

    /// How many were answered.
    #[must_use]
    pub fn answered(&self) -> u64 {
        let answers = Outcome::ALL.into_iter().filter(|one| one.is_answer());
        answers.fold(0, |sum, one| sum.saturating_add(self.count(one)))
    }

    /// Every way that a call ended in, with how many did.
    pub fn seen(&self) -> impl Iterator<Item = (Outcome, u64)> + '_ {
        let all = Outcome::ALL.into_iter();
        all.map(|one| (one, self.count(one)))
            .filter(|(_, count)| *count > 0)
    }

    /// What did not work, in a few words: `2 timed out and 1 refused`; empty when all did.
    #[must_use]
    pub fn troubles(&self) -> String {
        let troubles = self.seen().filter(|(one, _)| *one != Outcome::Ok);
        let words: Vec<_> = troubles
            .map(|(one, count)| format!("{count} {}", one.words()))
            .collect();
        text::list(&words)
    }
}

/// How long answers took, in milliseconds, each told at most an eighth too long.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ResponseTimes {
    /// What half of them took at most.
    pub p50_ms: u64,
    /// What 95 of 100 took at most.
    pub p95_ms: u64,
    /// What 99 of 100 took at most.
    pub p99_ms: u64,
}

/// What calls came to.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CallFigures {
    /// How they ended.
    pub outcomes: Outcomes,
    /// How long those took that were answered; `None` without any.
    pub times: Option<ResponseTimes>,
    /// What they weighed by the exchange's measure.
    pub weight: u64,
    /// When one last worked, however long ago.
    pub last_good_at: Option<Timestamp>,
}
